/* Tells the server what was watched: when a few clips have passed, and when the page goes away. */

import { token } from "./reactions.js";

const BATCH = 3;
let queue = [];

export function noteWatch(event) {
  if (event.ms > 0 || event.done) queue.push(event);
  if (queue.length >= BATCH) send();
}

export function send(unseen = []) {
  if (!queue.length && !unseen.length) return;
  const form = new FormData();
  form.set("csrfmiddlewaretoken", token());
  form.set("events", JSON.stringify(queue));
  form.set("unseen", JSON.stringify(unseen.slice(0, 60)));
  if (navigator.sendBeacon("/watches/", form)) queue = [];
}

/* Counts one stretch of watching one video. */
export class Stretch {
  constructor(clip) {
    this.clip = clip;
    this.last = null;
    this.clear();
  }

  clear() {
    this.ms = 0;
    this.loops = 0;
    this.done = false;
  }

  see(time, duration) {
    const step = this.last === null ? 0 : time - this.last;
    if (step > 0 && step < 2) this.ms += step * 1000;
    if (step < -0.5 * duration) {
      this.loops += 1;
      this.done = true;
    }
    if (time > duration * 0.95) this.done = true;
    this.last = time;
  }

  report() {
    noteWatch({ clip: this.clip, ms: Math.round(this.ms), loops: this.loops, done: this.done });
    this.clear();
  }
}
