/* Ads: told once when half of one was on screen for two seconds without a break, and once when it is followed. */

import { token } from "./page.js";

const SEEN_MS = 2000;
const told = new Set();
let waiting = 0;
let here = null;

function tell(what, ad) {
  const once = `${what} ${ad}`;
  if (told.has(once)) return;
  const body = new URLSearchParams({ csrfmiddlewaretoken: token(), tokens: JSON.stringify([ad]) });
  if (navigator.sendBeacon(`/promoted/${what}`, body)) told.add(once);
}

/* An article came on, or none that is an ad. */
export function on(article) {
  clearTimeout(waiting);
  here = article?.dataset.ad ? article : null;
  if (here && !document.hidden) waiting = setTimeout(tell, SEEN_MS, "views", here.dataset.ad);
}

document.addEventListener("visibilitychange", () => on(here));
document.addEventListener(
  "click",
  ({ target }) => {
    const ad = target.closest(".follow-up")?.closest("[data-ad]")?.dataset.ad;
    if (ad) tell("clicks", ad);
  },
  { capture: true },
);
