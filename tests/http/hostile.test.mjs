// What somebody with bad intentions tries first: bodies that are too long, cut off or endless, passwords guessed, sessions planted,
// redirects led astray, words put on somebody's page, frames that break the protocol.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { allRoutes, encode, goodValue, newPerson, raw, someAddress, startBehindProxy } from "./attack.mjs";
import { Browser, PASSWORD, startServer } from "./server.mjs";
import { Store } from "./store.mjs";

const FORM = "application/x-www-form-urlencoded";
let server, store;
before(async () => {
  server = await startBehindProxy();
  store = Store.open(server);
});
after(async () => {
  await store?.close();
  await server.stop();
});

const people = async () => (store ? (await store.rows("SELECT count(*) AS n FROM users"))[0].n : 0);
const residentKib = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.process.pid}/status`, "utf8"))[1]);
const post = (path, headers) => `POST ${path} HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: ${someAddress()}\r\nContent-Type: ${FORM}\r\n${headers}\r\n`;

// ---- bodies ----

const block = Buffer.alloc(1 << 16, "x"); // small enough that the answer is looked for in between
const HUGE = 200 << 20;

/** The routes that take the most: a form's and, where there is one, an upload's. */
function uploads() {
  const files = allRoutes().filter((route) => route.method !== "GET" && route.fields.some((field) => field.type === "file"));
  return [{ method: "POST", pattern: "/sign-up", body_limit: 65536, fields: [], access: "guest" }, ...files];
}

test("200 MB are refused without being read, announced or not, and memory stays flat", async () => {
  for (const route of uploads()) {
    const person = route.access === "guest" ? null : await newPerson(server);
    const cookie = person ? `Cookie: ${[...person.cookies].map(([key, value]) => `${key}=${value}`).join("; ")}\r\nSec-Fetch-Site: same-origin\r\n` : "";
    const head = (length) => `${route.method} ${route.pattern} HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: ${someAddress()}\r\nContent-Type: multipart/form-data; boundary=b\r\n${cookie}${length}\r\n`;
    const before = residentKib();
    const announced = await raw(server.url, [head(`Content-Length: ${HUGE}\r\n`)]);
    assert.equal(announced.status, 413, route.pattern);
    assert.ok(announced.sent < 4096);
    async function* all(chunked) {
      yield head(chunked ? "Transfer-Encoding: chunked\r\n" : `Content-Length: ${HUGE}\r\n`);
      for (let sent = 0; sent < HUGE; sent += block.length) {
        if (chunked) yield "10000\r\n";
        yield block;
        if (chunked) yield "\r\n";
      }
      if (chunked) yield "0\r\n\r\n";
    }
    for (const chunked of [false, true]) {
      const answer = await raw(server.url, all(chunked), { ms: 20000 });
      assert.equal(answer.status, 413, `${route.pattern} ${chunked ? "in chunks" : "announced"}`);
      assert.ok(answer.sent < 40 << 20, `${answer.sent >> 20} MB were taken from the sender`);
    }
    const grown = residentKib() - before;
    console.log(`# ${route.pattern}: 400 MB sent, resident memory ${grown} KiB more`);
    assert.ok(grown < 64 << 10, `${route.pattern}: memory grew by ${grown} KiB`);
  }
});

test("a body that is cut off leaves nothing behind", async () => {
  const count = await people();
  const body = `first_name=Cut&email=cut-off%40example.org&password=${encode(PASSWORD)}`;
  const cut = [
    [post("/sign-up", `Content-Length: ${body.length + 20}\r\n`), body],
    [post("/sign-up", `Content-Length: ${body.length}\r\n`), body.slice(0, -3)],
    [post("/sign-up", "Transfer-Encoding: chunked\r\n"), `${body.length.toString(16)}\r\n${body}\r\n`],
    [post("/sign-up", "Transfer-Encoding: chunked\r\n"), `${(body.length + 9).toString(16)}\r\n${body}`],
    [`POST /sign-up HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 500\r\n\r\n`, `--b\r\nContent-Disposition: form-data; name="first_name"\r\n\r\nCut\r\n`],
  ];
  for (const pieces of cut) {
    const answer = await raw(server.url, pieces, { ms: 1500, end: true });
    assert.ok(answer.status === 0 || (answer.status >= 400 && answer.status < 500), `answered ${answer.status}`);
  }
  assert.equal(await people(), count);
  const whole = await raw(server.url, [post("/sign-up", `Content-Length: ${body.length}\r\n`), body]);
  assert.equal(whole.status, 303, "the same body, whole, makes the account");
  if (store) assert.equal(await people(), count + 1);
});

