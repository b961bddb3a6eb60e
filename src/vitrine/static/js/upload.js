/* The studio's upload: choose, drop or film files; they are sent while forms are being filled.

   A file is known again after a reload by its name, size and time; the page asks for it once more
   and the upload goes on where it was. */

import { say } from "./page.js";
import { Refused, Sending, cancel, look, open } from "./sending.js";
import * as tray from "./tray.js";

const REMEMBERED = "vitrine.uploads";
const MEASURE_MS = 3000;
const MOST_AT_ONCE = 3;
/* Systems disagree about films: .ts is "text/vnd.trolltech.linguist" to some. What is plainly something else: */
const NO_FILM = /^(image|audio|font)\/|^text\/(plain|html|css|csv)|^application\/(pdf|zip|json)/;
/* A film of fewer bytes a second than any has tells a wrong length; the server looks at its pictures. */
const LEAST_BYTES_A_SECOND = 2000;

const fingerprint = (file) => `${file.name}|${file.size}|${file.lastModified}`;
const megabytes = (bytes) => (bytes / 2 ** 20).toFixed(bytes < 1e7 ? 1 : 0);

/* Files being sent: {url: {sending, file, page}}. */
const going = new Map();
/* Sends that wait until another has ended. */
const waiting = [];

/* Uploads that this browser began and has not ended: {fingerprint: {url, page, name}}. */
function remembered(change) {
  let kept = {};
  try {
    kept = JSON.parse(localStorage.getItem(REMEMBERED)) ?? {};
    if (change) {
      change(kept);
      localStorage.setItem(REMEMBERED, JSON.stringify(kept));
    }
  } catch {
    /* No storage: an upload then survives a lost connection, but not a reload. */
  }
  return kept;
}

function forget(url) {
  remembered((kept) => {
    for (const key of Object.keys(kept)) if (kept[key].url === url) delete kept[key];
  });
}

/* Seconds of a file that this browser can read, else null: the server looks again anyway. */
function seconds(file) {
  return new Promise((tell) => {
    const video = document.createElement("video");
    const url = URL.createObjectURL(file);
    const end = (value) => {
      clearTimeout(timer);
      URL.revokeObjectURL(url);
      tell(value);
    };
    const timer = setTimeout(() => end(null), MEASURE_MS);
    video.onloadedmetadata = () => end(Number.isFinite(video.duration) ? video.duration : null);
    video.onerror = () => end(null);
    video.preload = "metadata";
    video.src = url;
  });
}

async function limits(file, chooser) {
  const { maxBytes, maxSeconds } = chooser.dataset;
  if (!file.size) return say("This file is empty. Choose the video again.");
  if (NO_FILM.test(file.type))
    return say("This file is not a video. Choose an MP4, MOV, WebM, MKV or AVI file.");
  if (file.size > maxBytes)
    return say("This file has {size} MB; the limit is {most} MB. Export it at a lower quality.", {
      size: megabytes(file.size),
      most: megabytes(maxBytes),
    });
  const long = await seconds(file);
  /* Half a second of grace: containers round, and the server measures the packets. */
  const believed = long !== null && file.size > long * LEAST_BYTES_A_SECOND;
  if (believed && long > Number(maxSeconds) + 0.5)
    return say("This video is {long} seconds long. The longest clip is {most} seconds.", {
      long: Math.round(long),
      most: maxSeconds,
    });
  return "";
}

function refuse(chooser, sentence) {
  const place = chooser.querySelector("[data-refusal]");
  place.textContent = sentence;
  place.hidden = !sentence;
}

/* One file: go to its draft at once. Several: list them, and stay. */
async function chosen(files, chooser) {
  refuse(chooser, "");
  chooser.setAttribute("aria-busy", "true");
  const rows = files.length > 1 ? files.map(tray.add) : [];
  for (const [index, file] of files.entries()) {
    const row = rows[index];
    try {
      const { url, page } = await opened(file, chooser);
      if (row) tray.name(row, url, page);
      else await show(page);
      send(file, url, page);
    } catch (refused) {
      const sentence =
        refused instanceof Refused
          ? refused.message
          : say("There is no connection. Try again in a moment.");
      if (row) trouble([row], sentence);
      else refuse(chooser, sentence);
    }
  }
  chooser.removeAttribute("aria-busy");
}

