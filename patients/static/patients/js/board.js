// The board is drawn anew while one looks at it: who comes later stays unfolded.
let wasOpen = false;
document.addEventListener("htmx:beforeSwap", () => { wasOpen = document.querySelector(".later")?.open ?? false; });
document.addEventListener("htmx:afterSwap", () => { if (wasOpen) document.querySelector(".later")?.setAttribute("open", ""); });
