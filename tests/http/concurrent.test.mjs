// Many requests at the same moment, of one person and of many: every one is answered as if they had come one after another. On PostgreSQL
// this meets serialization failures and deadlocks, which the server has to run again by itself.
import assert from "node:assert/strict";
import { test } from "node:test";
import { startServer } from "./server.mjs";

const SKILLS = ["python", "sql", "javascript", "communication", "excel", "teamwork", "git", "docker", "java", "kubernetes", "linux", "react"];
const LEVELS = ["beginner", "intermediate", "proficient", "expert"];

const nothingFailed = (answers) => {
  for (const answer of answers) assert.ok([200, 201, 204, 409].includes(answer.status), `${answer.status}: ${answer.text.slice(0, 300)}`);
};

test("one person claims the same skills from many windows at once: each claim exists once", async () => {
  const server = await startServer();
  try {
    const ada = await server.signUp("Ada");
    const known = (await ada.get("/api/skills?limit=100")).json().skills.map((skill) => skill.id);
    const skills = SKILLS.filter((id) => known.includes(id)).length > 3 ? SKILLS.filter((id) => known.includes(id)) : known.slice(0, 12);
    for (let round = 0; round < 3; round++) {
      const wanted = [...skills, ...skills].map((skill_id, i) => ({ skill_id, proficiency_level: LEVELS[(i + round) % 4] }));
      const claimed = await Promise.all(wanted.map((one) => ada.send("POST", "/api/skills", one)));
      nothingFailed(claimed);
      assert.equal(claimed.filter((one) => one.status === 201).length, round === 0 ? skills.length : 0, "each skill is claimed once");
      nothingFailed(await Promise.all(skills.map((skill_id, i) => ada.send("PATCH", "/api/users/skills", { skill_id, proficiency_level: LEVELS[(i + round) % 4] }))));
    }
    const claims = (await ada.get("/api/users/skills")).json().skills;
    assert.deepEqual(claims.map((claim) => claim.skill_id).sort(), [...skills].sort());
    for (const [i, id] of skills.entries()) assert.equal(claims.find((claim) => claim.skill_id === id).proficiency_level, LEVELS[(i + 2) % 4]);
  } finally { await server.stop(); }
});

test("of thirty who claim one skill at once one does, and its level stays", async () => {
  const server = await startServer();
  try {
    const bob = await server.signUp("Bob");
    const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => bob.send("POST", "/api/skills", { skill_id: "docker", proficiency_level: LEVELS[i % 4] })));
    assert.deepEqual(answers.map((one) => one.status).sort(), [201, ...Array(29).fill(409)]);
    const [claim] = (await bob.get("/api/users/skills")).json().skills;
    assert.equal(claim.proficiency_level, answers.find((one) => one.status === 201).json().proficiency_level);
  } finally { await server.stop(); }
});

test("many people write at once, and what is theirs is theirs", async () => {
  const server = await startServer();
  try {
    const people = await Promise.all(["Ada", "Bob", "Cleo", "Dan", "Eve", "Fay"].map((name) => server.signUp(name)));
    const skills = (await people[0].get("/api/skills?limit=6")).json().skills.map((skill) => skill.id);
    const wanted = people.flatMap((person, p) => skills.flatMap((skill_id, s) => [
      person.send("POST", "/api/skills", { skill_id, proficiency_level: LEVELS[s % 4] }),
      person.send("POST", "/api/jobs/applications", { title: `Post ${p}.${s}`, company: "Careful & Sons" }),
      person.send("PATCH", "/api/users/profile", { headline: `Headline ${p}` }),
    ]));
    const answers = await Promise.all(wanted);
    nothingFailed(answers);
    for (const [p, person] of people.entries()) {
      assert.equal((await person.get("/api/users/skills")).json().skills.length, skills.length);
      const titles = (await person.get("/api/jobs/applications")).json().applications.map((one) => one.title).sort();
      assert.deepEqual(titles, skills.map((_, s) => `Post ${p}.${s}`).sort());
      assert.equal((await person.get("/api/users/profile")).json().headline, `Headline ${p}`);
    }
  } finally { await server.stop(); }
});

// When many wait, their sessions are looked up for several of them at once (src/http/look_ahead.c).
test("of many who ask at the same moment each is taken for who they are, and a session that ended for nobody's", async () => {
  const server = await startServer();
  try {
    const names = ["Ada", "Bob", "Cleo", "Dan", "Eve", "Fay", "Gus", "Hal"];
    const people = await Promise.all(names.map((name) => server.signUp(name)));
    const [gone, stranger, hal] = [server.browser(), server.browser(), people.pop()];
    gone.cookies = new Map(hal.cookies);
    assert.equal((await gone.get("/api/users/profile")).status, 200);
    assert.equal((await hal.post("/sign-out")).status, 303);
    for (let round = 0; round < 5; round++) {
      const asked = Array.from({ length: 160 }, (_, i) => i % 10);
      const answers = await Promise.all(asked.map((i) => (i < 7 ? people[i] : i < 9 ? gone : stranger).get("/api/users/profile")));
      for (const [at, i] of asked.entries()) {
        assert.equal(answers[at].status, i < 7 ? 200 : 401, answers[at].text);
        if (i < 7) assert.equal(answers[at].json().first_name, names[i]);
      }
    }
  } finally { await server.stop(); }
});
