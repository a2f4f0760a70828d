// Interviews: what was said is stored once, belongs to one person, and survives a restart in the middle.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { begin, chat, claim, GOOD, prepare, uuid, write } from "./interviews.mjs";
import { startServer } from "./server.mjs";
import { openSocket } from "./socket.mjs";

let server, ada;
before(async () => {
  server = await startServer({ args: ["--no-worker"] }); // the reading is not what is tested here
  ada = await server.signUp("Ada");
  await claim(server, ada, [["docker", "proficient"], ["postgresql", "beginner"], ["ansible", "intermediate"], ["git", "expert", true]]);
});
after(async () => { await server.stop(); });

const question = (page) => /data-interview-question[^>]*>([^<]*)</.exec(page.text)?.[1];
const turns = (id) => server.rows(`SELECT turn_index, role, content_text, skill_id, message_id FROM interview_turns WHERE interview_id = '${id}' ORDER BY turn_index`);
const status = async (id) => (await server.rows(`SELECT status FROM interviews WHERE id = '${id}'`))[0].status;
const completions = async (id) => (await server.rows(`SELECT payload FROM agent_events WHERE event_type = 'INTERVIEW_COMPLETED' AND CAST(payload AS TEXT) LIKE '%${id}%'`)).length;
const answered = (socket) => socket.until((one) => one.type === "assistant_end" || one.type === "error");

test("strangers are refused everywhere", async () => {
  const stranger = server.browser(), id = await prepare(ada);
  for (const path of ["/interviews", "/interviews/new", `/interviews/${id}`, `/interviews/${id}/finish`, `/interviews/${id}/progress`]) {
    const page = await stranger.get(path);
    assert.ok(page.status === 401 || (page.status === 303 && page.location.startsWith("/sign-in")), `${path}: ${page.status}`);
  }
  for (const action of ["start", "say", "finish", "abandon", "delete"]) {
    const answer = await stranger.post(`/interviews/${id}/${action}`, { text: "hello" });
    assert.ok(answer.status === 401 || (answer.status === 303 && answer.location.startsWith("/sign-in")), `${action}: ${answer.status}`);
  }
  assert.equal((await stranger.send("POST", "/api/interviews/session", {})).status, 401);
  assert.equal((await stranger.send("POST", "/api/interviews/complete", { interview_id: id })).status, 401);
  await assert.rejects(openSocket(stranger, chat(id)), (error) => error.status === 401 || error.status === 303);
  assert.equal(await status(id), "scheduled");
});

test("another person's interview is not there", async () => {
  const eve = await server.signUp("Eve"), id = await prepare(ada);
  await begin(ada, id);
  for (const path of ["", "/finish", "/abandon", "/delete", "/progress"]) assert.equal((await eve.get(`/interviews/${id}${path}`)).status, 404, path);
  for (const action of ["start", "say", "finish", "abandon", "delete"])
    assert.equal((await eve.post(`/interviews/${id}/${action}`, { text: "I am Eve and I speak here." })).status, 404, action);
  assert.equal((await eve.send("POST", "/api/interviews/complete", { interview_id: id })).status, 404);
  await assert.rejects(openSocket(eve, chat(id)), (error) => error.status === 404);
  await assert.rejects(openSocket(ada, chat(uuid())), (error) => error.status === 404);
  assert.equal((await turns(id)).length, 2);
  assert.equal(await status(id), "in_progress");
});

test("a socket from another site is refused", async () => {
  const id = await prepare(ada);
  await assert.rejects(openSocket(ada, chat(id), { Origin: "https://evil.example" }), (error) => error.status === 403);
});

