/* The caption editor: the clip beside its cues, its sound drawn under them, all of it by keyboard. */

import { say } from "./page.js";

const desk = document.getElementById("desk");
const form = document.getElementById("cues");
const list = document.getElementById("list");
const said = document.getElementById("said");
const blank = document.getElementById("cue");
const video = desk.querySelector("video");
const canvas = desk.querySelector("canvas");
const CLIP_MS = Number(desk.dataset.end) || Infinity;
const NUDGE_MS = 100;
const SHORTEST_MS = 100;
const NEW_MS = 2000;
const SHOWN_MS = Math.min(CLIP_MS, 8000);
const PEAK_MS = 20;

let peaks = new Uint8Array();
let current = null;
let isUnsaved = false;

/* Moments, as the server reads and writes them. */
function read(typed) {
  const found = /^\s*(?:(?:(\d{1,2}):)?(\d{1,4}):)?(\d{1,5})(?:[.,](\d{1,3}))?\s*$/.exec(typed);
  if (!found) return null;
  const [, hours = 0, minutes = 0, seconds, fraction = "0"] = found;
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(fraction.padEnd(3, "0"));
}
const pad = (number, width) => String(number).padStart(width, "0");
const clock = (ms) => `${Math.floor(ms / 60000)}:${pad(Math.floor(ms / 1000) % 60, 2)}.${pad(ms % 1000, 3)}`;

const rows = () => [...list.children];
const field = (row, name) => row.querySelector(`[name=${name}]`);
const moment = (row, name) => read(field(row, name).value);
const words = (row) => field(row, "text").value.trim();
const now = () => Math.round((video?.currentTime ?? 0) * 1000);
const isBlank = (row) => !words(row) && !field(row, "start").value.trim() && !field(row, "end").value.trim();

function announce(text) {
  said.textContent = text;
}

function set(row, name, ms) {
  const kept = Math.round(Math.min(Math.max(ms, 0), CLIP_MS));
  field(row, name).value = clock(kept);
  announce(`${name === "start" ? say("Start") : say("End")} ${clock(kept)}`);
}

function seek(ms) {
  if (video) video.currentTime = ms / 1000;
}

/* Something changed that is not typing: save soon, and show it. */
function edited() {
  isUnsaved = true;
  number();
  show();
  form.dispatchEvent(new Event("edited"));
}

function number() {
  for (const [index, row] of rows().entries()) {
    const facts = { number: index + 1 };
    row.querySelector(".cue-number").textContent = index + 1;
    field(row, "start").ariaLabel = say("Cue {number}: start", facts);
    field(row, "end").ariaLabel = say("Cue {number}: end", facts);
    field(row, "text").ariaLabel = say("Cue {number}: words", facts);
    row.querySelector("[data-does=remove]").ariaLabel = say("Delete cue {number}", facts);
  }
}

function choose(row, { focus = true, seeks = true } = {}) {
  if (!row) return;
  current?.classList.remove("current");
  current = row;
  row.classList.add("current");
  if (focus) field(row, "text").focus();
  const start = moment(row, "start");
  if (seeks && start !== null && video?.paused) seek(start);
  draw();
}

function insert(before, start, end, text) {
  if (rows().length >= Number(desk.dataset.most)) {
    announce(say("There is room for {most} cues.", { most: desk.dataset.most }));
    return null;
  }
  const row = blank.content.firstElementChild.cloneNode(true);
  list.insertBefore(row, before);
  field(row, "start").value = clock(Math.round(start));
  field(row, "end").value = clock(Math.round(end));
  field(row, "text").value = text;
  return row;
}

