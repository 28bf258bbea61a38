// The log of a session: one press says that every exercise was done as planned. Without it each is chosen by hand.
const button = document.querySelector("[data-all-as-planned]");
const form = button?.closest("form");

if (form) {
  button.hidden = false;
  button.addEventListener("click", () => {
    for (const done of form.querySelectorAll('input[name$="-status"][value="done"]')) done.checked = true;
    for (const amount of form.querySelectorAll('input[name$="-amount"]')) amount.value = amount.defaultValue;
  });
}
