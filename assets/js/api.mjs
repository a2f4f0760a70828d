// The forms of the API's page: they send what is typed, with the session or with the token that was pasted, and show what comes back. The token
// is read from its field when a form is sent and is kept nowhere else.
import { announce, el, enhance } from "./dom.mjs";
import { fillPath, prettyBody } from "./text.mjs";

/** Where a form's controls go: { path, query, headers }. Empty ones are not sent. */
function read(form) {
  const parts = { path: {}, query: new URLSearchParams(), header: {} };
  for (const control of form.querySelectorAll("[data-api-in]")) {
    const value = control.value.trim();
    if (!value) continue;
    if (control.dataset.apiIn === "query") parts.query.append(control.name, value); else parts[control.dataset.apiIn][control.name] = value;
  }
  const query = parts.query.toString();
  return { address: fillPath(form.dataset.path, parts.path) + (query ? `?${query}` : ""), headers: parts.header };
}

/** The body as it is sent, null for none; undefined, with a message at the field, when it is no JSON. */
function readBody(form) {
  const field = form.querySelector("[data-api-body]");
  if (!field || !field.value.trim()) return null;
  const place = form.querySelector("[data-api-error]");
  try {
    JSON.parse(field.value);
    place.textContent = "";
    field.removeAttribute("aria-invalid");
    return field.value;
  } catch (error) {
    place.textContent = `This is not JSON yet: ${error.message}.`;
    field.setAttribute("aria-invalid", "true");
    field.focus();
    return undefined;
  }
}

function show(place, response, text, ms) {
  const good = response.ok;
  const words = `${response.status} ${response.statusText}`.trim();
  const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
  place.replaceChildren(
    el("p", { class: "row" }, el("span", { class: `badge ${good ? "badge-success" : "badge-destructive"}` }, words), el("span", { class: "muted small" }, `in ${ms} ms`)),
    text ? el("pre", { class: "code", tabindex: "0", "aria-label": "Body of the answer" }, prettyBody(text)) : el("p", { class: "muted" }, "The answer has no body."),
    el("details", { class: "disclosure" }, el("summary", {}, "Headers"), el("pre", { class: "code", tabindex: "0" }, headers)),
  );
  announce(`Answered with ${words}`);
}

async function send(form, place) {
  const body = readBody(form);
  if (body === undefined) return;
  const { address, headers } = read(form);
  const token = document.querySelector("[data-api-token]")?.value.trim();
  if (body !== null) headers["Content-Type"] = "application/json";
  if (token) headers.Authorization = `Bearer ${token}`;
  const start = performance.now();
  try {
    const response = await fetch(address, { method: form.dataset.method, headers: { Accept: "application/json", ...headers }, body, credentials: token ? "omit" : "same-origin", redirect: "manual", cache: "no-store" });
    show(place, response, await response.text(), Math.round(performance.now() - start));
  } catch (error) {
    place.replaceChildren(el("p", { class: "field-error" }, `Nothing came back: ${error.message}. Is the server running, and can every header be sent?`));
  }
}

enhance("form[data-api-try]", (form) => {
  const place = form.parentElement.querySelector("[data-api-result]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    if (button.getAttribute("aria-busy")) return;
    button.setAttribute("aria-busy", "true");
    await send(form, place);
    button.removeAttribute("aria-busy");
  });
});

/** An address that leads into a folded operation opens it; so does the way to it. */
function reveal() {
  let id;
  try { id = decodeURIComponent(location.hash.slice(1)); } catch { return; }
  const target = id ? document.getElementById(id) : null;
  const folded = target?.closest(".api-operation");
  if (!folded) return;
  folded.open = true;
  folded.scrollIntoView();
}

enhance(".api", () => {
  if (window.matchMedia("(max-width: 63.999rem)").matches) document.querySelector(".api-contents-fold").open = false;
  window.addEventListener("hashchange", reveal);
  reveal();
});
