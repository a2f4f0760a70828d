// No route asks the store once for each thing that somebody has: every route of the program (careerprep routes) is asked by a person with little and
// by one with many times more of everything, and runs as many statements for both. A new route is asked without being named here when its fields say
// what it takes, and fails this test until somebody says how it is asked otherwise.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { allRoutes, goodValue } from "./attack.mjs";
import { give, giveListings, makeTemplate } from "./possessions.mjs";
import { Browser, PASSWORD, makeServer } from "./server.mjs";
import { Store } from "./store.mjs";

const FEW = 2, MANY = 18; // fewer than anybody may have of anything
// Tables of a person that a person has once, whatever they do.
const ONCE = ["accounts", "user_profiles", "resumes", "resume_uploads"];
// Written by requests as they come and go, and read by none.
const EMPTY = ["job_steps"];

const own = (part) => (person) => ({ id: part(person) });
const interview = (state) => own((person) => person.interviews[state].id);
const module = own((person) => person.module.id);
/** What the fields do not tell: ids of the person's own, and values that depend on what is stored. */
const ASKS = {
  "GET /jobs/applications/{id}": own((person) => person.application.id),
  "POST /jobs/applications/{id}": own((person) => person.application.id),
  "POST /jobs/applications/{id}/move": (person) => ({ id: person.application.id, status: "offer" }),
  "GET /jobs/applications/{id}/delete": own((person) => person.application.id),
  "POST /jobs/applications/{id}/delete": own((person) => person.application.id),
  "POST /jobs/applications/{id}/answer": (person) => ({ id: person.application.id, answer: "We were looking for more experience with Kubernetes, Docker and Python." }),
  "POST /jobs/answers/{id}/read": own((person) => person.unread.id),
  "GET /jobs/drafts/{id}": own((person) => person.draft.id),
  "POST /jobs/drafts/{id}/accept": (person) => ({ id: person.draft.id, cover_note: "Hello" }),
  "POST /jobs/drafts/{id}/discard": own((person) => person.draft.id),
  "POST /settings/drafts": () => ({ wants_drafts: "on", drafts_min_score: "80" }),
  "GET /admin/jobs/{id}": own((person) => person.job.id),
  "GET /admin/jobs/{id}/retry": own((person) => person.job.id),
  "POST /admin/jobs/{id}/retry": own((person) => person.job.id),
  "GET /admin/jobs/{id}/cancel": own((person) => person.openJob.id),
  "POST /admin/jobs/{id}/cancel": own((person) => person.openJob.id),
  "GET /admin/workflows/{workflow}/cancel": (person) => ({ workflow: person.workflow }),
  "POST /admin/workflows/{workflow}/cancel": (person) => ({ workflow: person.workflow }),
  "GET /admin/kinds/{kind}/redrive": (person) => ({ kind: person.job.kind }),
  "POST /admin/kinds/{kind}/redrive": (person) => ({ kind: person.job.kind }),
  "GET /admin/kinds/{kind}/pause": (person) => ({ kind: person.job.kind }),
  "POST /admin/kinds/{kind}/pause": (person) => ({ kind: person.job.kind }),
  "POST /admin/kinds/{kind}/resume": (person) => ({ kind: person.job.kind }),
  "POST /admin/schedules/{name}/run": () => ({ name: "market.cleanup" }),
  "POST /admin/schedules/{name}/pause": () => ({ name: "market.cleanup" }),
  "POST /admin/schedules/{name}/resume": () => ({ name: "market.cleanup" }),
  "GET /admin/events/{id}": own((person) => person.event.id),
  "GET /jobs/board": () => ({}),
  "POST /api/jobs/applications": () => ({ title: "One more", status: "saved" }),
  "GET /api/jobs/applications/{id}": own((person) => person.application.id),
  "PATCH /api/jobs/applications/{id}": (person) => ({ id: person.application.id, notes: "Called them" }),
  "DELETE /api/jobs/applications/{id}": own((person) => person.application.id),
  "GET /api/users/skills/{id}": own((person) => person.claim.id),
  "PATCH /api/users/skills/{id}": (person) => ({ id: person.claim.id, proficiency_level: "beginner" }),
  "DELETE /api/users/skills/{id}": own((person) => person.claim.id),
  "GET /api/agent-events/{id}": own((person) => person.event.id),
  "POST /activity/jobs/{id}/retry": own((person) => person.job.id),
  "POST /activity/jobs/{id}/answer": (person) => ({ id: person.openJob.id, step_key: "send", answer: "approve" }),
  "GET /activity/jobs/{id}/cancel": own((person) => person.openJob.id),
  "POST /activity/jobs/{id}/cancel": own((person) => person.openJob.id),
  "POST /connections/{id}/accept": own((person) => person.request.id),
  "POST /connections/{id}/decline": own((person) => person.request.id),
  "GET /profile/{username}/connect": (person) => ({ username: person.username }),
  "POST /profile/{username}/connect": (person) => ({ username: person.username, name: "Rita", email: "rita@example.org", message: "I read your profile and would like to talk." }),
  "GET /profile/{username}": (person) => ({ username: person.username }),
  "POST /profile/{username}/ask": (person) => ({ username: person.username, question: "What did you do with Docker?" }),
  "POST /api/digital-twin/chat": (person) => ({ username: person.username, question: "What did you do with Docker?" }),
  "GET /interviews/new": (person) => ({ skill: person.claim.skill_id }),
  "POST /interviews": (person) => ({ role: "Engineer", skills: person.claims.slice(0, 2).map((one) => one.skill_id), length: "short" }),
  "POST /api/interviews/session": (person) => ({ role_title: "Engineer", skills: person.claims.slice(0, 2).map((one) => one.skill_id), length: "short" }),
  "POST /api/interviews/complete": (person) => ({ interview_id: person.interviews.open.id }),
  "GET /interviews/{id}": interview("analyzed"),
  "GET /api/interviews/{id}": interview("analyzed"),
  "GET /interviews/{id}/progress": interview("completed"),
  "POST /interviews/{id}/start": interview("scheduled"),
  "POST /interviews/{id}/say": (person) => ({ id: person.interviews.open.id, text: "I moved our build to a multi-stage Docker build because pulling 900 MB took four minutes." }),
  "GET /interviews/{id}/finish": interview("open"),
  "POST /interviews/{id}/finish": interview("open"),
  "POST /interviews/{id}/read-again": interview("completed"),
  "GET /interviews/{id}/abandon": interview("open"),
  "POST /interviews/{id}/abandon": interview("open"),
  "GET /interviews/{id}/delete": interview("analyzed"),
  "POST /interviews/{id}/delete": interview("analyzed"),
  "GET /jobs/listings/{id}": own((person) => person.listing),
  "POST /jobs/listings/{id}/save": (person) => ({ id: person.listing, status: "saved" }),
  "GET /jobs": () => ({}),
  "GET /market": () => ({}),
  "GET /search": () => ({ q: "a" }),
  "POST /notifications/{id}/open": own((person) => person.notification.id),
  "GET /onboarding/3/entries/{id}/delete": own((person) => person.education.id),
  "POST /onboarding/3/entries/{id}/delete": own((person) => person.education.id),
  "GET /onboarding/4/entries/{id}/delete": own((person) => person.work.id),
  "POST /onboarding/4/entries/{id}/delete": own((person) => person.work.id),
  "POST /onboarding/0": (person) => ({ username: `${person.username}-new` }),
  "POST /onboarding/0/save": (person) => ({ username: `${person.username}-new` }),
  "POST /settings/public": (person) => ({ username: `${person.username}-new`, is_public: "on" }),
  "POST /onboarding/2": () => ({ years_of_experience: "7" }),
  "POST /onboarding/2/save": () => ({ years_of_experience: "7" }),
  "POST /onboarding/3": () => ({ degree: "MSc", institution: "School", draft: "new-entry" }),
  "POST /onboarding/3/save": () => ({ degree: "MSc", institution: "School", draft: "new-entry" }),
  "POST /onboarding/4": () => ({ title: "Engineer", company: "Company", draft: "new-entry" }),
  "POST /onboarding/4/save": () => ({ title: "Engineer", company: "Company", draft: "new-entry" }),
  "PATCH /api/users/profile": () => ({ headline: "Engineer", years_of_experience: 9, target_roles: ["Data Engineer"] }),
  "POST /resume/suggestions": (person) => ({ choices: person.suggested.map((skill) => `${skill}:expert`), groups: person.suggested }),
  "POST /roadmap/modules/{id}/status": (person) => ({ id: person.module.id, status: "completed" }),
  "GET /api/roadmaps/{id}": own((person) => person.roadmap.id),
  "PATCH /api/roadmaps/{id}": (person) => ({ id: person.roadmap.id, title: "Mine" }),
  "DELETE /api/roadmaps/{id}": own((person) => person.roadmap.id),
  "POST /settings/password": () => ({ current_password: PASSWORD, new_password: "eight quiet tables" }),
  "POST /settings/sessions/{id}/end": own((person) => person.session.token_hash),
  "POST /settings/tokens": () => ({ id: randomUUID(), name: "Mine", expires: "30", scopes: ["profile:read"], password: PASSWORD }),
  "GET /settings/tokens/{id}/revoke": own((person) => person.token.id),
  "POST /settings/tokens/{id}/revoke": own((person) => person.token.id),
  "DELETE /api/users": (person) => ({ confirm: person.email, password: PASSWORD }),
  "POST /settings/delete": (person) => ({ confirm: person.email, password: PASSWORD }),
  "GET /skills": () => ({}),
  "POST /skills": (person) => ({ skill_id: person.unclaimed, proficiency_level: "expert" }),
  "POST /api/skills": (person) => ({ skill_id: person.unclaimed, proficiency_level: "expert" }),
  "PATCH /api/users/skills": (person) => ({ skill_id: person.claim.skill_id, proficiency_level: "beginner" }),
  "POST /skills/{id}/level": (person) => ({ id: person.claim.id, proficiency_level: "beginner" }),
  "GET /skills/{id}/remove": own((person) => person.claim.id),
  "POST /skills/{id}/remove": (person) => ({ id: person.claim.id, confirm: "on" }),
  "POST /sign-in": (person) => ({ email: person.email, password: PASSWORD }),
};
// A guest has nothing, an administrator sees what is everybody's; each is asked as that.
const asGuest = (route) => ["guest", "public", "webhook"].includes(route.access);
const name = (route) => `${route.method} ${route.pattern}`;
const routes = allRoutes().filter((route) => route.kind !== "socket");

