// The operator's pages: administrators alone, every filter, what may be done to jobs and that it is noted, and hostile text shown as text.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { uuid } from "./interviews.mjs";
import { startServer } from "./server.mjs";

const PAGES = ["/admin", "/admin/jobs", "/admin/events", "/admin/schedules", "/admin/budgets", "/admin/audit"];
const HOSTILE = "<script>alert(1)</script> \"'`${7*7}{{ v.id }} O'Hara";
let server, root, ada, adaId, at = Date.now() * 1000, nextId = 5000000;

const quote = (value) => (value === null ? "NULL" : typeof value === "number" ? String(value) : typeof value === "boolean" ? (value ? "TRUE" : "FALSE") : `'${String(value).replaceAll("'", "''")}'`);
const insert = async (table, row) => server.write(`INSERT INTO ${table} (${Object.keys(row).join(", ")}) VALUES (${Object.values(row).map(quote).join(", ")})`);
async function job(more = {}) {
  const row = { id: nextId++, kind: "jobs.match", status: "dead", run_at: at, attempts: 5, max_attempts: 5, payload: "{}", user_id: adaId, created_at: at, ...more };
  row.finished_at ??= ["dead", "completed", "cancelled"].includes(row.status) ? at : null;
  await insert("jobs", row);
  return row.id;
}
async function event(more = {}) {
  const row = { id: uuid(), event_type: "SKILL_VERIFIED", payload: "{}", status: "completed", source_agent: "interviewer", user_id: adaId, correlation_id: uuid(), summary: "", created_at: at, ...more };
  await insert("agent_events", row);
  return row.id;
}
const found = (page) => [...page.text.matchAll(/href="\/admin\/jobs\/(\d+)"/g)].map((one) => Number(one[1]));
const status = async (id) => (await server.rows(`SELECT status FROM jobs WHERE id = ${id}`))[0].status;
const list = async (query) => found(await root.get(`/admin/jobs?${query}`));

before(async () => {
  server = await startServer({ args: ["--no-worker"] });
  root = await server.signUp("Root");
  await server.write(`UPDATE users SET role = 'admin' WHERE email = '${root.email}'`);
  ada = await server.signUp("Ada");
  [{ id: adaId }] = await server.rows(`SELECT id FROM users WHERE email = '${ada.email}'`);
});
after(async () => { await server.stop(); });

test("strangers sign in first, others are told that it is not theirs, and only administrators see the way there", async () => {
  const id = await job();
  for (const path of [...PAGES, `/admin/jobs/${id}`, `/admin/jobs/${id}/retry`, "/admin/kinds/jobs.match/pause"]) {
    const stranger = await server.browser().get(path);
    assert.ok(stranger.status === 401 || stranger.location?.startsWith("/sign-in"), `${path}: ${stranger.status}`);
    assert.equal((await ada.get(path)).status, 403, path);
  }
  for (const path of [`/admin/jobs/${id}/retry`, `/admin/jobs/${id}/cancel`, "/admin/kinds/jobs.match/pause", "/admin/kinds/jobs.match/resume", "/admin/kinds/jobs.match/redrive"])
    assert.equal((await ada.post(path)).status, 403, path);
  assert.equal(await status(id), "dead");
  assert.match((await root.get("/dashboard")).text, /href="\/admin"/);
  assert.doesNotMatch((await ada.get("/dashboard")).text, /href="\/admin"/);
  assert.equal((await root.get("/search?q=queue")).text.split('href="/admin"').length, 3);
  assert.doesNotMatch((await ada.get("/search?q=queue")).text, /href="\/admin"/);
  await server.write(`DELETE FROM jobs WHERE id = ${id}`);
});

test("empty pages say so", async () => {
  assert.match((await root.get("/admin/jobs")).text, /No jobs yet/);
  assert.match((await root.get("/admin/events")).text, /Nothing has happened yet/);
  assert.match((await root.get("/admin/audit")).text, /Nothing is noted yet/);
  assert.match((await root.get("/admin")).text, /Nobody runs jobs/);
});

