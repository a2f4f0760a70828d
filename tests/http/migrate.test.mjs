// careerprep migrate and starts: ten at once on one empty store migrate once, and --dry-run only says what would be done.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { makeDatabase } from "./postgres.mjs";
import { binary, startServer } from "./server.mjs";

let dir, database, env;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), "careerprep-migrate-"));
  if (process.env.TEST_DATABASE_URL) database = await makeDatabase();
  env = { ...process.env, LOG_LEVEL: "warn", DATABASE_URL: database?.url ?? "" };
});
after(async () => {
  await database?.drop();
  await rm(dir, { recursive: true, force: true });
});

const run = (args, environment = env) => new Promise((done) => {
  execFile(binary, args, { cwd: dir, env: environment, maxBuffer: 1 << 26 }, (error, out, err) => done({ code: error?.code ?? 0, out, err }));
});
const data = () => join(dir, "data");

test("a dry run prints the SQL of the configured engine and leaves nothing behind", async () => {
  const { code, out, err } = await run(["migrate", "--dry-run", "--data", data()]);
  assert.deepEqual([code, err], [0, ""]);
  assert.match(out, /-- 0001_people\nBEGIN;\n[^]*CREATE TABLE users \([^]*COMMIT;/);
  assert.match(out, database ? /TIMESTAMPTZ/ : /STRICT/);
  assert.ok(!existsSync(data()), "no file, no directory");
  if (database) {
    const [{ n }] = await database.rows("SELECT COUNT(*) AS n FROM pg_available_extensions WHERE name = 'vector'");
    if (n) assert.match(out, /-- vectors: [^\n]*\n-- +CREATE EXTENSION vector;[^]*-- +ALTER TABLE \w+ ADD COLUMN embedding_native vector;/);
    assert.deepEqual(await database.rows("SELECT extname FROM pg_extension WHERE extname = 'vector'"), []);
  }
  if (database) assert.deepEqual(await database.rows("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"), []);
});

/** An empty store of the configured engine, with a client for SQL: psql or sqlite3, which ends at the first error. */
async function makeStore(name) {
  const mine = database && await makeDatabase(), folder = join(dir, name);
  await mkdir(folder);
  const [client, ...args] = mine ? ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", mine.url, "-f", "-"] : ["sqlite3", "-bail", join(folder, "careerprep.db")];
  return {
    environment: { ...env, DATABASE_URL: mine?.url ?? "", DATA_DIR: folder },
    byHand: (sql) => new Promise((done) => execFile(client, args, (error, out, err) => done({ code: error?.code ?? 0, err })).stdin.end(sql)),
    rows: mine?.rows,
    drop: async () => mine?.drop(),
  };
}

test("what a dry run prints can be run by hand, and nothing is then left to do", async () => {
  const store = await makeStore("by-hand");
  try {
    const { out } = await run(["migrate", "--dry-run"], store.environment);
    assert.deepEqual(await store.byHand(out), { code: 0, err: "" });
    assert.match((await run(["migrate", "--dry-run"], store.environment)).out, /^-- (Nothing to do|vectors)/);
    assert.deepEqual(await run(["migrate"], store.environment), { code: 0, out: "Nothing to do: the store is up to date.\n", err: "" });
    assert.equal((await run(["user", "list"], store.environment)).code, 0);
    if (!store.rows) return;
    const [{ late }] = await store.rows("SELECT COUNT(*) AS late FROM schema_migrations WHERE applied_at NOT BETWEEN now() - INTERVAL '5 minutes' AND now()");
    assert.equal(late, 0);
  } finally { await store.drop(); }
});

test("the last migration alone is printed, and counted as one", async () => {
  const store = await makeStore("but-one");
  try {
    const { out } = await run(["migrate", "--dry-run"], store.environment), last = out.slice(out.search(/-- \d{4}_\w+\nBEGIN;(?![^]*\nBEGIN;)/));
    assert.deepEqual(await store.byHand(out.slice(0, -last.length)), { code: 0, err: "" });
    const rest = (await run(["migrate", "--dry-run"], store.environment)).out;
    assert.match(rest, /^-- \d{4}_\w+\nBEGIN;\n[^]*\nINSERT INTO schema_migrations [^]*;\nCOMMIT;\n/);
    assert.equal(rest.match(/^BEGIN;/gm).length, 1);
    const { checks } = JSON.parse((await run(["doctor", "--json"], store.environment)).out);
    assert.match(checks.find((one) => one.part === "store").detail, /, 1 migration missing: run careerprep migrate/);
    assert.deepEqual(await run(["migrate"], store.environment), { code: 0, out: "Applied 1 migration.\n", err: "" });
  } finally { await store.drop(); }
});

test("ten processes that migrate one empty store together do it once", async () => {
  const results = await Promise.all(Array.from({ length: 10 }, () => run(["migrate", "--data", data()])));
  assert.deepEqual(results.filter((one) => one.code !== 0), []);
  const counts = results.map((one) => Number(/Applied (\d+)/.exec(one.out)?.[1] ?? 0));
  const again = await run(["migrate", "--dry-run", "--data", data()]);
  assert.match(again.out, /Nothing to do/);
  assert.ok(counts.reduce((sum, one) => sum + one) > 8, "all migrations, each by one of them");
  if (!database) return;
  const rows = await database.rows("SELECT number, COUNT(*) AS times FROM schema_migrations GROUP BY number ORDER BY number");
  assert.equal(counts.reduce((sum, one) => sum + one), rows.length);
  assert.deepEqual(rows.map((one) => [one.number, one.times]), rows.map((_, i) => [i + 1, 1]));
});

test("a dry run on a store of this version changes no byte of it", { skip: Boolean(process.env.TEST_DATABASE_URL) && "the file is SQLite's" }, async () => {
  const file = join(data(), "careerprep.db"), was = await readFile(file);
  assert.match((await run(["migrate", "--dry-run", "--data", data()])).out, /Nothing to do/);
  assert.ok(was.equals(await readFile(file)));
});

test("ten servers that start together on one empty database all run", { skip: !process.env.TEST_DATABASE_URL && "one process owns an embedded store" }, async () => {
  const shared = await makeDatabase(), servers = [];
  try {
    const started = await Promise.allSettled(Array.from({ length: 10 }, () => startServer({ database: { ...shared, drop: async () => {} } })));
    for (const one of started) if (one.status === "fulfilled") servers.push(one.value);
    assert.deepEqual(started.filter((one) => one.status === "rejected").map((one) => String(one.reason)), []);
    for (const server of servers) assert.equal((await server.browser().get("/sign-in")).status, 200);
    const [{ rows, numbers }] = await shared.rows("SELECT COUNT(*) AS rows, COUNT(DISTINCT number) AS numbers FROM schema_migrations");
    assert.ok(rows > 8 && rows === numbers, "one row a migration");
  } finally {
    for (const server of servers) await server.stop();
    await shared.drop();
  }
});
