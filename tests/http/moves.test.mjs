// careerprep copy: everything from one engine to the other and back, killed and resumed, and proved by reading it again.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { makeDatabase } from "./postgres.mjs";
import { binary, startServer } from "./server.mjs";

const NONE = !process.env.TEST_DATABASE_URL && "copies between engines need both: tests/postgres.sh gives the other";
const MANY = 60000; // rows of audit_log: a dozen batches

let dir, same; // same: a database that is equal to the store "demo"
const databases = [];
before(async () => {
  dir = await mkdtemp(join(tmpdir(), "careerprep-moves-"));
  if (NONE) return;
  const demo = await run(["demo"], sqlite("demo"));
  assert.equal(demo.code, 0, demo.err);
  await onFile("demo", `INSERT INTO audit_log (id, user_id, action, detail, address, created_at)
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${MANY})
    SELECT printf('0190a1b2-0000-7000-8000-%012x', i), NULL, 'test', printf('row %d: "ü" \\ %s', i, char(9, 10, 128640)), '', 1773307800000000 + i FROM n;
    INSERT INTO document_embeddings (id, source_type, source_id, chunk_text, model, dimensions, content_hash, embedding, metadata, created_at)
    VALUES ('0190a1b2-0000-7000-9000-000000000001', 'job_listing', 'x', 'text', 'm', 2, 'h', x'0000803f000000bf', '{"b":[1.50, 1e2, null],  "a":{"z":true,"y":"é"}}', 1)`);
});
after(async () => {
  for (const one of databases) await one.drop();
  await rm(dir, { recursive: true, force: true });
});

const sqlite = (name) => ({ ...process.env, LOG_LEVEL: "warn", DATABASE_URL: "", DATA_DIR: join(dir, name) });
const postgres = (database) => ({ ...sqlite("none"), DATABASE_URL: database.url });
const file = (name) => join(dir, name, "careerprep.db");
const database = async () => {
  const made = await makeDatabase();
  databases.push(made);
  return made;
};

function run(args, env) {
  return new Promise((done) => {
    execFile(binary, args, { cwd: dir, env, maxBuffer: 1 << 26 }, (error, out, err) => done({ code: error ? error.code : 0, out, err }));
  });
}

function onFile(name, sql) {
  return new Promise((done, failed) => {
    const client = spawn("sqlite3", ["-json", file(name)], { stdio: ["pipe", "pipe", "inherit"] });
    let out = "";
    client.stdout.setEncoding("utf8");
    client.stdout.on("data", (bytes) => { out += bytes; });
    client.once("error", failed);
    client.once("close", (code) => (code ? failed(new Error(`sqlite3 ended with ${code}`)) : done(out.trim() ? JSON.parse(out) : [])));
    client.stdin.end(sql);
  });
}

