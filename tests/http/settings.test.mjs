// Settings: what a person changes stays, nobody changes it for them, and deleting leaves nothing behind.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PASSWORD, startServer } from "./server.mjs";

let server;
before(async () => { server = await startServer(); });
after(async () => { await server.stop(); });

const profile = async (person) => (await person.get("/api/users/profile")).json();

/** The columns that say whose a row is. */
const personal = async () => (await server.columns())?.filter((one) => ["user_id", "student_id"].includes(one.column_name)) ?? null;

test("strangers reach none of it", async () => {
  const stranger = server.browser();
  for (const path of ["/settings", "/settings/export"]) assert.ok([303, 401].includes((await stranger.get(path)).status), path);
  for (const path of ["/settings/profile", "/settings/public", "/settings/password", "/settings/sessions/end", "/settings/delete"])
    assert.ok([303, 401].includes((await stranger.post(path, { first_name: "X" })).status), path);
});

test("name, headline and bio are kept, and wrong ones change nothing", async () => {
  const ada = await server.signUp("Ada");
  assert.equal((await ada.post("/settings/profile", { first_name: "Ada", last_name: "L", headline: "Nurse", public_bio: "One\r\nTwo <b>" })).location, "/settings");
  const page = await ada.get("/settings");
  assert.ok(page.text.includes("Two &lt;b&gt;"));
  assert.equal((await profile(ada)).public_bio, "One\nTwo <b>");
  const wrong = await ada.post("/settings/profile", { first_name: "", headline: "x".repeat(121) });
  assert.equal(wrong.status, 422);
  assert.ok(wrong.text.includes("First name is required."));
  assert.equal((await profile(ada)).headline, "Nurse");
});

test("a name that nobody can see is none, and none turns the page around", async () => {
  const ada = await server.signUp("Ada");
  for (const first_name of ["\u00a0", "\u200b", "\u202e\u2066"]) {
    const page = await ada.post("/settings/profile", { first_name, last_name: "L" });
    assert.equal(page.status, 422, JSON.stringify(first_name));
    assert.ok(page.text.includes("First name is required."));
  }
  const nobody = await server.browser().post("/sign-up", { first_name: "\u200b", email: "nobody-to-see@example.org", password: PASSWORD });
  assert.equal(nobody.status, 422, "nor can such a name sign up");
  await ada.post("/settings/profile", { first_name: "Ada\u202e", last_name: "\u2067Love", headline: "\u202eNurse" });
  const { first_name, last_name, headline } = await profile(ada);
  assert.deepEqual([first_name, last_name, headline], ["Ada", "Love", "Nurse"]);
  assert.equal((await ada.send("PATCH", "/api/users/profile", { first_name: "\u200b" })).status, 422);
});

test("roles and places that differ in capitals only are one", async () => {
  const ada = await server.signUp("Ada");
  await ada.send("PATCH", "/api/users/profile", { target_roles: ["Backend Developer", "backend developer"], preferred_locations: ["Zürich", "ZÜRICH", "Remote"] });
  const { target_roles, preferred_locations } = await profile(ada);
  assert.deepEqual([target_roles, preferred_locations], [["Backend Developer"], ["Zürich", "Remote"]]);
});

test("a profile is made public only with a username, which must be free", async () => {
  const bea = await server.signUp("Bea"), other = await server.signUp("Bea");
  assert.equal((await bea.post("/settings/public", { username: "", is_public: "on" })).status, 422);
  assert.equal((await bea.post("/settings/public", { username: "bea-nurse", is_public: "on" })).location, "/settings");
  assert.match((await bea.get("/settings")).text, /\/profile\/bea-nurse/);
  assert.equal((await profile(bea)).is_public, true);
  for (const username of ["bea-nurse", "settings", "x"]) assert.equal((await other.post("/settings/public", { username, is_public: "on" })).status, 422, username);
  assert.equal((await profile(other)).is_public, false);
  assert.equal((await bea.post("/settings/public", { username: "bea-nurse" })).location, "/settings");
  assert.equal((await profile(bea)).is_public, false);
});

test("a new password ends the other sessions; the old one is needed", async () => {
  const cleo = await server.signUp("Cleo"), phone = await server.signIn(cleo.email);
  const wrong = await cleo.post("/settings/password", { current_password: "not my password", new_password: "nine orange ladders" });
  assert.equal(wrong.status, 422);
  assert.ok(wrong.text.includes("This is not your password."));
  assert.ok(!wrong.text.includes("nine orange ladders"), "a password is never shown again");
  assert.equal((await phone.get("/settings")).status, 200);
  assert.equal((await cleo.post("/settings/password", { current_password: PASSWORD, new_password: "short" })).status, 422);
  const same = await cleo.post("/settings/password", { current_password: PASSWORD, new_password: PASSWORD });
  assert.equal(same.status, 422);
  assert.ok(same.text.includes("This is your password already."));
  assert.equal((await cleo.post("/settings/password", { current_password: PASSWORD, new_password: "nine orange ladders" })).location, "/settings");
  assert.equal((await cleo.get("/settings")).status, 200);
  assert.ok([303, 401].includes((await phone.get("/settings")).status));
  assert.equal((await server.browser().post("/sign-in", { email: cleo.email, password: PASSWORD })).status, 422);
  await server.signIn(cleo.email, "nine orange ladders");
});

