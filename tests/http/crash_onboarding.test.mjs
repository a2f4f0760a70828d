// kill -9 while people type: whatever was answered with 200 is there after the restart, and nothing is half-written.
import assert from "node:assert/strict";
import { test } from "node:test";
import { startServer } from "./server.mjs";

const ROUNDS = 17;
const PEOPLE = 3;

/** Saves one number after the other until the server is gone. Returns the numbers sent and acknowledged last. */
async function type(person, state) {
  for (;;) {
    const n = state.sent + 1;
    state.sent = n;
    const isGoal = n % 2 === 0;
    const answer = isGoal
      ? await person.post("/onboarding/1/save", { target_roles: `Role ${n}\nRole ${n} senior`, preferred_locations: `City ${n}` })
      : await person.post("/onboarding/4/save", { draft: "typing", title: `Title ${n}`, company: `Company ${n}`, description: `Text ${n} `.repeat(200) });
    if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.text}`);
    state[isGoal ? "goal" : "work"] = n;
  }
}

/** The number that is stored, after checking that everything saved with it has the same one. */
async function stored(person) {
  const profile = (await person.get("/api/users/profile")).json();
  const goal = Number(/^Role (\d+)$/.exec(profile.target_roles[0] ?? "Role 0")[1]);
  if (goal) {
    assert.deepEqual(profile.target_roles, [`Role ${goal}`, `Role ${goal} senior`]);
    assert.deepEqual(profile.preferred_locations, [`City ${goal}`]);
  }
  const rows = (await person.get("/settings/export")).json().work_history;
  assert.ok(rows.length <= 1, "one draft is one row");
  const work = rows.length ? Number(/^Title (\d+)$/.exec(rows[0].title)[1]) : 0;
  if (work) {
    assert.equal(rows[0].company, `Company ${work}`);
    assert.equal(rows[0].description, `Text ${work} `.repeat(200).trim());
  }
  return { goal, work };
}

test(`nothing acknowledged is lost over ${ROUNDS} kills`, async (t) => {
  const server = await startServer();
  try {
    const people = await Promise.all(Array.from({ length: PEOPLE }, (_, i) => server.signUp(`Person${i}`)));
    const states = people.map(() => ({ sent: 0, goal: 0, work: 0 }));
    let acknowledged = 0, inFlight = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const before = states.reduce((sum, state) => sum + state.sent, 0);
      const typing = people.map((person, i) => type(person, states[i]).then(() => null, (error) => error));
      await new Promise((done) => { setTimeout(done, 20 + Math.random() * 250); });
      await server.kill();
      for (const error of await Promise.all(typing)) assert.match(String(error?.cause?.code ?? error?.cause ?? error), /ECONN|EPIPE|SocketError|other side closed|UND_ERR/i);
      await server.start();
      for (const [i, person] of people.entries()) {
        person.url = server.url;
        const now = await stored(person), state = states[i];
        for (const part of ["goal", "work"]) {
          assert.ok(now[part] >= state[part], `round ${round}: ${part} ${state[part]} was acknowledged, ${now[part]} is stored`);
          assert.ok(now[part] <= state.sent);
          inFlight += now[part] > state[part] ? 1 : 0;
          state[part] = now[part];
        }
      }
      acknowledged += states.reduce((sum, state) => sum + state.sent, 0) - before;
    }
    assert.ok(acknowledged > ROUNDS * PEOPLE, "people typed in every round");
    t.diagnostic(`${acknowledged} saves sent; ${inFlight} were stored though their answer was lost`);
  } finally {
    await server.stop();
  }
});