test("a client that waits for 100 Continue gets it, or the refusal", async () => {
  const body = `email=nobody%40example.org&password=${encode(PASSWORD)}`;
  const asked = await raw(server.url, [post("/sign-in", `Expect: 100-continue\r\nContent-Length: ${body.length}\r\n`)], { ms: 1500 });
  assert.match(asked.head, /^HTTP\/1\.1 100 Continue/);
  async function* waiting() {
    yield post("/sign-in", `Expect: 100-continue\r\nConnection: close\r\nContent-Length: ${body.length}\r\n`);
    await new Promise((done) => setTimeout(done, 300));
    yield body;
  }
  const whole = await rawToEnd(waiting());
  assert.match(whole, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 422 /);
  const large = await raw(server.url, [post("/sign-in", "Expect: 100-continue\r\nContent-Length: 1000000\r\n")], { ms: 1500 });
  assert.equal(large.status, 413);
  const stranger = await raw(server.url, [post("/sign-out", "Expect: 100-continue\r\nSec-Fetch-Site: same-origin\r\nContent-Length: 10\r\n")], { ms: 1500 });
  assert.ok([303, 401].includes(stranger.status), `a stranger is answered ${stranger.status}`);
});

async function rawToEnd(pieces) {
  const { connect } = await import("node:net");
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  let text = "";
  socket.on("data", (bytes) => { text += bytes.toString("latin1"); });
  socket.on("error", () => {});
  const ended = new Promise((done) => { socket.on("close", done); setTimeout(done, 5000); });
  for await (const piece of pieces) socket.write(piece);
  await ended;
  socket.destroy();
  return text;
}

test("request lines and headers that are no proper HTTP are refused, and the server goes on", async () => {
  const cases = [
    "GET / HTTP/1.1\r\n\r\n", "\0\0\0\0\r\n\r\n", "GET / HTTP/9.9\r\nHost: a\r\n\r\n", "BREW /sign-in HTTP/1.1\r\nHost: a\r\n\r\n",
    `GET /${"a".repeat(9000)} HTTP/1.1\r\nHost: a\r\n\r\n`, `GET / HTTP/1.1\r\nHost: a\r\nX: ${"a".repeat(40000)}\r\n\r\n`, `GET / HTTP/1.1\r\nHost: a\r\n${Array.from({ length: 2000 }, (_, i) => `X-${i}: 1\r\n`).join("")}\r\n`,
    "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", "GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n", "GET /%ff HTTP/1.1\r\nHost: a\r\n\r\n", "GET /../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n", "GET //evil.example/%2f.. HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length : 40\r\n\r\nGET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", "POST /sign-in HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET /healthz HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n", "GET /healthz HTTP/1.1\r\nHost: a\r\nX(y: z\r\n\r\n",
    "POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", "POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST /sign-in HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "POST /sign-in HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n", "POST /sign-in HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551616\r\n\r\n", "POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", "POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: 1e3\r\n\r\n",
  ];
  for (const text of cases) {
    const answer = await raw(server.url, [text], { ms: 1000 });
    assert.ok(answer.status === 0 || (answer.status >= 300 && answer.status < 600 && answer.status !== 500), `${JSON.stringify(text.slice(0, 60))} answers ${answer.status}`);
  }
  assert.equal((await server.browser().get("/sign-in")).status, 200);
});

// ---- accounts ----

const signUp = (email, from = someAddress()) => server.browser().post("/sign-up", { first_name: "Dup", email, password: PASSWORD }, { "X-Forwarded-For": from });
const signIn = (email, password, from = someAddress()) => server.browser().post("/sign-in", { email, password }, { "X-Forwarded-For": from });