test("the overview counts each kind in each state, the last hour and day, and says what it does not know", async () => {
  const ids = [];
  const many = async (count, more) => { for (let i = 0; i < count; i++) ids.push(await job({ kind: "roadmap.repath", ...more })); };
  await many(3, { status: "queued" });
  await many(2, { status: "scheduled", run_at: at + 3600e6 });
  await many(4, { status: "waiting", run_at: at + 3600e6 });
  await many(5, { status: "blocked", lane: "person:x" });
  await many(1, { status: "running", worker_id: 1, claim: 1 });
  await many(6, { status: "dead", started_at: at - 2e6, run_at: at - 3e6 });
  await many(18, { status: "completed", run_at: at - 5e6, started_at: at - 4e6, finished_at: at });
  await many(7, { status: "completed", run_at: at - 7205e6, started_at: at - 7204e6, finished_at: at - 7200e6 });
  await many(9, { status: "completed", run_at: at - 90000e6, started_at: at - 90000e6, finished_at: at - 90000e6 });
  ids.push(await job({ kind: "gone.kind", status: "queued" }), await job({ kind: "gone.kind", status: "queued" }), await job({ kind: HOSTILE, run_at: at - 90000e6, finished_at: at - 90000e6 }));
  await insert("bus_workers", { id: 1, name: "host <1>", beat: 7, started_at: at - 60e6, seen_at: at });
  await insert("job_kinds", { kind: "roadmap.repath", is_paused: true, changed_at: at });
  const page = await root.get("/admin");
  const row = /id="kind-roadmap\.repath"[\s\S]*?<\/tr>/.exec(page.text)[0];
  const figure = (label) => new RegExp(`data-label="${label}">([\\s\\S]*?)</td>`).exec(row)[1].replace(/<[^>]*>/g, "");
  const figures = Object.fromEntries(["Ready", "Scheduled", "Waiting", "Blocked", "Running", "Dead", "Ended 1 h", "Ended 24 h", "Gave up 24 h", "Ready to start", "Run time"].map((one) => [one, figure(one)]));
  assert.deepEqual(figures, { Ready: "3", Scheduled: "2", Waiting: "4", Blocked: "5", Running: "1", Dead: "6", "Ended 1 h": "24", "Ended 24 h": "31", "Gave up 24 h": "19.4%", "Ready to start": "1.0 s / 1.0 s", "Run time": "4.0 s / 4.0 s" });
  assert.match(row, /Paused/);
  assert.match(page.text, /This version does not know gone\.kind \(2\)\./);
  assert.match(page.text, /host &lt;1&gt;/);
  assert.doesNotMatch(page.text, /<script>alert/);
  assert.ok(page.text.includes(`/admin/jobs?kind=${encodeURIComponent(HOSTILE).replaceAll("'", "%27").replaceAll("(", "%28").replaceAll(")", "%29").replaceAll("*", "%2A")}"`), "a kind is a part of an address");
  assert.doesNotMatch(page.text, /Nobody runs jobs/);
  const minutes = [...page.text.matchAll(/<tr><th scope="row">(\d\d:\d\d)<\/th><td class="num">(\d+)<\/td><td class="num">(\d+)<\/td>/g)];
  assert.equal(minutes.length, 60);
  assert.equal(minutes.reduce((sum, one) => sum + Number(one[2]), 0), 18);
  assert.equal(minutes.reduce((sum, one) => sum + Number(one[3]), 0), 6);
  assert.match(page.text, /class="line-2" points="\d+,[\d.]+"/);
  const day = (await root.get("/admin?span=day")).text, hours = [...day.matchAll(/<tr><th scope="row">(\d\d:00)<\/th><td class="num">(\d+)<\/td><td class="num">(\d+)<\/td>/g)];
  assert.equal(hours.length, 24);
  assert.deepEqual([2, 3].map((column) => hours.reduce((sum, one) => sum + Number(one[column]), 0)), [25, 6]);
  assert.match(/id="kind-roadmap\.repath"[\s\S]*?<\/tr>/.exec(day)[0], /data-label="Ended 1 h">24</);
  assert.equal((await root.get("/admin?span=year")).status, 422);
  await server.write(`DELETE FROM jobs WHERE id IN (${ids.join(", ")}); DELETE FROM bus_workers; DELETE FROM job_kinds`);
});

