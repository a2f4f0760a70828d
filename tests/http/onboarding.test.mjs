// Onboarding: nobody loses what they typed, nobody sees or changes what is somebody else's.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startServer } from "./server.mjs";

let server;
before(async () => { server = await startServer(); });
after(async () => { await server.stop(); });

const profile = async (person) => (await person.get("/api/users/profile")).json();
const field = (page, name) => new RegExp(`name="${name}"[^>]*value="([^"]*)"`).exec(page.text)?.[1];
const GOALS = { target_roles: "Nurse\nMidwife", preferred_locations: "Berlin\nRemote" };

test("strangers are sent to sign in, and the API refuses them", async () => {
  const stranger = server.browser();
  for (const path of ["/onboarding", "/onboarding/1", "/onboarding/5"]) {
    const page = await stranger.get(path);
    assert.ok(page.status === 401 || (page.status === 303 && page.location.startsWith("/sign-in")), `${path}: ${page.status}`);
  }
  for (const path of ["/onboarding/1", "/onboarding/1/save", "/onboarding/4", "/onboarding/skip", "/onboarding/complete"]) {
    const answer = await stranger.post(path, GOALS);
    assert.ok(answer.status === 401 || (answer.status === 303 && answer.location.startsWith("/sign-in")), `${path}: ${answer.status}`);
  }
  assert.equal((await stranger.get("/api/users/profile", { Accept: "application/json" })).status, 401);
});

test("the whole way without scripts ends on the dashboard", async () => {
  const ada = await server.signUp("Ada");
  assert.equal((await ada.get("/onboarding")).location, "/onboarding/0");
  const welcome = await ada.get("/onboarding/0");
  assert.equal(field(welcome, "username"), "ada-tester");
  assert.equal((await ada.post("/onboarding/0", { username: "Ada-Tester", then: "next" })).location, "/onboarding/1");
  assert.equal((await ada.post("/onboarding/1", { ...GOALS, then: "next" })).location, "/onboarding/2");
  assert.equal((await ada.post("/onboarding/2", { years_of_experience: "0", then: "next" })).location, "/onboarding/3");
  assert.equal((await ada.post("/onboarding/3", { then: "skip" })).location, "/onboarding/4");
  const both = await ada.post("/onboarding/4", { title: "Nurse", company: "Charité", start_month: "2020-01", end_month: "2021-05", is_current: "on", then: "more" });
  assert.equal(both.status, 422, "a last month and “I work here now” do not fit together");
  assert.match(both.text, /You say that you work here now: take the last month away, or untick it\./);
  assert.ok(both.text.includes('value="2021-05"'), "what was typed stays");
  assert.equal((await ada.post("/onboarding/4", { title: "Nurse", company: "Charité", start_month: "2020-01", is_current: "on", then: "more" })).location, "/onboarding/4");
  assert.match((await ada.get("/onboarding/4")).text, /January 2020 to today/);
  assert.equal((await ada.post("/onboarding/4", { then: "next" })).location, "/onboarding/5");
  const summary = await ada.get("/onboarding/5");
  for (const words of ["Nurse, Midwife", "Berlin, Remote", "0 years", "Charité", "ada-tester"]) assert.ok(summary.text.includes(words), words);
  assert.equal((await ada.post("/onboarding/complete")).location, "/dashboard");
  assert.equal((await ada.get("/onboarding")).location, "/dashboard");
  assert.equal((await ada.get("/onboarding/2")).location, "/dashboard");
  assert.equal((await ada.get("/onboarding/2?edit=1")).status, 200);
  assert.equal((await ada.post("/onboarding/2", { years_of_experience: "7", edit: "1" })).location, "/settings");
  const stored = await profile(ada);
  assert.equal(stored.username, "ada-tester");
  assert.equal(stored.years_of_experience, 7);
  assert.equal(stored.onboarding_completed, true);
});

test("finishing is refused while goals or experience are missing", async () => {
  const bea = await server.signUp("Bea");
  assert.equal((await bea.post("/onboarding/complete")).status, 422);
  assert.equal((await profile(bea)).onboarding_completed, false);
});

test("the stored step is where another browser opens, and going back does not lower it", async () => {
  const cleo = await server.signUp("Cleo");
  await cleo.post("/onboarding/0", { username: "cleo" });
  await cleo.post("/onboarding/1", GOALS);
  assert.equal((await cleo.get("/onboarding/4")).location, "/onboarding/2");
  const back = await cleo.post("/onboarding/2", { years_of_experience: "12", salary_expectation_min: "x", then: "back" });
  assert.equal(back.location, "/onboarding/1");
  const other = await server.signIn(cleo.email);
  assert.equal((await other.get("/onboarding")).location, "/onboarding/2");
  assert.equal(field(await other.get("/onboarding/2"), "years_of_experience"), "12");
});

