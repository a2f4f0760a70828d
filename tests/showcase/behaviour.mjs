// Tries the behaviours in a browser against a server of its own: node tests/showcase/behaviour.mjs (after tools/assets.sh
// build/assets/out). Every page is sent with a content security policy without inline code, style or eval; a single
// violation fails the test. Ends with "N passed, N failed".
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const asset = (name) => readFileSync(join(root, "build", "assets", "out", name));
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; manifest-src 'self'; base-uri 'none'";
const seen = { saves: [], moves: [], asks: [], uploads: 0, said: [] };
let saveMode = "ok";
let askMode = "ok";
const sockets = new Set();

const shell = (body, attributes = "") => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>t</title>
<link rel="stylesheet" href="/assets/app.css"><script src="/assets/app.js" defer></script></head><body data-user="u1"${attributes}>
<svg class="icon" aria-hidden="true"><use href="/assets/icons.svg#x"></use></svg>${body}<div class="toasts" data-toasts role="status"></div></body></html>`;
const card = (id, title) => `<article class="board-card" data-board-card="${id}"><h3 data-board-title>${title}</h3><form class="board-move" method="post" action="/move/${id}" data-board-move><select class="select" name="status" aria-label="Move to"><option value="saved">Saved</option><option value="applied">Applied</option></select><button class="btn">Move</button></form></article>`;
const column = (id, name, cards) => `<section class="board-column" data-board-column="${id}"><header><h2 data-board-name>${name}</h2><span data-board-count></span></header><div class="board-cards" data-board-cards>${cards}</div></section>`;
const PAGES = {
  "/form": () => shell(`<form method="post" action="/next" data-autosave="/save"><span data-autosave-state role="status"></span>
    <label for="years">Years</label><input class="input" id="years" name="years"><p data-error-for="years"></p>
    <label for="roles">Roles</label><textarea id="roles" name="roles" data-tags data-suggest="/suggest">Nurse</textarea>
    <div data-repeat><div data-repeat-item><input name="job_0" aria-label="Job"><button data-repeat-remove>Remove</button></div>
    <template data-repeat-template><div data-repeat-item><input name="job___i__" aria-label="Job"><button data-repeat-remove>Remove</button></div></template><button type="button" data-repeat-add>Add</button></div>
    <button class="btn">Go</button></form><time datetime="2026-03-12T09:30:00Z">then</time>`),
  "/board": () => shell(`<div class="board" data-board>${column("saved", "Saved", card(1, "One") + card(2, "Two"))}${column("applied", "Applied", "")}</div>`),
  "/twin": () => shell(`<div data-twin-log role="log"></div><form class="composer" data-twin data-endpoint="/ask" data-username="ada" method="post" action="/x"><textarea name="question" aria-label="Question"></textarea><button>Ask</button></form><button type="button" data-twin-ask="Docker?">Docker?</button>`),
  "/interview": () => shell(`<div class="stage" data-interview="i1"><span data-interview-status></span><span data-interview-time></span><span data-interview-topics></span>
    <p data-interview-skill></p><h1 data-interview-question></h1><p data-interview-thinking hidden>Thinking…</p><div data-interview-captions></div><div data-interview-ended hidden><a href="/done">Done</a></div>
    <form data-interview-form method="post" action="/say"><textarea name="text" aria-label="Answer"></textarea><button>Send</button></form></div>`),
  "/misc": () => shell(`<input type="search" data-search aria-label="Search"><button data-theme-set="dark">Dark</button><button data-theme-set="system">System</button><button data-preset-set="forest">Forest</button>
    <button data-sidebar-toggle>S</button><button data-dialog-open="d">Open</button><dialog class="dialog" id="d"><form method="post" action="/delete"><input data-confirm="ada" aria-label="Name"><button class="del">Delete</button></form></dialog>
    <form data-upload method="post" action="/upload" data-max-bytes="1000"><label class="dropzone"><span data-upload-name>File</span><input type="file" name="resume"></label><p data-error-for="resume"></p><button class="up">Send</button></form>
    <span data-notification-count></span><div id="part" hx-get="/part" hx-trigger="refresh">old</div>`, ' data-live="/live"'),
  "/part": () => "new",
  "/done": () => shell("<h1>Summary</h1>"),
};

function body(request) {
  return new Promise((resolve) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => resolve(Buffer.concat(parts).toString()));
  });
}

function json(response, status, data, headers = {}) {
  response.writeHead(status, { "Content-Type": "application/json", ...headers });
  response.end(JSON.stringify(data));
}

const POSTS = {
  "/save": (text, response) => {
    if (saveMode === "down") { response.socket.destroy(); return; }
    const fields = Object.fromEntries(new URLSearchParams(text));
    seen.saves.push(fields);
    if (Number(fields.years) > 50) json(response, 422, { saved_at: null, errors: { years: "Enter a number from 0 to 50." } });
    else json(response, 200, { saved_at: "2026-03-12T14:03:09Z" });
  },
  "/ask": (text, response) => {
    seen.asks.push(JSON.parse(text));
    if (askMode === "limit") json(response, 429, {}, { "Retry-After": "700" });
    else json(response, 200, { reply: "<img src=x onerror=alert(1)> Yes", citations: [{ verification_id: "v", quote: "<b>I built</b> it", skill: "Docker", date: "12 March" }], answered: true });
  },
  "/upload": (text, response) => { seen.uploads += 1; json(response, 200, { location: "/done" }); },
};

const server = createServer(async (request, response) => {
  const path = new URL(request.url, "http://x").pathname;
  if (path.startsWith("/assets/")) {
    const type = path.endsWith(".css") ? "text/css" : path.endsWith(".js") ? "text/javascript" : "image/svg+xml";
    response.writeHead(200, { "Content-Type": type });
    response.end(asset(path.slice(8)));
    return;
  }
  if (path === "/live") {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write("event: notifications\ndata: 4\n\nevent: refresh\ndata: #part\n\n");
    return;
  }
  if (path === "/suggest") { json(response, 200, [{ value: "1", label: "Nurse" }, { value: "2", label: "Midwife", hint: "Health" }, { value: "3", label: "Matron" }]); return; }
  if (request.method === "POST") {
    const text = await body(request);
    if (path.startsWith("/move/")) {
      seen.moves.push([path, text]);
      json(response, path === "/move/2" ? 500 : 200, {});
      return;
    }
    (POSTS[path] ?? ((_, other) => json(other, 404, {})))(text, response);
    return;
  }
  response.writeHead(PAGES[path] ? 200 : 404, { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": POLICY });
  response.end(PAGES[path]?.() ?? "");
});

// A WebSocket server as small as the test needs: text frames below 64 KB, one frame a message (RFC 6455).
function frame(data) {
  const text = Buffer.from(JSON.stringify(data));
  const head = text.length < 126 ? Buffer.from([0x81, text.length]) : Buffer.from([0x81, 126, text.length >> 8, text.length & 255]);
  return Buffer.concat([head, text]);
}
function readFrame(data) {
  const long = (data[1] & 127) === 126;
  const length = long ? data.readUInt16BE(2) : data[1] & 127;
  const at = long ? 4 : 2;
  const text = Buffer.from(data.subarray(at + 4, at + 4 + length).map((byte, index) => byte ^ data[at + (index % 4)]));
  return (data[0] & 15) === 1 ? JSON.parse(text.toString()) : null;
}
let answering = true;
server.on("upgrade", (request, socket) => {
  const accept = createHash("sha1").update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
  sockets.add(socket);
  socket.on("error", () => {});
  socket.on("close", () => sockets.delete(socket));
  const send = (data) => socket.write(frame(data));
  send({ type: "chat_metadata", chat_id: "c" });
  send({ type: "assistant_message", id: "q1", message: { role: "assistant", content: "What did you build?" }, progress: { topics_done: 0, topics_total: 2, skill: "Docker", ended: false, seconds: 65 } });
  socket.on("data", (data) => {
    const message = readFrame(data);
    if (!message || !answering) return;
    seen.said.push(message);
    send({ type: "user_message", message_id: message.message_id, message: { role: "user", content: message.text } });
    const ended = message.text === "bye";
    send({ type: "assistant_message", id: `q-${message.message_id}`, message: { role: "assistant", content: ended ? "Thank you." : "And then?" }, progress: { topics_done: 1, topics_total: 2, skill: "Docker", ended, seconds: 70 } });
    send({ type: "assistant_end" });
  });
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const base = `http://127.0.0.1:${server.address().port}`;

