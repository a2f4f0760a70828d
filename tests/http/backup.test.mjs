// careerprep backup and restore, on either engine: of one moment while people work, onto either engine, all or nothing.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { copyFile, mkdtemp, open, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { makeToken, Program } from "./bearer.mjs";
import { binary, makeServer, startServer } from "./server.mjs";

const EMBEDDED = !process.env.TEST_DATABASE_URL && "this needs PostgreSQL: tests/postgres.sh gives one";

let dir, server, saved, token;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), "careerprep-backup-"));
  saved = join(dir, "saved.db");
  server = await makeServer();
  const demo = await server.command("demo");
  assert.equal(demo.code, 0, demo.err);
  await server.start();
});
after(async () => {
  await server?.stop();
  await rm(dir, { recursive: true, force: true });
});

const onFile = (path, sql) => new Promise((done, failed) => {
  execFile("sqlite3", ["-json", path, sql], { maxBuffer: 1 << 26 }, (error, out, err) => (error ? failed(new Error(err)) : done(out.trim() ? JSON.parse(out) : [])));
});
const people = async (from) => (await from.rows("SELECT COUNT(*) AS n FROM users"))[0].n;

test("a backup while people sign up is of one moment, private, and never over another file", async () => {
  let is_over = false, count = 0;
  const signing = (async () => { while (!is_over) { await server.signUp(`Person${++count}`); } })();
  while (count < 2) await new Promise((done) => setTimeout(done, 10));
  ({ token } = await makeToken(await server.signIn("person1-1@example.org"), ["profile:read"]));
  assert.equal((await new Program(server.url, token).get("/api/users/profile")).status, 200);
  const made = await server.command("backup", saved);
  is_over = true;
  await signing;
  assert.deepEqual([made.code, made.out], [0, `Saved ${saved}\n`], made.err);
  assert.equal((await stat(saved)).mode & 0o777, 0o600);
  assert.deepEqual(await readdir(dir), ["saved.db"], "nothing lies beside it");
  const [{ users, accounts, demo }] = await onFile(saved, "SELECT (SELECT COUNT(*) FROM users) AS users, (SELECT COUNT(*) FROM accounts) AS accounts, (SELECT COUNT(*) FROM users WHERE email LIKE '%demo.example') AS demo");
  assert.ok(users >= accounts && accounts > demo - 7 && users > demo, `${users} people, ${accounts} accounts`);
  assert.deepEqual(await onFile(saved, "PRAGMA foreign_key_check"), []);
  const again = await server.command("backup", saved);
  assert.equal(again.code, 1);
  assert.match(again.err, /exists already/);
});

test("it is restored into another store, where people sign in anew and find what is theirs", async () => {
  const other = await makeServer();
  try {
    const restored = await other.command("restore", saved);
    assert.equal(restored.code, 0, restored.err);
    assert.match(restored.out, /^Restored .*Everybody signs in again and makes new API tokens\./);
    assert.equal((await other.rows("SELECT COUNT(*) AS n FROM sessions"))[0].n, 0);
    assert.equal((await onFile(saved, "SELECT COUNT(*) AS n FROM api_tokens"))[0].n, 1);
    assert.equal((await other.rows("SELECT COUNT(*) AS n FROM api_tokens"))[0].n, 0);
    const [{ n }] = await onFile(saved, "SELECT COUNT(*) AS n FROM skill_verifications");
    assert.equal((await other.rows("SELECT COUNT(*) AS n FROM skill_verifications"))[0].n, n);
    await other.start();
    assert.equal((await (await other.signIn("person1-1@example.org")).get("/dashboard")).status, 200);
    assert.equal((await new Program(other.url, token).get("/api/users/profile")).status, 401, "a token may have been revoked after the backup");
    assert.match((await other.browser().get("/profile/mara-lindqvist")).text, /Verified/);
    const refused = await other.command("restore", saved);
    assert.equal(refused.code, 1);
    assert.match(refused.err, /accounts; they would be replaced/);
  } finally { await other.stop(); }
});

test("a backup of PostgreSQL is restored into SQLite", { skip: EMBEDDED }, async () => {
  const data = join(dir, "embedded"), env = { ...process.env, DATABASE_URL: "", DATA_DIR: data };
  const run = (...args) => new Promise((done) => execFile(binary, args, { cwd: dir, env }, (error, out, err) => done({ code: error?.code ?? 0, out, err })));
  const restored = await run("restore", saved);
  assert.equal(restored.code, 0, restored.err);
  const count = "SELECT (SELECT COUNT(*) FROM users) AS users, (SELECT COUNT(*) FROM interview_turns) AS turns";
  assert.deepEqual(await onFile(join(data, "careerprep.db"), count), await onFile(saved, count));
});

