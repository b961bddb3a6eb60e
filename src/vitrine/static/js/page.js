/* What every page does beyond its HTML: toasts leave, sheets open and close, requests that fail say so. */

const words = JSON.parse(document.getElementById("words")?.textContent ?? "{}");

/* A sentence in the page's language; {name} in it stands for facts.name. */
export const say = (text, facts) => (words[text] ?? text).replace(/{(\w+)}/g, (_, name) => facts[name]);

/* What a request that changes something has to carry, on a page with the form #act. */
export const token = () => document.querySelector("#act [name=csrfmiddlewaretoken]").value;

const toasts = document.getElementById("toasts");
const TOAST_MS = 5000;
const LETTER_MS = 70;

/* A long line stays for as long as it takes to read. */
const leaveLater = (line) =>
  setTimeout(() => line.remove(), Math.max(TOAST_MS, LETTER_MS * line.textContent.trim().length));

export function toast(text, kind = "") {
  const line = document.createElement("p");
  line.className = `toast ${kind}`;
  line.textContent = text;
  toasts.append(line);
  leaveLater(line);
}

for (const line of toasts.children) leaveLater(line);

/* What was typed wrongly is often out of sight: begin there. */
function beginAtFault(root) {
  if (document.activeElement !== document.body) return;
  const wrong = root.querySelector('[aria-invalid="true"]');
  wrong?.closest("details")?.setAttribute("open", "");
  wrong?.focus();
}
beginAtFault(document);
document.addEventListener("htmx:afterSettle", ({ target }) => beginAtFault(target));

/* Answers that htmx does not swap (409 and 422 it does, see base.html). */
document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  if (status === 401 || status === 403) toast(say("Please sign in first."), "error");
  else toast(say("That did not work. Please try again."), "error");
});
document.addEventListener("htmx:sendError", () => toast(say("You seem to be offline."), "error"));

/* A sheet is seen to leave, and closes then: what lay under it is drawn anew, which takes a poor phone a while. */
export async function leave(dialog) {
  dialog.classList.add("leaving");
  await Promise.allSettled(dialog.getAnimations().map(({ finished }) => finished));
  dialog.classList.remove("leaving");
  dialog.close();
}

/* <button data-opens="id"> opens a dialog, <button data-closes> closes the one it is in. */
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  const closer = event.target.closest("[data-closes]");
  if (closer) leave(closer.closest("dialog"));
});

document.addEventListener("click", async (event) => {
  const copier = event.target.closest("[data-copies]");
  if (!copier) return;
  await navigator.clipboard.writeText(copier.dataset.copies);
  toast(say("Copied."));
});

/* <button data-passes-on="url" data-title="…" hidden> opens the phone's own list of ways. */
function offerWays() {
  for (const button of document.querySelectorAll("[data-passes-on]")) button.hidden = !navigator.share;
}
offerWays();
document.addEventListener("htmx:afterSwap", offerWays);
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-passes-on]");
  if (button) navigator.share({ url: button.dataset.passesOn, title: button.dataset.title }).catch(() => {});
});

/* A tap on data-selects takes all of it. */
document.addEventListener("focusin", (event) => {
  if (event.target.matches("[data-selects]")) event.target.select();
});

/* Last: it serves the next visit. */
addEventListener("load", () => navigator.serviceWorker?.register("/sw.js"));
