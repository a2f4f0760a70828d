// Trace context: one trace id from a request to its event, the job of that, the event the job publishes and the next job, in the store and in the log.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startServer } from "./server.mjs";

const ID = "0af7651916cd43dd8448eb211c80319c", SPAN = "b7ad6b7169203331", SENT = `00-${ID}-${SPAN}-01`;
const RESUME = "Ada Example\nada@example.org\n\nSkills\nPython, Docker, Kubernetes, PostgreSQL\n";

let server;
before(async () => { server = await startServer({ env: { LOG_LEVEL: "info" } }); });
after(async () => { await server.stop(); });

const read = (text) => {
  const found = /^00-([0-9a-f]{32})-([0-9a-f]{16})-(0[01])$/.exec(text);
  assert.ok(found, `no traceparent: ${text}`);
  return { id: found[1], span: found[2], flags: found[3] };
};

async function upload(person, headers) {
  const [{ id }] = await server.rows(`SELECT id FROM users WHERE email = '${person.email}'`);
  const sent = await person.upload("/resume", { file: { name: "resume.txt", type: "text/plain", bytes: RESUME } }, headers);
  assert.equal(sent.status, 303, sent.text);
  return { user: id, request: sent.headers.get("x-request-id") };
}

/** Events of the person with their jobs, as soon as all of them have ended. */
async function caused(user) {
  for (let tries = 0; tries < 300; tries++) {
    const jobs = await server.rows(`SELECT id, kind, status, trace FROM jobs WHERE user_id = '${user}' ORDER BY id`);
    const events = await server.rows(`SELECT id, event_type, trace, causation_id FROM agent_events WHERE user_id = '${user}' ORDER BY id`); // all that those jobs published
    if (jobs.some(({ kind }) => kind === "jobs.match") && jobs.every(({ status }) => status === "completed")) return { events, jobs };
    await new Promise((done) => setTimeout(done, 50));
  }
  assert.fail("the jobs of the upload did not end");
}

/** A line is written after what it tells of. */
async function logged(line) {
  for (let tries = 0; tries < 100 && !line.test(server.log); tries++) await new Promise((done) => setTimeout(done, 50));
  assert.match(server.log, line);
}

test("what a request causes carries its trace, each in the span of its own cause", async (t) => {
  const ada = await server.signUp("Ada");
  if (await server.rows("SELECT 1") === null) return t.skip("the client of SQLite is not installed");
  const { user, request } = await upload(ada, { traceparent: SENT });
  const { events, jobs } = await caused(user);
  const [uploaded, readEvent] = ["RESUME_UPLOADED", "RESUME_READ"].map((type) => events.find(({ event_type }) => event_type === type));
  const [reading, matching] = ["resume.read", "jobs.match"].map((kind) => jobs.find((job) => job.kind === kind));
  for (const row of [uploaded, readEvent, reading, matching]) assert.deepEqual([read(row.trace).id, read(row.trace).flags], [ID, "01"]);
  assert.equal(read(uploaded.trace).span, request, "the span of a request is its id");
  assert.equal(reading.trace, uploaded.trace);
  assert.equal(readEvent.causation_id, uploaded.id);
  assert.ok(![SPAN, request].includes(read(readEvent.trace).span), "a run has a span of its own");
  assert.equal(matching.trace, readEvent.trace);
  await logged(new RegExp(`\\[${request} ${ID}\\] POST /resume 303`));
  await logged(new RegExp(`\\[job ${reading.id} ${ID}\\] job resume.read done`));
});

test("without a proper traceparent a request begins a trace of its own", async (t) => {
  const wrong = [undefined, "", "nonsense", `ff-${ID}-${SPAN}-01`, `00-${ID.toUpperCase()}-${SPAN}-01`, `00-${"0".repeat(32)}-${SPAN}-01`, `00-${ID}-${"0".repeat(16)}-01`,
    `${SENT}-more`, `${SENT}, ${SENT}`, `00-${ID}'; DROP TABLE jobs; --`, "0".repeat(4000)];
  const bo = await server.signUp("Bo"), seen = new Set();
  if (await server.rows("SELECT 1") === null) return t.skip("the client of SQLite is not installed");
  for (const traceparent of wrong) {
    const { user, request } = await upload(bo, traceparent === undefined ? {} : { traceparent });
    const [{ trace }] = await server.rows(`SELECT trace FROM agent_events WHERE user_id = '${user}' AND event_type = 'RESUME_UPLOADED' ORDER BY id DESC LIMIT 1`);
    const { id, span, flags } = read(trace);
    assert.notEqual(id, ID, traceparent);
    assert.deepEqual([span, flags], [request, "00"]);
    assert.ok(!seen.has(id), "each has another");
    seen.add(id);
    await caused(user);
  }
});