test("a backup that is killed leaves no file of its name, and the next one clears up", async () => {
  const path = join(dir, "killed.db");
  const child = spawn(binary, ["backup", path, "--data", server.dataDir], { cwd: dir, env: server.environment(), stdio: "ignore" });
  const ended = new Promise((done) => child.once("exit", (code, signal) => done(signal)));
  while (child.exitCode === null && !(await readdir(dir)).some((name) => name.startsWith("killed.db.part-"))) await new Promise((done) => setTimeout(done, 1));
  child.kill("SIGKILL");
  assert.equal(await ended, "SIGKILL");
  assert.deepEqual((await readdir(dir)).filter((name) => name === "killed.db"), []);
  const again = await server.command("backup", path);
  assert.equal(again.code, 0, again.err);
  assert.deepEqual((await readdir(dir)).filter((name) => name.startsWith("killed.db")), ["killed.db"]);
});

test("what is not ours, damaged, cut off or of a newer program is refused, and nothing is changed", async () => {
  const target = await makeServer();
  try {
    await target.command("migrate");
    const files = { "no file": join(dir, "none.db"), "no database": join(dir, "junk.db"), "another's": join(dir, "other.db"), newer: join(dir, "newer.db"), damaged: join(dir, "damaged.db"), "cut off": join(dir, "short.db"), orphan: join(dir, "orphan.db"), flipped: join(dir, "flipped.db"), missing: join(dir, "missing.db"), trapped: join(dir, "trapped.db") };
    await writeFile(files["no database"], Buffer.alloc(20000, "junk"));
    await onFile(files["another's"], "CREATE TABLE users (id TEXT)");
    for (const name of ["newer", "damaged", "cut off", "orphan", "flipped", "missing", "trapped"]) await copyFile(saved, files[name]);
    await onFile(files.newer, "INSERT INTO schema_migrations VALUES (9999, 'of_tomorrow', 'x', 0)");
    await onFile(files.orphan, "PRAGMA foreign_keys = OFF; DELETE FROM users WHERE email = 'person1-1@example.org'");
    await onFile(files.flipped, "UPDATE interview_turns SET content_text = replace(content_text, 'e', 'a') WHERE turn_index = 1");
    await onFile(files.missing, "DELETE FROM job_listing_skills WHERE skill_id = 'docker'");
    await onFile(files.trapped, "CREATE TRIGGER trap AFTER INSERT ON users BEGIN UPDATE users SET role = 'admin'; END");
    const { size } = await stat(saved), handle = await open(files.damaged, "r+");
    for (let at = 4096 * 3; at < size; at += 4096 * 7) await handle.write(Buffer.alloc(2000, 0xa5), 0, 2000, at);
    await handle.close();
    await (await open(files["cut off"], "r+").then(async (one) => { await one.truncate(Math.floor(size / 2)); return one; })).close();
    const expected = { newer: /the rows of schema_migrations are not those that were saved/, "no file": /cannot be read/, flipped: /the rows of interview_turns are not those/, missing: /the rows of job_listing_skills are not/ };
    for (const [name, path] of Object.entries(files)) {
      const refused = await target.command("restore", path, "--force");
      assert.equal(refused.code, 1, name);
      assert.match(refused.err, expected[name] ?? /is no undamaged copy of a Career Prep store; nothing was changed/, name);
      assert.equal(await people(target), 0, name);
    }
    await onFile(files.newer, "DROP TABLE archive_seal"); // as a program of tomorrow would seal it
    assert.match((await target.command("restore", files.newer, "--force")).err, /newer program/);
    assert.deepEqual((await readdir(target.dataDir)).filter((name) => name.includes("restore.part")), [], "no copy stays behind");
  } finally { await target.stop(); }
});

test("what is no regular file is refused at once", async () => {
  const target = await makeServer(), pipe = join(dir, "pipe");
  try {
    await new Promise((done, failed) => execFile("mkfifo", [pipe], (error) => (error ? failed(error) : done())));
    for (const path of [pipe, "/dev/zero", dir]) { // reading the pipe would wait for a writer for ever
      const refused = await target.command("restore", path, "--force");
      assert.equal(refused.code, 1, path);
      assert.match(refused.err, /is no regular file; nothing was changed/, path);
    }
  } finally { await target.stop(); }
});

