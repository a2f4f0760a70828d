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

test("health, readiness and robots", async () => {
  const stranger = server.browser();
  assert.equal((await stranger.get("/healthz")).text, "ok\n");
  assert.equal((await stranger.get("/readyz")).text, "ready\n");
  assert.match((await stranger.get("/robots.txt")).text, /Disallow: \//);
});

test("a stranger who follows a link comes back to it after signing in", async () => {
  const cy = await server.signUp("Cy");
  const stranger = server.browser();
  assert.match((await stranger.get("/jobs/board", { Accept: "text/html" })).text, /href="\/sign-in\?next=%2Fjobs%2Fboard"/);
  assert.match((await stranger.get("/sign-in?next=%2Fjobs%2Fboard")).text, /name="next" value="\/jobs\/board"/);
  assert.equal((await cy.get("/jobs/board")).status, 200);
});

test("an empty sign-up says what is missing, not that the password is weak", async () => {
  const page = await server.browser().post("/sign-up", {});
  assert.equal(page.status, 422);
  assert.match(page.text, /id="password-error"[^>]*>Password is required/);
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

const SQLITE = "SKIPPED: sqlite3 is not installed";
const idOf = async (person) => (await person.get("/api/users/profile")).json().user_id;

test("notifications are opened by their person alone, and lead only within this site", async (t) => {
  const fay = await server.signUp("Fay"), mal = await server.signUp("Mal"), id = await idOf(fay);
  const rows = [["01900000-0000-7000-8000-0000000000a1", "/skills?q=x"], ["01900000-0000-7000-8000-0000000000a2", "https://evil.example/"], ["01900000-0000-7000-8000-0000000000a3", "//evil.example"]];
  for (const [key, url] of rows) {
    const written = await server.write(`INSERT INTO notifications (id, user_id, kind, title, body, url, created_at) VALUES ('${key}', '${id}', 'proof', 'Docker <b>proved</b>', 'In your interview', '${url}', 1767225600000000)`);
    if (written === null) { t.skip(SQLITE); return; }
  }
  const page = await fay.get("/notifications");
  assert.ok(page.text.includes("Docker &lt;b&gt;proved&lt;/b&gt;") && page.text.includes("Mark all as read"));
  assert.match(page.text, /data-notification-count>3</);
  assert.ok(!(await mal.get("/notifications")).text.includes("Docker"));
  assert.equal((await mal.post(`/notifications/${rows[0][0]}/open`)).status, 404);
  assert.match((await fay.get("/notifications")).text, /data-notification-count>3</);
  assert.equal((await fay.post(`/notifications/${rows[0][0]}/open`)).location, "/skills?q=x");
  assert.equal((await fay.post(`/notifications/${rows[1][0]}/open`)).location, "/notifications");
  assert.equal((await fay.post(`/notifications/${rows[2][0]}/open`)).location, "/notifications");
  assert.ok(!(await fay.get("/notifications")).text.includes("Mark all as read"));
});

test("the front page shows a proof of a public profile, never of a private one", async (t) => {
  const gil = await server.signUp("Gil"), id = await idOf(gil);
  const key = (n) => `01900000-0000-7000-8000-0000000000b${n}`;
  const written = await server.write(`INSERT INTO user_skills (id, user_id, skill_id, proficiency_level, is_verified, created_at, updated_at) VALUES ('${key(1)}', '${id}', 'docker', 'expert', 1, 1, 1);
    INSERT INTO interviews (id, user_id, role_title, status, plan, state, created_at, updated_at) VALUES ('${key(2)}', '${id}', 'Engineer', 'analyzed', '{}', '{}', 1, 1);
    INSERT INTO skill_verifications (id, user_id, user_skill_id, interview_id, verification_type, confidence, snippet, turn_index, start_offset, end_offset, summary, raw_data, verified_at)
    VALUES ('${key(3)}', '${id}', '${key(1)}', '${key(2)}', 'project_demo', 0.9, 'I built the image in two <stages>', 1, 0, 10, 'Built images', '{}', 1767225600000000)`);
  if (written === null) { t.skip(SQLITE); return; }
  await gil.post("/settings/public", { username: "gil-public" });
  const before = await server.browser().get("/");
  assert.ok(before.text.includes("Example of a proof") && !before.text.includes("two &lt;stages&gt;"));
  await gil.post("/settings/public", { username: "gil-public", is_public: "on" });
  const after_ = await server.browser().get("/");
  assert.ok(after_.text.includes("two &lt;stages&gt;") && after_.text.includes('href="/profile/gil-public"') && after_.text.includes("1 January 2026"));
  assert.ok(!after_.text.includes("Example of a proof"));
});

test("search finds one's own applications and every listing, in any case, and no one else's", async (t) => {
  const hal = await server.signUp("Hal"), ivy = await server.signUp("Ivy"), id = await idOf(hal);
  const key = (n) => `01900000-0000-7000-8000-0000000000c${n}`;
  const written = await server.write(`INSERT INTO job_applications (id, user_id, title, company, status, created_at, updated_at) VALUES ('${key(1)}', '${id}', 'Beekeeper 100%', 'Hive', 'saved', 1, 1);
    INSERT INTO job_listings (id, source, external_id, title, company, first_seen_at, created_at, updated_at) VALUES ('${key(2)}', 'test', '1', 'Senior beekeeper', 'Meadow', 1, 1, 1)`);
  if (written === null) { t.skip(SQLITE); return; }
  const own = await hal.get("/search?q=BEEKEEP");
  assert.ok(own.text.includes(`/jobs/applications/${key(1)}`) && own.text.includes(`/jobs/listings/${key(2)}`));
  assert.ok((await hal.get("/search?q=100%25")).text.includes("Beekeeper 100%"));
  assert.ok((await hal.get("/search?q=b_ekeeper")).text.includes("Nothing found"));
  const other = await ivy.get("/search?q=beekeep");
  assert.ok(!other.text.includes(key(1)) && other.text.includes(key(2)));
});
