/* The studio's small things: spans of products, the title above the form, stages said aloud. */

import "./upload.js";

const clock = (ms) => {
  const seconds = ms / 1000;
  return `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(1).padStart(4, "0")}`;
};

/* Two sliders on one track. Neither passes the other; the preview shows the moment chosen. */
document.addEventListener("input", (event) => {
  const form = event.target.closest("[data-span]");
  if (!form) return;
  const [from, until] = form.querySelectorAll("input[type=range]");
  const step = Number(from.step);
  if (event.target === from) from.value = Math.min(from.value, until.value - step);
  else until.value = Math.max(until.value, Number(from.value) + step);
  paint(form, from, until);
  const video = document.querySelector("#preview video");
  if (!video || !video.duration) return;
  video.pause();
  video.currentTime = Math.min(event.target.value / 1000, video.duration - 0.05);
});

function paint(form, from, until) {
  const lit = form.querySelector(".lit");
  lit.setAttribute("x", from.value);
  lit.setAttribute("width", until.value - from.value);
  for (const [input, output] of [
    [from, form.querySelector("[data-from]")],
    [until, form.querySelector("[data-until]")],
  ]) {
    output.textContent = clock(Math.min(input.value, form.dataset.end));
    input.setAttribute("aria-valuetext", output.textContent);
  }
}

/* The server writes whole seconds; the sliders move by tenths. */
function paint_all(within) {
  for (const form of within.querySelectorAll("[data-span]"))
    paint(form, ...form.querySelectorAll("input[type=range]"));
}
paint_all(document);
document.addEventListener("htmx:load", (event) => paint_all(event.target));

document.addEventListener("input", (event) => {
  const heading = document.querySelector(`[data-mirrors="${event.target.id}"]`);
  if (heading) heading.textContent = event.target.value || heading.dataset.empty;
});

/* <button data-fills="id" value="…"> puts a line into a field instead of sending the form. htmx must not see the
   press: it would send the button's value with all that is typed afterwards. */
function fill(event) {
  const button = event.target.closest("[data-fills]");
  if (!button) return;
  event.preventDefault();
  event.stopPropagation();
  const field = document.getElementById(button.dataset.fills);
  field.value = button.value;
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
document.addEventListener("click", fill, true);

/* Say a new stage once: the card itself is swapped too often to be a live region. */
let stage = document.getElementById("standing")?.dataset.stage;
document.addEventListener("htmx:afterSettle", () => {
  const card = document.getElementById("standing");
  const said = document.getElementById("said");
  if (!card || !said || card.dataset.stage === stage) return;
  stage = card.dataset.stage;
  said.textContent = `${stage}. ${card.querySelector("p:not(.row)")?.textContent ?? ""}`;
});
