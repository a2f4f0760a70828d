// The whole program looks for listings at job boards of this machine, and is killed (SIGKILL) between pages and in the middle of one: no finished page is asked for again, every listing is there
// once, what follows from them happens once, and no key is told to anybody.
import assert from "node:assert/strict";
import http from "node:http";
import { after, before, test } from "node:test";
import { startServer } from "./server.mjs";

const KEY = "k3y-that-nobody-may-see";
const PAGES = 4, PAGE = 50, JOBS = (PAGES - 1) * PAGE + 7;
const YESTERDAY = new Date(Date.now() - 86400000).toISOString();
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Adzuna with JOBS jobs for each search; `held` keeps an answer back until it is resolved. */
class Boards {
  constructor() {
    this.calls = [];
    this.server = http.createServer(async (request, response) => {
      const page = Number(/\/search\/(\d+)\?/.exec(request.url)?.[1]), what = new URL(request.url, "http://x").searchParams.get("what");
      const call = { page, what, url: request.url, traceparent: request.headers.traceparent };
      this.calls.push(call);
      this.called?.(call);
      await this.held;
      const results = Array.from({ length: Math.max(0, Math.min(PAGE, JOBS - (page - 1) * PAGE)) }, (_, i) => ({
        id: `${what}-${(page - 1) * PAGE + i}`, title: `${what} ${i}`, redirect_url: `https://www.adzuna.de/land/ad/${i}`, created: YESTERDAY, description: "Python and SQL",
      }));
      response.setHeader("Content-Type", "application/json");
      response.end(JSON.stringify({ count: JOBS, results }));
    });
  }

  listen() { return new Promise((done) => this.server.listen(0, "127.0.0.1", () => { this.url = `http://127.0.0.1:${this.server.address().port}`; done(); })); }

  /** Resolves with the nth call from now on, whose answer (and those after it) is kept back. */
  hold(nth) {
    let release;
    const held = new Promise((done) => { release = done; });
    const come = new Promise((done) => { this.called = (call) => { if (--nth === 0) { this.held = held; done(call); } }; });
    return { come, release: () => { this.held = null; this.called = null; release(); } };
  }
}

const boards = new Boards();
let server, root;

before(async () => {
  await boards.listen();
  server = await startServer({ env: { LOG_LEVEL: "info", ADZUNA_APP_ID: "me", ADZUNA_APP_KEY: KEY, ADZUNA_BASE_URL: boards.url, QUOTA_ADZUNA: "minute=1000", JOOBLE_API_KEY: "", no_proxy: "127.0.0.1" } });
  root = await server.signUp("Root");
  await server.write(`UPDATE users SET role = 'admin' WHERE email = '${root.email}'`);
  await server.write(`UPDATE user_profiles SET target_roles = '["Data analyst"]', preferred_locations = '["Berlin, Germany"]' WHERE user_id = (SELECT id FROM users WHERE email = '${root.email}')`);
});
after(async () => {
  boards.server.closeAllConnections?.();
  boards.server.close();
  await server.stop();
});

const one = async (sql) => (await server.rows(sql))[0];

/** As soon as every job has ended. */
async function ended() {
  for (let tries = 0; tries < 600; tries++) {
    const open = await server.rows("SELECT kind, status FROM jobs WHERE status NOT IN ('completed', 'dead', 'cancelled')");
    if (!open.length && (await one("SELECT COUNT(*) AS n FROM jobs WHERE kind = 'market.search'")).n) return;
    await pause(100);
  }
  assert.fail("the jobs did not end");
}

