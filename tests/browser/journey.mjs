// The whole journey of one person in a browser, on a phone and a desktop, light and dark: sign-up, onboarding with a resume, claims,
// interview, proofs, roadmap, jobs, market, public profile, twin, connection. node tests/browser/journey.mjs [LOOK]
// Pictures of every page are in build/browser/LOOK/. tests/postgres.sh before it: the same on PostgreSQL, one look unless BROWSER_ALL_LOOKS is set,
// with pictures in build/browser-postgres.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { LOOKS, USUAL_LOOKS, check, finish, look, openContext, startBrowser, startServer } from "./lib.mjs";

const PASSWORD = "seven lamps over the river";
const RESUME = `<!doctype html><meta charset="utf-8"><style>body{font:11pt sans-serif;margin:40px}h2{font-size:13pt;border-bottom:1px solid}</style>
<h1>Mira Halloran</h1><p>mira.halloran@example.org · +44 20 7946 0018 · Leeds</p>
<h2>Summary</h2><p>Backend engineer who looks after payment services and their data.</p>
<h2>Experience</h2><p><b>Backend Engineer, Fernleigh Payments</b>, 2021 to now</p><ul><li>Split the settlement service into two Docker images and run them on Kubernetes.</li><li>Moved reports from nightly scripts to PostgreSQL views.</li></ul>
<h2>Education</h2><p>BSc Computer Science, University of Leeds, 2020</p>
<h2>Skills</h2><p>Python, PostgreSQL, Docker, Redis, Git</p>
<h2>Projects</h2><p>A small service that reconciles bank statements.</p>`;

// What Mira says about a skill: her own work, with mechanism and numbers. Anything else gets an honest, short answer.
const ANSWERS = {
  PostgreSQL: [
    "Our settlement report took forty seconds, so I ran EXPLAIN ANALYZE and saw a sequential scan over nine million rows of the ledger table. I added a partial index on the unsettled rows and rewrote the subquery as a join, because the planner could not use the index through the function call. After that it took 300 milliseconds.",
    "I noticed that the ledger table grew without new rows. We updated a status column on each retry, and every update leaves a dead tuple behind. I lowered autovacuum_vacuum_scale_factor for that one table and moved the status into a narrow side table, so most updates stayed heap-only. The table shrank from 40 to 12 gigabytes after one pg_repack.",
    "I use a transaction with SELECT FOR UPDATE SKIP LOCKED when several workers take rows from the same queue table, because plain FOR UPDATE made them wait for each other. I measured it with pgbench: 8 workers went from 900 to 6,000 rows a second.",
  ],
  Docker: [
    "I split the settlement image into a builder stage that compiles the wheels and a slim final stage that only copies them in. I also copy the lock file before the source, so that a code change does not bust the dependency layer. The image went from 1.4 gigabytes to 180 megabytes, and it runs as a non-root user.",
    "Once the container was killed again and again with exit code 137. I looked at docker inspect, saw OOMKilled, and found that the JVM took its heap from the host's memory. I set the memory limit of the container and the heap flag explicitly, and it has been stable since March.",
    "For local work I wrote a compose file with the database, the queue and the service, with a healthcheck on PostgreSQL, because the service used to start before the database accepted connections.",
  ],
  Redis: ["I have only read about that, a colleague set it up.", "I do not know.", "No, I have not used it myself."],
};
const CONTEXT = "I work on the settlement service of a payment company. I write the Python code, look after its database and I am on call for it one week in four.";

function answer(skill, used) {
  const list = ANSWERS[skill];
  if (!list) return CONTEXT;
  const at = used.get(skill) ?? 0;
  used.set(skill, at + 1);
  return list[Math.min(at, list.length - 1)] + (at >= list.length ? ` That was in week ${at} of the project, and I wrote it down in our runbook.` : "");
}

async function makeResume(browser, file) {
  const page = await browser.newPage();
  await page.setContent(RESUME);
  writeFileSync(file, await page.pdf({ format: "A4" }));
  await page.close();
}

async function signUp(page, view, person) {
  await page.goto("/");
  await look(page, view, "01-landing");
  await page.goto("/sign-up");
  await page.getByLabel("First name").fill("Mira");
  await page.getByLabel("Last name").fill("Halloran");
  await page.getByLabel("E-mail address").fill(person.email);
  await page.getByLabel("Password").fill("short");
  await look(page, view, "02-sign-up");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.waitForURL("**/onboarding/0");
}

