{% load static %}/* Stands between the pages and the network. Without one: the offline page, and posters that were seen.
   Films, ranges of bytes and whatever is not a plain read go by untouched. */

const SHELL = "shell-{{ version }}";
const POSTERS = "posters";
const SHARED = "shared";
const COUNTER = "counter"; /* the page of a shop's counter and its files, put there by counter.js */
const OFFLINE = "{% url 'watch:offline' %}";
const WATCHES = "{% url 'feed:watches' %}"; /* A page that goes away tells through here: what it asked for itself would go with it. */
const SHARE_TARGET = "{% url 'studio:shared' %}";
const FILES = [{% for file in files %}"{{ file|escapejs }}", {% endfor %}];
const MOST_POSTERS = 60;

addEventListener("install", (event) => event.waitUntil(prepare()));
addEventListener("activate", (event) => event.waitUntil(takeOver()));
addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.method === "POST" && pathname === SHARE_TARGET) event.respondWith(keepShared(request));
  if (request.method === "POST" && pathname === WATCHES) event.respondWith(fetch(request));
  if (request.method !== "GET" || request.headers.has("range")) return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (request.destination === "image" && pathname.startsWith("/m/")) event.respondWith(poster(event));
  else if (FILES.includes(pathname)) event.respondWith(file(request));
  else if (pathname.startsWith("/static/") && /\/counter[/.]/.test(request.referrer)) event.respondWith(ofCounter(request));
});

async function prepare() {
  const shell = await caches.open(SHELL);
  /* As a stranger: the page must be nobody's. */
  await shell.addAll([OFFLINE, ...FILES].map((url) => new Request(url, { credentials: "omit" })));
  await skipWaiting();
}

async function takeOver() {
  for (const name of await caches.keys()) {
    if (![SHELL, POSTERS, SHARED, COUNTER].includes(name)) await caches.delete(name);
  }
  await registration.navigationPreload?.enable();
  await clients.claim();
}

async function page(event) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch (trouble) {
    const { origin, pathname } = new URL(event.request.url);
    const kept = (await ofKept(`${origin}${pathname}`)) ?? (await caches.match(OFFLINE));
    if (kept) return kept;
    throw trouble;
  }
}

/* Only what counter.js kept: a counter's page belongs to who is signed in, and names no order. */
async function ofKept(url) {
  return (await caches.has(COUNTER)) ? (await caches.open(COUNTER)).match(url) : undefined;
}

async function ofCounter(request) {
  try {
    return await fetch(request);
  } catch (trouble) {
    const kept = await ofKept(request.url);
    if (kept) return kept;
    throw trouble;
  }
}

async function file(request) {
  return (await caches.match(request.url)) ?? fetch(request);
}

/* Only what everybody may see is kept. */
async function poster(event) {
  try {
    const answer = await fetch(event.request);
    const mayBeKept = answer.ok && answer.headers.get("cache-control")?.includes("public");
    if (mayBeKept) event.waitUntil(keep(event.request.url, answer.clone()));
    return answer;
  } catch (trouble) {
    const kept = await caches.match(event.request.url);
    if (kept) return kept;
    throw trouble;
  }
}

async function keep(url, answer) {
  const posters = await caches.open(POSTERS);
  await posters.delete(url); /* so that it becomes the newest */
  await posters.put(url, answer);
  const all = await posters.keys();
  for (const old of all.slice(0, -MOST_POSTERS)) await posters.delete(old);
}

/* Films that another app shares wait here until the upload page fetches them (shared.js). */
async function keepShared(request) {
  const form = await request.formData();
  await caches.delete(SHARED);
  const kept = await caches.open(SHARED);
  for (const [place, film] of form.getAll("film").entries()) {
    const headers = { "Content-Type": film.type, "X-Name": encodeURIComponent(film.name) };
    await kept.put(`/shared/${place}`, new Response(film, { headers }));
  }
  return Response.redirect("{% url 'studio:upload' %}?shared", 303);
}

/* What the site pushes: a sentence, and the page that it leads to. */
addEventListener("push", (event) => {
  const { says, path, tag } = event.data.json();
  event.waitUntil(registration.showNotification("Vitrine", { body: says, tag, data: path, icon: "{% static 'icons/vitrine-180.png' %}" }));
});
addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(show(new URL(event.notification.data, location.origin)));
});

async function show(url) {
  if (url.origin !== location.origin) return;
  const open = (await clients.matchAll({ type: "window" })).find((client) => client.url === url.href);
  await (open ? open.focus() : clients.openWindow(url));
}
