// The job hunt, the board and the market: listings arrive, fit with reasons, and what is on a board is its person's alone.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startServer } from "./server.mjs";

let server;
const listing = (number, fields) => ({ source: "test-board", external_id: String(number), company: "Northwind Harbour Logistics", location: "Rotterdam", url: `https://example.org/${number}`, posted_days_ago: number, ...fields });
const LISTINGS = [
  listing(1, { title: "Data Analyst", description: "You write SQL and Python, and build dashboards in Tableau." }),
  listing(2, { title: "Platform <b>Engineer</b> & more", description: "Kubernetes, Terraform, Linux. <script>alert(1)</script>Fully remote." }),
  listing(3, { title: "Baker 100%_sure", description: "Bread before dawn.", source: "adzuna", external_id: "77" }),
  listing(4, { title: "Baker 100%_sure", description: "Bread before dawn.", source: "adzuna", external_id: "78" }),
];

before(async () => {
  server = await startServer();
  await writeFile(join(server.dataDir, "listings.json"), JSON.stringify({ listings: LISTINGS }));
});
after(async () => { await server.stop(); });

const importListings = () => server.command("jobs", "import", join(server.dataDir, "listings.json"), "--json");
const until = async (what) => {
  for (let i = 0; i < 300; i++) {
    const got = await what();
    if (got) return got;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error("it did not happen in 30 seconds");
};
const NOBODY = "01990000-0000-7000-8000-000000000000";
const board = async (person) => (await person.get("/api/jobs/applications")).json().applications;

test("strangers are sent to sign in, and the API refuses them", async () => {
  const stranger = server.browser();
  for (const path of ["/jobs", "/jobs/board", `/jobs/listings/${NOBODY}`, `/jobs/applications/${NOBODY}`, "/jobs/applications/new", "/market"]) {
    const page = await stranger.get(path);
    assert.ok(page.status === 401 || (page.status === 303 && page.location.startsWith("/sign-in")), `${path}: ${page.status}`);
  }
  for (const path of [`/jobs/listings/${NOBODY}/save`, "/jobs/applications", `/jobs/applications/${NOBODY}`, `/jobs/applications/${NOBODY}/move`, `/jobs/applications/${NOBODY}/delete`]) {
    const answer = await stranger.post(path, { status: "saved", title: "x" });
    assert.ok(answer.status === 401 || (answer.status === 303 && answer.location.startsWith("/sign-in")), `${path}: ${answer.status}`);
  }
  assert.equal((await stranger.get("/api/jobs/applications", { Accept: "application/json" })).status, 401);
  assert.equal((await stranger.send("POST", "/api/jobs/applications", { title: "x" })).status, 401);
});

test("without listings the pages say how they come, and what can be done meanwhile", async () => {
  const ada = await server.signUp("Ada"), boss = await server.signUp("Boss");
  await server.write(`UPDATE users SET role = 'admin' WHERE email = '${boss.email}'`);
  for (const path of ["/jobs", "/market"]) {
    const page = (await ada.get(path)).text;
    assert.match(page, /Your career centre has not\s+added listings yet/);
    assert.ok(!page.includes("jobs import"), `${path} asks nobody for a command`);
    assert.match((await boss.get(path)).text, /careerprep jobs\s+import FILE/);
  }
  assert.match((await ada.get("/jobs/board")).text, /Your board is empty/);
});

test("an import while the server runs: listings appear, clean, once, and are counted", async () => {
  const ada = await server.signUp("Ada");
  const first = JSON.parse((await importListings()).out);
  assert.deepEqual([first.read, first.new, first.refused], [4, 4, 0]);
  assert.equal(JSON.parse((await importListings()).out).new, 0);
  const page = (await ada.get("/jobs")).text;
  assert.match(page, /Platform Engineer &amp; more/);
  assert.ok(!page.includes("alert(1)"));
  assert.equal(page.match(/Baker 100%_sure<\/a>/g).length, 1);
  assert.match(page, /Posted 1 more\s+time/);
  assert.match(page, /3\s+listings\. 1 posted again is merged into these\./);
  assert.match(page, /Jobs by Adzuna/);
  assert.match(page, /Claim your skills or name a goal/);
  await until(async () => (await ada.get("/market")).text.includes("Which skills are asked for most?"));
  assert.match((await ada.get("/market")).text, /Kubernetes/);
  assert.match((await ada.get("/market")).text, /advertisements that name a skill \([^)]*\), repeats within a month counted once/);
});

test("a file that is no listing file is refused, and nothing is stored", async () => {
  const file = join(server.dataDir, "wrong.json");
  const ada = await server.signUp("Ada");
  for (const text of ["", "hello", "{\"results\":7}", "[".repeat(5000), "{\"listings\":["]) {
    await writeFile(file, text);
    const { code, err } = await server.command("jobs", "import", file);
    assert.equal(code, 1, text.slice(0, 20));
    assert.ok(err.length > 10);
  }
  assert.equal((await server.command("jobs", "import", join(server.dataDir, "none.json"))).code, 1);
  assert.equal((await server.command("jobs", "import")).code, 2);
  assert.match((await ada.get("/jobs")).text, /3\s+listings/);
});

