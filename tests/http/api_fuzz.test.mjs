// The API under input made at random from its own document: as the owner, as somebody else, as nobody, with tokens of the wrong scope. Nothing may
// answer 5xx or what the document does not name, show a word of somebody else, change what is somebody else's, or take what the document refuses.
//
// API_FUZZ_SEED draws others (a number, or "random"); API_FUZZ_ROUNDS (200) is how often each operation is asked in each way: more make it longer.
// API_FUZZ_ONLY=patchUsersProfile asks one operation alone.
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { after, before, test } from "node:test";
import { badId, badQuery, badTokens, body as makeBody, brokenBody, headers as makeHeaders, invalid, Random, toJson, valid } from "./api_input.mjs";
import { Person } from "./api_people.mjs";
import { someAddress, startBehindProxy } from "./attack.mjs";
import { makeToken } from "./bearer.mjs";
import { OpenApi } from "./openapi.mjs";
import { Store } from "./store.mjs";

// The same in every run of ./test, so that what it finds is what was changed.
const SEED = process.env.API_FUZZ_SEED === "random" ? randomInt(2 ** 32) : Number(process.env.API_FUZZ_SEED ?? 20261128);
const ROUNDS = Number(process.env.API_FUZZ_ROUNDS ?? 200);
const random = new Random(SEED);
console.log(`# API_FUZZ_SEED=${SEED} API_FUZZ_ROUNDS=${ROUNDS}`);

// What these need is not found by chance: a password, an interview that was held.
const HARD = ["deleteUsers", "postInterviewsComplete"];
// Rules of a handler beyond the field table: what is in no catalogue, what cannot be emptied, and values that do not go together.
const RULES = {
  postSkills: ["name", "skill_id"], postJobsApplications: ["title"], postDigitalTwinChat: ["username", "question"], deleteUsers: ["confirm", "password"], patchJobsApplicationsById: ["title", "status"],
  postInterviewsSession: ["skills"], patchRoadmapsById: ["module_id", "status", "title"],
  patchUsersProfile: ["username", "is_public", "years_of_experience", "salary_expectation_min", "salary_expectation_max", "salary_currency"],
};
// Written when a token is used or a request refused, whoever asks.
const EXCEPT = ["api_tokens", "audit_log", "sessions"];

let server, store, api, victim, operations;
const people = [];
const counts = new Map();

const skip = !Store.isPossible() && "sqlite3 is not installed";
before(async () => {
  if (skip) return;
  server = await startBehindProxy();
  store = Store.open(server);
  api = await OpenApi.read(server);
  operations = api.operations.filter((one) => [undefined, one.operationId].includes(process.env.API_FUZZ_ONLY));
  victim = await somebody("Victim");
  victim.cursor = (await victim.browser.get("/api/jobs/applications?limit=1&sort=title")).json().next_cursor;
});
after(async () => {
  await store?.close();
  await server?.stop();
});

async function somebody(firstName) {
  const person = await Person.make(server, store, firstName);
  people.push(person);
  return person;
}

// ---- one request ----

/** Body values as the server looks at them: trimmed, without what is empty, lists without repeats. */
function normalised(value, schema) {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  const out = {};
  for (const [name, one] of Object.entries(value)) {
    const type = [schema.properties[name]?.type].flat()[0];
    let now = one;
    if (type === "string" && typeof one === "string") now = one.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, " ").trim();
    if (type === "array" && Array.isArray(one) && one.every((entry) => typeof entry === "string")) now = [...new Set(one.flatMap((entry) => entry.split("\n")).map((entry) => entry.trim()).filter(Boolean))];
    if (now === null || now === "" || (Array.isArray(now) && now.length === 0)) continue;
    out[name] = now;
  }
  return out;
}

/** Why the document refuses the body, so the server must too; "" when it takes it. */
function refusal(schema, json) {
  let value;
  try { value = JSON.parse(json); } catch { return "it is no JSON"; }
  return api.mistakes(schema, normalised(value, schema));
}

/** What a parameter of a query may be, percent-encoded; undefined: leave it out. */
function queryValue(operation, one, place, isCareful, owner) {
  if (one.name === "cursor") return isCareful ? undefined : random.chance(0.5) && owner.cursor ? encodeURIComponent(owner.cursor) : badQuery(random);
  if (one.name === "fields" && (isCareful || random.chance(0.5))) return Object.keys(itemOf(operation).properties).filter(() => random.chance(0.4)).join(",");
  if (isCareful || random.chance(0.5)) return encodeURIComponent(valid(random, one.schema, place(one.name)));
  return random.chance(0.4) ? encodeURIComponent(toJson(invalid(random, one.schema)).slice(0, 700)) : badQuery(random);
}

/** The schema of an item of a collection. */
function itemOf(operation) {
  const page = api.resolve(operation.responses[200].content["application/json"].schema);
  return api.resolve(Object.values(page.properties).find((one) => one.type === "array").items);
}

