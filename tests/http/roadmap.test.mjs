// The roadmap through the whole program: asked for, planned by the architect, worked on, and never somebody else's.
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

const goals = (person, roles) => write(server, `UPDATE user_profiles SET target_roles = '${JSON.stringify(roles)}' WHERE user_id = (SELECT id FROM users WHERE email = '${person.email}')`);
const active = async (person) => (await person.get("/api/roadmaps")).json().roadmaps.find((one) => one.status === "active");
const modules = async (person) => (await person.get(`/api/roadmaps/${(await active(person)).id}`)).json().modules;

/** Waits until `check` gives something. */
async function until(check, what) {
  for (const end = Date.now() + 10000; Date.now() < end; await new Promise((done) => setTimeout(done, 50))) {
    const found = await check();
    if (found) return found;
  }
  throw new Error(`waited in vain for ${what}`);
}
const idle = (person) => until(async () => !/is planning/.test((await person.get("/roadmap")).text), "the architect");

async function plan(person, roles = ["DevOps engineer"]) {
  await goals(person, roles);
  assert.equal((await person.post("/roadmap/plan")).location, "/roadmap");
  return until(() => active(person), "a roadmap");
}

test("strangers are refused", async () => {
  const stranger = server.browser(), id = uuid();
  const page = await stranger.get("/roadmap");
  assert.ok(page.status === 401 || page.location.startsWith("/sign-in"));
  for (const [method, path] of [["GET", "/api/roadmaps"], ["POST", "/api/roadmaps"], ["GET", `/api/roadmaps/${id}`], ["PATCH", `/api/roadmaps/${id}`], ["DELETE", `/api/roadmaps/${id}`]])
    assert.equal((await stranger.request(path, { method, headers: { Accept: "application/json" } })).status, 401, `${method} ${path}`);
});

test("without goals and claims the page says what to do, and a plan makes nothing", async () => {
  assert.match((await ada.get("/roadmap")).text, /Name your goals/);
  await ada.post("/roadmap/plan");
  await idle(ada);
  assert.equal(await active(ada), undefined);
});

test("a plan is made, shown in order with reasons, and told", async () => {
  const roadmap = await plan(ada);
  assert.equal(roadmap.version, 1);
  const list = await modules(ada), page = await ada.get("/roadmap");
  assert.ok(list.length >= 5 && list.length <= 14);
  assert.deepEqual(list.map((one) => one.position), list.map((_, i) => i + 1));
  for (const one of list) assert.match(one.reason, /^because /);
  assert.match(page.text, new RegExp(`0 of ${list.length} modules done`));
  assert.equal(page.text.match(/aria-current="step"/g).length, 1);
  assert.match((await ada.get("/notifications")).text, /Your roadmap is ready/);
});

test("modules are begun, finished and taken back; what was learned is proved next", async () => {
  const [first] = await modules(ada), path = `/roadmap/modules/${first.id}/status`, status = async () => (await modules(ada)).find((one) => one.id === first.id)?.status;
  assert.equal((await ada.post(path, { status: "in_progress" })).location, "/roadmap");
  assert.equal(await status(), "in_progress");
  assert.equal((await ada.post(path, { status: "completed" })).status, 303);
  const proof = await until(async () => (await modules(ada)).find((one) => one.skill_id === first.skill_id && one.kind === "prove"), "the proof's module");
  assert.match(proof.reason, /you finished learning it/);
  assert.ok((await ada.get("/roadmap")).text.includes(`/skills?claim=${first.skill_id}#claim`)); // an interview asks about claims
  assert.equal((await active(ada)).version, 2);
  assert.match((await ada.get("/roadmap")).text, /What changed/);
  assert.equal(await status(), "completed");
  assert.ok((await modules(ada)).find((one) => one.id === first.id).completed_at);
  await ada.post(path, { status: "pending" });
  await until(async () => !(await modules(ada)).some((one) => one.kind === "prove" && one.skill_id === first.skill_id), "the proof's module to go");
  assert.equal(await status(), "pending");
});

test("a module that proves a skill is not ticked off", async () => {
  const bo = await server.signUp("Bo");
  await bo.post("/skills", { skill_id: "docker", proficiency_level: "expert" });
  await plan(bo, []);
  const [proof] = await modules(bo);
  assert.equal(proof.kind, "prove");
  assert.equal((await bo.post(`/roadmap/modules/${proof.id}/status`, { status: "completed" })).status, 409);
  assert.equal((await modules(bo))[0].status, "pending");
  assert.match((await bo.get("/roadmap")).text, /\/interviews\/new\?skill=docker/);
  assert.match((await bo.get("/interviews/new?skill=docker")).text, /checked/);
});

