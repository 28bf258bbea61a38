// The log of a session: "all as planned" by one press, and sending that loses nothing when the network is away.
// Without it each exercise is chosen by hand and the browser sends the form itself. Nothing is kept on the device.
const PATIENCE = 30_000; // milliseconds; what arrived after all is not stored twice, for the form has a name of its own
const PAGES = [200, 409, 422]; // answers that the browser shows itself: nothing new was stored
const form = document.querySelector(".log-form");
const planned = form?.querySelector("[data-all-as-planned]");
const send = form?.querySelector("[data-send]");
let underWay = false;

if (planned) {
  planned.hidden = false;
  planned.addEventListener("click", asPlanned);
}
if (send) {
  form.addEventListener("submit", submitted);
  window.addEventListener("pageshow", () => busy(false)); // "back" may show the page as it was left
}

function asPlanned() {
  for (const done of form.querySelectorAll('input[name$="-status"][value="done"]')) done.checked = true;
  for (const amount of form.querySelectorAll('input[name$="-amount"]')) amount.value = amount.defaultValue;
}

async function submitted(event) {
  event.preventDefault();
  if (underWay) return;
  busy(true);
  say("");
  try {
    const answer = await fetch(form.action, {
      method: "POST", body: new FormData(form), redirect: "manual", signal: AbortSignal.timeout(PATIENCE),
    });
    if (answer.type === "opaqueredirect") location.assign(form.dataset.sent);
    else if (PAGES.includes(answer.status)) form.submit();
    else failed("refused");
  } catch {
    failed("offline");
  }
}

function failed(why) {
  busy(false);
  say(why);
  send.focus();
}

function busy(now) {
  underWay = now;
  send.disabled = now;
}

// The words of the template with this name, read out at once; none for "".
function say(name) {
  const words = name ? document.getElementById(`unsent-${name}`).content.cloneNode(true) : "";
  document.getElementById("unsent").replaceChildren(words);
}
