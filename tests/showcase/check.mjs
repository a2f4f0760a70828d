// Looks at the showcase with a browser: node tests/showcase/check.mjs (after tests/showcase/build.mjs).
// Every page, light and dark, on a phone and a desktop: axe finds nothing serious, nothing scrolls sideways (320 px too),
// touch targets on phones are 44 px high. Screenshots go to build/showcase/shots. Ends with "N passed, N failed".
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const pages = join(root, "build", "showcase");
const shots = join(pages, "shots");
mkdirSync(shots, { recursive: true });
const axe = readFileSync(join(root, "node_modules", "axe-core", "axe.min.js"), "utf8");
const program = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path));
if (!program) { console.error("no Chromium; tools/install.sh test installs it"); process.exit(1); }

const browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"] });
let passed = 0;
let failed = 0;
function expect(good, what) {
  if (good) { passed += 1; return; }
  failed += 1;
  console.error(`FAILED ${what}`);
}

async function look(name, width, height) {
  const page = await browser.newPage({ viewport: { width, height }, reducedMotion: "reduce", hasTouch: width < 768 });
  const where = `${name} at ${width} px`;
  const problems = [];
  page.on("pageerror", (error) => problems.push(error.message));
  await page.goto(pathToFileURL(join(pages, `${name}.html`)).href);
  await page.waitForTimeout(50);
  expect(problems.length === 0, `${where}: ${problems.join("; ")}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(wide <= 0, `${where}: scrolls sideways by ${wide} px`);
  if (width < 768) {
    const small = await page.evaluate(() => [...document.querySelectorAll(".btn, .input, .select, .menu-item, .bottom-bar a, .tab, .check")]
      .filter((one) => one.getClientRects().length && one.getBoundingClientRect().height < 43.5)
      .map((one) => `${one.className} ${Math.round(one.getBoundingClientRect().height)}`));
    expect(small.length === 0, `${where}: targets lower than 44 px: ${small.slice(0, 4).join(", ")}`);
  }
  if (width !== 320) {
    await page.evaluate(axe);
    const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
    const bad = found.violations.filter((one) => one.impact === "serious" || one.impact === "critical");
    expect(bad.length === 0, `${where}: ${bad.map((one) => `${one.id} ${one.nodes.slice(0, 3).map((node) => node.target.join(" ")).join(" | ")}`).join("; ")}`);
    await page.screenshot({ path: join(shots, `${name}-${width}.png`) });
    await page.screenshot({ path: join(shots, `${name}-${width}-whole.png`), fullPage: true });
  }
  await page.close();
}

const names = readdirSync(pages).filter((file) => file.endsWith(".html")).map((file) => file.slice(0, -5));
// The other themes change colours alone, so one size is enough for them.
for (const name of names) {
  for (const [width, height] of name.includes("slate") ? [[320, 640], [390, 844], [1280, 900]] : [[1280, 900]]) await look(name, width, height);
}
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed || !passed ? 1 : 0);