test("finish later keeps what was typed and leads to the dashboard; resume=1 comes back", async () => {
  const dora = await server.signUp("Dora");
  await dora.post("/onboarding/0", { username: "" });
  assert.equal((await dora.post("/onboarding/1", { target_roles: "Baker", preferred_locations: "", then: "later" })).location, "/dashboard");
  assert.deepEqual((await profile(dora)).target_roles, ["Baker"]);
  assert.equal((await dora.get("/onboarding")).location, "/dashboard");
  assert.equal((await dora.get("/onboarding?resume=1")).location, "/onboarding/1");
});

test("saving while typing keeps the valid fields and names the others", async () => {
  const eva = await server.signUp("Eva");
  const first = await eva.post("/onboarding/2/save", { years_of_experience: "4", salary_expectation_min: "50000", salary_expectation_max: "70000", salary_currency: "EUR" });
  assert.equal(first.status, 200);
  assert.match(first.json().saved_at, /^\d{4}-\d\d-\d\dT/);
  const second = await eva.post("/onboarding/2/save", { years_of_experience: "51", salary_expectation_min: "60000", salary_expectation_max: "55000", salary_currency: "EUR" });
  assert.equal(second.status, 422);
  assert.deepEqual(Object.keys(second.json().errors).sort(), ["salary_expectation_max", "years_of_experience"]);
  const stored = await profile(eva);
  assert.equal(stored.years_of_experience, 4);
  assert.equal(stored.salary_expectation_min, 60000);
  assert.equal(stored.salary_expectation_max, 70000);
  const third = await eva.post("/onboarding/2/save", { years_of_experience: "5", salary_expectation_min: "90000", salary_expectation_max: "55000", salary_currency: "EUR" });
  assert.equal(third.status, 422);
  assert.equal((await profile(eva)).salary_expectation_min, 90000);
  assert.equal((await profile(eva)).salary_expectation_max, null);
  assert.equal((await eva.post("/onboarding/1/save", { target_roles: "Pilot", preferred_locations: "" })).status, 422);
  assert.deepEqual((await profile(eva)).target_roles, ["Pilot"]);
});

test("wrong input shows the page again with what was typed and a message, and changes nothing", async () => {
  const finn = await server.signUp("Finn");
  await finn.post("/onboarding/0", { username: "finn" });
  await finn.post("/onboarding/1", GOALS);
  const page = await finn.post("/onboarding/2", { years_of_experience: "sixty", salary_expectation_min: "9", salary_expectation_max: "8", salary_currency: "QQQ" });
  assert.equal(page.status, 422);
  assert.equal(field(page, "years_of_experience"), "sixty");
  assert.ok(page.text.includes("Enter a whole number from 0 to 50."));
  assert.ok(page.text.includes("must not be below"));
  assert.equal((await profile(finn)).years_of_experience, null);
  for (const roles of ["", "\n\n", Array.from({ length: 11 }, (_, i) => `Role ${i}`).join("\n"), "x".repeat(101)])
    assert.equal((await finn.post("/onboarding/1", { target_roles: roles, preferred_locations: "Berlin" })).status, 422);
  assert.deepEqual((await profile(finn)).target_roles, ["Nurse", "Midwife"]);
  assert.equal((await finn.request("/onboarding/1", { method: "POST", body: "target_roles=%ff", headers: { "Content-Type": "application/x-www-form-urlencoded" } })).status, 400);
  assert.equal((await finn.get("/onboarding/7")).status, 404);
});

test("usernames: reserved, taken and odd ones are refused; the suggestion avoids taken ones", async () => {
  const gus = await server.signUp("Gus"), other = await server.signUp("Gus");
  await gus.post("/onboarding/0", { username: "gus-tester" });
  assert.equal(field(await other.get("/onboarding/0"), "username"), "gus-tester-2");
  for (const name of ["admin", "ab", "gus tester", "-gus-", "GUS-TESTER", "süß", "x".repeat(51)])
    assert.equal((await other.post("/onboarding/0", { username: name })).status, 422, name);
  assert.equal((await profile(other)).username, null);
});

