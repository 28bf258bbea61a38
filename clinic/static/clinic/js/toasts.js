// Toasts: messages of the server, answers of htmx requests, and what to do when a request fails.
// The server may send a header: HX-Trigger: {"toast": {"text": "Moved to 16:30", "kind": "success", "undo": "/desk/…/undo/"}}
const box = document.getElementById("toasts");
const bar = document.getElementById("loading");
const SHORT = 6000, LONG = 12000;

function show({ text, kind = "info", undo = "" }) {
  const shape = document.getElementById("toast-shape").content.cloneNode(true);
  const toast = shape.firstElementChild;
  toast.classList.add(kind);
  if (kind === "error") toast.setAttribute("role", "alert");
  toast.querySelector("p").textContent = text;
  const form = toast.querySelector("form");
  if (undo) { form.action = undo; form.hidden = false; } else form.remove();
  box.append(toast);
  age(toast);
}

function age(toast) {
  if (toast.classList.contains("error")) return;            // an error stays until it is read and closed
  let timer;
  const start = () => { timer = setTimeout(() => toast.remove(), toast.querySelector("form") ? LONG : SHORT); };
  const stop = () => clearTimeout(timer);
  for (const name of ["pointerenter", "focusin"]) toast.addEventListener(name, stop);
  for (const name of ["pointerleave", "focusout"]) toast.addEventListener(name, start);
  start();
}

box.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest(".toast").remove());
document.addEventListener("toast", (event) => show(event.detail));
box.querySelectorAll(".toast").forEach(age);

const BY_STATUS = { 401: "forbidden", 403: "forbidden", 404: "gone", 410: "gone", 429: "busy" };
document.addEventListener("htmx:responseError", (event) => {
  const reason = BY_STATUS[event.detail.xhr.status] ?? "failed";
  show({ text: box.dataset[reason], kind: "error" });
});
document.addEventListener("htmx:sendError", () => show({ text: box.dataset.offline, kind: "error" }));
document.addEventListener("htmx:timeout", () => show({ text: box.dataset.slow, kind: "error" }));

let open = 0;
const count = (step) => { open = Math.max(0, open + step); bar.classList.toggle("on", open > 0); };
document.addEventListener("htmx:beforeRequest", () => count(1));
document.addEventListener("htmx:afterRequest", () => count(-1));
