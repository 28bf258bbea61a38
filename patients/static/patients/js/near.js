// "Near me": asks the browser where it is, only when pressed, and sends the place rounded to about a kilometre.
const form = document.querySelector("[data-near-form]");
const button = form?.querySelector("[data-near]");
const said = form?.querySelector("[data-near-said]");

if (button && "geolocation" in navigator) {
  button.hidden = false;
  button.addEventListener("click", () => {
    button.disabled = true;
    button.setAttribute("aria-busy", "true");
    navigator.geolocation.getCurrentPosition(send, refused, { maximumAge: 600000, timeout: 10000 });
  });
}

function send({ coords }) {
  const near = form.elements.namedItem("near");
  near.value = `${coords.latitude.toFixed(2)},${coords.longitude.toFixed(2)}`;
  near.disabled = false;
  form.elements.namedItem("place").disabled = true;
  form.submit();
}

function refused() {
  button.disabled = false;
  button.removeAttribute("aria-busy");
  said.textContent = said.dataset.refused;
}
