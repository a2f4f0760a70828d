// The conventions of the API: collections page by page, states told apart by ETag, a POST done once by its key, and problems told alike.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { uuid } from "./interviews.mjs";
import { startServer } from "./server.mjs";

let server, ada;
before(async () => {
  server = await startServer({ args: ["--no-worker"] });
  ada = await server.signUp("Ada");
});
after(async () => { await server.stop(); });

const userId = async (person) => (await server.rows(`SELECT id FROM users WHERE email = '${person.email}'`))[0].id;
const apply = async (person, document) => (await person.send("POST", "/api/jobs/applications", { title: "Any", ...document })).json();
const claim = async (person, skill_id, proficiency_level = "expert") => (await person.send("POST", "/api/skills", { skill_id, proficiency_level })).json();

/** Reads a collection page by page along the Link header: [items, number of pages]. */
async function walk(person, path, name, between = async () => {}) {
  const items = [];
  for (let pages = 1; ; pages++) {
    const answer = await person.get(path), document = answer.json(), link = answer.headers.get("link");
    assert.equal(answer.status, 200, answer.text);
    items.push(...document[name]);
    assert.equal(link === null, document.next_cursor === null);
    if (!link) return [items, pages];
    const [, next] = /^<([^>]+)>; rel="next"$/.exec(link);
    assert.equal(new URL(next, server.url).searchParams.get("cursor"), document.next_cursor);
    path = next;
    await between(pages);
  }
}

const ids = (items) => items.map((one) => one.id);

/** Roadmaps, interviews and events that no route makes by itself. */
async function giveRows(person, count) {
  const user = await userId(person), roadmaps = [], events = [], interviews = [];
  for (let i = 0; i < count; i++) {
    const at = 1_700_000_000_000_000 + Math.floor(i / 2) * 1_000_000; // two at a time: the id decides
    roadmaps.push(`('${uuid()}', '${user}', 'Plan ${i}', 'Role', '${i === 0 ? "active" : "archived"}', '', 1, ${at}, ${at + (i % 3) * 10_000_000})`);
    interviews.push(`('${uuid()}', '${user}', 'Role ${i}', '${["scheduled", "analyzed"][i % 2]}', '{}', '{}', ${i % 2 ? `'{"proofs":[],"gaps":[]}'` : "NULL"}, ${at}, ${at})`);
    events.push(`('${uuid()}', '${i % 2 ? "RESUME_READ" : "SKILL_VERIFIED"}', '{}', '${i % 3 ? "completed" : "failed"}', 'action', '${user}', '${uuid()}', 'Event ${i}', ${at})`);
  }
  await server.write(`INSERT INTO roadmaps (id, user_id, title, target_role, status, reason, version, created_at, updated_at) VALUES ${roadmaps.join(", ")};
    INSERT INTO interviews (id, user_id, role_title, status, plan, state, outcome, created_at, updated_at) VALUES ${interviews.join(", ")};
    INSERT INTO agent_events (id, event_type, payload, status, source_agent, user_id, correlation_id, summary, created_at) VALUES ${events.join(", ")};`);
}

// ---- collections ----