test("one address is one account, in any spelling and at the same moment", async () => {
  const count = await people();
  assert.equal((await signUp("Only.One@Example.org")).status, 303);
  for (const same of ["only.one@example.org", "ONLY.ONE@EXAMPLE.ORG", "  only.one@example.org  "]) {
    const answer = await signUp(same);
    assert.equal(answer.status, 422, same);
    assert.match(answer.text, /There is an account with this address/);
    assert.ok(!answer.headers.getSetCookie().some((line) => line.startsWith("session=")), "nobody is signed in by that");
  }
  const statuses = await Promise.all(Array.from({ length: 12 }, (_, i) => signUp(i % 2 ? "race@example.org" : "Race@Example.Org"))).then((all) => all.map((one) => one.status));
  assert.equal(statuses.filter((status) => status === 303).length, 1, statuses.join(" "));
  assert.equal(statuses.filter((status) => status === 422).length, 11, statuses.join(" "));
  if (store) assert.equal(await people(), count + 2);
});

test("an address that does not exist and a wrong password are answered alike", async () => {
  await signUp("alike@example.org");
  const wrong = await signIn("alike@example.org", "not the password"), unknown = await signIn("nobody-at-all@example.org", "not the password");
  assert.equal(wrong.status, unknown.status);
  const plain = (page, email) => page.text.replaceAll(email, "EMAIL").replace(/[0-9a-f]{16}/g, "ID");
  assert.equal(plain(wrong, "alike@example.org"), plain(unknown, "nobody-at-all@example.org"));
});

/** Attempts are counted in windows of the clock: a run that meets a border is made again. */
async function withinOneWindow(work) {
  const window = () => Math.floor(Date.now() / 900000);
  const start = window();
  try { await work(1); } catch (error) {
    if (window() === start) throw error;
    await work(2);
  }
}

test("guessing one account's password from one address ends after ten attempts, and its owner elsewhere is not locked out", async () => {
  await withinOneWindow(async (round) => {
    const email = `guessed-${round}@example.org`, from = someAddress();
    await signUp(email);
    const statuses = [];
    for (let i = 0; i < 10; i++) statuses.push((await signIn(email, `wrong password ${i}`, from)).status);
    assert.deepEqual(statuses, Array(10).fill(422));
    const late = await signIn(email.toUpperCase(), PASSWORD, from);
    assert.equal(late.status, 429, "the right password comes too late");
    assert.ok(Number(late.headers.get("retry-after")) > 0);
    assert.equal((await signIn("guessed-other@example.org", PASSWORD, from)).status, 422, "others are not held up");
    assert.equal((await signIn(email, PASSWORD)).status, 303, "the owner, from another address");
  });
});

test("guessing one account's password from everywhere ends after a hundred attempts", async () => {
  await withinOneWindow(async (round) => {
    const email = `hunted-${round}@example.org`, statuses = [];
    await signUp(email);
    for (let i = 0; i < 10; i++)
      statuses.push(...(await Promise.all(Array.from({ length: 10 }, () => signIn(email, "wrong password")))).map((one) => one.status));
    assert.deepEqual(statuses, Array(100).fill(422));
    assert.equal((await signIn(email, PASSWORD)).status, 429);
  });
});

test("a class behind one address signs in, however many they are", async () => {
  const from = someAddress(), emails = Array.from({ length: 55 }, (_, i) => `class-${i}@example.org`);
  for (const email of emails) await signUp(email);
  for (const email of emails) assert.equal((await signIn(email, PASSWORD, from)).status, 303, email);
  const [{ n }] = await server.rows(`SELECT COUNT(*) AS n FROM quotas WHERE quota_key LIKE 'sign-in * ${from}%' AND used > 0`);
  assert.equal(n, 0, "a sign-in that went well counts nothing");
});

test("a burst of guesses gains nothing over one after another", async () => {
  await withinOneWindow(async (round) => {
    const email = `burst-${round}@example.org`;
    await signUp(email);
    const from = someAddress();
    const statuses = (await Promise.all(Array.from({ length: 30 }, (_, i) => signIn(email, `wrong password ${i}`, from)))).map((one) => one.status);
    assert.equal(statuses.filter((status) => status === 422).length, 10, statuses.join(" "));
    assert.equal(statuses.filter((status) => status === 429).length, 20, statuses.join(" "));
  });
});

test("one address may not try many accounts", async () => {
  const from = someAddress();
  const statuses = [];
  for (let i = 0; i < 80; i++) statuses.push((await signIn(`many-${i}@example.org`, "wrong password", from)).status);
  assert.equal(statuses[0], 422);
  assert.equal(statuses.at(-1), 429, statuses.join(" "));
  assert.equal((await signIn("many-0@example.org", "wrong password")).status, 422, "another address may");
});

