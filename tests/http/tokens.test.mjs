// API tokens: made and revoked by their person alone, shown once, and good for what was ticked and for nothing else.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { formId, makeToken, Program } from "./bearer.mjs";
import { uuid } from "./interviews.mjs";
import { PASSWORD, startServer } from "./server.mjs";

let server;
before(async () => { server = await startServer({ args: ["--no-worker"] }); });
after(async () => { await server.stop(); });

const program = (token) => new Program(server.url, token);
const tokensOf = (person) => server.rows(`SELECT t.id, t.name, t.scopes, t.token_hash, t.last_used_at, t.expires_at FROM api_tokens t JOIN users u ON u.id = t.user_id WHERE u.email = '${person.email}' ORDER BY t.created_at`);

function isInvalid(answer) {
  assert.equal(answer.status, 401, answer.text);
  assert.match(answer.headers.get("www-authenticate"), /^Bearer .*error="invalid_token"/);
  assert.equal(answer.json().type, "/docs/api#problem-invalid-token");
}

test("strangers reach none of it", async () => {
  const stranger = server.browser();
  for (const path of ["/settings/tokens/new", `/settings/tokens/${uuid()}/revoke`]) assert.ok([303, 401].includes((await stranger.get(path)).status), path);
  for (const path of ["/settings/tokens", `/settings/tokens/${uuid()}/revoke`]) assert.ok([303, 401].includes((await stranger.post(path, { name: "x" })).status), path);
});

test("a token is shown once, kept as a hash, and opens what was ticked without cookie or origin", async () => {
  const ada = await server.signUp("Ada");
  const { token, page } = await makeToken(ada, ["profile:read", "applications:write"], { name: "Backup <script>" });
  assert.equal(page.status, 200, page.text);
  assert.match(page.text, /Backup &lt;script&gt;/);
  assert.match(page.headers.get("cache-control"), /no-store/);
  const settings = await ada.get("/settings");
  assert.match(settings.text, /Never used · Runs out on/);
  assert.ok(!settings.text.includes(token));
  const [row] = await tokensOf(ada);
  assert.match(row.token_hash, /^[0-9a-f]{64}$/);
  assert.equal(row.scopes, "profile:read applications:write");
  assert.equal((await program(token).get("/api/users/profile")).json().email, ada.email);
  assert.equal((await program(token).send("POST", "/api/jobs/applications", { title: "Welder" })).status, 201, "no Origin header is needed");
  assert.match((await ada.get("/settings")).text, /Used just now/);
  const notes = await server.rows(`SELECT a.action, a.detail FROM audit_log a JOIN users u ON u.id = a.user_id WHERE u.email = '${ada.email}'`);
  assert.deepEqual(notes, [{ action: "token created", detail: "Backup <script>" }]);
});

test("what was not ticked is refused, and the scope is named", async () => {
  const bea = await server.signUp("Bea"), { token } = await makeToken(bea, ["skills:read"]);
  assert.equal((await program(token).get("/api/users/skills")).status, 200);
  const answer = await program(token).send("POST", "/api/skills", { skill_id: "docker", proficiency_level: "expert" });
  assert.equal(answer.status, 403);
  assert.equal(answer.json().type, "/docs/api#problem-insufficient-scope");
  assert.match(answer.json().detail, /skills:write/);
  assert.match(answer.headers.get("www-authenticate"), /error="insufficient_scope", scope="skills:write"/);
  assert.deepEqual((await bea.get("/api/users/skills")).json().skills, []);
});

