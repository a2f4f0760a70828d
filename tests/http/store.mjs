// What a store holds, read beside the running server over one client process that stays: Store.open(server) on either engine.
//
//   const store = Store.open(server);           // null when SQLite's client is not installed
//   await store.rows("SELECT 1 AS n");          // [{ n: 1 }]; booleans as 0 and 1, times in microseconds, JSON as text
//   await store.version();                      // another one after any row was changed
//   await store.content({ except: ["quotas"] }) // { table: digest }
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { plain } from "./postgres.mjs";

export class Store {
  static isPossible() {
    if (process.env.TEST_DATABASE_URL) return true;
    try { execFileSync("sqlite3", ["--version"]); } catch { return false; }
    return true;
  }

  static open(server) {
    if (server.database) return new PostgresStore(server.database.url);
    return Store.isPossible() ? new SqliteStore(join(server.dataDir, "careerprep.db")) : null;
  }

  constructor(command, args, marker) {
    this.process = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
    this.marker = marker;
    this.known = { columns: new Map(), keys: new Map(), choices: new Map() };
  }

  async lines_of(sql) {
    this.process.stdin.write(`${sql};\n${this.marker} --done--\n`);
    const found = [];
    for (;;) {
      const { value, done } = await this.lines.next();
      if (done || value === "--done--") return found;
      found.push(value);
    }
  }

  /** A digest of each table's content: { table: "…" }. `column` and `value` narrow it to tables with that column. */
  async content({ except = [], column, value } = {}) {
    const digests = {};
    for (const table of await this.tables()) {
      if (except.includes(table)) continue;
      if (column && !(await this.columns(table)).some((one) => one.name === column)) continue;
      const lines = await this.lines_of(`SELECT * FROM "${table}"${column ? ` WHERE ${column} = '${value}'` : ""}`);
      digests[table] = `${lines.length} lines, ${createHash("sha256").update(lines.sort().join("\n")).digest("hex").slice(0, 16)}`;
    }
    return digests;
  }

  async remembered(what, table, find) {
    const known = this.known[what];
    if (!known.has(table)) known.set(table, await find());
    return known.get(table);
  }

  async close() {
    this.process.stdin.end();
    await new Promise((done) => this.process.once("exit", done));
  }
}

/** The file of an embedded store. */
class SqliteStore extends Store {
  constructor(path) { super("sqlite3", ["-batch", "-cmd", ".timeout 5000", path], ".print"); }

  async rows(sql) {
    this.process.stdin.write(".mode json\n");
    const text = (await this.lines_of(sql)).join("\n");
    this.process.stdin.write(".mode list\n");
    return text ? JSON.parse(text) : [];
  }

  async version() { return (await this.lines_of("PRAGMA data_version"))[0]; }

  async tables() {
    this.names ??= (await this.lines_of("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"));
    return this.names;
  }

  /** [{ name, type: "number", "bytes", "json", "id" or "text", is_needed }] */
  columns(table) {
    return this.remembered("columns", table, async () => (await this.rows(`PRAGMA table_info("${table}")`)).map((one) => ({
      name: one.name,
      type: /INT|REAL/i.test(one.type) ? "number" : /BLOB/i.test(one.type) ? "bytes" : /json|metadata|payload|result/i.test(one.name) ? "json" : /_id$|^id$/.test(one.name) ? "id" : "text",
      is_needed: (one.notnull === 1 || one.pk > 0) && one.dflt_value === null,
    })));
  }

  /** Foreign keys: [{ from, table, to }]. */
  keys(table) { return this.remembered("keys", table, () => this.rows(`PRAGMA foreign_key_list("${table}")`)); }

  /** The first value that a check constraint allows, undefined without one. */
  async choice(table, column) {
    const [{ sql }] = await this.remembered("choices", table, () => this.rows(`SELECT sql AS sql FROM sqlite_master WHERE name = '${table}'`));
    return new RegExp(`\\b${column} IN \\('([^']+)'`).exec(sql)?.[1];
  }

