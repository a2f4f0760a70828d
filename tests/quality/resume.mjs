// Prints the tables of tests/quality/resume.sh. Exits 1 only when a file makes the reader fail: the figures are for reading.
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const [binary, data] = process.argv.slice(2);
const SECTIONS = ["summary", "experience", "education", "skills", "projects", "other"];
let crashes = 0;

function parse(path) {
  const run = spawnSync(binary, ["resume", "parse", path, "--json"], { maxBuffer: 1 << 26, encoding: "utf8" });
  if (run.status === 0) return JSON.parse(run.stdout);
  console.log(`  ${path}: ${run.stderr.trim() || "signal " + run.signal}`);
  crashes++;
  return null;
}

const words = (text) => (text || "").toLowerCase().match(/[a-z0-9]{2,}/g) || [];

// Share of the words of `wanted` that stand in `got`, each as often as it is there.
function covered(wanted, got) {
  const left = new Map();
  for (const word of words(got)) left.set(word, (left.get(word) || 0) + 1);
  let hits = 0;
  const all = words(wanted);
  for (const word of all) {
    if (!left.get(word)) continue;
    left.set(word, left.get(word) - 1);
    hits++;
  }
  return all.length ? hits / all.length : 1;
}

const textOf = (resume, section) => resume.chunks.filter((chunk) => chunk.section === section).map((chunk) => chunk.text).join("\n");
const percent = (part, whole) => (whole ? ((100 * part) / whole).toFixed(1) + " %" : "-");

function row(name, cells) {
  console.log("  " + name.padEnd(14) + cells.map((cell) => String(cell).padStart(12)).join(""));
}

function livecareer() {
  const lines = readFileSync(join(data, "resumes_livecareer/sections.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line));
  const table = Object.fromEntries(SECTIONS.map((section) => [section, { labelled: 0, found: 0, extra: 0, words: 0, wordsFound: 0 }]));
  let names = 0, skills = 0, verbatim = 0;
  for (const entry of lines) {
    const resume = parse(join(data, "resumes_livecareer", entry.file));
    if (!resume) continue;
    names += resume.contact.name !== "";
    skills += resume.skills.length;
    verbatim += resume.chunks.every((chunk) => resume.text.includes(chunk.text));
    const wanted = {};
    for (const section of entry.sections) {
      const name = SECTIONS.includes(section.section) ? section.section : section.section === "header" ? null : "other";
      if (name && section.text.trim()) wanted[name] = (wanted[name] || "") + "\n" + section.text;
    }
    for (const section of SECTIONS) {
      const got = textOf(resume, section), cell = table[section];
      if (wanted[section]) {
        cell.labelled++;
        cell.found += got !== "";
        cell.words += words(wanted[section]).length;
        cell.wordsFound += covered(wanted[section], got) * words(wanted[section]).length;
        if (covered(wanted[section], got) < 0.5 && process.env.SHOW) console.log(`  ${entry.file} ${section}: ${covered(wanted[section], got).toFixed(2)}`);
      } else if (got && section !== "other") cell.extra++;
    }
  }
  console.log(`resumes_livecareer: ${lines.length} files, chunks verbatim in ${verbatim}, ${skills} skills recognised, ${names} names claimed (the files are anonymised: 0 is right)`);
  row("section", ["labelled", "found", "share", "words right", "not labelled"]);
  for (const section of SECTIONS) {
    const cell = table[section];
    row(section, [cell.labelled, cell.found, percent(cell.found, cell.labelled), percent(cell.wordsFound, cell.words), cell.extra]);
  }
}

function goldText(gold) {
  const list = (items) => (items || []).map((item) => (typeof item === "string" ? item : Object.values(item).flat().join("\n"))).join("\n");
  return { summary: gold.basics?.summary, experience: list(gold.work), education: list(gold.education), skills: list(gold.skills), projects: list(gold.projects) };
}

function rendered() {
  console.log("resumes_rendered: share of the gold's words found in the section of that name");
  row("layout", SECTIONS.slice(0, 4).concat("name", "email", "phone"));
  const golds = readdirSync(join(data, "resumes_rendered/gold"));
  for (const file of readdirSync(join(data, "resumes_rendered/pdf")).sort()) {
    const resume = parse(join(data, "resumes_rendered/pdf", file));
    const gold = JSON.parse(readFileSync(join(data, "resumes_rendered/gold", golds.find((name) => file.startsWith(name.replace(/\.json$/, ""))) || golds[0])));
    if (!resume) continue;
    const wanted = goldText(gold);
    const same = (got, right) => (got === "" ? "-" : words(got).join(" ") === words(right).join(" ") ? "right" : "WRONG");
    row(file.replace(/.*__|\.pdf/g, ""), SECTIONS.slice(0, 4).map((section) => percent(covered(wanted[section], textOf(resume, section)), 1))
      .concat(same(resume.contact.name, gold.basics.name), same(resume.contact.email, gold.basics.email), same(resume.contact.phone, gold.basics.phone)));
  }
}

function layouts() {
  console.log("resumes_layout: bytes a section");
  row("file", SECTIONS);
  for (const file of readdirSync(join(data, "resumes_layout")).sort()) {
    const resume = parse(join(data, "resumes_layout", file));
    if (resume) row(file.replace(".pdf", "").slice(0, 13), SECTIONS.map((section) => textOf(resume, section).length));
  }
}

// Overlap with the spans that annotators marked in sentences of job ads (skills and knowledge of all kinds, not only catalogue names).
function skillspan() {
  const rows = readFileSync(join(data, "skillspan/dev.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line));
  if (!rows[0]?.tokens) return;
  let text = "", inside = [];
  for (const entry of rows)
    entry.tokens.forEach((token, i) => {
      const marked = (entry.tags_skill?.[i] ?? "O") !== "O" || (entry.tags_knowledge?.[i] ?? "O") !== "O";
      for (const byte of Buffer.from(token)) inside.push(marked), void byte;
      inside.push(false);
      text += token + (i === entry.tokens.length - 1 ? "\n" : " ");
    });
  const found = JSON.parse(execFileSync(binary, ["skills", "extract", "--json"], { input: text, maxBuffer: 1 << 26 })).skills;
  const hits = found.filter((skill) => inside[skill.start]).length;
  console.log(`skillspan dev: ${rows.length} sentences, ${found.length} mentions, ${percent(hits, found.length)} begin inside a marked span`);
}

livecareer();
rendered();
layouts();
skillspan();
process.exit(crashes ? 1 : 0);
