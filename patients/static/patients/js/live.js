// Shows within two seconds what another desk changed. While nothing did, the server answers without a body. What one
// has in hand stays: the panel, the focus, the place scrolled to, and a visit that is being dragged.
const EVERY = 1500, FAILURES = 2;
const live = document.getElementById("live");
const said = document.getElementById("said");
const words = live.textContent;
const day = () => document.getElementById("day");
let asking = false, failures = 0;

async function look() {
  const before = day();
  if (asking || document.hidden || !before?.dataset.stamp || "busy" in before.dataset) return;
  const ask = new URL(live.dataset.changes, location.href);
  ask.search = new URL(before.dataset.new, location.href).search;
  ask.searchParams.set("stamp", before.dataset.stamp);
  asking = true;
  try {
    const answer = await fetch(ask, { headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(8000) });
    if (answer.redirected || answer.status === 403) { tell("out"); clearInterval(timer); return; }
    if (!answer.ok) throw new Error(answer.status);
    tell("");
    if (answer.status === 200) draw(before, await answer.text());
  } catch {
    failures += 1;
    if (failures >= FAILURES) tell("lost");
  } finally {
    asking = false;
  }
}

function draw(before, text) {
  if (day() !== before || "busy" in before.dataset) return;     // drawn anew meanwhile, or something is in hand
  const looks = (one) => one.className + one.textContent;
  const known = new Map([...before.querySelectorAll(".blk")].map((one) => [one.id, looks(one)]));
  const offers = [...before.querySelectorAll(".free")].map((one) => [one, one.closest(".col")?.dataset]);
  htmx.swap("#day", text, { swapStyle: "outerHTML" });
  for (const [offer, { day: on, whom, room }] of offers) {
    const columns = [...day().querySelectorAll(".col")];
    columns.find((one) => one.dataset.day === on && one.dataset.whom === whom && one.dataset.room === room)?.append(offer);
  }
  for (const one of day().querySelectorAll(".blk")) if (known.get(one.id) !== looks(one)) one.classList.add("fresh");
  document.dispatchEvent(new Event("day:drawn"));
  said.textContent = live.dataset.changed;
  setTimeout(() => { if (said.textContent === live.dataset.changed) said.textContent = ""; }, 4000);
}

function tell(state) {
  if (state !== "lost") failures = 0;
  live.classList.toggle("lost", state !== "");
  live.textContent = state ? live.dataset[state] : words;
}

const timer = setInterval(look, EVERY);
document.addEventListener("visibilitychange", look);
