// A WebSocket client for tests (RFC 6455, text only), which sends a browser's cookies and can be cut off at any byte.
//
//   const socket = await openSocket(browser, "/v0/evi/chat?interview_id=…");   // throws Refused with .status when not upgraded
//   socket.send({ type: "user_input", text: "…" });
//   const message = await socket.next();            // the next JSON message; null when the connection has ended (then .closed has the code)
//   await socket.until((one) => one.type === "assistant_end");
import { randomBytes } from "node:crypto";
import { connect } from "node:net";

export class Refused extends Error {
  constructor(status) { super(`the socket was refused with ${status}`); this.status = status; }
}

class Socket {
  constructor(stream, rest) {
    this.stream = stream;
    this.buffer = rest;
    this.messages = [];
    this.waiting = [];
    this.ended = false;
    this.closed = 0;
    stream.on("data", (bytes) => { this.buffer = Buffer.concat([this.buffer, bytes]); this.read(); });
    stream.on("error", () => {});
    stream.on("close", () => { this.ended = true; this.waiting.splice(0).forEach((wake) => wake()); });
    this.read();
  }

  read() {
    for (;;) {
      if (this.buffer.length < 2) return;
      const first = this.buffer[0];
      let length = this.buffer[1] & 0x7f, head = 2;
      if (length === 126) { if (this.buffer.length < 4) return; length = this.buffer.readUInt16BE(2); head = 4; }
      else if (length === 127) { if (this.buffer.length < 10) return; length = Number(this.buffer.readBigUInt64BE(2)); head = 10; }
      if (this.buffer.length < head + length) return;
      const payload = this.buffer.subarray(head, head + length);
      this.buffer = this.buffer.subarray(head + length);
      if (first === 0x81) { this.messages.push(JSON.parse(payload.toString("utf8"))); this.waiting.splice(0).forEach((wake) => wake()); }
      else if (first === 0x88) { this.closed = length >= 2 ? payload.readUInt16BE(0) : 1005; this.frame(0x88, payload); }
      else if (first === 0x89) this.frame(0x8a, payload);
    }
  }

  frame(first, payload, mask = true) {
    const bytes = Buffer.from(payload), key = randomBytes(4);
    const head = bytes.length < 126 ? Buffer.from([first, bytes.length]) : bytes.length < 65536
      ? Buffer.from([first, 126, bytes.length >> 8, bytes.length & 255]) : Buffer.from([first, 127, 0, 0, 0, 0, bytes.length >>> 24, (bytes.length >> 16) & 255, (bytes.length >> 8) & 255, bytes.length & 255]);
    if (mask) head[1] |= 0x80;
    const body = mask ? Buffer.from(bytes.map((byte, i) => byte ^ key[i & 3])) : bytes;
    this.stream.write(Buffer.concat(mask ? [head, key, body] : [head, body]));
  }

  send(document) { this.frame(0x81, typeof document === "string" ? document : JSON.stringify(document)); }

  async next(timeout = 10000) {
    const deadline = Date.now() + timeout;
    while (!this.messages.length && !this.ended) {
      if (Date.now() > deadline) throw new Error("no message came");
      await new Promise((done) => { const timer = setTimeout(done, 200); this.waiting.push(() => { clearTimeout(timer); done(); }); });
    }
    return this.messages.shift() ?? null;
  }

  /** Messages up to the one that fits, that one included. */
  async until(fits, timeout) {
    const seen = [];
    for (;;) {
      const message = await this.next(timeout);
      if (!message) return seen;
      seen.push(message);
      if (fits(message)) return seen;
    }
  }

  /** Waits for the other side to end; gives the closing code (0 without one). */
  async end(timeout = 10000) {
    const deadline = Date.now() + timeout;
    while (!this.ended && Date.now() < deadline) await new Promise((done) => setTimeout(done, 20));
    if (!this.ended) throw new Error("the connection did not end");
    return this.closed;
  }

  cut() { this.stream.destroy(); }

  close() { this.frame(0x88, Buffer.from([3, 232])); this.stream.end(); }
}

export function openSocket(browser, path, headers = {}) {
  const url = new URL(path, browser.url);
  const lines = {
    Host: url.host, Upgrade: "websocket", Connection: "Upgrade", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
    Origin: browser.url, Cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; "), ...headers,
  };
  return new Promise((done, failed) => {
    const stream = connect(Number(url.port), url.hostname);
    let bytes = Buffer.alloc(0);
    const head = (more) => {
      bytes = Buffer.concat([bytes, more]);
      const end = bytes.indexOf("\r\n\r\n");
      if (end < 0) return;
      const status = Number(/^HTTP\/1.1 (\d+)/.exec(bytes.toString("latin1"))?.[1]);
      stream.removeListener("data", head);
      stream.removeListener("error", failed);
      if (status === 101) return done(new Socket(stream, bytes.subarray(end + 4)));
      stream.destroy();
      failed(new Refused(status));
    };
    stream.on("error", failed);
    stream.on("data", head);
    stream.on("close", () => failed(new Error("the connection ended before the upgrade")));
    stream.write(`GET ${url.pathname}${url.search} HTTP/1.1\r\n${Object.entries(lines).filter(([, value]) => value).map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`);
  });
}
