// Prints the tables of tests/quality/resume.sh. Exits 1 only when a file is neither read nor refused with a reason: the figures are for reading.
//
// Sections. The text of a section and the label's text are compared as bags of words (letters and digits, small): a word is right as often as both
// hold it. Precision, recall and F1 of a section are over the words of all files together. "macro F1" is the mean of the sections that the
// labels have; "F1 a section" is the mean over every section of every file that is labelled or found, so that one lost section of three words
// counts as much as a page of experience, and a section that is not labelled counts 0. Header lines are neither.
//
// Skills. A mention agrees with a labelled span when they overlap; "same span" asks for the same first and last character. Precision is the share of the
// mentions that agree, recall the share of the spans. "alone" leaves out mentions in spans of the other layer (skillspan marks "communication" as a
// skill and no knowledge), which are neither right nor wrong there. Labels name knowledge of any kind ("IT Consulting"), the reader names of the catalogue.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const [binary, data] = process.argv.slice(2);
const SECTIONS = ["summary", "experience", "education", "skills", "projects", "certifications", "languages", "other"];
const show = (line) => process.env.SHOW && console.log("  " + line);

const parsed = new Map();
function parse(path) {
  if (parsed.has(path)) return parsed.get(path).resume;
  const run = spawnSync(binary, ["resume", "parse", path, "--json"], { maxBuffer: 1 << 26, encoding: "utf8" });
  const resume = run.status === 0 ? JSON.parse(run.stdout) : null;
  parsed.set(path, { resume, reason: run.signal ? "" : run.stderr.trim(), signal: run.signal });
  return resume;
}

const lines = (name) => readFileSync(join(data, name), "utf8").trim().split("\n").map((line) => JSON.parse(line));
const words = (text) => (text || "").toLowerCase().match(/[\p{L}\p{N}]+/gu) || [];
const textOf = (resume, section) => resume.chunks.filter((chunk) => chunk.section === section).map((chunk) => chunk.text).join("\n");
const percent = (part, whole) => (whole ? ((100 * part) / whole).toFixed(1) + " %" : "-");
const ratio = (part, whole) => (whole ? part / whole : 0);
const f1 = (hits, found, wanted) => ratio(2 * hits, found + wanted);
const mean = (list) => ratio(list.reduce((sum, x) => sum + x, 0), list.length);

function row(name, cells) {
  console.log("  " + name.padEnd(18) + cells.map((cell) => String(cell).padStart(12)).join(""));
}

function bag(list) {
  const counts = new Map();
  for (const word of list) counts.set(word, (counts.get(word) || 0) + 1);
  return counts;
}

// The words of `list` that `counts` holds, each as often as it is there, and the rest.
function take(list, counts) {
  const left = new Map(counts), hits = [], rest = [];
  for (const word of list) {
    if (!left.get(word)) rest.push(word);
    else left.set(word, left.get(word) - 1), hits.push(word);
  }
  return { hits, rest };
}

// --- sections

const newTable = () => ({ cells: Object.fromEntries(SECTIONS.map((name) => [name, { hits: 0, found: 0, wanted: 0, files: 0 }])), each: [], present: { hits: 0, found: 0, wanted: 0 } });

// `wanted`, `got`: section -> list of words.
function score(table, file, wanted, got) {
  for (const name of SECTIONS) {
    const right = wanted[name] || [], there = got[name] || [], cell = table.cells[name];
    if (!right.length && !there.length) continue;
    const { hits, rest } = take(there, bag(right));
    cell.hits += hits.length, cell.found += there.length, cell.wanted += right.length, cell.files += right.length > 0;
    table.present.hits += right.length > 0 && there.length > 0, table.present.found += there.length > 0, table.present.wanted += right.length > 0;
    const value = f1(hits.length, there.length, right.length);
    table.each.push(value);
    if (value < 0.9) show(`${file} ${name} ${value.toFixed(2)}: extra [${rest.slice(0, 12).join(" ")}], missed [${take(right, bag(there)).rest.slice(0, 12).join(" ")}]`);
  }
}

function printSections(title, table) {
  console.log(title);
  row("section", ["labelled", "precision", "recall", "F1"]);
  const labelled = SECTIONS.filter((name) => table.cells[name].wanted);
  for (const name of SECTIONS) {
    const { hits, found, wanted, files } = table.cells[name];
    if (wanted || found) row(name, [files, percent(hits, found), percent(hits, wanted), f1(hits, found, wanted).toFixed(3)]);
  }
  const { hits, found, wanted } = table.present, all = Object.values(table.cells);
  const sum = (key) => all.reduce((total, cell) => total + cell[key], 0);
  console.log(`  F1 of all words ${f1(sum("hits"), sum("found"), sum("wanted")).toFixed(3)}, macro F1 ${mean(labelled.map((name) => f1(table.cells[name].hits, table.cells[name].found, table.cells[name].wanted))).toFixed(3)}, ` +
    `F1 a section ${mean(table.each).toFixed(3)}, F1 of the presence of sections ${f1(hits, found, wanted).toFixed(3)}`);
}