let server, template, store;
before(async () => {
  server = await makeServer({ env: { DEV_STATEMENTS: "header", LOG_LEVEL: "warn" } });
  await server.start();
  template = await makeTemplate(server);
  await server.halt();
  server.options.args = ["--no-worker"];
  await server.start();
  store = Store.open(server);
});
after(async () => {
  await store?.close();
  await server.stop();
});

function values(route, person) {
  const params = [...route.pattern.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
  const special = ASKS[name(route)]?.(person);
  const fields = route.fields.filter((field) => !params.includes(field.name) && (route.method !== "GET" || field.required));
  return { params, all: special ? { ...Object.fromEntries(fields.filter((field) => field.required).map((field) => [field.name, goodValue(field)])), ...special } : Object.fromEntries(fields.map((field) => [field.name, goodValue(field)])) };
}

/** Asks once: { status, count }. */
async function ask(route, person) {
  const { params, all } = values(route, person);
  if (route.access === "admin") await server.write(`UPDATE users SET role = 'admin' WHERE id = '${person.id}'`);
  const browser = new Browser(server.url);
  if (!asGuest(route)) browser.cookies = new Map([["session", template.browser.cookies.get("session")]]);
  const path = route.pattern.replace(/\{(\w+)\}/g, (_, param) => all[param]);
  const rest = Object.fromEntries(Object.entries(all).filter(([key]) => !params.includes(key)));
  const headers = { Accept: route.kind === "api" ? "application/json" : "text/html" };
  let answer;
  if (route.kind === "stream") {
    const stop = new AbortController();
    answer = await fetch(new URL(path, server.url), { signal: stop.signal, headers: { ...headers, Cookie: `session=${browser.cookies.get("session")}` } });
    stop.abort();
  } else if (route.method === "GET") {
    const query = new URLSearchParams(rest).toString();
    answer = await browser.get(path + (query ? `?${query}` : ""), headers);
  } else if (Object.values(rest).some((value) => value?.bytes)) {
    answer = await browser.upload(path, rest, headers);
  } else if (route.kind === "api" && ["PATCH", "DELETE"].includes(route.method)) {
    answer = await browser.send(route.method, path, rest, headers);
  } else {
    const body = new URLSearchParams(Object.entries(rest).flatMap(([key, value]) => (Array.isArray(value) ? value : [value]).map((one) => [key, one])));
    answer = await browser.request(path, { method: route.method, body: body.toString(), headers: { "Content-Type": "application/x-www-form-urlencoded", ...headers } });
  }
  return { status: answer.status, location: answer.headers.get("location"), text: typeof answer.text === "string" ? answer.text : "", count: Number(answer.headers.get("x-statements")) };
}

const isPossible = () => (Store.isPossible() ? false : "sqlite3 is not installed");

test("whoever has many has many of everything", { skip: isPossible() }, async () => {
  const listings = await giveListings(server, template, FEW);
  const person = await give(server, template, MANY, listings.concat(Array(MANY).fill(null)).slice(0, MANY).map((one) => one ?? listings[0]).filter((one, i, all) => all.indexOf(one) === i));
  for (const table of await store.tables()) {
    const owner = (await store.columns(table)).find((one) => ["user_id", "student_id"].includes(one.name));
    if (!owner || ONCE.includes(table) || EMPTY.includes(table) || table === "job_matches_told") continue;
    const [{ n }] = await store.rows(`SELECT COUNT(*) AS n FROM ${table} WHERE ${owner.name} = '${person.id}'`);
    assert.ok(n >= MANY, `give() in possessions.mjs makes ${n} rows of ${table}`);
  }
});

test("every route runs as many statements for somebody with many times more", { skip: isPossible(), timeout: 500000 }, async (t) => {
  const counts = { few: new Map(), many: new Map() }, problems = [];
  for (const [size, n] of [["few", FEW], ["many", MANY]]) {
    const listings = await giveListings(server, template, n);
    for (const route of routes) {
      const answer = await ask(route, await give(server, template, n, listings));
      counts[size].set(name(route), answer.count);
      const isServed = answer.status < 400 && !(answer.location ?? "").startsWith("/sign-in") && answer.count >= 0;
      if (!isServed) problems.push(`${name(route)} answers ${answer.status} ${answer.location ?? ""}: say in ASKS how it is asked. ${answer.text.match(/class="field-error"[^>]*>([^<]*)/)?.[1] ?? (/<p>([^<]*)/.exec(answer.text.split("<main")[1] ?? "")?.[1] ?? answer.text.slice(0, 200))}`);
    }
  }
  for (const [route, few] of counts.few) {
    const many = counts.many.get(route);
    if (many > few) problems.push(`${route} runs ${few} statements for ${FEW} and ${many} for ${MANY} of everything`);
  }
  assert.equal(problems.join("\n"), "");
  const most = [...counts.many].sort((a, b) => b[1] - a[1]).slice(0, 5).map(([route, count]) => `${route} ${count}`);
  t.diagnostic(`${routes.length} routes; the most statements: ${most.join(", ")}`);
});