test("the list begins empty and shows each state", async () => {
  const bo = await server.signUp("Bo");
  assert.match((await bo.get("/interviews")).text, /No interviews yet/);
  assert.match((await bo.get("/interviews/new")).text, /Claim a skill first/);
  await claim(server, bo, [["docker", "expert"], ["postgresql", "expert"]]);
  const id = await prepare(bo);
  assert.match((await bo.get("/interviews")).text, /Not started/);
  await begin(bo, id);
  assert.match((await bo.get("/interviews")).text, /In progress/);
  await bo.post(`/interviews/${id}/abandon`);
  assert.match((await bo.get("/interviews")).text, /Left/);
  assert.equal((await bo.get("/interviews?page=2")).status, 404);
  assert.equal((await bo.get("/interviews?page=0")).status, 422);
});

test("choosing: unverified claims first, mistakes are shown and nothing is stored", async () => {
  const page = await ada.get("/interviews/new");
  assert.ok(page.text.indexOf('value="docker"') < page.text.indexOf('value="git"'));
  const asked = await ada.get("/interviews/new?skill=git"); // as the roadmap links to it
  assert.ok(asked.text.indexOf('value="git" checked') > 0 && asked.text.indexOf('value="git"') < asked.text.indexOf('value="docker"'));
  assert.ok(!asked.text.includes('value="docker" checked'));
  assert.match((await ada.get("/interviews/new?skill=rust")).text, /not among your claims/);
  assert.equal((await ada.get("/interviews/new?skill=..%2F")).status, 422);
  const before = (await server.rows("SELECT COUNT(*) AS n FROM interviews"))[0].n;
  for (const fields of [{ skills: [], role: "Nurse" }, { skills: ["docker"], role: "" }, { skills: ["rust"], role: "Nurse" }, { skills: ["docker"], role: "Nurse", length: "for ever" },
    { skills: Array.from({ length: 9 }, (_, i) => `skill-${i}`), role: "Nurse" }, { skills: ["docker"], role: "x".repeat(121) }]) {
    const answer = await ada.post("/interviews", { length: "short", ...fields });
    assert.equal(answer.status, 422, JSON.stringify(fields));
    assert.match(answer.text, /field-error[^>]*>[^<]/);
  }
  assert.equal((await server.rows("SELECT COUNT(*) AS n FROM interviews"))[0].n, before);
});

test("the whole way without scripts", async () => {
  const id = await prepare(ada, { skills: ["docker"] });
  const first = await ada.get(`/interviews/${id}`);
  assert.match(first.text, /Docker/);
  assert.equal((await ada.post(`/interviews/${id}/say`, { text: GOOD })).status, 409); // not begun
  await begin(ada, id);
  let page = await ada.get(`/interviews/${id}`);
  const opening = question(page);
  assert.ok(opening.length > 10);
  for (const text of ["", "   ", "x".repeat(4001)]) {
    const refused = await ada.post(`/interviews/${id}/say`, { text });
    assert.equal(refused.status, 422);
    assert.equal(question(refused), opening);
  }
  assert.equal((await ada.post(`/interviews/${id}/say`, { text: GOOD, message_id: "no id" })).status, 422);
  assert.equal((await turns(id)).length, 2);
  for (let n = 0; n < 20 && await status(id) === "in_progress"; n++) {
    assert.equal((await ada.post(`/interviews/${id}/say`, { text: `${GOOD} Number ${n} <b>&"'`, message_id: uuid() })).location, `/interviews/${id}`);
    page = await ada.get(`/interviews/${id}`);
    assert.ok(!page.text.includes("<b>"));
  }
  assert.equal(await status(id), "completed");
  assert.match(page.text, /being read/);
  assert.match((await ada.get(`/interviews/${id}/progress`)).text, /being read/);
  assert.equal(await completions(id), 1);
  assert.equal((await ada.post(`/interviews/${id}/say`, { text: GOOD })).status, 409);
  const stored = await turns(id);
  assert.deepEqual(stored.map((turn) => turn.turn_index), stored.map((_, i) => i));
  assert.ok(stored.filter((turn) => turn.role === "assistant" && turn.skill_id === "docker").length >= 3);
});

