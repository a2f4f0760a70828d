// htmx with what a strict content security policy asks for: no evaluation, no injected style.
import htmx from "htmx.org";

Object.assign(htmx.config, {
  allowEval: false,
  allowScriptTags: false,
  includeIndicatorStyles: false,
  selfRequestsOnly: true,
  historyCacheSize: 0,
  defaultSwapDelay: 0,
});

window.htmx = htmx;
export default htmx;