test("every order of every collection gives each item once, in order, from both ends", async () => {
  const bea = await server.signUp("Bea");
  await giveRows(bea, 13);
  for (const skill of ["docker", "kubernetes", "python", "react", "git", "postgresql", "ansible"]) await claim(bea, skill);
  for (const [title, company, next_step_on] of [["Zimmermann", "b", null], ["äpfel", "B", "2026-01-02"], ["Any", "", "2026-01-01"], ["any", "a|b", null], ["Quote \"", "\n".trim(), "2027-05-05"], ["%_", "ü", null], ["Zimmermann", "z", "2026-01-01"]])
    assert.ok((await apply(bea, { title, company, next_step_on, status: title === "Any" ? "offer" : "saved" })).id);
  const { routes } = JSON.parse((await server.command("routes", "--json")).out);
  const collections = { "/api/roadmaps": "roadmaps", "/api/users/skills": "skills", "/api/jobs/applications": "applications", "/api/agent-events": "events", "/api/interviews": "interviews" };
  for (const [path, name] of Object.entries(collections)) {
    const sorts = routes.find((one) => one.method === "GET" && one.pattern === path).fields.find((one) => one.name === "sort").choices.split("|");
    const all = ids((await bea.get(`${path}?limit=100`)).json()[name]).sort();
    assert.ok(all.length >= 7, path);
    for (const sort of sorts) {
      const [items, pages] = await walk(bea, `${path}?limit=3&sort=${sort}`, name);
      assert.equal(pages, Math.ceil(all.length / 3), `${path} by ${sort}`);
      assert.deepEqual(ids(items).sort(), all, `${path} by ${sort}`);
      assert.deepEqual(ids((await walk(bea, `${path}?limit=100&sort=${sort}`, name))[0]), ids(items), `${path} by ${sort}: the pages are the whole`);
      if (sort === "board") continue;
      const key = sort.replace(/^-/, "");
      if (sort !== key) assert.deepEqual(ids((await walk(bea, `${path}?limit=2&sort=${key}`, name))[0]), ids(items).reverse(), `${path} by ${sort} is ${key} turned round`);
      if (/_at$/.test(key)) for (let i = 1; i < items.length; i++) assert.ok(sort === key ? items[i - 1][key] <= items[i][key] : items[i - 1][key] >= items[i][key], `${path} by ${sort}`);
    }
  }
});

test("the catalogue is read to its end, and a search is cut into pages, too", async () => {
  const [all] = await walk(ada, "/api/skills?limit=100", "skills"), [byName] = await walk(ada, "/api/skills?limit=100&sort=-name", "skills");
  assert.ok(all.length >= 1200);
  assert.deepEqual(ids(all).sort(), ids(byName).sort());
  assert.ok(byName[0].name.toLowerCase() > byName.at(-1).name.toLowerCase());
  const whole = (await ada.get("/api/skills?q=data&limit=50")).json(), [search] = await walk(ada, "/api/skills?q=data&limit=3", "skills");
  assert.ok(whole.total > 3);
  assert.deepEqual(ids(search), ids(whole.skills));
  const { skills } = (await ada.get(`/api/skills?category=${encodeURIComponent(all[0].category)}`)).json();
  assert.ok(skills.length > 0 && skills.every((one) => one.category === all[0].category));
});

test("what is added or removed between two pages moves nothing", async () => {
  const cleo = await server.signUp("Cleo");
  for (let i = 0; i < 9; i++) await apply(cleo, { title: `Job ${i}` });
  const before = ids((await cleo.get("/api/jobs/applications?sort=created_at")).json().applications);
  const [items] = await walk(cleo, "/api/jobs/applications?limit=2&sort=-created_at", "applications", async (page) => {
    await apply(cleo, { title: `New after page ${page}` });
    if (page === 2) assert.equal((await cleo.send("DELETE", `/api/jobs/applications/${before[5]}`, {})).status, 204, "the last one that was read");
  });
  assert.deepEqual(ids(items), before.reverse(), "each of the old ones once, none of the new ones");
});