test("every route of the API is closed to a token without its scope, and every other address to any token", async () => {
  const cleo = await server.signUp("Cleo");
  const { routes } = JSON.parse((await server.command("routes", "--json")).out);
  const scoped = routes.filter((one) => one.scope), all = [...new Set(scoped.map((one) => one.scope))];
  assert.ok(scoped.length >= 20);
  for (const route of routes.filter((one) => one.pattern.startsWith("/api/"))) assert.ok(route.scope || route.access === "public", `${route.method} ${route.pattern} names a scope`);
  const other = (scope) => all.find((one) => one !== scope);
  const made = new Map();
  for (const scope of all.slice(0, 2)) made.set(scope, (await makeToken(cleo, [scope])).token);
  for (const route of scoped) {
    const token = made.get(route.scope === all[0] ? all[1] : all[0]);
    const answer = await program(token).send(route.method, route.pattern.replace(/\{\w+\}/g, uuid()), route.method === "GET" ? undefined : {});
    assert.equal(answer.status, 403, `${route.method} ${route.pattern} without ${route.scope}: ${answer.text}`);
    assert.ok(answer.json().detail.includes(route.scope) && other(route.scope));
  }
  const { token } = await makeToken(cleo, all);
  for (const route of routes.filter((one) => !one.scope && ["user", "owner", "admin"].includes(one.access))) {
    const path = route.pattern.replace(/\{(\w+)\}/g, (_, param) => (route.fields.find((one) => one.name === param)?.type === "int" ? "1" : uuid()));
    const answer = await program(token).send(route.method, path, undefined, { Cookie: [...cleo.cookies].map(([name, value]) => `${name}=${value}`).join("; ") });
    assert.ok([303, 401, 404, 426].includes(answer.status), `${route.method} ${route.pattern} with a token and a cookie: ${answer.status}`);
    if (answer.status === 404) assert.match(route.pattern, /sessions/, "an address that takes another id");
    if (answer.status === 303) assert.match(answer.headers.get("location"), /^\/sign-in/);
  }
});

test("a token that is mistyped, unknown, run out or revoked is none, whatever cookie is beside it", async () => {
  const dan = await server.signUp("Dan"), { token } = await makeToken(dan, ["profile:read"], { expires: "7" });
  const cookie = { Cookie: [...dan.cookies].map(([name, value]) => `${name}=${value}`).join("; ") };
  const unknown = "cp_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACJ6wYp";
  for (const wrong of ["", "x", token.slice(0, -1), `${token}A`, token.slice(0, 20) + (token[20] === "A" ? "B" : "A") + token.slice(21), unknown, "cp_" + "A".repeat(48), "cp_%00", "a".repeat(5000)])
    isInvalid(await program(wrong).get("/api/users/profile", cookie));
  isInvalid(await new Program(server.url).get("/api/users/profile", { Authorization: "Bearer", ...cookie }));
  assert.equal((await new Program(server.url).get("/api/users/profile", { Authorization: `bearer   ${token}` })).status, 200, "the scheme has no capitals of its own");
  assert.equal((await new Program(server.url).get("/api/users/profile", { Authorization: "Basic YTpi", ...cookie })).status, 200, "another scheme is not ours: the cookie counts");
  await server.write(`UPDATE api_tokens SET expires_at = 1000000 WHERE id = '${(await tokensOf(dan))[0].id}'`);
  isInvalid(await program(token).get("/api/users/profile"));
  assert.match((await dan.get("/settings")).text, /Ran out on 1 January 1970/);
  const second = await makeToken(dan, ["profile:read"]), id = (await tokensOf(dan))[1].id;
  assert.match((await dan.get(`/settings/tokens/${id}/revoke`)).text, /Revoke “A script”/);
  assert.equal((await program(second.token).get("/api/users/profile")).status, 200);
  assert.equal((await dan.post(`/settings/tokens/${id}/revoke`)).location, "/settings#tokens");
  isInvalid(await program(second.token).get("/api/users/profile"));
  assert.equal((await dan.post(`/settings/tokens/${id}/revoke`)).status, 404);
});

test("without token or cookie a program is told how to sign in", async () => {
  const answer = await new Program(server.url).get("/api/users/profile");
  assert.equal(answer.status, 401);
  assert.equal(answer.headers.get("www-authenticate"), 'Bearer realm="Career Prep"');
  assert.equal(answer.json().type, "/docs/api#problem-unauthenticated");
});

test("making one needs the password, a name and something that it may do", async () => {
  const eve = await server.signUp("Eve");
  const wrong = await makeToken(eve, ["profile:read"], { password: "not my password" });
  assert.equal(wrong.page.status, 422);
  assert.match(wrong.page.text, /This is not your password/);
  assert.match(wrong.page.text, /value="profile:read" checked/, "what was ticked stays ticked");
  assert.ok(!wrong.page.text.includes("not my password"));
  assert.match((await makeToken(eve, [])).page.text, /Choose at least one thing/);
  assert.equal((await makeToken(eve, ["everything"])).page.status, 422);
  assert.equal((await makeToken(eve, ["profile:read"], { name: "" })).page.status, 422);
  assert.equal((await makeToken(eve, ["profile:read"], { expires: "0" })).page.status, 422);
  assert.deepEqual(await tokensOf(eve), []);
  const { token } = await makeToken(eve, ["profile:read"], { expires: "never" });
  assert.equal((await tokensOf(eve))[0].expires_at, null);
  assert.match((await eve.get("/settings")).text, /Does not run out/);
  isInvalid(await program(token + "x").send("POST", "/api/skills", {}));
});