  /** Adds a row, or none when something forbids it; values are numbers and texts, bytes and vectors ignore theirs. */
  async insert(table, values) {
    const types = Object.fromEntries((await this.columns(table)).map((one) => [one.name, one.type]));
    const literal = (name, value) => (types[name] === "bytes" ? "x'00'" : typeof value === "number" ? value : `'${value}'`);
    await this.lines_of(`PRAGMA foreign_keys = ON; INSERT OR IGNORE INTO "${table}" (${Object.keys(values).map((name) => `"${name}"`).join(", ")}) VALUES (${Object.entries(values).map(([name, value]) => literal(name, value)).join(", ")})`);
  }
}

/* PostgreSQL has no figure that changes with each row of one database alone, so every table gets a trigger that counts in a sequence. A
 * sequence counts what is rolled back, too: whoever sees a new version compares the content. */
const COUNTING = `CREATE SEQUENCE IF NOT EXISTS test_version;
  CREATE OR REPLACE FUNCTION test_count() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN PERFORM nextval('test_version'); RETURN NULL; END$$;
  DO $$DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
      EXECUTE format('CREATE OR REPLACE TRIGGER test_count AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION test_count()', name);
    END LOOP;
  END$$`;

class PostgresStore extends Store {
  constructor(url) {
    super("psql", ["-X", "-q", "-A", "-t", "-d", url], "\\echo");
    this.ready = this.lines_of(COUNTING);
  }

  async lines_of(sql) {
    await this.ready;
    const mine = (this.last ?? Promise.resolve()).then(() => super.lines_of(sql));
    this.last = mine.catch(() => {});
    return mine;
  }

  async rows(sql) {
    const text = (await this.lines_of(`SELECT COALESCE(json_agg(row_of), '[]') FROM (${sql.replace(/;\s*$/, "")}) AS row_of`)).join("\n");
    return JSON.parse(text).map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, plain(value)])));
  }

  async version() { return (await this.lines_of("SELECT last_value FROM test_version"))[0]; }

  async tables() {
    this.names ??= await this.lines_of("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1");
    return this.names;
  }

  columns(table) {
    const kinds = { json: "json", jsonb: "json", uuid: "id", bytea: "bytes", text: "text", vector: "vector" };
    return this.remembered("columns", table, async () => (await this.rows(`SELECT column_name AS name, CASE data_type WHEN 'USER-DEFINED' THEN udt_name ELSE data_type END AS type, is_nullable = 'NO' AND column_default IS NULL AS is_needed
      FROM information_schema.columns WHERE table_schema = 'public' AND table_name = '${table}' ORDER BY ordinal_position`))
      .map((one) => ({ name: one.name, type: kinds[one.type] ?? "number", is_needed: Boolean(one.is_needed) })));
  }

  keys(table) {
    return this.remembered("keys", table, () => this.rows(`SELECT a.attname AS "from", c.confrelid::regclass::text AS "table", f.attname AS "to"
      FROM pg_constraint c, unnest(c.conkey, c.confkey) AS pair (mine, theirs), pg_attribute a, pg_attribute f
      WHERE c.contype = 'f' AND c.conrelid = '"${table}"'::regclass AND a.attrelid = c.conrelid AND a.attnum = pair.mine AND f.attrelid = c.confrelid AND f.attnum = pair.theirs`));
  }

  async choice(table, column) {
    const checks = await this.remembered("choices", table, () => this.rows(`SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE contype = 'c' AND conrelid = '"${table}"'::regclass`));
    return checks.map(({ text }) => new RegExp(`\\b${column} = ANY \\(ARRAY\\['([^']+)'`).exec(text)?.[1]).find(Boolean);
  }

  async insert(table, values) {
    const types = Object.fromEntries((await this.columns(table)).map((one) => [one.name, one.type]));
    const literal = (name, value) => (types[name] === "bytes" ? "'\\x00'" : types[name] === "vector" ? "'[1]'" : typeof value === "number" ? value : `'${value}'`);
    await this.lines_of(`INSERT INTO "${table}" (${Object.keys(values).map((name) => `"${name}"`).join(", ")}) VALUES (${Object.entries(values).map(([name, value]) => literal(name, value)).join(", ")}) ON CONFLICT DO NOTHING`);
  }
}
