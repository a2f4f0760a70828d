// Input for the API, made at random from its document: what it says is taken, and what is not. The same seed makes the same input.

/** mulberry32: small, fast, and good enough to choose test input with. */
export class Random {
  constructor(seed) { this.state = seed >>> 0; }

  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  below(count) { return Math.floor(this.next() * count); }
  between(least, most) { return least + Math.floor(this.next() * (most - least + 1)); }
  chance(share) { return this.next() < share; }
  pick(list) { return list[this.below(list.length)]; }

  uuid() {
    const hex = Array.from({ length: 32 }, () => this.below(16).toString(16)).join("");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
  }
}

const WORDS = ["plain", "words", "Zoë", "数据", "🙂", "e\u0301", "O'Brien", "100%", "a_b", "c\\d", "x;y", "--z", "\"q\"", "<b>", "&amp;", "$1", "%s", "{{v}}", "NULL"];
/** Texts that are fine, and still trouble for whoever pastes them into a statement, a pattern, a page or a header. */
const TRICKY = ["'\";--%_\\", "' OR 1=1; DROP TABLE users; --", "\"; SELECT $1, %_\\ FROM users", "%' AND 1=0 UNION SELECT token_hash FROM sessions --", "\\", "'", "%", "_", "<script>alert(1)</script>", "${7*7}", "a\u0085b", "\u202Eevil", "a\u200Db",
  "\uFEFFbom", "İstanbul ß ſ", "\u{10FFFF}", "Z͑̏̕a̶l̷g̵o̶", "../../etc/passwd", "javascript:alert(1)", "\ttab", "null", "true", "-0", "1e309"];
const DEEP = (open, close, depth) => open.repeat(depth) + close.repeat(depth);

/** Raw JSON, as it stands in the body: what no JavaScript value says. */
export class Raw {
  constructor(text) { this.text = text; }
}

export function toJson(value) {
  if (value instanceof Raw) return value.text;
  if (Array.isArray(value)) return `[${value.map(toJson).join(",")}]`;
  if (value !== null && typeof value === "object") return `{${Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}:${toJson(one)}`).join(",")}}`;
  return JSON.stringify(value) ?? "null";
}

function text(random, least, most) {
  const tricky = random.pick(TRICKY).trim();
  if (random.chance(0.3) && [...tricky].length >= least && [...tricky].length <= most) return tricky;
  if (random.chance(0.25)) return "x".repeat(random.pick([least || 1, most, Math.min(most, least + 1)].filter((length) => length <= 20000)) || 1);
  const wanted = random.between(Math.max(least, 1), Math.min(most, Math.max(least, 1) + 60));
  let out = "";
  while ([...out].length < wanted) out += (out ? " " : "") + random.pick(WORDS);
  const points = [...[...out].slice(0, wanted).join("").trim()];
  return points.join("") + "x".repeat(Math.max(0, least - points.length));
}

/** The type without null. */
const base = (schema) => (Array.isArray(schema.type) ? schema.type[0] : schema.type);

/** A value that the schema takes. `place`: whose id, and where. */
export function valid(random, given, place) {
  if (Array.isArray(given.type) && random.chance(0.15)) return null;
  const schema = { ...given, type: base(given) };
  if (schema.enum) return random.pick(schema.enum.filter((one) => one !== null));
  if ("const" in schema) return schema.const;
  if (schema.type === "integer") return random.pick([schema.minimum, schema.maximum, random.between(schema.minimum, Math.min(schema.maximum, schema.minimum + 100))]);
  if (schema.type === "boolean") return random.chance(0.5);
  if (schema.type === "array") return Array.from({ length: random.between(schema.minItems ?? 0, Math.min(schema.maxItems, 12)) }, () => valid(random, schema.items, place));
  if (schema.format === "uuid") return place.id();
  if (schema.format === "date") return random.pick(["2026-03-12", "1900-01-01", "2024-02-29", "9999-12-31"]);
  if (schema.format === "uri") return random.pick(["https://example.org/", "http://a", "https://example.org/?q=%27--#x"]);
  if (schema.format === "email") return "somebody@example.org";
  if (schema.pattern?.startsWith("^[a-z0-9-]")) return place.key();
  if (schema.pattern?.includes("(0[1-9]|1[0-2])")) return "2026-03";
  return text(random, schema.minLength ?? 0, schema.maxLength ?? 200);
}

const WRONG = [null, true, 0, -1, 1.5, [], {}, [[]], [null], { a: { b: 1 } }, ["a", {}], "", new Raw("1e400"), new Raw("-9223372036854775809"), new Raw("99999999999999999999"), new Raw('"\\u0000"'), new Raw('"a\\u0000b"'), new Raw('"\\ud800"'), new Raw('"\\udc00\\ud800"'),
  new Raw(DEEP("[", "]", 5000)), new Raw('"a\nb"'), new Raw("nul"), new Raw("'a'"), new Raw(""), new Raw("-"), new Raw("0x10"), new Raw("NaN"), new Raw("01")];

/** A value that the schema does not take, or one at the edge: the validator says which. */
export function invalid(random, given) {
  const schema = { ...given, type: base(given), enum: given.enum?.filter((one) => one !== null) };
  if (random.chance(0.5)) return random.pick(WRONG);
  if (schema.type === "integer") return random.pick([schema.minimum - 1, schema.maximum + 1, 1.5, String(schema.minimum), new Raw(`${schema.minimum}.0`)]);
  if (schema.type === "boolean") return random.pick(["true", "on", 1, 0, "maybe"]);
  if (schema.type === "array") return random.pick([Array((schema.maxItems ?? 10) + 1).fill(0).map((_, i) => `entry ${i}`), ["x".repeat((schema.items.maxLength ?? 100) + 1)], [1], "a,b", Array(3000).fill("same")]);
  if (schema.enum) return random.pick([...schema.enum.map((one) => String(one).toUpperCase()), `${schema.enum[0]}x`, "'; --", schema.enum.join("|")]);
  if (schema.format === "uuid") return random.pick([random.uuid().toUpperCase(), `${random.uuid()}0`, "0", "null", "' OR ''='", random.uuid().replaceAll("-", "")]);
  if (schema.format === "date") return random.pick(["2026-02-30", "2026-13-01", "0000-00-00", "12.03.2026", "2026-3-1", "2026-03-12T00:00:00Z", "tomorrow"]);
  if (schema.format === "uri") return random.pick(["javascript:alert(1)", "//evil.example", "ftp://example.org/", "https://", "https://a b", `https://example.org/${"x".repeat(600)}`]);
  if (schema.pattern) return random.pick(["UPPER", "a b", "a_b", "ä", "x".repeat(200), "../x"]);
  return random.pick(["x".repeat((schema.maxLength ?? 20000) + 1), "é".repeat((schema.maxLength ?? 20000) + 1), ...TRICKY, "\u0000", "a\u0001\u007fb", " ", "\n", "a\r\nSet-Cookie: evil=1"]);
}

