// Native dialogs, opened and closed by attribute; fields where a text must be typed to confirm.
import { enhance } from "./dom.mjs";

enhance("[data-dialog-open]", (opener) => opener.addEventListener("click", (event) => {
  const dialog = document.getElementById(opener.dataset.dialogOpen);
  if (!dialog?.showModal) return;
  event.preventDefault();
  opener.closest("details.menu")?.removeAttribute("open");
  if (!dialog.open) dialog.showModal();
}));

enhance("[data-dialog-close]", (closer) => closer.addEventListener("click", (event) => {
  const dialog = closer.closest("dialog");
  if (!dialog) return;
  event.preventDefault();
  dialog.close();
}));

enhance("dialog.dialog", (dialog) => dialog.addEventListener("pointerdown", (event) => {
  if (event.target !== dialog) return;
  const box = dialog.getBoundingClientRect();
  const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
  if (!inside) dialog.close();
}));

enhance("[data-confirm]", (input) => {
  const buttons = [...(input.form?.querySelectorAll("button:not([type='button'])") ?? [])];
  const check = () => buttons.forEach((button) => { button.disabled = input.value.trim() !== input.dataset.confirm; });
  input.autocomplete = "off";
  input.addEventListener("input", check);
  check();
});
