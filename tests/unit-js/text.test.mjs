// Wrong words or numbers on the page, lost answers, and colours that cannot be read: what a person would notice.
import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import test from "node:test";
import { luminance, presets, ratio, violations } from "../../assets/css/contrast-check.mjs";
import { section, sprite } from "../../assets/build.mjs";
import { Outbox, readMessage } from "../../assets/js/outbox.mjs";
import { backoff, clock, cookieText, elapsed, exactTime, fillPath, messageId, parseTags, prettyBody, retryWords, size, topicWords } from "../../assets/js/text.mjs";

globalThis.crypto ??= webcrypto; // Node 18 has it in a module only

test("a tag field keeps the order, trims, and drops repeats whatever their case", () => {
  assert.deepEqual(parseTags("  Nurse \n\nMidwife, nurse,Head   nurse\r\n"), ["Nurse", "Midwife", "Head nurse"]);
  assert.deepEqual(parseTags(" ,\n, "), []);
});

test("elapsed time reads like a clock and survives nonsense", () => {
  assert.equal(elapsed(0), "0:00");
  assert.equal(elapsed(67.9), "1:07");
  assert.equal(elapsed(3729), "1:02:09");
  assert.equal(elapsed(-5), "0:00");
  assert.equal(elapsed("x"), "0:00");
});

test("pauses between tries grow, are spread, and end at half a minute", () => {
  assert.equal(backoff(0, 1), 500);
  assert.equal(backoff(0, 0), 250);
  assert.equal(backoff(3, 1), 4000);
  assert.equal(backoff(50, 1), 30000);
  assert.ok(backoff(50, 0) >= 15000);
});

test("Retry-After is said in words", () => {
  assert.equal(retryWords("1"), "in 1 second");
  assert.equal(retryWords("40"), "in 40 seconds");
  assert.equal(retryWords("700"), "in 12 minutes");
  assert.equal(retryWords("7200"), "in 2 hours");
  assert.equal(retryWords("0"), "in 1 second");
  assert.equal(retryWords("Thu, 12 Mar 2026 09:00:30 GMT", Date.parse("2026-03-12T09:00:00Z")), "in 30 seconds");
  assert.equal(retryWords(null), "in a little while");
});

test("file sizes have a unit", () => {
  assert.equal(size(1), "1 byte");
  assert.equal(size(12345), "12 kB");
  assert.equal(size(10e6), "10.0 MB");
});

test("times are shown in the reader's zone, dates are not moved to another day", () => {
  assert.equal(clock("2026-03-12T13:03:09Z", "en-GB", "Europe/Berlin"), "14:03");
  assert.equal(clock("2026-03-12T00:03:09Z", "en-GB", "UTC"), "00:03");
  assert.equal(clock("soon"), "");
  const title = exactTime("2026-03-12T23:30:00Z", "en-GB", "Asia/Tokyo");
  assert.match(title, /Friday,? 13 March 2026/);
  assert.match(title, /08:30/);
  assert.match(exactTime("2026-03-12", "en-GB", "America/New_York"), /Thursday,? 12 March 2026$/);
  assert.equal(exactTime("yesterday"), "");
});

test("topics left are said without a wrong plural", () => {
  assert.equal(topicWords(2, 5), "3 topics left of 5");
  assert.equal(topicWords(4, 5), "1 topic left of 5");
  assert.equal(topicWords(5, 5), "All topics done");
  assert.equal(topicWords(undefined, 5), "");
});

