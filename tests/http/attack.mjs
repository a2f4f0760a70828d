// Tools of the hostile tests: requests as raw bytes, the routes as the program tells them, and people who are replaced when a limit or
// a sign-out stops them. What the store holds, so that a test can say that nothing was written, is in store.mjs.
import { execFileSync } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import net from "node:net";
import { binary, Browser, PASSWORD, startServer } from "./server.mjs";

/** The program behind a trusted proxy (us), so that each request can come from an address of its own; no worker changes the store. */
export const startBehindProxy = (options = {}) =>
  startServer({ ...options, args: ["--no-worker", ...(options.args ?? [])], env: { TRUSTED_PROXIES: "127.0.0.1", LOG_LEVEL: "warn", ...options.env } });

export const someAddress = () => `10.${randomInt(256)}.${randomInt(256)}.${randomInt(1, 255)}`;

export const uuid = () => {
  const hex = randomBytes(16).toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

/** All routes of the built program: [{ method, pattern, access, kind, rate, body_limit, fields }]. */
export const allRoutes = () => JSON.parse(execFileSync(binary, ["routes", "--json"], { maxBuffer: 1 << 26 })).routes;

/** Sends bytes (strings or buffers, one after another) and reads what comes until the other side ends or `ms` pass. */
export function raw(url, pieces, { ms = 5000, end = false } = {}) {
  return new Promise((done) => {
    const { hostname, port } = new URL(url);
    const socket = net.connect(Number(port), hostname);
    const chunks = [];
    let finished = false;
    const finish = () => {
      if (finished) return;
      finished = true;
      clearTimeout(timer);
      socket.destroy();
      const text = Buffer.concat(chunks).toString("latin1");
      const [head, ...rest] = text.split("\r\n\r\n");
      done({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0), head, body: rest.join("\r\n\r\n"), sent: socket.bytesWritten });
    };
    const timer = setTimeout(finish, ms);
    const complete = () => {
      const text = Buffer.concat(chunks).toString("latin1");
      const at = text.indexOf("\r\n\r\n");
      const length = at < 0 ? NaN : Number(/^content-length: *(\d+)/im.exec(text.slice(0, at))?.[1] ?? NaN);
      return at >= 0 && text.length >= at + 4 + length;
    };
    socket.on("data", (bytes) => { chunks.push(bytes); if (complete()) finish(); });
    socket.on("close", finish);
    socket.on("error", () => {});
    socket.on("connect", async () => {
      for await (const piece of pieces) {
        if (finished) return;
        await new Promise((next) => setImmediate(next));
        if (!socket.write(piece, typeof piece === "string" ? "latin1" : undefined)) await new Promise((next) => { socket.once("drain", next); socket.once("close", next); });
      }
      if (end) socket.end();
    });
  });
}

/** A signed-in person. Their requests come from an address of their own. */
export async function newPerson(server, firstName = "Ada") {
  const browser = new Browser(server.url);
  browser.email = `${firstName.toLowerCase()}-${randomBytes(6).toString("hex")}@example.org`;
  const answer = await browser.post("/sign-up", { first_name: firstName, last_name: "Tester", email: browser.email, password: PASSWORD }, { "X-Forwarded-For": someAddress() });
  if (answer.status !== 303) throw new Error(`sign-up answered ${answer.status}: ${answer.text}`);
  return browser;
}

/** A value that fits a field: what a careful person could have typed. Files are { name, type, bytes }. */
export function goodValue(field, count = 0) {
  const length = field.max > 0 ? field.max : 500;
  switch (field.type) {
    case "text": case "multiline": return "Plain words in a field of this form".padEnd(field.min, " and more").slice(0, length).trim();
    case "email": return `person-${randomBytes(5).toString("hex")}@example.org`;
    case "password": return PASSWORD;
    case "int": return String(field.max > 0 && field.min < 1 ? Math.min(1, field.max) : Math.max(field.min, field.max > 0 ? field.min : 1));
    case "bool": return "on";
    case "choice": return field.choices.split("|")[count % field.choices.split("|").length];
    case "id": return uuid();
    case "key": return "plain-key".padEnd(field.min, "0").slice(0, length);
    case "date": return "2026-03-12";
    case "month": return "2026-03";
    case "url": return "https://example.org/";
    case "list": return Array.from({ length: Math.max(field.min, 1) }, (_, i) => `Entry ${i + 1}`);
    case "file": return { name: "words.txt", type: "text/plain", bytes: Buffer.from("Experience\nTen years of careful work.\n") };
    default: throw new Error(`a field of the unknown type ${field.type}`);
  }
}

export const encode = (text) => encodeURIComponent(text);
