// Saving while typing. One request at a time; what could not be sent is kept in localStorage (per person and address),
// tried again with growing pauses, and sent when the page is opened again. The server's answer decides what is shown.
import { FETCH_HEADERS, enhance, formBody, owned, store } from "./dom.mjs";
import { backoff, clock } from "./text.mjs";

const QUIET_MS = 400;
const DRAFT_DAYS = 7;
const OFFLINE_WORDS = "Not saved yet: you are offline, we keep what you typed and try again";

/** Shows or removes the message of one field. Exported for forms that validate in other ways. */
export function showError(form, name, message) {
  const place = form.querySelector(`[data-error-for="${CSS.escape(name)}"]`);
  if (place) {
    if (place.textContent !== message) place.textContent = message;
    place.id ||= `error-${name}`;
  }
  for (const control of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
    if (message) control.setAttribute("aria-invalid", "true"); else control.removeAttribute("aria-invalid");
    if (!place) continue;
    const known = (control.getAttribute("aria-describedby") ?? "").split(/\s+/).filter(Boolean);
    if (!known.includes(place.id)) control.setAttribute("aria-describedby", [...known, place.id].join(" "));
  }
}

/** What may lie in the browser's storage: no passwords. */
function draftBody(form) {
  const fields = new URLSearchParams(formBody(form));
  form.querySelectorAll("input[type='password'][name]").forEach((input) => fields.delete(input.name));
  return fields.toString();
}

/** Puts the fields of a draft back into the controls that exist. */
export function fillForm(form, body) {
  const fields = new URLSearchParams(body);
  for (const control of form.elements) {
    if (!control.name || control.type === "file" || control.type === "hidden") continue;
    if (control.type === "checkbox" || control.type === "radio") control.checked = fields.getAll(control.name).includes(control.value);
    else if (fields.has(control.name)) control.value = fields.get(control.name);
  }
}

class Autosave {
  constructor(form) {
    this.form = form;
    this.url = form.dataset.autosave;
    this.key = owned(`draft:${new URL(this.url, location.href).pathname}`);
    this.state = form.querySelector("[data-autosave-state]") ?? document.querySelector("[data-autosave-state]");
    this.saved = formBody(form);
    this.localise();
    this.touched = new Set();
    this.attempt = 0;
    this.busy = false;
    this.timer = 0;
    this.listen();
    this.recover();
  }

  /** The server tells when it saved last in UTC; shown in the reader's own time. */
  localise() {
    const time = this.state?.querySelector("time[datetime]");
    if (time && /UTC$/.test(time.textContent)) time.textContent = `Saved ${clock(time.getAttribute("datetime"))}`;
  }

  listen() {
    const changed = (event) => {
      if (event.target.name) this.touched.add(event.target.name);
      this.schedule(QUIET_MS);
    };
    this.form.addEventListener("input", changed);
    this.form.addEventListener("change", changed);
    this.form.addEventListener("focusout", () => { if (this.dirty()) this.schedule(0); });
    this.form.addEventListener("submit", () => { clearTimeout(this.timer); this.leaving = true; store.remove(this.key); });
    window.addEventListener("online", () => { this.attempt = 0; if (this.dirty()) this.schedule(0); });
    window.addEventListener("pageshow", () => { this.leaving = false; });
    window.addEventListener("pagehide", () => {
      if (this.leaving || !this.dirty()) return;
      store.set(this.key, { body: draftBody(this.form), at: Date.now() });
      fetch(this.url, { ...this.request(formBody(this.form)), keepalive: true }).catch(() => {});
    });
  }

  dirty() { return formBody(this.form) !== this.saved; }

  show(state, words) {
    if (!this.state) return;
    this.state.dataset.state = state;
    if (this.state.textContent !== words) this.state.textContent = words;
  }

  request(body) {
    return { method: "POST", body, credentials: "same-origin", headers: { ...FETCH_HEADERS, "Content-Type": "application/x-www-form-urlencoded" } };
  }

  schedule(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), pause);
  }

  /** What was typed in an earlier visit and never reached the server. */
  recover() {
    const draft = store.get(this.key);
    if (!draft) return;
    const stale = !(Date.now() - draft.at < DRAFT_DAYS * 86400000);
    if (stale || draft.body === draftBody(this.form)) { store.remove(this.key); return; }
    fillForm(this.form, draft.body);
    this.form.dispatchEvent(new CustomEvent("autosave:restored", { bubbles: true }));
    this.show("saving", "Saving what you typed before…");
    this.schedule(0);
  }

  async save() {
    if (this.busy) { this.again = true; return; }
    const body = formBody(this.form);
    if (body === this.saved && !this.attempt) return;
    this.busy = true;
    store.set(this.key, { body: draftBody(this.form), at: Date.now() });
    const slow = setTimeout(() => this.show("saving", "Saving…"), 150);
    try {
      await this.answer(await fetch(this.url, this.request(body)), body);
    } catch {
      this.failed(OFFLINE_WORDS);
    } finally {
      clearTimeout(slow);
      this.busy = false;
      if (this.again) { this.again = false; this.schedule(0); }
    }
  }

  async answer(response, body) {
    const data = await response.json().catch(() => null);
    if (response.status === 401) { this.show("error", "Not saved: you have been signed out. Sign in again; we keep what you typed"); return; }
    if (response.status === 429 || response.status >= 500) { this.failed("Not saved yet: the server is busy, we keep what you typed and try again"); return; }
    if (response.redirected || (!response.ok && response.status !== 422)) { this.show("error", data?.error?.message ?? "Not saved. Reload the page; we keep what you typed"); return; }
    this.attempt = 0;
    this.saved = body;
    const errors = data?.errors ?? {};
    const names = new Set([...this.touched, ...[...this.form.querySelectorAll("[data-error-for]")].map((place) => place.dataset.errorFor)]);
    names.forEach((name) => showError(this.form, name, this.touched.has(name) ? errors[name] ?? "" : ""));
    if (response.ok) store.remove(this.key);
    const time = clock(data?.saved_at);
    if (response.ok || data?.saved_at) this.show("saved", `Saved ${time}`);
    else this.show("error", "Not saved yet: please look at the marked field");
  }

  failed(words) {
    this.show("error", words);
    this.schedule(backoff(this.attempt + 1));
    this.attempt += 1;
  }
}

enhance("form[data-autosave]", (form) => new Autosave(form));
