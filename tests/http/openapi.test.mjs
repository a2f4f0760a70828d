// The document of the API: it is valid OpenAPI, has every route of the API, and what the server really answers is what it says.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { after, before, test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { allRoutes } from "./attack.mjs";
import { makeToken } from "./bearer.mjs";
import { OpenApi } from "./openapi.mjs";
import { makeServer } from "./server.mjs";

const hasCurl = spawnSync("curl", ["--version"]).status === 0;
let server, api, mara, password;
before(async () => {
  server = await makeServer({ args: ["--no-worker"] });
  const loaded = await server.command("demo");
  assert.equal(loaded.code, 0, loaded.err);
  await server.start();
  api = await OpenApi.read(server);
  password = /Password +([0-9a-f]{16})/.exec(loaded.out)[1];
  mara = await server.signIn("mara-lindqvist@demo.example", password);
});
after(async () => { await server.stop(); });

test("the document is valid OpenAPI 3.1", async () => {
  const result = await new Validator().validate(structuredClone(api.document));
  assert.ok(result.valid, JSON.stringify(result.errors, null, 1));
  assert.match(api.document.openapi, /^3\.1\./);
});

test("every route of the API is in the document, and states what it answers", () => {
  const documented = api.operations.map((one) => one.name).sort();
  const routes = allRoutes().filter((one) => one.pattern.startsWith("/api/") || ["/healthz", "/readyz"].includes(one.pattern));
  assert.deepEqual(documented, routes.map((one) => `${one.method} ${one.pattern}`).sort(), "a route under /api/ needs an answer (src/http/schema.h)");
  const ids = api.operations.map((one) => one.operationId);
  assert.equal(new Set(ids).size, ids.length, "operation ids are unique");
});

test("every operation says enough to call it", () => {
  const tags = api.document.tags.map((one) => one.name);
  assert.equal(new Set(tags).size, tags.length);
  for (const one of api.operations) {
    assert.ok(one.summary && /^[A-Z]/.test(one.summary), one.name);
    assert.ok(tags.includes(one.tags[0]), `${one.name} is under a tag that has words`);
    for (const [, name] of one.path.matchAll(/\{(\w+)\}/g)) assert.ok(one.parameters.some((other) => other.in === "path" && other.name === name && other.required), `${one.name}: ${name}`);
    const success = Object.keys(one.responses).filter((status) => /^2/.test(status));
    assert.equal(success.length, 1, `${one.name} has one success`);
    for (const status of ["400", "429", "503", "default"]) assert.ok(one.responses[status], `${one.name}: ${status}`);
    assert.equal(Boolean(one.responses["401"]), one.security.length > 0, `${one.name}: 401 where somebody must be signed in`);
  }
});

test("the fields of a body are those of the route, with its limits", () => {
  for (const route of allRoutes().filter((one) => one.pattern.startsWith("/api/"))) {
    const operation = api.find(route.method, route.pattern);
    const schema = operation.requestBody ? api.resolve(operation.requestBody.content["application/json"].schema) : { properties: {} };
    const parameters = (operation.parameters ?? []).filter((one) => one.in !== "header");
    assert.deepEqual([...Object.keys(schema.properties), ...parameters.map((one) => one.name)].sort(), [...new Set([...route.fields.map((one) => one.name), ...[...route.pattern.matchAll(/\{(\w+)\}/g)].map((one) => one[1])])].sort(), operation.name);
    for (const field of route.fields) {
      const told = schema.properties[field.name] ?? parameters.find((one) => one.name === field.name).schema;
      if (["text", "multiline", "password"].includes(field.type) && field.max > 0) assert.equal(told.maxLength, field.max, `${operation.name}: ${field.name}`);
      if (field.type === "int") assert.deepEqual([[told.type].flat()[0], told.minimum], ["integer", field.min], `${operation.name}: ${field.name}`);
      if (field.type === "choice") assert.deepEqual(told.enum.filter((one) => one !== null), field.choices.split("|"), `${operation.name}: ${field.name}`);
      const isRequired = schema.required?.includes(field.name) ?? false;
      if (schema.properties[field.name]) assert.equal([told.type].flat().includes("null"), route.method === "PATCH" && !field.required && (field.min <= 0 || field.type === "int"), `${operation.name}: ${field.name}`);
      if (schema.properties[field.name]) assert.equal(isRequired, field.required, `${operation.name}: ${field.name}`);
    }
  }
});