/* Return {url, page} of a file's upload: the one begun earlier, or a new one. Throws Refused. */
async function opened(file, chooser) {
  const sentence = await limits(file, chooser);
  if (sentence) throw new Refused({ detail: sentence });
  /* The same film for another duet is another clip. */
  const known = remix_of(chooser) ? null : remembered()[fingerprint(file)];
  const told = (known && (await still_open(known.url))) || (await begin(file, chooser));
  return { url: told.url, page: `/studio/clips/${told.clip}/` };
}

/* What the clip is to be made with, as the form around the file says; undefined without. */
function remix_of(chooser) {
  if (!chooser.querySelector("[name=kind]")) return undefined;
  const { kind, of, from_seconds, seconds, own_level } = Object.fromEntries(new FormData(chooser));
  return { kind, of, from_seconds, seconds, own_level };
}

async function begin(file, chooser) {
  const told = await open(file, chooser.dataset.uploads, chooser.dataset.clip, remix_of(chooser));
  const page = `/studio/clips/${told.clip}/`;
  remembered((kept) => (kept[fingerprint(file)] = { url: told.url, page, name: file.name }));
  return told;
}

/* Told of an upload that can go on, else null. */
async function still_open(url) {
  try {
    const told = await look(url);
    if (told.state === "receiving" && told.clip) return told;
  } catch (trouble) {
    if (!(trouble instanceof Refused)) throw trouble;
  }
  forget(url);
  return null;
}

async function show(page) {
  await window.htmx.ajax("GET", page, { target: "#main", swap: "innerHTML show:window:top" });
  history.pushState(null, "", page);
  document.title = `${say("New clip")} · ${say("Studio")} · Vitrine`;
  document.getElementById("main").focus({ preventScroll: true });
  tray.settle();
}

/* The places that show an upload; looked up anew, for htmx swaps them. */
const places = (url) => [...document.querySelectorAll(`[data-upload="${url}"]`)];
const row_of = (url) => document.querySelector(`.tray [data-upload="${url}"]`);
const card_of = (url) => document.querySelector(`#standing [data-upload="${url}"]`);

async function send(file, url, page) {
  going.get(url)?.sending.stop();
  const started = { at: null, from: null };
  const tell = {
    sent: (bytes) => sent(places(url), bytes, file.size, started),
    reading: () => write(places(url), say("The whole file has arrived and is being read…")),
    trouble: (sentence) => trouble(places(url), sentence),
  };
  const sending = new Sending(file, url, tell);
  going.set(url, { sending, file, page });
  settle(url);
  if (going.size > MOST_AT_ONCE) {
    write(places(url), say("Waits until another has been sent."));
    await new Promise((go) => waiting.push(go));
  }
  let refusal = "";
  try {
    await sending.run();
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused;
    refusal = refused.message;
  }
  waiting.shift()?.();
  if (going.get(url)?.sending !== sending) return;
  going.delete(url);
  forget(url);
  const row = row_of(url);
  if (row) {
    tray.end(row, refusal ? "" : say("It has arrived and is being prepared."));
    trouble([row], refusal);
  }
  const card = card_of(url);
  if (card) follow(card.closest("#standing"), card.dataset.standing);
}

/* Have the page of a draft ask where it stands, now and until it is told. */
function follow(standing, url) {
  standing.setAttribute("hx-get", url);
  standing.setAttribute("hx-trigger", "arrived, every 1500ms");
  window.htmx.process(standing);
  window.htmx.trigger(standing, "arrived");
}

/* Fit the page of a draft, if it is shown, to its file being on its way. */
function settle(url) {
  const card = card_of(url);
  if (!card) return;
  card.querySelector("[data-again]").hidden = true;
  preview(going.get(url).file);
}

