// Keys of the board, and what stays while it is drawn anew: who comes later unfolded, and whom one is at.
const ACTS = { a: "arrive", c: "start", f: "complete", n: "no-show", z: "undo" };
const TYPING = "input, textarea, select, [contenteditable]";
let wasOpen = false, isAt = null;                              // isAt: the person an act was done to, and who comes after

const people = (lane = document) => [...lane.querySelectorAll(".tick b a")].filter((one) => one.getClientRects().length > 0);
const tickOf = (one) => one?.closest?.(".tick:not(.idle)");
const nameIn = (tick) => tick?.querySelector("b a");

function go(one) {
  if (!one) return;
  one.focus();
  one.closest(".tick").scrollIntoView({ block: "nearest", inline: "nearest" });
}

function walk(by) {
  const all = people(), n = all.indexOf(nameIn(tickOf(document.activeElement)));
  go(n < 0 ? (by > 0 ? all[0] : all.at(-1)) : all[n + by]);
}

// To the lane beside, at the same height, past those in which nobody is.
function aside(by) {
  const lanes = [...document.querySelectorAll(".lane")].filter((lane) => people(lane).length > 0);
  const tick = tickOf(document.activeElement);
  if (!tick) { walk(by); return; }
  const there = lanes[lanes.indexOf(tick.closest(".lane")) + by];
  if (!there) return;
  const far = (one) => Math.abs(one.getBoundingClientRect().top - tick.getBoundingClientRect().top);
  go(people(there).reduce((best, one) => (far(one) < far(best) ? one : best)));
}

function act(tick, verb) {
  const button = tick.querySelector(`button[id^="${verb}-"]`);
  if (!button) return false;
  button.click();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.target.matches?.(TYPING) || document.querySelector("dialog[open]")) return;
  if ((event.ctrlKey || event.metaKey) && event.key === "z") {
    document.querySelector(".toast form button")?.click();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const tick = tickOf(event.target), key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const isArrow = tick !== undefined && tick !== null && key.startsWith("Arrow");
  if (key === "j" || (isArrow && key === "ArrowDown")) walk(1);
  else if (key === "k" || (isArrow && key === "ArrowUp")) walk(-1);
  else if (key === "l" || (isArrow && key === "ArrowRight")) aside(1);
  else if (key === "h" || (isArrow && key === "ArrowLeft")) aside(-1);
  else if (!(tick && key in ACTS && act(tick, ACTS[key]))) return;
  event.preventDefault();
}, true);

document.addEventListener("htmx:beforeRequest", (event) => {
  const tick = event.detail.requestConfig.verb === "post" ? tickOf(event.target) : null;
  if (!tick) return;
  const lane = people(tick.closest(".lane")), n = lane.indexOf(nameIn(tick));
  isAt = [lane[n + 1], lane[n - 1], lane[n]].map((one) => one?.id);
});
document.addEventListener("htmx:beforeSwap", () => { wasOpen = document.querySelector(".later")?.open ?? false; });
document.addEventListener("htmx:afterSwap", () => {
  if (wasOpen) document.querySelector(".later")?.setAttribute("open", "");
});
document.addEventListener("htmx:afterSettle", (event) => {     // on with the next in line, as one works down a lane
  if (event.detail.requestConfig?.verb !== "post" || !isAt) return;
  go(isAt.map((id) => id && document.getElementById(id)).find((one) => one?.getClientRects().length > 0));
  isAt = null;
});
document.addEventListener("submit", (event) => {               // undo without leaving the page
  if (!event.target.matches(".toast form")) return;
  event.preventDefault();
  htmx.ajax("POST", event.target.getAttribute("action"), { source: document.body, target: "#main", swap: "outerHTML" }).catch(() => {});
  event.target.closest(".toast").remove();
});