test("a form that is sent twice counts once", async () => {
  const id = await prepare(ada), message_id = uuid();
  await begin(ada, id);
  await Promise.all([1, 2, 3].map(() => ada.post(`/interviews/${id}/say`, { text: GOOD, message_id })));
  assert.equal((await turns(id)).filter((turn) => turn.role === "user").length, 1);
});

test("the socket speaks EVI: metadata, the words so far, the echo, the question", async () => {
  const id = await prepare(ada, { skills: ["docker"] });
  const socket = await openSocket(ada, chat(id)); // begins by itself
  const hello = await answered(socket);
  assert.equal(hello[0].type, "chat_metadata");
  assert.equal(hello[0].chat_id, id);
  assert.deepEqual(hello.slice(1).map((one) => one.type), ["assistant_message", "assistant_message", "assistant_end"]);
  assert.deepEqual(hello[2].progress, { topics_done: 0, topics_total: 1, skill: "", ended: false, seconds: 0 });
  socket.send({ type: "session_settings", audio: { encoding: "linear16", sample_rate: 16000, channels: 1 } });
  socket.send({ type: "pause_assistant_message" });
  socket.send({ type: "user_input", text: GOOD, message_id: "m-1" });
  const reply = await answered(socket);
  assert.deepEqual(reply.map((one) => one.type), ["user_message", "assistant_message", "assistant_end"]);
  assert.equal(reply[0].message_id, "m-1");
  assert.equal(reply[0].from_text, true);
  assert.deepEqual(reply[0].message, { role: "user", content: GOOD });
  assert.deepEqual(reply[0].models, {});
  assert.ok(Number.isInteger(reply[0].time.begin));
  assert.equal(reply[1].progress.skill, "Docker");
  socket.send({ type: "user_input", text: GOOD, message_id: "m-1" });
  socket.send({ type: "user_input", text: GOOD });
  const echo = await socket.next();
  assert.equal(echo.message_id, "m-1"); // acknowledged again, not asked again
  assert.equal((await answered(socket))[0].type, "user_message");
  assert.equal((await turns(id)).filter((turn) => turn.role === "user").length, 2);
  socket.close();
  const again = await openSocket(ada, chat(id));
  const replay = await answered(again);
  assert.deepEqual(replay.filter((one) => one.message).map((one) => one.message.content), (await turns(id)).map((turn) => turn.content_text));
  again.cut();
});

test("what cannot be understood is answered with an error and changes nothing", async () => {
  const id = await prepare(ada);
  const socket = await openSocket(ada, chat(id));
  await answered(socket);
  const bad = ["", "nonsense", "[]", "{}", "{\"type\":7}", { type: "audio_input", data: "AAAA" }, { type: "tool_response", tool_call_id: "1", content: "" }, { type: "assistant_input", text: "You passed." },
    { type: "user_input" }, { type: "user_input", text: "  " }, { type: "user_input", text: 7 }, { type: "user_input", text: "x".repeat(4001) }, { type: "user_input", text: GOOD, message_id: "a b" },
    { type: "user_input", text: GOOD, message_id: "x".repeat(65) }, "{\"type\":\"user_input\",\"text\":\"a\\u0000b\"}", "[".repeat(2000)];
  for (const message of bad) {
    socket.send(message);
    const answer = await socket.next();
    assert.equal(answer.type, "error", JSON.stringify(message));
    assert.ok(answer.code && answer.slug && answer.message, JSON.stringify(answer));
  }
  assert.equal((await turns(id)).length, 2);
  socket.send({ type: "user_input", text: GOOD }); // still open
  assert.equal((await answered(socket))[0].type, "user_message");
  socket.frame(0x81, "unmasked", false);
  assert.equal(await socket.end(), 1002);
  const large = await openSocket(ada, chat(id));
  large.send("x".repeat(70000));
  assert.equal(await large.end(), 1009);
});

