/* Tells the server what was watched: when a few clips have passed, every so often while one plays on, and when the
   page goes away. A report tells all that has happened in its impression so far, so that one that is lost, late or
   sent twice does no harm. Its token was made with the page. */

import { token } from "./page.js";

const BATCH = 3;
const BEAT_MS = 15_000;
const LONGEST_PAUSE_MS = 2_000;
const FASTEST = 2.1;
const LEAP_S = 0.1; /* A larger step is a jump along the slider: what lies between was not seen. */
const MOMENT_MS = 1_000;
const queue = new Map();
let known = Promise.resolve();

/* The page goes away: whatever is told arrives, and nobody hears of it. */
export function send(unseen = []) {
  if ((queue.size || unseen.length) && navigator.sendBeacon("/watches/", form(unseen))) queue.clear();
}

function form(unseen = []) {
  return new URLSearchParams({
    csrfmiddlewaretoken: token(),
    events: JSON.stringify([...queue.values()].slice(0, 60)),
    unseen: JSON.stringify(unseen.slice(0, 60)),
  });
}

/* The page stays. What could not be told is told with what comes next, unless that says more. */
function tell() {
  if (!queue.size) return;
  const body = form();
  const told = [...queue];
  queue.clear();
  const before = known;
  const sent = fetch("/watches/", { method: "POST", body, keepalive: true }).catch(() => {
    for (const [impression, report] of told) if (!queue.has(impression)) queue.set(impression, report);
  });
  known = Promise.all([before, sent]);
}

/* All that was watched is known, or a moment has passed: what is asked for then is chosen by it. */
export function whenKnown() {
  tell();
  return Promise.race([known, new Promise((done) => setTimeout(done, MOMENT_MS))]);
}

/* What happens in one impression. place: the element with data-clip and data-token. */
export class Stretch {
  constructor(place) {
    this.clip = place.dataset.clip;
    this.token = place.dataset.token;
    this.sequence = 0;
    this.ms = 0;
    this.loops = 0;
    this.taps = 0;
    this.shares = 0;
    this.seen = [];
    this.told = "";
    this.toldMs = 0;
    this.stop();
    place.addEventListener("click", ({ target }) => this.count(target));
  }

  /* Called as the video plays, a few times a second. */
  see(time, duration) {
    if (document.hidden) return this.stop();
    const now = performance.now();
    const passed = now - (this.at ?? now);
    const step = time - (this.time ?? time);
    if (step && passed < LONGEST_PAUSE_MS) this.ms += passed;
    if (step > 0 && step <= LEAP_S + (FASTEST * passed) / 1000) this.#mark(this.time, time);
    else if (step < -0.5 * duration && (this.loops + 1) * duration * 1000 <= this.ms * FASTEST) this.loops += 1;
    this.time = time;
    this.at = now;
    if (this.ms - this.toldMs < BEAT_MS) return;
    this.report();
    tell();
  }

  /* What comes next does not follow on: the video was paused, or left. */
  stop() {
    this.time = null;
    this.at = null;
  }

  #mark(from, until) {
    for (let second = Math.floor(from); second <= Math.floor(until); second += 1) {
      this.seen[second >> 3] = (this.seen[second >> 3] ?? 0) | (1 << (second & 7));
    }
  }

  /* A tap beside the video, where it is a share or opens a product. */
  count(target) {
    if (target.closest(".share")) this.shares += 1;
    else if (target.closest(".tag, .product-row")) this.taps += 1;
  }

  report() {
    const bytes = Array.from(this.seen, (byte) => byte ?? 0);
    const told = {
      clip: this.clip,
      token: this.token,
      ms: Math.round(this.ms),
      loops: this.loops,
      seen: btoa(String.fromCharCode(...bytes)),
      taps: this.taps,
      shares: this.shares,
    };
    const text = JSON.stringify(told);
    if (!told.ms || text === this.told) return;
    this.told = text;
    this.toldMs = this.ms;
    queue.set(this.token, { ...told, seq: this.sequence });
    this.sequence += 1;
    if (queue.size >= BATCH) tell();
  }
}

/* The system is told too what plays: its lock screen, a headset's keys. */
export function playing({ title, maker, poster }) {
  if (!navigator.mediaSession) return;
  navigator.mediaSession.metadata = new MediaMetadata({
    title,
    artist: maker,
    artwork: poster ? [{ src: poster }] : [],
  });
}

export function answerKeys(actions) {
  for (const [name, act] of Object.entries(actions)) navigator.mediaSession?.setActionHandler(name, act);
}
