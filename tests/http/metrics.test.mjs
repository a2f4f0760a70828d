// GET /metrics: who may read it, that Prometheus could, and that it counts what happened.
import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, test } from "node:test";
import { startServer } from "./server.mjs";

const TOKEN = "a token of the tests";

let server, prometheus;
before(async () => {
  server = await startServer({ env: { METRICS_ALLOW: "127.0.0.1", METRICS_TOKEN: TOKEN, TRUSTED_PROXIES: "127.0.0.1" } });
  prometheus = server.browser();
});
after(async () => { await server.stop(); });

const LABEL = /([a-z_]+)="((?:[^"\\\n]|\\["\\n])*)"/y;

function readLabels(text) {
  const labels = {};
  for (let at = 0; at < text.length; at++) {
    LABEL.lastIndex = at;
    const found = LABEL.exec(text);
    assert.ok(found, `no label at ${text.slice(at)}`);
    labels[found[1]] = found[2];
    at = LABEL.lastIndex;
    if (at < text.length) assert.equal(text[at], ",");
  }
  return labels;
}

/** The families of an exposition in format 0.0.4, strictly: { name: { type, samples: [{ name, labels, value }] } }. */
function parse(text) {
  const families = {}, seen = new Set();
  let family;
  assert.ok(text.endsWith("\n"));
  for (const line of text.slice(0, -1).split("\n")) {
    const help = /^# HELP ([a-z_]+) \S.*$/.exec(line), type = /^# TYPE ([a-z_]+) (counter|gauge|histogram)$/.exec(line);
    if (help) {
      assert.ok(!families[help[1]], `${help[1]} is there twice`);
      family = families[help[1]] = { name: help[1], samples: [] };
    } else if (type) {
      assert.equal(type[1], family.name);
      family.type = type[2];
      if (family.type === "counter") assert.match(family.name, /_total$/);
    } else {
      const sample = /^([a-z_]+)(?:\{(.*)\})? (-?[0-9]+(?:\.[0-9]+)?)$/.exec(line);
      assert.ok(sample, `no sample: ${line}`);
      const base = family.type === "histogram" ? sample[1].replace(/_(bucket|sum|count)$/, "") : sample[1];
      assert.equal(base, family.name, "a sample stands in its family");
      const series = line.slice(0, line.lastIndexOf(" "));
      assert.ok(!seen.has(series), `${series} is there twice`);
      seen.add(series);
      family.samples.push({ name: sample[1], labels: readLabels(sample[2] ?? ""), value: Number(sample[3]) });
    }
  }
  for (const one of Object.values(families).filter(({ type }) => type === "histogram")) checkHistogram(one);
  return families;
}

/** Buckets grow, and the last one is the count. */
function checkHistogram({ name, samples }) {
  let last = -1, all;
  for (const sample of samples) {
    if (sample.name === `${name}_bucket`) {
      assert.ok(sample.value >= last, `${name}: a bucket is smaller than the one before`);
      last = sample.value;
      if (sample.labels.le === "+Inf") [all, last] = [last, -1];
    } else if (sample.name === `${name}_count`) assert.equal(sample.value, all);
  }
}

const read = async () => {
  const answer = await prometheus.get("/metrics");
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  return parse(answer.text);
};

const value = (families, family, labels, name = family) => families[family].samples
  .filter((sample) => sample.name === name && Object.entries(labels).every(([label, text]) => sample.labels[label] === text))
  .reduce((sum, sample) => sum + sample.value, 0);

async function until(what, holds) {
  for (let tries = 0; tries < 200; tries++) {
    const families = await read();
    if (holds(families)) return families;
    await new Promise((done) => setTimeout(done, 50));
  }
  assert.fail(`${what} did not come about`);
}

test("it is there for allowed addresses that ask directly, for the token and for administrators; for others there is no such page", async () => {
  const other = { "X-Forwarded-For": "203.0.113.7" };
  assert.equal((await prometheus.get("/metrics")).status, 200);
  const nowhere = await prometheus.get("/no-such-page", other), refused = await prometheus.get("/metrics", other);
  assert.equal(refused.status, 404);
  assert.equal(refused.text, nowhere.text, "nothing tells it from an address that nobody serves");
  for (const headers of [{ "X-Forwarded-For": "127.0.0.1" }, { Forwarded: "for=127.0.0.1" }, { Via: "1.1 proxy" }]) assert.equal((await prometheus.get("/metrics", headers)).status, 404, JSON.stringify(headers));
  assert.equal((await prometheus.get("/metrics", { ...other, Authorization: `Bearer ${TOKEN}` })).status, 200);
  for (const token of ["", TOKEN.slice(1), `${TOKEN}x`, TOKEN.toUpperCase()]) assert.equal((await prometheus.get("/metrics", { ...other, Authorization: `Bearer ${token}` })).status, 404, token);
  const ada = await server.signUp("Ada");
  assert.equal((await ada.get("/metrics", other)).status, 404);
  if (await server.write(`UPDATE users SET role = 'admin' WHERE email = '${ada.email}'`) !== null)
    assert.equal((await (await server.signIn(ada.email)).get("/metrics", other)).status, 200);
});

test("unless it is allowed, this machine may read it only while nobody outside can look local through a proxy", async () => {
  // As a proxy without forwarding headers asks: with the public Host, or with its own idea of it.
  const ask = (one, host) => new Promise((resolve, reject) => request(new URL("/metrics", one.url), { headers: { Host: host } }, (answer) => { answer.resume(); resolve(answer.statusCode); }).on("error", reject).end());
  const plain = await startServer(), behind = await startServer({ env: { BASE_URL: "https://careers.example.org" } }), here = await startServer({ env: { BASE_URL: "http://localhost:8080" } });
  const allowed = await startServer({ env: { BASE_URL: "https://careers.example.org", METRICS_ALLOW: "127.0.0.1" } });
  try {
    for (const host of ["localhost", "LOCALHOST:8080", "127.0.0.1", "127.1.2.3:80", "[::1]:8080", "[::1]"]) {
      assert.equal(await ask(plain, host), 200, host);
      assert.equal(await ask(here, host), 200, host);
      assert.equal(await ask(behind, host), 404, host);
    }
    for (const host of ["careers.example.org", "localhost.example.org", "127.0.0.1.example.org", "10.0.0.1", "[::2]"]) assert.equal(await ask(plain, host), 404, host);
    assert.equal(await ask(allowed, "careers.example.org"), 200);
  } finally {
    await Promise.all([plain, behind, here, allowed].map((one) => one.stop()));
  }
});

test("a token that could be guessed is refused at the start", async () => {
  await assert.rejects(startServer({ env: { METRICS_TOKEN: "short" } }), (error) => /METRICS_TOKEN .*at least 16/.test(error.message) && !error.message.includes("\"short\""));
});

test("requests are counted by route, method and class of status", async () => {
  const name = "careerprep_http_requests_total", times = "careerprep_http_request_duration_seconds";
  const before = await read();
  for (let i = 0; i < 7; i++) await prometheus.get("/healthz");
  for (let i = 0; i < 3; i++) await prometheus.get(`/no-such-page-${i}`);
  await prometheus.get("/profile/nobody-of-this-name");
  await prometheus.post("/theme", { theme: "dark" });
  const after = await until("the last answer", (now) => value(now, name, { route: "/theme" }) > value(before, name, { route: "/theme" }));
  const grown = (labels, family = name, sample = family) => value(after, family, labels, sample) - value(before, family, labels, sample);
  assert.equal(grown({ route: "/healthz", method: "GET", status: "2xx" }), 7);
  assert.equal(grown({ route: "/healthz" }, times, `${times}_count`), 7);
  assert.ok(grown({ route: "/healthz" }, times, `${times}_sum`) >= 0);
  assert.equal(grown({ route: "-", status: "4xx" }), 3);
  assert.equal(grown({ route: "/profile/{username}", method: "GET", status: "4xx" }), 1);
  assert.equal(grown({ route: "/theme", method: "POST" }), 1);
  assert.ok(!JSON.stringify(after).includes("no-such-page") && !JSON.stringify(after).includes("nobody-of-this-name"), "addresses are nobody's business");
});

test("open streams are told while they are open", async () => {
  const ada = await server.signUp("Streams");
  const stop = new AbortController();
  const stream = await fetch(`${server.url}/live`, { signal: stop.signal, headers: { Cookie: [...ada.cookies].map(([name, text]) => `${name}=${text}`).join("; ") } });
  assert.equal(stream.status, 200);
  await until("the stream", (now) => value(now, "careerprep_http_streams", {}) === 1);
  stop.abort();
});

test("the system's figures are those of this process", async () => {
  const now = await read();
  assert.ok(value(now, "process_cpu_seconds_total", {}) > 0);
  assert.ok(value(now, "process_resident_memory_bytes", {}) > 1 << 20);
  const started = value(now, "process_start_time_seconds", {});
  assert.ok(Math.abs(started - Date.now() / 1000) < 600, `started at ${started}`);
  assert.ok(value(now, "process_open_fds", {}) > 3);
  assert.ok(value(now, "process_max_fds", {}) >= value(now, "process_open_fds", {}));
});

test("jobs are counted when they run, with their times; what waits, who works and what budgets have left come from the store", async (t) => {
  const runs = "careerprep_job_runs_total", took = "careerprep_job_run_duration_seconds", waited = "careerprep_job_start_latency_seconds";
  const labels = { kind: "market.insights", outcome: "completed" }, before = await read();
  const count = (families, name, of, sample = name) => (families[name] ? value(families, name, of, sample) : 0);
  assert.equal(value(before, "careerprep_worker_processes", { state: "alive" }), 1);
  assert.equal(value(before, "careerprep_budget_limit", { budget: "adzuna", unit: "calls", window: "day" }), 250);
  assert.equal(value(before, "careerprep_budget_left", { budget: "ai", unit: "dollars", window: "month" }), 50);
  assert.equal(value(before, "careerprep_store_up", {}), 1);
  const now = Date.now() * 1000;
  const insert = (status, at) => `INSERT INTO jobs (kind, status, run_at, max_attempts, payload, created_at) VALUES ('market.insights', '${status}', ${at}, 5, '{}', ${now})`;
  if (await server.write(insert("queued", now)) === null) return t.skip("the client of SQLite is not installed");
  await server.write(insert("queued", now));
  await server.write(insert("scheduled", now + 86400e6));
  const after = await until("the two runs", (families) => count(families, runs, labels) >= count(before, runs, labels) + 2);
  assert.equal(count(after, runs, labels) - count(before, runs, labels), 2);
  for (const name of [took, waited]) assert.equal(count(after, name, { kind: "market.insights" }, `${name}_count`) - count(before, name, { kind: "market.insights" }, `${name}_count`), 2, name);
  assert.ok(value(after, "careerprep_jobs", { kind: "market.insights", status: "scheduled" }) >= 1);
});
