// From the search into what it found, without the mouse: arrows walk, Enter takes the only one or goes to the first.
const hits = () => [...document.querySelectorAll("#hits .hit")];

document.addEventListener("keydown", (event) => {
  const isSearch = event.target.id === "q", hit = event.target.closest?.("#hits .hit");
  if ((!isSearch && !hit) || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const all = hits(), found = all.filter((one) => !one.classList.contains("new")), n = all.indexOf(hit);
  if (event.key === "ArrowDown") all[n + 1]?.focus();
  else if (event.key === "ArrowUp" && hit) (all[n - 1] ?? document.getElementById("q")).focus();
  else if (event.key === "Enter" && isSearch && found.length === 1) found[0].click();
  else if (event.key === "Enter" && isSearch && found.length > 1) found[0].focus();
  else return;
  event.preventDefault();
});
