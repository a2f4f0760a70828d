// Small behaviours that need no file of their own.
import { announce, el, enhance } from "./dom.mjs";
import { exactTime } from "./text.mjs";
import { toast } from "./toast.mjs";

enhance("time[datetime]", (time) => {
  const words = exactTime(time.getAttribute("datetime"), document.documentElement.lang || undefined);
  if (words) time.title = words;
});

enhance("[data-copy], [data-copy-from]", (button) => button.addEventListener("click", async () => {
  const source = document.getElementById(button.dataset.copyFrom ?? "");
  const text = button.dataset.copy ?? source?.value ?? source?.textContent ?? "";
  const state = button.querySelector("[data-copy-state]");
  try {
    await navigator.clipboard.writeText(text);
    if (!state) { toast("Copied"); return; }
    const before = state.textContent;
    state.textContent = "Copied";
    announce("Copied");
    setTimeout(() => { state.textContent = before; }, 2000);
  } catch {
    toast("Your browser did not let us copy. Select the text and copy it with the keyboard.", { problem: true });
  }
}));

enhance("[data-count]", (place) => {
  const field = document.getElementById(place.dataset.count);
  if (!field || field.maxLength < 1) return;
  const show = () => {
    const left = field.maxLength - field.value.length;
    place.textContent = `${left} character${left === 1 ? "" : "s"} left`;
  };
  field.addEventListener("input", show);
  show();
});

enhance("[data-autofocus]", (element) => element.focus());
enhance("[data-print]", (button) => button.addEventListener("click", () => window.print()));
enhance("[data-submit-on-change]", (control) => control.addEventListener("change", () => control.form?.requestSubmit()));

enhance("form[data-busy]", (form) => form.addEventListener("submit", (event) => {
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  const button = event.submitter;
  setTimeout(() => button?.setAttribute("aria-busy", "true"), 150);
}));
// A page that comes back from the browser's memory can be sent again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  document.querySelectorAll("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  });
});

let banner = null;
function connection() {
  if (navigator.onLine) {
    if (banner) { banner.remove(); banner = null; announce("You are online again"); }
    return;
  }
  if (banner) return;
  banner = el("div", { class: "offline-banner", role: "status" }, "You are offline. Go on typing: we keep it here and save it when the connection is back.");
  document.body.prepend(banner);
}
window.addEventListener("online", connection);
window.addEventListener("offline", connection);
connection();