function livecareer() {
  const table = newTable(), entries = lines("resumes_livecareer/sections.jsonl");
  let names = 0, skills = 0, verbatim = 0;
  for (const entry of entries) {
    const resume = parse(join(data, "resumes_livecareer", entry.file));
    if (!resume) continue;
    names += resume.contact.name !== "";
    skills += resume.skills.length;
    const bytes = Buffer.from(resume.text);
    verbatim += resume.chunks.every((chunk) => bytes.subarray(chunk.start, chunk.end).toString() === chunk.text);
    const wanted = {}, got = {};
    for (const { section, text } of entry.sections) {
      const name = SECTIONS.includes(section) || section === "header" ? section : "other";
      wanted[name] = (wanted[name] || []).concat(words(text));
    }
    for (const name of SECTIONS) got[name] = words(textOf(resume, name));
    got.other = take(got.other, bag(wanted.header || [])).rest;
    score(table, entry.file, wanted, got);
  }
  printSections(`resumes_livecareer: ${entries.length} files, chunks verbatim in ${verbatim}, ${skills} skills recognised, ${names} names claimed (the files are anonymised: 0 is right)`, table);
}

const NOT_PRINTED = ["picture", "website", "url", "years", "flavor", "countryCode"];
function valuesOf(item) {
  if (typeof item !== "object" || item === null) return [String(item)];
  return Array.isArray(item) ? item.flatMap(valuesOf) : Object.entries(item).flatMap(([key, value]) => (NOT_PRINTED.includes(key) ? [] : valuesOf(value)));
}

// Layouts print a part of what the JSON Resume holds and write dates in their own way. Wanted is what poppler's plain text of the file has, each
// printed word once; what the JSON Resume has nowhere (captions, names of months) is neither right nor wrong.
function rendered() {
  const folder = join(data, "resumes_rendered"), table = newTable(), contacts = [];
  for (const file of readdirSync(join(folder, "pdf")).sort()) {
    const resume = parse(join(folder, "pdf", file));
    const gold = JSON.parse(readFileSync(join(folder, "gold", file.replace(/__.*/, ".json"))));
    if (!resume) continue;
    const printed = bag(words(execFileSync("pdftotext", ["-raw", join(folder, "pdf", file), "-"], { encoding: "utf8" })));
    const parts = { summary: gold.basics?.summary, experience: gold.work, education: gold.education, skills: gold.skills, projects: gold.projects,
      certifications: gold.certificates, languages: gold.languages, other: [gold.volunteer, gold.awards, gold.publications, gold.interests, gold.references] };
    const wanted = {}, got = {}, { summary, ...basics } = gold.basics;
    for (const name of SECTIONS) {
      wanted[name] = take(words(valuesOf(parts[name] ?? []).join("\n")), printed).hits;
      for (const word of wanted[name]) printed.set(word, printed.get(word) - 1);
    }
    const known = new Set(Object.values(wanted).flat());
    for (const name of SECTIONS) got[name] = words(textOf(resume, name)).filter((word) => known.has(word));
    got.other = take(got.other, bag(words(valuesOf(basics).join("\n")))).rest;
    score(table, file, wanted, got);
    const same = (found, right) => (found === "" ? "-" : words(found).join(" ") === words(right).join(" ") ? "right" : "WRONG");
    contacts.push([file.replace(/.*__|\.pdf/g, ""), ["name", "email", "phone"].map((key) => same(resume.contact[key], gold.basics[key]))]);
  }
  printSections(`resumes_rendered: ${contacts.length} layouts of one person`, table);
  row("contact data", ["name", "email", "phone"]);
  for (const [layout, cells] of contacts) row(layout, cells);
}

// --- skills

