// Every route of the built program, as `careerprep routes --json` tells them, met by strangers, other sites, other people and bad input.
// A new feature is tested here by being registered.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allRoutes, encode, goodValue, newPerson, someAddress, startBehindProxy, uuid } from "./attack.mjs";
import { Browser } from "./server.mjs";
import { Store } from "./store.mjs";

const routes = allRoutes();
const changing = (route) => route.method !== "GET";
const needsPerson = (route) => !["public", "guest", "webhook"].includes(route.access);
const params = (route) => [...route.pattern.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
const bodyFields = (route) => route.fields.filter((field) => !params(route).includes(field.name));
const fill = (pattern, id) => pattern.replace(/\{\w+\}/g, id);
/** An id as the route takes it, that nobody has. */
function someId(route) {
  const field = route.fields.find((one) => params(route).includes(one.name));
  return field && field.type !== "id" ? goodValue(field) : uuid();
}
const name = (route) => `${route.method} ${route.pattern}`;

// What a refused request may still write: limits are counted, and refusals are noted.
const EXCEPT = ["quotas", "audit_log"];
// Saving while typing keeps the fields that are valid and names the others (422).
const savesFieldByField = (route) => /^\/onboarding\/\d\/save$/.test(route.pattern);
const MARK = '<x9z y="1">\'" x9z="1" &';

let server, store;
before(async () => {
  server = await startBehindProxy();
  store = Store.open(server);
});
after(async () => {
  await store?.close();
  await server.stop();
});

/** A body of good values, with some replaced: urlencoded pairs, or multipart when there is a file. */
function goodBody(route, change = {}) {
  const values = Object.fromEntries(bodyFields(route).map((field) => [field.name, goodValue(field)]));
  return { ...values, ...change };
}

function pairs(values) {
  return Object.entries(values).flatMap(([key, value]) => (Array.isArray(value) ? value : [value]).map((one) => `${encode(key)}=${encode(one)}`)).join("&");
}

async function send(browser, route, path, values, headers = {}) {
  if (!changing(route)) {
    const query = pairs(Object.fromEntries(Object.entries(values).filter(([, value]) => typeof value === "string" || Array.isArray(value))));
    return timed(browser, path + (query ? `?${query}` : ""), { headers });
  }
  if (Object.values(values).some((value) => value?.bytes)) {
    const parts = Object.entries(values).map(([key, value]) => [key, Array.isArray(value) ? value.join("\n") : value]);
    const form = new FormData();
    for (const [key, part] of parts) if (typeof part === "string") form.append(key, part); else form.append(key, new Blob([part.bytes], { type: part.type }), part.name);
    return timed(browser, path, { method: route.method, body: form, headers });
  }
  return timed(browser, path, { method: route.method, body: pairs(values), headers: { "Content-Type": "application/x-www-form-urlencoded", ...headers } });
}

/** An event stream does not end by itself. */
async function timed(browser, path, options) {
  return browser.request(path, { ...options, signal: AbortSignal.timeout(10000) });
}

const refusesStranger = (answer) => answer.status === 401 || (answer.status === 303 && /^\/sign-in(\?|$)/.test(answer.location ?? ""));

test("there are routes, and each states its limits", () => {
  assert.ok(routes.length > 5);
  for (const route of routes) {
    assert.ok(route.access && route.rate && route.kind, name(route));
    assert.ok(route.summary, `${name(route)} says what it does`);
    if (changing(route)) assert.ok(route.body_limit > 0 && route.body_limit <= 32 << 20, `${name(route)} takes ${route.body_limit} bytes`);
  }
});

test("strangers are refused everywhere but where anybody may call", async () => {
  for (const route of routes.filter(needsPerson)) {
    const stranger = server.browser();
    const path = fill(route.pattern, someId(route));
    const page = await send(stranger, route, path, changing(route) ? goodBody(route) : {}, { "X-Forwarded-For": someAddress() });
    assert.ok(refusesStranger(page), `${name(route)} answers a stranger with ${page.status} ${page.location ?? ""}`);
    const api = await send(stranger, route, path, {}, { "X-Forwarded-For": someAddress(), Accept: "application/json" });
    assert.equal(api.status, 401, `${name(route)} answers a stranger's program with ${api.status}`);
    assert.match(api.headers.get("content-type"), /^application\/problem\+json/, name(route));
  }
});

test("nothing is changed for another site", async () => {
  const ada = await newPerson(server);
  for (const route of routes.filter((one) => (changing(one) || one.kind === "socket") && one.access !== "webhook")) {
    const browser = needsPerson(route) ? ada : server.browser();
    const path = fill(route.pattern, someId(route));
    const from = { "X-Forwarded-For": someAddress() };
    for (const headers of [{ "Sec-Fetch-Site": "cross-site" }, { "Sec-Fetch-Site": "same-site" }, { "Sec-Fetch-Site": "", Origin: "https://evil.example" }, { "Sec-Fetch-Site": "", Origin: "null" }]) {
      const answer = await send(browser, route, path, goodBody(route), { ...from, ...headers });
      assert.equal(answer.status, 403, `${name(route)} with ${JSON.stringify(headers)} answers ${answer.status}`);
    }
    if (!needsPerson(route)) continue;
    const answer = await send(browser, route, path, goodBody(route), { ...from, "Sec-Fetch-Site": "", Origin: "" });
    assert.equal(answer.status, 403, `${name(route)} with a cookie and without any origin answers ${answer.status}`);
  }
});

test("an id that nobody has is not found, and garbage is no id", async () => {
  const garbage = ["x", "0", "-1", "%00", "..%2f..", "'", "%27%20OR%201%3D1--", "%ff%fe", "%3Cx9z%3E", "%0d%0aX-Evil:%201", "a".repeat(400), uuid().toUpperCase(), `${uuid()}%0a`, "null", "{id}", "%F0%9F%92%A9"];
  for (const route of routes.filter((one) => params(one).length > 0 && one.access !== "webhook")) {
    const browser = route.access === "guest" ? server.browser() : await newPerson(server); // one for each route: nobody may ask for all of it in a minute
    const from = { "X-Forwarded-For": someAddress() };
    for (const id of [someId(route), ...garbage]) {
      const answer = await send(browser, route, fill(route.pattern, id), goodBody(route), from);
      const expected = garbage.includes(id) ? [400, 404, 422] : [404];
      if (route.access === "admin") expected.push(403);
      if (route.pattern === "/profile/{username}" && id !== id.toLowerCase()) expected.push(308); // capitals lead to the address without them
      assert.ok(expected.includes(answer.status), `${name(route)} with the id ${id} answers ${answer.status}`);
      assert.ok(!answer.text.includes("<x9z"), name(route));
      assert.equal(answer.headers.get("x-evil"), null);
    }
  }
});

// ---- what belongs to somebody else ----

/** Rows for a person in the tables that have user_id: what routes make and, when asked, what they do not, made by hand. */
async function givePossessions(person, userId, byHand) {
  for (const route of routes.filter((one) => changing(one) && needsPerson(one) && params(one).length === 0 && !/sign-out|delete|password/.test(one.pattern))) {
    await send(person, route, route.pattern, secretBody(route));
  }
  const tables = [];
  for (const table of await store.tables()) {
    const columns = await store.columns(table);
    if (columns.some((one) => one.name === "user_id")) tables.push(table);
  }
  for (let pass = 0; byHand && pass < 4; pass++) for (const table of tables) await insertByHand(table, userId);
  const ids = [];
  for (const table of tables) {
    if (!(await store.columns(table)).some((one) => one.name === "id")) continue;
    for (const row of await store.rows(`SELECT id FROM "${table}" WHERE user_id = '${userId}' LIMIT 3`)) ids.push({ table, id: row.id });
  }
  for (const row of await store.rows(`SELECT token_hash FROM sessions WHERE user_id = '${userId}'`)) ids.push({ table: "sessions", id: row.token_hash });
  return ids;
}

function secretBody(route) {
  const values = goodBody(route);
  for (const field of bodyFields(route)) if (["text", "multiline"].includes(field.type) && (field.max === 0 || field.max >= 14)) values[field.name] = "Victimsecret 1";
  return values;
}

/** A row as the schema wants it, when what it points to is there. */
async function insertByHand(table, userId) {
  if ((await store.rows(`SELECT 1 AS n FROM "${table}" WHERE user_id = '${userId}' LIMIT 1`)).length) return;
  const keys = await store.keys(table);
  const values = { user_id: userId };
  for (const column of await store.columns(table)) {
    if (column.name === "user_id") continue;
    const key = keys.find((one) => one.from === column.name && one.table !== "users");
    const choice = await store.choice(table, column.name);
    if (key) values[column.name] = (await store.rows(`SELECT "${key.to}" AS v FROM "${key.table}"${(await store.columns(key.table)).some((one) => one.name === "user_id") ? ` WHERE user_id = '${userId}'` : ""} LIMIT 1`))[0]?.v;
    else if (!column.is_needed) continue;
    else if (choice) values[column.name] = choice;
    else values[column.name] = { number: 1, bytes: "", vector: "", json: "{}", id: uuid(), text: "Victimsecret 2" }[column.type];
    if (values[column.name] === undefined) return;
  }
  await store.insert(table, values);
}

test("what belongs to somebody else is not found, not shown and not changed", { skip: !Store.isPossible() && "sqlite3 is not installed" }, async () => {
  const victim = await newPerson(server, "Victim");
  const [{ id: userId }] = await store.rows(`SELECT id AS id FROM users WHERE email = '${victim.email}'`);
  const ids = [...await givePossessions(victim, userId, true), { table: "users", id: userId }];
  assert.ok(ids.length >= 3, `only ${ids.length} rows to attack`);
  const before = await store.content({ column: "user_id", value: userId });
  let asked = 0;
  for (const route of routes.filter((one) => needsPerson(one) && one.kind !== "stream" && !/sign-out/.test(one.pattern))) {
    const idFields = bodyFields(route).filter((field) => field.type === "id");
    const attacker = await newPerson(server); // one for each route: nobody may ask for all of it in a minute
    for (const { table, id } of ids) {
      if (params(route).length) {
        const answer = await send(attacker, route, fill(route.pattern, id), goodBody(route));
        asked++;
        assert.ok(answer.status === 404 || (route.access === "admin" && answer.status === 403), `${name(route)} with the id of somebody else's row in ${table} answers ${answer.status}`);
        assert.ok(!answer.text.includes("Victimsecret"), `${name(route)} shows somebody else's row of ${table}`);
      }
      for (const field of idFields) {
        const answer = await send(attacker, route, fill(route.pattern, someId(route)), goodBody(route, { [field.name]: id }));
        asked++;
        assert.ok(answer.status < 500, `${name(route)} with ${field.name} of ${table} answers ${answer.status}: ${answer.text.slice(0, 300)}`);
        assert.ok(!answer.text.includes("Victimsecret"), `${name(route)} with ${field.name} of ${table} shows somebody else's`);
      }
    }
    if (!changing(route) && !params(route).length && route.kind !== "socket") {
      const answer = await send(attacker, route, route.pattern, {});
      assert.ok(!answer.text.includes("Victimsecret"), `${name(route)} shows somebody else's`);
    }
  }
  assert.deepEqual(await store.content({ column: "user_id", value: userId }), before);
  console.log(`# ${asked} requests with ${ids.length} ids of somebody else (${[...new Set(ids.map((one) => one.table))].join(", ")})`);
});

// ---- bad input ----

/** Bad values as they stand in a form, already percent-encoded. */
function badTexts(field, limit) {
  const long = "x".repeat(Math.min(Math.max(1000, (field.max > 0 ? field.max : 20000) + 1), Math.max(limit - 3000, 100)));
  return [
    "", "%20%20", long, "%F0%9F%92%A9".repeat(120), "%00", "a%00b", "%ff%fe", "%c0%af", "%ed%a0%80", "a%", "a%zz",
    encode("' OR 1=1; DROP TABLE users; --"), encode('"; SELECT $1, %_\\ FROM users'), encode(MARK), encode("javascript:alert(1)"),
    "a%0d%0aSet-Cookie:%20evil%3D1", encode("/\t/evil.example"), encode("\u202Eevil\u0001\u007f\u0085"),
    "99999999999999999999999999", "-1", "-9223372036854775808", "9223372036854775807", "1e309", "NaN", "0x10", "1.5",
    "2026-02-30", "0000-00-00", "9999-99", "true", "%7B%7D", uuid(),
  ];
}

const badJson = [
  "null", "true", "0", "-0", "1.5", "1e400", "-9223372036854775809", "99999999999999999999", '""', "[]", "{}", "[[]]", "[1]", '["a",{}]', '[null]', '{"a":{"b":1}}',
  '"\\u0000"', '"\\ud800"', JSON.stringify(MARK), JSON.stringify("' OR 1=1; --"), `[${Array(3000).fill('"a"').join(",")}]`, `[${Array.from({ length: 3000 }, (_, i) => `"a${i}"`).join(",")}]`, JSON.stringify("x".repeat(30000)),
  "[".repeat(20000) + "]".repeat(20000), '"a\nb"', "'a'", "", "nul",
];

class Attacker {
  constructor(route, state) {
    this.route = route;
    this.state = state;
  }

  async browser() {
    if (["guest", "public", "webhook"].includes(this.route.access)) return new Browser(server.url);
    if (!this.person) this.state.content = null; // a sign-up writes
    this.person ??= await newPerson(server);
    return this.person;
  }

  /** Sends; a limit that is reached or a session that has ended brings a new person. */
  async ask(path, options) {
    for (let attempt = 0; ; attempt++) {
      const browser = await this.browser();
      const before = store && await store.version();
      const answer = await timed(browser, path, { ...options, headers: { "X-Forwarded-For": someAddress(), ...options.headers } });
      if (attempt < 2 && (answer.status === 429 || (this.person && refusesStranger(answer)))) { this.person = null; continue; }
      return { ...answer, before };
    }
  }
}

/** What holds for each answer to bad input. `content` is the store before, while nothing has changed it. */
async function judge(route, what, answer, state) {
  const words = `${name(route)} with ${what} answers ${answer.status}`;
  assert.ok(answer.status >= 200 && answer.status < 500, `${words}: ${answer.text.slice(0, 300)}\n${server.log.slice(-2000)}`);
  assert.ok(!/<x9z|<[a-z][^<>]*" x9z="/.test(answer.text) || !/html/.test(answer.headers.get("content-type") ?? ""), `${words} and shows markup as it came`);
  assert.equal(answer.headers.get("set-cookie")?.includes("evil") ?? false, false, words);
  assert.ok(!/^(\/[\s\\/]|[^/]|.*[\r\n\t])/.test(answer.location ?? "/"), `${words} and leads to ${answer.location}`);
  if (!store) return;
  const version = await store.version();
  if (version === answer.before) return;
  if (answer.status >= 400 && !(answer.status === 422 && savesFieldByField(route))) {
    const content = await store.content({ except: EXCEPT });
    if (state.content) assert.deepEqual(content, state.content, `${words} and has written`);
    state.content = content;
  } else {
    state.content = null;
  }
}

async function feedForm(route, attacker, path, state) {
  const isGet = !changing(route);
  for (const field of bodyFields(route)) {
    const others = goodBody(route);
    for (const [key, value] of Object.entries(others)) if (value?.bytes) delete others[key];
    delete others[field.name];
    for (const bad of badTexts(field, isGet ? 6000 : route.body_limit)) {
      const query = `${field.name}=${bad}${Object.keys(others).length ? "&" : ""}${pairs(others)}`;
      for (const body of bad === "-1" ? [query, `${field.name}=1&${query}`] : [query]) {
        if (store && !state.content) state.content = await store.content({ except: EXCEPT });
        const answer = isGet ? await attacker.ask(`${path}?${body}`, {})
          : await attacker.ask(path, { method: route.method, body, headers: { "Content-Type": "application/x-www-form-urlencoded" } });
        await judge(route, `${field.name}=${bad.slice(0, 60)}`, answer, state);
      }
    }
  }
}

async function feedJson(route, attacker, path, state) {
  for (const field of bodyFields(route)) {
    const others = goodBody(route);
    for (const [key, value] of Object.entries(others)) if (value?.bytes || key === field.name) delete others[key];
    for (const other of bodyFields(route)) {
      if (!(other.name in others)) continue;
      if (other.type === "int") others[other.name] = Number(others[other.name]);
      if (other.type === "bool") others[other.name] = true;
    }
    const rest = JSON.stringify(others).slice(1, -1);
    for (const bad of badJson) {
      if (store && !state.content) state.content = await store.content({ except: EXCEPT });
      const answer = await attacker.ask(path, { method: route.method, body: `{"${field.name}":${bad}${rest ? "," : ""}${rest}}`, headers: { "Content-Type": "application/json", Accept: "application/json" } });
      await judge(route, `${field.name}: ${bad.slice(0, 60)}`, answer, state);
    }
  }
}

const multipart = (boundary, ...parts) => ({ type: `multipart/form-data; boundary=${boundary}`, body: parts.join("") });

/** Bodies that are no proper input whatever the fields are: each must be refused. */
function brokenBodies(route) {
  const field = bodyFields(route)[0]?.name ?? "a";
  const many = Array.from({ length: 10000 }, (_, i) => `f${i}`).join("&");
  const form = (text) => ({ type: "application/x-www-form-urlencoded", body: text });
  const json = (text) => ({ type: "application/json", body: text });
  return {
    "10,000 fields": form(many),
    "10,000 times one field": form(Array(10000).fill(`${field}=`).join("&").slice(0, 60000)),
    "10,000 parts": multipart("b", Array.from({ length: 800 }, (_, i) => `--b\r\nContent-Disposition: form-data; name="f${i}"\r\n\r\n1\r\n`).join(""), "--b--"),
    "a multipart form cut off": multipart("b", `--b\r\nContent-Disposition: form-data; name="${field}"\r\n\r\nvalue`),
    "a multipart form without a boundary": { type: "multipart/form-data", body: "--b--" },
    "a part without a name": multipart("b", "--b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--b--"),
    "JSON cut off": json(`{"${field}":"a`),
    "a JSON list": json("[]"),
    "a JSON text": json('"a"'),
    "the same JSON name twice": json(`{"${field}":"a","${field}":"b"}`),
    "100,000 brackets": json("[".repeat(100000)),
    "20,000 objects in each other": json('{"a":'.repeat(12000)),
    "two JSON documents": json("{}{}"),
    "JSON of broken UTF-8": json(Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0xfe, 0x22, 0x7d])),
    "JSON with a NUL byte": json('{"a":"\0"}'),
    XML: { type: "text/xml", body: "<a/>" },
    "a body without a type": { type: "", body: "a=1" },
    "a body beyond the limit": form("a=" + "x".repeat(Math.min(route.body_limit, 200000))),
  };
}

