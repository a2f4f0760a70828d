// A text field with suggestions from the server (ARIA combobox with a listbox). Free text stays allowed.
import { el, enhance, FETCH_HEADERS } from "./dom.mjs";

const QUIET_MS = 120;
let number = 0;

/**
 * Adds suggestions to `input`. `choose(option)` is called with { value, label, hint } when one is taken;
 * `taken()` lists labels that are not offered again. Returns { close, active } : active() is true while an option is marked.
 */
export function combobox(input, { url, choose, taken = () => [] }) {
  const id = `combo-${++number}`;
  const list = el("div", { class: "combo-list", role: "listbox", id, hidden: true, "aria-label": "Suggestions" });
  let options = [];
  let marked = -1;
  let timer = 0;
  let request = null;
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", id);
  input.autocomplete = "off";

  function close() {
    clearTimeout(timer);
    request?.abort();
    list.hidden = true;
    marked = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function show(at) {
    marked = at;
    [...list.children].forEach((child, index) => child.setAttribute("aria-selected", String(index === at)));
    if (at < 0) { input.removeAttribute("aria-activedescendant"); return; }
    input.setAttribute("aria-activedescendant", `${id}-${at}`);
    list.children[at].scrollIntoView({ block: "nearest" });
  }

  function take(at) {
    const option = options[at];
    close();
    if (option) choose(option);
  }

  function render() {
    list.replaceChildren(...options.map((option, index) => {
      const row = el("div", { class: "combo-option", role: "option", id: `${id}-${index}`, "aria-selected": "false" },
        el("span", {}, option.label), option.hint ? el("small", {}, option.hint) : null);
      row.addEventListener("pointerdown", (event) => event.preventDefault());
      row.addEventListener("click", () => take(index));
      return row;
    }));
    list.hidden = !options.length;
    input.setAttribute("aria-expanded", String(options.length > 0));
    marked = -1;
    input.removeAttribute("aria-activedescendant");
  }

  async function ask() {
    const query = input.value.trim();
    if (!query) { close(); return; }
    request?.abort();
    request = new AbortController();
    try {
      const address = new URL(url, location.href);
      address.searchParams.set("q", query);
      const response = await fetch(address, { headers: FETCH_HEADERS, signal: request.signal, credentials: "same-origin" });
      const found = response.ok ? await response.json() : [];
      if (document.activeElement !== input) return;
      const used = new Set(taken().map((label) => label.toLocaleLowerCase()));
      options = (Array.isArray(found) ? found : []).map((one) => ({ ...one, label: String(one.label ?? one.value ?? "") }))
        .filter((one) => one.label && !used.has(one.label.toLocaleLowerCase())).slice(0, 12);
      render();
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  }

  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, QUIET_MS); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) { ask(); return; }
      const step = event.key === "ArrowDown" ? 1 : -1;
      show(marked < 0 && step < 0 ? options.length - 1 : (marked + step + options.length) % options.length);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "Enter" && marked >= 0) {
      event.preventDefault();
      event.stopImmediatePropagation();
      take(marked);
    }
  });
  return { list, close, active: () => marked >= 0 };
}

enhance("input[data-suggest]", (input) => {
  const wrap = el("div", { class: "combo" });
  input.replaceWith(wrap);
  wrap.append(input);
  const hidden = input.dataset.suggestId ? input.form?.elements.namedItem(input.dataset.suggestId) : null;
  const box = combobox(input, {
    url: input.dataset.suggest,
    choose(option) {
      input.value = option.label;
      if (hidden) hidden.value = option.value;
      input.dispatchEvent(new Event("change", { bubbles: true }));
      if ("suggestSubmit" in input.dataset) input.form?.requestSubmit();
    },
  });
  // A value that is typed over no longer means what was chosen.
  input.addEventListener("input", () => { if (hidden) hidden.value = ""; });
  wrap.append(box.list);
});
