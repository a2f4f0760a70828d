// Words and numbers, without a page: everything here is tested by tests/unit-js/.

/** The entries of a tag field: one a line (commas part them too), trimmed, without empty ones and repeats. */
export function parseTags(text) {
  const seen = new Set();
  return text.split(/[\n,]/).map((entry) => entry.trim().replace(/\s+/g, " ")).filter((entry) => {
    const key = entry.toLocaleLowerCase();
    if (!entry || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** "4:07" or "1:02:09" from seconds. */
export function elapsed(seconds) {
  const whole = Math.max(0, Math.floor(Number(seconds) || 0));
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** Pause before try number `attempt` (0, 1, …) in ms: doubling from half a second to half a minute, spread so that many browsers do not return at once. */
export function backoff(attempt, random = Math.random()) {
  const full = Math.min(30000, 500 * 2 ** Math.min(attempt, 16));
  return Math.round(full * (0.5 + random / 2));
}

const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

/** "in 40 seconds", "in 12 minutes", "in 2 hours" from the value of a Retry-After header (seconds or an HTTP date). */
export function retryWords(header, now = Date.now()) {
  const text = String(header ?? "").trim();
  let seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - now) / 1000;
  if (!Number.isFinite(seconds)) return "in a little while";
  seconds = Math.max(1, Math.ceil(seconds));
  if (seconds < 90) return `in ${plural(seconds, "second")}`;
  if (seconds < 5400) return `in ${plural(Math.ceil(seconds / 60), "minute")}`;
  return `in ${plural(Math.ceil(seconds / 3600), "hour")}`;
}

/** "4.2 MB" from bytes, in steps of 1,000 as file managers count. */
export function size(bytes) {
  if (bytes < 1000) return plural(bytes, "byte");
  if (bytes < 1e6) return `${Math.round(bytes / 1000)} kB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** "14:03" of an ISO time (or now) in the reader's zone. */
export function clock(iso, locale, zone) {
  const date = iso ? new Date(iso) : new Date();
  if (Number.isNaN(date.getTime())) return "";
  return new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone }).format(date);
}

/** The exact moment in words with the zone's name, for a title. A date without a time stays a date. Empty for nonsense. */
export function exactTime(iso, locale, zone) {
  const dateOnly = /^\d{4}-\d{2}-\d{2}$/.test(iso);
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return "";
  const day = { weekday: "long", year: "numeric", month: "long", day: "numeric" };
  if (dateOnly) return new Intl.DateTimeFormat(locale, { ...day, timeZone: "UTC" }).format(date);
  return new Intl.DateTimeFormat(locale, { ...day, hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone, timeZoneName: "short" }).format(date);
}

/** "2 of 5 topics done, 3 left". */
export function topicWords(done, total) {
  if (!Number.isInteger(done) || !Number.isInteger(total) || total < 1) return "";
  const left = Math.max(0, total - done);
  return left ? `${plural(left, "topic")} left of ${total}` : "All topics done";
}

/** A random id as the interview server expects it (UUID version 4). */
export function messageId() {
  if (globalThis.crypto?.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** Where a date in a Set-Cookie from script belongs: one year, this site, Lax; Secure where the page is. */
export function cookieText(name, value, secure) {
  const age = value === "" ? 0 : 31536000;
  return `${name}=${encodeURIComponent(value)}; Path=/; Max-Age=${age}; SameSite=Lax${secure ? "; Secure" : ""}`;
}

/** "/api/roadmaps/{id}" with its parameters, each as one segment. */
export function fillPath(pattern, values) {
  return pattern.replace(/\{(\w+)\}/g, (all, name) => encodeURIComponent(values[name] ?? ""));
}

/** JSON with line breaks and indents; any other text as it is. Numbers that a script cannot hold stay as they came. */
export function prettyBody(text) {
  try {
    const value = JSON.parse(text);
    return /\d{16}/.test(text) ? text : JSON.stringify(value, null, 2);
  } catch {
    return text;
  }
}