const does = {
  play() {
    if (!video) return;
    if (video.paused) video.play();
    else video.pause();
  },
  start: (row) => row && (set(row, "start", now()), edited()),
  end: (row) => row && (set(row, "end", now()), edited()),
  nudge(row, name, by) {
    if (!row || moment(row, name) === null) return;
    set(row, name, moment(row, name) + by);
    if (video?.paused) seek(moment(row, name));
    edited();
  },
  previous: () => choose(current ? current.previousElementSibling : list.lastElementChild),
  next: () => choose(current ? current.nextElementSibling : list.firstElementChild),
  split(row) {
    const [start, end] = row ? [moment(row, "start"), moment(row, "end")] : [];
    const area = row && field(row, "text");
    if (!area?.value.trim() || start === null || end === null || end - start < 2 * SHORTEST_MS) return;
    let at = document.activeElement === area ? area.selectionStart : 0;
    if (!area.value.slice(0, at).trim() || !area.value.slice(at).trim()) {
      const half = area.value.indexOf(" ", area.value.length / 2);
      at = half > 0 ? half : Math.ceil(area.value.length / 2);
    }
    const [first, second] = [area.value.slice(0, at).trim(), area.value.slice(at).trim()];
    const inside = now() > start + SHORTEST_MS && now() < end - SHORTEST_MS;
    const moment_ms = inside ? now() : Math.round(start + ((end - start) * at) / area.value.length);
    const made = insert(row.nextElementSibling, moment_ms, end, second);
    if (!made) return;
    area.value = first;
    field(row, "end").value = clock(moment_ms);
    edited();
    choose(made, { seeks: false });
    announce(say("Split."));
  },
  merge(row) {
    const next = row?.nextElementSibling;
    if (!next) return;
    field(row, "text").value = [words(row), words(next)].filter(Boolean).join(" ");
    if (field(next, "end").value) field(row, "end").value = field(next, "end").value;
    next.remove();
    edited();
    choose(row, { seeks: false });
    announce(say("Joined with the next cue."));
  },
  add() {
    let start = now();
    const before = rows().filter((row) => (moment(row, "start") ?? Infinity) <= start);
    const last = before.at(-1);
    if (last) start = Math.max(start, moment(last, "end") ?? 0);
    const follower = last ? last.nextElementSibling : list.firstElementChild;
    const limit = Math.min((follower && moment(follower, "start")) ?? Infinity, CLIP_MS);
    if (limit - start < SHORTEST_MS) {
      announce(say("There is no room for a cue here."));
      return;
    }
    const made = insert(follower, start, Math.min(start + NEW_MS, limit), "");
    if (!made) return;
    edited();
    choose(made, { seeks: false });
  },
  remove(row) {
    if (!row) return;
    const neighbour = row.nextElementSibling ?? row.previousElementSibling;
    if (row === current) current = null;
    row.remove();
    edited();
    choose(neighbour, { seeks: false });
    announce(say("Deleted."));
  },
  save: () => form.requestSubmit(),
};

const KEYS = {
  k: () => does.play(),
  i: () => does.start(current),
  o: () => does.end(current),
  j: (event) => does.nudge(current, event.shiftKey ? "end" : "start", -NUDGE_MS),
  l: (event) => does.nudge(current, event.shiftKey ? "end" : "start", NUDGE_MS),
  x: () => does.split(current),
  m: () => does.merge(current),
  n: () => does.add(),
  ",": () => seek(Math.max(now() - 1000, 0)),
  ".": () => seek(now() + 1000),
  arrowup: () => does.previous(),
  arrowdown: () => does.next(),
  backspace: () => does.remove(current),
};
const CODES = { Comma: ",", Period: "." };

/* With Alt some layouts type another letter: then the place of the key counts. */
function pressed({ key, code }) {
  if (key.toLowerCase() in KEYS) return key.toLowerCase();
  return CODES[code] ?? code.replace("Key", "").toLowerCase();
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s") {
    event.preventDefault();
    does.save();
    return;
  }
  if (!event.altKey || event.ctrlKey || event.metaKey) return;
  const act = KEYS[pressed(event)];
  if (!act) return;
  event.preventDefault();
  act(event);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-does]");
  if (!button) return;
  does[button.dataset.does](button.closest(".cue") ?? current);
});

/* "Save mine instead" names the version that it writes over. Not by htmx, which would name it for ever after. */
function insist(event) {
  const button = event.target.closest("button[name=version]");
  if (!button) return;
  event.preventDefault();
  event.stopPropagation();
  form.querySelector("input[name=version]").value = button.value;
  button.blur();
  does.save();
}
document.addEventListener("click", insist, true);

list.addEventListener("focusin", (event) => {
  const row = event.target.closest(".cue");
  if (row && row !== current) choose(row, { focus: false });
});

form.addEventListener("input", () => {
  isUnsaved = true;
  show();
});