test("killed in the middle of a page and between pages, a search goes on where it was", { timeout: 170000 }, async () => {
  let log = "";
  assert.equal((await root.post("/admin/schedules/market.scrape/run")).location, "/admin/schedules");
  for (const nth of [2, 2]) { // the second page, whose answer never comes; then the third one
    const { come, release } = boards.hold(nth);
    await come;
    await server.kill();
    log += server.log;
    release();
    await server.start();
    root.url = server.url;
  }
  await ended();
  log += server.log;
  assert.deepEqual(boards.calls.map((call) => call.page), [1, 2, 2, 3, 3, 4], "only what was on its way is asked for again");
  assert.equal((await one("SELECT COUNT(*) AS n FROM job_listings WHERE source = 'adzuna'")).n, JOBS);
  const [event, ...others] = await server.rows("SELECT id, payload, trace FROM agent_events WHERE event_type = 'MARKET_UPDATE'");
  assert.deepEqual(others, []);
  assert.equal(JSON.parse(event.payload).new_listings, JOBS);
  assert.equal((await one("SELECT COUNT(*) AS n FROM jobs WHERE kind = 'market.insights' AND status = 'completed'")).n, 1);
  const [job] = await server.rows("SELECT result, trace FROM jobs WHERE kind = 'market.search'");
  assert.equal(JSON.parse(job.result).summary, `Adzuna: ${JOBS} listings on ${PAGES} pages, ${JOBS} new and 0 changed.`);
  const trace = job.trace.split("-")[1], spans = boards.calls.map((call) => call.traceparent.split("-"));
  assert.ok(spans.every(([, id]) => id === trace), "each call is in the trace of its job");
  assert.equal(new Set(spans.map(([, , span]) => span)).size, boards.calls.length, "and a span of its own");
  assert.ok(log.includes(`span ${spans[0][2]}`));
  assert.ok(!log.includes(KEY));
});

test("operators see what was found and what was called, and no key", async () => {
  const figures = (await server.browser().get("/metrics")).text;
  assert.match(figures, new RegExp(`careerprep_outgoing_calls_total\\{host="${boards.url.slice(7)}",outcome="2xx"\\} 2\n`)); // since the last start
  const [{ id }] = await server.rows("SELECT id FROM jobs WHERE kind = 'market.search'");
  for (const path of [`/admin/jobs/${id}`, "/admin/schedules", "/admin/budgets", "/admin/jobs"]) {
    const page = await root.get(path);
    assert.equal(page.status, 200, path);
    assert.ok(!page.text.includes(KEY), path);
  }
  assert.match((await root.get(`/admin/jobs/${id}`)).text, new RegExp(`Adzuna: ${JOBS} listings on ${PAGES} pages`));
  assert.ok(!(await server.command("config")).out.includes(KEY));
});

test("a second night brings nothing twice", async () => {
  boards.calls = [];
  await pause(1100); // asked twice in a second it is one
  await root.post("/admin/schedules/market.scrape/run");
  for (let tries = 0; tries < 300 && (await one("SELECT COUNT(*) AS n FROM jobs WHERE kind = 'market.search' AND status = 'completed'")).n < 2; tries++) await pause(100);
  await ended();
  assert.equal(boards.calls.length, PAGES);
  assert.equal((await one("SELECT COUNT(*) AS n FROM job_listings WHERE source = 'adzuna'")).n, JOBS);
  assert.equal((await one("SELECT COUNT(*) AS n FROM agent_events WHERE event_type = 'MARKET_UPDATE'")).n, 1);
});

test("an operator who cancels a search does not wait for the board's answer", async () => {
  boards.calls = [];
  const { come, release } = boards.hold(1);
  await pause(1100);
  await root.post("/admin/schedules/market.scrape/run");
  await come;
  const { id } = await one("SELECT id FROM jobs WHERE kind = 'market.search' AND status = 'running'");
  assert.equal((await root.post(`/admin/jobs/${id}/cancel`)).status, 303);
  for (let tries = 0; tries < 100 && (await one(`SELECT status FROM jobs WHERE id = ${id}`)).status === "running"; tries++) await pause(100);
  assert.equal((await one(`SELECT status FROM jobs WHERE id = ${id}`)).status, "cancelled"); // its answer is still kept back, and the call would last twenty seconds
  assert.equal(boards.calls.length, 1);
  release();
});