test("filters, and fields cut to what was asked for", async () => {
  const dan = await server.signUp("Dan");
  await giveRows(dan, 12);
  await claim(dan, "docker", "beginner");
  await claim(dan, "git", "expert");
  const events = (await dan.get("/api/agent-events?event_type=SKILL_VERIFIED&status=failed&limit=1")).json();
  assert.deepEqual([events.total, events.events.length], [2, 1], "the total is of what fits");
  assert.equal((await dan.get(`/api/agent-events?correlation_id=${events.events[0].correlation_id}`)).json().total, 1);
  assert.equal((await dan.get("/api/roadmaps?status=active")).json().roadmaps.length, 1);
  assert.equal((await dan.get("/api/roadmaps?status=archived")).json().roadmaps.length, 11);
  assert.deepEqual((await dan.get("/api/users/skills?proficiency_level=expert&fields=skill_id")).json(), { skills: [{ skill_id: "git" }], next_cursor: null });
  assert.deepEqual((await dan.get("/api/users/skills?state=verified")).json().skills, []);
  const cut = (await dan.get("/api/roadmaps?fields=title,%20id&limit=2")).json();
  assert.deepEqual(cut.roadmaps.map((one) => Object.keys(one)), [["id", "title"], ["id", "title"]]);
  assert.ok(cut.next_cursor);
  await apply(dan, { title: 'A "quote", a {brace} and a \\', notes: '","id":"x' });
  const [one] = (await dan.get("/api/jobs/applications?fields=notes,title")).json().applications;
  assert.deepEqual(one, { title: 'A "quote", a {brace} and a \\', notes: '","id":"x' });
  assert.deepEqual((await dan.get("/api/skills?q=k8s&fields=aliases&limit=1")).json().skills.map((skill) => Object.keys(skill)), [["aliases"]]);
  assert.deepEqual(Object.keys((await dan.get("/api/agent-events?fields=jobs,payload&limit=1")).json().events[0]), ["payload", "jobs"]);
});

test("an order, a field, a cursor or a name that is not known is refused and named", async () => {
  const eve = await server.signUp("Eve");
  for (let i = 0; i < 3; i++) await apply(eve, { title: `Job ${i}` });
  const { next_cursor: cursor } = (await eve.get("/api/jobs/applications?limit=1&sort=title")).json();
  const foreign = (await ada.get("/api/skills?limit=1")).json().next_cursor;
  const cases = [["sort=salary", "sort"], ["sort=-board", "sort"], ["fields=id,secret", "fields"], ["limit=0", "limit"], ["limit=101", "limit"], ["limit=x", "limit"], ["page=2", "page"], ["offset=1", "offset"],
    ["cursor=x", "cursor"], [`cursor=${cursor.slice(0, -1)}`, "cursor"], [`cursor=${cursor.slice(0, 10)}${cursor[10] === "a" ? "b" : "a"}${cursor.slice(11)}`, "cursor"], [`cursor=${cursor}=`, "cursor"],
    [`cursor=${cursor}&sort=-title`, "cursor"], [`cursor=${foreign}`, "cursor"], ["cursor=" + "A".repeat(1900), "cursor"], ["cursor=" + "A".repeat(2001), "cursor"], ["%3Cb%3E=1", "<b>"], ["status=best", "status"]];
  for (const [query, name] of cases) {
    const answer = await eve.get(`/api/jobs/applications?${query}`);
    assert.equal(answer.status, 422, `${query}: ${answer.text}`);
    const problem = answer.json();
    assert.equal(problem.type, "/docs/api#problem-validation");
    assert.deepEqual(problem.errors.map((one) => [one.field, one.in]), [[name, "query"]], query);
    assert.ok(problem.errors[0].message.length > 5);
  }
  assert.equal((await eve.get(`/api/jobs/applications?cursor=${cursor}&sort=title`)).status, 200);
  assert.equal((await eve.get(`/api/jobs/applications?cursor=${cursor}&limit=1`)).json().applications[0].title, "Job 1", "a cursor knows its order");
  const stranger = await server.signUp("Stranger");
  assert.deepEqual((await stranger.get(`/api/jobs/applications?cursor=${cursor}`)).json().applications, [], "somebody else's cursor shows one's own only");
  for (const [method, path, body, name] of [["POST", "/api/jobs/applications", { title: "x", colour: "red" }, "colour"], ["PATCH", "/api/users/profile", { headline: "Nurse", isAdmin: true }, "isAdmin"], ["POST", "/api/skills", { skill_id: "docker", proficiency_level: "expert", is_verified: true }, "is_verified"]]) {
    const answer = await eve.send(method, path, body);
    assert.equal(answer.status, 422, `${path}: ${answer.text}`);
    assert.deepEqual(answer.json().errors.map((one) => [one.field, one.in]), [[name, "body"]]);
  }
  const query = await eve.send("POST", "/api/jobs/applications?status=offer", { title: "x" });
  assert.deepEqual([query.status, query.json().errors[0].field, query.json().errors[0].in], [422, "status", "query"]);
  assert.equal((await eve.get("/api/jobs/applications")).json().applications.length, 3, "nothing was added");
  assert.equal((await eve.get("/api/users/profile")).json().headline, null);
});

