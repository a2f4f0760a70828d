// The page of the API in a browser: read on phone and desktop, light and dark, with and without scripts, and its forms in use.
import { check, finish, look, LOOKS, openContext, startBrowser, startServer } from "./lib.mjs";

const server = await startServer();
const browser = await startBrowser();
const PASSWORD = "seven quiet tables";

async function signUp(page) {
  await page.goto("/sign-up");
  await page.fill("[name=first_name]", "Ada");
  await page.fill("[name=email]", `ada-${Date.now()}-${Math.random()}@example.org`);
  await page.fill("[name=password]", PASSWORD);
  await Promise.all([page.waitForURL(/onboarding|dashboard/), page.click("main button[type=submit], main form button")]);
}

for (const view of LOOKS) {
  const { context, page } = await openContext(browser, view, server);
  await page.goto("/docs/api");
  await look(page, view, "api");
  const links = await page.locator(".api-nav a").evaluateAll((all) => all.map((one) => one.getAttribute("href").slice(1)));
  const missing = await page.evaluate((ids) => ids.filter((id) => !document.getElementById(id)), links);
  check(missing.length === 0 && links.length > 15, `${view.name}: every entry of the contents leads somewhere, not ${missing}`);
  const entry = (await page.locator('.api-nav a[href="#patchRoadmapsById"]').textContent()).trim();
  check(entry === "PATCH /api/roadmaps/{id}", `${view.name}: an entry of the contents is a method and a path, not ${entry}`);
  await page.goto("/docs/api#patchRoadmapsById");
  await page.locator("#patchRoadmapsById").waitFor({ state: "visible" });
  await page.locator("#patchRoadmapsById .api-try > summary").click();
  await look(page, view, "api-operation");
  await context.close();
}

// With the session of somebody who is signed in.
{
  const { context, page } = await openContext(browser, LOOKS[2], server);
  await signUp(page);
  await page.goto("/docs/api#postSkills");
  const claim = page.locator("#postSkills");
  await claim.locator(".api-try > summary").press("Enter");
  await claim.locator("[data-api-body]").fill('{"skill_id":');
  await claim.getByRole("button", { name: "Send" }).click();
  check(/not JSON yet/.test(await claim.locator("[data-api-error]").textContent()), "a body that is no JSON is not sent, and says so");
  const described = await claim.locator("[data-api-body]").evaluate((body) => ({ isFocused: document.activeElement === body, isInvalid: body.getAttribute("aria-invalid"), text: document.getElementById(body.getAttribute("aria-describedby"))?.textContent }));
  check(described.isFocused && described.isInvalid === "true" && /not JSON yet/.test(described.text), `who hears the page is led to the field and told what is wrong with it: ${JSON.stringify(described)}`);
  await claim.locator("[data-api-body]").fill('{"skill_id":"docker","proficiency_level":"expert"}');
  await claim.getByRole("button", { name: "Send" }).click();
  await claim.locator(".api-result .badge").waitFor();
  check(/^201/.test(await claim.locator(".api-result .badge").textContent()), "a claim is made with the session");
  await page.locator('.api-nav a[href="#getUsersSkills"]').click();
  const mine = page.locator("#getUsersSkills");
  await mine.locator(".api-try > summary").click();
  await mine.getByRole("button", { name: "Send" }).click();
  await mine.locator(".api-result pre").first().waitFor();
  check(/"skill_id": "docker"/.test(await mine.locator(".api-result pre").first().textContent()), "what was claimed is read again, indented");
  await look(page, LOOKS[2], "api-answer");
  // A token counts instead of the session, and goes nowhere but into the request.
  await page.fill("[data-api-token]", "no-such-token");
  await mine.getByRole("button", { name: "Send" }).click();
  await mine.locator(".api-result .badge-destructive").waitFor();
  check(/^401/.test(await mine.locator(".api-result .badge").textContent()), "with a wrong token the session does not count");
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie + location.href);
  check(!kept.includes("no-such-token"), "a token is kept in memory alone");
  await context.close();
}

// Without scripts everything is there to read, and nothing that needs them is shown.
{
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: server.address, viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.goto("/docs/api");
  check(await page.locator("[data-api-token]").isHidden(), "no forms without scripts");
  const first = page.locator(".api-operation").first();
  await first.locator("summary").first().click();
  check(await first.locator(".api-body").isVisible(), "an operation unfolds without scripts");
  check(/curl/.test(await first.locator("pre").last().textContent()), "with its example");
  await context.close();
}

await browser.close();
await server.stop();
finish();
