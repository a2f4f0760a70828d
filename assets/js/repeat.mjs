// Repeatable entries (work history, say): one more from a template, one less, numbered on.
import { announce, enhance } from "./dom.mjs";

enhance("[data-repeat]", (box) => {
  const template = box.querySelector("template[data-repeat-template]");
  const items = () => [...box.querySelectorAll("[data-repeat-item]")];
  let next = items().length;

  const changed = () => box.dispatchEvent(new Event("change", { bubbles: true }));

  function add() {
    const html = template.innerHTML.replaceAll("__i__", String(next++));
    const holder = document.createElement("template");
    holder.innerHTML = html; // our own template from the page, with a number put in
    const item = holder.content.querySelector("[data-repeat-item]");
    const last = items().at(-1);
    if (last) last.after(item); else template.before(item);
    document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: item } }));
    item.querySelector("input:not([type='hidden']), select, textarea")?.focus();
    announce("Entry added");
  }

  box.addEventListener("click", (event) => {
    if (event.target.closest("[data-repeat-add]") && template) {
      event.preventDefault();
      add();
    }
    const remove = event.target.closest("[data-repeat-remove]");
    if (!remove) return;
    event.preventDefault();
    const item = remove.closest("[data-repeat-item]");
    const neighbour = item.previousElementSibling?.closest("[data-repeat-item]") ?? item.nextElementSibling?.closest("[data-repeat-item]");
    item.remove();
    changed();
    announce("Entry removed");
    (neighbour?.querySelector("input, select, textarea") ?? box.querySelector("[data-repeat-add]"))?.focus();
  });
});