/** Every row of every table, JSON documents by their meaning and not by their spelling. */
async function everything(name) {
  const tables = await onFile(name, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> 'schema_migrations' ORDER BY name"), all = {};
  const meaning = (value) => {
    if (typeof value !== "string" || !/^[[{]/.test(value)) return value;
    const sorted = (one) => (one && typeof one === "object" && !Array.isArray(one) ? Object.fromEntries(Object.keys(one).sort().map((key) => [key, sorted(one[key])])) : Array.isArray(one) ? one.map(sorted) : one);
    try { return JSON.stringify(sorted(JSON.parse(value))); } catch { return value; }
  };
  for (const { name: table } of tables) {
    const columns = (await onFile(name, `SELECT name, type FROM pragma_table_info('${table}')`)).map((one) => (one.type === "BLOB" ? `hex(${one.name}) AS ${one.name}` : one.name));
    const rows = await onFile(name, `SELECT ${columns.join(", ")} FROM ${table}`);
    all[table] = rows.map((row) => JSON.stringify(Object.fromEntries(Object.entries(row).map(([key, value]) => [key, meaning(value)])))).sort();
  }
  return all;
}

/** Says the first rows that differ, and not all of both. */
async function assertSame(name, other) {
  const one = await everything(name), two = await everything(other);
  assert.deepEqual(Object.keys(one), Object.keys(two));
  for (const table of Object.keys(one)) {
    assert.equal(one[table].length, two[table].length, table);
    const at = one[table].findIndex((row, i) => row !== two[table][i]);
    if (at >= 0) assert.equal(one[table][at], two[table][at], table);
  }
}

test("from SQLite to PostgreSQL and back, every row is as it was", { skip: NONE }, async () => {
  const there = await database();
  const out = await run(["copy", "--to", there.url, "--json"], sqlite("demo"));
  assert.equal(out.code, 0, out.err);
  const report = JSON.parse(out.out);
  assert.ok(report.equal && report.rows > MANY + 3000 && report.resumed_rows === 0);
  assert.ok(report.tables.length > 30 && report.tables.every((one) => one.equal && one.checksum === one.target_checksum && one.rows === one.target_rows));
  assert.deepEqual(await there.rows("SELECT relname FROM pg_class WHERE relname = 'copy_progress'"), [], "nothing of the copy stays");
  const back = await run(["copy", "--to", `sqlite:${file("back")}`], postgres(there));
  assert.equal(back.code, 0, back.err);
  assert.match(back.out, /^Copied \d+ rows of \d+ tables in [\d.]+ s: equal by count and checksum\.\n$/);
  await assertSame("back", "demo");
  const server = await startServer({ database: { ...there, drop: async () => {} } }); // and it can be served
  assert.equal((await server.browser().get("/profile/mara-lindqvist")).status, 200);
  await server.stop();
});

/** No command takes the unfinished copy of `env` for a store; `to` is an empty target, `name` one for a file. */
async function assertUnfinished(env, to, name) {
  const backup = join(dir, name);
  for (const args of [["migrate"], ["migrate", "--dry-run"], ["serve", "--listen", "127.0.0.1:0"], ["user", "list"], ["backup", backup], ["copy", "--to", to], ["restore", join(dir, "none.db"), "--force"]]) {
    const refused = await run(args, env);
    assert.equal(refused.code, 1, args[0]);
    assert.match(refused.err, /(this store|the source) is an unfinished copy: run `careerprep copy`/, args.join(" "));
  }
  await assert.rejects(stat(backup), "no file is left");
  const doctor = await run(["doctor", "--json"], env), part = JSON.parse(doctor.out).checks.find((one) => one.part === "store");
  assert.equal(doctor.code, 1);
  assert.equal(part.state, "broken");
  assert.match(part.detail, /unfinished copy: run `careerprep copy`/);
}

/** Starts a copy and kills it as soon as `reached` says so; false when it ended before. */
async function killed(args, env, reached) {
  const child = spawn(binary, args, { cwd: dir, env, stdio: "ignore" });
  const ended = new Promise((done) => child.once("exit", (code, signal) => done(signal === "SIGKILL")));
  let is_over = false;
  ended.then(() => { is_over = true; });
  while (!is_over && !(await reached().catch(() => false))) await new Promise((done) => setTimeout(done, 2));
  child.kill("SIGKILL");
  return ended;
}

test("killed at random points it goes on, and ends right", { skip: NONE }, async () => {
  const there = await database();
  const done = async () => Number((await there.rows("SELECT COALESCE(SUM(rows_done), 0) AS rows FROM copy_progress"))[0].rows);
  let kills = 0;
  for (let mark = 0; kills < 4 && mark < MANY; mark += 2000 + Math.floor(Math.random() * 8000)) kills += await killed(["copy", "--to", there.url], sqlite("demo"), async () => (await done()) > mark);
  assert.ok(kills >= 2, `killed ${kills} times`);
  const kept = await done();
  await assertUnfinished(postgres(there), `sqlite:${file("of-unfinished")}`, "of-postgres.db");
  assert.match((await run(["copy", "--verify", "--to", there.url], sqlite("demo"))).err, /the target is an unfinished copy/);
  const last = await run(["copy", "--to", there.url, "--json"], sqlite("demo"));
  assert.equal(last.code, 0, last.err);
  assert.equal(JSON.parse(last.out).resumed_rows, kept, "nothing is brought over twice");
  assert.equal((await run(["copy", "--verify", "--to", there.url], sqlite("demo"))).code, 0);
  // The other way: the target is locked, so how far it is shows in the size of its files.
  const target = `sqlite:${file("resumed")}`, size = async (path) => (await stat(path).catch(() => ({ size: 0 }))).size;
  let ends = 0;
  for (const mark of [3e6, 5e6 + Math.random() * 4e6]) ends += await killed(["copy", "--to", target], postgres(there), async () => (await size(file("resumed"))) + (await size(`${file("resumed")}-wal`)) > mark);
  assert.equal(ends, 2, "killed twice");
  const [{ rows: brought }] = await onFile("resumed", "SELECT COALESCE(SUM(rows_done), 0) AS rows FROM copy_progress");
  assert.ok(brought > 0 && brought < MANY);
  await assertUnfinished(sqlite("resumed"), `sqlite:${file("of-unfinished")}`, "of-sqlite.db");
  const end = await run(["copy", "--to", target, "--json"], postgres(there));
  assert.equal(end.code, 0, end.err);
  assert.equal(JSON.parse(end.out).resumed_rows, brought);
  await assertSame("resumed", "demo");
});

test("a source that has changed meanwhile is copied anew", { skip: NONE }, async () => {
  const there = await database();
  const copy = await run(["copy", "--to", `sqlite:${file("changing")}`], sqlite("demo"));
  assert.equal(copy.code, 0, copy.err);
  const rows = async () => Number((await there.rows("SELECT COALESCE(SUM(rows_done), 0) AS rows FROM copy_progress"))[0].rows);
  assert.ok(await killed(["copy", "--to", there.url], sqlite("changing"), async () => (await rows()) > 5000));
  await onFile("changing", "UPDATE audit_log SET detail = 'changed' WHERE id = '0190a1b2-0000-7000-8000-000000000007'");
  const again = await run(["copy", "--to", there.url, "--json"], sqlite("changing"));
  assert.equal(again.code, 0, again.err);
  assert.match(again.err, /has changed since the copy was begun/);
  assert.equal((await there.rows("SELECT detail FROM audit_log WHERE id = '0190a1b2-0000-7000-8000-000000000007'"))[0].detail, "changed");
});

test("a row that differs is found", { skip: NONE }, async () => {
  const there = await database();
  assert.equal((await run(["copy", "--to", there.url], sqlite("demo"))).code, 0);
  const changes = {
    users: ["UPDATE users SET first_name = first_name || ' ' WHERE username = 'mara-lindqvist'", "UPDATE users SET first_name = trim(first_name) WHERE username = 'mara-lindqvist'"],
    document_embeddings: ["UPDATE document_embeddings SET metadata = '{\"a\": {\"y\": \"é\", \"z\": false}, \"b\": [1.5, 100, null]}'", "UPDATE document_embeddings SET metadata = '{\"a\": {\"y\": \"é\", \"z\": true}, \"b\": [1.5, 100, null]}'"],
    audit_log: ["UPDATE audit_log SET created_at = created_at + INTERVAL '1 microsecond' WHERE detail LIKE 'row 77:%'", "UPDATE audit_log SET created_at = created_at - INTERVAL '1 microsecond' WHERE detail LIKE 'row 77:%'"],
  };
  for (const [table, [change, undo]] of Object.entries(changes)) {
    await there.write(change);
    const found = await run(["copy", "--verify", "--to", there.url, "--json"], sqlite("demo"));
    assert.equal(found.code, 1);
    assert.match(found.err, new RegExp(`differ in: ${table}\\n`));
    const report = JSON.parse(found.out);
    assert.deepEqual(report.tables.filter((one) => !one.equal).map((one) => one.table), [table]);
    await there.write(undo);
  }
  assert.equal((await run(["copy", "--verify", "--to", there.url], sqlite("demo"))).code, 0);
  same = there.url;
});

test("what was changed in an unfinished copy is found before it counts as finished", { skip: NONE }, async () => {
  const there = await database();
  const rows = async () => Number((await there.rows("SELECT COALESCE(SUM(rows_done), 0) AS rows FROM copy_progress"))[0].rows);
  assert.ok(await killed(["copy", "--to", there.url], sqlite("demo"), async () => (await rows()) > 5000));
  await there.write("UPDATE audit_log SET detail = 'forged' WHERE id = '0190a1b2-0000-7000-8000-000000000003'");
  const found = await run(["copy", "--to", there.url], sqlite("demo"));
  assert.equal(found.code, 1);
  assert.match(found.err, /what arrived differs from the source in: audit_log/);
  const again = await run(["copy", "--to", there.url], sqlite("demo"));
  assert.equal(again.code, 0, again.err);
});

test("a target that is used or being served is refused, and nothing of it is changed", { skip: NONE }, async () => {
  const used = await startServer({ database: await database(), env: {} });
  await used.signUp("Ada");
  const full = await run(["copy", "--to", used.database.url], sqlite("demo"));
  assert.equal(full.code, 1);
  assert.match(full.err, /somebody serves that store/);
  used.process.kill("SIGTERM");
  await used.ended;
  const filled = await run(["copy", "--to", used.database.url], sqlite("demo"));
  assert.equal(filled.code, 1);
  assert.match(filled.err, /the target is not empty: \d+ rows in /);
  assert.equal((await used.database.rows("SELECT COUNT(*) AS n FROM users"))[0].n, 1);
  const embedded = spawn(binary, ["serve", "--listen", "127.0.0.1:0"], { cwd: dir, env: sqlite("served"), stdio: ["ignore", "pipe", "ignore"] });
  await new Promise((done) => embedded.stdout.once("data", done));
  const refused = await run(["copy", "--to", `sqlite:${file("served")}`], sqlite("demo"));
  embedded.kill("SIGTERM");
  await new Promise((done) => embedded.once("exit", done));
  assert.equal(refused.code, 1);
  assert.match(refused.err, /somebody has the store .* open/);
  assert.equal((await run(["copy", "--to", "nowhere:else"], sqlite("demo"))).code, 2);
  assert.equal((await run(["copy"], sqlite("demo"))).code, 2);
  const secret = await run(["copy", "--to", "postgres://ada:hunter2@127.0.0.1:1/none"], sqlite("demo"));
  assert.equal(secret.code, 1);
  assert.ok(!secret.err.includes("hunter2"));
});

test("nobody serves a store that is being copied into", { skip: NONE }, async () => {
  const there = await database();
  assert.equal((await run(["migrate"], postgres(there))).code, 0);
  const waiting = "FROM pg_locks WHERE locktype = 'advisory' AND classid = 73001172 AND mode = 'ShareLock' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
  const serve = async (isOver) => { // while somebody else has the lock that a copy has
    const served = spawn(binary, ["serve", "--listen", "127.0.0.1:0"], { cwd: dir, env: postgres(there), stdio: ["ignore", "pipe", "pipe"] });
    const told = { out: "", err: "" };
    for (const name of ["out", "err"]) served[`std${name}`].on("data", (bytes) => { told[name] += bytes; });
    const first = Promise.race([new Promise((done) => served.stdout.once("data", () => done("served"))), new Promise((done) => served.once("exit", (code) => done(code)))]);
    while (!told.out && served.exitCode === null && !(await there.rows(`SELECT pid ${waiting}`)).length) await new Promise((done) => setTimeout(done, 10));
    assert.equal(told.out, "", "no address before the lock");
    await isOver();
    const ended = await first;
    served.kill("SIGTERM");
    return { ended, ...told };
  };
  const locked = spawn("psql", ["-X", "-q", "-A", "-t", "-d", there.url], { stdio: ["pipe", "pipe", "inherit"] });
  locked.stdin.write("SELECT pg_advisory_lock(73001172, hashtext('public'));\n");
  await new Promise((done) => locked.stdout.once("data", done));
  const refused = await serve(() => there.write(`SELECT pg_cancel_backend(pid) ${waiting}`)); // as if it had waited for long
  assert.equal(refused.ended, 1);
  assert.match(refused.err, /the store is the target of `careerprep copy`: stop one of the two/);
  const served = await serve(() => locked.stdin.end());
  assert.equal(served.ended, "served", served.err);
});

test("on a terminal a bar is drawn, elsewhere whole lines, and with --json one document alone", { skip: NONE }, async () => {
  const terminal = await new Promise((done) => {
    const command = `${binary} copy --verify --to ${same} 2>&1`;
    execFile("script", ["-qec", command, "/dev/null"], { cwd: dir, env: sqlite("demo"), maxBuffer: 1 << 26 }, (error, out) => done(out));
  });
  assert.match(terminal, /\rVerifying \[#{30}\] 100%  \d+ of \d+ rows/);
  const plain = await run(["copy", "--verify", "--to", same], sqlite("demo"));
  assert.match(plain.err, /^(verified \d+ of \d+ rows \(\w+\)\n)+$/);
  const json = await run(["copy", "--verify", "--to", same, "--json"], sqlite("demo"));
  assert.deepEqual([json.code, json.err], [0, ""]);
  assert.equal(JSON.parse(json.out).equal, true);
});
