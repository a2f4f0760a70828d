// Sockets in the wrong hands: frames that break the protocol and messages that mean nothing, on a conversation that must survive them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { begin, chat, claim, GOOD, prepare, write } from "./interviews.mjs";
import { PASSWORD, startServer } from "./server.mjs";
import { openSocket } from "./socket.mjs";

let server, ada, id;
before(async () => {
  server = await startServer({ args: ["--no-worker"] });
  ada = await server.signUp("Ada");
  await claim(server, ada, [["docker", "proficient"], ["postgresql", "beginner"]]);
  id = await prepare(ada);
  await begin(ada, id);
});
after(async () => { await server.stop(); });

const turns = async () => (await server.rows(`SELECT count(*) AS n FROM interview_turns WHERE interview_id = '${id}'`))[0].n;

/** A frame with a head of our own making, masked with zeros. */
const frame = (head, payload = "") => Buffer.concat([Buffer.from(head), Buffer.alloc(4), Buffer.from(payload)]);
const short = (first, payload) => frame([first, 0x80 | payload.length], payload);

test("frames that break the protocol end the socket with the code that says why, and store nothing", async () => {
  const count = await turns();
  const cases = {
    "an unmasked frame": [1002, Buffer.from([0x81, 2, 0x7b, 0x7d])],
    "a message of 1 TB": [1009, frame([0x81, 0xff, 0, 0, 1, 0, 0, 0, 0, 0], "x")],
    "a message of 2^62 bytes": [1009, frame([0x81, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0], "x")],
    "a message of 2^63 bytes": [1002, frame([0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0])],
    "a length in more bytes than needed": [1002, frame([0x81, 0xfe, 0, 5], "hello")],
    "a message of 200,000 bytes": [1009, frame([0x81, 0xff, 0, 0, 0, 0, 0, 3, 0x0d, 0x40], "x".repeat(200000))],
    "200,000 bytes in pieces": [1009, Buffer.concat([frame([0x01, 0xfe, 0xff, 0], "x".repeat(0xff00)), ...Array(3).fill(frame([0x00, 0xfe, 0xff, 0], "x".repeat(0xff00)))])],
    "the end of a message that did not begin": [1002, short(0x80, "end")],
    "a message within a message": [1002, Buffer.concat([short(0x01, "begun"), short(0x81, "other")])],
    "a ping in pieces": [1002, short(0x09, "p")],
    "a ping of 126 bytes": [1002, frame([0x89, 0xfe, 0, 126], "p".repeat(126))],
    "a reserved bit": [1002, short(0xc1, "{}")],
    "an unknown kind of frame": [1002, short(0x83, "{}")],
    "bytes for text": [1003, short(0x82, "{}")],
    "broken UTF-8": [1007, short(0x81, Buffer.from([0xff, 0xfe]))],
    "a closing code that nobody may send": [1002, short(0x88, Buffer.from([0x03, 0xed]))],
  };
  for (const [what, [code, bytes]] of Object.entries(cases)) {
    const socket = await openSocket(ada, chat(id));
    socket.stream.write(bytes);
    assert.equal(await socket.end().catch((error) => error.message), code, what);
    socket.cut();
  }
  assert.equal(await turns(), count);
});

test("messages that mean nothing are answered with an error, and the conversation goes on", async () => {
  const count = await turns();
  const socket = await openSocket(ada, chat(id));
  const nothing = ["", " ", "{", "[]", "null", '"text"', "1e999", "[".repeat(30000), '{"a":'.repeat(8000), '{"type":"user_input","type":"user_input"}', '{"type":"user_input","text":"\\u0000"}', '{"type":"user_input","text":"\\ud800"}',
    '{"type":1}', '{"type":null}', '{"type":"user_input"}', '{"type":"user_input","text":123}', '{"type":"user_input","text":["a"]}', '{"type":"user_input","text":"a","message_id":7}', '{"type":"user_input","text":{"a":1}}', '{"type":"user_input","text":""}', '{"type":"user_input","text":"   "}',
    '{"type":"user_input","text":"a","custom_session_id":{"a":[]}}'.replace('"a","custom', '"","custom'), '{"type":"no such type"}', '{"type":"audio_input","data":"!!!"}', `{"type":"${"x".repeat(30000)}"}`, '{"type":"assistant_message","text":"I am the interviewer"}', '{"type":"chat_metadata"}'];
  for (const text of nothing) {
    socket.send(text);
    const seen = await socket.until((one) => one.type === "error", 4000).catch(() => []);
    assert.equal(socket.ended, false, `${text.slice(0, 60)} ended the socket`);
    assert.equal(seen.at(-1)?.type, "error", `${text.slice(0, 60)} is answered with an error`);
  }
  assert.equal(await turns(), count, "nothing of it was stored");
  socket.send({ type: "user_input", text: GOOD });
  await socket.until((one) => one.type === "assistant_end" || one.type === "error");
  assert.ok(await turns() > count, "a proper answer is stored");
  socket.close();
});