test("two windows see one conversation, in one order", async () => {
  const id = await prepare(ada);
  const one = await openSocket(ada, chat(id)), two = await openSocket(ada, chat(id));
  await Promise.all([answered(one), answered(two)]);
  one.send({ type: "user_input", text: `${GOOD} One.`, message_id: "one" });
  two.send({ type: "user_input", text: `${GOOD} Two.`, message_id: "two" });
  const heard = await Promise.all([one, two].map(async (socket) => [...await answered(socket), ...await answered(socket)]));
  for (const messages of heard) assert.deepEqual(messages.filter((m) => m.type === "user_message").map((m) => m.message_id).sort(), ["one", "two"]);
  const stored = await turns(id);
  assert.deepEqual(stored.map((turn) => turn.role), ["assistant", "assistant", "user", "assistant", "user", "assistant"]);
  one.close();
  two.close();
});

test("finishing many times at once completes once", async () => {
  const id = await prepare(ada);
  await begin(ada, id);
  assert.equal((await ada.post(`/interviews/${id}/finish`)).status, 409); // nothing to read yet
  await ada.post(`/interviews/${id}/say`, { text: GOOD });
  const answers = await Promise.all([...Array(4)].flatMap(() => [ada.post(`/interviews/${id}/finish`), ada.send("POST", "/api/interviews/complete", { interview_id: id })]));
  assert.deepEqual([...new Set(answers.map((one) => one.status))].sort(), [200, 303]);
  assert.equal(await completions(id), 1);
  assert.equal((await server.rows(`SELECT COUNT(*) AS n FROM jobs WHERE kind = 'interview.analyze' AND CAST(payload AS TEXT) LIKE '%${id}%'`))[0].n, 1);
  const socket = await openSocket(ada, chat(id));
  const replay = await socket.until(() => false);
  assert.equal(replay.at(-2).progress.ended, true);
  assert.equal(socket.closed, 1000);
});

test("a second interview asks other questions, and speaks to the person by name", async () => {
  const asked = [];
  for (let n = 0; n < 2; n++) {
    const id = await prepare(ada, { skills: ["postgresql"] });
    await begin(ada, id);
    for (let i = 0; i < 9 && await status(id) === "in_progress"; i++) await ada.post(`/interviews/${id}/say`, { text: GOOD });
    const [{ plan }] = await server.rows(`SELECT plan FROM interviews WHERE id = '${id}'`);
    const said = (await turns(id)).filter((turn) => turn.role === "assistant");
    asked.push(JSON.parse(plan).topics[0].questions.map((one) => one.text));
    for (const text of asked[n]) assert.equal(said.filter((turn) => turn.content_text.includes(text)).length, 1, text);
    assert.match(said[0].content_text, /Ada/);
  }
  assert.ok(asked[0].every((text) => !asked[1].includes(text)));
});

test("who leaves may come back, and the conversation goes on where it stood", async () => {
  const id = await prepare(ada);
  await begin(ada, id);
  await ada.post(`/interviews/${id}/say`, { text: GOOD });
  const before = question(await ada.get(`/interviews/${id}`));
  assert.equal((await ada.post(`/interviews/${id}/abandon`)).location, "/interviews");
  assert.equal((await ada.post(`/interviews/${id}/say`, { text: GOOD })).status, 409);
  assert.equal((await ada.post(`/interviews/${id}/finish`)).status, 409);
  await assert.rejects(openSocket(ada, chat(id)), (error) => error.status === 409);
  assert.match((await ada.get(`/interviews/${id}`)).text, /Continue this interview/);
  await begin(ada, id);
  assert.equal(question(await ada.get(`/interviews/${id}`)), before);
  assert.equal(await completions(id), 0);
});

