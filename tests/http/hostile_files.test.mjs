// Files that were made to do harm: each is refused in words, the resume from before is kept, and the server stays small.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { deflateRawSync } from "node:zlib";
import { startServer } from "./server.mjs";

let server, ada;
before(async () => {
  server = await startServer();
  ada = await server.signUp("Ada");
  await upload(Buffer.from("Ada Tester\n\nEXPERIENCE\nAcme, careful work with PostgreSQL\n\nEDUCATION\nMSc, Leeds\n"), "before.txt", "text/plain");
});
after(async () => { await server.stop(); });

const residentKib = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.process.pid}/status`, "utf8"))[1]);

/** Uploads and waits until it was read: the page. */
async function upload(bytes, name, type) {
  const answer = await ada.upload("/resume", { file: { name, type, bytes } });
  if (answer.status !== 303) return answer;
  for (let tries = 0; tries < 600; tries++) {
    const page = await ada.get("/resume");
    if (!page.text.includes("resume-progress")) return page;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`${name} was never read`);
}

// ---- a ZIP archive written by hand (APPNOTE 6.3, without extras) ----

const CRC = Uint32Array.from({ length: 256 }, (_, n) => { for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1; return n; });
const crc32 = (bytes) => { let sum = -1; for (let i = 0; i < bytes.length; i++) sum = CRC[(sum ^ bytes[i]) & 255] ^ (sum >>> 8); return ~sum >>> 0; };

function entry(name, content, { size = content.length, flags = 0 } = {}) {
  const packed = deflateRawSync(content, { level: 9 }), title = Buffer.from(name);
  return { title, packed, size, crc: crc32(content), flags };
}

function zip(entries) {
  const out = [], table = [];
  let at = 0;
  for (const { title, packed, size, crc, flags } of entries) {
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0); common.writeUInt16LE(flags, 2); common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc, 10); common.writeUInt32LE(packed.length, 14); common.writeUInt32LE(size, 18); common.writeUInt16LE(title.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), common, title, packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    table.push(Buffer.concat([Buffer.from("PK\x01\x02", "latin1"), Buffer.from([20, 0]), common, rest, title]));
    out.push(local);
    at += local.length;
  }
  const size = table.reduce((sum, one) => sum + one.length, 0), end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4); end.writeUInt16LE(entries.length, 6); end.writeUInt32LE(size, 8); end.writeUInt32LE(at, 12);
  return Buffer.concat([...out, ...table, Buffer.from("PK\x05\x06", "latin1"), end]);
}

const TYPES = entry("[Content_Types].xml", Buffer.from('<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'));
const W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
const words = (text) => `<w:document ${W}><w:body><w:p><w:r><w:t>${text}</w:t></w:r></w:p></w:body></w:document>`;
const docx = (xml, ...more) => zip([TYPES, entry("word/document.xml", Buffer.isBuffer(xml) ? xml : Buffer.from(`<?xml version="1.0"?>${xml}`)), ...more]);

function bombs() {
  const laughs = `<!DOCTYPE w [<!ENTITY a "${"ha".repeat(50)}">${"bcdefghij".split("").map((name, i) => `<!ENTITY ${name} "${`&${"abcdefghij"[i]};`.repeat(10)}">`).join("")}]>`;
  return {
    "64 MB of one letter": docx(Buffer.concat([Buffer.from(`<w:document ${W}><w:body><w:p><w:r><w:t>`), Buffer.alloc(64 << 20, "a")])),
    "entities that multiply": docx(laughs + words("&j;")),
    "40,000 entries": zip([TYPES, entry("word/document.xml", Buffer.from(words("EXPERIENCE"))), ...Array.from({ length: 40000 }, (_, i) => entry(`x${i}`, Buffer.alloc(0)))]),
    "200,000 elements in each other": docx(`<w:document ${W}><w:body>${"<w:p>".repeat(200000)}`),
    "a size that lies": zip([TYPES, entry("word/document.xml", Buffer.from(words("EXPERIENCE".repeat(1000))), { size: 5 })]),
    "an encrypted entry": zip([TYPES, entry("word/document.xml", Buffer.from(words("EXPERIENCE")), { flags: 1 })]),
    "a DOCX that is cut off": docx(words("EXPERIENCE")).subarray(0, 400),
  };
}

test("documents that unpack to a flood are refused", async () => {
  const small = residentKib();
  for (const [what, bytes] of Object.entries(bombs())) {
    assert.ok(bytes.length < 5 << 20, `${what}: ${bytes.length} bytes`);
    const start = Date.now(), page = await upload(bytes, "bomb.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document");
    assert.equal(page.status, 200, what);
    assert.ok(page.text.includes("MSc, Leeds"), `${what}: the resume from before is kept`);
    assert.ok(page.text.includes("The resume from before is kept."), `${what} is refused`);
    assert.ok(Date.now() - start < 30000, what);
  }
  assert.ok(residentKib() - small < 96 << 10, `memory grew by ${residentKib() - small} KiB`);
});

test("a document cannot read files of the server or call elsewhere", async () => {
  for (const system of ["file:///etc/passwd", "/etc/passwd", "http://127.0.0.1:9/x"]) {
    const page = await upload(docx(`<!DOCTYPE w [<!ENTITY x SYSTEM "${system}">]>${words("EXPERIENCE before &x; after")}`), "reader.docx", "application/octet-stream");
    assert.equal(page.status, 200);
    assert.doesNotMatch(page.text, /root:x?:0/);
  }
  const stored = await server.rows("SELECT content_text FROM resumes");
  assert.ok(!stored.some((row) => row.content_text.includes("root:")));
});

const pdf = (trailer, pages = 1) => `%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Count ${pages} /Kids [${"3 0 R ".repeat(pages)}] /MediaBox [0 0 595 842] >>\nendobj\n3 0 obj\n<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>\nendobj\n4 0 obj\n<< /Length 0 >>\nstream\n\nendstream\nendobj\ntrailer\n<< /Size 5 /Root 1 0 R ${trailer} >>\n%%EOF\n`;

test("broken, locked and endless PDFs are refused", async () => {
  const locked = pdf(`/Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O <${"41".repeat(32)}> /U <${"42".repeat(32)}> >> /ID [<${"43".repeat(16)}> <${"43".repeat(16)}>]`);
  const loop = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Count 9 /Kids [2 0 R 2 0 R] >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n";
  const files = { locked, loop, "only a head": "%PDF-1.7\n", "no pages": pdf("", 0), "50,000 pages": pdf("", 50000), "deep brackets": `%PDF-1.4\n1 0 obj\n${"[".repeat(500000)}\nendobj\ntrailer\n<< /Root 1 0 R >>\n`,
    "bytes by chance": Buffer.concat([Buffer.from("%PDF-1.4\n"), randomBytes(100000)]) };
  for (const [what, content] of Object.entries(files)) {
    const page = await upload(Buffer.from(content, "latin1"), "ada.pdf", "application/pdf");
    assert.equal(page.status, 200, what);
    assert.ok(page.text.includes("The resume from before is kept.") && page.text.includes("MSc, Leeds"), `${what} is refused`);
  }
  assert.match((await upload(Buffer.from(locked, "latin1"), "ada.pdf", "application/pdf")).text, /password|encrypted|locked|protected/i);
});

test("nothing of it waits, fails or stays behind", async () => {
  assert.deepEqual(await server.rows("SELECT * FROM resume_uploads"), []);
  assert.deepEqual(await server.rows("SELECT kind, status FROM jobs WHERE kind = 'resume.read' AND status NOT IN ('done', 'completed')"), []);
  assert.doesNotMatch(server.log, /runtime error|AddressSanitizer| error \[/);
});
