// Opens today's diary where the day stands: the line for now a third of the way down.
const grid = document.querySelector(".cal .grid");
const now = grid?.querySelector(".nowt");
if (now && !location.hash) {
  grid.scrollTop += now.getBoundingClientRect().top - grid.getBoundingClientRect().top - grid.clientHeight / 3;
}
