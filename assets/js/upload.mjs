// Uploading a file: drop zone, a size check before anything is sent, progress in words and as a bar.
import { el, enhance, FETCH_HEADERS } from "./dom.mjs";
import { size } from "./text.mjs";

function send(form, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    Object.entries(FETCH_HEADERS).forEach(([name, value]) => request.setRequestHeader(name, value));
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) onProgress(event.loaded / event.total); });
    request.addEventListener("load", () => resolve(request));
    request.addEventListener("error", () => reject(new Error("network")));
    request.send(new FormData(form));
  });
}

function words(request, limit) {
  if (request.status === 413) return `That file is too large: we take up to ${size(limit)}.`;
  try {
    const data = JSON.parse(request.responseText);
    const text = data?.error?.message ?? data?.message ?? (request.status < 500 ? data?.detail : "");
    if (typeof text === "string" && text) return text;
  } catch { /* not JSON: the general sentences below */ }
  if (request.status === 401) return "You have been signed out. Sign in again and choose the file once more.";
  return "The file could not be read. Nothing was stored; try another file.";
}

function follow(request, form) {
  let target = "";
  try {
    const answer = JSON.parse(request.responseText);
    target = answer?.redirect ?? answer?.location ?? "";
  } catch { /* a page, not JSON */ }
  if (typeof target === "string" && target.startsWith("/") && !target.startsWith("//")) { location.assign(target); return; }
  if (request.responseURL && new URL(request.responseURL).pathname !== new URL(form.action).pathname) { location.assign(request.responseURL); return; }
  location.reload();
}

enhance("form[data-upload]", (form) => {
  const input = form.querySelector("input[type='file']");
  const zone = form.querySelector(".dropzone") ?? form;
  const name = zone.querySelector("[data-upload-name]");
  const error = form.querySelector(`[data-error-for="${CSS.escape(input.name)}"]`) ?? form.appendChild(el("p", { class: "field-error", role: "alert" }));
  const limit = Number(form.dataset.maxBytes ?? input.dataset.maxBytes) || Infinity;
  let busy = false;

  function check() {
    const file = input.files[0];
    if (!file) return false;
    if (name) name.textContent = `${file.name}, ${size(file.size)}`;
    if (file.size === 0) error.textContent = "That file is empty. Choose another one.";
    else if (file.size > limit) error.textContent = `That file has ${size(file.size)}; we take up to ${size(limit)}.`;
    else error.textContent = "";
    input.toggleAttribute("aria-invalid", Boolean(error.textContent));
    return !error.textContent;
  }

  input.addEventListener("change", check);
  ["dragenter", "dragover"].forEach((kind) => zone.addEventListener(kind, (event) => { event.preventDefault(); zone.classList.add("is-over"); }));
  ["dragleave", "drop"].forEach((kind) => zone.addEventListener(kind, () => zone.classList.remove("is-over")));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    check();
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy || !check()) return;
    busy = true;
    const label = el("p", { class: "small", role: "status" }, `Sending ${input.files[0].name}…`);
    const bar = el("progress", { class: "progress", max: "1", value: "0", "aria-label": "Upload" });
    const box = form.appendChild(el("div", { class: "progress-block" }, label, bar));
    try {
      const done = await send(form, (part) => {
        bar.value = part;
        label.textContent = part < 1 ? `Sending ${input.files[0].name}: ${Math.round(part * 100)} %` : "Sent. Reading your file…";
      });
      if (done.status >= 200 && done.status < 300) { follow(done, form); return; }
      error.textContent = words(done, limit);
    } catch {
      error.textContent = "We lost the connection while sending. Nothing was stored; try again.";
    }
    box.remove();
    busy = false;
  });
});
