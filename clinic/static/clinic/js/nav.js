// On a narrow screen the navigation scrolls sideways: the page that is open stands in view.
const here = document.querySelector(".nav [aria-current]");
if (here) {
  const bar = here.parentElement;
  bar.scrollLeft += here.getBoundingClientRect().left - bar.getBoundingClientRect().left - (bar.clientWidth - here.offsetWidth) / 2;
}