test("examples fit their schemas", () => {
  let count = 0;
  const check = (media, words) => {
    if (!media || !("example" in media)) return;
    count++;
    assert.equal(api.mistakes(media.schema, media.example), "", words);
  };
  for (const one of api.operations) {
    for (const [status, response] of Object.entries(one.responses)) check(api.resolve(response).content?.["application/json"], `${one.name} ${status}`);
    check(one.requestBody?.content["application/json"], `${one.name}, its body`);
  }
  assert.ok(count >= api.operations.length / 2, `${count} examples`);
});

test("what the examples send is taken", async () => {
  const owner = await server.signUp("Exa");
  await owner.send("POST", "/api/skills", { skill_id: "git", proficiency_level: "expert" }); // an interview needs a claim; the examples claim another skill
  for (const one of api.operations.filter((other) => other.requestBody).sort((a, b) => order(a) - order(b))) {
    const example = one.requestBody.content["application/json"].example;
    assert.ok(Object.keys(example).length > 0, `${one.name} shows what it is sent`);
    const answer = await owner.send(one.method, one.path.replace(/\{\w+\}/, "0197a3d2-7c11-7d43-9d0a-5f2e61c0a8b4"), example);
    const isKnown = answer.status < 300 || answer.status === 404 || (one.operationId === "deleteUsers" && answer.json().errors[0].field === "confirm");
    assert.ok(isKnown, `${one.name} with its example ${JSON.stringify(example)}: ${answer.text}`);
  }
});

// ---- what the server answers ----

/** How each operation succeeds: what it is sent, where that needs more than its own example. Its path's {id} is found here too. */
const calls = {
  getRoadmapsById: async () => ({ id: await roadmapId() }),
  patchRoadmapsById: async () => ({ id: await roadmapId(), body: { title: "A calmer plan" } }),
  postSkills: async () => ({ body: { skill_id: "nursing", proficiency_level: "beginner" } }),
  patchUsersSkills: async () => ({ body: { skill_id: "docker", proficiency_level: "expert" } }),
  patchUsersProfile: async () => ({ body: { headline: "Platform engineer", target_roles: ["Platform engineer"] } }),
  postJobsApplications: async () => ({ body: { title: "Platform engineer", applied_on: "2026-03-12", url: "https://example.org/" } }),
  postInterviewsSession: async () => ({ body: { role_title: "Platform engineer", length: "short" } }),
  postInterviewsComplete: async () => ({ body: { interview_id: await spokenInterview() } }),
  postDigitalTwinChat: async () => ({ body: { username: "mara-lindqvist", question: "What has Mara done with Docker?" } }),
  deleteUsers: async () => ({ body: { confirm: mara.email, password } }),
  deleteRoadmapsById: async () => ({ id: await roadmapId() }),
  getInterviewsById: async () => ({ id: (await mara.get("/api/interviews")).json().interviews[0].id }),
  getAgentEventsById: async () => ({ id: (await mara.get("/api/agent-events")).json().events[0].id }),
  getUsersSkillsById: async () => ({ id: await claimId() }),
  patchUsersSkillsById: async () => ({ id: await claimId(), body: { proficiency_level: "beginner" } }),
  deleteUsersSkillsById: async () => ({ id: await claimId() }),
  getJobsApplicationsById: async () => ({ id: await applicationId() }),
  patchJobsApplicationsById: async () => ({ id: await applicationId(), body: { status: "offer", notes: "They called." } }),
  deleteJobsApplicationsById: async () => ({ id: await applicationId() }),
};

const roadmapId = async () => (await mara.get("/api/roadmaps")).json().roadmaps.find((one) => one.status === "active").id;

const claimId = async () => (await mara.get("/api/users/skills")).json().skills[0].id;
const applicationId = async () => (await mara.get("/api/jobs/applications")).json().applications[0].id;