// ---- ETag ----

test("a state has an ETag: known ones are not sent again, and nobody changes what they have not seen", async () => {
  const fay = await server.signUp("Fay"), { id } = await apply(fay, { title: "Welder" }), path = `/api/jobs/applications/${id}`;
  const first = await fay.get(path), tag = first.headers.get("etag");
  assert.match(tag, /^"[0-9a-f]{16}"$/);
  for (const header of [tag, `W/${tag}`, `"x", ${tag}`, "*"]) {
    const known = await fay.get(path, { "If-None-Match": header });
    assert.deepEqual([known.status, known.text, known.headers.get("etag")], [304, "", tag], header);
  }
  assert.equal((await fay.get(path, { "If-None-Match": '"x"' })).status, 200);
  const changed = await fay.send("PATCH", path, { notes: "Called." }, { "If-Match": `"x", ${tag}` });
  assert.equal(changed.status, 200);
  const next = changed.headers.get("etag");
  assert.notEqual(next, tag);
  assert.equal((await fay.get(path)).headers.get("etag"), next, "PATCH tells the ETag of the new state");
  for (const header of [tag, `W/${next}`, '"', "x", `${next.slice(0, -1)}`]) {
    const late = await fay.send("PATCH", path, { notes: "Lost." }, { "If-Match": header });
    assert.equal(late.status, 412, header);
    assert.equal(late.json().type, "/docs/api#problem-precondition-failed");
    assert.equal(late.headers.get("etag"), next, "the present one, to read again");
  }
  assert.equal((await fay.send("DELETE", path, {}, { "If-Match": tag })).status, 412);
  assert.equal((await fay.get(path)).json().notes, "Called.");
  assert.equal((await fay.send("PATCH", path, { notes: "Any." }, { "If-Match": "*" })).status, 200);
  assert.equal((await fay.send("DELETE", path, {}, { "If-Match": (await fay.get(path)).headers.get("etag") })).status, 204);
  assert.equal((await fay.send("PATCH", path, { notes: "x" }, { "If-Match": tag })).status, 404);
});

test("profile, claims and collections have one, too", async () => {
  const gus = await server.signUp("Gus"), { id } = await claim(gus, "docker", "beginner");
  for (const path of ["/api/users/profile", "/api/roadmaps", "/api/users/skills", `/api/users/skills/${id}`, "/api/jobs/applications", "/api/agent-events", "/api/skills"]) {
    const tag = (await gus.get(path)).headers.get("etag");
    assert.ok(tag, path);
    assert.equal((await gus.get(path, { "If-None-Match": tag })).status, 304, path);
  }
  const profile = (await gus.get("/api/users/profile")).headers.get("etag");
  const changed = await gus.send("PATCH", "/api/users/profile", { headline: "Nurse" }, { "If-Match": profile });
  assert.equal(changed.headers.get("etag"), (await gus.get("/api/users/profile")).headers.get("etag"));
  assert.equal((await gus.send("PATCH", "/api/users/profile", { headline: "Baker" }, { "If-Match": profile })).status, 412);
  const list = (await gus.get("/api/users/skills")).headers.get("etag");
  assert.equal((await gus.send("PATCH", "/api/users/skills", { skill_id: "docker", proficiency_level: "expert" }, { "If-Match": list })).status, 412, "a list's tag is of one page, and guards no item");
  const item = (await gus.get(`/api/users/skills/${id}`)).headers.get("etag");
  assert.equal((await gus.send("PATCH", `/api/users/skills/${id}`, { proficiency_level: "expert" }, { "If-Match": item })).status, 200);
  assert.equal((await gus.send("PATCH", `/api/users/skills/${id}`, { proficiency_level: "beginner" }, { "If-Match": item })).status, 412);
});

