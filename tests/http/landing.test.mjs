// The front page, what operators ask for, search, suggestions, notifications and display settings.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startServer } from "./server.mjs";

let server;
before(async () => { server = await startServer(); });
after(async () => { await server.stop(); });

test("the front page is for strangers, with a proof that says it is an example", async () => {
  const page = await server.browser().get("/");
  assert.equal(page.status, 200);
  assert.ok(page.text.includes("Example of a proof"));
  assert.ok(!page.text.includes("See a profile"), "no button without a public profile");
  const ada = await server.signUp("Ada");
  assert.equal((await ada.get("/")).location, "/dashboard");
});

test("health, readiness, figures and robots", async () => {
  const stranger = server.browser();
  assert.equal((await stranger.get("/healthz")).text, "ok\n");
  assert.equal((await stranger.get("/readyz")).text, "ready\n");
  assert.match((await stranger.get("/robots.txt")).text, /Disallow: \//);
  const figures = await stranger.get("/metrics");
  assert.match(figures.text, /careerprep_requests_total\{status="2xx"\} [1-9]/);
  assert.match(figures.text, /careerprep_uptime_seconds [0-9]/);
  assert.equal((await stranger.get("/metrics", { "X-Forwarded-For": "203.0.113.7" })).status, 403);
});

test("search finds pages and skills, takes wildcards literally, and is for the signed-in", async () => {
  assert.ok([303, 401].includes((await server.browser().get("/search?q=skills")).status));
  const bea = await server.signUp("Bea");
  const found = await bea.get("/search?q=k8s");
  assert.equal(found.status, 200);
  assert.ok(found.text.includes("/skills?q=Kubernetes"));
  assert.ok((await bea.get("/search?q=password")).text.includes('href="/settings"'));
  assert.ok((await bea.get("/search?q=%25%25")).text.includes("Nothing found"));
  assert.ok((await bea.get("/search?q=<script>alert")).text.includes("&lt;script&gt;alert"));
  assert.ok((await bea.get("/search?q=a")).text.includes("at least two letters"));
  assert.equal((await bea.get(`/search?q=${"x".repeat(101)}`)).status, 422);
  assert.equal((await bea.get("/search?q=%ff%fe")).status, 400);
});

test("suggestions come from the catalogue and know Remote", async () => {
  assert.equal((await server.browser().get("/suggest/roles?q=nur", { Accept: "application/json" })).status, 401);
  const cleo = await server.signUp("Cleo");
  const labels = async (path) => (await cleo.get(path)).json().map((one) => one.label);
  assert.ok((await labels("/suggest/roles?q=data%20an")).some((label) => /data analyst/i.test(label)));
  assert.ok((await labels("/suggest/locations?q=berl")).includes("Berlin"));
  assert.equal((await labels("/suggest/locations?q=rem"))[0], "Remote");
  assert.ok((await labels("/suggest/skills?q=postgres")).includes("PostgreSQL"));
  assert.deepEqual(await labels("/suggest/skills?q="), []);
  assert.ok((await labels("/suggest/skills?q=a")).length <= 10);
});

test("notifications: empty says what to do, others' cannot be opened", async () => {
  const dan = await server.signUp("Dan");
  const page = await dan.get("/notifications");
  assert.equal(page.status, 200);
  assert.ok(page.text.includes("Nothing yet") && page.text.includes('href="/interviews"'));
  assert.equal((await dan.post("/notifications/01900000-0000-7000-8000-000000000000/open")).status, 404);
  assert.equal((await dan.post("/notifications/read")).location, "/notifications");
  assert.equal((await dan.get("/notifications?page=2")).status, 404);
  assert.ok([303, 401].includes((await server.browser().get("/notifications")).status));
});

test("the live stream opens for its person only", async () => {
  assert.ok([303, 401].includes((await server.browser().get("/live")).status));
  const eve = await server.signUp("Eve");
  const stop = new AbortController();
  const answer = await fetch(`${server.url}/live`, { signal: stop.signal, headers: { Cookie: [...eve.cookies].map(([name, value]) => `${name}=${value}`).join("; ") } });
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get("content-type"), /^text\/event-stream/);
  stop.abort();
});

test("the theme is a cookie, and the way back stays on this site", async () => {
  const stranger = server.browser();
  const chosen = await stranger.post("/theme", { theme: "dark", preset: "forest" }, { Referer: `${server.url}/sign-in?next=%2Fjobs` });
  assert.equal(chosen.status, 303);
  assert.equal(chosen.location, "/sign-in?next=%2Fjobs");
  assert.equal(stranger.cookies.get("theme"), "dark");
  const page = await stranger.get("/");
  assert.match(page.text, /<html[^>]*class="dark"[^>]*data-theme="forest"/);
  assert.equal((await stranger.post("/theme", { theme: "system" }, { Referer: `${server.url}//evil.example/` })).location, "/");
  assert.ok(!stranger.cookies.has("theme"));
  assert.equal((await stranger.post("/theme", { theme: "pink" })).status, 422);
});
