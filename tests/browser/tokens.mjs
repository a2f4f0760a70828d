// API tokens in a browser, on a phone and a desktop, light and dark, and without scripts: made, copied, listed, revoked.
// node tests/browser/tokens.mjs [LOOK]; pictures are in build/browser/LOOK/.
import { LOOKS, check, finish, look, openContext, startBrowser, startServer } from "./lib.mjs";

const PASSWORD = "seven lamps over the river";
const server = await startServer(), browser = await startBrowser();

async function signUp(page, name) {
  await page.goto("/sign-up");
  await page.fill("#first_name", "Tilda");
  await page.fill("#email", `tilda-${name}@example.org`);
  await page.fill("#password", PASSWORD);
  await page.click("form[action='/sign-up'] button");
  await page.waitForURL(/onboarding|dashboard/);
}

async function makeToken(page, name) {
  await page.goto("/settings#tokens");
  await page.click("text=New token");
  await page.waitForURL(/tokens\/new/);
  await page.fill("#name", name);
  await page.selectOption("#expires", "90");
  await page.check("input[value='skills:read']");
  await page.check("input[value='profile:read']");
  await page.fill("#password", PASSWORD);
  await page.click("text=Make the token");
  await page.waitForSelector("#token");
  return page.inputValue("#token");
}

for (const view of LOOKS.filter((one) => !process.argv[2] || one.name === process.argv[2])) {
  const { context, page } = await openContext(browser, view, server);
  await context.grantPermissions(["clipboard-read", "clipboard-write"]).catch(() => {});
  await signUp(page, view.name);
  await page.goto("/settings/tokens/new");
  await look(page, view, "60-token-new");
  await page.fill("#name", "Nightly copy");
  await page.fill("#password", "not my password");
  await page.check("input[value='account']");
  await page.click("text=Make the token");
  await page.waitForSelector(".error-summary");
  check(await page.isChecked("input[value='account']"), `${view.name}: what was ticked stays ticked`);
  await look(page, view, "61-token-refused");
  const token = await makeToken(page, "Nightly copy of everything that I have claimed");
  check(/^cp_[\w-]{48}$/.test(token), `${view.name}: a token is shown`);
  await look(page, view, "62-token-made");
  await page.click("[data-copy-from='token']");
  await page.waitForFunction(() => document.querySelector("[data-copy-from='token']").textContent.includes("Copied"));
  check((await page.evaluate(() => navigator.clipboard.readText())) === token, `${view.name}: Copy copies it`);
  const answer = await fetch(`${server.address}/api/users/skills`, { headers: { Authorization: `Bearer ${token}` } });
  check(answer.status === 200, `${view.name}: the token opens the API`);
  await page.click("text=Done");
  await page.waitForSelector("#tokens li");
  check(!(await page.content()).includes(token), `${view.name}: it is not shown again`);
  await look(page, view, "63-settings-tokens");
  await page.click("#tokens li a");
  await page.waitForURL(/revoke/);
  await look(page, view, "64-token-revoke");
  await page.click(".btn-destructive");
  await page.waitForURL(/settings/);
  check((await page.textContent("#tokens")).includes("You have none"), `${view.name}: it is gone`);
  check((await fetch(`${server.address}/api/users/skills`, { headers: { Authorization: `Bearer ${token}` } })).status === 401, `${view.name}: it opens nothing any more`);
  await context.close();
}

// A name without a space stays inside of every page that shows it, on the narrowest phone.
for (const [width, name] of [[390, "W".repeat(80)], [320, "W".repeat(80)], [320, "Donaudampfschifffahrtselektrizitätenhauptbetriebsw"]]) {
  const view = { name: `wide-${width}-${name.length}`, width, height: 844, scheme: "light", isMobile: true };
  const { context, page } = await openContext(browser, view, server);
  await signUp(page, view.name);
  await makeToken(page, name);
  await look(page, view, "65-token-made");
  await page.click("text=Done");
  await page.waitForSelector("#tokens li");
  await look(page, view, "66-settings-tokens");
  await page.click("#tokens li a");
  await page.waitForURL(/revoke/);
  await look(page, view, "67-token-revoke");
  await context.close();
}

const plain = await browser.newContext({ baseURL: server.address, javaScriptEnabled: false }), page = await plain.newPage();
await signUp(page, "plain");
check(/^cp_/.test(await makeToken(page, "Without scripts")), "without scripts: a token is made and shown");
check(!(await page.isVisible("[data-copy-from='token']")), "without scripts: no button that does nothing");
await page.reload();
check(/made already/.test(await page.textContent("h1")) && !/cp_/.test(await page.textContent("main")), "reloading the page of a new token makes no second one");
await page.goto("/settings#tokens");
check((await page.locator("#tokens li").count()) === 1, "without scripts: there is one token");
await plain.close();

await browser.close();
await server.stop();
finish();