test("of many who saw the same state one changes it", async () => {
  const hal = await server.signUp("Hal"), { id } = await apply(hal, { title: "Welder" }), path = `/api/jobs/applications/${id}`;
  for (let round = 0; round < 5; round++) {
    const tag = (await hal.get(path)).headers.get("etag");
    const answers = await Promise.all([...Array(6).keys()].map((i) => hal.send("PATCH", path, { notes: `Round ${round}, hand ${i}` }, { "If-Match": tag })));
    const statuses = answers.map((one) => one.status).sort();
    assert.deepEqual(statuses, [200, 412, 412, 412, 412, 412], `round ${round}`);
    assert.equal((await hal.get(path)).json().notes, answers.find((one) => one.status === 200).json().notes);
  }
});

// ---- Idempotency-Key ----

test("a POST with a key is done once, however often it is sent", async () => {
  const ivy = await server.signUp("Ivy"), key = { "Idempotency-Key": "a-key_of.mine" };
  const first = await ivy.send("POST", "/api/jobs/applications", { title: "Welder" }, key);
  assert.deepEqual([first.status, first.headers.get("idempotency-replayed")], [201, null]);
  const again = await ivy.send("POST", "/api/jobs/applications", { title: "Welder" }, key);
  assert.deepEqual([again.status, again.text, again.headers.get("location"), again.headers.get("idempotency-replayed"), again.headers.get("content-type")],
    [201, first.text, first.headers.get("location"), "true", "application/json"]);
  assert.equal((await ivy.send("POST", "/api/jobs/applications", { title: "Welder" }, { "Idempotency-Key": '"a-key_of.mine"' })).headers.get("idempotency-replayed"), "true", "quoted, it is the same key");
  for (const [path, body] of [["/api/jobs/applications", { title: "Baker" }], ["/api/skills", { skill_id: "docker", proficiency_level: "expert" }]]) {
    const other = await ivy.send("POST", path, body, key);
    assert.equal(other.status, 422, other.text);
    assert.equal(other.json().type, "/docs/api#problem-idempotency-key-reused");
  }
  const same = await ada.send("POST", "/api/jobs/applications", { title: "Mine" }, key);
  assert.equal(same.status, 201, "keys are each person's own");
  assert.equal((await ivy.get("/api/jobs/applications")).json().applications.length, 1);
  const skill = [await ivy.send("POST", "/api/skills", { skill_id: "docker", proficiency_level: "expert" }, { "Idempotency-Key": "2" }), await ivy.send("POST", "/api/skills", { skill_id: "docker", proficiency_level: "expert" }, { "Idempotency-Key": "2" })];
  assert.equal(skill[0].text, skill[1].text);
});

test("what was refused is not remembered, and a key that is none is refused", async () => {
  const jo = await server.signUp("Jo"), key = { "Idempotency-Key": "later" };
  assert.equal((await jo.send("POST", "/api/jobs/applications", { title: "" }, key)).status, 422);
  assert.equal((await jo.send("POST", "/api/jobs/applications", { job_listing_id: uuid() }, key)).status, 404);
  assert.equal((await jo.send("POST", "/api/jobs/applications", { title: "Now" }, key)).status, 201);
  for (const wrong of ["", "x".repeat(65), "two words", '""', "ä"]) {
    const answer = await jo.send("POST", "/api/jobs/applications", { title: "No" }, { "Idempotency-Key": Buffer.from(wrong).toString("latin1") });
    assert.equal(answer.status, 422, wrong);
    assert.deepEqual(answer.json().errors.map((one) => [one.field, one.in]), [["Idempotency-Key", "header"]]);
  }
  assert.equal((await jo.get("/api/jobs/applications")).json().applications.length, 1);
});

