// The command line as a stranger meets it: what is there, what went wrong, and exit codes that scripts can trust.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { makeDatabase } from "./postgres.mjs";
import { binary } from "./server.mjs";

let dir, database;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), "careerprep-commands-"));
  if (process.env.TEST_DATABASE_URL) database = await makeDatabase();
});
after(async () => {
  await database?.drop();
  await rm(dir, { recursive: true, force: true });
});

const runWith = (env, ...args) => new Promise((done) => {
  execFile(binary, args, { cwd: dir, env: { ...process.env, ...(database ? { DATABASE_URL: database.url } : {}), ...env } }, (error, out, err) => done({ code: error?.code ?? 0, out, err }));
});
const run = (...args) => runWith({}, ...args);
/** The same with text on standard input. */
const runOn = (input, ...args) => new Promise((done) => {
  const child = execFile(binary, args, { cwd: dir, maxBuffer: 64 << 20 }, (error, out, err) => done({ code: error?.code ?? 0, out, err }));
  child.stdin.on("error", () => {}); // it may end before all is read
  child.stdin.end(input);
});

test("help goes to standard output when it is asked for, and to standard error when nothing was said", async () => {
  for (const flag of ["--help", "-h", "help"]) {
    const { code, out, err } = await run(flag);
    assert.deepEqual([code, err], [0, ""], flag);
    assert.match(out, /Usage: careerprep COMMAND/);
  }
  const nothing = await run();
  assert.deepEqual([nothing.code, nothing.out], [2, ""]);
  assert.match(nothing.err, /jobs import FILE/);
  assert.match((await run("jobs", "import", "-h")).out, /^Usage: careerprep jobs import FILE/);
});

test("the version is told", async () => {
  const { code, out } = await run("--version");
  assert.equal(code, 0);
  assert.match(out, /^careerprep \d+\.\d+\.\d+\n$/);
});

test("the first word of a command lists what goes on from it", async () => {
  const user = await run("user");
  assert.equal(user.code, 2);
  assert.match(user.err, /user add EMAIL/);
  assert.match(user.err, /user list/);
  assert.ok(!user.err.includes("jobs import"));
  assert.match((await run("jobs", "exprot")).err, /no command 'jobs exprot'[^]*jobs import FILE/);
  const help = await run("jobs", "--help");
  assert.deepEqual([help.code, help.err], [0, ""]);
  assert.match(help.out, /jobs match RESUME/);
  assert.match((await run("nonsense")).err, /no command 'nonsense'/);
});

test("an import of nothing but refused listings fails, and counts them from 1", async () => {
  const file = join(dir, "listings.json"), data = join(dir, "data");
  await writeFile(file, JSON.stringify({ listings: [{ source: "test-board", external_id: "1" }, { title: "No source" }] }));
  const none = await run("jobs", "import", file, "--data", data);
  assert.equal(none.code, 1);
  assert.match(none.out, /2 refused\.\n +listing 1: .*\n +listing 2: /);
  assert.equal((await run("jobs", "import", file, "--json", "--data", data)).code, 1);
  await writeFile(file, JSON.stringify({ listings: [{ title: "No source" }, { source: "test-board", external_id: "1", title: "Baker" }] }));
  const some = await run("jobs", "import", file, "--json", "--data", data);
  assert.equal(some.code, 0);
  assert.deepEqual(JSON.parse(some.out).refusals.map((one) => one.listing), [1]);
});

test("output that cannot be written is a failure", async () => {
  for (const args of ["--help", "--version", "routes", "routes --json", "config", "user --help"]) {
    const { code, err } = await new Promise((done) => execFile("sh", ["-c", `"$0" ${args} >/dev/full`, binary], { cwd: dir }, (error, out, err) => done({ code: error?.code ?? 0, err })));
    assert.equal(code, 1, args);
    assert.match(err, /could not be written/, args);
  }
});

test("each command of an operator says what it needs and what it refuses", async () => {
  for (const [command, words] of [["migrate", /forward only/], ["backup", /must not exist/], ["restore", /nothing is changed/], ["copy", /sqlite:\/srv[^]*PGPASSWORD/], ["doctor", /broken/],
    ["worker", /DATABASE_URL[^]*serve --no-worker/]]) {
    const { code, out } = await run(command, "--help");
    assert.equal(code, 0);
    assert.match(out, words, command);
  }
  assert.doesNotMatch((await run("--help")).out, /PGPASSWORD/);
});

test("doctor says by which clock schedules run, and a time zone that nobody knows is refused", async () => {
  const withZone = async (zone) => {
    await writeFile(join(dir, ".env"), `SCHEDULE_TIME_ZONE=${zone}\n`);
    const result = await run("doctor", "--json", "--data", join(dir, "doctor"));
    await rm(join(dir, ".env"));
    return result;
  };
  const part = JSON.parse((await withZone("Europe/Berlin")).out).checks.find((check) => check.part === "schedules");
  assert.equal(part.state, "fine");
  assert.match(part.detail, /by the clock of Europe\/Berlin$/);
  const wrong = await withZone("Europe/Nowhere");
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /SCHEDULE_TIME_ZONE \(\.env:1\) must be a time zone that this system knows \(package tzdata\), not "Europe\/Nowhere"\. Example: SCHEDULE_TIME_ZONE=Europe\/Berlin/);
});