const isStranger = (answer) => answer.status === 401 || /^\/sign-in/.test(answer.location ?? "");

test("a session that was planted is not taken over, and one that ended is dead", async () => {
  const planted = "ab".repeat(32);
  const ada = await newPerson(server);
  const victim = new Browser(server.url);
  victim.cookies.set("session", planted);
  assert.ok(isStranger(await victim.get("/onboarding")));
  const answer = await victim.post("/sign-in", { email: ada.email, password: PASSWORD }, { "X-Forwarded-For": someAddress() });
  assert.equal(answer.status, 303);
  const token = victim.cookies.get("session");
  assert.notEqual(token, planted);
  assert.match(token, /^[0-9a-f]{64}$/);
  assert.notEqual(token, ada.cookies.get("session"), "two browsers have two sessions");
  if (store) {
    const sessions = JSON.stringify(await store.rows("SELECT * FROM sessions"));
    assert.ok(!sessions.includes(token) && !sessions.includes(token.slice(0, 24)), "the store does not know the token");
  }
  const thief = new Browser(server.url);
  thief.cookies.set("session", token);
  assert.match((await thief.get("/onboarding")).location, /^\/onboarding\/|^\/dashboard/);
  await victim.post("/sign-out");
  assert.equal(victim.cookies.has("session"), false, "the cookie is deleted");
  thief.cookies.set("session", token);
  assert.ok(isStranger(await thief.get("/onboarding")), "what was copied before is worth nothing after");
  for (const wrong of ["", "x", planted.slice(1), `${planted}00`, token.toUpperCase(), `${token.slice(0, 63)}g`, "' OR 1=1", "%00"]) {
    thief.cookies.set("session", wrong);
    assert.ok(isStranger(await thief.get("/onboarding")), wrong);
  }
});

test("the session's cookie is kept from scripts, from other sites, and under https from plain http", async () => {
  for (const scheme of ["http", "https"]) {
    const answer = await server.browser().post("/sign-up", { first_name: "Flag", email: `flags-${scheme}@example.org`, password: PASSWORD }, { "X-Forwarded-For": someAddress(), "X-Forwarded-Proto": scheme });
    const line = answer.headers.getSetCookie().find((one) => one.startsWith("session="));
    assert.match(line, /; HttpOnly(;|$)/);
    assert.match(line, /; SameSite=Lax(;|$)/);
    assert.match(line, /; Path=\/(;|$)/);
    assert.doesNotMatch(line, /Domain=/i);
    assert.equal(/; Secure(;|$)/.test(line), scheme === "https", line);
    assert.equal(answer.headers.has("strict-transport-security"), scheme === "https");
  }
});

test("under a BASE_URL with https every cookie is Secure, also without a word of a proxy", async () => {
  const tls = await startServer({ args: ["--no-worker"], env: { BASE_URL: "https://careers.example.org" } });
  try {
    const answer = await tls.browser().post("/sign-up", { first_name: "Tls", email: "tls@example.org", password: PASSWORD }, { Origin: "https://careers.example.org" });
    assert.equal(answer.status, 303);
    assert.match(answer.headers.getSetCookie().find((one) => one.startsWith("session=")), /; Secure(;|$)/);
    assert.ok(answer.headers.has("strict-transport-security"));
    assert.equal(answer.headers.has("retry-after"), false, "only what is refused says when to come again");
  } finally { await tls.stop(); }
});

test("the API answers in JSON also where it has no such address, and tells nobody how we store", async () => {
  const ada = await newPerson(server);
  const cases = [["GET", "/api/nowhere", 404], ["POST", "/api/skills/nowhere/x", 404], ["DELETE", "/api/skills", 405],
    ["POST", "/api/interviews/complete", 404, { interview_id: "0193f1a0-0000-7000-8000-000000000000" }], ["POST", "/api/interviews/complete", 400, '{"interview_id":"\\u0000"}']];
  for (const [method, path, status, body] of cases) {
    const answer = await (method === "GET" ? ada.get(path) : ada.send(method, path, body ?? {}, { Accept: "text/html" }));
    assert.equal(answer.status, status, `${method} ${path}`);
    assert.equal(answer.headers.get("content-type"), "application/problem+json", `${method} ${path}`);
    assert.doesNotMatch(answer.text, /statement|sql|JSON_|interview_hold/i);
    assert.ok(answer.json().detail?.length > 0 || status === 405, answer.text);
  }
  const late = await ada.send("POST", "/api/skills", "x".repeat(300000));
  assert.equal(late.status, 413);
  assert.match(late.json().detail, /at most \d+ (KB|MB)/);
});