test("message ids are UUIDs and differ", () => {
  const one = messageId();
  assert.match(one, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.notEqual(one, messageId());
});

test("cookies stay on this site and are only sent over https where the page is", () => {
  assert.equal(cookieText("theme", "dark", false), "theme=dark; Path=/; Max-Age=31536000; SameSite=Lax");
  assert.match(cookieText("theme", "a;b", true), /^theme=a%3Bb; .*; Secure$/);
});

function memory(start = {}) {
  const kept = new Map(Object.entries(start));
  return { kept, get: (key) => JSON.parse(kept.get(key) ?? "null"), set: (key, value) => kept.set(key, JSON.stringify(value)), remove: (key) => kept.delete(key) };
}

test("an answer stays until it is acknowledged, also over a reload, in order", () => {
  let number = 0;
  const storage = memory();
  const box = new Outbox(storage, "k", () => `id-${++number}`);
  box.add("first");
  box.add("second");
  const reloaded = new Outbox(storage, "k");
  assert.deepEqual(reloaded.pending(), [{ id: "id-1", text: "first" }, { id: "id-2", text: "second" }]);
  assert.equal(reloaded.ack("id-1"), true);
  assert.equal(reloaded.ack("id-1"), false);
  assert.deepEqual(new Outbox(storage, "k").pending().map((item) => item.text), ["second"]);
  reloaded.ack("id-2");
  assert.equal(storage.kept.has("k"), false);
});

test("spoiled storage is not believed", () => {
  assert.deepEqual(new Outbox(memory({ k: '[{"id":1},null,{"id":"a","text":"kept"}]' }), "k").pending(), [{ id: "a", text: "kept" }]);
  assert.deepEqual(new Outbox(memory({ k: '"text"' }), "k").pending(), []);
});

test("only an object with a type is a message", () => {
  assert.equal(readMessage("{"), null);
  assert.equal(readMessage("null"), null);
  assert.equal(readMessage('{"kind":1}'), null);
  assert.deepEqual(readMessage('{"type":"assistant_end"}'), { type: "assistant_end" });
});

test("contrast is computed as WCAG defines it", () => {
  assert.ok(Math.abs(luminance("oklch(1 0 0)") - 1) < 1e-3);
  assert.ok(Math.abs(ratio("oklch(1 0 0)", "oklch(0 0 0)") - 21) < 0.05);
  // sRGB #767676, the lightest grey that passes on white, is oklch(0.5659 0 0)
  assert.ok(Math.abs(ratio("oklch(0.5659 0 0)", "oklch(1 0 0)") - 4.54) < 0.03);
});

test("every theme can be read, light and dark, and a pale colour is found", () => {
  const css = readFileSync(new URL("../../assets/css/theme.css", import.meta.url), "utf8");
  assert.deepEqual(Object.keys(presets(css)), ["slate", "forest", "ember"]);
  assert.deepEqual(violations(css), []);
  const pale = css.replace(/--muted-foreground: light-dark\(oklch\([^)]*\)/, "--muted-foreground: light-dark(oklch(0.75 0.018 258)");
  assert.ok(violations(pale).some((line) => line.startsWith("slate light: --muted-foreground on --background")));
});

test("the sprite holds the shapes of an icon under its name", () => {
  const made = sprite(["x"], () => '<!-- c -->\n<svg\n  class="a"\n>\n  <path d="M1 1" />\n</svg>\n');
  assert.match(made, /<symbol id="x" viewBox="0 0 24 24"[^>]*stroke-width="1.5"[^>]*><path d="M1 1" \/><\/symbol>/);
  assert.throws(() => sprite(["x"], () => "nothing"), /icon "x"/);
});

test("a component that Basecoat no longer has stops the build", () => {
  const css = "@layer components {\n  /* Button */\n  .btn {}\n  /* Card */\n  .card {}\n}\n";
  assert.match(section(css, "Button"), /\.btn/);
  assert.doesNotMatch(section(css, "Button"), /card/);
  assert.throws(() => section(css, "Badge"), /no section "Badge"/);
});

test("a path keeps what is typed for a parameter in one segment", () => {
  assert.equal(fillPath("/api/roadmaps/{id}", { id: "a/../b?c#d" }), "/api/roadmaps/a%2F..%2Fb%3Fc%23d");
  assert.equal(fillPath("/api/roadmaps/{id}", {}), "/api/roadmaps/");
});

test("an answer is indented when it is JSON, and shown as it is otherwise", () => {
  assert.equal(prettyBody('{"a":[1]}'), '{\n  "a": [\n    1\n  ]\n}');
  assert.equal(prettyBody("ok\n"), "ok\n");
  assert.equal(prettyBody('{"a":12345678901234567890}'), '{"a":12345678901234567890}');
});
