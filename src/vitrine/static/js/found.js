/* Ads among products that were found: told of as those of the feed are, though several may be on at once. */

import { enter, leave } from "./ads.js";
import "./reactions.js";
import "./sheet.js";

const HALF = 0.5;

const onScreen = new IntersectionObserver(
  (entries) => {
    for (const { intersectionRatio, target } of entries) (intersectionRatio >= HALF ? enter : leave)(target);
  },
  { threshold: HALF },
);

for (const ad of document.querySelectorAll("[data-ad]")) onScreen.observe(ad);

document.addEventListener("vitrine:hidden", ({ target }) => {
  onScreen.unobserve(target);
  leave(target);
  target.remove();
});
