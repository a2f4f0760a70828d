// The resume from upload to claims: what a person sees, what is refused, and that nobody reaches another's.
import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, test } from "node:test";
import { startServer } from "./server.mjs";

let server;
before(async () => { server = await startServer(); });
after(async () => { await server.stop(); });

/** A PDF of one page with these lines in Helvetica. */
function pdf(lines) {
  const escape = (text) => text.replace(/[\\()]/g, "\\$&");
  const stream = lines.map((line, i) => `BT /F1 11 Tf 60 ${780 - 16 * i} Td (${escape(line)}) Tj ET`).join("\n");
  const objects = ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Count 1 /Kids [4 0 R] /MediaBox [0 0 595 842] >>",
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>", "<< /Type /Page /Parent 2 0 R /Resources << /Font << /F1 3 0 R >> >> /Contents 5 0 R >>",
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`];
  let out = "%PDF-1.4\n";
  const places = objects.map((body, i) => { const at = out.length; out += `${i + 1} 0 obj\n${body}\nendobj\n`; return at; });
  const table = out.length;
  out += `xref\n0 6\n0000000000 65535 f \n${places.map((at) => `${String(at).padStart(10, "0")} 00000 n \n`).join("")}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`;
  return Buffer.from(out, "latin1");
}

const LINES = ["Ada Tester", "ada@example.org", "EXPERIENCE", "Acme, built <b>services</b> in Python and PostgreSQL", "EDUCATION", "MSc, Leeds", "SKILLS", "Docker, Kubernetes"];
const file = (bytes, name = "ada.pdf", type = "application/pdf") => ({ file: { name, type, bytes } });

async function settled(person) {
  for (let tries = 0; tries < 200; tries++) {
    const page = await person.get("/resume");
    if (!page.text.includes("resume-progress")) return page;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error("the resume was never read");
}

/** The status of an upload that announces so many bytes: it is refused before they are sent. */
function announced(person, bytes) {
  const cookie = [...person.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const headers = { Origin: person.url, "Sec-Fetch-Site": "same-origin", Cookie: cookie, "Content-Type": "multipart/form-data; boundary=xx", "Content-Length": bytes };
  return new Promise((done, failed) => {
    const sending = request(new URL("/resume", person.url), { method: "POST", headers }, (response) => { done(response.statusCode); sending.destroy(); });
    sending.on("error", failed);
    sending.write("--xx\r\n");
  });
}

test("strangers reach none of it", async () => {
  const stranger = server.browser();
  for (const path of ["/resume", "/resume/progress"]) assert.ok([303, 401].includes((await stranger.get(path)).status), path);
  assert.ok([303, 401].includes((await stranger.upload("/resume", file(pdf(LINES)))).status));
  for (const path of ["/resume/suggestions", "/resume/delete"]) assert.ok([303, 401].includes((await stranger.post(path)).status), path);
});

test("a PDF is read, skills are offered and added only by choice", async () => {
  const ada = await server.signUp("Ada");
  assert.ok((await ada.get("/resume")).text.includes("Upload your resume"));
  const sent = await ada.upload("/resume", { ...file(pdf(LINES)), next: "/onboarding/4" });
  assert.equal(sent.status, 303);
  assert.equal(sent.location, "/onboarding/4");
  const page = await settled(ada);
  for (const words of ["What we read", "Acme, built &lt;b&gt;services&lt;/b&gt;", "MSc, Leeds", "ada@example.org", "4 skills found", "python:expert"])
    assert.ok(page.text.includes(words), words);
  const claims = () => server.rows("SELECT skill_id, proficiency_level, source FROM user_skills ORDER BY skill_id");
  assert.deepEqual(await claims(), []);
  const saved = await ada.post("/resume/suggestions", { choices: ["python:expert", "docker:beginner", "kubernetes:dismiss", "postgresql:later"] });
  assert.equal(saved.location, "/resume");
  assert.deepEqual(await claims(), [{ skill_id: "docker", proficiency_level: "beginner", source: "resume" }, { skill_id: "python", proficiency_level: "expert", source: "resume" }]);
  const after = await ada.get("/resume");
  assert.ok(after.text.includes("One skill found") && after.text.includes("2 added to your skills, 1 dismissed."));
  assert.equal((await ada.get("/notifications")).status, 200);
  assert.equal((await server.rows("SELECT COUNT(*) AS n FROM resume_uploads"))[0].n, 0, "the file itself is not kept");
});

test("many skills are grouped by field of work and decided together, never silently", async () => {
  const finn = await server.signUp("Finn");
  await finn.upload("/resume", file(pdf(["Finn Example", "Skills", "Docker, Kubernetes, Terraform, Ansible, Prometheus, Grafana", "PostgreSQL, Redis, MySQL, MongoDB", "Photoshop"])));
  const page = await settled(finn), claims = () => server.rows(`SELECT skill_id, proficiency_level AS level FROM user_skills us JOIN users u ON u.id = us.user_id WHERE u.email = '${finn.email}' ORDER BY skill_id`);
  assert.ok(page.text.includes("11 skills found") && page.text.includes("Cloud and DevOps:proficient"));
  const cloud = ["docker", "kubernetes", "terraform", "ansible", "prometheus", "grafana"].map((skill) => `${skill}:group`);
  const groups = [...page.text.matchAll(/<option value="([^"]+):later">/g)].map((one) => one[1]);
  assert.ok(groups.includes("Cloud and DevOps"));
  await finn.post("/resume/suggestions", { choices: [...cloud, "postgresql:group", "adobe-photoshop:later"], groups: ["Cloud and DevOps:later", "Data engineering and databases:later"] });
  assert.deepEqual(await claims(), [], "untouched selects claim nothing");
  await finn.post("/resume/suggestions", { choices: [...cloud] });
  assert.deepEqual(await claims(), [], "a group that was not sent claims nothing");
  await finn.post("/resume/suggestions", { choices: [...cloud.slice(0, 3), "ansible:dismiss", "prometheus:later", "grafana:beginner", "postgresql:group"], groups: ["Cloud and DevOps:proficient", "Data engineering and databases:later"] });
  assert.deepEqual(await claims(), [["docker", "proficient"], ["grafana", "beginner"], ["kubernetes", "proficient"], ["terraform", "proficient"]].map(([skill_id, level]) => ({ skill_id, level })));
  const wrong = await finn.post("/resume/suggestions", { choices: ["prometheus:group"], groups: ["Cloud and DevOps:wizard"] });
  assert.equal(wrong.status, 400);
});

test("another resume takes the place of the first; what was dismissed is not offered again", async () => {
  const bea = await server.signUp("Bea");
  await bea.upload("/resume", file(pdf(LINES)));
  await settled(bea);
  await bea.post("/resume/suggestions", { choices: ["docker:dismiss"] });
  await bea.upload("/resume", file(Buffer.from("# Bea\n\n## Skills\nDocker, Rust developer\n"), "bea.md", "text/markdown"));
  const page = await settled(bea);
  assert.ok(page.text.includes("bea.md") && page.text.includes("rust:expert"));
  assert.ok(!page.text.includes("docker:expert") && !page.text.includes("python:expert") && !page.text.includes("Acme"));
});

test("every section that the reader knows is stored and shown", async () => {
  const gil = await server.signUp("Gil");
  const resume = "# Gil\n\n## Summary\nBuilds services.\n\n## Experience\nAcme, 2020 - 2023\n\n## Education\nMSc, Leeds\n\n## Skills\nDocker\n\n## Projects\nA parser\n\n## Certifications\nCertified Kubernetes Administrator\n\n## Languages\nCzech (native)\n";
  await gil.upload("/resume", file(Buffer.from(resume), "gil.md", "text/markdown"));
  const page = await settled(gil);
  for (const title of ["Summary", "Experience", "Education", "Skills", "Projects", "Certifications", "Languages"]) assert.ok(page.text.includes(title), title);
  assert.ok(page.text.includes("Certified Kubernetes Administrator") && page.text.includes("Czech (native)"));
});

test("a file that cannot be read is told in words, and the resume from before is kept", async () => {
  const cleo = await server.signUp("Cleo");
  await cleo.upload("/resume", file(pdf(LINES)));
  await settled(cleo);
  for (const [bytes, words] of [[Buffer.from("%PDF-1.4 nothing"), "broken"], [pdf([]), "scan"], [Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), "picture"]]) {
    assert.equal((await cleo.upload("/resume", file(bytes))).status, 303);
    const page = await settled(cleo);
    assert.ok(page.text.includes(words), words);
    assert.ok(page.text.includes("The resume from before is kept.") && page.text.includes("MSc, Leeds"));
  }
  const dead = await server.rows("SELECT COUNT(*) AS n FROM jobs WHERE kind = 'resume.read' AND status IN ('dead', 'cancelled')");
  assert.equal(dead[0].n, 0, "a broken file is a result and no failed job");
});

test("bad uploads are refused and store nothing", async () => {
  const dan = await server.signUp("Dan");
  const empty = await dan.upload("/resume", file(Buffer.alloc(0)));
  assert.equal(empty.status, 422);
  assert.match(empty.text, /This file is empty\./);
  const none = await dan.upload("/resume", { next: "/resume" });
  assert.equal(none.status, 422);
  assert.match(none.text, /Choose a file first, of at most 5 MB\./);
  const big = await dan.upload("/resume", file(Buffer.alloc(5 * 1024 * 1024 + 1, "a"), "big.txt", "text/plain"));
  assert.equal(big.status, 422);
  assert.match(big.text, /This file is larger than 5 MB\./);
  assert.equal(await announced(dan, 200 * 1024 * 1024), 413);
  const away = await dan.upload("/resume", { ...file(pdf(LINES)), next: "https://example.com/" });
  assert.equal(away.location, "/resume", "only our own places");
  await settled(dan);
  await dan.post("/resume/delete");
  assert.deepEqual(await server.rows(`SELECT r.id FROM resumes r JOIN users u ON u.id = r.user_id WHERE u.email = '${dan.email}'`), []);
});

test("nobody decides on another's suggestions, and tampered choices change nothing", async () => {
  const eve = await server.signUp("Eve"), fay = await server.signUp("Fay");
  await fay.upload("/resume", file(pdf(LINES)));
  await settled(fay);
  await eve.post("/resume/suggestions", { choices: ["python:expert"] });
  assert.deepEqual(await server.rows(`SELECT s.id FROM user_skills s JOIN users u ON u.id = s.user_id WHERE u.email IN ('${eve.email}', '${fay.email}')`), []);
  for (const choices of ["python:wizard", "no-such-skill:expert", "python", "x".repeat(200)]) {
    const status = (await fay.post("/resume/suggestions", { choices: ["docker:expert", choices] })).status;
    assert.ok(status >= 400 && status < 500, `${choices} gives ${status}`);
  }
  assert.deepEqual(await server.rows(`SELECT s.id FROM user_skills s JOIN users u ON u.id = s.user_id WHERE u.email = '${fay.email}'`), [], "all or nothing");
  await eve.post("/resume/delete");
  assert.ok((await fay.get("/resume")).text.includes("MSc, Leeds"));
});
