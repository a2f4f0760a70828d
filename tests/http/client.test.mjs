// Calls to other services (src/http/client.h) against servers that misbehave: what comes back, what the bus may do about it, and that no key is told to anybody.
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";

const CALLER = process.env.CALLER ?? join(import.meta.dirname ?? ".", "../../build/test-gcc/tests/http/caller");
const KEY = "k3y-that-nobody-may-see";
const folder = mkdtempSync(join(tmpdir(), "careerprep-test-"));

/** What the call gave, with its log; no key is in any of it but the body that the server sent. */
function call(url, ...options) {
  const env = { ...process.env, no_proxy: "*", https_proxy: "", http_proxy: "" };
  return new Promise((done, failed) => execFile(CALLER, [url, ...options.map(String)], { env, maxBuffer: 1 << 24 }, (error, out, log) => {
    if (error) return failed(new Error(`${error.message}\n${log}`));
    const answer = JSON.parse(out);
    assert.ok(!log.includes(KEY) && !answer.detail.includes(KEY) && !answer.figures.includes(KEY), "the key is secret");
    done({ ...answer, log });
  }));
}

const listening = (server) => new Promise((done) => server.listen(0, "127.0.0.1", () => done(server.address().port)));
const servers = [];
let seen = [], port, base;

const answers = {
  "/fine": (request, response) => response.end('{"fine":true}'),
  "/echo": (request, response) => request.pipe(response),
  "/zipped": (request, response) => response.writeHead(200, { "Content-Encoding": "gzip" }).end(gzipSync(Buffer.alloc(100000, "a"))),
  "/bomb": (request, response) => response.writeHead(200, { "Content-Encoding": "gzip" }).end(gzipSync(Buffer.alloc(50 << 20))),
  "/huge": (request, response) => { const more = () => { while (!response.destroyed && response.write(Buffer.alloc(65536, "x"))); }; response.on("drain", more); more(); },
  "/headers": (request, response) => { request.socket.write("HTTP/1.1 200 OK\r\n"); const more = () => { while (!request.socket.destroyed && request.socket.write(`X-More: ${"y".repeat(1000)}\r\n`)); }; request.socket.on("drain", more).on("error", () => {}); more(); },
  "/chunks": (request, response) => { response.write("one "); setTimeout(() => { response.write("two "); response.end("three"); }, 30); },
  "/slow": () => {},
  "/drip": (request, response) => { const timer = setInterval(() => response.write("."), 100); response.on("close", () => clearInterval(timer)); },
  "/early": (request, response) => { response.writeHead(200, { "Content-Length": "1000" }); response.write("only this"); setTimeout(() => request.socket.destroy(), 30); },
  "/cut": (request, response) => { response.write("a chunk"); setTimeout(() => request.socket.destroy(), 30); },
  "/nothing": (request) => request.socket.destroy(),
  "/away": (request, response) => response.writeHead(302, { Location: `http://127.0.0.1:${port}/target` }).end(),
  "/wait": (request, response) => response.writeHead(429, { "Retry-After": "17" }).end('{"wait":true}'),
  "/wait-until": (request, response) => response.writeHead(503, { "Retry-After": new Date(Date.now() + 40000).toUTCString() }).end(),
  "/wait-long": (request, response) => response.writeHead(503, { "Retry-After": "99999999" }).end(),
};

before(async () => {
  const server = http.createServer((request, response) => {
    const path = request.url.split("?")[0];
    seen.push({ path, url: request.url, method: request.method, headers: request.headers, raw: request.rawHeaders });
    response.on("error", () => {});
    const status = /^\/status\/(\d+)$/.exec(path);
    if (status) response.writeHead(Number(status[1])).end(`{"key":"${KEY}"}`);
    else (answers[path] ?? answers["/fine"])(request, response);
  });
  port = await listening(server);
  base = `http://127.0.0.1:${port}`;
  servers.push(server);
});

after(() => {
  for (const server of servers) { server.closeAllConnections?.(); server.close(); }
  rmSync(folder, { recursive: true, force: true });
});

