// Places visits in the diary by hand: pull, lengthen and draw with mouse, pen or finger (after a long press), and the
// same by keys. It only shows where something would go; the server decides, and answers with the day as it is then.
const LONG_PRESS = 400, SLACK = 6, EDGE = 44;
const frame = document.getElementById("frame");
const said = document.getElementById("said");
const day = () => document.getElementById("day");
let pressed = null;                                            // a pointer is down and may come to drag
let held = null;                                               // { kind, block, column, start, length, grab, was, ghost, byKeys }
let wentWell = false, openedByKey = false;

// --- where things are: minutes of the day, read from the classes of clock.css
const two = (n) => String(n).padStart(2, "0");
const clock = (minute) => `${two(Math.floor(minute / 60) % 24)}:${two(minute % 60)}`;
const startOf = (one) => { const [, h, m] = one.className.match(/\bat-(\d\d)(\d\d)/); return h * 60 + +m; };
const lengthOf = (one) => +one.className.match(/\bfor-(\d+)/)[1];
const nameOf = (block) => block.querySelector("b")?.textContent ?? "";
const columns = () => [...day().querySelectorAll(".col")];
const step = () => +day().dataset.step;
const bounds = () => ({ first: day().dataset.first * 60, last: (+day().dataset.first + +day().dataset.hours) * 60 });

function minuteAt(column, y) {
  const { top, height } = column.getBoundingClientRect(), { first, last } = bounds();
  return first + ((y - top) / height) * (last - first);
}

// Slots begin a whole number of steps after the opening; outside the hours they are counted from midnight.
function snap(column, minute, round = Math.round) {
  const open = [...column.querySelectorAll(".shift")].find((one) => minute >= startOf(one) && minute <= startOf(one) + lengthOf(one));
  const base = open ? startOf(open) : 0;
  return base + round((minute - base) / step()) * step();
}

function columnAt(x) {
  const all = columns(), near = (one) => { const { left, right } = one.getBoundingClientRect(); return Math.max(left - x, x - right, 0); };
  return all.reduce((best, one) => (near(one) < near(best) ? one : best), all[0]);
}

// --- what is held
function lift(kind, { block, column, start, length, grab = 0, byKeys = false }) {
  const ghost = document.createElement("div");
  ghost.append(document.createElement("b"), document.createElement("span"));
  ghost.lastChild.textContent = block ? nameOf(block) : "";
  held = { kind, block, column, start, length, grab, byKeys, ghost, was: { column, start, length } };
  block?.classList.add("lifted");
  frame.classList.add("placing");
  day().dataset.busy = "";
  show();
}

function show() {
  const { first, last } = bounds(), { ghost, column } = held;
  held.length = Math.max(5, Math.min(held.length, 480));
  held.start = Math.max(first, Math.min(held.start, last - held.length));
  const round = (minutes) => Math.round(minutes / 5) * 5;
  ghost.className = `blk ghost at-${clock(round(held.start)).replace(":", "")} for-${Math.max(5, round(held.length))}`;
  ghost.firstChild.textContent = `${clock(held.start)} – ${clock(held.start + held.length)}`;
  if (ghost.parentElement !== column) column.append(ghost);
  if (held.byKeys) { say(`${ghost.firstChild.textContent}, ${column.getAttribute("aria-label")}`); ghost.scrollIntoView({ block: "nearest", inline: "nearest" }); }
}

function leave() {
  if (!held) return;
  held.ghost.remove();
  held.block?.classList.remove("lifted");
  frame.classList.remove("placing");
  delete day()?.dataset.busy;
  held = null;
}

function say(words) { said.textContent = words; }

function hasMoved() { return held.column !== held.was.column || held.start !== held.was.start; }

async function drop() {
  const { kind, block, column, start, length, was } = held;
  if (kind === "draw") { leave(); book(column, start, length); return; }
  const id = block.id.slice(2), goes = hasMoved(), grows = length !== was.length;
  if (!goes && !grows) { leave(); return; }
  frame.classList.add("waiting");
  wentWell = true;
  if (goes) await post(id, "move", placeOf(column, start, block));
  if (grows && wentWell) await post(id, "lengthen", { end: clock(start + length) });
  frame.classList.remove("waiting");
  leave();
  if (wentWell && document.getElementById("panel")?.dataset.visit === id) await open(`visit=${id}`);
}

// In a column of a practitioner the room may change, in one of a room the practitioner stays.
function placeOf(column, start, block) {
  const place = { on: column.dataset.day, clock: clock(start), practitioner: column.dataset.whom ?? block.dataset.moves };
  return column.dataset.room ? { ...place, room: column.dataset.room } : place;
}

const inView = () => new URL(day().dataset.new, location.href).searchParams;

function post(id, act, more) {
  const values = { ...Object.fromEntries(inView()), ...more };
  const target = `${new URL(day().dataset.new, location.href).pathname}visits/${id}/${act}/`;
  return htmx.ajax("POST", target, { source: document.body, target: "#day", swap: "outerHTML", values }).catch(() => { wentWell = false; });
}

