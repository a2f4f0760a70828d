// careerprep worker beside a serve that runs no jobs: who does what, what may be asked of it, how it stops, and that a killed one takes nothing with it.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { begin, claim, GOOD, prepare } from "./interviews.mjs";
import { makeDatabase } from "./postgres.mjs";
import { binary, startServer } from "./server.mjs";
import { checkJobs } from "./workload.mjs";

const NONE = !process.env.TEST_DATABASE_URL && "one process owns an embedded store: tests/postgres.sh gives a shared one";
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
let database, pages, workers = [];

const startWorker = () => startServer({ database, command: "worker" });
before(async () => {
  if (NONE) return;
  database = await makeDatabase();
  pages = await startServer({ database, args: ["--no-worker"] });
  workers = await Promise.all([startWorker(), startWorker()]);
});
after(async () => {
  for (const worker of workers) { worker.database = null; await worker.stop(); }
  await pages?.stop();
});

async function until(what, holds, seconds = 10) {
  for (let tries = 0; tries < seconds * 20; tries++) {
    const found = await holds();
    if (found) return found;
    await pause(50);
  }
  assert.fail(`${what}: not within ${seconds} s`);
}

/** Somebody with an interview that needs only to be finished. */
async function readyToFinish(name) {
  const person = await pages.signUp(name);
  await claim(pages, person, [["docker", "expert"], ["postgresql", "beginner"]]);
  const id = await prepare(person);
  await begin(person, id);
  for (let i = 0; i < 4; i++) await person.post(`/interviews/${id}/say`, { text: `${GOOD} That was project ${i}.` });
  return { person, id, finish: async () => assert.equal((await person.post(`/interviews/${id}/finish`)).status, 303) };
}

/** What the person's open page is told, until `stop`. */
async function listen(person) {
  const abort = new AbortController(), told = { text: "" };
  const stream = await fetch(`${pages.url}/live`, { signal: abort.signal, headers: { Cookie: [...person.cookies].map(([name, value]) => `${name}=${value}`).join("; ") } });
  assert.equal(stream.status, 200);
  const reading = (async () => { for await (const bytes of stream.body) told.text += Buffer.from(bytes).toString(); })().catch(() => {});
  told.stop = async () => { abort.abort(); await reading; };
  return told;
}

/** Nobody can store a proof until it is released: what runs stays in the middle. */
async function holdProofs() {
  const client = spawn("psql", ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database.url], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise((done) => client.once("exit", done));
  client.stdin.write("BEGIN; LOCK TABLE skill_verifications IN EXCLUSIVE MODE; SELECT 'held';\n");
  await new Promise((done) => client.stdout.once("data", done));
  return async () => { client.stdin.end("ROLLBACK;\n"); assert.equal(await ended, 0); };
}

/** The process ids of those that run a job of this kind, and how many. */
const running = async () => (await pages.rows(`SELECT w.name, COUNT(*) AS n FROM jobs j JOIN bus_workers w ON w.id = j.worker_id
  WHERE j.status = 'running' AND j.kind = 'interview.analyze' GROUP BY w.name`)).map((row) => ({ pid: Number(/process (\d+)$/.exec(row.name)[1]), jobs: row.n }));

/** The sum of a counter of the kind over these processes. */
async function counted(servers, kind) {
  const texts = await Promise.all(servers.map(async (one) => (await one.browser().get("/metrics")).text));
  const lines = texts.flatMap((text) => text.split("\n")).filter((line) => line.startsWith(`careerprep_job_runs_total{kind="${kind}",outcome="completed"}`));
  return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}

test("without PostgreSQL it says what to do instead, and makes nothing", async () => {
  const dir = await mkdtemp(join(tmpdir(), "careerprep-worker-"));
  const env = { ...process.env };
  delete env.DATABASE_URL;
  const { code, out, err } = await new Promise((done) => {
    execFile(binary, ["worker", "--data", join(dir, "data")], { cwd: dir, env }, (error, out, err) => done({ code: error?.code ?? 0, out, err }));
  });
  assert.deepEqual([code, out], [1, ""]);
  assert.match(err, /^careerprep: .*start serve without --no-worker.*or set DATABASE_URL.*\n$/);
  assert.deepEqual(await readdir(dir), [], "no store is left behind");
  await rm(dir, { recursive: true });
});

test("it answers for itself and has nothing else: no pages, no API, no assets, no signing in", { skip: NONE }, async () => {
  const stranger = workers[0].browser();
  assert.deepEqual([(await stranger.get("/healthz")).text, (await stranger.get("/readyz")).text], ["ok\n", "ready\n"]);
  const figures = await stranger.get("/metrics");
  assert.equal(figures.status, 200);
  for (const line of [/^careerprep_store_up 1$/m, /^careerprep_worker_processes\{state="alive"\} 2$/m, /^process_resident_memory_bytes [1-9]/m]) assert.match(figures.text, line);
  assert.equal((await stranger.get("/metrics", { "X-Forwarded-For": "203.0.113.7" })).status, 404, "the permissions of serve hold");
  const css = /href="(\/assets\/[^"]+\.css)"/.exec((await pages.browser().get("/sign-in")).text)[1];
  for (const path of ["/", "/sign-in", "/dashboard", "/admin", "/live", "/api/users/skills", "/api/openapi.json", css, "/robots.txt"]) assert.equal((await stranger.get(path)).status, 404, path);
  assert.equal((await stranger.post("/sign-in", { email: "ada@example.org", password: "x" })).status, 404);
  assert.equal((await stranger.post("/readyz", {})).status, 405);
});

