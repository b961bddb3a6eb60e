/* The desk by keyboard: a key chooses the rule, a key the measure, Enter decides; j and k move on. */

const form = document.querySelector(".desk-form");
const measures = [...form.querySelectorAll("[name=measure]")];

/* A rule knows which measures fit it. */
function offer() {
  const allowed = form.querySelector("[name=reason]:checked")?.dataset.allowed.split(" ") ?? [];
  for (const measure of measures) {
    measure.disabled = !allowed.includes(measure.value);
    if (measure.disabled) measure.checked = false;
  }
}
offer();
form.addEventListener("change", offer);

addEventListener("keydown", (event) => {
  if (event.metaKey || event.ctrlKey || event.altKey || event.target.matches("textarea, input[type=text]")) return;
  const key = event.key.toLowerCase();
  const choice = document.querySelector(`[data-key="${CSS.escape(key)}"]:not(:disabled)`);
  const link = document.querySelector(`[data-go="${CSS.escape(key)}"]`);
  if (choice) choice.click();
  else if (link) location.assign(link.href);
  else if (key === "enter" && !event.target.closest("a, button, summary")) form.requestSubmit();
  else return;
  event.preventDefault();
});