test("a change of claims plans again without ringing the bell", async () => {
  const bell = async () => (await server.rows(`SELECT COUNT(*) AS n FROM notifications n JOIN users u ON u.id = n.user_id WHERE u.email = '${ada.email}'`))[0].n;
  const before = await bell(), version = (await active(ada)).version;
  await ada.post("/skills", { skill_id: "docker", proficiency_level: "expert" });
  await until(async () => (await active(ada)).version > version, "a new version");
  assert.ok((await modules(ada)).some((one) => one.title === "Prove Docker"));
  assert.equal(await bell(), before);
  const page = await ada.get("/roadmap");
  assert.match(page.text, /<ins>Prove Docker<\/ins>/);
  assert.match(page.text, /<del>Learn Docker<\/del>/);
});

test("asking twice plans once more and changes nothing", async () => {
  const before = await active(ada);
  for (let i = 0; i < 5; i++) assert.equal((await ada.post("/roadmap/plan")).status, 303);
  await idle(ada);
  assert.deepEqual(await active(ada), before);
});

test("somebody else's roadmap and modules are not there", async () => {
  const eve = await server.signUp("Eve"), { id } = await active(ada), [module] = await modules(ada), before = await active(ada);
  assert.equal((await eve.post(`/roadmap/modules/${module.id}/status`, { status: "completed" })).status, 404);
  assert.equal((await eve.get(`/api/roadmaps/${id}`)).status, 404);
  assert.equal((await eve.send("PATCH", `/api/roadmaps/${id}`, { title: "Mine" })).status, 404);
  assert.equal((await eve.send("DELETE", `/api/roadmaps/${id}`, {})).status, 404);
  await eve.post("/skills", { skill_id: "git", proficiency_level: "expert" });
  const hers = await plan(eve, []);
  assert.equal((await eve.send("PATCH", `/api/roadmaps/${hers.id}`, { module_id: module.id, status: "in_progress" })).status, 404);
  assert.equal((await ada.post("/roadmap/modules/nonsense/status", { status: "completed" })).status, 404);
  assert.deepEqual(await active(ada), before);
});

test("wrong input is refused and writes nothing", async () => {
  const { id } = await active(ada), [module] = await modules(ada), before = await modules(ada);
  assert.equal((await ada.post(`/roadmap/modules/${module.id}/status`, { status: "dropped" })).status, 422);
  assert.equal((await ada.post(`/roadmap/modules/${module.id}/status`, {})).status, 422);
  for (const body of [{}, { module_id: module.id }, { status: "completed" }, { title: "" }, { title: "x".repeat(121) }, { module_id: "1", status: "completed" }]) {
    const { status } = await ada.send("PATCH", `/api/roadmaps/${id}`, body);
    assert.ok(status === 400 || status === 422, `${JSON.stringify(body)}: ${status}`);
  }
  assert.deepEqual(await modules(ada), before);
});

test("the API renames, works on modules, archives, and plans anew", async () => {
  const { id } = await active(ada), begun = (await modules(ada)).find((one) => one.kind === "learn");
  const changed = await ada.send("PATCH", `/api/roadmaps/${id}`, { title: "My way", module_id: begun.id, status: "in_progress" });
  assert.equal(changed.json().title, "My way");
  assert.equal(changed.json().modules.find((one) => one.id === begun.id).status, "in_progress");
  await ada.post("/roadmap/plan");
  await idle(ada);
  assert.equal((await active(ada)).title, "My way"); // a new plan for the same goal keeps the name
  assert.equal((await ada.send("DELETE", `/api/roadmaps/${id}`, {})).status, 204);
  assert.equal((await ada.send("DELETE", `/api/roadmaps/${id}`, {})).status, 204, "archiving it again changes nothing");
  assert.equal(await active(ada), undefined);
  assert.equal((await ada.post(`/roadmap/modules/${begun.id}/status`, { status: "completed" })).status, 404);
  const asked = await ada.send("POST", "/api/roadmaps", {});
  assert.equal(asked.status, 202);
  assert.equal(asked.json().status, "planning");
  assert.notEqual((await until(() => active(ada), "another roadmap")).id, id);
  assert.equal((await ada.get("/api/roadmaps")).json().roadmaps.length, 2);
});

test("other target roles after onboarding plan the roadmap again, the same ones do not", async () => {
  const kim = await server.signUp("Kim");
  await plan(kim);
  await write(server, `UPDATE users SET onboarding_completed = TRUE, onboarding_step = 5 WHERE email = '${kim.email}'`);
  const asked = async () => (await server.rows(`SELECT COUNT(*) AS n FROM agent_events WHERE CAST(payload AS TEXT) LIKE '%goals_changed%' AND user_id = (SELECT id FROM users WHERE email = '${kim.email}')`))[0].n;
  assert.equal((await kim.send("PATCH", "/api/users/profile", { target_roles: ["DevOps engineer"] })).status, 200);
  assert.equal(await asked(), 0);
  assert.equal((await kim.send("PATCH", "/api/users/profile", { target_roles: ["Bookkeeper"] })).status, 200);
  assert.equal(await asked(), 1);
  await until(async () => (await active(kim)).reason === "your goals have changed", "a roadmap to the new role");
  assert.notEqual((await active(kim)).target_role, "DevOps engineer");
});
