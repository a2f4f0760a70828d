// What the other modules share: finding parts (also those htmx puts in later), making elements, saying things.
import { cookieText } from "./text.mjs";

const parts = [];

/** Runs `start(element)` once for every element that matches, now and in later fragments. */
export function enhance(selector, start) {
  const done = new WeakSet();
  parts.push((root) => {
    const found = [...root.querySelectorAll(selector)];
    if (root.matches?.(selector)) found.unshift(root);
    for (const element of found) {
      if (done.has(element)) continue;
      done.add(element);
      try { start(element); } catch (error) { console.error(`${selector}:`, error); }
    }
  });
}

/** Starts everything that was registered, in the order of registration. */
export function startAll() {
  const run = (root) => parts.forEach((part) => part(root));
  run(document.documentElement);
  document.addEventListener("htmx:load", (event) => run(event.detail.elt));
}

/** el("p", { class: "toast", hidden: true }, "text", child). Text always becomes a text node. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value == null) continue;
    element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

/** An icon of the sprite, whose address (it has a hash in it) is read from an icon that the server rendered. */
export function icon(name) {
  const use = document.querySelector("svg.icon use");
  const sprite = document.documentElement.dataset.icons ?? use?.getAttribute("href")?.split("#")[0];
  if (sprite === undefined) return null;
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const link = document.createElementNS("http://www.w3.org/2000/svg", "use");
  link.setAttribute("href", `${sprite}#${name}`);
  svg.append(link);
  return svg;
}

let voice;
/** Says something to a screen reader, politely. */
export function announce(text) {
  if (!voice) {
    voice = el("div", { class: "sr-only", role: "status", "aria-live": "polite" });
    document.body.append(voice);
  }
  voice.textContent = "";
  setTimeout(() => { voice.textContent = text; }, 50);
}

export function setCookie(name, value) {
  document.cookie = cookieText(name, value, location.protocol === "https:");
}

/** Storage that may be full or forbidden: every failure is "not stored". A key of null stores nothing. */
export const store = {
  get(key) { if (key === null) return null; try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
  set(key, value) { if (key === null) return false; try { localStorage.setItem(key, JSON.stringify(value)); return true; } catch { return false; } },
  remove(key) { try { localStorage.removeItem(key); } catch { /* nothing was stored */ } },
};

/** Drafts belong to a person, <body data-user="…">: where the page does not say whose it is, nothing is kept (null). */
export const owned = (key) => (document.body.dataset.user ? `${document.body.dataset.user}:${key}` : null);

export const FETCH_HEADERS = { Accept: "application/json", "X-Requested-With": "fetch" };

/** The fields of a form without files, as text for a body. */
export function formBody(form) {
  const fields = [...new FormData(form)].filter(([, value]) => typeof value === "string");
  return new URLSearchParams(fields).toString();
}

/** Posts a form's fields in the background. Throws when the server cannot be reached. */
export function postForm(form, url = form.action) {
  return fetch(url, {
    method: "POST", body: formBody(form), credentials: "same-origin",
    headers: { ...FETCH_HEADERS, "Content-Type": "application/x-www-form-urlencoded" },
  });
}

/** Sentence of an error answer: ours, or a general one that says what to do. */
export async function errorWords(response) {
  const data = await response.json().catch(() => null);
  const words = data?.error?.message ?? data?.message ?? data?.detail;
  if (typeof words === "string" && words) return words;
  if (response.status === 401) return "You have been signed out. Sign in again; what you typed is still here.";
  if (response.status === 413) return "That is too large.";
  if (response.status >= 500) return "The server could not do that. Nothing was changed; try again in a minute.";
  return "That did not work. Nothing was changed; reload the page and try again.";
}
