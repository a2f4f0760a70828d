// People who work with the product for tests that take something away meanwhile (a node, the database): each writes and reads in turn and notes
// what was acknowledged. `check` says afterwards that all of it is there exactly once, and nothing that was not sent.
import assert from "node:assert/strict";
import { begin, GOOD, prepare, uuid } from "./interviews.mjs";

const LEVELS = ["beginner", "intermediate", "proficient", "expert"];
const SKILLS = ["docker", "postgresql", "git", "kubernetes", "python", "linux", "javascript", "java"];
const PAGES = ["/dashboard", "/skills", "/roadmap", "/interviews", "/jobs/board", "/api/users/skills", "/api/users/profile", "/api/agent-events", "/notifications"];
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export class Worker {
  /** `person` is signed in; `isFine` says of an answer that is not a success whether it may be (a 503 while the database is away). */
  constructor(person, isFine) {
    this.person = person;
    this.isFine = isFine;
    this.claims = new Map(); // skill -> { known: levels that may be stored }
    this.applications = new Map(); // title -> acknowledged?
    this.interviews = [];
    this.turns = 0;
    this.acknowledged = 0;
    this.refused = 0;
  }

  /** Sends; null when the answer was lost or was a refusal that may be. `isExpected` says of another refusal that the caller goes on from it. */
  async try(send, isExpected = () => false) {
    let answer;
    try { answer = await send(); } catch { return null; }
    if (answer.status < 400) { this.acknowledged++; return answer; }
    if (isExpected(answer)) return answer;
    assert.ok(this.isFine(answer), `${answer.status} ${answer.headers.get("content-type")}: ${answer.text.slice(0, 400)}`);
    this.refused++;
    return null;
  }

  async claim() {
    const skill_id = SKILLS[this.turns % SKILLS.length], proficiency_level = LEVELS[Math.floor(this.turns / SKILLS.length) % 4];
    const claim = this.claims.get(skill_id) ?? { stored: false, levels: [] }, body = { skill_id, proficiency_level };
    const change = () => this.try(() => this.person.send("PATCH", "/api/users/skills", body));
    let answer = claim.stored ? await change() : await this.try(() => this.person.send("POST", "/api/skills", body), ({ status }) => status === 409);
    const wasThere = answer?.status === 409; // claimed before the test began, or by a request whose acknowledgement was lost
    if (wasThere) answer = await change();
    if (answer) this.claims.set(skill_id, { stored: true, levels: [proficiency_level] });
    else this.claims.set(skill_id, { stored: claim.stored || wasThere, levels: [...(wasThere ? LEVELS : claim.levels), proficiency_level] });
  }

  async apply() {
    const title = `Post ${this.turns}`;
    this.applications.set(title, false);
    if (await this.try(() => this.person.send("POST", "/api/jobs/applications", { title, company: "Careful & Sons" }))) this.applications.set(title, true);
  }

  /** One answer of an interview; an answer whose acknowledgement was lost is sent again under its id, as the browser does. */
  async talk() {
    let interview = this.interviews.at(-1);
    if (!interview || interview.ended) {
      try {
        const id = await prepare(this.person);
        interview = { id, said: [], open: null, ended: false, begun: false };
        this.interviews.push(interview);
      } catch { return; }
    }
    if (!interview.begun) {
      try { await begin(this.person, interview.id); interview.begun = true; } catch { return; }
    }
    if (interview.said.length >= 4) {
      if (await this.try(() => this.person.post(`/interviews/${interview.id}/finish`))) interview.ended = true;
      return;
    }
    interview.open ??= uuid();
    const answer = await this.try(() => this.person.post(`/interviews/${interview.id}/say`, { text: `${GOOD} That was project ${interview.said.length}.`, message_id: interview.open }));
    if (answer) { interview.said.push(interview.open); interview.open = null; }
  }

  async read() { await this.try(() => this.person.get(PAGES[this.turns % PAGES.length])); }

  /** Works until `isOver`, without a pause. */
  async run(isOver) {
    while (!isOver()) {
      await [() => this.claim(), () => this.read(), () => this.apply(), () => this.talk(), () => this.read()][this.turns % 5]();
      this.turns++;
      if (this.refused) await pause(20);
    }
  }

  async check(server) {
    const [{ id }] = await server.rows(`SELECT id FROM users WHERE email = '${this.person.email}'`);
    const claims = new Map((await server.rows(`SELECT skill_id, proficiency_level FROM user_skills WHERE user_id = '${id}'`)).map((row) => [row.skill_id, row.proficiency_level]));
    for (const [skill, claim] of this.claims) {
      if (claim.stored) assert.ok(claims.has(skill), `the claim of ${skill} was acknowledged`);
      if (claims.has(skill)) assert.ok(claim.levels.includes(claims.get(skill)), `${skill} is ${claims.get(skill)}, sent last: ${claim.levels}`);
    }
    const titles = (await server.rows(`SELECT title FROM job_applications WHERE user_id = '${id}'`)).map((row) => row.title);
    assert.equal(new Set(titles).size, titles.length, "no application is there twice");
    for (const title of titles) assert.ok(this.applications.has(title), `${title} was sent`);
    for (const [title, isAcknowledged] of this.applications) if (isAcknowledged) assert.ok(titles.includes(title), `${title} was acknowledged`);
    for (const interview of this.interviews) {
      const turns = await server.rows(`SELECT turn_index, role, message_id FROM interview_turns WHERE interview_id = '${interview.id}' ORDER BY turn_index`);
      assert.deepEqual(turns.map((turn) => turn.turn_index), turns.map((_, i) => i), "turns are numbered without gap");
      const stored = turns.filter((turn) => turn.role === "user").map((turn) => turn.message_id);
      assert.equal(new Set(stored).size, stored.length, "no answer is stored twice");
      for (const said of interview.said) assert.ok(stored.includes(said), "an acknowledged answer is there");
      for (const one of stored) assert.ok(interview.said.includes(one) || one === interview.open, "and nothing that was not said");
      const [{ status }] = await server.rows(`SELECT status FROM interviews WHERE id = '${interview.id}'`);
      if (interview.ended) assert.equal(status, "analyzed", "a finished interview has been read");
      const jobs = await server.rows(`SELECT status FROM jobs WHERE kind = 'interview.analyze' AND CAST(payload AS TEXT) LIKE '%${interview.id}%'`);
      assert.deepEqual(jobs.map((job) => job.status), ["completed", "analyzed"].includes(status) ? ["completed"] : [], `the reading of a ${status} interview happened once`);
    }
  }
}