test("more jobs than are counted are shown as at least so many", async () => {
  const rows = Array.from({ length: 10001 }, (_, i) => `(${nextId + i}, 'jobs.match', 'queued', ${at}, 5, '{}', ${at})`);
  await server.write(`INSERT INTO jobs (id, kind, status, run_at, max_attempts, payload, created_at) VALUES ${rows.join(", ")}`);
  const row = /id="kind-jobs\.match"[\s\S]*?<\/tr>/.exec((await root.get("/admin")).text)[0];
  assert.match(row, /data-label="Ready"><a [^>]*>10,000\+</);
  const first = await root.get("/admin/jobs?status=queued&kind=jobs.match");
  assert.equal(found(first).length, 50);
  assert.match(first.text, /Older jobs/);
  await server.write(`DELETE FROM jobs WHERE id >= ${nextId}`);
});

test("jobs are found by each filter, page by page", async () => {
  const bo = await server.signUp("Bo"), [{ id: boId }] = await server.rows(`SELECT id FROM users WHERE email = '${bo.email}'`), workflow = uuid();
  const dead = await job({ last_error: "internal: 100%_ Sure, it broke" }), done = await job({ status: "completed" }), queued = await job({ status: "queued", kind: "resume.read" });
  const his = await job({ user_id: boId, status: "completed" }), together = await job({ workflow_id: workflow, status: "waiting", run_at: at + 1e9 }), nobody = await job({ user_id: null, status: "cancelled" });
  const foreign = await job({ kind: "gone.kind", status: "queued" });
  assert.deepEqual(await list(""), [foreign, nobody, together, his, queued, done, dead]);
  assert.deepEqual(await list("kind=resume.read"), [queued]);
  assert.deepEqual(await list("kind=gone.kind"), [foreign]);
  for (const [name, ids] of Object.entries({ dead: [dead], completed: [his, done], queued: [foreign, queued], waiting: [together], cancelled: [nobody], scheduled: [], blocked: [], running: [] }))
    assert.deepEqual(await list(`status=${name}`), ids, name);
  assert.deepEqual(await list("kind=jobs.match&status=dead"), [dead]);
  assert.deepEqual(await list(`email=${encodeURIComponent(bo.email)}`), [his]);
  assert.deepEqual(await list(`email=${encodeURIComponent(ada.email)}&status=waiting`), [together]);
  assert.deepEqual(await list(`email=${encodeURIComponent(bo.email)}&workflow=${workflow}`), []);
  assert.deepEqual(await list("email=nobody@example.org"), []);
  assert.deepEqual(await list(`number=${done}`), [done]);
  assert.deepEqual(await list(`number=${done}&status=dead`), []);
  assert.deepEqual(await list(`workflow=${workflow}`), [together]);
  assert.deepEqual(await list(`error=${encodeURIComponent("100%_ sure")}`), [dead]);
  assert.deepEqual(await list(`error=${encodeURIComponent("100x sure")}`), []);
  assert.match((await root.get("/admin/jobs?error=nothing-has-this")).text, /No job fits/);
  for (const wrong of ["status=lost", "number=0", "number=x", "workflow=1", "email=x", "before=x"]) assert.equal((await root.get(`/admin/jobs?${wrong}`)).status, 422, wrong);
  for (let i = 0; i < 60; i++) await job({ status: "completed", kind: "market.cleanup" });
  const seen = [];
  for (let path = "/admin/jobs?kind=market.cleanup", pages = 0; path; pages++) {
    const page = await root.get(path);
    seen.push(...found(page));
    path = /rel="next" href="([^"]*)"/.exec(page.text)?.[1].replaceAll("&amp;", "&");
    assert.ok(pages < 5);
  }
  assert.equal(new Set(seen).size, 60);
  assert.deepEqual(seen, [...seen].sort((a, b) => b - a));
});