/** An interview of hers that has begun, with an answer in it. */
async function spokenInterview() {
  const { interview_id: id } = (await mara.send("POST", "/api/interviews/session", { length: "short" })).json();
  await mara.post(`/interviews/${id}/start`);
  await mara.post(`/interviews/${id}/say`, { text: "I moved our build to a multi-stage image, which made it twelve times smaller." });
  return id;
}

/** Her account goes last. */
const order = (one) => (one.operationId === "deleteUsers" ? 9 : ["GET", "POST", "PATCH", "PUT", "DELETE"].indexOf(one.method));

test("real answers are what the document says", async () => {
  for (const one of [...api.operations].sort((a, b) => order(a) - order(b))) {
    const { id, query = "", body } = await (calls[one.operationId]?.() ?? {});
    assert.ok(!one.path.includes("{") || id, `${one.name}: this test needs to know how it succeeds`);
    const path = one.path.replace(/\{\w+\}/, id) + query;
    const answer = one.method === "GET" ? await mara.get(path) : await mara.send(one.method, path, body ?? {});
    assert.match(String(answer.status), /^2/, `${one.name}: ${answer.text.slice(0, 300)}`);
    assert.equal(api.broken(one, answer), "", one.name);
    if (answer.text.startsWith("{") && one.operationId !== "getUsersExport") assert.doesNotMatch(answer.text, /:\[\](,"next_cursor":null)?\}$/, `${one.name} answers with data`);
  }
});

test("the page shows every operation, with an example for the command line that runs", { skip: !hasCurl && "curl is not installed" }, async () => {
  const page = (await server.browser().get("/docs/api")).text;
  const scopes = [...new Set(api.operations.flatMap((one) => one.security.flatMap((other) => other.token ?? [])))];
  const owner = await server.signUp("Curly");
  await owner.send("POST", "/api/skills", { skill_id: "git", proficiency_level: "expert" }); // an interview needs a claim; the examples claim another skill
  const { token } = await makeToken(owner, scopes);
  for (const one of api.operations) {
    const shown = new RegExp(`<pre[^>]* id="${one.operationId}-curl"[^>]*>([^<]*)</pre>`).exec(page)?.[1];
    assert.ok(shown, `${one.name} is on the page`);
    const command = shown.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
    const status = execFileSync("bash", ["-c", `${command} -s -o /dev/null -w '%{http_code}'`], { env: { ...process.env, SITE: server.url, TOKEN: token, no_proxy: "127.0.0.1" }, encoding: "utf8" });
    const isPlaceholder = /\{\w+\}|complete|digital-twin/.test(one.path); // of an id, or of somebody
    assert.ok(/^2/.test(status) || (isPlaceholder && status === "404") || (one.operationId === "deleteUsers" && status === "422"), `${command}\nanswers ${status}`);
  }
});

test("no schema is left over, and none is missing", () => {
  const text = JSON.stringify(api.document);
  const named = new Set([...text.matchAll(/"#\/components\/(\w+)\/([\w-]+)"/g)].map(([, kind, name]) => `${kind}/${name}`));
  const there = ["schemas", "responses", "headers"].flatMap((kind) => Object.keys(api.document.components[kind]).map((name) => `${kind}/${name}`));
  assert.deepEqual(there.sort(), [...named].sort());
});

test("the document names the server that BASE_URL names", async () => {
  assert.deepEqual(api.document.servers, [{ url: "/" }]);
  const other = await makeServer({ args: ["--no-worker"], env: { BASE_URL: "https://careers.example.org/" } });
  await other.start();
  try {
    assert.deepEqual((await other.browser().get("/api/openapi.json")).json().servers, [{ url: "https://careers.example.org" }]);
    assert.match((await other.browser().get("/docs/api")).text, /export SITE=https:\/\/careers\.example\.org\n/);
  } finally { await other.stop(); }
});

test("the document is the same for all and may be kept", async () => {
  const first = await server.browser().get("/api/openapi.json"), again = await mara.get("/api/openapi.json");
  assert.equal(first.headers.get("content-type"), "application/json");
  assert.match(first.headers.get("cache-control"), /^public, max-age=\d+/);
  assert.equal(again.text, first.text);
  const known = await mara.get("/api/openapi.json", { "If-None-Match": first.headers.get("etag") });
  assert.deepEqual([known.status, known.text], [304, ""]);
});