test("entries are added, changed, kept while unfinished, and removed", async () => {
  const hal = await server.signUp("Hal");
  await hal.post("/onboarding/0", {});
  await hal.post("/onboarding/1", GOALS);
  await hal.post("/onboarding/2", { years_of_experience: "3" });
  const page = await hal.get("/onboarding/3"), draft = field(page, "draft");
  assert.ok(draft);
  assert.equal((await hal.post("/onboarding/3/save", { draft, degree: "BSc Physics", institution: "", start_year: "2012" })).status, 200);
  const again = await hal.get("/onboarding/3"), entry = field(again, "entry");
  assert.equal(field(again, "degree"), "BSc Physics");
  assert.equal((await hal.post("/onboarding/3", { entry, degree: "BSc Physics", institution: "", then: "next" })).status, 422);
  assert.equal((await hal.post("/onboarding/3", { entry, degree: "BSc Physics", institution: "TU Berlin", start_year: "2012", end_year: "2010", then: "next" })).status, 422);
  assert.equal((await hal.post("/onboarding/3", { entry, degree: "BSc Physics", institution: "TU Berlin", start_year: "2012", end_year: "2015", then: "next" })).location, "/onboarding/4");
  const list = await hal.get("/onboarding/3");
  assert.equal(list.text.split("TU Berlin").length, 2);
  assert.match(list.text, /2012 to 2015/);
  const broken = await hal.post("/onboarding/3/save", { entry, degree: "", institution: "FU Berlin", start_year: "1800" });
  assert.equal(broken.status, 422);
  assert.deepEqual(Object.keys(broken.json().errors).sort(), ["degree", "start_year"]);
  const edited = await hal.get(`/onboarding/3?entry=${entry}`);
  assert.equal(field(edited, "degree"), "BSc Physics");
  assert.equal(field(edited, "institution"), "FU Berlin");
  assert.ok((await hal.get(`/onboarding/3/entries/${entry}/delete`)).text.includes("Remove “BSc Physics”?"));
  assert.equal((await hal.post(`/onboarding/3/entries/${entry}/delete`)).location, "/onboarding/3");
  assert.ok(!(await hal.get("/onboarding/3")).text.includes("FU Berlin"));
  assert.equal((await hal.post(`/onboarding/3/entries/${entry}/delete`)).status, 404);
});

test("someone else's entries cannot be seen, changed or removed", async () => {
  const ivy = await server.signUp("Ivy"), mal = await server.signUp("Mal");
  for (const person of [ivy, mal]) {
    await person.post("/onboarding/0", {});
    await person.post("/onboarding/1", GOALS);
    await person.post("/onboarding/2", { years_of_experience: "3" });
    await person.post("/onboarding/3", {});
  }
  await ivy.post("/onboarding/4", { title: "Welder", company: "Yard", start_month: "2019-02", end_month: "2020-02", then: "more" });
  const entry = /entry=([0-9a-f-]{36})/.exec((await ivy.get("/onboarding/4")).text)[1];
  const change = { entry, title: "Stolen", company: "Yard", start_month: "2019-02", end_month: "2020-02" };
  assert.equal((await mal.get(`/onboarding/4?entry=${entry}`)).status, 404);
  assert.equal((await mal.post("/onboarding/4", { ...change, then: "more" })).status, 404);
  assert.equal((await mal.post("/onboarding/4/save", change)).status, 404);
  assert.equal((await mal.get(`/onboarding/4/entries/${entry}/delete`)).status, 404);
  assert.equal((await mal.post(`/onboarding/4/entries/${entry}/delete`)).status, 404);
  assert.match((await ivy.get("/onboarding/4")).text, /Welder/);
  assert.ok(!(await mal.get("/onboarding/5")).text.includes("Stolen"));
});

test("the API reads and changes the same fields under the same rules", async () => {
  const jo = await server.signUp("Jo");
  const changed = await jo.send("PATCH", "/api/users/profile", { headline: "Nurse", target_roles: ["Nurse"], years_of_experience: 9, username: "jo-nurse", is_public: true });
  assert.equal(changed.status, 200);
  assert.equal(changed.json().headline, "Nurse");
  assert.equal(changed.json().is_public, true);
  assert.equal((await profile(jo)).years_of_experience, 9);
  const cases = [
    [{ years_of_experience: 51 }, "years_of_experience"], [{ years_of_experience: "many" }, "years_of_experience"], [{ target_roles: [] }, "target_roles"],
    [{ target_roles: "Nurse" }, "target_roles"], [{ username: null }, "username"], [{ username: "root" }, "username"],
    [{ salary_expectation_min: 10, salary_expectation_max: 5, salary_currency: "EUR" }, "salary_expectation_max"],
    [{ salary_expectation_min: 10 }, "salary_currency"], [{ headline: "x".repeat(121) }, "headline"],
  ];
  for (const [document, name] of cases) {
    const answer = await jo.send("PATCH", "/api/users/profile", { first_name: "Changed", ...document });
    assert.equal(answer.status, 422, JSON.stringify(document));
    assert.ok(answer.json().errors.some((one) => one.field === name && one.in === "body" && one.message), `${JSON.stringify(document)}: ${answer.text}`);
  }
  assert.equal((await jo.send("PATCH", "/api/users/profile", "{")).status, 400);
  assert.equal((await profile(jo)).first_name, "Jo");
  assert.equal((await jo.send("PATCH", "/api/users/profile", { headline: null })).json().headline, null);
});
