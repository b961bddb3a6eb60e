/* The counter of a store. Without a network it knows the orders that were ready, by what their codes digest to;
   what is handed over then waits in this browser, each with a key, until the server has taken it. */

import { say } from "./page.js";

const desk = document.getElementById("counter");
const form = document.getElementById("find");
const input = form.elements.code;
const list = document.getElementById("ready");
const offline = document.getElementById("offline");
const KEPT = "counter"; /* the worker serves this cache where there is no network, see worker.js */
const AGAIN_MS = 20_000;

let token = form.elements.csrfmiddlewaretoken.value;
let ready = [];

/* What is kept, one database a person: another who signs in here sees nothing of it. */
const kept = new Promise((found, failed) => {
  const opening = indexedDB.open(`counter-${desk.dataset.person}`, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore("ready", { keyPath: "id" });
    opening.result.createObjectStore("queue", { keyPath: "key" });
  };
  opening.onsuccess = () => found(opening.result);
  opening.onerror = () => failed(opening.error);
});

async function within(store, mode, work) {
  const transaction = (await kept).transaction(store, mode);
  const request = work(transaction.objectStore(store));
  return new Promise((found, failed) => {
    transaction.oncomplete = () => found(request?.result);
    transaction.onerror = transaction.onabort = () => failed(transaction.error);
  });
}

const queue = () => within("queue", "readonly", (store) => store.getAll());

function tell(text, kind) {
  const said = document.getElementById("said");
  said.className = `note ${kind}`;
  said.firstElementChild.textContent = text;
  said.hidden = false;
}

async function draw() {
  const waiting = await queue();
  const gone = new Set(waiting.map(({ order }) => order));
  list.replaceChildren(...ready.filter(({ id }) => !gone.has(id)).map(row));
  const isAway = !navigator.onLine || waiting.length;
  offline.hidden = !isAway;
  const count = waiting.length;
  offline.lastElementChild.textContent = count
    ? say("Kept on this device until there is a network: {count}. Do not clear the browser.", { count })
    : say("There is no network. Hand-overs are kept on this device.");
}

function row({ name, number, lines }) {
  const item = document.createElement("li");
  const bold = document.createElement("b");
  bold.textContent = name;
  const small = document.createElement("span");
  small.className = "small";
  small.textContent = lines.join(", ");
  const short = document.createElement("span");
  short.className = "mono small muted";
  short.textContent = ` ${number}`;
  item.append(bold, short, document.createElement("br"), small);
  return item;
}

/* Who may not see it any more keeps nothing but what was not told yet. */
async function refresh() {
  const answer = await fetch(desk.dataset.ready, { headers: { Accept: "application/json" } });
  if (answer.ok) ({ ready, token } = await answer.json());
  else if ([401, 403, 404].includes(answer.status)) ready = [];
  else return;
  await within("ready", "readwrite", (store) => {
    store.clear();
    for (const order of ready) store.put(order);
  });
  if (answer.ok) await keepPage();
}

/* The page comes last, whole: one that is kept has all it needs, and one that breaks off leaves the old one there. */
async function keepPage() {
  const cache = await caches.open(KEPT);
  const page = new URL(location.pathname, location.origin);
  const answer = await fetch(`${page}?kept`);
  if (!answer.ok || answer.redirected) return;
  const whole = new Response(await answer.blob(), answer);
  const files = performance.getEntriesByType("resource").map(({ name }) => name);
  const named = [...document.querySelectorAll("link[href], script[src]")].map((one) => one.href || one.src);
  for (const url of new Set([...files, ...named])) {
    if (new URL(url).pathname.startsWith("/static/") && !(await cache.match(url))) await cache.add(url);
  }
  await cache.put(page, whole);
}

async function digest(order, code) {
  const bytes = new TextEncoder().encode(`${order}:${code}`);
  const found = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...found].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/* A QR code says order:code, a person types the code alone. */
async function orderOf(text) {
  const code = text.split(":").pop().toUpperCase().replace(/[-\s]/g, "");
  for (const order of ready) if (order.digest === (await digest(order.id, code))) return { order, code };
  return { code };
}

async function send(handover, isQueued) {
  const body = new URLSearchParams({ ...handover, queued: isQueued ? "1" : "" });
  const headers = { "X-CSRFToken": token, Accept: "application/json" };
  return fetch(desk.dataset.handovers, { method: "POST", headers, body });
}

async function handOver(text) {
  const { order, code } = await orderOf(text);
  const scanned = text.includes(":") ? text.slice(0, text.lastIndexOf(":")) : "";
  const handover = { key: crypto.randomUUID().replaceAll("-", ""), order: order?.id ?? scanned, code, at: new Date().toISOString() };
  if ((await queue()).some((one) => one.order === handover.order && order)) {
    return tell(say("This order was handed over here already."), "bad");
  }
  let answer;
  try {
    answer = await send(handover, false);
  } catch {
    /* The answer may be what was lost: the same key is told again later, and is taken once. */
    if (!order) return tell(say("This code is none of those that were ready when there was a network. Do not hand it over."), "bad");
    await within("queue", "readwrite", (store) => store.put(handover));
    input.value = "";
    tell(say("Order {number} is handed over. It is told once there is a network.", order), "good");
    return draw();
  }
  const said = await answer.json();
  if (answer.ok && said.taken) input.value = "";
  tell(said.said ?? said.detail, answer.ok && said.taken ? "good" : "bad");
  await refresh();
  await draw();
}

/* An order that is taken waits for nobody. */
async function forget(taken) {
  ready = ready.filter(({ id }) => id !== taken);
  await within("ready", "readwrite", (store) => store.delete(taken));
}

let isSyncing = false;

async function sync() {
  if (isSyncing) return;
  isSyncing = true;
  try {
    await refresh();
    for (const handover of await queue()) {
      const answer = await send(handover, true);
      if (!answer.ok) break; /* signed out, or the site is unwell: it waits on */
      const { taken, said } = await answer.json();
      if (taken) await forget(handover.order);
      await within("queue", "readwrite", (store) => store.delete(handover.key));
      tell(said, taken ? "good" : "bad");
      if (!taken) location.reload(); /* the page lists what is to be settled */
    }
  } catch {
    ready = await within("ready", "readonly", (store) => store.getAll());
  } finally {
    isSyncing = false;
    await draw();
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (input.value.trim()) handOver(input.value.trim());
});
addEventListener("online", sync);
addEventListener("offline", draw);
setInterval(async () => (await queue()).length && sync(), AGAIN_MS);
sync();

/* The camera reads QR codes where the browser can; elsewhere the code is typed. */
const scan = document.getElementById("scan");
const camera = document.getElementById("camera");
if ("BarcodeDetector" in window && navigator.mediaDevices) scan.hidden = false;
scan.addEventListener("click", async () => {
  let film;
  try {
    film = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    return tell(say("The camera cannot be used. Type the code."), "bad");
  }
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  camera.srcObject = film;
  camera.hidden = false;
  await camera.play();
  const stop = () => {
    for (const track of film.getTracks()) track.stop();
    camera.hidden = true;
  };
  scan.addEventListener("click", stop, { once: true });
  const look = async () => {
    if (camera.hidden) return;
    const [found] = await detector.detect(camera).catch(() => []);
    if (!found) return setTimeout(look, 200);
    stop();
    input.value = found.rawValue;
    handOver(found.rawValue);
  };
  look();
});
