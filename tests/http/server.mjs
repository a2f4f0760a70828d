// The built binary on a free port with a store of its own, for tests of routes (node --test tests/http/NAME.test.mjs).
//
//   const server = await startServer();            // CAREERPREP names the binary; build/dev/careerprep otherwise
//   const ada = await server.signUp("Ada");         // a browser with a cookie jar, signed in
//   const page = await ada.get("/onboarding/1");    // { status, location, text, json(), headers }; redirects are not followed
//   await ada.post("/onboarding/1", { target_roles: ["Nurse", "Midwife"] });
//   await ada.send("PATCH", "/api/users/profile", { headline: "Nurse" });   // JSON
//   await server.stop();
import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { makeDatabase } from "./postgres.mjs";

const root = resolve(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "../..");
export const binary = process.env.CAREERPREP ? resolve(root, process.env.CAREERPREP) : join(root, "build/dev/careerprep");
export const PASSWORD = "seven quiet tables";

/** A stranger's browser: cookies, and the headers that a browser sends with a form. */
export class Browser {
  constructor(url) {
    this.url = url;
    this.cookies = new Map();
  }

  async request(path, options = {}) {
    const headers = { Origin: this.url, "Sec-Fetch-Site": "same-origin", Accept: "text/html", ...options.headers };
    if (this.cookies.size) headers.Cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(new URL(path, this.url), { redirect: "manual", ...options, headers });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (/Max-Age=0/.test(line)) this.cookies.delete(name); else this.cookies.set(name, value);
    }
    const text = await response.text();
    return { status: response.status, location: response.headers.get("location"), headers: response.headers, text, json: () => JSON.parse(text) };
  }

  get(path, headers) { return this.request(path, { headers }); }

  /** Posts a form; a list becomes a repeated field. */
  post(path, fields = {}, headers) {
    const body = new URLSearchParams(Object.entries(fields).flatMap(([name, value]) => (Array.isArray(value) ? value.map((one) => [name, one]) : [[name, value]])));
    return this.request(path, { method: "POST", body: body.toString(), headers: { "Content-Type": "application/x-www-form-urlencoded", ...headers } });
  }

  /** Sends JSON (a string is sent as it is). */
  send(method, path, document, headers) {
    const body = typeof document === "string" ? document : JSON.stringify(document);
    return this.request(path, { method, body, headers: { "Content-Type": "application/json", Accept: "application/json", ...headers } });
  }

  /** Posts multipart/form-data: parts are strings or { name, type, bytes }. */
  upload(path, parts, headers) {
    const form = new FormData();
    for (const [name, part] of Object.entries(parts)) {
      if (typeof part === "string") form.append(name, part); else form.append(name, new Blob([part.bytes], { type: part.type }), part.name);
    }
    return this.request(path, { method: "POST", body: form, headers });
  }
}

class Server {
  constructor(dataDir, options) {
    this.dataDir = dataDir;
    this.options = options;
    this.people = 0;
  }

  environment() { return { ...process.env, LOG_LEVEL: "warn", ...this.database?.environment, ...this.options.env }; }

  async start() {
    const env = this.environment();
    this.process = spawn(binary, [this.options.command ?? "serve", "--listen", "127.0.0.1:0", "--data", this.dataDir, ...(this.options.args ?? [])], { cwd: this.dataDir, env, stdio: ["ignore", "pipe", "pipe"] });
    this.ended = new Promise((done) => this.process.once("exit", (code, signal) => done({ code, signal })));
    this.log = "";
    this.process.stderr.on("data", (bytes) => { this.log = (this.log + bytes).slice(-100000); });
    this.url = await new Promise((done, failed) => {
      let out = "";
      this.process.stdout.on("data", (bytes) => {
        out += bytes;
        const found = /http:\/\/[^\s]+/.exec(out);
        if (found) done(found[0]);
      });
      this.process.once("error", failed);
      this.ended.then(({ code }) => failed(new Error(`the server ended with ${code}: ${this.log}`)));
    });
    return this;
  }

  /** Asks it to stop and waits; throws when it does not end well (a sanitizer found something, say). */
  async halt() {
    this.process.kill("SIGTERM");
    const { code } = await this.ended;
    if (code !== 0) throw new Error(`the server ended with ${code}: ${this.log}`);
  }

  async kill() {
    this.process.kill("SIGKILL");
    await this.ended;
  }

  async stop() {
    try { if (this.process?.exitCode === null && this.process.signalCode === null) await this.halt(); }
    finally {
      await this.database?.drop();
      await rm(this.dataDir, { recursive: true, force: true });
    }
  }

  browser() { return new Browser(this.url); }

  /** A new account, signed in. `email` tells two people with one first name apart. */
  async signUp(firstName = "Ada", email = `${firstName.toLowerCase()}-${++this.people}@example.org`) {
    const browser = this.browser();
    const answer = await browser.post("/sign-up", { first_name: firstName, last_name: "Tester", email, password: PASSWORD });
    if (answer.status !== 303) throw new Error(`sign-up answered ${answer.status}: ${answer.text}`);
    browser.email = email;
    return browser;
  }

  /** The same person in another browser. */
  async signIn(email, password = PASSWORD) {
    const browser = this.browser();
    const answer = await browser.post("/sign-in", { email, password });
    if (answer.status !== 303) throw new Error(`sign-in answered ${answer.status}`);
    browser.email = email;
    return browser;
  }

  /** Runs a command of the binary on this store: { code, out, err }. */
  command(...args) {
    return new Promise((done) => {
      execFile(binary, [...args, "--data", this.dataDir], { cwd: this.dataDir, env: this.environment(), maxBuffer: 1 << 26 }, (error, out, err) => done({ code: error?.code ?? 0, out, err }));
    });
  }

  /** Rows of a statement, straight from the store: booleans as 0 and 1, times in microseconds, JSON as text, on both engines. null when the
   * client of SQLite is not installed. */
  rows(sql) { return this.database ? this.database.rows(sql) : this.sqlite(["-json", "-readonly"], sql); }

  /** Writes rows that have no form yet: what an agent would have stored. */
  write(sql) { return this.database ? this.database.write(sql) : this.sqlite(["-json", "-cmd", ".timeout 10000"], `PRAGMA foreign_keys = ON; ${sql}`); }

  /** Every column of every table: [{ table_name, column_name }]; null when the client of SQLite is not installed. */
  columns() {
    return this.rows(this.database ? "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
      : "SELECT m.name AS table_name, c.name AS column_name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'");
  }

  sqlite(options, sql) {
    return new Promise((done, failed) => {
      const client = execFile("sqlite3", ["-bail", ...options, join(this.dataDir, "careerprep.db")], { maxBuffer: 1 << 26 }, (error, out, err) => {
        if (error?.code === "ENOENT") done(null);
        else if (error) failed(new Error(err));
        else done(out.trim() ? JSON.parse(out) : []);
      });
      client.stdin.on("error", () => {}); // told by the client's end
      client.stdin.end(`${sql};\n`);
    });
  }
}

/** A server that is not started yet, so that commands can fill its store. options: command ("serve" or "worker"), its args, env, dataDir. */
export async function makeServer(options = {}) {
  const server = new Server(options.dataDir ?? await mkdtemp(join(tmpdir(), "careerprep-test-")), options);
  if (process.env.TEST_DATABASE_URL) server.database = options.database ?? await makeDatabase();
  return server;
}

export const startServer = async (options) => (await makeServer(options)).start();
