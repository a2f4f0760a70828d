// The board: cards move by drag, by the keyboard, or by the form that each card carries (which is the way without scripts).
// Every way ends in the same request: the card's own form, posted in the background. When that fails the card goes back.
import { announce, el, enhance, errorWords, icon, postForm } from "./dom.mjs";
import { toast } from "./toast.mjs";

class Board {
  constructor(box) {
    this.box = box;
    this.lifted = null;
    box.querySelectorAll("[data-board-card]").forEach((card) => this.prepare(card));
    this.columns().forEach((column) => this.dropTarget(column));
  }

  columns() { return [...this.box.querySelectorAll("[data-board-column]")]; }
  columnOf(card) { return card.closest("[data-board-column]"); }
  nameOf(column) { return column.querySelector("[data-board-name]")?.textContent.trim() ?? column.dataset.boardColumn; }
  titleOf(card) { return card.querySelector("[data-board-title]")?.textContent.trim() ?? "Card"; }
  place(column) { return column.querySelector("[data-board-cards]") ?? column; }

  prepare(card) {
    card.draggable = true;
    card.addEventListener("dragstart", (event) => {
      if (this.lifted) this.putBack();
      this.dragged = card;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", card.dataset.boardCard);
      card.classList.add("is-dragging");
    });
    card.addEventListener("dragend", () => {
      card.classList.remove("is-dragging");
      this.columns().forEach((column) => column.classList.remove("is-over"));
      this.dragged = null;
    });
    const form = card.querySelector("[data-board-move]");
    if (!form) return;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const select = form.querySelector("select");
      this.move(card, this.columns().find((column) => column.dataset.boardColumn === select.value));
      select.focus(); // moving an element takes the focus from it
    });
    const handle = el("button", { type: "button", class: "btn btn-ghost btn-icon btn-sm board-lift", "aria-pressed": "false" },
      icon("grip-vertical") ?? "⋮", el("span", { class: "sr-only" }, `Lift ${this.titleOf(card)}`));
    handle.addEventListener("click", () => (this.lifted?.card === card ? this.drop() : this.lift(card, handle)));
    handle.addEventListener("keydown", (event) => this.key(event, card));
    handle.addEventListener("blur", () => { if (this.lifted?.card === card && !this.lifted.moving) this.putBack(); });
    card.append(handle);
  }

  dropTarget(column) {
    column.addEventListener("dragover", (event) => {
      if (!this.dragged) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "move";
      this.columns().forEach((one) => one.classList.toggle("is-over", one === column));
    });
    column.addEventListener("drop", (event) => {
      if (!this.dragged) return;
      event.preventDefault();
      this.move(this.dragged, column);
    });
  }

  lift(card, handle) {
    if (this.lifted) this.putBack();
    this.lifted = { card, handle, home: this.columnOf(card), before: card.nextElementSibling };
    card.classList.add("is-lifted");
    handle.setAttribute("aria-pressed", "true");
    announce(`${this.titleOf(card)} lifted from ${this.nameOf(this.lifted.home)}. Left and right move it, Space puts it down, Escape puts it back.`);
  }

  key(event, card) {
    if (this.lifted?.card !== card) return;
    if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); this.putBack(); return; }
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    const columns = this.columns();
    const at = columns.indexOf(this.columnOf(card)) + step;
    if (!columns[at]) { announce(`${this.nameOf(columns[at - step])} is the ${step > 0 ? "last" : "first"} column`); return; }
    this.lifted.moving = true; // moving an element takes the focus from it
    this.place(columns[at]).prepend(card);
    this.lifted.handle.focus();
    this.lifted.moving = false;
    card.scrollIntoView({ block: "nearest", inline: "nearest" });
    announce(`Over ${this.nameOf(columns[at])}, column ${at + 1} of ${columns.length}`);
  }

  /** Ends lifting. The card stays where it is. */
  release() {
    const { card, handle, home, before } = this.lifted;
    this.lifted = null;
    card.classList.remove("is-lifted");
    handle.setAttribute("aria-pressed", "false");
    return { card, handle, home, before };
  }

  putBack() {
    this.lifted.moving = true;
    const { card, handle, home, before } = this.lifted;
    const focused = document.activeElement === handle;
    this.place(home).insertBefore(card, before);
    this.release();
    if (focused) handle.focus();
    announce(`${this.titleOf(card)} is back in ${this.nameOf(home)}`);
  }

  drop() {
    const { card, handle, home, before } = this.release();
    const column = this.columnOf(card);
    handle.focus();
    if (column === home) { announce(`${this.titleOf(card)} put down where it was`); return; }
    this.send(card, column, home, before);
  }

  move(card, column) {
    const home = this.columnOf(card);
    if (!column || column === home) return;
    const before = card.nextElementSibling;
    this.place(column).prepend(card);
    this.send(card, column, home, before);
  }

  async send(card, column, home, before) {
    const form = card.querySelector("[data-board-move]");
    const select = form.querySelector("select");
    select.value = column.dataset.boardColumn;
    this.count();
    let problem = "";
    try {
      const response = await postForm(form);
      if (!response.ok) problem = await errorWords(response);
    } catch {
      problem = "We cannot reach the server, so the card went back. Try again when you are online.";
    }
    if (!problem) {
      [...select.options].forEach((option) => { option.defaultSelected = option.selected; });
      announce(`${this.titleOf(card)} moved to ${this.nameOf(column)}`);
      return;
    }
    select.value = home.dataset.boardColumn;
    this.place(home).insertBefore(card, before?.parentNode === this.place(home) ? before : null);
    this.count();
    toast(problem, { problem: true });
  }

  count() {
    this.columns().forEach((column) => {
      const place = column.querySelector("[data-board-count]");
      if (place) place.textContent = String(column.querySelectorAll("[data-board-card]").length);
    });
  }
}

enhance("[data-board]", (box) => new Board(box));
