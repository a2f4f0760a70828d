// htmx with what a strict content security policy asks for: no evaluation, no injected style. A request that fails says so.
import htmx from "htmx.org";
import { toast } from "./toast.mjs";

Object.assign(htmx.config, {
  allowEval: false,
  allowScriptTags: false,
  includeIndicatorStyles: false,
  selfRequestsOnly: true,
  historyCacheSize: 0,
  defaultSwapDelay: 0,
});

// What fetches itself again says so in its own way (refresh.mjs).
const isQuiet = (event) => event.detail.elt.matches?.("[data-refresh-every]");
document.addEventListener("htmx:sendError", (event) => isQuiet(event) || toast("We cannot reach the server. Nothing was changed; try again when you are online.", { problem: true }));
document.addEventListener("htmx:responseError", (event) => {
  if (isQuiet(event)) return;
  const status = event.detail.xhr.status;
  toast(status === 401 ? "You have been signed out. Sign in again to go on." : "That did not work. Nothing was changed; reload the page and try again.", { problem: true });
});

export default htmx;