test("twenty are the most, and somebody else's cannot be touched", async () => {
  const fay = await server.signUp("Fay"), gus = await server.signUp("Gus");
  for (let i = 0; i < 20; i++) assert.ok((await makeToken(fay, ["profile:read"], { name: `Number ${i}` })).token);
  const more = await makeToken(fay, ["profile:read"]);
  assert.equal(more.page.status, 409);
  assert.match(more.page.text, /20 tokens, which is the most/);
  assert.ok(!(await fay.get("/settings")).text.includes("/settings/tokens/new"));
  const [first] = await tokensOf(fay);
  assert.equal((await gus.get(`/settings/tokens/${first.id}/revoke`)).status, 404);
  assert.equal((await gus.post(`/settings/tokens/${first.id}/revoke`)).status, 404);
  assert.equal((await tokensOf(fay)).length, 20);
});

test("the use is noted, at most once a minute", async () => {
  const hal = await server.signUp("Hal"), { token } = await makeToken(hal, ["profile:read"]);
  assert.equal((await tokensOf(hal))[0].last_used_at, null);
  await program(token).get("/api/users/profile");
  const [{ id, last_used_at: first }] = await tokensOf(hal);
  assert.ok(first > 0);
  await program(token).get("/api/users/profile");
  assert.equal((await tokensOf(hal))[0].last_used_at, first);
  await server.write(`UPDATE api_tokens SET last_used_at = ${first - 61_000_000} WHERE id = '${id}'`);
  await program(token).get("/api/users/profile");
  assert.ok((await tokensOf(hal))[0].last_used_at >= first);
});

test("a new password and ended sessions leave tokens, deleting the account takes them", async () => {
  const ivy = await server.signUp("Ivy"), { token } = await makeToken(ivy, ["profile:read", "account"]);
  await ivy.post("/settings/sessions/end");
  assert.equal((await ivy.post("/settings/password", { current_password: PASSWORD, new_password: "nine orange ladders" })).location, "/settings");
  assert.equal((await program(token).get("/api/users/profile")).status, 200);
  const wrong = await program(token).send("DELETE", "/api/users", { confirm: "somebody@example.org" });
  assert.equal(wrong.status, 422);
  assert.deepEqual(wrong.json().errors.map((one) => one.field), ["confirm"]);
  assert.equal((await program(token).send("DELETE", "/api/users")).status, 422);
  assert.equal((await program(token).send("DELETE", "/api/users", { confirm: ivy.email })).status, 204);
  isInvalid(await program(token).get("/api/users/profile"));
  assert.deepEqual(await tokensOf(ivy), []);
  assert.ok([303, 401].includes((await ivy.get("/settings")).status));
});

test("with a session, deleting and making the account's copy are the page's", async () => {
  const jo = await server.signUp("Jo");
  const copy = await jo.get("/api/users/export");
  assert.equal(copy.status, 200);
  const { exported_at: one, ...data } = copy.json(), { exported_at: other, ...page } = (await jo.get("/settings/export")).json();
  assert.ok(one && other);
  assert.deepEqual(data.user, page.user);
  assert.deepEqual(Object.keys(data), Object.keys(page));
  for (const body of [{ confirm: jo.email }, { confirm: jo.email, password: "not my password" }, { confirm: "x@example.org", password: PASSWORD }])
    assert.equal((await jo.send("DELETE", "/api/users", body)).status, 422, JSON.stringify(body));
  assert.equal((await jo.get("/settings")).status, 200);
  assert.equal((await jo.send("DELETE", "/api/users", { confirm: jo.email.toUpperCase(), password: PASSWORD })).status, 204);
  assert.equal((await server.rows(`SELECT COUNT(*) AS n FROM users WHERE email = '${jo.email}'`))[0].n, 0);
});

