// People with as much as a test wants: give(server, template, n) makes a person with n of everything that a person can have, as rows like those of
// the template, somebody who has really done it all. The sizes of a person grow with n and nothing else does.
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { writeFile } from "node:fs/promises";
import { begin, claim, GOOD, prepare } from "./interviews.mjs";

/** Some bytes, and a stored vector: their literals differ between the engines. */
const BYTES = { sqlite: "x'00'", postgres: "'\\x00'", pgvector: "'\\x00'" };
const VECTOR = { ...BYTES, pgvector: "'[1]'" };

const literal = (value, engine) => (value === BYTES || value === VECTOR ? value[engine] : value === null || value === undefined ? "NULL" : typeof value === "number" ? String(value) : typeof value === "boolean" ? (value ? "TRUE" : "FALSE") : `'${String(value).replaceAll("'", "''")}'`);

const inserting = (engine) => (table, rows) => (rows.length ? `INSERT INTO ${table} (${Object.keys(rows[0]).join(", ")}) VALUES ${rows.map((row) => `(${Object.values(row).map((value) => literal(value, engine)).join(", ")})`).join(",\n")};\n` : "");

const SAID = [
  GOOD,
  "Our PostgreSQL report took forty seconds, so I ran EXPLAIN ANALYZE, saw a sequential scan over nine million rows and added a partial index on the unsettled ones. After that it took 300 milliseconds.",
  "I split our Docker image into a builder stage that compiles the wheels and a slim final stage that only copies them in. It ended at 180 megabytes and runs as a non-root user.",
  "I lowered autovacuum_vacuum_scale_factor for one PostgreSQL table, because every update left a dead tuple behind and the table grew from 12 to 40 gigabytes without new rows.",
];

