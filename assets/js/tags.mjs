// A chip input over a textarea with one entry a line. The textarea stays in the form and is what is submitted.
import { announce, el, enhance, icon } from "./dom.mjs";
import { combobox } from "./combobox.mjs";
import { parseTags } from "./text.mjs";

class Tags {
  constructor(area) {
    this.area = area;
    this.limit = Number(area.dataset.tagsMax) || 50;
    this.entries = parseTags(area.value);
    this.input = el("input", { class: "tags-input", type: "text", id: `${area.id}-input`, placeholder: area.placeholder || null, enterkeyhint: "done" });
    this.box = el("div", { class: "tags" }, this.input);
    this.wrap = el("div", { class: "combo" }, this.box);
    area.after(this.wrap);
    area.hidden = true;
    area.required = false;
    document.querySelectorAll(`label[for="${CSS.escape(area.id)}"]`).forEach((label) => { label.htmlFor = this.input.id; });
    if (area.dataset.suggest) {
      this.suggest = combobox(this.input, { url: area.dataset.suggest, choose: (option) => this.add(option.label), taken: () => this.entries });
      this.wrap.append(this.suggest.list);
    }
    this.listen();
    this.render();
    this.mirror();
    new MutationObserver(() => this.mirror()).observe(area, { attributeFilter: ["aria-invalid", "aria-describedby"] });
  }

  listen() {
    this.box.addEventListener("click", (event) => { if (event.target === this.box) this.input.focus(); });
    this.input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if ((event.key === "Enter" || event.key === ",") && this.input.value.trim()) { event.preventDefault(); this.add(this.input.value); }
      else if (event.key === ",") event.preventDefault();
      else if (event.key === "Backspace" && !this.input.value && this.entries.length) this.remove(this.entries.length - 1);
    });
    this.input.addEventListener("input", () => { if (/[,\n]/.test(this.input.value)) this.add(this.input.value); });
    this.input.addEventListener("paste", (event) => {
      const text = event.clipboardData?.getData("text") ?? "";
      if (!/[\n,]/.test(text)) return;
      event.preventDefault();
      this.add(text);
    });
    this.input.addEventListener("blur", () => { if (this.input.value.trim()) this.add(this.input.value); });
    this.area.form?.addEventListener("submit", () => { if (this.input.value.trim()) this.add(this.input.value); }, { capture: true });
  }

  /** The state of the textarea, as the server or autosave set it, at the field that is seen. */
  mirror() {
    for (const name of ["aria-invalid", "aria-describedby"]) {
      const value = this.area.getAttribute(name);
      if (value) this.input.setAttribute(name, value); else this.input.removeAttribute(name);
    }
  }

  add(text) {
    const before = this.entries.length;
    const next = parseTags([...this.entries, text].join("\n"));
    this.input.value = "";
    this.suggest?.close();
    if (next.length > this.limit) { announce(`At most ${this.limit} entries`); return; }
    if (next.length === before) return;
    this.entries = next;
    this.changed();
    announce(`${next.at(-1)} added`);
  }

  remove(at) {
    const [gone] = this.entries.splice(at, 1);
    this.changed();
    announce(`${gone} removed`);
    this.input.focus();
  }

  changed() {
    this.area.value = this.entries.join("\n");
    this.render();
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  render() {
    this.box.querySelectorAll(".tag").forEach((chip) => chip.remove());
    this.input.placeholder = this.entries.length ? "" : this.area.placeholder;
    this.input.before(...this.entries.map((entry, at) => {
      const button = el("button", { type: "button", class: "tag-remove" }, icon("x") ?? "×", el("span", { class: "sr-only" }, `Remove ${entry}`));
      button.addEventListener("click", () => this.remove(at));
      return el("span", { class: "tag" }, el("span", {}, entry), button);
    }));
  }
}

enhance("textarea[data-tags]", (area) => new Tags(area));