const program = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path));
if (!program) { console.error("no Chromium; tools/install.sh test installs it"); process.exit(1); }
const browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"] });
let passed = 0;
let failed = 0;

async function trial(name, path, act) {
  const context = await browser.newContext({ reducedMotion: "reduce" });
  const page = await context.newPage();
  page.setDefaultTimeout(4000);
  const problems = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => { if (/Content Security Policy/i.test(message.text())) problems.push(message.text()); });
  try {
    await page.goto(base + path);
    await act(page, context);
    if (problems.length) throw new Error(problems.join("; "));
    passed += 1;
  } catch (error) {
    failed += 1;
    console.error(`FAILED ${name}: ${error.message}`);
  }
  await context.close();
}
function same(got, want, what) {
  if (JSON.stringify(got) !== JSON.stringify(want)) throw new Error(`${what}: got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
}
const text = (page, selector, want) => page.waitForFunction(([where, words]) => document.querySelector(where)?.textContent.includes(words), [selector, want]);

await trial("typing is saved and said", "/form", async (page) => {
  await page.fill("#years", "7");
  await text(page, "[data-autosave-state]", "Saved");
  same(seen.saves.at(-1).years, "7", "saved years");
});
await trial("a wrong value is marked at its field and unmarked", "/form", async (page) => {
  await page.fill("#years", "70");
  await text(page, "[data-error-for=years]", "0 to 50");
  same(await page.getAttribute("#years", "aria-invalid"), "true", "aria-invalid");
  await page.fill("#years", "5");
  await page.waitForFunction(() => !document.querySelector("[data-error-for=years]").textContent);
  same(await page.getAttribute("#years", "aria-invalid"), null, "aria-invalid");
});
await trial("what could not be sent is kept and sent after a reload", "/form", async (page) => {
  saveMode = "down";
  await page.fill("#years", "9");
  await text(page, "[data-autosave-state]", "we keep what you typed");
  await page.goto(`${base}/done`);
  saveMode = "ok";
  const before = seen.saves.length;
  await page.goto(`${base}/form`);
  await text(page, "[data-autosave-state]", "Saved 1");
  same(await page.inputValue("#years"), "9", "restored");
  same(seen.saves.slice(before).at(-1).years, "9", "sent");
  same(await page.evaluate(() => localStorage.length), 0, "drafts left");
});
await trial("tags: suggestions by keyboard, comma, Backspace, one entry a line", "/form", async (page) => {
  const field = page.locator("#roles-input");
  await field.fill("m");
  await page.waitForSelector(".combo-option");
  same(await page.locator(".combo-option").count(), 2, "what is chosen already is not offered");
  await field.press("ArrowDown");
  await field.press("Enter");
  await field.pressSequentially("Head nurse,");
  same(await page.inputValue("#roles"), "Nurse\nMidwife\nHead nurse", "entries");
  await field.press("Backspace");
  same(await page.inputValue("#roles"), "Nurse\nMidwife", "after Backspace");
  await page.getByRole("button", { name: "Remove Nurse" }).click();
  await page.waitForFunction(() => document.querySelector("[data-autosave-state]").textContent.startsWith("Saved"));
  await page.waitForTimeout(600);
  same(seen.saves.at(-1).roles, "Midwife", "saved");
  await page.getByLabel("Roles").focus();
});
await trial("entries can be added and removed", "/form", async (page) => {
  await page.click("[data-repeat-add]");
  await page.fill("[name=job_1]", "Cook");
  await page.locator("[data-repeat-remove]").first().click();
  await page.waitForTimeout(600);
  same([seen.saves.at(-1).job_1, seen.saves.at(-1).job_0], ["Cook", undefined], "saved");
  same(/Thursday.*12.*2026/.test((await page.getAttribute("time", "title")).replace(/March /, "")), true, "time title");
});
await trial("board: keyboard moves a card, a failure puts it back", "/board", async (page) => {
  await page.getByRole("button", { name: "Lift One" }).press("Space");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Space");
  await page.waitForFunction(() => document.querySelector("[data-board-column=applied] [data-board-card='1']"));
  await page.waitForTimeout(200);
  same(seen.moves.at(-1), ["/move/1", "status=applied"], "posted");
  await page.getByRole("button", { name: "Lift Two" }).press("Space");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Escape");
  same(await page.locator("[data-board-column=saved] [data-board-card='2']").count(), 1, "put back");
  await page.locator("[data-board-card='2'] h3").dragTo(page.locator("[data-board-column=applied]"));
  await text(page, ".toast", "could not do that");
  same(await page.locator("[data-board-column=saved] [data-board-card='2']").count(), 1, "back after a failure");
});
await trial("twin: answers as text with citations, limits in words", "/twin", async (page) => {
  await page.fill("[name=question]", "Docker?");
  await page.keyboard.press("Enter");
  await text(page, ".citation", "<b>I built</b> it");
  same(seen.asks.at(-1), { username: "ada", question: "Docker?" }, "asked");
  same(await page.locator("[data-twin-log] img, [data-twin-log] b").count(), 0, "markup from an answer");
  askMode = "limit";
  await page.click("[data-twin-ask]");
  await text(page, ".bubble-error", "in 12 minutes");
});
await trial("interview: asks, hears, keeps over a lost connection, ends", "/interview", async (page) => {
  await text(page, "[data-interview-question]", "What did you build?");
  await text(page, "[data-interview-topics]", "2 topics left of 2");
  await page.fill("[name=text]", "a server");
  await page.keyboard.press("Enter");
  await text(page, "[data-interview-question]", "And then?");
  await text(page, "[data-interview-captions]", "Interviewer: What did you build?You: a server");
  same(await page.locator("[data-pending]").count(), 0, "acknowledged");
  answering = false;
  await page.fill("[name=text]", "lost words");
  await page.keyboard.press("Enter");
  same(await page.locator("[data-pending]").count(), 1, "waiting");
  await page.reload();
  await text(page, "[data-interview-captions]", "lost words");
  answering = true;
  sockets.forEach((socket) => socket.destroy());
  await text(page, "[data-interview-status]", "Connected");
  await page.waitForFunction(() => !document.querySelector("[data-pending]"));
  same(seen.said.filter((message) => message.text === "lost words").length, 1, "sent again with its id");
  await page.fill("[name=text]", "bye");
  await page.keyboard.press("Enter");
  await page.waitForSelector("[data-interview-ended]:not([hidden])");
  same(await page.evaluate(() => localStorage.length), 0, "nothing left in the browser");
});
await trial("frame: search key, theme, sidebar, dialogs, live, upload", "/misc", async (page, context) => {
  await text(page, "[data-notification-count]", "4");
  await text(page, "#part", "new");
  await page.keyboard.press("/");
  same(await page.evaluate(() => document.activeElement.type), "search", "focus");
  await page.click("[data-theme-set=dark]");
  await page.click("[data-preset-set=forest]");
  await page.click("[data-sidebar-toggle]");
  const cookies = Object.fromEntries((await context.cookies()).map((one) => [one.name, one.value]));
  same([cookies.theme, cookies.preset, cookies.sidebar], ["dark", "forest", "collapsed"], "cookies");
  same(await page.evaluate(() => [document.documentElement.className, document.documentElement.dataset.theme, document.documentElement.dataset.sidebar]), ["dark", "forest", "collapsed"], "html");
  await page.click("[data-dialog-open]");
  same(await page.isDisabled(".del"), true, "delete before typing");
  await page.fill("[data-confirm]", "ada");
  same(await page.isDisabled(".del"), false, "delete after typing");
  await page.keyboard.press("Escape");
  await page.setInputFiles("[name=resume]", { name: "r.pdf", mimeType: "application/pdf", buffer: Buffer.alloc(2000) });
  await text(page, "[data-error-for=resume]", "we take up to 1 kB");
  await page.setInputFiles("[name=resume]", { name: "r.pdf", mimeType: "application/pdf", buffer: Buffer.alloc(500) });
  await page.click(".up");
  await page.waitForURL("**/done");
  same(seen.uploads, 1, "uploads");
});

await browser.close();
server.closeAllConnections();
server.close();
sockets.forEach((socket) => socket.destroy());
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed || !passed ? 1 : 0);