test("many at once with one key make one", async () => {
  const kim = await server.signUp("Kim");
  for (let round = 0; round < 4; round++) {
    const answers = await Promise.all([...Array(8)].map(() => kim.send("POST", "/api/jobs/applications", { title: `Round ${round}` }, { "Idempotency-Key": `round-${round}` })));
    assert.deepEqual(new Set(answers.map((one) => one.status)), new Set([201]));
    assert.equal(new Set(answers.map((one) => one.text)).size, 1);
    assert.equal(answers.filter((one) => !one.headers.get("idempotency-replayed")).length, 1);
  }
  assert.equal((await kim.get("/api/jobs/applications")).json().applications.length, 4);
});

test("after a day a key is free", async () => {
  const lea = await server.signUp("Lea"), key = { "Idempotency-Key": "daily" }, user = await userId(lea);
  const make = () => lea.send("POST", "/api/jobs/applications", { title: "Daily" }, key);
  const age = (seconds) => server.write(`UPDATE idempotency_keys SET created_at = ${(Date.now() - seconds * 1000) * 1000} WHERE user_id = '${user}'`);
  await make();
  await age(86000);
  assert.equal((await make()).headers.get("idempotency-replayed"), "true");
  await age(86500);
  assert.equal((await make()).headers.get("idempotency-replayed"), null);
  assert.equal((await lea.get("/api/jobs/applications")).json().applications.length, 2);
});

test("housekeeping forgets keys of more than a day, and no others", async () => {
  const own = await startServer();
  try {
    const nia = await own.signUp("Nia");
    for (const key of ["old", "new"]) await nia.send("POST", "/api/jobs/applications", { title: key }, { "Idempotency-Key": key });
    await own.write(`UPDATE idempotency_keys SET created_at = ${(Date.now() - 86500_000) * 1000} WHERE idempotency_key = 'old'`);
    await own.halt(); // the first round of a new process
    await own.start();
    const keys = async () => (await own.rows("SELECT idempotency_key AS k FROM idempotency_keys")).map((one) => one.k);
    for (const end = Date.now() + 30000; (await keys()).includes("old") && Date.now() < end;) await new Promise((done) => setTimeout(done, 100));
    assert.deepEqual(await keys(), ["new"]);
  } finally { await own.stop(); }
});

test("killed in the middle of it, the server has done it once or not at all", async () => {
  const own = await startServer({ args: ["--no-worker"] });
  try {
    const max = await own.signUp("Max");
    let made = 0;
    for (let round = 0; round < 4; round++) {
      const send = (i) => max.send("POST", "/api/jobs/applications", { title: `Round ${round}, ${i}` }, { "Idempotency-Key": `${round}-${i}` }).catch(() => null);
      const running = [...Array(12).keys()].map(send);
      if (round % 2) await Promise.any(running.slice(0, 4)); // some are through, some are not
      await own.kill();
      const before = await Promise.all(running);
      await own.start();
      max.url = own.url;
      const after = await Promise.all([...Array(12).keys()].map(send));
      made += 12;
      assert.ok(after.every((one) => one.status === 201));
      before.forEach((one, i) => { if (one) assert.equal(one.text, after[i].text, "who had an answer gets the same one"); });
      const { applications } = (await max.get("/api/jobs/applications?limit=100")).json();
      assert.equal(applications.length, made, `round ${round}`);
      assert.equal(new Set(applications.map((one) => one.title)).size, made);
    }
  } finally { await own.stop(); }
});

// ---- resources ----

