// Applications that the action agent prepares and answers that the strategist reads, in a browser: on a phone and a desktop, light and dark.
// node tests/browser/drafts.mjs [LOOK]; pictures are in build/browser/LOOK/.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { LOOKS, check, finish, look, openContext, startBrowser, startServer } from "./lib.mjs";

const PASSWORD = "seven lamps over the river";
const SAID = [
  "I moved our build from one large image to a multi-stage Docker build because pulling 900 MB took four minutes; after that the image had 80 MB, and I checked it with docker history on the CI runner.",
  "Our PostgreSQL report took forty seconds, so I ran EXPLAIN ANALYZE, saw a sequential scan over nine million rows and added a partial index. After that it took 300 milliseconds.",
  "I split our Docker image into a builder stage that compiles the wheels and a slim final stage that only copies them in. It ended at 180 megabytes and runs as a non-root user.",
  "I lowered autovacuum_vacuum_scale_factor for one PostgreSQL table, because every update left a dead tuple behind and the table grew from 12 to 40 gigabytes without new rows.",
];
const server = await startServer(), browser = await startBrowser();

async function prove(context, page) {
  const ask = (method, path, options) => context.request.fetch(path, { method, headers: { Origin: server.address }, maxRedirects: 0, ...options });
  await ask("PATCH", "/api/users/profile", { data: { target_roles: ["Platform Engineer"], preferred_locations: ["Berlin"] } });
  for (const skill_id of ["docker", "postgresql"]) await ask("POST", "/api/skills", { data: { skill_id, proficiency_level: "expert" } });
  const made = await ask("POST", "/api/interviews/session", { data: { role_title: "Platform Engineer", skills: ["docker", "postgresql"], length: "short" } });
  const id = (await made.json()).interview_id;
  await ask("POST", `/interviews/${id}/start`);
  for (const text of SAID) await ask("POST", `/interviews/${id}/say`, { form: { text } });
  await ask("POST", `/interviews/${id}/finish`);
  await page.goto(`/interviews/${id}`);
  await page.waitForSelector("text=Verified by", { timeout: 60000 });
}

let number = 0;
const importListing = () => {
  const file = join(server.data, `listings-${++number}.json`);
  writeFileSync(file, JSON.stringify({ listings: [{ source: "test", external_id: String(number), title: "Platform Engineer", company: "Northwind Harbour Logistics", location: "Berlin", description: `You work with Docker and PostgreSQL, and with Kubernetes. Post ${number}.`, url: `https://example.org/${number}`, posted_days_ago: 1 }] }));
  server.run("jobs", "import", file);
};

for (const view of LOOKS.filter((one) => !process.argv[2] || one.name === process.argv[2])) {
  const { context, page } = await openContext(browser, view, server);
  await page.goto("/sign-up");
  await page.fill("#first_name", "Dora");
  await page.fill("#email", `dora-${view.name}@example.org`);
  await page.fill("#password", PASSWORD);
  await page.click("form[action='/sign-up'] button");
  await page.waitForURL(/onboarding|dashboard/);
  await prove(context, page);
  await page.goto("/settings#drafts");
  await page.check("input[name='wants_drafts']");
  await page.selectOption("#drafts_min_score", "60");
  await page.click("form[action='/settings/drafts'] button");
  await page.waitForSelector("text=Drafts will wait on your board");
  await look(page, view, "70-settings-drafts");
  importListing();
  for (let tries = 0; tries < 100 && !(await page.locator("a[href^='/jobs/drafts/']").count()); tries++) {
    await page.waitForTimeout(200);
    await page.goto("/jobs/board");
  }
  await look(page, view, "71-board-draft");
  await page.click("a[href^='/jobs/drafts/']");
  await page.waitForSelector("#cover_note");
  check((await page.inputValue("#cover_note")).includes("multi-stage Docker build") || (await page.inputValue("#cover_note")).includes("PostgreSQL"), `${view.name}: the note quotes the interview`);
  await look(page, view, "72-draft");
  await page.click("text=Take it onto my board");
  await page.waitForURL(/jobs\/applications\//);
  check(await page.locator("#document-1").count() === 1, `${view.name}: the note is with the application`);
  await page.fill("#answer", "Dear Dora,\n\nthank you for your application. We liked your Docker work, but we were looking for more experience with Terraform and Ansible.\n\nKind regards");
  await page.click("text=Have it read");
  await page.waitForSelector("#answers >> text=They name it", { timeout: 15000 }); // the page looks again by itself
  check(await page.locator("#answers h3", { hasText: "Terraform" }).count() === 1, `${view.name}: Terraform is named`);
  await look(page, view, "73-application-answer");
  await page.goto("/roadmap");
  check(await page.locator("text=was named as missing in an answer of Northwind").count() > 0, `${view.name}: the roadmap takes it up`);
  await context.close();
}
await browser.close();
await server.stop();
finish();
