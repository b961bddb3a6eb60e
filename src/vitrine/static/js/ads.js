/* Ads: told once when half of one was on screen for two seconds without a break, and once when it is followed, or a product on it is. */

import { token } from "./page.js";

const SEEN_MS = 2000;
const told = new Set();
const waiting = new Map();

function tell(what, ad) {
  const once = `${what} ${ad}`;
  if (told.has(once)) return;
  const body = new URLSearchParams({ csrfmiddlewaretoken: token(), tokens: JSON.stringify([ad]) });
  if (navigator.sendBeacon(`/promoted/${what}`, body)) told.add(once);
}

/* An ad came on, or off. */
export function enter(ad) {
  clearTimeout(waiting.get(ad));
  waiting.set(ad, document.hidden ? 0 : setTimeout(tell, SEEN_MS, "views", ad.dataset.ad));
}

export function leave(ad) {
  clearTimeout(waiting.get(ad));
  waiting.delete(ad);
}

/* An article came on alone, or none that is an ad. */
export function on(article) {
  for (const ad of waiting.keys()) leave(ad);
  if (article?.dataset.ad) enter(article);
}

document.addEventListener("visibilitychange", () => {
  for (const ad of waiting.keys()) enter(ad);
});
document.addEventListener(
  "click",
  ({ target }) => {
    const ad = target.closest(".follow-up, .tag")?.closest("[data-ad]")?.dataset.ad;
    if (ad) tell("clicks", ad);
  },
  { capture: true },
);
