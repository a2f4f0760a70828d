// PostgreSQL stops while people work, and comes back: meanwhile there are clear refusals and pages that need no store, afterwards all goes on
// by itself, and what was acknowledged is there. Runs on a server of its own: tests/postgres.sh tools/node.sh --test tests/http/store_away.test.mjs
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { startServer } from "./server.mjs";
import { checkJobs, Worker } from "./workload.mjs";

const PEOPLE = 6;
const dir = process.env.TEST_DATABASE_DIR;
const NONE = !dir && "tests/postgres.sh gives a server that may be stopped";
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Stops or starts the database server: pg_ctl with the options that it was started with. */
function control(...args) {
  const versions = readdirSync("/usr/lib/postgresql").sort((a, b) => Number(a) - Number(b));
  const command = [join("/usr/lib/postgresql", versions.at(-1), "bin/pg_ctl"), "-D", join(dir, "data"), "-s", "-w", ...args];
  const asUser = process.getuid() === 0 ? ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups", ...command] : command;
  return new Promise((done, failed) => { // the server inherits pipes and never closes them
    spawn(asUser[0], asUser.slice(1), { cwd: dir, stdio: "ignore" }).once("exit", (code) => (code ? failed(new Error(`pg_ctl ${args} ended with ${code}`)) : done()));
  });
}

/** How a request is refused while the store is away. */
function isClearRefusal(answer, isApi) {
  const type = answer.headers.get("content-type") ?? "";
  return answer.status === 503 && Number(answer.headers.get("retry-after")) >= 1 && (isApi ? /^application\/problem\+json/ : /^text\/html/).test(type);
}

async function checkWhileAway(server, ada) {
  for (const browser of [server.browser(), ada]) {
    for (const [path, words] of [["/", "proved"], ["/sign-in", "Sign in"], ["/sign-up", "account"], ["/healthz", "ok"], ["/robots.txt", "User-agent"]]) {
      const page = await browser.get(path);
      assert.equal(page.status, 200, `${path} needs no store`);
      assert.ok(page.text.includes(words), path);
    }
    assert.equal((await browser.get("/nothing-here")).status, 404);
    assert.equal((await browser.post("/theme", { theme: "dark" }, { "X-Requested-With": "fetch" })).status < 400, true);
  }
  const css = /href="(\/assets\/[^"]+\.css)"/.exec((await server.browser().get("/sign-in")).text)[1];
  assert.equal((await server.browser().get(css)).status, 200);
  for (const path of ["/dashboard", "/skills", "/profile/somebody"]) {
    const page = await ada.get(path);
    assert.ok(isClearRefusal(page, false), `${path}: ${page.status} ${page.text.slice(0, 200)}`);
    assert.match(page.text, /That is not possible at the moment/);
    assert.doesNotMatch(page.text, /postgres|libpq|connection refused|127\.0\.0\.1:/i, "people read no internals");
  }
  const api = await ada.get("/api/users/skills", { Accept: "application/json" });
  assert.ok(isClearRefusal(api, true), `${api.status} ${api.text}`);
  assert.equal(api.json().status, 503);
  const change = await ada.send("PATCH", "/api/users/profile", { headline: "Away" });
  assert.ok(isClearRefusal(change, true), `${change.status} ${change.text}`);
  assert.equal((await ada.get("/readyz")).status, 503);
  const figures = await server.browser().get("/metrics");
  assert.equal(figures.status, 200, "figures are wanted most when something is wrong");
  assert.match(figures.text, /^careerprep_store_up 0$/m);
  assert.match(figures.text, /^careerprep_http_requests_total\{.*status="5xx"\} [1-9]/m);
  assert.doesNotMatch(figures.text, /^careerprep_jobs\{/m);
}

test("the database stops and starts again under load", { skip: NONE, timeout: 280000 }, async (t) => {
  const server = await startServer();
  let isOver = false, lost = 0;
  try {
    const ada = await server.signUp("Ada");
    const workers = [];
    for (let i = 0; i < PEOPLE; i++) {
      const person = await server.signUp(`Person${i}`);
      for (const skill_id of ["docker", "postgresql"]) await person.send("POST", "/api/skills", { skill_id, proficiency_level: "expert" });
      const request = person.request.bind(person);
      person.request = (path, options) => request(path, options).catch((error) => { lost++; throw error; });
      workers.push(new Worker(person, (answer) => isClearRefusal(answer, true) || isClearRefusal(answer, false)));
    }
    const working = workers.map((worker) => worker.run(() => isOver));
    const meanwhile = (ms) => Promise.race([pause(ms), Promise.all(working)]);
    const recovery = [];
    for (const how of ["fast", "immediate", "fast"]) {
      await meanwhile(2000);
      await control("stop", "-m", how);
      await meanwhile(300);
      await checkWhileAway(server, ada);
      await meanwhile(1000);
      await control("restart");
      const from = Date.now();
      while ((await ada.get("/dashboard")).status !== 200) {
        assert.ok(Date.now() - from < 10000, "the server has found the store again within ten seconds");
        await meanwhile(50);
      }
      recovery.push(Date.now() - from);
    }
    await meanwhile(1500);
    isOver = true;
    await Promise.all(working);
    assert.equal(lost, 0, "every request was answered");
    await checkJobs(server);
    for (const worker of workers) await worker.check(server);
    assert.equal(server.process.exitCode, null);
    const sum = (what) => workers.reduce((total, worker) => total + worker[what], 0);
    assert.ok(sum("acknowledged") > 20 * PEOPLE && sum("refused") > 0);
    t.diagnostic(`${sum("acknowledged")} requests acknowledged, ${sum("refused")} refused with 503; served again ${recovery.join(", ")} ms after each start of the database`);
  } finally {
    isOver = true;
    await server.stop();
  }
});