// The panel, with what the day shows of it, and the address of both.
async function open(more) {
  const address = new URL(day().dataset.new, location.href);
  for (const [name, value] of new URLSearchParams(more)) address.searchParams.set(name, value);
  await htmx.ajax("GET", address.pathname + address.search, { source: frame, target: "#panel", swap: "outerHTML", select: "#panel" }).catch(() => {});
  history.pushState({ htmx: true }, "", address);
}

function book(column, start, length) {
  const keep = new URLSearchParams(document.getElementById("panel")?.dataset.keep ?? "");
  const told = new URLSearchParams({ day: column.dataset.day, at: clock(start) });
  if (column.dataset.whom) told.set("whom", column.dataset.whom);
  if (column.dataset.room) told.set("room", column.dataset.room);
  if (length) { told.set("for", length); keep.delete("type"); }
  for (const [name, value] of keep) told.set(name, value);
  open(told);
}

// --- by pointer
function ready({ target, clientX: x, clientY: y, pointerType, pointerId }) {
  const column = target.closest(".col"), block = target.closest(".blk");
  if (!column || target.closest("label, .ghost")) return null;
  const begin = { x, y, pointerId, isTouch: pointerType === "touch", column, block };
  if (!block) return { ...begin, kind: "draw" };
  const isEdge = "grows" in block.dataset && block.getBoundingClientRect().bottom - y <= (begin.isTouch ? 16 : 9);
  if (isEdge) return { ...begin, kind: "grow" };
  return "moves" in block.dataset ? { ...begin, kind: "move" } : null;
}

function begin() {
  const { kind, block, column, x, y, pointerId } = pressed;
  frame.setPointerCapture(pointerId);
  const minute = minuteAt(column, y);
  if (kind === "draw") lift(kind, { column, start: snap(column, minute, Math.floor), length: step() });
  else lift(kind, { block, column, start: startOf(block), length: lengthOf(block), grab: minute - startOf(block) });
  if (pressed.isTouch) navigator.vibrate?.(15);
  follow({ clientX: x, clientY: y });
}

function follow({ clientX, clientY }) {
  const box = frame.getBoundingClientRect();
  if (clientY > box.bottom - EDGE) frame.scrollTop += 10; else if (clientY < box.top + EDGE + 40) frame.scrollTop -= 10;
  if (clientX > box.right - EDGE / 2) frame.scrollLeft += 10; else if (clientX < box.left + EDGE) frame.scrollLeft -= 10;
  if (held.kind === "move") {
    held.column = columnAt(clientX);
    held.start = snap(held.column, minuteAt(held.column, clientY) - held.grab);
  } else {
    const end = snap(held.column, minuteAt(held.column, clientY), held.kind === "draw" ? Math.ceil : Math.round);
    held.length = Math.max(step(), end - held.start);
  }
  show();
}

frame.addEventListener("pointerdown", (event) => {
  if (event.button !== 0 || held) return;
  pressed = ready(event);
  if (pressed?.isTouch) pressed.timer = setTimeout(begin, LONG_PRESS);
});
document.addEventListener("pointermove", (event) => {
  if (!pressed || event.pointerId !== pressed.pointerId) return;
  if (held) { if (!held.byKeys) follow(event); return; }
  if (Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) < SLACK) return;
  if (pressed.isTouch) giveUp(); else { begin(); follow(event); }
});
document.addEventListener("pointerup", () => {
  if (held && !held.byKeys) { swallowClick(); drop(); }
  giveUp();
});
document.addEventListener("pointercancel", () => { if (held && !held.byKeys) leave(); giveUp(); });
frame.addEventListener("touchmove", (event) => { if (held) event.preventDefault(); }, { passive: false });
frame.addEventListener("dragstart", (event) => event.preventDefault());
frame.addEventListener("contextmenu", (event) => { if (held || pressed?.isTouch) event.preventDefault(); });
frame.addEventListener("click", ({ target, clientY }) => {
  const column = target.closest(".col");
  if (column && !held && !target.closest("a, label, button")) book(column, snap(column, minuteAt(column, clientY), Math.floor));
});

function giveUp() { clearTimeout(pressed?.timer); pressed = null; }