test("the API opens and completes a session", async () => {
  const made = await ada.send("POST", "/api/interviews/session", { role_title: "Data Analyst", skills: ["Postgres", "docker"] });
  assert.equal(made.status, 201);
  const session = made.json();
  assert.deepEqual(session.skills, ["PostgreSQL", "Docker"]);
  assert.equal(new URL(session.websocket_url).pathname, "/v0/evi/chat");
  const url = new URL(session.websocket_url);
  const socket = await openSocket(ada, url.pathname + url.search);
  await answered(socket);
  socket.send({ type: "user_input", text: GOOD });
  await answered(socket);
  const done = await ada.send("POST", "/api/interviews/complete", { interview_id: session.interview_id });
  assert.deepEqual(done.json(), { success: true, interview_id: session.interview_id, status: "completed" });
  socket.cut();
  for (const body of [{ skills: ["Falconry"], role_title: "x y" }, { skills: "docker" , role_title: "x y" }, { role_title: 7 }, {}, "[]", "{"]) {
    const answer = await ada.send("POST", "/api/interviews/session", body);
    assert.ok(answer.status >= 400 && answer.status < 500, `${JSON.stringify(body)}: ${answer.status}`);
    assert.match(answer.headers.get("content-type"), /problem\+json/);
  }
  assert.equal((await ada.send("POST", "/api/interviews/complete", { interview_id: "7" })).status, 422);
});

test("a restart in the middle changes nothing", async () => {
  const id = await prepare(ada);
  const socket = await openSocket(ada, chat(id));
  await answered(socket);
  socket.send({ type: "user_input", text: GOOD, message_id: "before" });
  const asked = (await answered(socket))[1].message.content;
  await server.halt();
  await server.start();
  ada.url = server.url;
  const again = await openSocket(ada, chat(id));
  const replay = await answered(again);
  assert.equal(replay.at(-2).message.content, asked);
  again.send({ type: "user_input", text: GOOD, message_id: "before" }); // not heard by the client before the stop
  assert.equal((await again.next()).message_id, "before");
  again.send({ type: "user_input", text: GOOD, message_id: "after" });
  assert.equal((await answered(again))[0].message_id, "after");
  assert.deepEqual((await turns(id)).filter((turn) => turn.role === "user").map((turn) => turn.message_id), ["before", "after"]);
  again.close();
});

test("proofs stand first, the quotes are marked, and deleting takes them back", async () => {
  const id = await prepare(ada, { skills: ["docker"] }), other = await prepare(ada, { skills: ["docker"] });
  for (const one of [id, other]) {
    await begin(ada, one);
    await ada.post(`/interviews/${one}/say`, { text: GOOD });
    await ada.post(`/interviews/${one}/finish`);
  }
  assert.equal((await ada.post(`/interviews/${id}/delete`)).status, 409); // it is being read
  const start = GOOD.indexOf("pulling"), end = GOOD.indexOf(";");
  const [{ user_id, skill }] = await server.rows(`SELECT i.user_id, (SELECT id FROM user_skills s WHERE s.user_id = i.user_id AND s.skill_id = 'docker') AS skill FROM interviews i WHERE id = '${id}'`);
  const outcome = JSON.stringify({ proofs: [], gaps: [{ skill_id: "git", skill: "Git", reason: "Tell how you solved a merge conflict." }], quality: { note: "" } });
  for (const [one, at] of [[id, 2000000], [other, 1000000]]) {
    await write(server, `INSERT INTO skill_verifications VALUES ('${uuid()}', '${user_id}', '${skill}', '${one}', 'project_demo', 0.85, '${GOOD.slice(start, end)}', 2, ${start}, ${end}, 'Tells of a smaller image.', '{}', ${at});`);
    await write(server, `UPDATE interviews SET status = 'analyzed', outcome = '${outcome}' WHERE id = '${one}';`);
  }
  await write(server, `UPDATE user_skills SET is_verified = TRUE, verification_metadata = '{}' WHERE id = '${skill}';`);
  const page = await ada.get(`/interviews/${id}`);
  assert.ok(page.text.includes(`<blockquote>${GOOD.slice(start, end)}</blockquote>`));
  assert.match(page.text, new RegExp(`<mark id="proof-[0-9a-f-]+">${GOOD.slice(start, end)}</mark>`));
  assert.match(page.text, /Tell how you solved a merge conflict/);
  assert.ok(page.text.indexOf("<blockquote>") < page.text.indexOf("merge conflict"));
  assert.equal((await ada.get(`/interviews/${id}/progress`)).headers.get("hx-refresh"), "true");
  assert.equal((await ada.post(`/interviews/${id}/delete`)).location, "/interviews");
  assert.equal((await ada.get(`/interviews/${id}`)).status, 404);
  const claimRow = async () => (await server.rows(`SELECT is_verified, verification_metadata FROM user_skills WHERE id = '${skill}'`))[0];
  const left = await claimRow();
  assert.equal(left.is_verified, 1); // the other interview proves it too
  assert.equal(JSON.parse(left.verification_metadata).latest_proof.interview_id, other);
  assert.equal(JSON.parse(left.verification_metadata).verification_count, 1);
  await ada.post(`/interviews/${other}/delete`);
  assert.deepEqual(await claimRow(), { is_verified: 0, verification_metadata: null });
  assert.equal((await server.rows(`SELECT COUNT(*) AS n FROM interview_turns WHERE interview_id IN ('${id}', '${other}')`))[0].n, 0);
});

