// What agents ask and what is under way, on a person's own page: in plain words, and theirs alone to answer and cancel.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { uuid } from "./interviews.mjs";
import { startServer } from "./server.mjs";

let server, ada, bo, adaId, at = Date.now() * 1000, nextId = 5000000;
const HOSTILE = "<script>alert(1)</script> \"' &amp;";
const quote = (value) => (value === null ? "NULL" : typeof value === "number" ? String(value) : `'${String(value).replaceAll("'", "''")}'`);
const insert = (table, row) => server.write(`INSERT INTO ${table} (${Object.keys(row).join(", ")}) VALUES (${Object.values(row).map(quote).join(", ")})`);
async function job(more = {}) {
  const row = { id: nextId++, kind: "roadmap.repath", status: "scheduled", run_at: at + 3600e6, max_attempts: 5, payload: "{}", user_id: adaId, created_at: at, ...more };
  await insert("jobs", row);
  return row.id;
}
async function question(words, more = {}) {
  const id = await job({ status: "waiting", runs: 1, ...more });
  await insert("job_steps", { job_id: id, step_key: "send it", place: 1, until: at + 7200e6, started_at: at });
  await insert("job_waits", { job_id: id, step_key: "send it", user_id: adaId, question: words, created_at: at });
  return id;
}
const status = async (id) => (await server.rows(`SELECT status FROM jobs WHERE id = ${id}`))[0].status;
const answer = async (id) => (await server.rows(`SELECT result FROM job_steps WHERE job_id = ${id}`))[0].result;
const entry = async (id) => new RegExp(`<li>(?:(?!<li>)[\\s\\S])*?(?:cancel|approve)-${id}"[\\s\\S]*?</li>`).exec((await ada.get("/activity")).text)?.[0] ?? "";

before(async () => {
  server = await startServer({ args: ["--no-worker"] });
  ada = await server.signUp("Ada");
  bo = await server.signUp("Bo");
  [{ id: adaId }] = await server.rows(`SELECT id FROM users WHERE email = '${ada.email}'`);
});
after(async () => { await server.stop(); });

test("who has nothing reads what will be here", async () => {
  const page = await ada.get("/activity");
  assert.match(page.text, /Nothing has happened yet/);
  assert.doesNotMatch(page.text, /Under way|Your answer is needed/);
});

test("an agent's question is answered once, by its person alone", async () => {
  const event = uuid();
  await insert("agent_events", { id: event, event_type: "JOB_MATCH_FOUND", payload: "{}", status: "processing", user_id: adaId, correlation_id: event, summary: HOSTILE, created_at: at });
  const yes = await question(HOSTILE, { event_id: event }), no = await question("Shall it be sent?");
  const page = await ada.get("/activity");
  assert.match(page.text, /Your answer is needed/);
  assert.doesNotMatch(page.text, /<script>alert/);
  assert.match(page.text, /&lt;script&gt;alert\(1\)&lt;\/script&gt;/);
  assert.match(await entry(no), /Architect asks while: [\s\S]*You can answer until <time[^>]*>in \d+ (hours|minutes)/);
  assert.doesNotMatch((await bo.get("/activity")).text, /Your answer is needed/);
  const approve = { step_key: "send it", answer: "approve" };
  assert.equal((await bo.post(`/activity/jobs/${yes}/answer`, approve)).status, 404);
  assert.equal((await ada.post(`/activity/jobs/${yes}/answer`, { ...approve, step_key: "other" })).status, 404);
  assert.equal((await ada.post(`/activity/jobs/${yes}/answer`, { ...approve, answer: "maybe" })).status, 422);
  assert.equal((await ada.post("/activity/jobs/1/answer", approve)).status, 404);
  assert.equal(await answer(yes), null);
  assert.equal((await ada.post(`/activity/jobs/${yes}/answer`, approve)).location, "/activity");
  assert.equal((await ada.post(`/activity/jobs/${no}/answer`, { ...approve, answer: "decline" })).location, "/activity");
  assert.deepEqual([JSON.parse(await answer(yes)), JSON.parse(await answer(no))], [{ approved: true }, { approved: false }]);
  assert.deepEqual([await status(yes), await status(no)], ["queued", "queued"]);
  assert.equal((await ada.post(`/activity/jobs/${yes}/answer`, approve)).status, 404);
  assert.doesNotMatch((await ada.get("/activity")).text, /Your answer is needed/);
  await server.write(`DELETE FROM jobs WHERE id IN (${yes}, ${no})`);
});

