/* The studio's upload: choose, drop or film a file; it is sent while the form is being filled.

   A file is known again after a reload by its name, size and time; the page asks for it once more
   and the upload goes on where it was. */

import { Refused, Sending, cancel, look, open } from "./sending.js";

const REMEMBERED = "vitrine.uploads";
const MEASURE_MS = 3000;

const fingerprint = (file) => `${file.name}|${file.size}|${file.lastModified}`;
const megabytes = (bytes) => (bytes / 2 ** 20).toFixed(bytes < 1e7 ? 1 : 0);

let going = null;

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
  if (!file.size) return "This file is empty. Choose the video again.";
  if (file.type && !file.type.startsWith("video/") && !file.name.endsWith(".mkv"))
    return "This file is not a video. Choose an MP4, MOV, WebM, MKV or AVI file.";
  if (file.size > maxBytes)
    return `This file has ${megabytes(file.size)} MB; the limit is ${megabytes(maxBytes)} MB. Export it at a lower quality.`;
  const long = await seconds(file);
  /* Half a second of grace: containers round, and the server measures the packets. */
  if (long !== null && long > Number(maxSeconds) + 0.5)
    return `This video is ${Math.round(long)} seconds long. The longest clip is ${maxSeconds} seconds.`;
  return "";
}

function refuse(chooser, sentence) {
  const place = chooser.querySelector("[data-refusal]");
  place.textContent = sentence;
  place.hidden = !sentence;
}

async function chosen(file, chooser) {
  refuse(chooser, "");
  chooser.setAttribute("aria-busy", "true");
  try {
    const sentence = await limits(file, chooser);
    if (sentence) return refuse(chooser, sentence);
    const known = remembered()[fingerprint(file)];
    const told = (known && (await still_open(known.url))) || (await begin(file, chooser));
    await show(`/studio/clips/${told.clip}/`);
    send(file, told.url);
  } catch (trouble) {
    refuse(
      chooser,
      trouble instanceof Refused ? trouble.message : "There is no connection. Try again in a moment."
    );
  } finally {
    chooser.removeAttribute("aria-busy");
  }
}

async function begin(file, chooser) {
  const told = await open(file, chooser.dataset.uploads, chooser.dataset.clip);
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
  document.title = "New clip · Studio · Vitrine";
  document.getElementById("main").focus({ preventScroll: true });
}

/* The page's place for an upload; it is looked up anew, for htmx swaps it. */
const place = (url) => document.querySelector(`[data-upload="${url}"]`);

async function send(file, url) {
  going?.sending.stop();
  const started = { at: performance.now(), from: null };
  const tell = {
    sent: (bytes) => sent(place(url), bytes, file.size, started),
    reading: () => say(place(url), "The whole file has arrived and is being read…"),
    trouble: (sentence) => trouble(place(url), sentence),
  };
  const sending = new Sending(file, url, tell);
  going = { sending, url };
  place(url)?.querySelector("[data-again]")?.setAttribute("hidden", "");
  preview(file);
  try {
    await sending.run();
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused;
  }
  if (going?.sending !== sending) return;
  going = null;
  forget(url);
  const element = place(url);
  if (element)
    window.htmx.ajax("GET", element.dataset.standing, { target: "#standing", swap: "outerHTML" });
}

function sent(element, bytes, length, started) {
  if (!element) return;
  started.from ??= bytes;
  element.querySelector("progress").value = bytes;
  const passed = (performance.now() - started.at) / 1000;
  const rate = (bytes - started.from) / passed;
  const left = rate > 0 && passed > 2 ? Math.ceil((length - bytes) / rate) : 0;
  say(
    element,
    `${megabytes(bytes)} of ${megabytes(length)} MB` + (left > 1 ? ` · about ${left} s left` : "")
  );
}

function say(element, sentence) {
  if (element) element.querySelector("[data-sent]").textContent = sentence;
}

function trouble(element, sentence) {
  const note = element?.querySelector("[data-trouble]");
  if (!note) return;
  note.textContent = sentence;
  note.hidden = !sentence;
}

/* Show the file itself until there is a rendition, where the browser can. */
function preview(file) {
  const glass = document.querySelector("#preview .glass-empty");
  if (!glass) return;
  const video = document.createElement("video");
  video.controls = video.muted = video.loop = video.playsInline = true;
  video.setAttribute("aria-label", "The file you chose");
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
    if (url === going?.url || !(await still_open(url).catch(() => null))) continue;
    const link = document.createElement("a");
    link.href = page;
    link.textContent = name;
    list.append(document.createElement("li"));
    list.lastChild.append(link);
    section.hidden = false;
  }
}

document.addEventListener("change", async (event) => {
  const [file] = event.target.files ?? [];
  if (!file) return;
  const chooser = event.target.closest("[data-chooser]");
  if (chooser) return chosen(file, chooser);
  const element = event.target.closest("[data-upload]");
  if (!element) return;
  const { filename, length, upload } = element.dataset;
  if (file.name !== filename || file.size !== Number(length))
    return trouble(element, `That is another file. Choose “${filename}”, or cancel and start again.`);
  trouble(element, "");
  send(file, upload);
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-cancel]");
  if (!button) return;
  const { upload } = button.closest("[data-upload]").dataset;
  if (going?.url === upload) {
    going.sending.stop();
    going = null;
  }
  forget(upload);
  try {
    await cancel(upload);
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused;
  }
  location.assign("/studio/");
});

for (const kind of ["dragover", "dragleave", "drop"])
  document.addEventListener(kind, (event) => {
    const drop = event.target.closest?.("[data-drop]");
    if (!drop) return;
    event.preventDefault();
    drop.classList.toggle("over", kind === "dragover");
    const [file] = (kind === "drop" && event.dataTransfer.files) || [];
    if (file) chosen(file, drop.closest("[data-chooser]"));
  });

/* The page that was left behind is not kept: back asks for it anew. */
addEventListener("popstate", () => location.reload());

addEventListener("beforeunload", (event) => {
  if (going) event.preventDefault();
});

offer();