test("sessions are listed and ended, never somebody else's", async () => {
  const dan = await server.signUp("Dan"), phone = await server.signIn(dan.email), eve = await server.signUp("Eve");
  const id = /\/settings\/sessions\/([0-9a-f]{64})\/end/.exec((await dan.get("/settings")).text)[1];
  assert.equal((await eve.post(`/settings/sessions/${id}/end`)).status, 404);
  assert.equal((await phone.get("/settings")).status, 200);
  assert.equal((await dan.post(`/settings/sessions/${id}/end`)).location, "/settings");
  assert.ok([303, 401].includes((await phone.get("/settings")).status));
  assert.equal((await dan.post("/settings/sessions/nonsense/end")).status, 404);
});

test("the export holds what is theirs and nothing of others", async () => {
  const fay = await server.signUp("Fay");
  await server.signUp("Gil");
  await fay.post("/onboarding/1/save", { target_roles: "Nurse", preferred_locations: "Berlin" });
  await fay.post("/onboarding/4/save", { draft: "abc", title: "Nurse", company: "Ward", start_month: "2020-01" });
  const answer = await fay.get("/settings/export");
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get("content-disposition"), /^attachment/);
  const data = answer.json();
  assert.equal(data.user[0].email, fay.email);
  assert.deepEqual(data.profile[0].target_roles, ["Nurse"]);
  assert.equal(data.work_history[0].company, "Ward");
  assert.equal(data.sessions.length, 1);
  assert.ok(!answer.text.includes("gil-") && !answer.text.includes("argon2"));
  const tables = await personal();
  if (tables) assert.ok(Object.keys(data).length - 2 >= new Set(tables.map((one) => one.table_name)).size - 1, "every table with rows of a person is a part of the export");
});

test("deleting needs address and password and leaves no row", async (t) => {
  const hal = await server.signUp("Hal"), ivy = await server.signUp("Ivy");
  for (const person of [hal, ivy]) {
    await person.post("/onboarding/0", { username: "" });
    await person.post("/onboarding/1", { target_roles: "Nurse", preferred_locations: "Berlin" });
    await person.post("/onboarding/2", { years_of_experience: "3" });
    await person.post("/onboarding/3", { degree: "BSc", institution: "TU", then: "next" });
    await person.post("/onboarding/4", { title: "Nurse", company: "Ward", start_month: "2020-01", is_current: "on", then: "next" });
    assert.equal((await person.post("/onboarding/complete")).location, "/dashboard");
  }
  const id = (await profile(hal)).user_id;
  assert.equal((await hal.post("/settings/delete", { confirm: ivy.email, password: PASSWORD })).status, 422);
  assert.equal((await hal.post("/settings/delete", { confirm: hal.email, password: "not my password" })).status, 422);
  assert.equal((await hal.post("/settings/delete", { password: PASSWORD })).status, 422);
  assert.equal((await hal.get("/settings")).status, 200);
  assert.equal((await hal.post("/settings/delete", { confirm: hal.email.toUpperCase(), password: PASSWORD })).location, "/");
  assert.ok([303, 401].includes((await hal.get("/settings")).status));
  assert.equal((await server.browser().post("/sign-in", { email: hal.email, password: PASSWORD })).status, 422);
  assert.equal((await ivy.get("/settings")).status, 200);
  const columns = await personal();
  if (!columns) { t.diagnostic("SKIPPED looking into the store: sqlite3 is not installed"); return; }
  assert.ok(columns.length > 15);
  for (const { table_name, column_name } of columns) {
    const [{ n }] = await server.rows(`SELECT COUNT(*) AS n FROM "${table_name}" WHERE "${column_name}" = '${id}'`);
    assert.equal(n, 0, `${table_name}.${column_name}`);
  }
  const [{ n }] = await server.rows(`SELECT COUNT(*) AS n FROM quotas WHERE quota_key LIKE '%${hal.email}%' OR quota_key LIKE '%${id}%'`);
  assert.ok(n <= 2, "at most the failed sign-in after the end, counted for its address and for all");
  const [{ left }] = await server.rows("SELECT COUNT(*) AS left FROM user_work_history");
  assert.ok(left >= 1, "somebody else's rows stay");
});
