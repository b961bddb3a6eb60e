/* Ticking in the studio's list: a whole page at once, and how many are ticked. The form works without. */

const bar = document.getElementById("changes");
const page = bar?.querySelector("[data-tick-page]");
const all = page?.querySelector("input");
const ticks = () => [...document.querySelectorAll("input[name=clips]")];

function count() {
  const ticked = ticks().filter((tick) => tick.checked).length;
  const is_all = bar.elements.everything.checked;
  bar.querySelector("[data-ticked]").textContent = is_all || !ticked ? "" : `${ticked} ticked`;
  if (!page) return;
  all.checked = ticked === ticks().length;
  all.indeterminate = ticked > 0 && !all.checked;
}

if (bar) {
  document.addEventListener("change", ({ target }) => {
    if (target === all) for (const tick of ticks()) tick.checked = all.checked;
    if (target === all || ["clips", "everything"].includes(target.name)) count();
  });
  addEventListener("pageshow", count);
  if (page) page.hidden = false;
  count();
}