async function addTags(page, label, values) {
  const box = page.getByRole("combobox", { name: label });
  for (const value of values) {
    await box.fill(value);
    await box.press("Enter");
  }
}

const proceed = (page) => page.locator(".wizard-foot button", { hasText: /Continue|Save/ }).click();
const saved = (page) => page.waitForFunction(() => document.querySelector("[data-autosave-state]")?.dataset.state === "saved" && /Saved/.test(document.querySelector("[data-autosave-state]").textContent));

async function onboard(browser, page, view, server, person) {
  await page.getByLabel(/username/i).fill(person.username);
  await saved(page);
  await look(page, view, "03-onboarding-welcome");
  await proceed(page);
  await page.waitForURL("**/onboarding/1");
  await addTags(page, /roles/i, ["Backend developer"]);
  await addTags(page, /location|place/i, ["Leeds", "Remote"]);
  await saved(page);
  await look(page, view, "04-onboarding-goals");
  await proceed(page);
  await page.waitForURL("**/onboarding/2");
  await page.getByLabel(/Years/).fill("77");
  await page.getByLabel(/Years/).blur();
  await page.waitForFunction(() => /0 to 50/.test(document.body.textContent));
  await page.getByLabel(/Years/).fill("5");
  await saved(page);
  await look(page, view, "05-onboarding-experience");

  // Another browser, after signing in there, goes on exactly here with what was typed.
  const other = await openContext(browser, view, server);
  await other.page.goto("/sign-in");
  await other.page.getByLabel("E-mail address").fill(person.email);
  await other.page.getByLabel("Password").fill(PASSWORD);
  await other.page.getByRole("button", { name: "Sign in", exact: true }).click();
  await other.page.waitForURL("**/onboarding/2");
  check((await other.page.getByLabel(/Years/).inputValue()) === "5", `${view.name}: the step is resumed with what was typed`);
  await other.context.close();

  await proceed(page);
  await page.waitForURL("**/onboarding/3");
  await page.getByLabel(/Degree/).fill("BSc Computer Science");
  await page.getByLabel(/Institution|School/).fill("University of Leeds");
  await saved(page);
  await look(page, view, "06-onboarding-education");
  await proceed(page);
  await page.waitForURL("**/onboarding/4");
  await page.locator("input[type=file]").setInputFiles(person.resume);
  await page.getByRole("button", { name: "Upload" }).click();
  await page.waitForFunction(() => /was read|is being read/.test(document.body.textContent));
  await page.getByLabel(/title/i).fill("Backend Engineer");
  await page.getByLabel(/Company/).fill("Fernleigh Payments");
  await saved(page);
  await look(page, view, "07-onboarding-work");
  await proceed(page);
  await page.waitForURL("**/onboarding/5");
  check((await page.textContent("main")).includes("Fernleigh Payments"), `${view.name}: the summary shows the work history`);
  await look(page, view, "08-onboarding-summary");
  await page.getByRole("button", { name: "Confirm and finish" }).click();
  await page.waitForURL("**/dashboard");
  await page.goto("/onboarding");
  check(new URL(page.url()).pathname === "/dashboard", `${view.name}: a finished person is sent to the dashboard`);
  await look(page, view, "09-dashboard-start");
}

async function claimSkills(page, view) {
  await page.goto("/resume");
  await page.waitForFunction(() => /PostgreSQL/.test(document.body.textContent), null, { timeout: 30000 });
  check((await page.textContent("main")).includes("Docker"), `${view.name}: the resume offers the skills that it names`);
  await look(page, view, "10-resume");
  await page.goto("/skills");
  await look(page, view, "11-skills-empty");
  for (const [typed, level] of [["postgres", "proficient"], ["docker", "expert"], ["Redis", "proficient"]]) {
    await page.goto("/skills");
    await page.locator("#name").pressSequentially(typed);
    await page.locator("[role=option]").first().click();
    await page.locator("#proficiency_level").selectOption(level);
    await page.getByRole("button", { name: "Claim skill" }).click();
    await page.waitForLoadState("load");
  }
  const text = await page.textContent("main");
  check(/PostgreSQL/.test(text) && /Docker/.test(text) && /Redis/.test(text), `${view.name}: three skills are claimed`);
  await look(page, view, "12-skills-claimed");
}