/** A request, half of them careful: all that the document asks for and nothing odd. `owner` is whose ids are in it. */
function makeRequest(operation, owner) {
  const isCareful = random.chance(0.5);
  const request = { method: operation.method, headers: { "X-Forwarded-For": someAddress(), ...(isCareful ? {} : makeHeaders(random)) }, path: operation.path, isCareful, usesOwnId: false, mustFail: "" };
  const place = (name) => ({ id: () => (isCareful || random.chance(0.7) ? owner.idFor(name, random) : random.uuid()), key: () => owner.keyFor(name, random) });
  request.path = request.path.replace(/\{\w+\}/, () => {
    if (!isCareful && random.chance(0.4)) return badId(random);
    request.usesOwnId = true;
    return owner.idFor(operation.path, random);
  });
  const query = [];
  for (const one of (operation.parameters ?? []).filter((other) => other.in === "query")) {
    const value = random.chance(0.4) ? queryValue(operation, one, place, isCareful, owner) : undefined;
    if (value === undefined) continue;
    query.push(`${one.name}=${value}`);
    if (!isCareful && random.chance(0.05)) query.push(`${one.name}=${value}`);
  }
  if (!isCareful && random.chance(0.1)) query.push(`unknown=${badQuery(random)}`);
  if (query.length) request.path += `?${query.join("&")}`;
  if (operation.method !== "GET") addBody(request, operation, place);
  return request;
}

function addBody(request, operation, place) {
  const content = operation.requestBody?.content;
  const schema = content ? api.resolve(content["application/json"]?.schema ?? content["multipart/form-data"].schema) : { properties: {} };
  const value = makeBody(random, schema, place, request.isCareful ? 0 : random.pick([0, 0.1, 0.4]));
  const json = toJson(value);
  if (!request.isCareful && random.chance(0.15)) {
    const { type, bytes } = brokenBody(random, json);
    Object.assign(request, { body: bytes, headers: { ...request.headers, "Content-Type": type } });
  } else if (random.chance(0.25)) {
    const isMultipart = random.chance(0.4); // a list is a repeated field in either
    const fields = Object.entries(value).flatMap(([name, one]) => (Array.isArray(one) ? one : [one]).map((each) => [name, typeof each === "string" ? each.toWellFormed() : toJson(each ?? "").replace(/^""$/, "")]));
    request.body = isMultipart ? `${fields.map(([name, one]) => `--b\r\nContent-Disposition: form-data; name="${name.replaceAll('"', "%22")}"\r\n\r\n${one}\r\n`).join("")}--b--`
      : fields.map(([name, one]) => `${encodeURIComponent(name)}=${encodeURIComponent(one)}`).join("&");
    request.headers["Content-Type"] = isMultipart ? "multipart/form-data; boundary=b" : "application/x-www-form-urlencoded";
  } else {
    Object.assign(request, { body: json, headers: { ...request.headers, "Content-Type": "application/json" } });
    if (content) request.mustFail = refusal(schema, json);
  }
}

async function send(actor, request) {
  const headers = { ...request.headers, ...actor.headers };
  return actor.browser.request(request.path, { method: request.method, headers, body: request.body, signal: AbortSignal.timeout(20000) });
}

/** The first of each kind of failure, so that one run tells all that is wrong. */
const failures = new Map();
function fail(operation, kind, words) {
  const key = `${operation.operationId}: ${kind}`;
  if (!failures.has(key)) failures.set(key, words);
}
function assertNoFailures() {
  const all = [...failures].map(([key, words]) => `${key}\n${words}`);
  failures.clear();
  assert.equal(all.length, 0, `${all.length} kinds of failure, API_FUZZ_SEED=${SEED}\n\n${all.slice(0, 20).join("\n\n")}`);
}

/** What holds for every answer; `mayBe` says whether the actor may succeed. */
function judge(operation, actor, request, answer, mayBe = true) {
  const sent = typeof request.body === "string" ? request.body.slice(0, 400) : "";
  const words = `${actor.name}: ${request.method} ${request.path.slice(0, 300)} ${JSON.stringify(request.headers).slice(0, 400)} ${sent}\nanswers ${answer.status} ${answer.text.slice(0, 500)}`;
  if (answer.status >= 500) fail(operation, String(answer.status), `${words}\n${server.log.slice(-2000)}`);
  const broken = api.broken(operation, answer);
  if (broken) fail(operation, `${answer.status} is not what the document says`, `${broken}\n${words}`);
  if (answer.headers.get("x-evil") !== null || /evil=/.test(answer.headers.get("set-cookie") ?? "")) fail(operation, "a header was smuggled in", words);
  if (answer.status < 300 && request.mustFail) fail(operation, "takes what the document refuses", `${request.mustFail}\n${words}`);
  if (answer.status < 400 && !mayBe) fail(operation, `lets ${actor.name} in`, words);
  const everything = answer.text + [...answer.headers].join();
  if (people.some((person) => person !== actor.person && everything.includes(person.word))) fail(operation, "shows what is somebody else's", words);
  const key = `${operation.operationId}, ${actor.name}`;
  if (!counts.has(key)) counts.set(key, new Map());
  counts.get(key).set(answer.status, (counts.get(key).get(answer.status) ?? 0) + 1);
}