test("doctor says how vectors are searched", async () => {
  const { out } = await run("doctor", "--json", "--data", join(dir, "doctor"));
  const vectors = JSON.parse(out).checks.find((one) => one.part === "vectors");
  assert.match(vectors.detail, /searched exactly|HNSW/);
  assert.notEqual(vectors.state, "broken");
});

test("doctor says which job boards are asked every night, asks none, and shows no key", async () => {
  const boards = async (env) => {
    const { out, code } = await runWith(env, "doctor", "--json", "--data", join(dir, "boards"));
    assert.ok(!out.includes("s3cret"));
    return { code, ...JSON.parse(out).checks.find((one) => one.part === "job boards") };
  };
  await run("migrate", "--data", join(dir, "boards"));
  const unreachable = { ADZUNA_BASE_URL: "http://127.0.0.1:1", JOOBLE_BASE_URL: "http://127.0.0.1:1" };
  assert.deepEqual(await boards({}), { code: 0, part: "job boards", state: "off", detail: "no source of listings is configured: set ADZUNA_APP_ID and ADZUNA_APP_KEY, or JOOBLE_API_KEY, or import files" });
  assert.deepEqual(await boards({ ...unreachable, ADZUNA_APP_ID: "s3cret", ADZUNA_APP_KEY: "s3cret", JOOBLE_API_KEY: "s3cret" }),
    { code: 0, part: "job boards", state: "fine", detail: "new listings come every night from Adzuna and Jooble (not asked now: calls are metered)" });
  assert.deepEqual(await boards({ ADZUNA_APP_ID: "s3cret" }), { code: 1, part: "job boards", state: "broken", detail: "Adzuna is off: ADZUNA_APP_KEY is not set" });
});

test("doctor says what is left of the budgets that are in use, and of no other", async () => {
  const budgets = async (env) => {
    const { out } = await runWith(env, "doctor", "--json", "--data", join(dir, "budgets"));
    return JSON.parse(out).checks.filter((one) => one.part.startsWith("budget"));
  };
  await run("migrate", "--data", join(dir, "budgets"));
  assert.deepEqual(await budgets({}), []);
  assert.deepEqual(await budgets({ QUOTA_JOOBLE: "day=7 lifetime=70" }), [
    { part: "budget jooble", state: "fine", detail: "searches at Jooble: 7 of 7 left today, 70 of 70 in all" },
  ]);
});

test("texts are embedded line by line, and a line without a vector is told and stops no other", async (context) => {
  const lines = ["registered nurse", "", "looks after sick people", "w".repeat(10 << 20), "\u05de\u05e0\u05d4\u05dc \u{1F600}", "steel, ".repeat(500)];
  const { code, out, err } = await runOn(Buffer.concat([Buffer.from(lines.join("\n")), Buffer.from("\n\xff\xfe truck driver\n", "latin1")]), "embed", "--json", "--data", dir);
  if (/-Dlocal_model=false/.test(err)) return context.skip("this build has no local embedding model");
  assert.equal(code, 0);
  const document = JSON.parse(out);
  assert.deepEqual([document.model, document.dimensions, document.vectors.length], ["universal-sentence-encoder-lite", 512, 7]);
  assert.deepEqual(document.errors, [{ line: 2, reason: "an empty text has no vector" }, { line: 4, reason: "the text is too long to be embedded (256 KiB are allowed)" }]);
  assert.match(err, /^careerprep: line 2: an empty text has no vector\n/);
  const product = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);
  for (const [i, vector] of document.vectors.entries()) {
    if (i === 1 || i === 3) assert.equal(vector, null);
    else assert.ok(vector.length === 512 && Math.abs(product(vector, vector) - 1) < 1e-5, `line ${i + 1}`);
  }
  assert.ok(product(document.vectors[0], document.vectors[2]) > product(document.vectors[0], document.vectors[6]));
  const plain = await runOn("registered nurse\n", "embed", "--data", dir);
  assert.deepEqual(plain.out.trim().split(" ").map(Number), document.vectors[0]);
  assert.deepEqual(JSON.parse((await runOn("", "embed", "--json", "--data", dir)).out).vectors, []);
});

test("doctor tries the local embedding model", async () => {
  const { out } = await run("doctor", "--json", "--data", join(dir, "doctor"));
  const part = JSON.parse(out).checks.find((one) => one.part === "embeddings");
  assert.match(part.detail, /^(universal-sentence-encoder-lite is built in: 512 dimensions, a sentence in \d+\.\d ms|the local embedding model is not built in)/);
  assert.equal(part.state, /is built in/.test(part.detail) ? "fine" : "off");
});
