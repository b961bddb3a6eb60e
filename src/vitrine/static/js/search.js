/* The search field by keys: down and up walk the suggestions, Escape closes them. */

const field = document.getElementById("q");
const list = document.getElementById("suggestions");

function walk(step) {
  const stops = [field, ...list.querySelectorAll("a")];
  const next = stops[stops.indexOf(document.activeElement) + step];
  next?.focus();
  return Boolean(next);
}

function close() {
  list.replaceChildren();
  field.focus();
}

document.querySelector(".search-top").addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && list.firstElementChild && walk(step)) event.preventDefault();
  if (event.key === "Escape" && list.firstElementChild) {
    event.preventDefault();
    close();
  }
});

document.addEventListener("click", (event) => {
  if (!event.target.closest(".search-top")) list.replaceChildren();
});
