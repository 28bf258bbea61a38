// Opens the diary where one looks: at the visit in the panel, else, today, with the line for now a third of the way down.
// And keeps that line at now: it says so by the classes of clock.css, counted from the time at which it was drawn.
const frame = document.getElementById("frame");
const there = frame?.querySelector(".blk[aria-current], .free.on") ?? frame?.querySelector(".nowt");
if (there && !location.hash) {
  const place = there.getBoundingClientRect();
  const box = frame.getBoundingClientRect();
  frame.scrollTop += place.top - box.top - frame.clientHeight / 3;
  const column = there.closest(".col")?.getBoundingClientRect();
  if (column) frame.scrollLeft += column.left - box.left - Math.max(0, (frame.clientWidth - column.width) / 2);
}

const drawn = new WeakMap();
const two = (n) => String(n).padStart(2, "0");

function tick() {
  const mark = document.querySelector("#day .nowt");
  if (!mark) return;
  if (!drawn.has(mark)) drawn.set(mark, performance.now());
  const [h, m] = mark.dataset.now.split(":").map(Number);
  const minute = h * 60 + m + Math.floor((performance.now() - drawn.get(mark)) / 60_000);
  if (minute >= 24 * 60) return;
  const place = `at-${two(Math.floor(minute / 60))}${two(Math.floor((minute % 60) / 5) * 5)} plus-${minute % 5}`;
  mark.querySelector("b").textContent = `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
  for (const one of document.querySelectorAll("#day :is(.nowt, .now)")) one.className = `${one.className.replace(/\b(at|plus)-\d+\s*/g, "")} ${place}`;
}
tick();
setInterval(tick, 5000);
