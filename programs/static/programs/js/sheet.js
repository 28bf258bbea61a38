// The sheet as one types: what will change, old beside new, and each number beside its range. The server judges again.
const form = document.getElementById("sheet");
const list = document.getElementById("change-list");
const asked = new Map(); // what the server asked of a field, for as long as it holds what was asked about
let listed = null;

if (form && list) {
  form.addEventListener("input", (event) => { if (!list.contains(event.target)) { days(event.target); redraw(); } });
  form.addEventListener("change", (event) => { if (!list.contains(event.target)) redraw(); });
  document.addEventListener("click", pressed);
  document.addEventListener("keydown", save);
  window.addEventListener("beforeunload", (event) => { if (form.dataset.dirty) event.preventDefault(); });
  form.addEventListener("submit", () => { delete form.dataset.dirty; });
  remember();
  redraw();
}

function fields() { return [...form.querySelectorAll(".f[data-field]")]; }

// The server knows more ranges than the page: what it asked stays, with its tick, until the value changes.
function remember() {
  const places = new Map(fields().map((field) => [place(field), field]));
  for (const meant of list.querySelectorAll(".meant")) {
    const token = meant.querySelector("input").value;
    const field = places.get(token.split(":", 2).join(":"));
    if (!field) continue;
    const words = meant.querySelector("span").textContent;
    asked.set(field, { token, words, about: typed(field), why: meant.previousElementSibling.textContent.trim() });
  }
}

function question(field) {
  const ask = asked.get(field);
  return ask?.about === typed(field) ? ask : null;
}

// A number of days and named days exclude each other: who gives one empties the other.
function days(input) {
  const field = input.closest?.(".f[data-field]");
  if (!field) return;
  const row = field.closest(".ex");
  if (field.dataset.field === "weekdays" && row.querySelector("[data-field=weekdays] :checked")) {
    const count = row.querySelector("[data-field=days_a_week] input");
    if (count) count.value = "";
  }
  if (field.dataset.field === "days_a_week" && input.value) {
    for (const box of row.querySelectorAll("[data-field=weekdays] :checked")) box.checked = false;
  }
}

// What the field shows, in the same words as data-was.
function typed(field) {
  if (field.dataset.field === "weekdays") {
    const chosen = [...field.querySelectorAll("label:has(:checked)")].map((label) => label.title);
    return chosen.join(" ") || "–";
  }
  const control = field.querySelector("input, select");
  if (control.tagName === "SELECT") return control.selectedOptions[0]?.textContent.trim() || "–";
  const text = control.value.trim().replace(/\s*[-,;]\s*/g, "-");
  if (!text) return "–";
  return field.dataset.unit ? `${text} ${field.dataset.unit}` : text;
}

function redraw() {
  const changed = fields().filter((field) => mark(field));
  for (const row of form.querySelectorAll(".ex")) row.classList.toggle("edited", Boolean(row.querySelector(".f.ch")));
  relist(fields().filter((field) => changed.includes(field) || question(field)));
  count("change-count", changed.length);
  count("save", changed.length);
  const sticky = document.getElementById("sticky-count");
  if (sticky) sticky.textContent = document.getElementById("change-count").textContent;
  if (changed.length) form.dataset.dirty = "1"; else delete form.dataset.dirty;
}

// The list anew, but only where it differs: a tick box must not vanish under the finger. Ticks stay with their value.
function relist(shown) {
  const ticked = new Set([...list.querySelectorAll("[name=on_purpose]:checked")].map((box) => box.value));
  const now = shown.map(token).join("\n");
  if (now === listed && list.querySelector(".chg")) return;
  listed = now;
  list.replaceChildren(...shown.map(entry));
  for (const box of list.querySelectorAll("[name=on_purpose]")) box.checked = ticked.has(box.value);
}

// The value with its place, as the server names it.
function token(field) { return question(field)?.token ?? `${place(field)}:${typed(field)}`; }

function place(field) { return `${field.closest(".ex").id.replace("row-", "")}:${field.dataset.field}`; }

// Marks a field as changed and as outside its range, and moves the mark on its track; returns whether it is changed.
function mark(field) {
  const changed = typed(field) !== field.dataset.was;
  field.classList.toggle("ch", changed);
  const label = field.querySelector("label, .l");
  label.querySelector("s")?.remove();
  if (changed && field.querySelector("input:not([type=checkbox])")) {
    const old = document.createElement("s");
    old.textContent = field.dataset.was;
    label.append(" ", old);
  }
  if (field.dataset.low) range(field);
  if (field.dataset.floor && crossed(field)) field.classList.add("out");
  return changed;
}