async function settled(server) {
  for (let tries = 0; tries < 600; tries++) {
    const [{ open }] = await server.rows("SELECT COUNT(*) AS open FROM jobs WHERE finished_at IS NULL");
    if (!open) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error("jobs are still open after 30 seconds");
}

/** Somebody who has been through everything, on a server with workers. */
export async function makeTemplate(server) {
  const ada = await server.signUp("Ada", "template@example.org");
  await ada.send("PATCH", "/api/users/profile", { username: "template", target_roles: ["Platform Engineer"], preferred_locations: ["Berlin"], years_of_experience: 5, is_public: true });
  await claim(server, ada, [["docker", "expert"], ["postgresql", "proficient"], ["kubernetes", "expert"]]);
  await server.write("UPDATE users SET onboarding_step = 5, onboarding_completed = TRUE");
  await ada.upload("/resume", { file: { name: "resume.txt", type: "text/plain", bytes: Buffer.from("Ada Tester\n\nExperience\nPlatform engineer at Careful & Sons, 2019 to 2024. Docker, PostgreSQL and Python.\n\nSkills\nDocker, Git, Linux\n") } });
  await ada.post("/roadmap/plan");
  await settled(server);
  const ids = { scheduled: await prepare(ada), open: await prepare(ada), done: await prepare(ada) };
  await begin(ada, ids.open);
  await ada.post(`/interviews/${ids.open}/say`, { text: SAID[0] });
  await begin(ada, ids.done);
  for (const text of SAID) await ada.post(`/interviews/${ids.done}/say`, { text, message_id: randomUUID() });
  await ada.post(`/interviews/${ids.done}/finish`);
  await settled(server);
  const [user] = await server.rows("SELECT * FROM users");
  const rows = async (table, more = "") => server.rows(`SELECT * FROM ${table} WHERE user_id = '${user.id}'${more}`);
  const one = async (table, more) => {
    const found = await rows(table, more);
    if (!found.length) throw new Error(`the template has no row of ${table} (${more ?? ""})`);
    return found[0];
  };
  const [column] = server.database ? await server.rows("SELECT udt_name AS type FROM information_schema.columns WHERE table_name = 'document_embeddings' AND column_name = 'embedding'") : [];
  return {
    engine: column?.type === "vector" ? "pgvector" : column ? "postgres" : "sqlite",
    browser: ada,
    user,
    session: await one("sessions"),
    account: await one("accounts"),
    profile: await one("user_profiles"),
    resume: await one("resumes"),
    chunk: await one("resume_chunks"),
    skill: await one("user_skills", " AND is_verified"),
    proof: await one("skill_verifications"),
    roadmap: await one("roadmaps", " AND status = 'active'"),
    module: await one("roadmap_modules"),
    event: await one("agent_events"),
    job: await one("jobs"),
    notification: await one("notifications"),
    interviews: { scheduled: await one("interviews", ` AND id = '${ids.scheduled}'`), open: await one("interviews", ` AND id = '${ids.open}'`), done: await one("interviews", ` AND id = '${ids.done}'`) },
    turns: { open: await rows("interview_turns", ` AND interview_id = '${ids.open}' ORDER BY turn_index`), done: await rows("interview_turns", ` AND interview_id = '${ids.done}' ORDER BY turn_index`) },
    catalogue: (await server.rows("SELECT id FROM skills ORDER BY id")).map((row) => row.id),
  };
}

/** Adds listings that a person with these skills fits, up to `n` in all. */
export async function giveListings(server, template, n) {
  const listings = Array.from({ length: n }, (_, i) => ({ source: "test", external_id: String(i), title: `Platform Engineer ${i}`, company: `Company ${i}`, location: "Berlin",
    description: `We run Docker, Kubernetes and PostgreSQL, and look for somebody who knows ${template.catalogue.slice(i % 50, i % 50 + 3).join(", ")}.`, url: `https://example.org/${i}`, posted_at: new Date().toISOString() }));
  const file = join(server.dataDir, "possessions.json");
  await writeFile(file, JSON.stringify({ listings }));
  const { code, out, err } = await server.command("jobs", "import", file, "--json");
  if (code !== 0) throw new Error(`the import ended with ${code}: ${out} ${err}`);
  return (await server.rows("SELECT id FROM job_listings ORDER BY external_id")).map((row) => row.id);
}

let number = 0;

let nextJob = 0; // each person's begin far from those that the server has numbered by then

/** A person with n of everything, whose session is the template's: { id, username, email, and ids of what they have }. */
export async function give(server, template, n, listings) {
  nextJob += 1000000;
  const insert = inserting(template.engine);
  const id = randomUUID(), now = Date.now() * 1000, name = `person-${++number}`, email = `${name}@example.org`;
  const many = (make) => Array.from({ length: n }, (_, i) => make(i));
  const mine = (row, more) => ({ ...row, user_id: id, ...more });
  const skills = ["docker", "postgresql", "kubernetes", ...template.catalogue.filter((one) => !["docker", "postgresql", "kubernetes"].includes(one))];
  const claims = many((i) => mine(template.skill, { id: randomUUID(), skill_id: skills[i], is_verified: i % 2 === 0, proficiency_level: "expert", verification_metadata: i % 2 === 0 ? template.skill.verification_metadata : null }));
  const gaps = claims.filter((one) => !one.is_verified).map((one) => ({ skill_id: one.skill_id, reason: "Nothing was said about it." }));
  const outcome = JSON.stringify({ ...JSON.parse(template.interviews.done.outcome), gaps });
  const of = (row, status, i, more = {}) => mine(row, { id: randomUUID(), status, completion_event_id: null, created_at: now - 1000000 * i, ...more });
  const deadEvent = randomUUID();
  const interviews = [
    ...many((i) => of(template.interviews.done, "analyzed", i, { outcome })),
    ...many((i) => of(template.interviews.scheduled, "scheduled", i)),
    ...many((i) => of(template.interviews.open, "in_progress", i)),
    ...many((i) => of(template.interviews.done, "completed", i, { outcome: null, completion_event_id: i ? null : deadEvent })),
  ];
  const [analyzed, scheduled, open, completed] = [0, n, 2 * n, 3 * n].map((at) => interviews[at]);
  const turnsOf = (interview, turns) => turns.map((turn) => mine(turn, { interview_id: interview.id, message_id: turn.message_id ? randomUUID() : null }));
  // The turns of one interview grow, too: pairs of question and answer before the last one.
  const longer = (turns) => [...many(() => turns.slice(0, 2)).flat(), ...turns].map((turn, i) => ({ ...turn, turn_index: i }));
  const turns = interviews.flatMap((interview) => (interview === open || interview === analyzed ? turnsOf(interview, longer(interview === open ? template.turns.open : template.turns.done)) : turnsOf(interview, template.turns.done.slice(0, 2))));
  const proofs = claims.filter((one) => one.is_verified).flatMap((one) => interviews.slice(0, n).slice(0, 5).map((interview, i) => mine(template.proof, { id: randomUUID(), user_skill_id: one.id, interview_id: interview.id, verified_at: now - i * 1000000 })));
  const roadmap = mine(template.roadmap, { id: randomUUID() });
  const roadmaps = [roadmap, ...many(() => mine(template.roadmap, { id: randomUUID(), status: "archived" }))];
  const modules = many((i) => mine(template.module, { id: randomUUID(), roadmap_id: roadmap.id, skill_id: skills[i], title: `Module ${i}`, kind: "learn", position: i, status: "pending", completed_at: null }));
  const applications = many((i) => mine({}, { id: randomUUID(), job_listing_id: listings[i] ?? null, title: `Post ${i}`, status: ["saved", "applied", "interviewing", "offer", "rejected"][i % 5], match_score: 0.5, position: i, created_at: now - i, updated_at: now - i }));
  const drafts = many((i) => mine({}, { id: randomUUID(), job_listing_id: listings[i] ?? null, title: `Post ${i}`, match_score: 0.9, cover_note: "Hello", evidence: JSON.stringify(many((k) => ({ verification_id: randomUUID(), skill_id: skills[k] }))), created_at: now - i }));
  const found = JSON.stringify({ gaps: many((i) => ({ skill_id: skills[i], source: i % 2 ? "answer" : "listing", quote: "You lack it." })) });
  const rejections = many((i) => mine({}, { id: randomUUID(), application_id: applications.at(i % 2 ? -1 : 0).id, content_text: `No ${i}`, findings: found, created_at: now - i }));
  const unread = mine({}, { id: randomUUID(), application_id: applications[0].id, content_text: "Nobody reads it.", created_at: now });
  const events = many((i) => mine(template.event, { id: randomUUID(), event_type: "JOB_MATCH_FOUND", payload: JSON.stringify({ user_id: id, job_listing_id: listings[i % listings.length], match_score: 0.9 }), created_at: now - i * 1000, causation_id: null }));
  events.push(mine(template.event, { id: deadEvent, event_type: "INTERVIEW_COMPLETED", status: "failed", payload: JSON.stringify({ interview_id: completed.id }) }));
  const workflow = randomUUID();
  const jobs = many((i) => mine(template.job, { id: nextJob++, workflow_id: workflow, event_id: events[i].id, status: "dead", last_error: "internal: a test", attempts: 5 }));
  jobs.push({ ...jobs[0], id: nextJob++, kind: "interview.analyze", payload: JSON.stringify({ user_id: id, interview_id: completed.id }), event_id: deadEvent });
  const openJob = { ...jobs[0], id: nextJob++, status: "waiting", finished_at: null, event_id: null };
  jobs.push(openJob);
  const waits = many((i) => mine({}, { job_id: jobs[i].id, step_key: "send", question: `Shall it be sent, ${i}?`, created_at: now }));
  waits.push({ ...waits[0], job_id: openJob.id });
  const education = many((i) => mine({}, { id: randomUUID(), degree: `Degree ${i}`, institution: "School", position: i, created_at: now, updated_at: now }));
  const work = many((i) => mine({}, { id: randomUUID(), title: `Title ${i}`, company: "Company", position: i, created_at: now, updated_at: now }));
  const notifications = many((i) => mine(template.notification, { id: randomUUID(), read_at: null, created_at: now - i * 1000 }));
  const tokens = many((i) => mine({}, { id: randomUUID(), token_hash: randomUUID(), name: `Token ${i}`, scopes: "profile:read", created_at: now }));
  const requests = many((i) => ({ id: randomUUID(), student_id: id, recruiter_name: `Recruiter ${i}`, recruiter_email: `r${i}@example.org`, message: "Hello", status: "pending", created_at: now - i * 1000 }));
  const sessions = many((i) => mine({}, { token_hash: randomUUID().replaceAll("-", "").repeat(2), created_at: now, last_used_at: now - i * 1000, expires_at: now + 86400000000 }));
  const resume = mine(template.resume, { id: randomUUID(), status: "ready" });
  const suggested = skills.slice(n, 2 * n);
  await server.write("BEGIN;\n" + insert("users", [{ ...template.user, id, email, username: name, last_seen_activity_at: null }])
    + insert("accounts", [mine(template.account)]) + insert("user_profiles", [mine(template.profile)]) + insert("user_education", education) + insert("user_work_history", work)
    + insert("resumes", [resume]) + insert("resume_chunks", many((i) => mine(template.chunk, { resume_id: resume.id, chunk_index: i })))
    + insert("resume_uploads", [mine({}, { resume_id: resume.id, content: BYTES })])
    + insert("skill_suggestions", suggested.map((skill_id) => mine({}, { skill_id, source: "resume", snippet: skill_id, status: "open", created_at: now })))
    + insert("user_skills", claims) + insert("interviews", interviews) + insert("interview_turns", turns) + insert("skill_verifications", proofs)
    + insert("roadmaps", roadmaps) + insert("roadmap_modules", modules)
    + insert("job_matches_told", listings.slice(0, n).map((job_listing_id) => mine({}, { job_listing_id, told_at: now })))
    + insert("job_applications", applications)
    + insert("application_documents", applications.map((one) => mine({}, { id: randomUUID(), application_id: one.id, kind: "cover_letter", content_text: "Dear reader", created_at: now })))
    + insert("application_drafts", drafts) + insert("application_rejections", rejections) + insert("application_rejections", [unread])
    + insert("connection_requests", requests)
    + insert("twin_questions", many((i) => mine({}, { id: randomUUID(), question: `What about number ${i}?`, reply: "Nothing.", answered: false, citations: "[]", asked_at: now - i * 1000 })))
    + insert("document_embeddings", many((i) => mine({}, { id: randomUUID(), source_type: "resume", source_id: randomUUID(), chunk_text: "x", chunk_index: i, model: "test", dimensions: 1, content_hash: "x", embedding: VECTOR, created_at: now })))
    + insert("agent_events", events) + insert("jobs", jobs) + insert("job_waits", waits) + insert("job_steps", [{ job_id: openJob.id, step_key: "send", place: 1, started_at: now }]) + insert("notifications", notifications) + insert("sessions", sessions)
    + insert("api_tokens", tokens)
    + insert("costs", many((i) => mine({}, { id: randomUUID(), job_id: i, step_key: "judge", model: "test", tokens_in: 1, tokens_out: 1, micros: 1, created_at: now })))
    + insert("idempotency_keys", many(() => mine({}, { idempotency_key: randomUUID(), request_hash: "x", created_at: now })))
    + insert("audit_log", many(() => mine({}, { id: randomUUID(), action: "test", created_at: now })))
    + `DELETE FROM sessions WHERE token_hash = '${template.session.token_hash}';\n${insert("sessions", [mine(template.session)])}COMMIT`);
  return { id, email, username: name, listing: listings.at(-1), claims, claim: claims[0], interviews: { analyzed, scheduled, open, completed }, roadmap, module: modules[0], application: applications.at(-1), draft: drafts[0], unread,
    job: jobs[0], openJob, workflow, event: events[0], education: education[0], work: work[0], notification: notifications[0], request: requests[0], session: sessions[0], token: tokens[0], unclaimed: skills[2 * n], suggested };
}
