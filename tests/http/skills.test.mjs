// Skills: what a person claims is theirs alone, changes only as asked, and proofs never go without a question.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { uuid, write } from "./interviews.mjs";
import { startServer } from "./server.mjs";

let server, ada;
before(async () => {
  server = await startServer({ args: ["--no-worker"] });
  ada = await server.signUp("Ada");
});
after(async () => { await server.stop(); });

const mine = async (person) => (await person.get("/api/users/skills")).json().skills;
const levelOf = async (person, skill) => (await mine(person)).find((one) => one.skill_id === skill)?.proficiency_level;
const idOf = async (person, skill) => (await mine(person)).find((one) => one.skill_id === skill).id;
const userId = async (person) => (await server.rows(`SELECT id FROM users WHERE email = '${person.email}'`))[0].id;

/** An analysed interview with proofs of one claimed skill, and perhaps gaps. */
async function prove(person, skill, count, gaps = []) {
  const user = await userId(person), interview = uuid(), claimId = skill && (await idOf(person, skill));
  const outcome = JSON.stringify({ proofs: [], gaps: gaps.map((id) => ({ skill_id: id, skill: id, reason: "Say what you did with it." })), quality: {} });
  let sql = `INSERT INTO interviews (id, user_id, role_title, status, plan, state, outcome, completed_at, created_at, updated_at)
    VALUES ('${interview}', '${user}', 'Any', 'analyzed', '{}', '{}', '${outcome}', 1000000, 1, 1);`;
  for (let i = 0; i < count; i++) {
    sql += `INSERT INTO skill_verifications (id, user_id, user_skill_id, interview_id, verification_type, confidence, snippet, turn_index, start_offset, end_offset, summary, raw_data, verified_at)
      VALUES ('${uuid()}', '${user}', '${claimId}', '${interview}', 'project_demo', 0.9, 'I <b>wrote</b> quote number ${i}.', ${i}, 0, 10, 'Own work.', '{}', ${1000000 + i});`;
  }
  if (count) sql += `UPDATE user_skills SET is_verified = TRUE, verification_metadata = '{"is_verified":true,"verification_count":${count}}' WHERE id = '${claimId}';`;
  await write(server, sql);
}

test("strangers are refused", async () => {
  const stranger = server.browser();
  for (const path of ["/skills", "/skills/catalogue", `/skills/${uuid()}/remove`]) {
    const page = await stranger.get(path);
    assert.ok(page.status === 401 || (page.status === 303 && page.location.startsWith("/sign-in")), `${path}: ${page.status}`);
  }
  assert.equal((await stranger.get("/api/users/skills", { Accept: "application/json" })).status, 401);
  assert.equal((await stranger.get("/api/skills", { Accept: "application/json" })).status, 401);
  assert.equal((await stranger.send("POST", "/api/skills", { skill_id: "docker", proficiency_level: "expert" })).status, 401);
  assert.equal((await stranger.send("PATCH", "/api/users/skills", { skill_id: "docker", proficiency_level: "expert" })).status, 401);
});

test("the page begins empty and says what to do", async () => {
  const bo = await server.signUp("Bo"), page = await bo.get("/skills");
  assert.equal(page.status, 200);
  assert.match(page.text, /No skills claimed yet/);
});

test("a skill is claimed by name, short form or id, and a second claim changes the level", async () => {
  assert.equal((await ada.post("/skills", { name: "k8s", proficiency_level: "proficient" })).location, "/skills");
  assert.equal(await levelOf(ada, "kubernetes"), "proficient");
  assert.equal((await ada.post("/skills", { name: "Kubernetes", skill_id: "docker", proficiency_level: "expert" })).status, 303); // the name counts
  assert.equal(await levelOf(ada, "kubernetes"), "expert");
  assert.equal(await levelOf(ada, "docker"), undefined);
  assert.equal((await ada.post("/skills", { name: "", skill_id: "postgresql", proficiency_level: "beginner" })).status, 303);
  assert.equal((await mine(ada)).length, 2);
  const page = await ada.get("/skills");
  assert.match(page.text, /Kubernetes/);
  assert.match(page.text, /0 of 2 claimed skills/);
});

test("what is wrong is said at the field, kept, and nothing is written", async () => {
  const count = (await mine(ada)).length;
  const unknown = await ada.post("/skills", { name: "Zeppelin <whispering>", proficiency_level: "expert" });
  assert.equal(unknown.status, 422);
  assert.match(unknown.text, /We do not know a skill called "Zeppelin &lt;whispering&gt;"/);
  assert.match(unknown.text, /value="Zeppelin &lt;whispering&gt;"/);
  for (const fields of [{ name: "Docker" }, { name: "Docker", proficiency_level: "wizard" }, { proficiency_level: "expert" }, { skill_id: "../x", proficiency_level: "expert" },
    { name: "D".repeat(101), proficiency_level: "expert" }]) assert.equal((await ada.post("/skills", fields)).status, 422, JSON.stringify(fields));
  assert.equal((await ada.send("POST", "/api/skills", { skill_id: "no-such-skill", proficiency_level: "expert" })).status, 422);
  assert.equal((await ada.send("POST", "/api/skills", { skill_id: 7, proficiency_level: "expert" })).status, 422);
  assert.equal((await mine(ada)).length, count);
});

