// Three nodes behind a proxy, people at work, and a node killed in the middle of it (SIGKILL), which comes back later: the living ones go on
// without an error, and what was acknowledged is there exactly once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { startBalancer } from "./balancer.mjs";
import { makeDatabase } from "./postgres.mjs";
import { Browser, startServer } from "./server.mjs";
import { checkJobs, Worker } from "./workload.mjs";

const NONE = !process.env.TEST_DATABASE_URL && "one process owns an embedded store: tests/postgres.sh gives a shared one";
const PEOPLE = 8, ROUNDS = 3;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

test(`${ROUNDS} nodes killed under load, one after the other`, { skip: NONE, timeout: 500000 }, async (t) => {
  const database = await makeDatabase();
  const env = { TRUSTED_PROXIES: "127.0.0.1" };
  const nodes = [];
  for (let i = 0; i < 3; i++) nodes.push(await startServer({ database, env }));
  const balancer = await startBalancer(() => nodes.map((node) => node.url));
  let isOver = false;
  const workers = [];
  try {
    for (let i = 0; i < PEOPLE; i++) {
      const person = new Browser(balancer.url);
      person.cookies = (await nodes[i % 3].signUp(`Person${i}`, `person-${i}@example.org`)).cookies;
      person.email = `person-${i}@example.org`;
      const claims = await Promise.all(["docker", "postgresql"].map((skill_id) => person.send("POST", "/api/skills", { skill_id, proficiency_level: "expert" })));
      assert.ok(claims.every((answer) => answer.status === 201));
      // What is cut off by the kill is answered by the proxy alone.
      workers.push(new Worker(person, (answer) => answer.status === 502 && answer.headers.get("x-balancer") === "1"));
    }
    const working = workers.map((worker) => worker.run(() => isOver));
    for (let round = 0; round < ROUNDS; round++) {
      await Promise.race([pause(2500), Promise.all(working)]);
      await nodes[round % 3].kill();
      await Promise.race([pause(2500), Promise.all(working)]);
      await nodes[round % 3].start();
    }
    await Promise.race([pause(2000), Promise.all(working)]);
    isOver = true;
    await Promise.all(working);
    assert.deepEqual(balancer.failures, [], "no error of a living node");
    await checkJobs(nodes[0]);
    for (const worker of workers) await worker.check(nodes[0]);
    const [{ n: crashed }] = await nodes[0].rows("SELECT COUNT(*) AS n FROM jobs WHERE crashes > 0");
    const interviews = workers.reduce((sum, worker) => sum + worker.interviews.filter((one) => one.ended).length, 0);
    const acknowledged = workers.reduce((sum, worker) => sum + worker.acknowledged, 0);
    assert.ok(acknowledged > 50 * PEOPLE, `${acknowledged} acknowledged`);
    assert.ok(interviews > 0, "interviews were finished");
    t.diagnostic(`${acknowledged} requests acknowledged, ${balancer.counts.cut ?? 0} cut off by ${ROUNDS} kills, ${interviews} interviews read, ${crashed} jobs taken over from a killed node`);
  } finally {
    isOver = true;
    await balancer.stop();
    for (const node of nodes.slice(1).reverse()) { node.database = null; await node.stop(); }
    await nodes[0].stop();
  }
});
