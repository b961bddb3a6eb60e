/* Sheets: <a href="/page" data-sheet="/fragment"> opens the fragment in #sheet and falls back to the page. */

import { leave, say } from "./page.js";
import { showSettings } from "./settings.js";

const sheet = document.getElementById("sheet");

for (const link of document.querySelectorAll("link[media=print]")) link.media = "all";

/* Asked for as the finger comes down: what it takes to lift it again is not waited for. */
let asked = {};

document.addEventListener("pointerdown", ({ target }) => {
  const link = target.closest("[data-sheet]");
  if (link) asked = { link, html: ask(link) };
});

const ask = ({ dataset }) =>
  fetch(dataset.sheet, { headers: { "HX-Request": "true" } }).then((answer) => answer.ok && answer.text(), () => "");

document.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-sheet]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  await shown(link);
  sheet.replaceChildren(waiting());
  sheet.showModal();
  const { html } = asked.link === link ? asked : { html: ask(link) };
  asked = {};
  const content = await html;
  if (!content) return location.assign(link.href);
  htmx.swap(sheet, content, { swapStyle: "innerHTML" });
  showSettings(sheet);
});

/* First it is seen what was tapped: for a sheet to open takes a poor phone a while. */
async function shown(link) {
  link.ariaBusy = "true";
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  link.ariaBusy = null;
}

function waiting() {
  const body = document.createElement("div");
  body.className = "sheet-body sheet-waiting";
  const turning = document.createElement("span");
  turning.className = "spinner";
  turning.setAttribute("role", "status");
  turning.setAttribute("aria-label", say("Loading"));
  body.append(turning);
  return body;
}

/* A tap beside the sheet closes it. */
sheet.addEventListener("click", (event) => {
  if (event.target !== sheet) return;
  const { left, right, top, bottom } = sheet.getBoundingClientRect();
  const inside = event.clientX >= left && event.clientX <= right && event.clientY >= top && event.clientY <= bottom;
  if (!inside) leave(sheet);
});
sheet.addEventListener("close", () => sheet.replaceChildren());