// What a range looks at: the number, the largest set of a pyramid, how many days are named; NaN where there is none.
function amount(field) {
  if (field.dataset.field === "weekdays") return field.querySelectorAll(":checked").length || Number.NaN;
  const text = field.querySelector("input")?.value.trim() ?? "";
  if (field.dataset.field !== "reps_per_set") return Number.parseFloat(text);
  return Math.max(...text.split(/[-–,;\s]+/).map(Number.parseFloat));
}

function outside(field) {
  const value = amount(field);
  return value < Number(field.dataset.low) || value > Number(field.dataset.high);
}

// The pair that the field belongs to, where its upper end is below its lower one; else null.
function crossed(field) {
  const row = field.closest(".ex");
  const upper = field.dataset.floor ? field : row.querySelector(`[data-floor="${field.dataset.field}"]`);
  const lower = upper && row.querySelector(`[data-field="${upper.dataset.floor}"]`);
  return lower && amount(upper) < amount(lower) ? { upper, lower } : null;
}

function range(field) {
  const value = amount(field);
  const { top } = field.dataset;
  const out = outside(field);
  field.classList.toggle("out", out);
  const tick = field.querySelector(".band-mark");
  if (!tick || Number.isNaN(value)) return;
  tick.setAttribute("x", String(Math.min(97, Math.max(0, (100 * value) / (Number(top) || 1)))));
  tick.classList.toggle("warn", out);
}

function entry(field, at, all) {
  const shape = document.getElementById("change-shape").content.firstElementChild.cloneNode(true);
  shape.querySelector("h3").textContent = field.closest(".ex").dataset.name;
  shape.querySelector("h3").hidden = all[at - 1]?.closest(".ex") === field.closest(".ex");
  shape.querySelector("small").textContent = field.dataset.label;
  shape.querySelector("s").textContent = field.dataset.was;
  shape.querySelector("ins").textContent = typed(field);
  const back = shape.querySelector("button");
  back.setAttribute("aria-label", list.dataset.back);
  back.title = list.dataset.back;
  back.addEventListener("click", () => restore(field));
  judge(shape, field);
  for (const unused of shape.querySelectorAll("[hidden]:not(h3)")) unused.remove();
  if (field.dataset.was === typed(field)) back.remove(); // asked about because another field changed
  return shape;
}

// What the server asked, or what the field's own ranges say.
function judge(shape, field) {
  const { low, high, least, most } = field.dataset;
  const value = amount(field);
  const ask = question(field);
  const pair = crossed(field);
  if (pair && (field === pair.upper || typed(pair.upper) === pair.upper.dataset.was)) warn(shape, order(pair));
  if (value < Number(least) || value > Number(most)) {
    warn(shape, between(list.dataset.beyond, least, most));
  } else if (ask) {
    warn(shape, ask.why);
    mean(shape, field, ask.words);
  } else if (low && outside(field)) {
    warn(shape, between(list.dataset.over, low, high));
    mean(shape, field, list.dataset.meant.replace("VALUE", typed(field)));
  }
}

function mean(shape, field, words) {
  const meant = shape.querySelector(".meant");
  meant.hidden = false;
  meant.querySelector("input").value = token(field);
  meant.querySelector("span").textContent = words;
}

function warn(shape, words) {
  const blank = shape.querySelector(".warn[hidden]");
  const warning = blank.cloneNode(true);
  warning.hidden = false;
  warning.querySelector("span").textContent = words;
  blank.before(warning);
}

function order({ upper, lower }) {
  return list.dataset.order.replace("UPPER", upper.dataset.label).replace("LOWER", lower.dataset.label);
}

function between(words, low, high) { return words.replace("LOW", number(low)).replace("HIGH", number(high)); }

function number(text) { return String(Number(text)); }

function restore(field) {
  const was = field.dataset.was;
  if (field.dataset.field === "weekdays") {
    const names = was.split(" ");
    for (const label of field.querySelectorAll("label")) label.querySelector("input").checked = names.includes(label.title);
  } else {
    const control = field.querySelector("input, select");
    if (control.tagName === "SELECT") {
      const option = [...control.options].find((one) => one.textContent.trim() === was);
      if (option) control.value = option.value;
    } else {
      control.value = was === "–" ? "" : field.dataset.unit ? was.replace(` ${field.dataset.unit}`, "") : was;
    }
  }
  redraw();
}

function count(id, n) {
  const place = document.getElementById(id);
  const words = n === 0 ? place.dataset.none : n === 1 ? place.dataset.one : place.dataset.many.replace("N", String(n));
  (place.querySelector("span") || place).textContent = words;
}

function pressed(event) {
  const quick = event.target.closest("[data-reason]");
  if (!quick) return;
  const reason = form.elements.namedItem("reason");
  reason.value = reason.value.trim() ? `${reason.value.trim()} ${quick.dataset.reason}` : quick.dataset.reason;
  reason.focus();
}

function save(event) {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
    event.preventDefault();
    form.requestSubmit(document.getElementById("save"));
  }
}
