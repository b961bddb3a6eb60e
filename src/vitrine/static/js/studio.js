/* The studio's small things: the title above the form, stages said aloud, work that outlives its sign-in. */

import { say, toast } from "./page.js";
import { csrf } from "./sending.js";
import "./timeline.js";
import "./upload.js";

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

/* Signed out meanwhile, the page stays: what is typed and what is being sent would be lost with it. */
document.addEventListener("htmx:beforeOnLoad", (event) => {
  if (!event.detail.xhr.getResponseHeader("HX-Redirect")) return;
  event.preventDefault();
  const sentence = say("You are signed out. Sign in again in another tab, then go on here: what you typed stays.");
  const said = [...document.querySelectorAll("#toasts .error")].map((line) => line.textContent);
  if (!said.includes(sentence)) toast(sentence, "error");
});

/* Signing in again makes the tokens in the page's forms stale; the cookie has the one that counts. */
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb !== "get") detail.parameters.csrfmiddlewaretoken = csrf();
});

/* Say a new stage once: the card itself is swapped too often to be a live region. */
let stage = document.getElementById("standing")?.dataset.stage;
document.addEventListener("htmx:afterSettle", () => {
  const card = document.getElementById("standing");
  const said = document.getElementById("said");
  if (!card || !said || card.dataset.stage === stage) return;
  stage = card.dataset.stage;
  said.textContent = `${stage}. ${card.querySelector("p:not(.row)")?.textContent ?? ""}`;
});
