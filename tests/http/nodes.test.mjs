// Several processes on one PostgreSQL: what one commits, the others work on and show at once.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { begin, chat, claim, GOOD, prepare } from "./interviews.mjs";
import { makeDatabase } from "./postgres.mjs";
import { Browser, PASSWORD, startServer } from "./server.mjs";
import { openSocket } from "./socket.mjs";

const NONE = !process.env.TEST_DATABASE_URL && "one process owns an embedded store: tests/postgres.sh gives a shared one";
let pages, worker, third;
before(async () => {
  if (NONE) return;
  const database = await makeDatabase();
  pages = await startServer({ database, args: ["--no-worker"] });
  [worker, third] = await Promise.all([startServer({ database }), startServer({ database })]);
});
after(async () => {
  await third?.stop();
  await worker?.stop();
  await pages?.stop();
});

const cookies = (browser) => [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** The same browser, whose requests go to another node. */
function at(node, browser) {
  const there = new Browser(node.url);
  there.cookies = browser.cookies;
  return there;
}

/** What a browser has open on a node: the stream of its pages, and a conversation. `ended` tells how long after `from` both were over. */
async function openAll(node, browser, interview) {
  const socket = await openSocket(at(node, browser), chat(interview));
  await socket.until((one) => one.type === "assistant_end");
  const stream = await fetch(`${node.url}/live`, { headers: { Cookie: cookies(browser) } });
  assert.equal(stream.status, 200);
  const over = (async () => { for await (const chunk of stream.body) void chunk; })().catch(() => {});
  return { over: Promise.all([over, socket.end(5000)]), socket };
}

test("a session is one on every node", { skip: NONE }, async () => {
  const ada = await pages.signUp("Ada"), there = at(worker, ada);
  assert.equal((await there.get("/settings")).status, 200);
  assert.equal((await ada.post("/sign-out")).status, 303);
  assert.ok([303, 401].includes((await there.get("/settings")).status));
});

test("a job is picked up at once by another node, and the open page hears of it", { skip: NONE }, async () => {
  const bo = await pages.signUp("Bo");
  await claim(pages, bo, [["docker", "expert"], ["postgresql", "beginner"]]);
  const id = await prepare(bo);
  await begin(bo, id);
  for (let i = 0; i < 4; i++) await bo.post(`/interviews/${id}/say`, { text: `${GOOD} That was project ${i}.` });
  const stop = new AbortController(), heard = [];
  const stream = await fetch(`${pages.url}/live`, { signal: stop.signal, headers: { Cookie: cookies(bo) } });
  const reading = (async () => { for await (const bytes of stream.body) heard.push({ at: Date.now(), text: Buffer.from(bytes).toString() }); })().catch(() => {});
  const finished = Date.now();
  assert.equal((await bo.post(`/interviews/${id}/finish`)).status, 303);
  const told = () => heard.find((one) => /event: notifications/.test(one.text));
  while (!told() && Date.now() - finished < 10000) await new Promise((done) => setTimeout(done, 20));
  stop.abort();
  await reading;
  assert.ok(told(), "the page is told");
  assert.ok(told().at - finished < 3000, `after ${told().at - finished} ms, and not with the next poll`);
  const [{ status }] = await pages.rows(`SELECT status FROM interviews WHERE id = '${id}'`);
  assert.equal(status, "analyzed");
});

test("a session that ends closes what it has open on every node, at once, and nothing else", { skip: NONE }, async () => {
  const ada = await pages.signUp("Ada");
  await claim(pages, ada, [["docker", "expert"], ["postgresql", "beginner"]]);
  const id = await prepare(ada);
  await begin(ada, id);
  const ways = {
    "sign-out": (other) => other.post("/sign-out"),
    "ending one session": (other, hash) => ada.post(`/settings/sessions/${hash}/end`),
    "ending all others": () => ada.post("/settings/sessions/end"),
    "a new password": () => ada.post("/settings/password", { current_password: PASSWORD, new_password: "eight quiet tables" }),
    "deleting the account": (other) => other.post("/settings/delete", { confirm: ada.email, password: "eight quiet tables" }),
  };
  const mine = await openAll(third, ada, id);
  for (const [what, end] of Object.entries(ways)) {
    const known = (await pages.rows("SELECT token_hash FROM sessions")).map((row) => row.token_hash);
    const other = await pages.signIn(ada.email, what === "deleting the account" ? "eight quiet tables" : PASSWORD);
    const [{ token_hash: hash }] = (await pages.rows("SELECT token_hash FROM sessions")).filter((row) => !known.includes(row.token_hash));
    const open = await Promise.all([pages, worker, third].map((node) => openAll(node, other, id)));
    if (what === "deleting the account") open.push(mine);
    const from = Date.now();
    assert.equal((await end(other, hash)).status, 303, what);
    const closed = await Promise.race([Promise.all(open.map((one) => one.over)).then(() => true), pause(3000).then(() => false)]);
    assert.ok(closed, `${what}: all streams and sockets on three nodes have ended after ${Date.now() - from} ms`);
    if (what !== "deleting the account") assert.equal(mine.socket.ended, false, `${what}: the own window stays`);
  }
});

test("a message for the next page is shown by whichever node makes it", { skip: NONE }, async () => {
  const eve = await pages.signUp("Eve");
  assert.equal((await eve.post("/settings/profile", { first_name: "Eve", headline: "Nurse" })).status, 303);
  const page = await at(worker, eve).get("/settings");
  assert.match(page.text, /<div class="toast [^"]*" data-toast><p>[^<]*saved/i);
  assert.doesNotMatch((await at(third, eve).get("/settings")).text, /<div class="toast /, "and shown once");
});

test("what a client takes on one node is missing on the others", { skip: NONE }, async () => {
  const lia = await pages.signUp("Lia"), most = 30; // exports: 30 in ten minutes
  let served = 0;
  while ((await lia.get("/settings/export")).status === 200) served++;
  assert.ok(served >= most && served <= most + 1, `${served} on the first node`);
  for (const node of [worker, third]) {
    const there = at(node, lia);
    let more = 0, status = 200;
    for (let tries = 0; status === 200 && tries < 30; tries++) {
      await pause(200);
      ({ status } = await there.get("/settings/export"));
      if (status === 200) more++;
    }
    assert.equal(status, 429);
    assert.ok(more <= most / 4 + 1, `${more} more on the next node: at most a quarter of what one allows`);
  }
  assert.equal((await at(third, await pages.signUp("Mia")).get("/settings/export")).status, 200, "others are not held up");
});

test("what a schedule asks for happens once, however many nodes look at the clock", { skip: NONE }, async () => {
  for (let round = 0; round < 5; round++) {
    const now = Date.now() * 1000, day = 86400 * 1000000; // the time that comes is the last 03:00; its job of the round before is out of the way
    await pages.write(`DELETE FROM jobs WHERE kind = 'market.cleanup';
      UPDATE schedules SET done_until = ${now - 3 * day}, next_run_at = ${now - 2 * day} WHERE name = 'market.cleanup'; NOTIFY careerprep, 'jobs'`);
    for (let tries = 0; ; tries++) {
      const jobs = await pages.rows("SELECT k.job_key, j.status, j.attempts FROM jobs j JOIN job_keys k ON k.job_id = j.id WHERE j.kind = 'market.cleanup'");
      if (jobs.length && jobs.every((job) => job.status === "completed")) {
        assert.equal(jobs.length, 1);
        assert.match(jobs[0].job_key, /^market\.cleanup 20..-..-..T03:00:00Z$/);
        assert.equal(jobs[0].attempts, 1);
        break;
      }
      assert.ok(tries < 100, `after 10 seconds: ${JSON.stringify(jobs)}`);
      await pause(100);
    }
  }
  await pause(300);
  const [{ n }] = await pages.rows("SELECT COUNT(*) AS n FROM jobs WHERE kind = 'market.cleanup'");
  assert.equal(n, 1);
});
