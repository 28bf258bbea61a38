// Dialogs and menus by attribute: data-open="id" opens a <dialog>, data-close closes it, data-menu is a <details> that
// closes by Escape or a click elsewhere. A dialog that comes with data-open-now (also swapped in by htmx) opens at once.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) { event.preventDefault(); show(document.getElementById(opener.dataset.open)); }
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
  if (event.target instanceof HTMLDialogElement && event.target.matches(".dialog")) closeOnVeil(event);
  for (const menu of document.querySelectorAll("[data-menu][open]")) if (!menu.contains(event.target)) menu.open = false;
});

// The title takes the focus unless the dialog asks otherwise: on a phone a focused field would raise the keyboard.
function show(dialog) {
  dialog.showModal();
  if (!dialog.querySelector("[autofocus]")) dialog.querySelector("header h2")?.focus();
}

function closeOnVeil({ target, clientX, clientY }) {
  const area = target.getBoundingClientRect();
  const inside = clientX >= area.left && clientX <= area.right && clientY >= area.top && clientY <= area.bottom;
  if (!inside) target.close();
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("[data-menu][open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
});

function settle(root) {
  root.querySelectorAll("dialog[data-open-now]").forEach((dialog) => { if (!dialog.open) show(dialog); });
  root.querySelector("[data-focus]")?.focus();
  root.querySelector(".nav [aria-current], .tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
}
settle(document);
document.addEventListener("htmx:afterSettle", (event) => settle(event.detail.elt));