test("level and removal belong to the one who claims", async () => {
  const eve = await server.signUp("Eve"), id = await idOf(ada, "kubernetes");
  assert.equal((await eve.post(`/skills/${id}/level`, { proficiency_level: "beginner" })).status, 404);
  assert.equal((await eve.get(`/skills/${id}/remove`)).status, 404);
  assert.equal((await eve.post(`/skills/${id}/remove`, { confirm: "on" })).status, 404);
  assert.equal((await eve.send("PATCH", "/api/users/skills", { skill_id: "kubernetes", proficiency_level: "beginner" })).status, 404);
  assert.equal((await ada.post("/skills/not-a-uuid/level", { proficiency_level: "beginner" })).status, 404);
  assert.equal(await levelOf(ada, "kubernetes"), "expert");
  assert.equal((await ada.post(`/skills/${id}/level`, { proficiency_level: "proficient" })).status, 303);
  assert.equal(await levelOf(ada, "kubernetes"), "proficient");
  assert.equal((await ada.post(`/skills/${id}/level`, { proficiency_level: "godlike" })).status, 422);
});

test("a claim without proofs goes at once and comes back with undo", async () => {
  const id = await idOf(ada, "postgresql"), gone = await ada.post(`/skills/${id}/remove`);
  assert.equal(gone.status, 303);
  assert.equal(await levelOf(ada, "postgresql"), undefined);
  const page = await ada.get(gone.location);
  assert.match(page.text, /PostgreSQL is removed/);
  assert.match(page.text, /name="skill_id" value="postgresql"/);
  await ada.post("/skills", { skill_id: "postgresql", proficiency_level: "beginner" });
  assert.equal(await levelOf(ada, "postgresql"), "beginner");
  assert.doesNotMatch((await ada.get(gone.location)).text, /is removed/); // it is back
});

test("a proved skill shows its latest three quotes and asks before it goes", async () => {
  const cy = await server.signUp("Cy");
  await cy.post("/skills", { name: "Docker", proficiency_level: "expert" });
  await prove(cy, "docker", 4);
  const page = await cy.get("/skills"), id = await idOf(cy, "docker");
  assert.match(page.text, /Latest 3 of 4 proofs/);
  assert.equal(page.text.match(/<blockquote/g).length, 3);
  assert.match(page.text, /I &lt;b&gt;wrote&lt;\/b&gt; quote number 3/);
  assert.doesNotMatch(page.text, /quote number 0/);
  assert.deepEqual((await mine(cy))[0].verification_metadata, { is_verified: true, verification_count: 4 });
  const asked = await cy.post(`/skills/${id}/remove`);
  assert.equal(asked.location, `/skills/${id}/remove`);
  assert.match((await cy.get(asked.location)).text, /4 proofs would go with it/);
  assert.equal((await server.rows(`SELECT COUNT(*) AS n FROM skill_verifications WHERE user_skill_id = '${id}'`))[0].n, 4);
  assert.equal((await cy.post(`/skills/${id}/remove`, { confirm: "on" })).location, "/skills");
  assert.equal((await server.rows(`SELECT COUNT(*) AS n FROM skill_verifications WHERE user_skill_id = '${id}'`))[0].n, 0);
});

test("a gap is a strong claim an interview looked for and did not find", async () => {
  const dee = await server.signUp("Dee");
  for (const [skill_id, proficiency_level] of [["docker", "expert"], ["git", "beginner"], ["linux", "expert"]]) await dee.post("/skills", { skill_id, proficiency_level });
  await prove(dee, null, 0, ["docker", "git", "never-claimed"]);
  const states = Object.fromEntries((await mine(dee)).map((one) => [one.skill_id, one.state]));
  assert.deepEqual(states, { docker: "gap", git: "claimed", linux: "claimed" });
  const page = await dee.get("/skills?state=gap");
  assert.match(page.text, /Say what you did with it/);
  assert.match(page.text, /Gaps \(1\)/);
  assert.doesNotMatch(page.text, /<th scope="row">Git/);
});

test("the list is searched by name, category and short form, and filtered by state", async () => {
  const found = async (query) => [...(await ada.get(`/skills?${query}`)).text.matchAll(/<th scope="row">([^<]+)/g)].map((one) => one[1]);
  assert.deepEqual(await found("q=k8s"), ["Kubernetes"]);
  assert.deepEqual(await found("q=postgre"), ["PostgreSQL"]);
  assert.deepEqual(await found("q=relational"), ["PostgreSQL"]);
  assert.deepEqual(await found("q=nothing%20at%20all"), []);
  assert.deepEqual(await found("state=verified"), []);
  assert.equal((await ada.get("/skills?state=all")).status, 422);
});

