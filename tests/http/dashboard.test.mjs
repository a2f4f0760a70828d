// Dashboard and activity: one next step with its reason, and what the agents did, to the person alone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { uuid, write } from "./interviews.mjs";
import { startServer } from "./server.mjs";

let server, ada;
before(async () => {
  server = await startServer();
  ada = await server.signUp("Ada");
});
after(async () => { await server.stop(); });

const userId = async (person) => (await server.rows(`SELECT id FROM users WHERE email = '${person.email}'`))[0].id;
const step = async (person) => /id="next-title">([^<]*)</.exec((await person.get("/dashboard")).text)[1];
const onboarded = (person) => write(server, `UPDATE users SET onboarding_completed = 1, onboarding_step = 5 WHERE email = '${person.email}'`);
const event = (user, type, payload, at, summary = "") => write(server, `INSERT INTO agent_events (id, event_type, payload, status, source_agent, user_id, correlation_id, summary, created_at)
  VALUES ('${uuid()}', '${type}', '${JSON.stringify(payload)}', 'completed', 'action', '${user}', '${uuid()}', '${summary}', ${at})`);

async function until(check) {
  for (const end = Date.now() + 10000; Date.now() < end; await new Promise((done) => setTimeout(done, 50))) if (await check()) return;
  throw new Error("waited in vain");
}

test("strangers are refused", async () => {
  for (const path of ["/dashboard", "/activity"]) {
    const page = await server.browser().get(path);
    assert.ok(page.status === 401 || page.location.startsWith("/sign-in"), path);
  }
  assert.equal((await server.browser().get("/api/agent-events", { Accept: "application/json" })).status, 401);
  assert.equal((await server.browser().post("/activity/seen", {}, { Accept: "application/json" })).status, 401);
});

test("the next step follows the person", async () => {
  assert.equal(await step(ada), "Finish your profile");
  assert.match((await ada.get("/dashboard")).text, /Three steps to your first proof/);
  await onboarded(ada);
  assert.equal(await step(ada), "Claim your first skills");
  await ada.post("/skills", { skill_id: "docker", proficiency_level: "expert" });
  assert.equal(await step(ada), "Take your first interview");
  assert.match((await ada.get("/dashboard")).text, /0 of 1/);
  const prepared = await ada.post("/interviews", { role: "Platform Engineer", skills: ["docker"], length: "short" });
  await ada.post(`${prepared.location}/start`);
  assert.equal(await step(ada), "Continue your interview");
});

test("the roadmap's current module is shown", async () => {
  await ada.post("/roadmap/plan");
  await until(async () => /Prove Docker/.test((await ada.get("/dashboard")).text));
  assert.match((await ada.get("/dashboard")).text, /0 of \d+/);
});

test("the latest three matches are shown, each once, gone ones left out", async () => {
  const bo = await server.signUp("Bo"), user = await userId(bo), listings = [];
  for (let i = 0; i < 5; i++) {
    listings.push(uuid());
    await write(server, `INSERT INTO job_listings (id, source, external_id, title, company, location, first_seen_at, created_at, updated_at) VALUES ('${listings[i]}', 'test', '${listings[i]}', 'Listing <${i}>', 'Example', 'Berlin', 1, 1, 1)`);
    await event(user, "JOB_MATCH_FOUND", { user_id: user, job_listing_id: listings[i], match_score: 0.9 }, 1000 + i);
  }
  await event(user, "JOB_MATCH_FOUND", { user_id: user, job_listing_id: listings[4], match_score: 0.9 }, 2000);
  await write(server, `DELETE FROM job_listings WHERE id = '${listings[3]}'`);
  const page = await bo.get("/dashboard");
  assert.deepEqual([...page.text.matchAll(/Listing &lt;(\d)&gt;/g)].map((one) => one[1]), ["4", "2"]);
  assert.doesNotMatch((await ada.get("/dashboard")).text, /Listing &lt;/);
});