export function body(random, schema, place, share) {
  const value = {};
  for (const [name, one] of Object.entries(schema.properties)) {
    const isNeeded = schema.required?.includes(name);
    if (random.chance(share)) value[name] = invalid(random, one);
    else if (isNeeded ? !random.chance(share) : random.chance(0.5)) value[name] = valid(random, one, place(name));
  }
  if (random.chance(share)) value[random.pick(["unknown", "user_id", "id", "is_admin", "__proto__x", "constructor", "a\u0000", "ключ", "x".repeat(300), ""])] = random.pick([...WRONG, random.uuid()]);
  return value;
}

/** Bodies that are no proper input whatever the fields are: [{ type, bytes }]. */
export function brokenBody(random, json) {
  const as = (type, bytes) => ({ type, bytes });
  return random.pick([
    as("application/json", json.slice(0, random.below(json.length + 1))), as("application/json", `${json}${json}`), as("application/json", "[]"), as("application/json", '"a"'), as("application/json", "null"), as("application/json", ""),
    as("application/json", DEEP("[", "]", 20000)), as("application/json", '{"a":'.repeat(10000)), as("application/json", `{"a":1,"a":2,${json.slice(1)}`), as("application/json", `{"a":"${"x".repeat(70000)}"}`),
    as("application/json", Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0xfe, 0x22, 0x7d])), as("application/json", `\uFEFF${json}`), as("application/json", '{"a":"\0"}'), as("application/json; charset=utf-16", json),
    as("text/xml", "<a/>"), as("", json), as("text/plain", json), as("application/jsonx", json), as("multipart/form-data", "--b--"), as("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1"),
    as("application/x-www-form-urlencoded", "a=%zz"), as("application/x-www-form-urlencoded", "a=%00"), as("application/x-www-form-urlencoded", Array.from({ length: 300 }, (_, i) => `f${i}=1`).join("&")), as("application/x-www-form-urlencoded", "a=%ff%fe"),
  ]);
}

/** Raw query values, percent-encoded: broken, or good for another place. */
export const badQuery = (random) => random.pick(["", "%00", "a%00", "%ff%fe", "%", "%zz", "%c0%af", "-1", "0", "101", "1e3", "1.5", "NaN", "9223372036854775808", "99999999999999999999", "'%3B--", encodeURIComponent(random.pick(TRICKY)), "x".repeat(3000), "%F0%9F%92%A9", "id,title", "id,,", "*", "-", "created_at;--",
  "bm9uc2Vuc2U", "MDAwMDAwMDAtY3JlYXRlZF9hdA", "....", "AAAA".repeat(100), "%0d%0aX-Evil:%201"]);
export const badId = (random) => random.pick([random.uuid(), random.uuid().toUpperCase(), "x", "0", "-1", "%00", "%27%20OR%201%3D1--", "..%2f..", "%ff%fe", "a".repeat(400), "%0d%0aX-Evil:%201", "null", "{id}", "%F0%9F%92%A9", `${random.uuid()}%0a`, "%20"]);
const TAGS = ['"0000000000000000"', "*", 'W/"0000000000000000"', "0000000000000000", '"', "", '"a", "b"', `"${"x".repeat(300)}"`, ",,,", '"\u00e9"'];
const KEYS = ["k", "", "x".repeat(64), "x".repeat(65), '"quoted"', '"', "a b", "\u00e9", "'; DROP TABLE idempotency_keys; --", "%00"];

/** Some headers that have a meaning for the API, good and bad. */
export function headers(random) {
  const some = {};
  if (random.chance(0.15)) some["If-Match"] = random.pick(TAGS);
  if (random.chance(0.15)) some["If-None-Match"] = random.pick(TAGS);
  if (random.chance(0.2)) some["Idempotency-Key"] = random.chance(0.3) ? random.uuid() : random.pick(KEYS);
  if (random.chance(0.1)) some.Accept = random.pick(["text/html", "*/*", "application/xml", "", "a/b;q=x", "application/problem+json"]);
  if (random.chance(0.1)) some["X-HTTP-Method-Override"] = "DELETE";
  return some;
}

export const badTokens = ["Bearer", "Bearer ", "Bearer x", `Bearer cp_${"A".repeat(48)}`, `Bearer ${"x".repeat(5000)}`, "Basic YTpi", "bearer cp_", "Bearer a b", "Bearer '; --", "Bearer \u00e9"];
