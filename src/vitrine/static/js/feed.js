/* The feed: which clip is on, which are near, and what keys and taps do. */

import { answerKeys, playing, send, whenKnown } from "./beacon.js";
import { Player } from "./player.js";
import { onSetting, set, settings, showSettings } from "./settings.js";

const MOST_ARTICLES = 40;
const LATEST_MS = 2000;
const AGAIN_MS = 5000;
const REST_MS = 200;

const feed = document.getElementById("feed");
const soundChip = document.getElementById("sound");
const keys = document.getElementById("keys");
const players = new Map();
let current = null;

const order = () => [...feed.querySelectorAll(".clip[data-clip]")].map((article) => players.get(article));
const neighbour = (step) => order()[order().indexOf(current) + step];

const onScreen = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) become(players.get(target));
  },
  { root: feed, threshold: 0.6 },
);

function become(player) {
  if (!player || player === current) return;
  current?.leave();
  current = player;
  const line = order();
  const here = line.indexOf(player);
  line.forEach((other, place) => {
    if (Math.abs(place - here) > 1) other.drop();
  });
  player.enter();
  watchAd();
  playing(label(player.article));
  player.look();
  askForMore();
}

/* What tells of ads comes with the first one, before it is on. */
let ads = null;
async function watchAd() {
  if (ads) (await ads).on(current.article);
}

function label(article) {
  return {
    title: article.querySelector("h2").textContent,
    maker: article.querySelector(".byline a").textContent,
    poster: article.querySelector(".poster").src,
  };
}

/* What the current player says. The next clip gets its head once this one has some seconds ahead, the rest once it
   has more: sooner, both would halt on a slow line. */
function tell(what, player) {
  if (player !== current) return;
  if (what === "sound") soundChip.hidden = !player.video.muted;
  if (what === "playing") bringRest();
  if (player.video.paused) return;
  if (what === "some") neighbour(1)?.hold("metadata");
  if (what === "ahead") neighbour(1)?.hold("auto");
}

/* What answers taps and brings more clips: once the first plays, as on a slow line it would take the film's place.
   Where it cannot be had, links and forms do what they do without scripts. */
let rest = null;
let isThere = false;

function bringRest() {
  rest ??= fetchRest()
    .catch(() => {})
    .then(() => {
      isThere = true;
      askForMore();
    });
  return rest;
}

async function fetchRest() {
  /* The library begins with the page, or when it has loaded: what comes between would never begin. */
  if (document.readyState !== "complete") await new Promise((done) => addEventListener("load", done));
  const later = document.getElementById("later").content.cloneNode(true);
  const library = later.querySelector("script");
  const loaded = new Promise((done) => (library.onload = library.onerror = done));
  document.head.append(later);
  await loaded;
  await Promise.all([import("./reactions.js"), import("./sheet.js")]);
}

setTimeout(bringRest, LATEST_MS);