/** Whether a request that is as the document wants it was refused for its form. */
function isUnjust(operation, answer) {
  if (answer.status === 422) return answer.json().errors?.some((error) => !RULES[operation.operationId]?.includes(error.field)) ?? true;
  return operation.method === "GET" ? answer.status >= 400 && answer.status !== 429 : [413, 415].includes(answer.status);
}

const rounds = (operation) => (operation.requestBody || operation.parameters?.some((one) => one.in !== "header") ? ROUNDS : Math.ceil(ROUNDS / 4));
/** So many requests from one person at most: more meet the limits. */
function* batches(total) { for (let left = total; left > 0; left -= 200) yield Math.min(left, 200); }
const scopeOf = (operation) => operation.security.find((one) => one.token)?.token[0];

/** Somebody's program: with their token, without a cookie and without what browsers send. */
async function programOf(person, name, scope) {
  const { token } = await makeToken(person.browser, [scope]);
  assert.ok(token, `a token for ${scope}`);
  return { name, person, browser: server.browser(), headers: { Authorization: `Bearer ${token}`, Origin: "", "Sec-Fetch-Site": "" } };
}

const nobody = { name: "nobody", person: null, browser: null, headers: {} };

// ---- who asks ----

test("the owner: whatever is sent, only documented answers, and nobody else's words", { skip, timeout: 3600000 }, async () => {
  for (const operation of operations) for (const count of batches(rounds(operation))) {
    const owner = await somebody("Owner");
    const actors = [{ name: "the owner", person: owner, browser: owner.browser, headers: {} }];
    if (scopeOf(operation)) actors.push(await programOf(owner, "the owner's program", scopeOf(operation)));
    for (let i = 0; i < count; i++) {
      const actor = actors[i % actors.length];
      const request = makeRequest(operation, owner), answer = await send(actor, request);
      judge(operation, actor, request, answer);
      if (request.isCareful && isUnjust(operation, answer)) fail(operation, `${answer.status} for what the document takes`, `${request.method} ${request.path} ${request.body ?? ""}\n${answer.text}`);
      if (answer.status === 200 && answer.text.includes('"next_cursor":"')) owner.cursor = answer.json().next_cursor;
    }
    const seen = actors.flatMap(({ name }) => [...counts.get(`${operation.operationId}, ${name}`).keys()]);
    if (!HARD.includes(operation.operationId) && !seen.some((status) => status < 300)) fail(operation, "never succeeds", `only ${seen}`);
  }
  assertNoFailures();
});

test("somebody else and nobody: they get nothing of the owner's, and change nothing", { skip, timeout: 3600000 }, async () => {
  const snapshot = async () => ({ ...await store.content({ column: "user_id", value: victim.userId, except: EXCEPT }), users: await store.rows(`SELECT * FROM users WHERE id = '${victim.userId}'`) });
  const before = await snapshot();
  const scopes = [...new Set(api.operations.map(scopeOf).filter(Boolean))];
  const programs = await Promise.all(scopes.map(async (scope) => ({ ...await programOf(victim, "the owner's program without the scope", scope), person: null, scope })));
  for (const operation of operations) for (const count of batches(rounds(operation))) {
    const other = await somebody("Other"), scope = scopeOf(operation);
    const actors = [
      { name: "somebody else", person: other, browser: other.browser, headers: {} },
      { ...nobody, browser: server.browser() },
      { ...nobody, name: "a bad token", browser: server.browser(), headers: { get Authorization() { return random.pick(badTokens); } } },
      { ...nobody, name: "a bad session", browser: server.browser(), headers: { get Cookie() { return random.pick(["session=", "session=x", `session=${"a".repeat(64)}`, `session=${"x".repeat(5000)}`, "session=' OR 1=1 --", "session=a; session=b"]); } } },
    ];
    if (scope) actors.push(await programOf(other, "somebody else's program", scope), random.pick(programs.filter((one) => one.scope !== scope)));
    for (const actor of actors) {
      const isSignedIn = actor.person !== null;
      for (let i = 0; i < Math.ceil(count / (isSignedIn ? 1 : 3)); i++) {
        const request = makeRequest(operation, victim);
        const mayBe = !request.usesOwnId && (isSignedIn || operation.security.length === 0);
        judge(operation, actor, request, await send(actor, request), mayBe);
      }
    }
  }
  assertNoFailures();
  assert.deepEqual(await snapshot(), before, "what is somebody else's has changed");
});

test("the server has nothing to report, and the owner's data is there", { skip }, async () => {
  assert.doesNotMatch(server.log, /runtime error|AddressSanitizer| error \[/);
  const profile = await victim.browser.get("/api/users/profile", { Accept: "application/json" });
  assert.equal(profile.status, 200);
  assert.ok(profile.text.includes(victim.word));
  let total = 0;
  for (const [key, statuses] of [...counts].sort()) {
    for (const count of statuses.values()) total += count;
    console.log(`# ${key}: ${[...statuses].sort().map(([status, count]) => `${status} ×${count}`).join(", ")}`);
  }
  console.log(`# ${total} requests, seed ${SEED}`);
});