test("each state of what is not finished is said in plain words", async () => {
  const states = [
    [{ status: "running", run_at: at, started_at: at - 30e6, progress: 40, progress_message: `Page 4 of 10 ${HOSTILE}` }, /running for under a minute[\s\S]*Page 4 of 10[\s\S]*value="40"/],
    [{ status: "running", run_at: at, started_at: at - 600e6 }, /running for 10 minutes[\s\S]*takes longer than usual/],
    [{ status: "queued", run_at: at }, /next in line/],
    [{ status: "queued", run_at: at - 900e6 }, /in line for 15 minutes, since there is much to do/],
    [{ status: "blocked", run_at: at, lane: "person:x" }, /waits for its turn/],
    [{}, /put off, begins in 59 minutes|put off, begins in 60 minutes/],
    [{ runs: 2, last_error: "the site asks us to come back later" }, /put off, goes on in [\s\S]*the site asks us to come back later/],
    [{ runs: 2, attempts: 2, last_error: "io: secret.host refused" }, /did not work yet \(try 2 of 5\), tried again in/],
    [{ status: "waiting", needs: 1 }, /waits for other work to be done first/],
  ];
  for (const [more, words] of states) {
    const id = await job(more), page = (await ada.get("/activity")).text;
    assert.match(page, words);
    assert.doesNotMatch(page, /<script>alert|secret\.host/);
    assert.equal(page.includes(`/activity/jobs/${id}/cancel`), ["scheduled", "waiting"].includes(more.status ?? "scheduled"), JSON.stringify(more));
    await server.write(`DELETE FROM jobs WHERE id = ${id}`);
  }
  const id = await job({ status: "waiting", run_at: at + 7200e6 });
  await insert("job_waits", { job_id: id, step_key: "a", event_type: "RESUME_READ", match_value: "x", created_at: at });
  assert.match((await ada.get("/activity")).text, /waits until this happens: The resume was read/);
  await server.write(`DELETE FROM jobs WHERE id = ${id}`);
});

test("what waits is cancelled after a question, by its person alone, and what runs is not", async () => {
  const id = await job(), running = await job({ status: "running", run_at: at, started_at: at });
  for (const path of [`/activity/jobs/${id}/cancel`]) {
    assert.equal((await bo.get(path)).status, 404);
    assert.equal((await bo.post(path)).status, 404);
  }
  assert.equal((await ada.get(`/activity/jobs/${running}/cancel`)).status, 404);
  assert.equal((await ada.post(`/activity/jobs/${running}/cancel`)).status, 404);
  assert.deepEqual([await status(id), await status(running)], ["scheduled", "running"]);
  assert.match((await ada.get(`/activity/jobs/${id}/cancel`)).text, /Cancel this work\?/);
  assert.equal((await ada.post(`/activity/jobs/${id}/cancel`)).location, "/activity");
  assert.equal(await status(id), "cancelled");
  assert.equal((await ada.post(`/activity/jobs/${id}/cancel`)).status, 404);
  assert.match((await ada.get("/activity")).text, /running for/);
});

test("a cancelled job and one that gave up are told apart, and what gave up can be tried again", async () => {
  const event = uuid();
  await insert("agent_events", { id: event, event_type: "ROADMAP_REPATH_NEEDED", payload: "{}", status: "failed", user_id: adaId, correlation_id: event, summary: "You asked.", created_at: at });
  const dead = await job({ event_id: event, status: "dead", finished_at: at, last_error: "internal: x" });
  await job({ event_id: event, status: "cancelled", finished_at: at });
  const page = (await ada.get("/activity")).text;
  assert.match(page, /\(given up\)[\s\S]*It did not work/);
  assert.match(page, /\(cancelled\)/);
  assert.equal((await bo.post(`/activity/jobs/${dead}/retry`)).status, 404);
  assert.equal((await ada.post(`/activity/jobs/${dead}/retry`)).location, "/activity");
  assert.doesNotMatch((await ada.get("/activity", { "HX-Request": "true" })).text, /It is tried again/, "a part that refreshes itself takes no message from the next page");
  assert.match((await ada.get("/activity")).text, /It is tried again/);
  assert.doesNotMatch((await ada.get("/activity")).text, /It is tried again/);
  assert.equal(await status(dead), "queued");
});

/** Whether the stream of a person's pages says that they are to look again, once something was done. */
async function isRefreshed(browser, act) {
  const stop = new AbortController(), cookies = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const stream = await fetch(`${server.url}/live`, { headers: { Cookie: cookies }, signal: stop.signal }), limit = setTimeout(() => stop.abort(), 20000);
  let heard = "";
  await act();
  try { for await (const bytes of stream.body) if (/event: refresh/.test(heard += Buffer.from(bytes).toString())) break; }
  catch (error) { if (!stop.signal.aborted) throw error; }
  clearTimeout(limit);
  stop.abort();
  return /event: refresh/.test(heard);
}

test("open pages are told of what begins, not only of what has ended", async () => {
  const { id } = (await ada.send("POST", "/api/jobs/applications", { title: "Welder" })).json();
  assert.ok(await isRefreshed(ada, async () => assert.equal((await ada.post(`/jobs/applications/${id}/answer`, { answer: "You lack Docker." })).status, 303)));
  assert.match((await ada.get("/activity")).text, /Reading an employer&#39;s answer|Reading an employer's answer/);
});