test("matches follow goals, with reasons and bands; search and filters narrow them", async () => {
  const bea = await server.signUp("Bea");
  await bea.send("PATCH", "/api/users/profile", { target_roles: ["Data Analyst"], preferred_locations: ["Rotterdam"] });
  const page = (await bea.get("/jobs")).text;
  assert.match(page, /Fits your goal: Data Analyst/);
  assert.match(page, /In Rotterdam, where you want to work/);
  assert.ok(page.indexOf("Data Analyst</a>") < page.indexOf("Baker"));
  assert.match((await bea.get("/jobs?q=100%25_s")).text, /1\s+listing/);
  assert.match((await bea.get("/jobs?q=%25%25")).text, /No listing fits these filters/);
  assert.match((await bea.get("/jobs?q=LINUX")).text, /Platform Engineer/);
  assert.ok(!(await bea.get("/jobs?remote=true")).text.includes("Data Analyst</a>"));
  assert.match((await bea.get("/jobs?skill=terraform")).text, /Platform Engineer/);
  assert.ok(!(await bea.get("/jobs?skill=terraform")).text.includes("Baker"));
  for (const query of ["band=best", "page=0", "page=x", `q=${"x".repeat(101)}`]) {
    const { status } = await bea.get(`/jobs?${query}`);
    assert.ok(status >= 400 && status < 500, `${query}: ${status}`);
  }
  assert.equal((await bea.get("/jobs?page=999")).status, 200);
});

test("an old ad says how old it is and comes behind the same one that is fresh; a day's pay is no yearly salary", async () => {
  const aged = (number, days, fields) => ({ source: "aged", external_id: String(number), location: "Oslo", company: `Company ${number}`, title: "Beekeeper", description: `Hive ${number}.`, posted_days_ago: days, ...fields });
  await writeFile(join(server.dataDir, "aged.json"), JSON.stringify({ listings: [aged(1, 3300), aged(2, 20, { salary_min: 500, salary_currency: "GBP" }), aged(3, 90, { salary_min: 41000, salary_currency: "NOK" })] }));
  assert.equal((await server.command("jobs", "import", join(server.dataDir, "aged.json"))).code, 0);
  const ida = await server.signUp("Ida");
  await ida.send("PATCH", "/api/users/profile", { target_roles: ["Beekeeper"] });
  const page = (await ida.get("/jobs?q=beekeeper")).text.replace(/\s+/g, " ");
  assert.match(page, /9 years ago.*Old: may be over/);
  assert.match(page, /2 weeks ago/);
  assert.equal(page.match(/Old: may be over/g).length, 2);
  assert.deepEqual([...page.matchAll(/Company (\d)/g)].map((one) => one[1]), ["2", "3", "1"]);
  assert.match(page, /GBP 500</);
  assert.match(page, /NOK 41,000 a year/);
  const id = /listings\/([0-9a-f-]{36})">Beekeeper/.exec(page)[1];
  assert.match((await ida.get(`/jobs/listings/${id}`)).text, /weeks ago/);
});

const listingOf = async (person, title) => {
  const page = (await person.get("/jobs")).text;
  return new RegExp(`/jobs/listings/([0-9a-f-]{36})">${title}`).exec(page)[1];
};