test("a call brings its answer, and says who asks and for what", async () => {
  seen = [];
  const answer = await call(`${base}/fine?app_key=${KEY}`, "header", `X-Api-Key=${KEY}`);
  assert.deepEqual([answer.error, answer.status, answer.body, answer.was_sent, answer.retry_after], ["ok", 200, '{"fine":true}', true, 0]);
  assert.equal(seen.length, 1);
  const { headers, method, url } = seen[0];
  assert.deepEqual([method, url, headers["user-agent"], headers["x-api-key"], headers.traceparent], ["GET", `/fine?app_key=${KEY}`, "CareerPrep", KEY, undefined]);
  assert.match(answer.log, new RegExp(`called 127.0.0.1:${port}: 2xx, status 200, in \\d+ ms`));
  assert.match(answer.figures, new RegExp(`careerprep_outgoing_calls_total\\{host="127.0.0.1:${port}",outcome="2xx"\\} 1\\n`));
  assert.match(answer.figures, /careerprep_outgoing_call_duration_seconds_count\{host="127[^}]*"\} 1\n/);
});

test("a body goes with POST, as it is", async () => {
  seen = [];
  const body = JSON.stringify({ keywords: "Ä\r\nX-Evil: 1", location: "" });
  const answer = await call(`${base}/echo`, "body", body);
  assert.equal(answer.body, body);
  assert.deepEqual([seen[0].method, seen[0].headers["content-type"], seen[0].headers["x-evil"]], ["POST", "application/json", undefined]);
});

test("the call is a span of its own in the trace of its cause", async () => {
  seen = [];
  const trace = "0af7651916cd43dd8448eb211c80319c", span = "b7ad6b7169203331";
  const answer = await call(`${base}/fine`, "trace", `00-${trace}-${span}-01`);
  const [, id, own, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(seen[0].headers.traceparent);
  assert.deepEqual([id, flags], [trace, "01"]);
  assert.notEqual(own, span);
  assert.ok(answer.log.includes(`span ${own}`), "the log names it");
});

test("pieces are put together, and what is packed is unpacked", async () => {
  assert.equal((await call(`${base}/chunks`)).body, "one two three");
  assert.equal((await call(`${base}/zipped`)).body.length, 100000);
});

test("no answer is larger than it may be, packed or endless", async () => {
  for (const path of ["/huge", "/bomb", "/headers"]) {
    const answer = await call(`${base}${path}`, "most", 200000);
    assert.deepEqual([path, answer.error], [path, "too large"]);
    assert.ok(answer.body.length <= 200000);
    assert.match(answer.figures, /outcome="too_large"\} 1/);
  }
  assert.equal((await call(`${base}/zipped`, "most", 100000)).error, "ok");
  assert.equal((await call(`${base}/zipped`, "most", 99999)).error, "too large");
});

test("who does not answer, or without end, is left after the time", async () => {
  for (const path of ["/slow", "/drip"]) {
    const answer = await call(`${base}${path}?app_key=${KEY}`, "seconds", 1);
    assert.deepEqual([answer.error, answer.was_sent, answer.detail], ["timeout", true, `127.0.0.1:${port} took too long to answer`]);
  }
});

test("a job that is stopped does not wait for the answer", async () => {
  const answer = await call(`${base}/slow`, "stop", 200, "seconds", 60);
  assert.deepEqual([answer.error, answer.detail, answer.status], ["cancelled", "the job was cancelled", 0]);
  assert.match(answer.figures, /outcome="stopped"\} 1/);
});

test("who breaks off gave no answer", async () => {
  for (const path of ["/early", "/cut", "/nothing"]) {
    const answer = await call(`${base}${path}?app_key=${KEY}`);
    assert.deepEqual([path, answer.error, answer.was_sent], [path, "unavailable", true]);
    assert.match(answer.figures, /outcome="broken"\} 1/);
  }
});

test("what is no HTTP is no answer", async () => {
  const garbage = net.createServer((socket) => { socket.on("error", () => {}); socket.end(Buffer.from("\x00\xff SSH-2.0 \r\n\r\n<html>")); });
  const other = await listening(garbage);
  servers.push(garbage);
  const answer = await call(`http://127.0.0.1:${other}/?app_key=${KEY}`);
  assert.deepEqual([answer.error, answer.body], ["unavailable", ""]);
});