test("the catalogue is browsed by field and searched by other names", async () => {
  const fields = await ada.get("/skills/catalogue");
  assert.ok(fields.text.match(/\/skills\/catalogue\?field=/g).length >= 15);
  assert.match((await ada.get("/skills/catalogue?field=Healthcare")).text, /skills in \d+ categories/);
  assert.equal((await ada.get("/skills/catalogue?field=Alchemy")).status, 404);
  assert.match((await ada.get("/skills/catalogue?q=postgres")).text, /PostgreSQL/);
  assert.match((await ada.get("/skills/catalogue?q=js")).text, /JavaScript/);
  assert.match((await ada.get("/skills/catalogue?q=zzzzqq")).text, /No skill fits/);
  assert.match((await ada.get("/skills?claim=docker")).text, /value="Docker"/);
});

test("the API searches, pages, claims and changes", async () => {
  const api = async (query) => (await ada.get(`/api/skills?${query}`, { Accept: "application/json" })).json();
  assert.equal((await api("q=k8s")).skills[0].id, "kubernetes");
  const first = await api("limit=10"), second = await api(`limit=10&cursor=${first.next_cursor}`);
  assert.ok(first.total >= 1200);
  assert.equal(first.skills.length, 10);
  assert.notEqual(first.skills[0].id, second.skills[0].id);
  assert.equal((await ada.get("/api/skills?limit=0", { Accept: "application/json" })).status, 422);
  const made = await ada.send("POST", "/api/skills", { name: "Terraform", proficiency_level: "beginner" });
  assert.equal(made.status, 201);
  assert.equal(made.json().skill_id, "terraform");
  assert.equal((await ada.send("PATCH", "/api/users/skills", { skill_id: "terraform", proficiency_level: "expert" })).json().proficiency_level, "expert");
  assert.equal(await levelOf(ada, "terraform"), "expert");
  assert.equal((await ada.send("PATCH", "/api/users/skills", { skill_id: "cobol", proficiency_level: "expert" })).status, 404);
  assert.equal((await ada.send("PATCH", "/api/users/skills", "{\"skill_id\":")).status, 400);
});

test("a program that claims a skill again is told so, and nothing is changed; the page's form changes the level", async () => {
  const nia = await server.signUp("Nia"), key = { "Idempotency-Key": "claim-docker" }, docker = { skill_id: "docker", proficiency_level: "beginner" };
  const first = await nia.send("POST", "/api/skills", docker, key);
  assert.equal(first.status, 201);
  for (const again of [{ skill_id: "docker", proficiency_level: "expert" }, { name: "Docker", proficiency_level: "expert" }]) {
    const answer = await nia.send("POST", "/api/skills", again);
    assert.equal(answer.status, 409, answer.text);
    assert.equal(answer.headers.get("content-type"), "application/problem+json");
    assert.equal(answer.json().type, "/docs/api#problem-conflict");
    assert.match(answer.json().detail, /Docker already.*PATCH \/api\/users\/skills/);
  }
  const replayed = await nia.send("POST", "/api/skills", docker, key);
  assert.deepEqual([replayed.status, replayed.text, replayed.headers.get("idempotency-replayed")], [201, first.text, "true"]);
  assert.deepEqual((await nia.get("/api/users/skills")).json().skills, [first.json()]);
  assert.equal((await nia.post("/skills", { skill_id: "docker", proficiency_level: "expert" })).location, "/skills");
  assert.equal(await levelOf(nia, "docker"), "expert");
});

test("nobody claims more than two hundred skills", async () => {
  const max = await server.signUp("Max"), user = await userId(max);
  const some = await server.rows("SELECT id FROM skills WHERE id <> 'docker' ORDER BY id LIMIT 200");
  await write(server, `INSERT INTO user_skills (id, user_id, skill_id, proficiency_level, created_at, updated_at)
    VALUES ${some.map((skill) => `('${uuid()}', '${user}', '${skill.id}', 'beginner', 1, 1)`).join(", ")}`);
  const refused = await max.post("/skills", { skill_id: "docker", proficiency_level: "expert" });
  assert.equal(refused.status, 422);
  assert.match(refused.text, /You claim 200 skills, which is the most/);
  assert.equal((await max.send("POST", "/api/skills", { skill_id: "docker", proficiency_level: "expert" })).status, 409);
  assert.match((await max.send("POST", "/api/skills", { skill_id: some[0].id, proficiency_level: "expert" })).json().detail, /already/, "what is claimed is not one more");
  const pages = (await max.get("/api/users/skills")).json(), rest = (await max.get(`/api/users/skills?cursor=${pages.next_cursor}`)).json();
  assert.deepEqual([pages.skills.length, rest.skills.length, rest.next_cursor], [100, 100, null]);
  assert.equal((await max.get("/skills")).status, 200);
});

test("other sites cannot claim in somebody's name", async () => {
  const answer = await ada.post("/skills", { skill_id: "cobol", proficiency_level: "expert" }, { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" });
  assert.equal(answer.status, 403);
  assert.equal(await levelOf(ada, "cobol"), undefined);
});
