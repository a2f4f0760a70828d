// The embedded styles, scripts and pictures: a browser gets them small, once, and never the wrong version.
import assert from "node:assert/strict";
import { get as httpGet, request as httpRequest } from "node:http";
import { after, before, test } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { startServer } from "./server.mjs";

let server, paths;
before(async () => {
  server = await startServer({ args: ["--no-worker"] });
  const page = await server.browser().get("/sign-in");
  paths = [...new Set([...page.text.matchAll(/(?:href|src)="(\/[^"]+\.(?:css|js|svg|png|webmanifest|woff2)[^"]*)"/g)].map((match) => match[1]))];
});
after(async () => { await server.stop(); });

/** As it comes over the wire: { status, headers, bytes }. */
const ask = (path, headers = {}, method = "GET") => new Promise((done, failed) => {
  (method === "GET" ? httpGet : httpRequest)(new URL(path, server.url), { method, headers }, (answer) => {
    const chunks = [];
    answer.on("data", (chunk) => chunks.push(chunk));
    answer.on("end", () => done({ status: answer.statusCode, headers: answer.headers, bytes: Buffer.concat(chunks) }));
  }).on("error", failed).end();
});

test("pages name their styles and scripts by content", () => {
  const hashed = paths.filter((path) => /^\/assets\/.*-[0-9a-f]{8,}\.(css|js)$/.test(path));
  assert.ok(hashed.some((path) => path.endsWith(".css")), paths.join(" "));
  assert.ok(hashed.some((path) => path.endsWith(".js")), paths.join(" "));
});

test("each asset comes in brotli, gzip and as it is, and is the same file in each", async () => {
  for (const path of paths.filter((one) => one.startsWith("/assets/"))) {
    const plain = await ask(path, { "Accept-Encoding": "identity" });
    assert.equal(plain.status, 200, path);
    assert.equal(plain.headers["content-encoding"], undefined);
    assert.equal(plain.headers["cache-control"], "public, max-age=31536000, immutable", path);
    assert.equal(plain.headers.vary, "Accept-Encoding");
    assert.equal(plain.headers["x-content-type-options"], "nosniff");
    assert.equal((await ask(path)).headers["content-encoding"], undefined, "a client that says nothing gets plain bytes");
    if (!/\.(css|js)$/.test(path)) continue;
    assert.match(plain.headers["content-type"], path.endsWith(".css") ? /^text\/css/ : /^text\/javascript/);
    const brotli = await ask(path, { "Accept-Encoding": "gzip, deflate, br" });
    assert.equal(brotli.headers["content-encoding"], "br", path);
    assert.ok(brotli.bytes.length < plain.bytes.length);
    assert.ok(brotliDecompressSync(brotli.bytes).equals(plain.bytes), path);
    const gzip = await ask(path, { "Accept-Encoding": "br;q=0, gzip;q=0.5" });
    assert.equal(gzip.headers["content-encoding"], "gzip", path);
    assert.ok(gunzipSync(gzip.bytes).equals(plain.bytes), path);
    assert.equal((await ask(path, { "Accept-Encoding": "br;q=0, gzip;q=0.0" })).headers["content-encoding"], undefined);
    assert.equal(brotli.headers.etag, plain.headers.etag);
  }
});

test("what the browser has already is not sent again", async () => {
  const path = paths.find((one) => one.endsWith(".css"));
  const first = await ask(path), { etag } = first.headers;
  assert.match(etag, /^W\/"[0-9a-f]{16}"$/);
  for (const known of [etag, etag.replace("W/", ""), `"other", ${etag}`, "*"]) {
    const again = await ask(path, { "If-None-Match": known, "Accept-Encoding": "br" });
    assert.equal(again.status, 304, known);
    assert.equal(again.bytes.length, 0);
    assert.equal(again.headers.etag, etag);
    assert.match(again.headers["cache-control"], /immutable/);
  }
  assert.equal((await ask(path, { "If-None-Match": '"other"' })).status, 200);
});

test("HEAD tells the length without the bytes", async () => {
  const path = paths.find((one) => one.endsWith(".js"));
  const whole = await ask(path, { "Accept-Encoding": "br" }), head = await ask(path, { "Accept-Encoding": "br" }, "HEAD");
  assert.equal(head.status, 200);
  assert.equal(head.bytes.length, 0);
  assert.equal(Number(head.headers["content-length"]), whole.bytes.length);
  assert.equal(head.headers["content-encoding"], "br");
});

test("another hash, a folder and a way out are not found", async () => {
  const path = paths.find((one) => one.endsWith(".css"));
  for (const wrong of [path.replace(/-[0-9a-f]{8}/, "-00000000"), path.replace(/-[0-9a-f]+\./, "."), "/assets/", "/assets", "/assets/../flash.key", "/assets/%2e%2e/flash.key", `${path}%00`, `${path}/`]) {
    const answer = await ask(wrong);
    assert.ok([400, 404].includes(answer.status), `${wrong} answers ${answer.status}`);
    assert.doesNotMatch(answer.headers["cache-control"], /max-age=[1-9]/, `${wrong} may not be kept by caches`);
  }
  assert.ok([403, 404, 405].includes((await ask(path, {}, "POST")).status));
});

test("what browsers and robots ask for at the root is there, and not kept for ever", async () => {
  for (const [path, type] of [["/favicon.svg", /^image\/svg\+xml/], ["/manifest.webmanifest", /^application\/manifest\+json/]]) {
    const answer = await ask(path);
    assert.equal(answer.status, 200, path);
    assert.match(answer.headers["content-type"], type);
    assert.equal(answer.headers["cache-control"], "public, max-age=3600", path);
    assert.ok(answer.bytes.length > 10);
  }
  const robots = await ask("/robots.txt");
  assert.equal(robots.status, 200);
  assert.match(robots.headers["content-type"], /^text\/plain/);
  assert.match(robots.bytes.toString(), /^User-agent: \*$/m);
});

test("assets set no cookie and know nobody", async () => {
  const ada = await server.signUp("Ada");
  const answer = await ada.get(paths.find((one) => one.endsWith(".css")), { "Accept-Encoding": "identity" });
  assert.equal(answer.headers.get("set-cookie"), null);
  assert.match(answer.headers.get("cache-control"), /^public/);
});
