// careerprep demo: loads once into an empty store, leaves a filled one alone, and shows people whose skills were really proved.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { makeServer, startServer } from "./server.mjs";

const MARA = "mara-lindqvist@demo.example";
const password = (out) => /Password +([0-9a-f]{16})/.exec(out)?.[1];

let server, first;
before(async () => {
  server = await makeServer();
  first = await server.command("demo");
  assert.equal(first.code, 0, first.err);
  await server.start();
});
after(async () => { await server?.stop(); });

test("the printed sign-in works and leads to somebody with proofs, a roadmap, matches and a request", async () => {
  const mara = await server.signIn(MARA, password(first.out));
  for (const path of ["/dashboard", "/skills", "/roadmap", "/interviews", "/jobs", "/market", "/activity", "/connections", "/twin", "/settings"])
    assert.equal((await mara.get(path)).status, 200, path);
  const jobs = (await mara.get("/jobs")).text;
  assert.ok(Number(/(\d+) strong/.exec(jobs)[1]) >= 3, "a few strong matches");
  for (const words of ["Strong match", "You have shown Docker", "Fits your goal: Platform engineer", "In Hamburg, where you want to work"]) assert.ok(jobs.includes(words), words);
  assert.match((await mara.get("/connections")).text, /Anna Reuter/);
  assert.match((await mara.get("/twin")).text, /What has Mara done with Docker\?/);
});

test("three people are public, and what they proved stands verbatim in their answers", async () => {
  const people = await server.rows("SELECT u.id, u.username FROM users u JOIN user_profiles p ON p.user_id = u.id WHERE p.is_public ORDER BY u.username");
  assert.deepEqual(people.map((one) => one.username), ["aylin-demir", "mara-lindqvist", "ngozi-okafor"]);
  for (const { username } of people) {
    const page = await server.browser().get(`/profile/${username}`);
    assert.equal(page.status, 200);
    assert.match(page.text, /Verified (once|twice|\d+ times)/, username);
  }
  assert.equal((await server.browser().get("/profile/tomasz-nowak")).status, 404);
  const strange = await server.rows(`SELECT v.id FROM skill_verifications v JOIN interview_turns t ON t.user_id = v.user_id AND t.interview_id = v.interview_id AND t.turn_index = v.turn_index
    WHERE t.role <> 'user' OR replace(t.content_text, v.snippet, '') = t.content_text`);
  assert.deepEqual(strange, []);
  const kubernetes = await server.rows("SELECT is_verified FROM user_skills us JOIN users u ON u.id = us.user_id WHERE us.skill_id = 'kubernetes' AND u.username = 'mara-lindqvist'");
  assert.deepEqual(kubernetes, [{ is_verified: 0 }]);
});

test("nothing is left over for later, and nothing lies in the future", async () => {
  const [left] = await server.rows("SELECT (SELECT COUNT(*) FROM jobs WHERE status = 'dead') AS dead, (SELECT COUNT(*) FROM skill_verifications) AS proofs, (SELECT COUNT(*) FROM roadmaps WHERE status = 'active') AS roadmaps");
  assert.equal(left.dead, 0);
  assert.ok(left.proofs >= 12, `${left.proofs} proofs`);
  assert.equal(left.roadmaps, 6);
  const [{ latest }] = await server.rows("SELECT MAX(verified_at) AS latest FROM skill_verifications");
  assert.ok(latest < Date.now() * 1000);
});

test("a second run changes nothing but the password", async () => {
  const counts = "SELECT (SELECT COUNT(*) FROM users) AS users, (SELECT COUNT(*) FROM skill_verifications) AS proofs, (SELECT COUNT(*) FROM job_listings) AS listings";
  const held = await server.rows(counts), again = await server.command("demo");
  assert.equal(again.code, 0, again.err);
  assert.deepEqual(await server.rows(counts), held);
  assert.notEqual(password(again.out), password(first.out));
  assert.equal((await server.browser().post("/sign-in", { email: MARA, password: password(first.out) })).status, 422);
  await server.signIn(MARA, password(again.out));
});

test("a store with people in it is left alone", async () => {
  const other = await startServer();
  try {
    await other.signUp("Ada");
    const refused = await other.command("demo");
    assert.equal(refused.code, 1);
    assert.match(refused.err, /has 1 accounts; the demonstration needs an empty one/);
    assert.deepEqual(await other.rows("SELECT COUNT(*) AS n FROM users"), [{ n: 1 }]);
  } finally {
    await other.stop();
  }
});