function swallowClick() {
  const stop = (event) => { event.preventDefault(); event.stopPropagation(); };
  addEventListener("click", stop, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", stop, { capture: true }), 50);
}

// --- by keys: one visit is in the order of Tab, the arrow keys lead to the others
const blocks = (column) => [...column.querySelectorAll(".blk:not(.ghost)")].sort((a, b) => startOf(a) - startOf(b));

function settle() {
  const all = day()?.querySelectorAll(".blk:not(.ghost)") ?? [];
  const shown = document.getElementById("panel")?.dataset.visit;
  for (const one of all) {
    one.tabIndex = -1;
    if (one.id === `v-${shown}`) one.setAttribute("aria-current", "true"); else one.removeAttribute("aria-current");
  }
  const first = [...all].find((one) => one === document.activeElement || `#${one.id}` === location.hash) ?? document.getElementById(`v-${shown}`) ?? all[0];
  if (first?.classList.contains("blk")) first.tabIndex = 0;
  return first;
}

function go(block) {
  if (!block) return;
  for (const one of day().querySelectorAll(".blk[tabindex='0']")) one.tabIndex = -1;
  block.tabIndex = 0;
  block.focus();
  block.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function aside(block, by) {
  const all = columns(), nearest = (list) => list.reduce((best, one) => (Math.abs(startOf(one) - startOf(block)) < Math.abs(startOf(best) - startOf(block)) ? one : best));
  for (let n = all.indexOf(block.closest(".col")) + by; n >= 0 && n < all.length; n += by) {
    const there = blocks(all[n]);
    if (there.length) return nearest(there);
  }
  return null;
}

function walk(block, key) {
  const own = blocks(block.closest(".col")), n = own.indexOf(block);
  const to = { ArrowUp: own[n - 1], ArrowDown: own[n + 1], Home: own[0], End: own.at(-1) };
  if (key === "ArrowLeft" || key === "ArrowRight") go(aside(block, key === "ArrowLeft" ? -1 : 1));
  else if (key in to) go(to[key]);
  else if (key === "m" || key === "M") take(block);
  else { openedByKey = key === "Enter"; return false; }
  return true;
}

function take(block) {
  if (!("moves" in block.dataset) && !("grows" in block.dataset)) { say(said.dataset.fixed); return; }
  lift("keys", { block, column: block.closest(".col"), start: startOf(block), length: lengthOf(block), byKeys: true });
  say(said.dataset.moving);
}

function place(key) {
  const all = columns(), mayMove = "moves" in held.block.dataset, mayGrow = "grows" in held.block.dataset;
  const by = { ArrowUp: -step(), ArrowDown: step() }[key], over = { ArrowLeft: -1, ArrowRight: 1 }[key];
  const more = { "+": step(), "=": step(), "-": -step(), "−": -step() }[key];
  if (by && mayMove) held.start += by;
  else if (over && mayMove) held.column = all[all.indexOf(held.column) + over] ?? held.column;
  else if (more && mayGrow) held.length = Math.max(step(), held.length + more);
  else return;
  show();
}

document.addEventListener("keydown", (event) => {
  if (held) {
    if (event.key === "Escape") { leave(); say(said.dataset.left); giveUp(); }
    else if (held.byKeys && event.key === "Enter") drop();
    else if (held.byKeys) place(event.key);
    if (event.key !== "Tab") { event.preventDefault(); event.stopImmediatePropagation(); } else leave();
    return;
  }
  if (event.altKey && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
    event.preventDefault();
    document.querySelector(`.bar [data-key="${event.key.toLowerCase()}"]`)?.click();
  }
  const isTyping = event.target.matches?.("input:not([type=radio]), textarea, select");
  if ((event.ctrlKey || event.metaKey) && event.key === "z" && !isTyping) document.querySelector(".toast form button")?.click();
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const block = event.target.closest?.(".blk");
  if (block && walk(block, event.key)) { event.preventDefault(); event.stopImmediatePropagation(); }
  else if (event.key === "d" && !isTyping && !document.querySelector("dialog[open]")) {
    event.preventDefault();
    (day()?.querySelector(".blk[tabindex='0']") ?? frame).focus();
  }
}, true);

// --- after each answer
document.addEventListener("htmx:beforeSwap", (event) => {     // a refusal that brings its words brings the day too
  if (event.detail.xhr.getResponseHeader("HX-Trigger")) { event.detail.shouldSwap = true; event.detail.isError = false; }
});
document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.requestConfig.verb === "post") wentWell = event.detail.successful && event.detail.xhr.status < 300; });
document.addEventListener("htmx:afterSettle", (event) => {
  settle();
  // The panel may have grown over what it is about. What another desk changed scrolls nothing.
  if (event.detail.requestConfig?.verb === "get") day()?.querySelector(".blk[aria-current], .free.on")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  if (openedByKey) document.querySelector("#panel[data-visit] h2")?.focus();
  openedByKey = false;
});
async function takeBack(action) {
  const [, id] = action.match(/\/visits\/([^/]+)\//);
  const isShown = document.getElementById("panel")?.dataset.visit === id;
  wentWell = true;
  await htmx.ajax("POST", action, { source: document.body, target: "#day", swap: "outerHTML" }).catch(() => { wentWell = false; });
  if (wentWell && isShown) await open(document.getElementById(`v-${id}`) || !frame.querySelector(".grid") ? `visit=${id}` : "");
}

document.addEventListener("day:drawn", settle);
document.addEventListener("submit", (event) => {               // undo without leaving the page
  if (!event.target.matches(".toast form") || !event.target.action.includes("/visits/")) return;
  event.preventDefault();
  takeBack(event.target.getAttribute("action"));
  event.target.closest(".toast").remove();
});
const first = settle();
if (location.hash && first && `#${first.id}` === location.hash) go(first);
