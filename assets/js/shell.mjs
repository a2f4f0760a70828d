// The frame: sidebar, sheet on phones, theme, search shortcut, menus.
import { announce, enhance, setCookie } from "./dom.mjs";

const root = document.documentElement;

enhance("[data-sidebar-toggle]", (button) => {
  const show = () => {
    const collapsed = root.dataset.sidebar === "collapsed";
    button.setAttribute("aria-expanded", String(!collapsed));
    const label = button.querySelector(".sidebar-label");
    if (label) label.textContent = collapsed ? "Expand" : "Collapse";
  };
  button.addEventListener("click", () => {
    const collapse = root.dataset.sidebar !== "collapsed";
    if (collapse) root.dataset.sidebar = "collapsed"; else delete root.dataset.sidebar;
    setCookie("sidebar", collapse ? "collapsed" : "open");
    show();
  });
  show();
});

const FOCUSABLE = "a[href], button:not([disabled]), input:not([disabled]), select, textarea, [tabindex]:not([tabindex='-1'])";
let sheet = null;
let opener = null;

function closeSheet() {
  if (!sheet) return;
  sheet.classList.remove("is-open");
  sheet.removeAttribute("aria-modal");
  sheet.removeAttribute("role");
  document.querySelectorAll(".shell-main, .bottom-bar").forEach((rest) => { rest.inert = false; });
  sheet = null;
  opener?.focus();
}

enhance("[data-sheet-open]", (link) => link.addEventListener("click", (event) => {
  const target = document.getElementById(link.dataset.sheetOpen);
  if (!target) return;
  event.preventDefault();
  sheet = target;
  opener = link;
  target.classList.add("is-open");
  target.setAttribute("role", "dialog");
  target.setAttribute("aria-modal", "true");
  document.querySelectorAll(".shell-main, .bottom-bar").forEach((rest) => { rest.inert = true; });
  target.querySelector(".sidebar-link")?.focus();
}));
enhance("[data-sheet-close]", (link) => link.addEventListener("click", (event) => {
  if (!sheet) return;
  event.preventDefault();
  closeSheet();
}));
matchMedia("(min-width: 48rem)").addEventListener("change", closeSheet);

function trapFocus(event) {
  const stops = [...sheet.querySelectorAll(FOCUSABLE)].filter((stop) => stop.getClientRects().length);
  const first = stops[0];
  const last = stops.at(-1);
  if (event.shiftKey && document.activeElement === first) { event.preventDefault(); last.focus(); }
  else if (!event.shiftKey && document.activeElement === last) { event.preventDefault(); first.focus(); }
}

function mark(kind, value) {
  document.querySelectorAll(`[data-${kind}-set]`).forEach((button) =>
    button.setAttribute("aria-pressed", String(button.getAttribute(`data-${kind}-set`) === value)));
}

enhance("[data-theme-set]", (button) => button.addEventListener("click", (event) => {
  event.preventDefault();
  const value = button.dataset.themeSet;
  root.classList.remove("light", "dark");
  if (value !== "system") root.classList.add(value);
  setCookie("theme", value);
  mark("theme", value);
  announce(value === "system" ? "Theme follows your system" : `Theme is ${value}`);
}));
enhance("[data-preset-set]", (button) => button.addEventListener("click", (event) => {
  event.preventDefault();
  const value = button.dataset.presetSet;
  if (value === "slate") delete root.dataset.theme; else root.dataset.theme = value;
  setCookie("preset", value);
  mark("preset", value);
  announce(`Colours are ${value}`);
}));

const typing = (target) => target.closest?.("input, textarea, select, [contenteditable='true']");

document.addEventListener("keydown", (event) => {
  if (sheet && event.key === "Tab") trapFocus(event);
  if (event.key === "Escape") {
    if (sheet) { closeSheet(); return; }
    const menu = document.querySelector("details.menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); return; }
  }
  const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target);
  const command = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey;
  const search = document.querySelector("[data-search]");
  if ((slash || command) && search) {
    event.preventDefault();
    search.focus();
    search.select();
  }
});

document.addEventListener("click", (event) => {
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});
enhance("details.menu", (menu) => {
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const items = [...menu.querySelectorAll(".menu-item")];
    if (!items.length) return;
    event.preventDefault();
    menu.open = true;
    const step = event.key === "ArrowDown" ? 1 : -1;
    const at = items.indexOf(document.activeElement);
    items[at < 0 ? (step > 0 ? 0 : items.length - 1) : (at + step + items.length) % items.length].focus();
  });
});