// ---- leading astray ----

const ASTRAY = ["//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "/\t/evil.example", "/\n/evil.example", "/\r\n/evil.example", "\t//evil.example", " //evil.example", "/%09/evil.example", "javascript:alert(1)", "/ /evil.example",
  "///evil.example", "/.//evil.example", "/..//evil.example", "@evil.example", "/\u0000/evil.example", "/\u2028/evil.example", "/x\r\nSet-Cookie: evil=1", "/x%0d%0aSet-Cookie:%20evil=1", "data:text/html,x", "/\u00a0/evil.example"];

test("a sign-in leads only to pages of ours", async () => {
  const ada = await newPerson(server);
  for (const next of ASTRAY) {
    const answer = await server.browser().post("/sign-in", { email: ada.email, password: PASSWORD, next }, { "X-Forwarded-For": someAddress() });
    if (answer.status === 400 || answer.status === 422) continue;
    assert.equal(answer.status, 303, `${JSON.stringify(next)} answers ${answer.status}`);
    assert.ok(answer.location, `${JSON.stringify(next)} leads nowhere`);
    assert.equal(new URL(answer.location, server.url).origin, server.url, `${JSON.stringify(next)} leads to ${answer.location}`);
    assert.ok(!answer.headers.getSetCookie().some((line) => line.includes("evil")));
    const page = await server.browser().get(`/sign-in?next=${encode(next)}`, { "X-Forwarded-For": someAddress() });
    assert.ok([200, 400, 422].includes(page.status), `${page.status}`);
  }
  const answer = await server.browser().post("/sign-in", { email: ada.email, password: PASSWORD, next: "/settings?tab=a&b=c" }, { "X-Forwarded-For": someAddress() });
  assert.equal(answer.location, "/settings?tab=a&b=c");
});

test("an address cannot write headers", async () => {
  for (const path of ["/sign-in/%0d%0aSet-Cookie:%20evil=1/", "/sign-in/?a=%0d%0aSet-Cookie:%20evil=1", "/sign-in%0d%0aX-Evil:1", "/%0d%0aX-Evil:1", "/sign-in/?\tX-Evil"]) {
    const answer = await raw(server.url, [`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`], { ms: 1000 });
    assert.doesNotMatch(answer.head, /^(set-cookie: evil|x-evil)/im, path);
    assert.doesNotMatch(answer.head, /^location: (?!\/[^/\\])/im, path);
  }
});

test("a message for the next page is ours, or is not shown", async () => {
  const ada = await newPerson(server);
  await ada.post("/onboarding/skip");
  const flash = ada.cookies.get("flash");
  assert.ok(flash, "skipping says something on the next page");
  const [expiry, hex, tag] = flash.split(".");
  const words = Buffer.from(hex, "hex").toString().slice(1);
  const shown = async (value) => {
    const browser = new Browser(server.url);
    browser.cookies = new Map(ada.cookies);
    browser.cookies.set("flash", value);
    return (await browser.get("/onboarding/0")).text;
  };
  assert.ok((await shown(flash)).includes(words), "the real one is shown");
  const evil = Buffer.from("iEvilwords").toString("hex");
  const forged = [`${expiry}.${evil}.${tag}`, `${Number(expiry) + 100}.${hex}.${tag}`, `${expiry}.${evil}.${"0".repeat(16)}`, `${expiry}.${evil}.`, `${expiry}.${evil}`, `${evil}`, `.${evil}.${tag}`, `9999999999999999999.${evil}.${tag}`, "...", `${expiry}.${hex}.${tag.toUpperCase()}0`, "a".repeat(3000)];
  for (const value of forged) assert.ok(!(await shown(value)).includes("Evilwords"), value.slice(0, 60));
  assert.ok(!(await shown(`${Number(expiry) + 100}.${hex}.${tag}`)).includes(words), "it cannot be made to last");
});

test("the server has nothing to report", () => {
  assert.doesNotMatch(server.log, /runtime error|AddressSanitizer| error \[/);
  assert.doesNotMatch(server.log, /Z info /, "LOG_LEVEL=warn holds");
});