test("a reading that was given up says so, and is tried again from the interview and from the activity page", async () => {
  const cy = await server.signUp("Cy");
  await claim(server, cy, [["docker", "expert"], ["postgresql", "beginner"]]);
  const id = await prepare(cy);
  await begin(cy, id);
  await cy.post(`/interviews/${id}/say`, { text: GOOD });
  await cy.post(`/interviews/${id}/finish`);
  assert.doesNotMatch((await cy.get(`/interviews/${id}`)).text, /could not be read/);
  for (const question of ["finish", "abandon"]) assert.equal((await cy.get(`/interviews/${id}/${question}`)).location, `/interviews/${id}`, "what is over is not asked about");
  const [job] = await server.rows(`SELECT j.id FROM jobs j JOIN interviews i ON i.completion_event_id = j.event_id WHERE i.id = '${id}'`);
  const bury = () => write(server, `UPDATE jobs SET status = 'dead', attempts = 5, last_error = 'as the test asked' WHERE id = '${job.id}';
    UPDATE agent_events SET status = 'failed' WHERE id = (SELECT event_id FROM jobs WHERE id = '${job.id}')`);
  const state = async () => (await server.rows(`SELECT j.status, j.attempts, e.status AS event FROM jobs j JOIN agent_events e ON e.id = j.event_id WHERE j.id = '${job.id}'`))[0];
  const waiting = { status: "blocked", attempts: 0, event: "processing" };

  await bury();
  assert.match((await cy.get(`/interviews/${id}`)).text, /could not be read/);
  const eve = await server.signUp("Eve");
  assert.equal((await eve.post(`/interviews/${id}/read-again`)).status, 404);
  assert.equal((await eve.post(`/activity/jobs/${job.id}/retry`)).status, 404);
  assert.equal((await state()).status, "dead");
  assert.equal((await cy.post(`/interviews/${id}/read-again`)).status, 303);
  assert.deepEqual(await state(), waiting);
  assert.equal((await cy.post(`/interviews/${id}/read-again`)).status, 303, "a second press changes nothing");

  await bury();
  assert.match((await cy.get("/activity")).text, new RegExp(`/activity/jobs/${job.id}/retry`));
  assert.equal((await cy.post(`/activity/jobs/${job.id}/retry`)).status, 303);
  assert.deepEqual(await state(), waiting);
  assert.equal((await cy.post(`/activity/jobs/${job.id}/retry`)).status, 404, "only what is given up is tried again");
});
