// Short messages at the edge of the page.
import { el, enhance, icon } from "./dom.mjs";

const STAY_MS = 8000;

function region() {
  let place = document.querySelector("[data-toasts]");
  if (!place) {
    place = el("div", { class: "toasts", "data-toasts": "", role: "status", "aria-live": "polite" });
    document.body.append(place);
  }
  return place;
}

/** Shows a sentence. `problem` marks a failure; it stays until it is closed. */
export function toast(text, { problem = false } = {}) {
  const box = el("div", { class: problem ? "toast toast-destructive" : "toast", "data-toast": problem ? "sticky" : "" }, el("p", {}, text));
  region().append(box);
  startToast(box);
  return box;
}

const started = new WeakSet();
function startToast(box) {
  if (started.has(box)) return;
  started.add(box);
  const close = el("button", { type: "button", class: "btn btn-ghost btn-icon btn-sm" }, icon("x") ?? "×", el("span", { class: "sr-only" }, "Close"));
  close.addEventListener("click", () => box.remove());
  box.append(close);
  if (box.dataset.toast === "sticky") return;
  let timer;
  const wait = () => { clearTimeout(timer); timer = setTimeout(() => box.remove(), STAY_MS); };
  const hold = () => clearTimeout(timer);
  box.addEventListener("pointerenter", hold);
  box.addEventListener("focusin", hold);
  box.addEventListener("pointerleave", wait);
  box.addEventListener("focusout", wait);
  wait();
}

enhance("[data-toast]", startToast);
