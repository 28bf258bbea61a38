// Opens the browser's own print dialog from a button.
document.querySelector("[data-print]")?.addEventListener("click", () => print());