test("serve --no-worker leaves the jobs to the workers, and its open pages hear of what they do", { skip: NONE }, async () => {
  const { person, id, finish } = await readyToFinish("Ada");
  const told = await listen(person), before = await counted(workers, "interview.analyze");
  await finish();
  await until("the open page is told", () => /event: notifications/.test(told.text));
  await told.stop();
  const [{ status }] = await pages.rows(`SELECT status FROM interviews WHERE id = '${id}'`);
  assert.equal(status, "analyzed");
  await checkJobs(pages);
  assert.equal(await counted(workers, "interview.analyze"), before + 1);
  assert.equal(await counted([pages], "interview.analyze"), 0);
});

test("schedules are kept by the workers alone", { skip: NONE }, async () => {
  const now = Date.now() * 1000, day = 86400 * 1000000;
  await pages.write(`UPDATE schedules SET done_until = ${now - 3 * day}, next_run_at = ${now - 2 * day} WHERE name = 'market.cleanup'; NOTIFY careerprep, 'jobs'`);
  await until("the clean-up", async () => (await pages.rows("SELECT id FROM jobs WHERE kind = 'market.cleanup' AND status = 'completed'")).length === 1, 30);
});

test("asked to stop, it lets the job that runs end, takes no more, and leaves no trace", { skip: NONE }, async () => {
  const { id, finish } = await readyToFinish("Bo");
  const release = await holdProofs();
  await finish();
  const [{ pid }] = await until("the job runs", async () => { const all = await running(); return all.length && all; });
  const stopped = workers.find((worker) => worker.process.pid === pid);
  assert.ok(stopped, "in one of the workers");
  let isOver = false;
  const halted = stopped.halt().then(() => { isOver = true; });
  await pause(1000);
  assert.equal(isOver, false, "it waits for its job");
  await release();
  await halted;
  const [job] = await pages.rows(`SELECT status, attempts, crashes FROM jobs WHERE kind = 'interview.analyze' AND payload ->> 'interview_id' = '${id}'`);
  assert.deepEqual(job, { status: "completed", attempts: 1, crashes: 0 });
  assert.deepEqual(await pages.rows(`SELECT id FROM bus_workers WHERE name LIKE '%process ${pid}'`), []);
  await stopped.start();
});

test("a worker killed in the middle of people's jobs: another does them, once, and nothing is lost", { skip: NONE }, async (t) => {
  const people = await Promise.all(["Cy", "Di", "Ed", "Flo", "Gus", "Hal"].map(readyToFinish));
  const open = await Promise.all(people.map(({ person }) => listen(person)));
  const release = await holdProofs();
  await Promise.all(people.map(({ finish }) => finish()));
  const all = await until("all of them run", async () => { const now = await running(); return now.reduce((sum, one) => sum + one.jobs, 0) === people.length && now; });
  const killed = workers.find((worker) => worker.process.pid === all[0].pid);
  await killed.kill();
  await release();
  await checkJobs(pages, 60);
  const crashed = await pages.rows("SELECT id FROM jobs WHERE crashes > 0");
  assert.equal(crashed.length, all[0].jobs, "what it was doing was taken over");
  t.diagnostic(`${all[0].jobs} of ${people.length} jobs were in the killed worker`);
  for (const [i, { id }] of people.entries()) {
    const [{ status }] = await pages.rows(`SELECT status FROM interviews WHERE id = '${id}'`);
    assert.equal(status, "analyzed");
    await until("the open page is told", () => /event: notifications/.test(open[i].text));
    await open[i].stop();
  }
  await killed.start();
});

test("without --listen it listens nowhere", { skip: NONE }, async () => {
  const dir = await mkdtemp(join(tmpdir(), "careerprep-worker-"));
  const worker = spawn(binary, ["worker"], { cwd: dir, env: { ...process.env, ...database.environment, LISTEN: "127.0.0.1:0" }, stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((done) => worker.once("exit", done));
  const line = String(await new Promise((done) => worker.stdout.once("data", done)));
  assert.equal(line, "Career Prep runs jobs, 4 at once\n");
  const links = await Promise.all((await readdir(`/proc/${worker.pid}/fd`)).map((fd) => readlink(`/proc/${worker.pid}/fd/${fd}`).catch(() => "")));
  const sockets = new Set(links.map((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1]).filter(Boolean));
  assert.ok(sockets.size > 0, "its connections to the store are seen");
  const tables = (await Promise.all(["tcp", "tcp6"].map((name) => readFile(`/proc/net/${name}`, "utf8").catch(() => "")))).join("\n");
  const listening = tables.split("\n").map((row) => row.trim().split(/\s+/)).filter((row) => row[3] === "0A" && sockets.has(row[9]));
  assert.deepEqual(listening, []);
  worker.kill("SIGINT");
  assert.equal(await ended, 0);
  assert.deepEqual(await readdir(dir), [], "and keeps no files");
  await rm(dir, { recursive: true });
});
