// People for the hostile tests of the API: each has a row of everything that the API shows, and a word of their own in every text of theirs, so
// that a test can say whose data an answer shows.
import { randomBytes } from "node:crypto";
import { newPerson, uuid } from "./attack.mjs";

const NOW = 1770000000000000; // microseconds

/** Where an id of a body or path belongs, by the name of the field or the path before {id}. */
const SOURCES = {
  module_id: "roadmap_modules", interview_id: "interviews", job_listing_id: "job_listings",
  "/api/interviews/{id}": "interviews", "/api/roadmaps/{id}": "roadmaps", "/api/jobs/applications/{id}": "job_applications", "/api/users/skills/{id}": "user_skills", "/api/agent-events/{id}": "agent_events",
};
const SKILLS = ["docker", "postgresql", "kubernetes", "nursing", "linux"];

export class Person {
  constructor(browser, userId, word) {
    Object.assign(this, { browser, userId, word });
  }

  /** Signs somebody up and gives them possessions, all named with their word. `store` reads and `server` writes. */
  static async make(server, store, firstName) {
    const browser = await newPerson(server, firstName);
    const [{ id: userId }] = await store.rows(`SELECT id AS id FROM users WHERE email = '${browser.email}'`);
    const person = new Person(browser, userId, `canary${randomBytes(6).toString("hex")}`);
    await person.fill(server);
    person.ids = {};
    for (const table of new Set(Object.values(SOURCES))) {
      const mine = table === "job_listings" ? "" : `WHERE user_id = '${userId}'`;
      person.ids[table] = (await store.rows(`SELECT id AS id FROM ${table} ${mine}`)).map((row) => row.id);
    }
    return person;
  }

  async fill(server) {
    const { browser, word, userId } = this;
    const must = async (method, path, body) => {
      const answer = await browser.send(method, path, body);
      if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text}`);
      return answer.text ? answer.json() : null;
    };
    for (const skill_id of ["docker", "postgresql"]) await must("POST", "/api/skills", { skill_id, proficiency_level: "proficient" });
    await must("PATCH", "/api/users/profile", { username: word, first_name: `${word} first`, last_name: `${word} last`, headline: `${word} headline`, public_bio: `${word} bio`, target_roles: [`${word} role`], preferred_locations: [`${word} town`] });
    for (const status of ["saved", "applied", "offer"]) await must("POST", "/api/jobs/applications", { title: `${word} title`, company: `${word} company`, notes: `${word} notes`, url: `https://example.org/${word}`, status });
    await must("POST", "/api/interviews/session", { role_title: `${word} interview` });
    const roadmap = uuid();
    let sql = `INSERT INTO roadmaps (id, user_id, title, target_role, status, reason, created_at, updated_at) VALUES ('${roadmap}', '${userId}', '${word} plan', '${word} role', 'active', '${word} reason', ${NOW}, ${NOW});`;
    for (let i = 0; i < 3; i++) sql += `INSERT INTO roadmap_modules (id, user_id, roadmap_id, skill_id, title, reason, kind, hours, position, status, created_at, updated_at) VALUES ('${uuid()}', '${userId}', '${roadmap}', 'docker', '${word} module', '${word} why', 'learn', 5, ${i}, 'pending', ${NOW}, ${NOW});`;
    sql += `INSERT INTO agent_events (id, user_id, event_type, payload, status, source_agent, correlation_id, summary, created_at) VALUES ('${uuid()}', '${userId}', 'ROADMAP_REPLAN_REQUESTED', '{"note":"${word} payload"}', 'completed', 'tests', '${uuid()}', '${word} event', ${NOW});`;
    const listing = uuid();
    sql += `INSERT INTO job_listings (id, source, external_id, title, first_seen_at, created_at, updated_at) VALUES ('${listing}', 'test', '${listing}', 'Plain listing', ${NOW}, ${NOW}, ${NOW});`;
    await server.write(sql);
  }

  /** An id of theirs that fits the place, or any of theirs. */
  idFor(place, random) {
    const list = this.ids[SOURCES[place]] ?? random.pick(Object.values(this.ids));
    return list.length ? random.pick(list) : uuid();
  }

  keyFor(place, random) { return place === "username" ? this.word : random.pick(SKILLS); }
}