test("an application is made, read, changed in part, moved and removed, by its person alone", async () => {
  const ned = await server.signUp("Ned"), eve = await server.signUp("Eve");
  const made = await ned.send("POST", "/api/jobs/applications", { title: "Welder", company: "Iron", next_step_on: "2026-04-01" });
  const location = made.headers.get("location");
  assert.equal(location, `/api/jobs/applications/${made.json().id}`);
  assert.deepEqual((await ned.get(location)).json(), made.json());
  const changed = (await ned.send("PATCH", location, { notes: "Called.", next_step_on: null })).json();
  assert.deepEqual([changed.title, changed.company, changed.notes, changed.next_step_on, changed.status], ["Welder", "Iron", "Called.", null, "saved"]);
  const moved = (await ned.send("PATCH", location, { status: "applied" })).json();
  assert.deepEqual([moved.status, moved.notes], ["applied", "Called."]);
  assert.match(moved.applied_on, /^\d{4}-\d\d-\d\d$/, "the day of applying is filled in");
  for (const wrong of [{ title: "" }, { title: null }, { status: "best" }, { status: null }, { url: "ftp://x" }, { next_step_on: "tomorrow" }, { id: 7, extra: 1 }])
    assert.equal((await ned.send("PATCH", location, wrong)).status, 422, JSON.stringify(wrong));
  assert.equal((await ned.send("PATCH", location, { notes: "From a merge patch" }, { "Content-Type": "application/merge-patch+json" })).json().notes, "From a merge patch");
  for (const [method, body] of [["GET", undefined], ["PATCH", { notes: "Mine" }], ["DELETE", {}]]) {
    const answer = method === "GET" ? await eve.get(location) : await eve.send(method, location, body);
    assert.equal(answer.status, 404, method);
  }
  assert.equal((await ned.send("DELETE", location, {})).status, 204);
  assert.equal((await ned.get(location)).status, 404);
  assert.equal((await ned.send("DELETE", location, {})).status, 404);
});

test("a claim is made, read, changed and removed, by its person alone", async () => {
  const ola = await server.signUp("Ola"), eve = await server.signUp("Eve");
  const made = await ola.send("POST", "/api/skills", { skill_id: "docker", proficiency_level: "expert" }), location = made.headers.get("location");
  assert.equal(made.status, 201);
  assert.deepEqual((await ola.get(location)).json(), made.json());
  assert.deepEqual((await ola.get("/api/users/skills")).json().skills, [made.json()]);
  assert.equal((await ola.send("PATCH", location, { proficiency_level: "beginner" })).json().proficiency_level, "beginner");
  assert.equal((await ola.send("PATCH", location, {})).status, 422);
  assert.equal((await eve.get(location)).status, 404);
  assert.equal((await eve.send("PATCH", location, { proficiency_level: "expert" })).status, 404);
  assert.equal((await eve.send("DELETE", location, {})).status, 404);
  assert.equal((await ola.send("DELETE", location, {})).status, 204);
  assert.equal((await ola.send("DELETE", location, {})).status, 404);
  assert.deepEqual((await ola.get("/api/users/skills")).json().skills, []);
});

test("an archived roadmap is still read and found; a plan that was asked for is followed by its event", async () => {
  const pat = await server.signUp("Pat");
  await giveRows(pat, 1);
  const [{ id }] = (await pat.get("/api/roadmaps?status=active")).json().roadmaps;
  assert.equal((await pat.send("DELETE", `/api/roadmaps/${id}`, {})).status, 204);
  const archived = (await pat.get(`/api/roadmaps/${id}`)).json();
  assert.equal(archived.status, "archived");
  assert.equal((await pat.send("DELETE", `/api/roadmaps/${id}`, {})).status, 204);
  assert.deepEqual((await pat.get(`/api/roadmaps/${id}`)).json(), archived, "archiving it again changes nothing");
  assert.equal((await pat.send("DELETE", `/api/roadmaps/${uuid()}`, {})).status, 404);
  const asked = await pat.send("POST", "/api/roadmaps", {}), again = await pat.send("POST", "/api/roadmaps", {});
  assert.equal(asked.status, 202);
  const event = (await pat.get(asked.headers.get("location"))).json();
  assert.deepEqual([event.id, event.event_type, event.jobs[0].kind, event.jobs[0].status], [asked.json().event_id, "ROADMAP_REPATH_NEEDED", "roadmap.repath", "blocked"]);
  assert.deepEqual([again.json().was_waiting_already, again.json().event_id], [true, event.id]);
  const eve = await server.signUp("Eve");
  assert.equal((await eve.get(asked.headers.get("location"))).status, 404);
});

