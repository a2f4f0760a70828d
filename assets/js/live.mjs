// News from the server while the page is open (server-sent events). Only a visible tab holds the connection, because a
// browser allows few to one server.
import { enhance } from "./dom.mjs";
import htmx from "./htmx.mjs";
import { toast } from "./toast.mjs";

enhance("[data-live]", (element) => {
  let source = null;

  function open() {
    if (source || document.hidden) return;
    source = new EventSource(element.dataset.live);
    source.addEventListener("notifications", (event) => {
      const count = Number(event.data);
      if (!Number.isInteger(count) || count < 0) return;
      document.querySelectorAll("[data-notification-count]").forEach((place) => { place.textContent = count ? String(Math.min(count, 99)) : ""; });
    });
    source.addEventListener("refresh", (event) => {
      try { document.querySelectorAll(event.data).forEach((part) => htmx.trigger(part, "refresh")); } catch { /* not a selector */ }
    });
    source.addEventListener("toast", (event) => toast(event.data));
  }

  function close() {
    source?.close();
    source = null;
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", open);
  open();
});
