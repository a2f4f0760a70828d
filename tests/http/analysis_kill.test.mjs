// The server is killed (SIGKILL) while interviews are read, at random moments: every analysis happens in the end, and no proof is
// stored twice.
import assert from "node:assert/strict";
import { test } from "node:test";
import { begin, claim, prepare, uuid } from "./interviews.mjs";
import { startServer } from "./server.mjs";

const ROUNDS = Number(process.env.KILLS ?? 17);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const SAID = [
  "I split our Docker image into a builder stage that compiles the wheels and a slim final stage that only copies them in, because pulling 1.4 gigabytes took four minutes. It ended at 180 megabytes and runs as a non-root user.",
  "Our PostgreSQL report took forty seconds, so I ran EXPLAIN ANALYZE, saw a sequential scan over nine million rows and added a partial index on the unsettled ones. After that it took 300 milliseconds.",
  "Once a container was killed again and again with exit code 137. I looked at docker inspect, saw OOMKilled and set the memory limit and the heap flag, because the runtime took its heap from the host's memory.",
  "I lowered autovacuum_vacuum_scale_factor for one PostgreSQL table, because every update left a dead tuple behind and the table grew from 12 to 40 gigabytes without new rows.",
];

async function talkAndFinish(person) {
  const id = await prepare(person, { skills: ["docker", "postgresql"], length: "short" });
  await begin(person, id);
  for (const text of SAID) await person.post(`/interviews/${id}/say`, { text, message_id: uuid() });
  return id;
}

async function settled(server) {
  for (let tries = 0; tries < 800; tries++) {
    const [{ open }] = await server.rows("SELECT COUNT(*) AS open FROM jobs WHERE finished_at IS NULL");
    if (!open) return;
    await pause(100); // on a shared store a job waits for the end of its lease, 30 seconds
  }
  assert.fail("jobs are still open after 80 seconds");
}

test(`${ROUNDS} kills while interviews are read lose no job and double no proof`, { timeout: 150000 + ROUNDS * 5000 }, async (t) => {
  const server = await startServer();
  try {
    const ada = await server.signUp("Ada");
    await claim(server, ada, [["docker", "expert"], ["postgresql", "proficient"]]);
    const finished = [];
    let interrupted = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const id = await talkAndFinish(ada);
      const answer = ada.post(`/interviews/${id}/finish`).then((it) => it.status === 303, () => false);
      await pause(Math.random() * 60);
      await server.kill();
      const acknowledged = await answer;
      const [{ status }] = await server.rows(`SELECT status FROM interviews WHERE id = '${id}'`);
      if (acknowledged) assert.notEqual(status, "in_progress", "an acknowledged finish is kept");
      if (status === "completed") interrupted++;
      if (status !== "in_progress") finished.push(id);
      await server.start();
      ada.url = server.url;
    }
    await settled(server);
    const dead = await server.rows("SELECT kind, last_error FROM jobs WHERE status = 'dead'");
    assert.deepEqual(dead, [], "no job ended as a dead letter");
    for (const id of finished) {
      const jobs = await server.rows(`SELECT status FROM jobs WHERE kind = 'interview.analyze' AND CAST(payload AS TEXT) LIKE '%${id}%'`);
      assert.deepEqual(jobs, [{ status: "completed" }], `one analysis of ${id}`);
      const [{ status }] = await server.rows(`SELECT status FROM interviews WHERE id = '${id}'`);
      assert.equal(status, "analyzed");
    }
    const doubles = await server.rows("SELECT interview_id, user_skill_id, snippet, COUNT(*) AS n FROM skill_verifications GROUP BY 1, 2, 3 HAVING COUNT(*) > 1");
    assert.deepEqual(doubles, [], "no proof is stored twice");
    const proofs = await server.rows("SELECT v.snippet, t.content_text, t.role FROM skill_verifications v JOIN interview_turns t ON t.user_id = v.user_id AND t.interview_id = v.interview_id AND t.turn_index = v.turn_index");
    assert.ok(proofs.length > 0, "there are proofs");
    for (const proof of proofs) assert.ok(proof.role === "user" && proof.content_text.includes(proof.snippet), "a proof is verbatim in a turn of the person");
    const counted = await server.rows("SELECT s.skill_id, s.verification_metadata AS metadata, (SELECT COUNT(*) FROM skill_verifications v WHERE v.user_id = s.user_id AND v.user_skill_id = s.id) AS n FROM user_skills s WHERE s.is_verified");
    for (const skill of counted) assert.equal(JSON.parse(skill.metadata).verification_count, skill.n, `${skill.skill_id} counts its proofs`);
    t.diagnostic(`${interrupted} of ${ROUNDS} kills between finish and the end of the analysis; ${proofs.length} proofs in ${finished.length} interviews`);
  } finally {
    await server.stop();
  }
});
