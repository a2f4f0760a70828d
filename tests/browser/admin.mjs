// The operator's pages and a person's activity in a browser: on a phone and a desktop, light and dark, alive and without scripts.
// node tests/browser/admin.mjs [LOOK]; pictures are in build/browser/LOOK/.
import { randomUUID } from "node:crypto";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { LOOKS, check, finish, look as lookAt, openContext, startBrowser, startServer } from "./lib.mjs";

const PASSWORD = "seven lamps over the river";
const server = await startServer(), browser = await startBrowser();
const sql = (text) => execFileSync("sqlite3", ["-bail", "-cmd", ".timeout 10000", join(server.data, "careerprep.db")], { input: text, encoding: "utf8" }).trim();
const quote = (value) => (value === null ? "NULL" : typeof value === "number" ? String(value) : `'${String(value).replaceAll("'", "''")}'`);
const insert = (table, row) => sql(`INSERT INTO ${table} (${Object.keys(row).join(", ")}) VALUES (${Object.values(row).map(quote).join(", ")});`);
const look = (page, view, name) => lookAt(page, view, name, ["landmark-unique"]);
let nextId = 1000;

/** An hour of work: kinds of this version and of another, every state, a chain from a market update to a roadmap, and a question. */
function fill(user) {
  const now = Date.now() * 1000, rows = [];
  const job = (more) => {
    const row = { id: nextId++, kind: "jobs.match", status: "completed", run_at: now, attempts: 1, max_attempts: 5, payload: JSON.stringify({ user_id: user }), user_id: user, event_id: null, created_at: now, started_at: null, finished_at: null, last_error: null, result: null, workflow_id: null, progress: null, progress_message: null, runs: 1, ...more };
    rows.push(row);
    return row.id;
  };
  for (let i = 0; i < 900; i++) {
    const end = now - Math.floor((i / 900) ** 2 * 3500e6), latency = 20000 + (i * 7919) % 900000;
    job({ kind: ["jobs.match", "roadmap.repath", "resume.read"][i % 3], status: i % 37 ? "completed" : "dead", last_error: i % 37 ? null : "unavailable: the service did not answer within ten seconds", run_at: end - latency - 300000, started_at: end - 300000, finished_at: end });
  }
  const event = (more) => {
    const row = { id: randomUUID(), event_type: "MARKET_UPDATE", payload: JSON.stringify({ skills: ["docker", "kubernetes"], new_listings: 12 }), status: "completed", source_agent: "sentinel", user_id: user, causation_id: null, correlation_id: null, summary: "", created_at: now, error_message: null, ...more };
    row.correlation_id ??= row.id;
    insert("agent_events", row);
    return row.id;
  };
  const market = event({ summary: "12 new listings arrived, and Kubernetes is asked for more." });
  job({ kind: "market.insights", event_id: market, run_at: now - 2e6, started_at: now - 1e6, finished_at: now, result: JSON.stringify({ summary: "Demand was counted for 211 skills." }) });
  const needed = event({ event_type: "ROADMAP_REPATH_NEEDED", causation_id: market, correlation_id: market, summary: "Kubernetes is asked for more than last month.", created_at: now + 1 });
  job({ kind: "roadmap.repath", event_id: needed, run_at: now - 2e6, started_at: now - 1e6, finished_at: now, result: JSON.stringify({ summary: "Your roadmap was planned anew because Kubernetes is asked for more." }) });
  event({ event_type: "ROADMAP_PLANNED", source_agent: "architect", causation_id: needed, correlation_id: market, summary: "Your roadmap was planned.", created_at: now + 2 });
  const failed = event({ event_type: "RESUME_UPLOADED", source_agent: "person", status: "failed", summary: "You uploaded a resume.", error_message: "unavailable: the reader did not answer", created_at: now + 3 });
  const dead = job({ kind: "resume.read", event_id: failed, status: "dead", attempts: 5, runs: 5, run_at: now - 9e6, started_at: now - 9e6, finished_at: now, last_error: "unavailable: the reader did not answer" });
  job({ kind: "resume.read", status: "running", run_at: now - 400e6, started_at: now - 300e6, progress: 40, progress_message: "Reading page 4 of 10" });
  job({ kind: "roadmap.repath", status: "scheduled", attempts: 2, run_at: now + 1200e6, last_error: "unavailable: try later" });
  job({ kind: "jobs.match", status: "blocked", run_at: now });
  job({ kind: "listing.translate", status: "queued", run_at: now, user_id: null });
  const asking = job({ kind: "strategist.review", status: "waiting", run_at: now + 86400e6, attempts: 0 });
  const one = (table, values) => Object.keys(values[0]).join(", ") && sql(values.map((row) => `INSERT INTO ${table} (${Object.keys(row).join(", ")}) VALUES (${Object.values(row).map(quote).join(", ")});`).join("\n"));
  one("jobs", rows.map((row) => row));
  one("job_steps", [{ job_id: asking, step_key: "write", place: 1, result: JSON.stringify({ letter: "Dear reader" }), until: null, started_at: now, finished_at: now }, { job_id: asking, step_key: "send", place: 2, result: null, until: now + 86400e6, started_at: now, finished_at: null }]);
  one("job_waits", [{ job_id: asking, step_key: "send", user_id: user, question: "Shall your application to Careful & Sons be sent as it stands?", created_at: now }]);
  one("job_attempts", [1, 2, 3, 4, 5].map((run) => ({ job_id: dead, run, outcome: "failed", reason: "unavailable: the reader did not answer", started_at: now - (6 - run) * 60e6, ended_at: now - (6 - run) * 60e6 + 4e6 })));
  one("job_log", [1, 2].map((line) => ({ job_id: dead, run: 5, line, level: "info", message: `Line ${line} of what the run had to say`, created_at: now })));
  return { dead, asking, market };
}