test("people who ask to connect are counted", async () => {
  const user = await userId(ada);
  await write(server, `INSERT INTO connection_requests (id, student_id, recruiter_name, recruiter_email, created_at) VALUES ('${uuid()}', '${user}', 'R', 'r@example.org', 1), ('${uuid()}', '${user}', 'S', 's@example.org', 1)`);
  assert.match((await ada.get("/dashboard")).text, /2 people ask to connect/);
});

test("news are what came since the person last looked", async () => {
  const cy = await server.signUp("Cy"), user = await userId(cy);
  await event(user, "RESUME_READ", { user_id: user }, 1000, "The <resume> was read.");
  assert.match((await cy.get("/dashboard")).text, /The &lt;resume&gt; was read\./);
  assert.equal((await cy.post("/activity/seen")).location, "/dashboard");
  assert.doesNotMatch((await cy.get("/dashboard")).text, /was read\./);
  assert.match((await cy.get("/activity")).text, /The &lt;resume&gt; was read\./);
});

test("activity tells what an agent did because of what, and the technical part", async () => {
  const page = await ada.get("/activity"), events = (await ada.get("/api/agent-events")).json();
  assert.match(page.text, /You asked for a new plan\./);
  assert.match(page.text, /<strong>Architect<\/strong>: Your roadmap was planned because you asked for it/);
  assert.match(page.text, /ROADMAP_REPATH_NEEDED/);
  const asked = events.events.find((one) => one.event_type === "ROADMAP_REPATH_NEEDED" && one.payload.reason === "asked");
  assert.equal(asked.jobs[0].kind, "roadmap.repath");
  assert.equal(asked.jobs[0].status, "completed");
  const planned = events.events.find((one) => one.event_type === "ROADMAP_PLANNED");
  assert.equal(planned.correlation_id, asked.correlation_id);
  assert.ok(events.events.every((one) => one.payload.user_id === undefined || one.payload.user_id === asked.payload.user_id));
});

test("activity is paged, and somebody else's is not in it", async () => {
  const dee = await server.signUp("Dee"), user = await userId(dee);
  assert.match((await dee.get("/activity")).text, /Nothing has happened yet/);
  for (let i = 0; i < 25; i++) await event(user, "RESUME_READ", { user_id: user }, 1000 + i, `Event number ${i}.`);
  const first = await dee.get("/activity"), second = await dee.get("/activity?page=2");
  assert.match(first.text, /Event number 24\./);
  assert.match(first.text, /1 to 20 of 25/);
  assert.match(second.text, /Event number 0\./);
  assert.doesNotMatch(second.text, /Event number 24\./);
  assert.equal((await dee.get("/activity?page=3")).status, 404);
  assert.equal((await dee.get("/activity?page=0")).status, 422);
  const newest = (await dee.get("/api/agent-events?limit=20")).json();
  assert.equal((await dee.get(`/api/agent-events?limit=20&cursor=${newest.next_cursor}`)).json().events.length, 5);
  assert.equal((await dee.get("/api/agent-events?limit=1000")).status, 422);
  assert.doesNotMatch((await ada.get("/activity")).text, /Event number/);
});

test("somebody keeps the fifty streams that were opened last, and more end the oldest", async () => {
  const tabs = await server.signUp("Tabs"), cookie = [...tabs.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const stop = new AbortController(), ended = [];
  for (let i = 0; i < 53; i++) {
    const answer = await fetch(`${server.url}/live`, { signal: stop.signal, headers: { Cookie: cookie } });
    assert.equal(answer.status, 200);
    (async () => { for await (const bytes of answer.body) void bytes; ended.push(i); })().catch(() => {});
  }
  for (let i = 0; i < 100 && ended.length < 3; i++) await new Promise((done) => setTimeout(done, 50));
  await new Promise((done) => setTimeout(done, 200));
  assert.deepEqual(ended.sort((a, b) => a - b), [0, 1, 2]);
  stop.abort();
});