test("a listing is read, saved once, and found on the board", async () => {
  const cleo = await server.signUp("Cleo");
  const id = await listingOf(cleo, "Data Analyst");
  const page = (await cleo.get(`/jobs/listings/${id}`)).text;
  assert.match(page, /dashboards in Tableau/);
  assert.match(page, /href="https:\/\/example.org\/1" rel="noopener/);
  assert.equal((await cleo.post(`/jobs/listings/${id}/save`, { status: "applied" })).status, 303);
  await cleo.post(`/jobs/listings/${id}/save`, { status: "saved" });
  const [only, ...others] = await board(cleo);
  assert.equal(others.length, 0);
  assert.equal(only.status, "applied");
  assert.match(only.applied_on, /^\d{4}-\d\d-\d\d$/);
  assert.equal(only.job_listing_id, id);
  assert.equal((await cleo.post(`/jobs/listings/${NOBODY}/save`, { status: "saved" })).status, 404);
  assert.equal((await cleo.post(`/jobs/listings/${id}/save`, { status: "hired" })).status, 422);
  assert.equal((await cleo.get("/jobs/listings/none")).status, 404);
  const away = await cleo.post(`/jobs/listings/${id}/save`, { status: "saved", back: "//evil.example/" });
  assert.equal(away.location, `/jobs/listings/${id}`);
});

test("cards move, keep their order, and a move can be undone", async () => {
  const dora = await server.signUp("Dora");
  for (const title of ["One", "Two", "Three"]) await dora.post("/jobs/applications", { title, status: "saved" });
  assert.deepEqual((await board(dora)).map((one) => one.title), ["Three", "Two", "One"]);
  const two = (await board(dora)).find((one) => one.title === "Two");
  const moved = await dora.post(`/jobs/applications/${two.id}/move`, { status: "applied" });
  assert.equal(moved.status, 303);
  const page = (await dora.get(moved.location)).text;
  assert.match(page, /Two is in Applied now/);
  assert.match(page, /name="status" value="saved"><button[^>]*>[^]*?Undo/);
  assert.deepEqual((await board(dora)).filter((one) => one.status === "saved").map((one) => one.title), ["Three", "One"]);
  await dora.post(`/jobs/applications/${two.id}/move`, { status: "saved" });
  assert.deepEqual((await board(dora)).map((one) => one.title), ["Two", "Three", "One"]);
  await dora.post(`/jobs/applications/${two.id}/move`, { status: "saved" });
  assert.deepEqual((await board(dora)).map((one) => one.title), ["Two", "Three", "One"]);
  const enhanced = await dora.post(`/jobs/applications/${two.id}/move`, { status: "offer" }, { Accept: "application/json", "X-Requested-With": "fetch" });
  assert.equal(enhanced.status, 200);
  assert.equal((await dora.post(`/jobs/applications/${two.id}/move`, { status: "won" })).status, 422);
});

test("an application is edited and removed; errors keep what was typed", async () => {
  const eva = await server.signUp("Eva");
  const wrong = await eva.post("/jobs/applications", { title: "", company: "Kanal & Söhne", status: "saved", applied_on: "yesterday", url: "ftp://x" });
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /value="Kanal &amp; Söhne"/);
  assert.match(wrong.text, /value="ftp:\/\/x"/);
  assert.equal((await board(eva)).length, 0);
  assert.equal((await eva.post("/jobs/applications", { title: "Nurse", company: "Ward <9>", status: "interviewing", notes: "Bring\nshoes" })).location, "/jobs/board");
  const [one] = await board(eva);
  assert.equal(one.notes, "Bring\nshoes");
  assert.match((await eva.get("/jobs/board")).text, /Ward &lt;9&gt;/);
  assert.equal((await eva.post(`/jobs/applications/${one.id}`, { title: "Head nurse", next_step_on: "2026-02-30" })).status, 422);
  assert.equal((await eva.post(`/jobs/applications/${one.id}`, { title: "Head nurse", next_step_on: "2031-03-01" })).status, 303);
  assert.equal((await board(eva))[0].title, "Head nurse");
  assert.match((await eva.get("/jobs/board")).text, /Next step 1 March 2031/);
  assert.match((await eva.get(`/jobs/applications/${one.id}/delete`)).text, /Remove Head nurse\?/);
  assert.equal((await eva.post(`/jobs/applications/${one.id}/delete`)).status, 303);
  assert.equal((await board(eva)).length, 0);
  assert.equal((await eva.get(`/jobs/applications/${one.id}`)).status, 404);
});

test("somebody else's application is not there, whatever is tried", async () => {
  const [fay, gus] = [await server.signUp("Fay"), await server.signUp("Gus")];
  await fay.post("/jobs/applications", { title: "Secret", status: "saved" });
  const [secret] = await board(fay);
  const path = `/jobs/applications/${secret.id}`;
  assert.equal((await gus.get(path)).status, 404);
  assert.equal((await gus.get(`${path}/delete`)).status, 404);
  assert.equal((await gus.post(path, { title: "Mine now" })).status, 404);
  assert.equal((await gus.post(`${path}/move`, { status: "offer" })).status, 404);
  assert.equal((await gus.post(`${path}/delete`)).status, 404);
  assert.ok(!(await gus.get(`/jobs/board?moved=${secret.id}&from=saved`)).text.includes("Secret"));
  assert.deepEqual(await board(gus), []);
  assert.deepEqual(await board(fay), [secret]);
});

test("the API adds, lists and refuses", async () => {
  const hal = await server.signUp("Hal");
  const made = await hal.send("POST", "/api/jobs/applications", { title: "Welder", company: "Iron & Sons", status: "applied" });
  assert.equal(made.status, 201);
  assert.equal(made.json().company, "Iron & Sons");
  const id = await listingOf(hal, "Data Analyst");
  const fromListing = await hal.send("POST", "/api/jobs/applications", { job_listing_id: id });
  assert.equal(fromListing.status, 201);
  assert.equal(fromListing.json().title, "Data Analyst");
  assert.equal((await hal.send("POST", "/api/jobs/applications", { job_listing_id: id })).status, 409);
  assert.equal((await hal.send("POST", "/api/jobs/applications", { job_listing_id: NOBODY })).status, 404);
  for (const wrong of [{}, { title: 7 }, { title: "x", status: "best" }, { job_listing_id: "7" }, { title: "x".repeat(201) }, "[", "[]", "{\"title\":\"a\\u0000b\"}"]) {
    const answer = await hal.send("POST", "/api/jobs/applications", wrong);
    assert.ok(answer.status >= 400 && answer.status < 500, `${JSON.stringify(wrong)}: ${answer.status}`);
    assert.match(answer.headers.get("content-type"), /problem\+json/);
  }
  assert.equal((await board(hal)).length, 2);
  assert.equal((await hal.get("/api/jobs/applications?status=applied")).json().applications.length, 1);
});
