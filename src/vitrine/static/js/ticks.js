/* Ticking in the studio's list: a whole page at once, and how many are ticked. The form works without. */

const bar = document.getElementById("changes");
const page = bar?.querySelector("[data-tick-page]");

if (page) {
  const all = page.querySelector("input");
  const said = bar.querySelector("[data-ticked]");
  const ticks = () => [...document.querySelectorAll("input[name=clips]")];

  function count() {
    const ticked = ticks().filter((tick) => tick.checked).length;
    all.checked = ticked === ticks().length;
    all.indeterminate = ticked > 0 && !all.checked;
    said.textContent = bar.elements.everything.checked || !ticked ? "" : `${ticked} ticked`;
  }

  page.hidden = false;
  all.addEventListener("change", () => {
    for (const tick of ticks()) tick.checked = all.checked;
    count();
  });
  document.addEventListener("change", ({ target }) => ["clips", "everything"].includes(target.name) && count());
  addEventListener("pageshow", count);
  count();
}