/** Waits until no job is left to run, and says that none was lost, doubled or given up. A job of a node that is gone waits for the end of its lease. */
export async function checkJobs(server, seconds = 90) {
  for (let tries = 0; ; tries++) {
    const open = await server.rows("SELECT kind, status, attempts, crashes, last_error FROM jobs WHERE finished_at IS NULL");
    if (!open.length) break;
    assert.ok(tries < seconds * 4, `jobs are open after ${seconds} s: ${JSON.stringify(open)}`);
    await pause(250);
  }
  assert.deepEqual(await server.rows("SELECT kind, last_error FROM jobs WHERE status = 'dead'"), [], "no job was given up");
  const unsettled = await server.rows("SELECT event_type, status FROM agent_events WHERE status <> 'completed'");
  assert.deepEqual(unsettled, [], "every event is settled");
  const doubled = await server.rows("SELECT event_id, kind, COUNT(*) AS n FROM jobs WHERE event_id IS NOT NULL GROUP BY event_id, kind HAVING COUNT(*) > 1");
  assert.deepEqual(doubled, [], "no event caused a job twice");
  const proofs = await server.rows("SELECT interview_id, user_skill_id, snippet, COUNT(*) AS n FROM skill_verifications GROUP BY interview_id, user_skill_id, snippet HAVING COUNT(*) > 1");
  assert.deepEqual(proofs, [], "no proof is stored twice");
}