// `texts`: [{text, spans: [{start, end, kind}]}], places in bytes. Each text is read alone.
function skills(title, texts, kinds, neither = []) {
  let hits = 0, mentions = 0, found = 0, wanted = 0, same = 0;
  for (const { text, spans } of texts) {
    const gold = spans.filter((span) => kinds.includes(span.kind));
    const overlap = (a, b) => a.start < b.end && b.start < a.end;
    const right = text.mentions.filter((mention) => gold.some((span) => overlap(mention, span)));
    mentions += text.mentions.filter((mention) => right.includes(mention) || !spans.some((span) => neither.includes(span.kind) && overlap(mention, span))).length, hits += right.length, wanted += gold.length;
    found += gold.filter((span) => text.mentions.some((mention) => overlap(mention, span))).length;
    same += gold.filter((span) => text.mentions.some((mention) => mention.start === span.start && mention.end === span.end)).length;
    if (process.env.SHOW) for (const mention of text.mentions) if (!right.includes(mention)) show(`${mention.name}: ${text.bytes.subarray(Math.max(0, mention.start - 30), mention.end + 30).toString().replace(/\s+/g, " ")}`);
  }
  const precision = ratio(hits, mentions), recall = ratio(found, wanted);
  row(title, [wanted, mentions, percent(hits, mentions), percent(found, wanted), ratio(2 * precision * recall, precision + recall).toFixed(3), percent(same, wanted)]);
}

// All texts through one call; a gap that no name spans stands between two of them.
function withMentions(entries) {
  const gap = Buffer.from("\n\n");
  const texts = entries.map((entry) => Buffer.from(entry.text));
  const all = JSON.parse(execFileSync(binary, ["skills", "extract", "--json"], { input: Buffer.concat(texts.flatMap((text) => [text, gap])), maxBuffer: 1 << 27 })).skills;
  let at = 0, next = 0;
  return entries.map((entry, i) => {
    const from = at, mentions = [];
    at += texts[i].length + gap.length;
    for (; next < all.length && all[next].start < at; next++) mentions.push({ ...all[next], start: all[next].start - from, end: all[next].end - from });
    return { text: { bytes: texts[i], mentions }, spans: entry.spans };
  });
}

function spansOf(tokens, tags, kind) {
  const spans = [];
  let at = 0;
  tokens.forEach((token, i) => {
    const bytes = Buffer.byteLength(token);
    if (tags[i] === "B" || (tags[i] === "I" && tags[i - 1] === "O")) spans.push({ start: at, end: at + bytes, kind });
    else if (tags[i] === "I" && spans.length) spans.at(-1).end = at + bytes;
    at += bytes + 1;
  });
  return spans;
}

function skillTables() {
  console.log("skills");
  row("labels", ["spans", "mentions", "precision", "recall", "F1", "same span"]);
  for (const part of ["dev", "train"]) {
    const texts = withMentions(lines(`skillspan/${part}.jsonl`).map(({ tokens, tags_knowledge, tags_skill }) => ({ text: tokens.join(" "), spans: [...spansOf(tokens, tags_knowledge, "knowledge"), ...spansOf(tokens, tags_skill, "skill")] })));
    skills(`${part} knowledge`, texts, ["knowledge"]);
    skills(`${part}, alone`, texts, ["knowledge"], ["skill"]);
    if (part === "dev") skills("dev, both layers", texts, ["knowledge", "skill"]);
  }
  const resumes = withMentions(lines("resumes_ner/resumes.jsonl").map(({ text, entities }) => {
    const byte = (at) => Buffer.byteLength([...text].slice(0, at).join(""));
    return { text, spans: entities.map(([start, end, kind]) => ({ start: byte(start), end: byte(end), kind })) };
  }));
  skills("resumes_ner tech.", resumes, ["technical_skills"]);
  skills("resumes_ner all", resumes, ["technical_skills", "soft-skills", "languages_known", "applying_expertise"]);
}

// --- every file is read or refused

function readOrRefused() {
  const files = [], walk = (folder) => {
    for (const name of existsSync(folder) ? readdirSync(folder).sort() : []) {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) walk(path);
      else if (/\.(pdf|docx)$/i.test(name) || /corpus.docx$|resumes_json$/.test(folder)) files.push(path);
    }
  };
  walk(data);
  walk("tests/fuzz/corpus/docx");
  for (const path of files) parse(path);
  const results = files.map((path) => ({ path, ...parsed.get(path) }));
  const read = results.filter(({ resume }) => resume?.chunks.length), refused = results.filter(({ resume, reason }) => !resume && /\S{3}.*\./s.test(reason));
  const bad = results.filter((result) => !read.includes(result) && !refused.includes(result));
  console.log(`PDF, DOCX and JSON: ${files.length} files, ${read.length} read, ${refused.length} refused with a reason, ${bad.length} neither`);
  for (const { path, reason } of refused) show(`${path}: ${reason}`);
  for (const { path, signal } of bad) console.log(`  ${path}: ${signal || "read, but nothing in it"}`);
  return bad.length;
}

livecareer();
rendered();
skillTables();
process.exit(readOrRefused() ? 1 : 0);