test("interviews are read with what came of them, by their person alone", async () => {
  const sue = await server.signUp("Sue"), eve = await server.signUp("Eve");
  await giveRows(sue, 4);
  assert.equal((await sue.get("/api/interviews?status=analyzed&limit=1")).json().interviews.length, 1);
  assert.equal((await sue.get("/api/interviews?status=abandoned")).json().interviews.length, 0);
  const [{ id }] = (await sue.get("/api/interviews?status=analyzed")).json().interviews;
  const one = (await sue.get(`/api/interviews/${id}`)).json();
  assert.deepEqual([one.id, one.status, one.verified_skills, one.outcome], [id, "analyzed", 0, { proofs: [], gaps: [] }]);
  assert.equal((await eve.get(`/api/interviews/${id}`)).status, 404);
  assert.deepEqual((await eve.get("/api/interviews")).json().interviews, []);
  await claim(sue, "docker");
  const made = await sue.send("POST", "/api/interviews/session", { role_title: "Welder" });
  const session = (await sue.get(made.headers.get("location"))).json();
  assert.deepEqual([session.id, session.role_title, session.status, session.outcome], [made.json().interview_id, "Welder", "scheduled", null]);
});

// ---- problems ----

test("every refusal is a problem document with its kind, and says what to do", async () => {
  const quin = await server.signUp("Quin"), stranger = server.browser();
  const cases = [
    [400, "bad-request", await quin.send("PATCH", "/api/users/profile", "{")],
    [401, "unauthenticated", await stranger.get("/api/users/profile")],
    [403, "forbidden", await quin.send("PATCH", "/api/users/profile", { headline: "x" }, { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" })],
    [404, "not-found", await quin.get("/api/nowhere")],
    [404, "not-found", await quin.get(`/api/roadmaps/${uuid()}`)],
    [405, "method-not-allowed", await quin.send("DELETE", "/api/skills", {})],
    [409, "conflict", await quin.send("POST", "/api/interviews/complete", { interview_id: await scheduled(quin) })],
    [412, "precondition-failed", await quin.send("PATCH", "/api/users/profile", { headline: "x" }, { "If-Match": '"x"' })],
    [413, "too-large", await quin.send("POST", "/api/skills", { name: "x".repeat(70000) })],
    [415, "unsupported-media-type", await quin.request("/api/skills", { method: "POST", body: "<a/>", headers: { "Content-Type": "application/xml" } })],
    [422, "validation", await quin.send("POST", "/api/skills", { skill_id: "docker" })],
  ];
  for (const [status, kind, answer] of cases) {
    assert.equal(answer.status, status, `${kind}: ${answer.text}`);
    assert.equal(answer.headers.get("content-type"), "application/problem+json", kind);
    const problem = answer.json();
    assert.deepEqual([problem.type, problem.status, problem.instance], [`/docs/api#problem-${kind}`, status, answer.headers.get("x-request-id")]);
    assert.ok(problem.title && problem.detail, kind);
    assert.equal("errors" in problem, status === 422, kind);
  }
  assert.equal(cases.find(([status]) => status === 405)[2].headers.get("allow"), "GET, HEAD, POST");
  const page = await server.browser().get("/docs/api");
  assert.equal(page.status, 200);
  for (const [, kind] of cases) assert.ok(page.text.includes(`id="problem-${kind}"`), `${kind} is told at its address`);
});

/** An interview that has not begun cannot be completed. */
async function scheduled(person) {
  await claim(person, "docker");
  return (await person.send("POST", "/api/interviews/session", { role_title: "Welder" })).json().interview_id;
}

test("too much at once is told with the seconds to wait", async () => {
  const rex = await server.signUp("Rex");
  for (let i = 0; i < 700; i += 50) {
    const answers = await Promise.all([...Array(50)].map(() => rex.get("/api/users/profile")));
    const refused = answers.find((one) => one.status === 429);
    if (!refused) continue;
    assert.equal(refused.json().type, "/docs/api#problem-too-many-requests");
    assert.match(refused.headers.get("retry-after"), /^\d+$/);
    return;
  }
  assert.fail("nobody was refused");
});