async function interview(page, view) {
  await page.goto("/interviews");
  await look(page, view, "13-interviews-empty");
  await page.goto("/interviews/new");
  await look(page, view, "14-interview-new");
  await page.getByRole("button", { name: "Prepare the interview" }).click();
  await page.waitForURL(/\/interviews\/[0-9a-f-]{36}$/);
  await look(page, view, "15-interview-before");
  await page.getByRole("button", { name: "Start" }).click();
  await page.waitForSelector("[data-interview]");
  const used = new Map();
  let turns = 0;
  for (; turns < 60; turns++) {
    await page.waitForFunction(() => document.querySelector("[data-interview-ended]:not([hidden])") || (document.querySelector("[data-interview-thinking]").hidden && document.querySelector("[data-interview-question]").textContent.trim() && !document.querySelector("#say").disabled), null, { timeout: 20000 });
    if (await page.locator("[data-interview-ended]:not([hidden])").count()) break;
    const skill = (await page.textContent("[data-interview-skill]")).trim();
    const question = await page.textContent("[data-interview-question]");
    if (turns === 3) {
      await look(page, view, "16-interview-running");
      await page.reload(); // what was said stands there again, and the interview goes on
      await page.waitForFunction((q) => document.querySelector("[data-interview-question]").textContent === q, question);
    }
    await page.locator("#say").fill(answer(skill, used));
    await page.locator("#say").press("Enter");
    await page.waitForFunction((before) => document.querySelector("[data-interview-ended]:not([hidden])") || document.querySelector("[data-interview-question]").textContent !== before, question, { timeout: 20000 });
  }
  check(turns > 5 && turns < 60, `${view.name}: the interview ends by itself (${turns} turns)`);
  const summary = page.url().replace(/\?.*/, "");
  await page.goto(summary);
  await page.waitForFunction(() => document.querySelector("blockquote"), null, { timeout: 40000 }).catch(() => {});
  const text = await page.textContent("main");
  check(/PostgreSQL/.test(text) && (await page.locator("blockquote").count()) > 0, `${view.name}: the interview shows proofs with quotes`);
  check(/Redis/.test(text), `${view.name}: the interview names the gap`);
  await look(page, view, "17-interview-result");
}

async function afterwards(page, view) {
  for (const [path, name] of [["/skills", "18-skills-verified"], ["/dashboard", "19-dashboard"], ["/roadmap", "20-roadmap"], ["/activity", "21-activity"], ["/notifications", "22-notifications"]]) {
    await page.goto(path);
    await look(page, view, name);
  }
  await page.goto("/skills");
  check(/Verified/.test(await page.textContent("main")), `${view.name}: a skill is verified`);
  await page.goto("/roadmap");
  check(/Redis/.test(await page.textContent("main")), `${view.name}: the gap is in the roadmap`);
}

async function jobs(page, view, server) {
  await page.goto("/jobs");
  await look(page, view, "23-jobs-empty");
  server.run("jobs", "import", new URL("../../demo/listings.json", import.meta.url).pathname);
  await page.goto("/jobs");
  await look(page, view, "23-jobs");
  const save = page.getByRole("button", { name: /^Save/ }).first();
  await save.click();
  await page.goto("/jobs/board");
  check((await page.locator("[data-board-card]").count()) === 1, `${view.name}: the saved job is on the board`);
  const card = page.locator("[data-board-card]").first();
  check(!(await card.locator(".board-move button").isVisible()), `${view.name}: a card offers to move once a column was chosen`);
  await card.locator("select[name=status]").selectOption("applied");
  await card.locator("form button").first().click();
  await page.waitForFunction(() => document.querySelector("[data-board-column=applied] [data-board-card]"));
  await look(page, view, "24-board");
  await page.reload();
  check((await page.locator("[data-board-column=applied] [data-board-card]").count()) === 1, `${view.name}: the card stays where it was moved`);
  for (let tries = 0; tries < 40; tries++) { // the listings are counted by a job, which the import in another process leaves to the server
    await page.goto("/market");
    if (await page.locator(".bars li").count()) break;
    await page.waitForTimeout(500);
  }
  check((await page.locator(".bars li").count()) > 5 && (await page.locator("main table tbody tr").count()) > 5, `${view.name}: the market shows a chart and a table`);
  await look(page, view, "25-market");
  await page.goto("/search?q=postgres");
  await look(page, view, "26-search");
}