async function signUp(page, name) {
  await page.goto("/sign-up");
  await page.fill("#first_name", "Olga");
  await page.fill("#email", `olga-${name}@example.org`);
  await page.fill("#password", PASSWORD);
  await page.click("form[action='/sign-up'] button");
  await page.waitForURL(/onboarding|dashboard/);
  sql(`UPDATE users SET role = 'admin', onboarding_completed = 1, onboarding_step = 5 WHERE email = 'olga-${name}@example.org';`);
  return sql(`SELECT id FROM users WHERE email = 'olga-${name}@example.org';`);
}

/** Does something and waits until the overview has been fetched again. */
async function swapped(page, act) {
  const part = await page.$("#overview");
  await act();
  for (let tries = 0; tries < 500 && await part.evaluate((old) => old.isConnected); tries++) await new Promise((done) => setTimeout(done, 20));
  check(!(await part.evaluate((old) => old.isConnected)), "the overview is fetched again");
}

/** What can be done with a kind is in sight without scrolling sideways, at every usual width of a desktop. */
async function reachable(page, view) {
  for (const width of view.isMobile ? [view.width] : [1024, 1280, 1366]) {
    await page.setViewportSize({ width, height: view.height });
    const over = await page.$$eval("#redrive-resume\\.read, #pause-resume\\.read, #redrive-jobs\\.match", (all) => all.map((one) => {
      const edge = Math.min(one.closest(".table-wrap").getBoundingClientRect().right, document.documentElement.clientWidth);
      return one.checkVisibility() ? Math.round(one.getBoundingClientRect().right - edge) : Infinity;
    }));
    check(over.length === 3 && over.every((one) => one <= 0), `${view.name}: at ${width} px Retry and Pause are cut off by ${over} px`);
    await look(page, view, `70-admin-overview-${width}`);
  }
  await page.setViewportSize({ width: view.width, height: view.height });
}