function sent(elements, bytes, length, started) {
  started.at ??= performance.now();
  started.from ??= bytes;
  for (const element of elements) element.querySelector("progress").value = bytes;
  const passed = (performance.now() - started.at) / 1000;
  const rate = (bytes - started.from) / passed;
  const left = rate > 0 && passed > 2 ? Math.ceil((length - bytes) / rate) : 0;
  const facts = { sent: megabytes(bytes), size: megabytes(length), left };
  write(
    elements,
    left > 1
      ? say("{sent} of {size} MB · about {left} s left", facts)
      : say("{sent} of {size} MB", facts)
  );
}

function write(elements, sentence) {
  for (const element of elements) element.querySelector("[data-sent]").textContent = sentence;
}

function trouble(elements, sentence) {
  for (const element of elements) {
    const note = element.querySelector("[data-trouble]");
    note.textContent = sentence;
    note.hidden = !sentence;
  }
}

/* Show the file itself until there is a rendition, where the browser can. */
function preview(file) {
  const glass = document.querySelector("#preview .glass-empty");
  if (!glass) return;
  const video = document.createElement("video");
  video.controls = video.muted = video.loop = video.playsInline = true;
  video.setAttribute("aria-label", say("The file you chose"));
  video.src = URL.createObjectURL(file);
  video.onloadeddata = () => glass.replaceWith(video);
  video.onerror = () => URL.revokeObjectURL(video.src);
}

/* What this browser has begun and not ended, offered where a new clip is made. */
async function offer() {
  const section = document.querySelector("[data-unfinished]");
  if (!section) return;
  const list = section.querySelector("ul");
  for (const { url, page, name } of Object.values(remembered())) {
    if (going.has(url) || !(await still_open(url).catch(() => null))) continue;
    const link = document.createElement("a");
    link.href = page;
    link.textContent = name;
    list.append(document.createElement("li"));
    list.lastChild.append(link);
    section.hidden = false;
  }
}

document.addEventListener("change", async (event) => {
  const files = [...(event.target.files ?? [])];
  const [file] = files;
  if (!file) return;
  const chooser = event.target.closest("[data-chooser]");
  if (chooser) return chosen(files, chooser);
  const element = event.target.closest("[data-upload]");
  if (!element) return;
  const { filename, length, upload } = element.dataset;
  if (file.name !== filename || file.size !== Number(length))
    return trouble([element], say("That is another file. Choose “{filename}”, or cancel and start again.", { filename }));
  trouble([element], "");
  send(file, upload, element.dataset.page);
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-cancel]");
  if (!button) return;
  const { upload } = button.closest("[data-upload]").dataset;
  const card = card_of(upload);
  going.get(upload)?.sending.stop();
  going.delete(upload);
  forget(upload);
  try {
    await cancel(upload);
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused;
  }
  row_of(upload)?.remove();
  if (!card) return;
  const [other] = going.values();
  if (other) show(other.page);
  else location.assign("/studio/");
});

/* To a draft, while other files go on. */
document.addEventListener("click", async (event) => {
  const link = event.target.closest(".tray [data-page]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const { upload } = link.closest("[data-upload]").dataset;
  await show(link.pathname);
  if (going.has(upload)) settle(upload);
});

for (const kind of ["dragover", "dragleave", "drop"])
  document.addEventListener(kind, (event) => {
    const drop = event.target.closest?.("[data-drop]");
    if (!drop) return;
    event.preventDefault();
    drop.classList.toggle("over", kind === "dragover");
    const chooser = drop.closest("[data-chooser]");
    const files = kind === "drop" ? [...event.dataTransfer.files] : [];
    if (files.length) chosen(chooser.querySelector("[multiple]") ? files : files.slice(0, 1), chooser);
  });

/* The page that was left behind is not kept: back asks for it anew. */
addEventListener("popstate", () => location.reload());

addEventListener("beforeunload", (event) => {
  if (going.size) event.preventDefault();
});

offer();