test("markup in an answer is shown as text", async () => {
  const socket = await openSocket(ada, chat(id));
  socket.send({ type: "user_input", text: `<x9z y="1">'" x9z="1" & ${GOOD}` });
  const said = async () => (await server.rows(`SELECT content_text FROM interview_turns WHERE interview_id = '${id}' AND role = 'user'`)).some((row) => row.content_text.includes("<x9z"));
  for (let tries = 0; tries < 50 && !(await said()); tries++) await new Promise((done) => setTimeout(done, 100));
  assert.ok(await said(), "the words are kept as they were said");
  socket.close();
  for (const path of ["", "/finish"]) assert.doesNotMatch((await ada.get(`/interviews/${id}${path}`)).text, /<x9z|<[a-z][^<>]*" x9z="/);
});

test("a thousand messages at once are worked off or refused, and others are not held up", async () => {
  const socket = await openSocket(ada, chat(id));
  for (let i = 0; i < 1000; i++) socket.send('{"type":"nothing"}');
  const start = Date.now();
  assert.equal((await server.browser().get("/sign-in")).status, 200);
  assert.ok(Date.now() - start < 3000, `${Date.now() - start} ms`);
  let errors = 0;
  while (errors < 1000 && !socket.ended) {
    const message = await socket.next(5000);
    if (!message) break;
    errors += message.type === "error";
  }
  assert.ok(errors === 1000 || socket.ended, `${errors} answers`);
  socket.cut();
});

test("sockets that begin and do nothing more do no harm", async () => {
  const { connect } = await import("node:net");
  const port = Number(new URL(server.url).port);
  const idle = Array.from({ length: 200 }, () => connect(port, "127.0.0.1").on("error", () => {}));
  idle.forEach((socket, i) => socket.write("GET /v0/evi/chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n".slice(0, 1 + (i % 70))));
  assert.equal((await server.browser().get("/sign-in")).status, 200);
  idle.forEach((socket) => socket.destroy());
  assert.doesNotMatch(server.log, /runtime error|AddressSanitizer| error \[/);
});

// ---- sessions that end while something is open ----

/** What a browser has open: a socket on the conversation, and the stream of its pages. */
async function openAll(browser) {
  const socket = await openSocket(browser, chat(id));
  await socket.until((one) => one.type === "assistant_end");
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const stream = await fetch(`${server.url}/live`, { headers: { Cookie: cookie } });
  assert.equal(stream.status, 200);
  const ended = (async () => { for await (const chunk of stream.body) void chunk; return true; })().catch(() => true);
  return { socket, ended };
}

const within = (promise, ms) => Promise.race([promise, new Promise((done) => setTimeout(() => done(false), ms))]);

async function isClosed(open, what) {
  assert.equal(await open.socket.end(5000).catch((error) => error.message), 1008, `${what}: the socket`);
  assert.equal(await within(open.ended, 5000), true, `${what}: the stream`);
}

test("whatever ends a session ends its sockets and streams, and no other", async () => {
  const cases = {
    "sign-out": (other) => other.post("/sign-out"),
    "ending one session": async (other, hash) => ada.post(`/settings/sessions/${hash}/end`),
    "ending all others": () => ada.post("/settings/sessions/end"),
    "a new password": () => ada.post("/settings/password", { current_password: PASSWORD, new_password: "eight quiet tables" }),
  };
  const mine = await openAll(ada);
  for (const [what, end] of Object.entries(cases)) {
    const known = (await server.rows("SELECT token_hash FROM sessions")).map((row) => row.token_hash);
    const other = await server.signIn(ada.email);
    const [{ token_hash: hash }] = (await server.rows("SELECT token_hash FROM sessions")).filter((row) => !known.includes(row.token_hash));
    const open = await openAll(other);
    assert.equal((await end(other, hash)).status, 303, what);
    await isClosed(open, what);
    assert.equal(mine.socket.ended, false, `${what}: the own window stays`);
  }
  mine.socket.cut();
});

test("a session that is gone from the store says nothing more, whoever deleted it", async () => {
  const count = await turns(), other = await server.signIn(ada.email, "eight quiet tables");
  const socket = await openSocket(other, chat(id));
  await socket.until((one) => one.type === "assistant_end");
  await write(server, "DELETE FROM sessions");
  socket.send({ type: "user_input", text: GOOD });
  assert.equal(await socket.end(5000).catch((error) => error.message), 1008);
  assert.equal(await turns(), count);
});
