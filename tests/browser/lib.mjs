// What the browser tests share: a server of their own, a page with a viewport and theme, screenshots, axe and checks.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { execFileSync, spawn } from "node:child_process";
import axe from "axe-core";
import { chromium } from "playwright-core";
import { makeDatabase } from "../http/postgres.mjs";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
export const binary = process.env.CAREERPREP_BIN ?? join(root, "build", "release", "careerprep");
const isPostgres = Boolean(process.env.TEST_DATABASE_URL); // tests/postgres.sh tools/node.sh tests/browser/journey.mjs
const shots = join(root, "build", isPostgres ? "browser-postgres" : "browser");

export const LOOKS = [
  { name: "phone-light", width: 390, height: 844, scheme: "light", isMobile: true },
  { name: "phone-dark", width: 390, height: 844, scheme: "dark", isMobile: true },
  { name: "desktop-light", width: 1280, height: 900, scheme: "light" },
  { name: "desktop-dark", width: 1280, height: 900, scheme: "dark" },
];

// The pages are the same on both engines: on PostgreSQL one look tells, unless BROWSER_ALL_LOOKS is set.
export const USUAL_LOOKS = isPostgres && !process.env.BROWSER_ALL_LOOKS ? LOOKS.filter((one) => one.name === "desktop-light") : LOOKS;

const databases = new Map(); // by data directory: who comes back finds the same

// Starts the program with a data directory of its own, and a database of its own where TEST_DATABASE_URL says so; on a free port unless one is given
// (to come back at the same address).
export async function startServer(data = mkdtempSync(join(tmpdir(), "careerprep-browser-")), port = 0) {
  if (isPostgres && !databases.has(data)) databases.set(data, await makeDatabase({ hasCasts: false }));
  const database = databases.get(data), env = { ...process.env, ...(database ? { DATABASE_URL: database.url } : {}) };
  const child = spawn(binary, ["serve", "--data", data, "--listen", `127.0.0.1:${port}`], { stdio: ["ignore", "pipe", "pipe"], cwd: data, env });
  let log = "";
  child.stderr.on("data", (part) => { log += part; });
  const address = await new Promise((resolve, reject) => {
    let out = "";
    child.stdout.on("data", (part) => {
      out += part;
      const found = out.match(/http:\/\/\S+/);
      if (found) resolve(found[0]);
    });
    child.on("exit", (code) => reject(new Error(`the server ended with ${code}: ${log}`)));
  });
  const exited = new Promise((resolve) => child.on("exit", resolve));
  return {
    address, data, log: () => log,
    run: (...args) => execFileSync(binary, [...args, "--data", data], { cwd: data, env, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
    async stop({ keep = false } = {}) {
      child.kill("SIGTERM");
      await exited;
      if (keep) return;
      rmSync(data, { recursive: true, force: true });
      await database?.drop();
    },
    async kill() { child.kill("SIGKILL"); await exited; },
  };
}

export async function startBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

let passed = 0;
const failures = [];
export function check(fine, what) {
  if (fine) { passed++; return; }
  failures.push(what);
  console.log(`FAILED ${what}`);
}
export function finish() {
  console.log(`${passed} passed, ${failures.length} failed`);
  process.exitCode = failures.length || !passed ? 1 : 0;
}

// A person's browser: every script error, failed request and policy violation counts as a failure.
export async function openContext(browser, look, server) {
  const context = await browser.newContext({
    viewport: { width: look.width, height: look.height }, colorScheme: look.scheme, isMobile: Boolean(look.isMobile), hasTouch: Boolean(look.isMobile),
    baseURL: server.address, locale: "en-GB", timezoneId: "UTC", reducedMotion: "reduce",
  });
  context.setDefaultTimeout(15000);
  const page = await context.newPage();
  watch(page, look.name);
  return { context, page };
}
export function watch(page, name) {
  page.on("pageerror", (error) => check(false, `${name}: script error at ${page.url()}: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" && !/Failed to load resource.*(401|403|404|409|422|429)/.test(message.text())) check(false, `${name}: console at ${page.url()}: ${message.text()}`);
  });
  page.on("response", (response) => { if (response.status() >= 500) check(false, `${name}: ${response.status()} for ${response.url()}`); });
}

// Takes the picture, and asks axe and the layout whether anything is wrong with the page. `also`: rules of axe that count though they are moderate.
export async function look(page, view, name, also = []) {
  mkdirSync(join(shots, view.name), { recursive: true });
  await page.waitForLoadState("load");
  await page.screenshot({ path: join(shots, view.name, `${name}.png`), fullPage: true });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  check(wide <= 1, `${view.name} ${name}: the page scrolls sideways by ${wide} px`);
  await page.evaluate(axe.source + "; undefined");
  const result = await page.evaluate(async () => (await axe.run(document, { resultTypes: ["violations"] })).violations.map((v) => ({ id: v.id, impact: v.impact, nodes: v.nodes.map((n) => n.html.slice(0, 160)).slice(0, 3) })));
  const serious = result.filter((v) => v.impact === "serious" || v.impact === "critical" || also.includes(v.id));
  check(serious.length === 0, `${view.name} ${name}: axe ${JSON.stringify(serious)}`);
}
