// Builds the files that the binary embeds: node assets/build.mjs OUTDIR
//
// Output: app.css (Tailwind, the chosen Basecoat components, our own layer), app.js (our modules with htmx,
// one bundle), icons.svg (a sprite of the icons named in icons.txt) and everything in static/ as it is.
// A file is only written when its content changes, so that what depends on it is not rebuilt for nothing.
// tools/assets.sh calls this; it needs node_modules and no network.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, writeFileSync, existsSync, rmSync, mkdtempSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const modules = join(root, "node_modules");

// The Basecoat components in use. Each is a file of its own plus a section of the style file; taking
// these alone keeps the style sheet small; controls are ours (theirs draw marks from data: addresses, which the policy refuses).
const BASECOAT = ["Button", "Badge", "Card", "Alert", "Table"];

function put(path, content) {
  if (existsSync(path) && readFileSync(path).equals(Buffer.from(content))) return;
  writeFileSync(path, content);
}

/** One section of Basecoat's style file: from its heading comment to the next heading. */
export function section(css, name) {
  const heads = [...css.matchAll(/^\s*\/\* ([A-Z][A-Za-z ]*) \*\/$/gm)];
  const at = heads.findIndex((head) => head[1] === name);
  if (at < 0) throw new Error(`Basecoat has no section "${name}" any more: look at assets/build.mjs`);
  return css.slice(heads[at].index, heads[at + 1]?.index ?? css.lastIndexOf("}"));
}

function basecoat() {
  const dist = join(modules, "basecoat-css", "dist");
  const style = readFileSync(join(dist, "styles", "vega.css"), "utf8");
  const parts = BASECOAT.map((name) => {
    const own = readFileSync(join(dist, "components", `${name.toLowerCase()}.css`), "utf8");
    return `${own}\n@layer components {\n${section(style, name)}\n}\n`;
  });
  return parts.join("\n");
}

/** The sprite: one <symbol> an icon; colour, size and line width come from the style sheet. */
export function sprite(names, read) {
  const symbols = names.map((name) => {
    const inner = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(read(name));
    if (!inner) throw new Error(`icon "${name}" is not an SVG file`);
    const shapes = inner[1].replace(/\s*\n\s*/g, "").trim();
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round">${shapes}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("\n")}</svg>\n`;
}

function icons() {
  const names = readFileSync(join(here, "icons.txt"), "utf8").split("\n").map((line) => line.trim())
    .filter((line) => line && !line.startsWith("#"));
  return sprite(names, (name) => readFileSync(join(modules, "lucide-static", "icons", `${name}.svg`), "utf8"));
}

/** Runs a build tool; what it prints is shown when it fails, and only then. */
function run(script, args) {
  const done = spawnSync(process.execPath, [script, ...args], { cwd: root, encoding: "utf8" });
  if (done.status === 0) return;
  process.stderr.write(`${done.stdout ?? ""}${done.stderr ?? ""}`);
  throw new Error(`${script} failed`);
}

function main(out) {
  mkdirSync(out, { recursive: true });
  const work = mkdtempSync(join(tmpdir(), "careerprep-assets-"));
  try {
    // Tailwind resolves imports beside the style sheet that names them.
    mkdirSync(join(root, "build"), { recursive: true });
    put(join(root, "build", "basecoat.css"), basecoat());
    run(join(modules, "@tailwindcss", "cli", "dist", "index.mjs"),
      ["--input", join(here, "css", "app.css"), "--output", join(work, "app.css"), "--minify"]);
    run(join(modules, "esbuild", "bin", "esbuild"),
      [join(here, "js", "app.mjs"), "--bundle", "--minify", "--format=iife", "--target=es2022",
        "--legal-comments=none", "--charset=utf8", "--log-level=warning", `--outfile=${join(work, "app.js")}`]);
    put(join(out, "app.css"), readFileSync(join(work, "app.css")));
    put(join(out, "app.js"), readFileSync(join(work, "app.js")));
    put(join(out, "icons.svg"), icons());
    for (const name of readdirSync(join(here, "static"))) put(join(out, name), readFileSync(join(here, "static", name)));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.length !== 3) {
    console.error("usage: node assets/build.mjs OUTDIR");
    process.exit(2);
  }
  main(resolve(process.argv[2]));
}
