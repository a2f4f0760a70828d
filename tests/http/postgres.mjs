// A database of its own for a test server, on the PostgreSQL of TEST_DATABASE_URL (tests/postgres.sh).
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";

const psql = (url, sql) => new Promise((done, failed) => {
  const client = execFile("psql", ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url, "-f", "-"], { maxBuffer: 1 << 26 }, (error, out, err) => (error ? failed(new Error(err || error.message)) : done(out)));
  client.stdin.on("error", () => {}); // told by the client's end
  client.stdin.end(`${sql};\n`);
});

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00$/;

/** A value as SQLite's client would give it. */
export function plain(value) {
  if (typeof value === "boolean") return Number(value);
  if (value !== null && typeof value === "object") return JSON.stringify(value);
  if (typeof value === "string" && TIME.test(value)) {
    const [whole, fraction = ""] = value.slice(0, -6).split(".");
    return Date.parse(`${whole}Z`) * 1000 + Number(fraction.padEnd(6, "0").slice(0, 6) || 0);
  }
  return value;
}

/* Tests write times as microseconds and truth as 0 and 1, as SQLite keeps them: here such literals are cast on the way into a column. The product's own
 * statements are prepared without these casts (test_statements). */
const CASTS = `CREATE FUNCTION time_of_us(BIGINT) RETURNS TIMESTAMPTZ LANGUAGE sql IMMUTABLE AS $$SELECT to_timestamp($1 / 1000000) + $1 % 1000000 * INTERVAL '1 microsecond'$$;
  CREATE FUNCTION time_of_us(INTEGER) RETURNS TIMESTAMPTZ LANGUAGE sql IMMUTABLE AS $$SELECT time_of_us($1::BIGINT)$$;
  CREATE CAST (BIGINT AS TIMESTAMPTZ) WITH FUNCTION time_of_us(BIGINT) AS ASSIGNMENT;
  CREATE CAST (INTEGER AS TIMESTAMPTZ) WITH FUNCTION time_of_us(INTEGER) AS ASSIGNMENT;
  UPDATE pg_cast SET castcontext = 'a' WHERE castsource = 'int4'::regtype AND casttarget = 'bool'::regtype`;

/** An empty database. `hasCasts`: tests write into it themselves. */
export async function makeDatabase({ hasCasts = true } = {}) {
  const server = process.env.TEST_DATABASE_URL, name = `test_${randomBytes(8).toString("hex")}`;
  await psql(server, `CREATE DATABASE ${name}`);
  const url = server.replace(/\/[^/]*$/, `/${name}`);
  if (hasCasts) await psql(url, CASTS);
  return {
    url,
    /** What the program gets: where there is a pooler (tests/pooler.sh), the way through it, and the one past it to listen on. */
    environment: process.env.TEST_POOLER_URL ? { DATABASE_URL: `${process.env.TEST_POOLER_URL}/${name}`, DATABASE_LISTEN_URL: url } : { DATABASE_URL: url },
    async rows(sql) {
      const out = await psql(url, `SELECT COALESCE(json_agg(row_of), '[]') FROM (${sql.replace(/;\s*$/, "")}) AS row_of`);
      return JSON.parse(out).map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, plain(value)])));
    },
    async write(sql) { await psql(url, sql); return []; },
    drop: () => psql(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}