async function operate(page, view, made) {
  let asked = 0;
  page.on("request", (request) => { if (request.headers()["hx-request"] && new URL(request.url()).pathname === "/admin") asked++; });
  await page.clock.install();
  await page.goto("/admin");
  await page.waitForSelector("#overview .chart");
  await look(page, view, "70-admin-overview");
  await reachable(page, view);
  check(await page.locator("text=This version does not know listing.translate").count() === 1, `${view.name}: kinds of another version are named`);
  await page.clock.pauseAt(Date.now() + 60000);
  await page.goto("/admin"); // its seconds are the clock's from the start
  await page.evaluate(() => { document.getElementById("minutes").open = true; });
  const before = asked;
  await page.clock.runFor(1900);
  check(asked === before, `${view.name}: the page does not refresh itself more often than every two seconds`);
  await swapped(page, () => page.clock.runFor(200));
  check(asked === before + 1, `${view.name}: the page refreshes itself`);
  check(await page.getAttribute("#minutes", "open") !== null, `${view.name}: what was open stays open`);
  const hide = (is) => page.evaluate((value) => Object.defineProperty(document, "hidden", { configurable: true, get: () => value }), is);
  await hide(true);
  await page.clock.runFor(20000);
  check(asked === before + 1, `${view.name}: but not while nobody can see it`);
  await hide(false);
  await page.click("[data-refresh-toggle]");
  await page.clock.runFor(20000);
  check(asked === before + 1 && await page.getAttribute("[data-refresh-toggle]", "aria-pressed") === "true", `${view.name}: nor while it is told to hold still`);
  await page.clock.resume();
  await page.click("#span-day");
  await page.waitForURL(/span=day/);
  await look(page, view, "70-admin-overview-day");
  await page.click("#pause-resume\\.read");
  await page.waitForURL(/pause/);
  await look(page, view, "71-admin-pause");
  await page.click("main .btn-destructive");
  await page.waitForSelector(".toast");
  check((await page.textContent("#overview")).includes("Paused"), `${view.name}: a kind is paused`);
  await page.click("#resume-resume\\.read");
  await page.waitForSelector("#pause-resume\\.read");
  await page.goto("/admin/jobs?status=dead");
  await look(page, view, "72-admin-jobs");
  await page.goto(`/admin/jobs/${made.dead}`);
  await look(page, view, "73-admin-job-dead");
  await page.goto(`/admin/jobs/${made.asking}`);
  await look(page, view, "74-admin-job-waiting");
  await page.goto("/admin/jobs?error=nothing+has+this");
  await look(page, view, "75-admin-jobs-none");
  await page.goto("/admin/events");
  await look(page, view, "76-admin-events");
  await page.goto(`/admin/events/${made.market}`);
  check(await page.locator(".tree ul ul ul ul").count() === 1, `${view.name}: the chain goes from the market to the roadmap`);
  await look(page, view, "77-admin-event");
  for (const [at, path] of ["schedules", "budgets", "audit"].entries()) {
    await page.goto(`/admin/${path}`);
    await look(page, view, `78-admin-${at}-${path}`);
  }
}

async function follow(page, view, made, user) {
  await page.goto("/activity");
  await page.waitForSelector("#asked");
  await look(page, view, "80-activity");
  const other = await page.context().newPage();
  await other.goto("/activity");
  await page.bringToFront();
  await page.click(`#approve-${made.asking}`);
  await page.waitForSelector(".toast");
  check(await page.locator("#asked").count() === 0, `${view.name}: an answered question is gone`);
  check(JSON.parse(sql(`SELECT result FROM job_steps WHERE job_id = ${made.asking} AND step_key = 'send';`)).approved === true, `${view.name}: and the answer stored`);
  await other.waitForFunction(() => !document.querySelector("#asked"), null, { timeout: 10000 }).catch(() => check(false, `${view.name}: another open page of the person follows by itself`));
  await other.close();
  const [later] = sql(`SELECT id FROM jobs WHERE user_id = '${user}' AND status = 'scheduled';`).split("\n");
  await page.click(`#cancel-${later}`);
  await page.waitForURL(/cancel/);
  await look(page, view, "81-activity-cancel");
  await page.click("main .btn-destructive");
  await page.waitForSelector(".toast");
  check(sql(`SELECT status FROM jobs WHERE id = ${later};`) === "cancelled", `${view.name}: what was put off is cancelled`);
}

for (const view of LOOKS.filter((one) => !process.argv[2] || one.name === process.argv[2])) {
  const { context, page } = await openContext(browser, view, server);
  const user = await signUp(page, view.name), made = fill(user);
  await operate(page, view, made);
  await follow(page, view, made, user);
  await context.close();
  sql("DELETE FROM jobs; DELETE FROM agent_events;");
}

// Without scripts everything is there and can be done.
{
  const view = { name: "plain", width: 1280, height: 900, scheme: "light" };
  const context = await browser.newContext({ baseURL: server.address, javaScriptEnabled: false }), page = await context.newPage();
  const user = await signUp(page, view.name), made = fill(user);
  await page.goto("/admin");
  check(!(await page.isVisible("[data-refresh-toggle]")), "plain: no control that does nothing");
  await page.click("#redrive-resume\\.read");
  await page.click("main form button");
  check(/again/.test(await page.textContent(".toasts")), "plain: dead letters are tried again");
  await page.goto("/activity");
  await page.click(`#decline-${made.asking}`);
  check(/Declined/.test(await page.textContent(".toasts")), "plain: a question is declined");
  await context.close();
}
await browser.close();
await server.stop();
finish();
