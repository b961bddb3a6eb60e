/* Sheets: <a href="/page" data-sheet="/fragment"> opens the fragment in #sheet and falls back to the page. */

import { showSettings } from "./settings.js";

const sheet = document.getElementById("sheet");

document.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-sheet]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  sheet.replaceChildren(waiting());
  sheet.showModal();
  const swapped = () => !sheet.querySelector(":scope > .sheet-waiting");
  await htmx.ajax("GET", link.dataset.sheet, { source: link, target: sheet, swap: "innerHTML" }).catch(() => {});
  if (!swapped()) location.assign(link.href);
  showSettings(sheet);
});

function waiting() {
  const body = document.createElement("div");
  body.className = "sheet-body sheet-waiting";
  const turning = document.createElement("span");
  turning.className = "spinner";
  turning.setAttribute("role", "status");
  turning.setAttribute("aria-label", "Loading");
  body.append(turning);
  return body;
}

/* A tap beside the sheet closes it. */
sheet.addEventListener("click", (event) => {
  if (event.target !== sheet) return;
  const { left, right, top, bottom } = sheet.getBoundingClientRect();
  const inside = event.clientX >= left && event.clientX <= right && event.clientY >= top && event.clientY <= bottom;
  if (!inside) sheet.close();
});
sheet.addEventListener("close", () => sheet.replaceChildren());
