// The interview in a real browser: two windows stay together, and nothing typed is lost when the server goes away in the middle.
// node tests/browser/interview.mjs
import { check, finish, openContext, startBrowser, startServer, watch } from "./lib.mjs";
import { rmSync } from "node:fs";

const ANSWER = "I cut our image from 900 MB to 80 MB because the pull took four minutes: I moved the compiler into a first stage and checked the layers with docker history.";
const look = { name: "interview", width: 1280, height: 900, scheme: "light" };
const question = (page) => page.textContent("[data-interview-question]");
const captions = (page) => page.$$eval("[data-interview-captions] p", (lines) => lines.map((line) => line.textContent));
const connected = (page) => page.waitForSelector('[data-interview-status][data-state="connected"]', { timeout: 30000 });
const changed = (page, before) => page.waitForFunction((text) => document.querySelector("[data-interview-question]").textContent !== text, before);

async function signUp(page) {
  await page.goto("/sign-up");
  for (const [name, value] of [["first_name", "Mira"], ["email", "mira@example.org"], ["password", "a long quiet sentence"]]) await page.fill(`[name=${name}]`, value);
  await page.click("form.form button");
  await page.waitForURL(/\/onboarding/);
}

/** Posts a form from the page, as a person's script would. */
const post = (page, path, body, method = "POST") => page.evaluate(async ([to, json, how]) => {
  const answer = await fetch(to, { method: how, headers: { "Content-Type": "application/json", Accept: "application/json" }, body: JSON.stringify(json) });
  return { status: answer.status, body: await answer.json().catch(() => null) };
}, [path, body, method]);

const browser = await startBrowser();
let server = await startServer();
const { context, page: one } = await openContext(browser, look, server);
await signUp(one);
for (const skill of ["docker", "git"]) {
  const claimed = await post(one, "/api/skills", { skill_id: skill, proficiency_level: "proficient" });
  check(claimed.status < 300, `claiming ${skill} answered ${claimed.status}`);
}
const made = await post(one, "/api/interviews/session", { role_title: "Platform Engineer", skills: ["docker", "git"], length: "short" });
const path = `/interviews/${made.body.interview_id}`;
// Messages reach the windows one after the other: they agree within a moment.
async function agree(a, b) {
  for (let tries = 0; tries < 100; tries++) {
    if (await question(a) === await question(b)) return true;
    await a.waitForTimeout(50);
  }
  return false;
}

await one.goto(path);
await one.getByRole("button", { name: "Start" }).click();
await connected(one);
const two = await context.newPage();
watch(two, "second window");
await two.goto(path);
await connected(two);

const first = await question(one);
await one.fill("#say", ANSWER);
await one.press("#say", "Enter");
await changed(two, first);
check(await agree(one, two), "both windows show the same question");
check((await captions(two)).some((line) => line.includes("900 MB")), "the second window shows what was said in the first");

const port = new URL(server.address).port, data = server.data, before = await question(one);
await server.kill();
await one.waitForSelector('[data-state="reconnecting"]');
await one.fill("#say", `While you were away: ${ANSWER}`);
await one.press("#say", "Enter");
check(await one.locator("[data-interview-captions] p[data-pending]").count() === 1, "an answer without connection waits, and says so");
await one.fill("#say", "half a sen");
server = await startServer(data, port);
for (const page of [one, two]) {
  await connected(page);
  await changed(page, before);
}
check(await agree(one, two), "both windows show the same question after the server came back");
check(await one.locator("[data-pending]").count() === 0, "nothing waits any more");
check(await one.inputValue("#say") === "half a sen", "what is being typed stays");
await one.reload();
await connected(one);
check(await one.inputValue("#say") === "half a sen", "what is being typed survives a reload");
check((await captions(one)).filter((line) => line.includes("While you were away")).length === 1, "the answer was taken once");

// Chromium keeps an open socket alive while it says that the network is gone: the answer may arrive, and the status must come back.
const state = () => one.getAttribute("[data-interview-status]", "data-state");
const offlineAt = await question(one);
await context.setOffline(true);
await one.waitForSelector('[data-interview-status][data-state="offline"]');
await one.fill("#say", `Said without a network: ${ANSWER}`);
await one.press("#say", "Enter");
await context.setOffline(false);
await changed(one, offlineAt);
await connected(one);
await one.waitForFunction(() => !document.querySelector("[data-interview-captions] [data-pending]"));
check(await state() === "connected", "the status says connected again after the network came back");
check((await captions(one)).filter((line) => line.includes("Said without a network")).length === 1, "the answer given offline was taken once");

for (let turn = 0; turn < 20 && await one.isVisible("[data-interview-form]"); turn++) {
  const asked = await question(one);
  await one.fill("#say", `${ANSWER} (${turn})`);
  await one.press("#say", "Enter");
  await changed(one, asked);
  await one.waitForFunction(() => document.querySelector("[data-interview-thinking]").hidden);
}
for (const [page, name] of [[one, "first"], [two, "second"]]) {
  await page.waitForSelector("[data-interview-ended]:not([hidden])");
  check(await page.textContent("[data-interview-status]") === "Interview ended", `the ${name} window says that it has ended`);
}
await browser.close();
await server.stop({ keep: true });
rmSync(data, { recursive: true, force: true });
finish();
