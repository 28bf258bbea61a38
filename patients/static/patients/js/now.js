// Opens the diary where one looks: at the visit in the panel, else, today, with the line for now a third of the way down.
const grid = document.querySelector(".cal .grid");
const there = grid?.querySelector(".blk[aria-current]") ?? grid?.querySelector(".nowt");
if (there && !location.hash) {
  const place = there.getBoundingClientRect();
  const frame = grid.getBoundingClientRect();
  grid.scrollTop += place.top - frame.top - grid.clientHeight / 3;
  const column = there.closest(".col")?.getBoundingClientRect();
  if (column) grid.scrollLeft += column.left - frame.left - Math.max(0, (grid.clientWidth - column.width) / 2);
}