async function publish(browser, page, view, server, person) {
  await page.goto("/settings");
  await look(page, view, "27-settings");
  const stranger = await openContext(browser, view, server);
  const before = await stranger.page.goto(`/profile/${person.username}`);
  check(before.status() === 404, `${view.name}: the profile is not public until its owner says so`);
  await page.goto("/settings");
  await page.locator("input[name=is_public]").check();
  await page.locator("form:has(input[name=is_public])").getByRole("button", { name: "Save" }).click();
  await page.waitForLoadState("load");
  await stranger.page.goto(`/profile/${person.username}`);
  check((await stranger.page.locator("blockquote").count()) > 0, `${view.name}: the profile shows proofs with quotes`);
  await look(stranger.page, view, "28-profile");
  await stranger.page.locator("form[data-twin] textarea").fill("What has she done with PostgreSQL?");
  await stranger.page.getByRole("button", { name: "Ask", exact: true }).click();
  await stranger.page.waitForFunction(() => /“|"/.test(document.querySelector("[data-twin-log]").textContent), null, { timeout: 15000 }).catch(() => {});
  check(/PostgreSQL/.test(await stranger.page.textContent("[data-twin-log]")), `${view.name}: the twin answers`);
  await look(stranger.page, view, "29-twin");
  await stranger.page.getByLabel("Your name").fill("Rhea Okafor");
  await stranger.page.getByLabel("Your e-mail address").fill("rhea@example.com");
  await stranger.page.getByLabel("Message", { exact: true }).fill("We look for somebody who knows PostgreSQL that well. May we talk?");
  await stranger.page.getByRole("button", { name: "Send request" }).click();
  await stranger.page.waitForLoadState("load");
  await look(stranger.page, view, "30-connection-sent");
  await stranger.context.close();
  await page.goto("/connections");
  await look(page, view, "31-connections");
  await page.getByRole("button", { name: /Accept/ }).first().click();
  await page.waitForLoadState("load");
  check(/rhea@example.com/.test(await page.textContent("main")), `${view.name}: after accepting, the address stands there`);
  await page.goto("/twin");
  await look(page, view, "32-twin-questions");
}

// The frame by keyboard: skip link, search by "/", the sheet on phones, the collapsed sidebar on desktops, the theme without a flash.
async function frame(page, view) {
  await page.goto("/dashboard");
  await page.keyboard.press("Tab");
  check(await page.evaluate(() => document.activeElement.classList.contains("skip-link")), `${view.name}: the first Tab stands on the skip link`);
  await page.keyboard.press("Escape");
  await page.evaluate(() => document.activeElement.blur());
  if (view.isMobile) {
    await page.locator(".topbar-menu").click();
    await page.waitForTimeout(300);
    await look(page, view, "33-menu");
    await page.keyboard.press("Escape");
  } else {
    await page.locator("main").click({ position: { x: 2, y: 2 } });
    await page.keyboard.press("/");
    check(await page.evaluate(() => document.activeElement.id === "q"), `${view.name}: / goes to the search`);
    await page.locator("[data-sidebar-toggle]").click();
    await page.reload();
    check((await page.evaluate(() => document.documentElement.dataset.sidebar)) === "collapsed", `${view.name}: the sidebar stays collapsed`);
    await look(page, view, "33-collapsed");
  }
}

async function walk(browser, view) {
  const server = await startServer();
  const person = { email: `mira.${view.name}@example.org`, username: `mira-${view.name}`, resume: join(server.data, "resume.pdf") };
  await makeResume(browser, person.resume);
  const { context, page } = await openContext(browser, view, server);
  const steps = [
    ["sign up", () => signUp(page, view, person)], ["onboarding", () => onboard(browser, page, view, server, person)],
    ["skills", () => claimSkills(page, view)], ["interview", () => interview(page, view)], ["afterwards", () => afterwards(page, view)],
    ["jobs", () => jobs(page, view, server)], ["public profile", () => publish(browser, page, view, server, person)], ["frame", () => frame(page, view)],
  ];
  for (const [name, step] of steps) {
    try {
      await step();
    } catch (error) {
      check(false, `${view.name}, ${name}: ${error.message.split("\n").slice(0, 4).join(" ")} at ${page.url()}`);
      await page.screenshot({ path: join("build", process.env.TEST_DATABASE_URL ? "browser-postgres" : "browser", view.name, `failed-${name.replace(/ /g, "-")}.png`) }).catch(() => {});
    }
  }
  await context.close();
  check(!/ERROR: AddressSanitizer|runtime error|error job/.test(server.log()), `${view.name}: the log has no error`);
  await server.stop();
}

const only = process.argv[2];
const browser = await startBrowser();
for (const view of only ? LOOKS.filter((one) => one.name === only) : USUAL_LOOKS) await walk(browser, view);
await browser.close();
finish();