/* Whoever taps before it is there is answered when it is. */
document.addEventListener(
  "click",
  async (event) => {
    const wanted = event.target.closest("[data-sheet], .like, .follow-toggle, .disinterest");
    if (isThere || !wanted || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    await bringRest();
    wanted.click();
  },
  { capture: true },
);

/* The clip that asks for more does so when it, or one after it, is on: somebody may have come past before there was
   anything to ask with. What comes is chosen by all that was watched until now. Where no answer came, it asks again. */
async function askForMore() {
  const line = order();
  const asking = line.slice(0, line.indexOf(current) + 1).find(({ article }) => article.matches("[hx-get]:not(.asked)"));
  if (!isThere || !asking) return;
  asking.article.classList.add("asked");
  current.stretch.report();
  await whenKnown();
  asking.article.dispatchEvent(new Event("wanted"));
}

feed.addEventListener("htmx:afterRequest", ({ target, detail }) => {
  if (detail.successful || !target.matches(".clip[hx-get]")) return;
  const again = () => {
    target.classList.replace("asked", "again");
    askForMore();
  };
  if (navigator.onLine) setTimeout(again, AGAIN_MS);
  else addEventListener("online", again, { once: true });
});

/* Clips that were in an answer that was lost count as served: told of the last one that is here, they come again. */
feed.addEventListener("htmx:configRequest", ({ target, detail }) => {
  const here = feed.querySelectorAll(".clip[data-clip]:not([data-ad])");
  if (target.matches(".clip.again")) detail.parameters.after = [...here].at(-1).dataset.clip;
});

/* Only at rest: an article that leaves during a swipe, or as one begins, would take the swipe with it. */
let resting = 0;
function prune() {
  const line = order();
  const spare = Math.max(Math.min(line.length - MOST_ARTICLES, line.indexOf(current) - 2), 0);
  if (!spare) return;
  for (const old of line.slice(0, spare)) {
    old.drop();
    onScreen.unobserve(old.article);
    players.delete(old.article);
    old.article.remove();
  }
  feed.scrollTo({ top: current.article.offsetTop, behavior: "instant" });
}
feed.addEventListener("scroll", () => clearTimeout(resting));
feed.addEventListener("scrollend", () => (resting = setTimeout(prune, REST_MS)));

function take(article) {
  if (!article.dataset?.clip || players.has(article)) return;
  if (article.dataset.ad) ads ??= import("./ads.js");
  players.set(article, new Player(article, tell));
  onScreen.observe(article);
}

feed.querySelectorAll(".clip").forEach(take);
/* The first is on screen already: what watches it would say so one painted frame later. */
if (!document.hidden) become(players.get(feed.firstElementChild));
new MutationObserver((changes) => {
  for (const { addedNodes } of changes) {
    for (const node of addedNodes) if (node.matches?.(".clip")) take(node);
  }
}).observe(feed, { childList: true });

function go(step) {
  clearTimeout(resting);
  const cards = [...feed.querySelectorAll(".clip")];
  const here = current ? cards.indexOf(current.article) : 0;
  const at = cards.findIndex((card) => card.contains(document.activeElement) && !card.dataset.clip);
  const next = cards[(at >= 0 ? at : here) + step];
  next?.scrollIntoView({ block: "start", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  next?.focus({ preventScroll: true });
}

/* The first tap or key gives sound; only later ones pause. */
function wakeSound() {
  if (settings.sound && !current?.video.muted) return false;
  if (soundChip.hidden) return false;
  current?.setSound(true);
  return true;
}

feed.addEventListener("click", (event) => {
  if (event.target.closest("a, button:not(.tap), summary") || !event.target.closest(".stage")) return;
  if (current?.video.paused) current.play();
  else if (!wakeSound()) current?.togglePlay();
});
soundChip.addEventListener("click", () => current?.setSound(true));
feed.addEventListener("vitrine:hidden", () => go(1));

const DO = {
  ArrowDown: () => go(1),
  j: () => go(1),
  ArrowUp: () => go(-1),
  k: () => go(-1),
  " ": () => current?.togglePlay(),
  m: () => current?.setSound(current.video.muted),
  l: () => current?.article.querySelector(".like").click(),
  c: () => set("captions", !settings.captions),
  "?": () => keys.showModal(),
};

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  const act = DO[key];
  if (!act || !settings.keys || event.altKey || event.ctrlKey || event.metaKey) return;
  if (target.closest("input, textarea, select, dialog, [contenteditable]")) return;
  if (key === " " && target.closest("a, button")) return;
  event.preventDefault();
  if (key !== "m") wakeSound();
  act();
});

onSetting((name) => {
  if (name === "captions") current?.captions();
  if (name === "speed" && current) current.video.playbackRate = settings.speed;
});
showSettings(keys);
answerKeys({ nexttrack: () => go(1), previoustrack: () => go(-1) });

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "hidden") return;
  current?.stretch.report();
  send();
});
addEventListener("pagehide", () => {
  current?.stretch.report();
  send(order().filter((player) => !player.wasShown).map((player) => player.article.dataset.clip));
});
