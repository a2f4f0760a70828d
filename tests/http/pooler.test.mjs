// Behind a pooler that gives each transaction another server process (PgBouncer): what works as ever, what does not, and that it is told.
import assert from "node:assert/strict";
import { test } from "node:test";
import { begin, chat, claim, GOOD, prepare } from "./interviews.mjs";
import { startServer } from "./server.mjs";

const NONE = !process.env.TEST_POOLER_URL && "no pooler: tests/postgres.sh tests/pooler.sh gives one";
const storeLine = async (server) => JSON.parse((await server.command("doctor", "--json")).out).checks.find((check) => /PostgreSQL/.test(check.detail)).detail;

test("doctor says that a pooler is there, which timeouts are missing, and how processes hear of each other", { skip: NONE }, async () => {
  const server = await startServer();
  try {
    assert.match(await storeLine(server), /pooler.*DATABASE_LISTEN_URL.*statement_timeout.*idle_in_transaction_session_timeout/s);
    await server.write("ALTER ROLE postgres SET statement_timeout = '30s'; ALTER ROLE postgres SET lock_timeout = '10s'; ALTER ROLE postgres SET idle_in_transaction_session_timeout = '10s'");
    await new Promise((done) => setTimeout(done, 100));
    server.database.environment.DATABASE_LISTEN_URL = "";
    assert.match(await storeLine(server), /pooler.*only by looking every few seconds/s);
  } finally {
    await server.write("ALTER ROLE postgres RESET ALL");
    await server.stop();
  }
});

test("without a way past the pooler a process still hears itself: its jobs start at once and its pages are told", { skip: NONE }, async () => {
  const server = await startServer({ env: { DATABASE_LISTEN_URL: "" } });
  try {
    const bo = await server.signUp("Bo");
    await claim(server, bo, [["docker", "expert"], ["postgresql", "beginner"]]);
    const id = await prepare(bo);
    await begin(bo, id);
    for (let i = 0; i < 4; i++) await bo.post(`/interviews/${id}/say`, { text: `${GOOD} That was project ${i}.` });
    const finished = Date.now();
    assert.equal((await bo.post(`/interviews/${id}/finish`)).status, 303);
    const status = async () => (await server.rows(`SELECT status FROM interviews WHERE id = '${id}'`))[0].status;
    while (await status() !== "analyzed" && Date.now() - finished < 10000) await new Promise((done) => setTimeout(done, 20));
    assert.ok(Date.now() - finished < 3000, `read after ${Date.now() - finished} ms, and not with the next look`);
    assert.match(server.log, /a pooler stands before the store/);
  } finally { await server.stop(); }
});