test("a job shows all that belongs to it, hostile text as text", async () => {
  const cause = await event({ event_type: "INTERVIEW_COMPLETED", summary: HOSTILE }), because = await event({ causation_id: cause, summary: "A skill was proved." });
  const needed = await job({ status: "running" });
  const id = await job({ event_id: because, last_error: HOSTILE, payload: JSON.stringify({ note: HOSTILE, list: [1, { a: [] }] }), result: JSON.stringify({ summary: HOSTILE }), lane: `person:${HOSTILE}`, workflow_id: uuid(), trace: "00-trace" });
  await insert("job_attempts", { job_id: id, run: 1, outcome: "failed", reason: HOSTILE, started_at: at - 1e6, ended_at: at });
  await insert("job_steps", { job_id: id, step_key: "fetch", place: 1, result: JSON.stringify({ a: HOSTILE }), started_at: at - 1e6, finished_at: at });
  await insert("job_steps", { job_id: id, step_key: "ask", place: 2, until: at + 1e9, started_at: at });
  await insert("job_waits", { job_id: id, step_key: "ask", user_id: adaId, question: HOSTILE, created_at: at });
  await insert("job_log", { job_id: id, run: 1, line: 1, level: "info", message: HOSTILE, created_at: at });
  await insert("job_dependencies", { needs_id: needed, job_id: id });
  const page = await root.get(`/admin/jobs/${id}`);
  assert.equal(page.status, 200);
  assert.doesNotMatch(page.text, /<script>alert/);
  assert.ok((page.text.match(/&lt;script&gt;alert/g) ?? []).length >= 8);
  assert.match(page.text, /"list": \[\n {4}1,\n {4}\{\n {6}"a": \[\]\n {4}\}\n {2}\]/);
  for (const words of [/A skill was proved\./, new RegExp(`/admin/events/${because}`), new RegExp(`/admin/events/${cause}`), /done after 1\.0 s/, /waits until/, /waits for the person&#39;s answer|waits for the person's answer/, new RegExp(`needs <a class="link" href="/admin/jobs/${needed}"`), /00-trace/, new RegExp(ada.email)])
    assert.match(page.text, words);
  assert.match((await root.get(`/admin/jobs/${needed}`)).text, new RegExp(`needed by <a class="link" href="/admin/jobs/${id}"`));
  assert.doesNotMatch((await root.get("/admin/jobs")).text, /<script>alert/);
  for (const path of ["/admin/jobs/1", "/admin/jobs/999999999999", "/admin/jobs/x", "/admin/jobs/-1", `/admin/events/${uuid()}`, "/admin/events/x", "/admin/kinds/no.such/pause", "/admin/kinds/%3Cscript%3E/redrive"])
    assert.equal((await root.get(path)).status, 404, path);
});

test("what is encrypted is nowhere shown, on no page and in no export", async () => {
  const sealed = JSON.stringify({ $sealed: "c2VhbGVkLXNlY3JldA" }), cause = await event({ payload: sealed, summary: "An account was linked." });
  const id = await job({ event_id: cause, payload: sealed, result: sealed, status: "completed" });
  await insert("job_steps", { job_id: id, step_key: "ask", place: 1, result: sealed, started_at: at - 1e6, finished_at: at });
  const answers = [await root.get(`/admin/jobs/${id}`), await root.get(`/admin/events/${cause}`), await ada.get("/activity"), await ada.get(`/api/agent-events/${cause}`), await ada.get("/settings/export"), await ada.get("/api/users/export")];
  assert.deepEqual(answers.map((one) => one.status), answers.map(() => 200));
  const pages = answers.map((one) => one.text), [page] = pages;
  assert.equal(page.match(/encrypted(&quot;|"): ?true/g)?.length, 3);
  for (const [place, text] of pages.entries()) assert.ok(!text.includes("c2VhbGVk") && !text.includes("$sealed"), `page ${place}`);
  assert.match(pages[1], /encrypted/);
  assert.match(pages[2], /encrypted/);
  assert.match(pages[3], /"payload":\{"encrypted":true\}/);
  await server.write(`DELETE FROM jobs WHERE id = ${id}; DELETE FROM agent_events WHERE id = '${cause}'`);
});

test("a dead job is tried again and an open one cancelled, after a question, and both are noted", async () => {
  const dead = await job(), open = await job({ status: "scheduled", run_at: at + 1e9 }), done = await job({ status: "completed" });
  assert.match((await root.get(`/admin/jobs/${dead}/retry`)).text, new RegExp(`Try job ${dead} again\\?`));
  assert.equal((await root.get(`/admin/jobs/${done}/retry`)).status, 409);
  assert.equal((await root.post(`/admin/jobs/${dead}/retry`)).location, `/admin/jobs/${dead}`);
  assert.equal(await status(dead), "queued");
  assert.equal((await root.post(`/admin/jobs/${dead}/retry`)).status, 409);
  assert.equal((await root.post("/admin/jobs/1/retry")).status, 404);
  assert.match((await root.get(`/admin/jobs/${open}/cancel`)).text, /cannot be undone/);
  assert.equal((await root.post(`/admin/jobs/${open}/cancel`)).location, `/admin/jobs/${open}`);
  assert.equal(await status(open), "cancelled");
  for (const ended of [open, done, await job()]) for (const answer of [await root.get(`/admin/jobs/${ended}/cancel`), await root.post(`/admin/jobs/${ended}/cancel`)]) {
    assert.equal(answer.status, 409);
    assert.match(answer.text, /has ended already/);
  }
  assert.equal((await root.post("/admin/jobs/1/cancel")).status, 404);
  const noted = (await server.rows("SELECT action, detail FROM audit_log ORDER BY created_at")).map((one) => `${one.action}: ${one.detail}`);
  assert.deepEqual(noted, [`job retried: job ${dead}`, `job cancelled: job ${open}`]);
  const page = await root.get("/admin/audit");
  assert.match(page.text, new RegExp(`job cancelled[\\s\\S]*job ${open}[\\s\\S]*${root.email}`));
});

test("a workflow is shown with its jobs and cancelled as a whole, after a question, and it is noted", async () => {
  const workflow_id = uuid(), other = await job({ workflow_id: uuid(), status: "queued" }), done = await job({ workflow_id, status: "completed" });
  const first = await job({ workflow_id, status: "queued" }), running = await job({ workflow_id, status: "running", worker_id: 1, claim: 1 });
  const waiting = await job({ workflow_id, status: "waiting", needs: 1, run_at: 253402300799000000 });
  await insert("job_dependencies", { needs_id: first, job_id: waiting });
  const path = `/admin/workflows/${workflow_id}/cancel`, part = async () => /aria-labelledby="workflow"[\s\S]*?<\/section>/.exec((await root.get(`/admin/jobs/${first}`)).text)[0];
  const before = await part();
  assert.deepEqual([...before.matchAll(/href="\/admin\/jobs\/(\d+)"/g)].map((one) => Number(one[1])), [done, first, running, waiting]);
  assert.match(before, /3 of its jobs are not finished\./);
  assert.ok(before.includes(`href="${path}"`));
  assert.doesNotMatch(before, /All jobs of the workflow/);
  assert.doesNotMatch((await root.get(`/admin/jobs/${await job({ status: "queued" })}`)).text, /aria-labelledby="workflow"/);
  assert.match((await root.get(path)).text, /3 of its jobs are not finished\.[\s\S]*cannot be undone/);
  assert.equal((await ada.get(path)).status, 403);
  assert.equal((await ada.post(path)).status, 403);
  assert.equal((await root.post(path)).location, `/admin/jobs?workflow=${workflow_id}`);
  assert.deepEqual(await Promise.all([done, first, running, waiting, other].map(status)), ["completed", "cancelled", "running", "cancelled", "queued"]);
  assert.ok((await server.rows(`SELECT cancel_requested FROM jobs WHERE id = ${running}`))[0].cancel_requested);
  assert.deepEqual((await server.rows("SELECT detail FROM audit_log WHERE action = 'workflow cancelled'")).map((one) => one.detail), [`${workflow_id}: 3`]);
  await server.write(`UPDATE jobs SET status = 'cancelled', finished_at = ${at} WHERE id = ${running}`);
  assert.match(await part(), /All of its jobs are finished\./);
  assert.doesNotMatch(await part(), /Cancel the workflow/);
  for (const wrong of [path, `/admin/workflows/${uuid()}/cancel`, "/admin/workflows/x/cancel"]) {
    assert.equal((await root.get(wrong)).status, 404, wrong);
    assert.equal((await root.post(wrong)).status, 404, wrong);
  }
  for (let i = 0; i < 47; i++) await job({ workflow_id, status: "completed" });
  assert.match(await part(), new RegExp(`All jobs of the workflow`));
});

test("a kind is paused, resumed, and its dead letters tried again at once", async () => {
  const ids = [await job({ kind: "resume.read" }), await job({ kind: "resume.read" })], other = await job({ kind: "jobs.match" });
  const paused = async () => Boolean((await server.rows("SELECT is_paused FROM job_kinds WHERE kind = 'resume.read'"))[0]?.is_paused);
  assert.match((await root.get("/admin/kinds/resume.read/pause")).text, /Pause resume\.read\?/);
  assert.equal((await root.post("/admin/kinds/resume.read/pause")).location, "/admin");
  assert.equal(await paused(), true);
  assert.match((await root.get("/admin")).text, /resume\.read is paused\./);
  await root.post("/admin/kinds/resume.read/resume");
  assert.equal(await paused(), false);
  assert.match((await root.get("/admin/kinds/resume.read/redrive")).text, /2 dead letters of resume\.read/);
  await root.post("/admin/kinds/resume.read/redrive");
  assert.deepEqual(await Promise.all(ids.map(status)), ["queued", "queued"]);
  assert.equal(await status(other), "dead");
  assert.equal((await root.get("/admin/kinds/resume.read/redrive")).status, 404);
  assert.equal((await root.post("/admin/kinds/resume.read/redrive")).status, 404, "and nothing is noted of it");
  const unknown = await job({ kind: "of.tomorrow" });
  assert.match((await root.get("/admin")).text, /id="redrive-of\.tomorrow"/);
  assert.match((await root.get("/admin/kinds/of.tomorrow/redrive")).text, /1 dead letter of of\.tomorrow[\s\S]*does not know the kind/);
  assert.equal((await root.post("/admin/kinds/of.tomorrow/redrive")).location, "/admin");
  assert.equal(await status(unknown), "queued");
  assert.equal((await root.post("/admin/kinds/no.such/pause")).status, 404);
  const noted = (await server.rows("SELECT action, detail FROM audit_log WHERE action NOT LIKE 'job %' AND action NOT LIKE 'workflow %'")).map((one) => `${one.action}: ${one.detail}`);
  assert.deepEqual(noted.sort(), ["jobs redriven: of.tomorrow: 1", "jobs redriven: resume.read: 2", "kind paused: resume.read", "kind resumed: resume.read"]);
});

test("events are found by each filter, and one shows the chain from its first cause to its last effect", async () => {
  const correlation_id = uuid(), from = { correlation_id, user_id: null };
  const market = await event({ ...from, event_type: "MARKET_UPDATE", source_agent: "sentinel", summary: "12 new listings arrived.", created_at: at });
  const counted = await job({ event_id: market, kind: "market.insights", status: "completed", result: JSON.stringify({ summary: "Demand was counted." }) });
  const needed = await event({ correlation_id, event_type: "ROADMAP_REPATH_NEEDED", source_agent: "sentinel", causation_id: market, summary: HOSTILE, created_at: at + 1, status: "failed", error_message: HOSTILE });
  const replan = await job({ event_id: needed, kind: "roadmap.repath", last_error: "internal: broken" });
  const planned = await event({ correlation_id, event_type: "ROADMAP_PLANNED", source_agent: "architect", causation_id: needed, summary: "Your roadmap was planned.", created_at: at + 2 });
  const page = await root.get(`/admin/events/${market}`);
  assert.doesNotMatch(page.text, /<script>alert/);
  assert.match(page.text, /3 events and 2 jobs of one action/);
  const places = [`/admin/events/${market}"`, `/admin/jobs/${counted}"`, `/admin/events/${needed}"`, `/admin/jobs/${replan}"`, `/admin/events/${planned}"`].map((one) => page.text.indexOf(one));
  assert.ok(places.every((place, i) => place > 0 && (i === 0 || place > places[i - 1])), places.join());
  assert.match(page.text.slice(places[1], places[2]), /<ul>/, "what a job published stands beneath it");
  assert.match(page.text.slice(places[3], places[4]), /internal: broken/);
  assert.match((await root.get(`/admin/events/${needed}`)).text, /is-current/);
  const events = async (query) => [...(await root.get(`/admin/events?${query}`)).text.matchAll(/<a class="link" href="\/admin\/events\/([^"]+)"/g)].map((one) => one[1]);
  assert.deepEqual((await events(`correlation=${correlation_id}`)).sort(), [market, needed, planned].sort());
  assert.deepEqual(await events(`correlation=${correlation_id}&type=MARKET_UPDATE`), [market]);
  assert.deepEqual(await events("type=MARKET_UPDATE"), [market]);
  assert.deepEqual(await events("status=failed"), [needed]);
  assert.ok((await events(`email=${encodeURIComponent(ada.email)}`)).includes(planned));
  assert.ok(!(await events(`email=${encodeURIComponent(ada.email)}`)).includes(market));
  assert.deepEqual(await events("email=nobody@example.org"), []);
  for (let i = 0; i < 55; i++) await event({ event_type: "RESUME_READ" });
  const first = await root.get("/admin/events?type=RESUME_READ"), next = /rel="next" href="([^"]*)"/.exec(first.text)[1].replaceAll("&amp;", "&");
  assert.equal((await events(next.split("?")[1])).length, 5);
  for (const wrong of ["status=lost", "correlation=1", "before=1", "email=x"]) assert.equal((await root.get(`/admin/events?${wrong}`)).status, 422, wrong);
});

test("a chain that names itself as its cause, one that goes in a circle, and one with a cause that is gone, are shown", async () => {
  const correlation_id = uuid(), id = uuid();
  await event({ id, correlation_id, causation_id: id });
  assert.match((await root.get(`/admin/events/${id}`)).text, /1 event and 0 jobs/);
  const one = uuid(), other = uuid();
  await event({ id: one, correlation_id: one, causation_id: other });
  await event({ id: other, correlation_id: one, causation_id: one });
  assert.match((await root.get(`/admin/events/${one}`)).text, new RegExp(`/admin/events/${one}"[\\s\\S]*/admin/events/${other}"`));
  const orphan = await event({ causation_id: uuid() });
  assert.match((await root.get(`/admin/events/${orphan}`)).text, new RegExp(`aria-current="page">`));
});

test("schedules are shown, started by hand, paused and resumed, and each is noted", async () => {
  assert.match((await root.get("/admin/schedules")).text, /No schedule is registered yet/);
  await server.write(`INSERT INTO schedules (name, kind, cron, next_run_at, time_zone) VALUES ('market.cleanup', 'market.cleanup', '0 3 * * *', ${at + 3600e6}, 'Europe/Berlin') ON CONFLICT (name) DO NOTHING`);
  const page = await root.get("/admin/schedules");
  assert.match(page.text, /market\.cleanup[\s\S]*<code>0 3 \* \* \*<\/code>/);
  assert.match(page.text, /in (60 min|59 min|\d+ h)/);
  const before = (await list("kind=market.cleanup&status=queued")).length;
  assert.equal((await root.post("/admin/schedules/market.cleanup/run")).location, "/admin/schedules");
  assert.equal((await list("kind=market.cleanup&status=queued")).length, before + 1);
  await root.post("/admin/schedules/market.cleanup/pause");
  assert.match((await root.get("/admin/schedules")).text, /not while it is paused/);
  await root.post("/admin/schedules/market.cleanup/resume");
  assert.doesNotMatch((await root.get("/admin/schedules")).text, /not while it is paused/);
  for (const action of ["run", "pause", "resume"]) {
    assert.equal((await root.post(`/admin/schedules/no.such/${action}`)).status, 404, action);
    assert.equal((await ada.post(`/admin/schedules/market.cleanup/${action}`)).status, 403, action);
  }
  const noted = (await server.rows("SELECT action FROM audit_log WHERE action LIKE 'schedule %' ORDER BY created_at, id")).map((one) => one.action);
  assert.deepEqual(noted, ["schedule started by hand", "schedule paused", "schedule resumed"]);
});

test("budgets show what was used and what is left in each window", async () => {
  const day = new Date().toISOString().slice(0, 10);
  await server.write(`INSERT INTO budget_windows (budget, period, window_name, used) VALUES ('adzuna', 'day', '${day}', 250), ('adzuna', 'lifetime', 'ever', 1234)`);
  const page = await root.get("/admin/budgets");
  const card = /id="budget-adzuna"[\s\S]*?<\/section>/.exec(page.text)[0];
  const row = (period) => new RegExp(`<th scope="row">${period}</th>[\\s\\S]*?</tr>`).exec(card)[0];
  assert.match(row("day"), /data-label="Used">250<[\s\S]*data-label="Limit">250<[\s\S]*data-label="Left">0<[\s\S]*used up/);
  assert.match(row("lifetime"), /data-label="Used">1234<[\s\S]*data-label="Limit">none<[\s\S]*never/);
  assert.match(page.text, /Not in use/);
  assert.equal((await ada.get("/admin/budgets")).status, 403);
});
