/* The list of orders by keyboard: j and k go from order to order, x chooses, s ships what is chosen, / finds. */

import { say } from "./page.js";
import { settings, showSettings } from "./settings.js";

const keys = document.getElementById("keys");
const form = document.getElementById("chosen");
const all = form?.querySelector("[data-all]");
const boxes = [...(form?.querySelectorAll("[name=order]") ?? [])];
const links = boxes.map((box) => box.closest("tr").querySelector("th a"));

function count() {
  const chosen = boxes.filter(({ checked }) => checked).length;
  document.getElementById("how-many").textContent = chosen ? say("{count} chosen", { count: chosen }) : "";
  all.checked = chosen === boxes.length;
  all.indeterminate = chosen > 0 && !all.checked;
}

/* The order that the keyboard is in: its link, its box, or anything else of its row. */
const here = () => boxes.findIndex((box) => box.closest("tr").contains(document.activeElement));

function go(step) {
  const next = here() < 0 ? (step > 0 ? 0 : links.length - 1) : here() + step;
  links[next]?.focus();
  links[next]?.closest("tr").scrollIntoView({ block: "nearest" });
}

function choose() {
  const box = boxes[here()];
  if (!box) return;
  box.checked = !box.checked;
  count();
}

const DOES = {
  j: () => go(1),
  k: () => go(-1),
  x: choose,
  s: () => boxes.some(({ checked }) => checked) && form.requestSubmit(),
  "/": () => document.getElementById("id_q").focus(),
  "?": () => keys.showModal(),
};

addEventListener("keydown", (event) => {
  if (event.metaKey || event.ctrlKey || event.altKey || !settings.keys || keys.open) return;
  if (event.target.matches("textarea, select, input:not([type=checkbox])")) return;
  const does = DOES[event.key];
  if (!does) return;
  event.preventDefault();
  does();
});

if (form) {
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    count();
  });
  form.addEventListener("change", count);
  count(); /* the browser may have kept what was ticked */
}
showSettings(keys);
