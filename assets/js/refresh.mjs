// Parts of a page that fetch themselves again every so many seconds: never while nobody can see the page, while the keyboard is in them or text is selected there, or while somebody
// holds them still. A part that cannot be fetched is tried less and less often.
import { announce, enhance } from "./dom.mjs";
import htmx from "./htmx.mjs";
import { toast } from "./toast.mjs";

const SECONDS_LEAST = 2, SECONDS_MOST = 60;
const held = new Set();
let failures = 0;

function isInUse(part) {
  const selection = document.getSelection();
  return document.hidden || held.has(part.id) || part.querySelector(":focus-visible") || (selection && !selection.isCollapsed && part.contains(selection.anchorNode));
}

enhance("[data-refresh-every]", (part) => {
  const every = Math.max(SECONDS_LEAST, Number(part.dataset.refreshEvery) || 0);
  const again = () => setTimeout(() => {
    if (!part.isConnected) return;
    if (!isInUse(part)) htmx.trigger(part, "refresh");
    again();
  }, Math.min(every * 2 ** failures, SECONDS_MOST) * 1000);
  again();
});

enhance("[data-refresh-toggle]", (button) => button.addEventListener("click", () => {
  const part = button.dataset.refreshToggle, isHeld = !held.has(part);
  if (isHeld) held.add(part); else held.delete(part);
  button.setAttribute("aria-pressed", String(isHeld));
  announce(isHeld ? "The page holds still" : "The page refreshes itself again");
}));

const isRefresh = (event) => event.detail.elt.matches?.("[data-refresh-every]");
function failed(event) {
  if (!isRefresh(event)) return;
  if (!failures++) toast("This page could not be refreshed. What you see may be old; it is tried again.", { problem: true });
}
document.addEventListener("htmx:sendError", failed);
document.addEventListener("htmx:responseError", failed);
document.addEventListener("htmx:afterOnLoad", (event) => { if (isRefresh(event)) failures = 0; });

// Details that have an id stay as open as they were, whichever part is fetched again.
let open = [];
document.addEventListener("htmx:beforeSwap", (event) => { open = [...event.detail.target.querySelectorAll("details[id][open]")].map((one) => one.id); });
document.addEventListener("htmx:afterSwap", () => {
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  open = [];
});
