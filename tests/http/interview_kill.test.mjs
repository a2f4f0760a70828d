// The server is killed (SIGKILL) in the middle of interviews, at random moments: what it acknowledged is there, nothing is there twice,
// and an interview completes once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { chat, claim, GOOD, prepare, uuid } from "./interviews.mjs";
import { startServer } from "./server.mjs";
import { openSocket } from "./socket.mjs";

const ROUNDS = 17;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Talks until the connection is lost or the interview ends; unacknowledged answers are sent first. Fills `acknowledged`. */
async function talk(person, talkState) {
  const socket = await openSocket(person, chat(talkState.id)).catch(() => null);
  if (!socket) return false;
  for (;;) {
    const message = await socket.next().catch(() => null);
    if (!message) return false;
    if (message.type === "user_message") {
      talkState.acknowledged.add(message.message_id);
      if (talkState.open === message.message_id) talkState.open = null;
    }
    if (message.progress?.ended) return true;
    if (message.type === "chat_metadata" && talkState.open) socket.send({ type: "user_input", text: GOOD, message_id: talkState.open }); // perhaps it was heard
    if (message.type === "assistant_end" && !talkState.open) {
      talkState.open = uuid();
      talkState.sent.push(talkState.open);
      socket.send({ type: "user_input", text: GOOD, message_id: talkState.open });
    }
  }
}

async function check(server, talkState) {
  const turns = await server.rows(`SELECT turn_index, role, message_id FROM interview_turns WHERE interview_id = '${talkState.id}' ORDER BY turn_index`);
  assert.deepEqual(turns.map((turn) => turn.turn_index), turns.map((_, i) => i), "turns are numbered without gap");
  const stored = turns.filter((turn) => turn.role === "user").map((turn) => turn.message_id);
  assert.equal(new Set(stored).size, stored.length, "no answer is stored twice");
  assert.deepEqual(stored, talkState.sent.slice(0, stored.length), "answers are stored in their order");
  for (const id of talkState.acknowledged) assert.ok(stored.includes(id), `acknowledged answer ${id} is there`);
  const [{ status }] = await server.rows(`SELECT status FROM interviews WHERE id = '${talkState.id}'`);
  const events = await server.rows(`SELECT id FROM agent_events WHERE event_type = 'INTERVIEW_COMPLETED' AND CAST(payload AS TEXT) LIKE '%${talkState.id}%'`);
  const jobs = await server.rows(`SELECT id FROM jobs WHERE kind = 'interview.analyze' AND CAST(payload AS TEXT) LIKE '%${talkState.id}%'`);
  assert.equal(events.length, status === "completed" ? 1 : 0, `events of a ${status} interview`);
  assert.equal(jobs.length, events.length);
  return status;
}

test(`${ROUNDS} kills during interviews lose nothing and double nothing`, async (t) => {
  const server = await startServer({ args: ["--no-worker"] });
  try {
    const ada = await server.signUp("Ada");
    const skills = ["docker", "postgresql", "git", "kubernetes", "python"];
    await claim(server, ada, skills.map((skill) => [skill, "proficient"]));
    let talkState = null, completed = 0, answers = 0, cutOff = 0;
    for (let round = 0; round < ROUNDS; round++) {
      talkState ??= { id: await prepare(ada, { skills, length: "normal" }), sent: [], acknowledged: new Set(), open: null };
      const talking = talk(ada, talkState);
      await Promise.race([pause(5 + Math.random() * 90), talking]);
      const finishing = round % 4 === 3 ? ada.post(`/interviews/${talkState.id}/finish`).catch(() => null) : null; // is cut off in its middle
      if (finishing) await pause(Math.random() * 6);
      await server.kill();
      await Promise.all([talking, finishing]);
      await server.start();
      ada.url = server.url;
      if (await check(server, talkState) !== "completed") cutOff++;
      else {
        completed++;
        answers += talkState.sent.length;
        talkState = null;
      }
    }
    while (talkState && !await talk(ada, talkState)) await pause(50);
    if (talkState) { assert.equal(await check(server, talkState), "completed"); completed++; answers += talkState.sent.length; }
    t.diagnostic(`${cutOff} of ${ROUNDS} kills in an open interview; ${completed} interviews completed with ${answers} answers`);
    assert.ok(completed >= 1 && cutOff >= 1);
  } finally {
    await server.stop();
  }
});