test("nobody there: it was surely not sent", async () => {
  const gone = net.createServer();
  const closed = await listening(gone);
  await new Promise((done) => gone.close(done));
  const answer = await call(`http://127.0.0.1:${closed}/api/${KEY}`);
  assert.deepEqual([answer.error, answer.was_sent, answer.detail], ["unavailable", false, `127.0.0.1:${closed} cannot be reached`]);
  const nowhere = await call(`http://no-such-host.invalid/api/${KEY}`);
  assert.deepEqual([nowhere.error, nowhere.was_sent], ["unavailable", false]);
});

test("a redirect is not followed", async () => {
  seen = [];
  const answer = await call(`${base}/away?app_key=${KEY}`);
  assert.deepEqual([answer.error, answer.status], ["unsupported", 302]);
  assert.deepEqual(seen.map((one) => one.path), ["/away"]);
});

test("each refusal has the class that says whether a second try may help", async () => {
  const classes = { 400: "invalid", 401: "forbidden", 402: "forbidden", 403: "forbidden", 404: "not found", 408: "unavailable", 410: "not found", 422: "invalid", 425: "unavailable", 429: "too many", 500: "unavailable", 502: "unavailable", 503: "unavailable" };
  for (const [status, error] of Object.entries(classes)) {
    const answer = await call(`${base}/status/${status}?app_key=${KEY}`);
    assert.deepEqual([status, answer.error, answer.status], [status, error, Number(status)]);
    assert.ok(answer.body.includes("key"), "what it said is there for who called");
  }
  assert.deepEqual([(await call(`${base}/wait`)).retry_after, (await call(`${base}/wait-long`)).retry_after], [17, 86400]);
  const until = (await call(`${base}/wait-until`)).retry_after;
  assert.ok(until > 0 && until <= 40, `${until}`);
});

test("only http and https, and nothing that could end a header", async () => {
  seen = [];
  for (const url of [`file:///etc/passwd?${KEY}`, "gopher://127.0.0.1/", "ftp://127.0.0.1/", "127.0.0.1", "", "http://", `${base}/a b`, `${base}/a\r\nX-Evil: 1`, `${base}/ä`, `${base}/${"a".repeat(9000)}`]) {
    const answer = await call(url);
    assert.deepEqual([url, answer.error, answer.was_sent], [url, "invalid", false]);
  }
  for (const header of [`X-Api-Key=${KEY}\r\nX-Evil: 1`, `X-Api-Key=${KEY}\n`, `X Api=${KEY}`, `X-A:b=${KEY}`, `X-Api-Key=${KEY}\x7f`]) {
    const answer = await call(`${base}/fine`, "header", header);
    assert.deepEqual([header, answer.error], [header, "invalid"]);
  }
  assert.deepEqual(seen, [], "nothing was sent");
});

/** A server with a certificate for `name`, signed by itself. */
async function secure(name) {
  const key = join(folder, `${name}.key`), certificate = join(folder, `${name}.pem`);
  execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", `/CN=${name}`, "-addext", `subjectAltName=${/^\d/.test(name) ? "IP" : "DNS"}:${name}`], { stdio: "ignore" });
  const server = https.createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (request, response) => { seen.push({ path: request.url }); response.end("{}"); });
  server.on("tlsClientError", () => {});
  servers.push(server);
  return { port: await listening(server), certificate };
}

test("a certificate that nobody vouches for, or of another host, is not believed, and the key stays here", async () => {
  const own = await secure("127.0.0.1"), other = await secure("api.example.org");
  seen = [];
  for (const [where, ...options] of [[own.port], [other.port, "ca", other.certificate], [own.port, "ca", other.certificate]]) {
    const answer = await call(`https://127.0.0.1:${where}/api/${KEY}`, ...options);
    assert.deepEqual([answer.error, answer.was_sent, answer.detail], ["unavailable", false, `the certificate of 127.0.0.1:${where} is not to be trusted`]);
    assert.match(answer.figures, /outcome="untrusted"\} 1/);
  }
  assert.deepEqual(seen, []);
  assert.equal((await call(`https://127.0.0.1:${own.port}/api/${KEY}`, "ca", own.certificate)).error, "ok");
  const plain = await call(`https://127.0.0.1:${port}/fine`);
  assert.deepEqual([plain.error, plain.was_sent], ["unavailable", false], "TLS with who speaks none");
});
