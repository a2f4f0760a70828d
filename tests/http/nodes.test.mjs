// Several processes on one PostgreSQL: what one commits, the others work on and show at once.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { begin, claim, GOOD, prepare } from "./interviews.mjs";
import { makeDatabase } from "./postgres.mjs";
import { Browser, startServer } from "./server.mjs";

const NONE = !process.env.TEST_DATABASE_URL && "one process owns an embedded store: tests/postgres.sh gives a shared one";
let pages, worker;
before(async () => {
  if (NONE) return;
  const database = await makeDatabase();
  pages = await startServer({ database, args: ["--no-worker"] });
  worker = await startServer({ database });
});
after(async () => {
  await worker?.stop();
  await pages?.stop();
});

const cookies = (browser) => [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");

test("a session is one on every node", { skip: NONE }, async () => {
  const ada = await pages.signUp("Ada"), there = new Browser(worker.url);
  there.cookies = ada.cookies;
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