test("right passwords are no attempts, whatever becomes of the request; ten wrong ones are the most", async () => {
  const kim = await server.signUp("Kim");
  const attempts = async () => Number((await server.rows(`SELECT COALESCE(SUM(q.used), 0) AS n FROM quotas q JOIN users u ON q.quota_key = 'password ' || CAST(u.id AS text) WHERE u.email = '${kim.email}'`))[0].n);
  for (let i = 0; i < 20; i++) assert.ok((await makeToken(kim, ["profile:read"])).token, `token ${i}`);
  for (let i = 0; i < 12; i++) {
    const full = await makeToken(kim, ["profile:read"]);
    assert.equal(full.page.status, 409, full.page.text);
  }
  assert.equal(await attempts(), 0, "tokens");
  assert.equal((await makeToken(kim, ["profile:read"], { password: "not my password" })).page.status, 422);
  assert.equal(await attempts(), 1, "a wrong one counts");
  assert.match((await kim.post("/settings/password", { current_password: PASSWORD, new_password: PASSWORD })).text, /This is your password already/);
  assert.equal(await attempts(), 0, "a password that stays as it is");
  for (let i = 0; i < 10; i++) assert.match((await kim.send("DELETE", "/api/users", { confirm: kim.email, password: "not my password" })).text, /This is not your password/);
  for (const password of ["not my password", PASSWORD]) assert.match((await makeToken(kim, ["profile:read"], { password })).page.text, /Too many wrong passwords/);
});

test("of many who delete one account at once one does, and for the others there is none any more", async () => {
  const leo = await server.signUp("Leo"), { token } = await makeToken(leo, ["account"]);
  const answers = await Promise.all(Array.from({ length: 10 }, () => program(token).send("DELETE", "/api/users", { confirm: leo.email })));
  assert.deepEqual(answers.map((one) => one.status).sort(), [204, ...Array(9).fill(401)]);
  for (const answer of answers.filter((one) => one.status === 401)) assert.match(answer.json().type, /#problem-(unauthenticated|invalid-token)$/);
  const mia = await server.signUp("Mia");
  const sessions = await Promise.all(Array.from({ length: 5 }, () => mia.send("DELETE", "/api/users", { confirm: mia.email, password: PASSWORD })));
  assert.deepEqual(sessions.map((one) => one.status).sort(), [204, ...Array(4).fill(401)]);
  assert.deepEqual(await server.rows(`SELECT quota_key FROM quotas WHERE quota_key LIKE 'password %' AND substr(quota_key, 10) NOT IN (SELECT CAST(id AS text) FROM users)`), []);
});

test("a form that is sent again makes no second token, also when the first is revoked by now", async () => {
  const ned = await server.signUp("Ned"), ola = await server.signUp("Ola");
  const form = { id: await formId(ned), name: "Reloaded", expires: "30", scopes: ["profile:read"], password: PASSWORD };
  assert.notEqual(await formId(ned), form.id, "each form has its own");
  assert.equal((await ned.post("/settings/tokens", { ...form, password: "not my password" })).status, 422);
  assert.equal((await ned.post("/settings/tokens", form)).status, 200, "what was refused may be sent again");
  const isRefused = (again) => {
    assert.equal(again.status, 409, again.text);
    assert.match(again.text, /made already[^]*only once[^]*revoke it and make another/);
    assert.ok(!/cp_[\w-]{48}/.test(again.text));
  };
  isRefused(await ned.post("/settings/tokens", form));
  isRefused(await ned.post("/settings/tokens", { ...form, name: "Another name" }));
  assert.deepEqual((await tokensOf(ned)).map((one) => [one.id, one.name]), [[form.id, "Reloaded"]]);
  assert.equal((await ola.post("/settings/tokens", form)).status, 409, "nor does anybody else make one with this id");
  assert.deepEqual(await tokensOf(ola), []);
  await ned.post(`/settings/tokens/${form.id}/revoke`);
  isRefused(await ned.post("/settings/tokens", form));
  assert.deepEqual(await tokensOf(ned), []);
  const other = { ...form, id: await formId(ned) };
  const atOnce = await Promise.all(Array.from({ length: 5 }, () => ned.post("/settings/tokens", other)));
  assert.deepEqual(atOnce.map((one) => one.status).sort(), [200, 409, 409, 409, 409]);
  atOnce.filter((one) => one.status === 409).forEach(isRefused);
  assert.equal((await tokensOf(ned)).length, 1);
  for (const id of ["", "nonsense"]) {
    const wrong = await ned.post("/settings/tokens", { ...form, id });
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, /This form is not one of ours/);
    assert.match(wrong.text, /name="id" value="[0-9a-f-]{36}"/, "with a form that is");
  }
});