async function feedBroken(route, attacker, path, state) {
  for (const [what, { type, body }] of Object.entries(brokenBodies(route))) {
    if (what === "a body beyond the limit" && route.body_limit > 150000) continue;
    if (store && !state.content) state.content = await store.content({ except: EXCEPT });
    const answer = await attacker.ask(path, { method: route.method, body, headers: { "Content-Type": type } });
    await judge(route, what, answer, state);
    if (route.access !== "webhook") assert.ok(answer.status >= 400, `${name(route)} with ${what} answers ${answer.status}`);
  }
}

/** A row of the attacker's own for a route with an id, so that the fields reach the handler. */
async function ownPath(route, attacker) {
  if (!params(route).length) return route.pattern;
  if (!store || !needsPerson(route)) return fill(route.pattern, someId(route));
  const person = await attacker.browser();
  const [{ id: userId }] = await store.rows(`SELECT id AS id FROM users WHERE email = '${person.email}'`);
  for (const { id } of await givePossessions(person, userId, false)) {
    const answer = await timed(person, fill(route.pattern, id), { method: route.method, body: changing(route) ? "{" : undefined, headers: { "Content-Type": "application/json" } });
    if (answer.status !== 404) return fill(route.pattern, id);
  }
  return fill(route.pattern, someId(route));
}

for (const route of routes.filter((one) => one.kind === "page" || one.kind === "api")) {
  test(`bad input: ${name(route)}`, { timeout: 120000 }, async () => {
    const state = {}, attacker = new Attacker(route, state);
    const path = await ownPath(route, attacker);
    await feedForm(route, attacker, path, state);
    if (changing(route)) {
      await feedJson(route, attacker, path, state);
      await feedBroken(route, attacker, path, state);
      const empty = await attacker.ask(path, { method: route.method });
      await judge(route, "no body", empty, state);
      const isKept = empty.status < 400 && store && (await store.version()) !== empty.before;
      if (bodyFields(route).some((field) => field.required)) assert.ok(!isKept, `${name(route)} without a body answers ${empty.status} and writes`);
    }
    if (!attacker.person) return;
    for (const page of routes.filter((one) => !changing(one) && needsPerson(one) && one.kind === "page" && !params(one).length)) {
      const shown = await attacker.ask(page.pattern, {});
      await judge(page, `what ${name(route)} has stored`, shown, state);
    }
  });
}

test("the server has nothing to report", () => {
  assert.doesNotMatch(server.log, /runtime error|AddressSanitizer| error \[/);
});