test("what only this engine refuses is told in words about the file, and nothing is changed", async () => {
  const target = await makeServer();
  try {
    await target.command("migrate");
    const edited = join(dir, "edited.db"), extra = join(dir, "extra.db");
    for (const path of [edited, extra]) {
      await copyFile(saved, path);
      await onFile(path, "DROP TABLE archive_seal"); // as whoever edits a file would, or a program before there were seals
    }
    await onFile(edited, "INSERT INTO audit_log (id, user_id, action, detail, address, created_at) VALUES ('0-first', NULL, 'x', '', '', 1)");
    await onFile(extra, "CREATE TABLE notes (body)");
    if (!EMBEDDED) {
      const refused = await target.command("restore", edited);
      assert.equal(refused.code, 1);
      assert.match(refused.err, /row 1 of the table audit_log, in the order of its key: the value of id is not of the column's type; nothing was changed/);
      const strange = await target.command("restore", extra);
      assert.equal(strange.code, 1);
      assert.match(strange.err, /the table notes is none that Career Prep makes: its column body has no type; nothing was changed/);
    }
    const readable = join(dir, "readable.db");
    await copyFile(edited, readable);
    await onFile(readable, "DELETE FROM audit_log WHERE id = '0-first'; CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT; INSERT INTO notes VALUES (1, 'mine')");
    const other = await makeServer();
    try {
      const restored = await other.command("restore", readable);
      assert.equal(restored.code, 0, restored.err);
      if (EMBEDDED) assert.deepEqual(await other.rows("SELECT body FROM notes"), [{ body: "mine" }], "the whole file is put in place");
      else assert.match(restored.err, /the table notes is none that Career Prep makes: it is left out/);
    } finally { await other.stop(); }
    await onFile(extra, "CREATE TABLE archive_seal (table_name TEXT PRIMARY KEY, rows_saved INTEGER NOT NULL, checksum TEXT NOT NULL) STRICT"); // on either engine
    assert.match((await target.command("restore", extra)).err, /the table notes is none that Career Prep makes: its column body has no type; nothing was changed/);
    assert.equal(await people(target), 0);
  } finally { await target.stop(); }
});

/** Opens the stream of a page's news and gathers what it says until it ends. */
async function listen(node, browser) {
  const cookies = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const stream = await fetch(`${node.url}/live`, { headers: { Cookie: cookies } }), heard = { text: "", is_over: false };
  heard.ended = (async () => { for await (const bytes of stream.body) heard.text += Buffer.from(bytes).toString(); })().catch(() => {}).then(() => { heard.is_over = true; });
  return heard;
}

test("restoring while others serve replaces all at once, and leaves nobody with what was", async () => {
  const node = EMBEDDED ? server : await startServer({ database: { ...server.database, drop: async () => {} } });
  try {
    const late = await server.signUp("Late"), there = node.browser();
    there.cookies = late.cookies;
    assert.equal((await there.get("/settings")).status, 200);
    const news = await listen(node, late);
    let is_over = false;
    const seen = new Set();
    const asking = (async () => { while (!is_over) seen.add((await node.browser().get("/profile/mara-lindqvist")).status); })();
    const writing = (async () => { for (let i = 0; !is_over; i++) await server.browser().post("/sign-up", { first_name: "W", last_name: "W", email: `w${i}@example.org`, password: "seven quiet tables" }).then((one) => seen.add(one.status)); })();
    const restored = await server.command("restore", saved, "--force");
    is_over = true;
    await Promise.all([asking, writing]);
    assert.equal(restored.code, 0, restored.err);
    assert.ok(![...seen].some((status) => status === 404 || status === 500), `answers: ${[...seen]}`);
    await Promise.race([news.ended, new Promise((done) => setTimeout(done, 8000))]);
    assert.ok(news.is_over && /event: refresh/.test(news.text), "the open page is told to load again");
    for (const one of [server, node]) {
      const browser = one.browser();
      browser.cookies = new Map(late.cookies);
      assert.notEqual((await browser.get("/settings")).status, 200, "the session is over on every node");
      assert.equal((await new Program(one.url, token).get("/api/users/profile")).status, 401, "and so is the token");
    }
    assert.deepEqual(await server.rows("SELECT id FROM users WHERE email LIKE 'late-%'"), []);
    assert.equal((await (await node.signIn("person1-1@example.org")).get("/dashboard")).status, 200);
    assert.equal((await server.signUp("After")).email.startsWith("after"), true);
  } finally { if (node !== server) await node.stop(); }
});
