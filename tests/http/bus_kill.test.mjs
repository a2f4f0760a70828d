// Processes that publish and run jobs of every sort (bus_node.c) are killed (SIGKILL) in the middle of it, again and again. Afterwards the effects are counted in the
// store: what was acknowledged is there, and every job had its effects exactly once. KILLS=500 kills so often; ./test kills a few times.
//
// On an embedded store one process runs at a time. On PostgreSQL three do, and the living take over what the killed ones held, after the lease of 30 seconds.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { test } from "node:test";
import { makeServer } from "./server.mjs";

const NODE = process.env.BUS_NODE ?? join(import.meta.dirname ?? ".", "../../build/test-gcc/tests/http/bus_node");
const isShared = Boolean(process.env.TEST_DATABASE_URL);
const KILLS = Number(process.env.KILLS ?? (isShared ? 12 : 20)), NODES = isShared ? 3 : 1;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** A process that works, and the numbers of the orders that it acknowledged. */
class Node {
  constructor(store, lock, acknowledged) { Object.assign(this, { store, lock, acknowledged, lives: 0 }); }

  async start(mode, lane) {
    this.process = spawn(NODE, [mode, this.store, this.lock, ...(lane ? [lane] : [])], { stdio: ["ignore", "pipe", "inherit"] });
    this.exit = once(this.process, "exit");
    const lines = createInterface({ input: this.process.stdout });
    this.closed = once(lines, "close");
    const begun = new Promise((done, failed) => {
      lines.on("line", (line) => (line === "begun" ? done() : this.acknowledged.add(line)));
      this.exit.then(() => failed(new Error("bus_node ended by itself")));
    });
    await begun;
  }

  async kill() {
    assert.ok(this.process.exitCode === null && this.process.signalCode === null, "it works until it is killed");
    this.process.kill("SIGKILL");
    await this.exit;
    await this.closed;
  }
}

async function finished(server, seconds) {
  for (let tries = 0; ; tries++) {
    const open = await server.rows("SELECT kind, status, COUNT(*) AS n, MAX(crashes) AS crashes FROM jobs WHERE finished_at IS NULL OR id IN (SELECT job_id FROM job_marks) GROUP BY kind, status");
    if (!open.length) return;
    assert.ok(tries < seconds * 4, `jobs are open after ${seconds} s: ${JSON.stringify(open)}`);
    await pause(250);
  }
}

const none = async (server, what, sql) => assert.deepEqual(await server.rows(`${sql} LIMIT 5`), [], what);

async function check(server, acknowledged) {
  await none(server, "no job was given up or cancelled", "SELECT id, kind, status, crashes, last_error FROM jobs WHERE status <> 'completed'");
  await none(server, "every order has its effect exactly once",
    "SELECT order_id, kind FROM kill_orders o WHERE (SELECT COUNT(*) FROM kill_effects e WHERE e.job_id = o.job_id AND e.step = 'apply') <> 1");
  await none(server, "every step happened exactly once",
    "SELECT order_id FROM kill_orders o WHERE kind = 'kill.steps' AND ((SELECT COUNT(*) FROM kill_effects e WHERE e.job_id = o.job_id AND e.step = 'first') <> 1 OR (SELECT COUNT(*) FROM kill_effects e WHERE e.job_id = o.job_id AND e.step = 'second') <> 1)");
  await none(server, "no job is there without its order", "SELECT id FROM jobs j WHERE NOT EXISTS (SELECT 1 FROM kill_orders o WHERE o.job_id = j.id)");
  await none(server, "no job is there twice", "SELECT job_id FROM kill_orders GROUP BY job_id HAVING COUNT(*) > 1");
  await none(server, "nothing ran before what it needs", "SELECT job_id FROM kill_effects WHERE step = 'early'");
  await none(server, "lanes kept their order",
    "SELECT a.job_id, b.job_id AS before FROM kill_effects a JOIN kill_effects b ON b.step = a.step AND b.place = a.place + 1 JOIN kill_orders o ON o.job_id = a.job_id WHERE o.kind = 'kill.ordered' AND a.step = o.lane AND b.job_id < a.job_id");
  await none(server, "every event is settled", "SELECT id, status FROM agent_events WHERE status <> 'completed'");
  await none(server, "no slot is held", "SELECT id FROM jobs WHERE keeps_slot");
  const stored = new Set((await server.rows("SELECT CAST(order_id AS TEXT) AS id FROM kill_orders")).map((row) => row.id));
  const lost = [...acknowledged].filter((id) => !stored.has(id));
  assert.deepEqual(lost, [], "what was acknowledged is there");
  return stored.size;
}

test(`${KILLS} kills of processes that publish and run jobs lose nothing and double nothing`, { timeout: 160000 + KILLS * 5000 }, async (t) => {
  const server = await makeServer(), acknowledged = new Set();
  const store = server.database?.url ?? join(server.dataDir, "careerprep.db"), lock = join(server.dataDir, "workers.lock");
  const nodes = Array.from({ length: NODES }, () => new Node(store, lock, acknowledged));
  let lane = 0;
  try {
    const prepared = spawn(NODE, ["prepare", store], { stdio: "inherit" });
    assert.deepEqual(await once(prepared, "exit"), [0, null]);
    for (const node of nodes) await node.start("run", `lane-${++lane}`);
    for (let kill = 0; kill < KILLS; kill++) {
      const node = nodes[kill % NODES];
      await pause(30 + Math.random() * 300);
      await node.kill();
      await node.start("run", `lane-${++lane}`);
    }
    for (const node of nodes) await node.kill();
    await nodes[0].start("drain");
    await finished(server, 150);
    const orders = await check(server, acknowledged);
    const [{ hit, most }] = await server.rows("SELECT COUNT(*) AS hit, COALESCE(MAX(crashes), 0) AS most FROM jobs WHERE crashes > 0");
    assert.ok(acknowledged.size > 5 * KILLS, `${acknowledged.size} acknowledged`);
    assert.ok(hit > 0, "kills hit running jobs");
    t.diagnostic(`${KILLS} kills: ${orders} jobs published, ${acknowledged.size} acknowledged, ${hit} were running in a killed process, one of them ${most} times`);
  } finally {
    for (const node of nodes) node.process?.kill("SIGKILL");
    await server.stop();
  }
});