/* Which rows the server minds; what is typed stays in any case. */
document.addEventListener("htmx:afterSwap", () => {
  const wrong = new Set(document.getElementById("saved").dataset.wrong.split(",").filter(Boolean).map(Number));
  for (const [index, row] of rows().entries()) {
    row.classList.toggle("wrong", wrong.has(index + 1));
    for (const name of ["start", "end", "text"]) field(row, name).ariaInvalid = wrong.has(index + 1) ? "true" : null;
  }
});
let sent = 0;
let typed = 0;
form.addEventListener("input", () => typed++);
form.addEventListener("edited", () => typed++);
form.addEventListener("htmx:beforeRequest", () => (sent = typed));
form.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && sent === typed) isUnsaved = false;
});
addEventListener("beforeunload", (event) => isUnsaved && event.preventDefault());

/* The words over the clip, as viewers will see them. */
const track = video?.addTextTrack("captions", "Preview", desk.dataset.language);
if (track) track.mode = "showing";

function show() {
  if (track) {
    for (const cue of [...track.cues]) track.removeCue(cue);
    for (const row of rows()) {
      const [start, end] = [moment(row, "start"), moment(row, "end")];
      if (start === null || end === null || end <= start || !words(row)) continue;
      const cue = new VTTCue(start / 1000, end / 1000, "");
      cue.text = words(row).replace(/&/g, "&amp;").replace(/</g, "&lt;");
      track.addCue(cue);
    }
  }
  draw();
}

/* The sound around this moment, and the cues over it: all of a short clip. */
function shownFrom() {
  return Math.max(0, Math.min(now() - SHOWN_MS / 2, CLIP_MS - SHOWN_MS));
}

function draw() {
  const { clientWidth: width, clientHeight: height } = canvas;
  const scale = devicePixelRatio || 1;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const pen = canvas.getContext("2d");
  const { color, caretColor, outlineColor } = getComputedStyle(canvas);
  pen.scale(scale, scale);
  const from = shownFrom();
  const x = (ms) => ((ms - from) / SHOWN_MS) * width;
  for (const row of rows()) {
    const [start, end] = [moment(row, "start"), moment(row, "end")];
    if (start === null || end === null) continue;
    pen.globalAlpha = row === current ? 0.45 : 0.18;
    pen.fillStyle = caretColor;
    pen.fillRect(x(start), 0, Math.max(x(end) - x(start) - 1, 1), height);
  }
  pen.globalAlpha = 1;
  pen.fillStyle = color;
  for (let index = Math.floor(from / PEAK_MS); index * PEAK_MS < from + SHOWN_MS && index < peaks.length; index++) {
    const tall = Math.max((peaks[index] / 255) * (height - 8), 1);
    pen.fillRect(x(index * PEAK_MS), (height - tall) / 2, Math.max((width * PEAK_MS) / SHOWN_MS - 0.5, 0.5), tall);
  }
  pen.fillStyle = outlineColor;
  pen.fillRect(x(now()) - 1, 0, 2, height);
}

canvas.addEventListener("pointerdown", (event) => {
  const from = shownFrom();
  seek(from + (event.offsetX / canvas.clientWidth) * SHOWN_MS);
});

function follow() {
  draw();
  for (const row of rows()) {
    const [start, end] = [moment(row, "start"), moment(row, "end")];
    row.classList.toggle("heard", start !== null && now() >= start && now() < (end ?? 0));
  }
  if (video && !video.paused) requestAnimationFrame(follow);
}
for (const name of ["play", "seeked", "timeupdate"]) video?.addEventListener(name, follow);
new ResizeObserver(draw).observe(canvas);

async function listen() {
  const told = desk.querySelector("[data-wave-said]");
  for (let tries = 0; tries < 60; tries++) {
    const answer = await fetch(desk.dataset.waveform);
    if (answer.status === 202) {
      await new Promise((done) => setTimeout(done, 1500));
      continue;
    }
    if (!answer.ok) break;
    peaks = new Uint8Array(await answer.arrayBuffer());
    if (peaks.length) told.remove();
    else if (desk.dataset.sound) told.textContent = say("The sound could not be drawn.");
    draw();
    return;
  }
  told.textContent = say("The sound could not be drawn.");
}

for (const row of rows().slice(1)) if (isBlank(row)) row.remove();
number();
choose(list.querySelector(".wrong") ?? list.firstElementChild, { focus: false, seeks: false });
show();
listen();
