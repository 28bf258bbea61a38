// Keyboard: data-key="n" presses (or focuses) its element. No key works while someone types, except Escape;
// Enter presses its element only where nothing has the focus, for else it belongs to what has it.
const TYPING = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const typing = event.target.matches?.(TYPING);
  if (event.key === "Escape" && typing) { event.target.blur(); return; }
  if (typing || document.querySelector("dialog[open]")) return;
  if (event.key === "Enter" && event.target !== document.body) return;
  const wanted = event.key.toLowerCase();
  const target = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key.toLowerCase() === wanted && one.getClientRects().length > 0);
  if (!target) return;
  event.preventDefault();
  if (target.matches(TYPING)) target.focus(); else target.click();
});
