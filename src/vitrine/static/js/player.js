/* One clip of the feed: holds a video's source only while it is near, and plays it by the rules. */

import { Stretch } from "./beacon.js";
import { say } from "./page.js";
import { choose } from "./rendition.js";
import { isFrugal, isStill, set, settings } from "./settings.js";

const SOME_SECONDS = 1.5;
const AHEAD_SECONDS = 4;
export const waitsForTap = isFrugal || isStill;

export class Player {
  constructor(article, tell) {
    this.article = article;
    this.video = article.querySelector("video");
    this.sources = JSON.parse(article.dataset.sources);
    this.stretch = new Stretch(article);
    this.tags = [...article.querySelectorAll(".tag")];
    this.tell = tell;
    this.isCurrent = false;
    this.wasShown = false;
    this.#takeOver();
  }

  #takeOver() {
    const { video } = this;
    video.controls = false;
    video.tabIndex = -1;
    if (video.preload !== "auto" || waitsForTap) this.drop();
    else this.#lighten();
    this.#offerTap();
    this.elapsed = document.createElement("span");
    this.elapsed.className = "elapsed";
    this.article.querySelector(".stage").append(this.elapsed);
    video.addEventListener("playing", () => {
      this.article.classList.remove("paused");
      if (this.isCurrent) this.tell("playing", this);
    });
    this.spoken = document.createElement("p");
    this.spoken.className = "spoken";
    this.article.querySelector(".stage").append(this.spoken);
    for (const track of video.textTracks) track.addEventListener("cuechange", () => this.#speak(track));
    video.addEventListener("progress", () => this.look());
    video.addEventListener("timeupdate", () => this.#tick());
    video.addEventListener("pause", () => {
      this.stretch.stop();
      if (this.isCurrent) this.article.classList.add("paused");
    });
  }

  /* The first clip began to load with the page, before anybody could choose: go down if we must, never up. */
  #lighten() {
    const rank = (url) => this.sources.findIndex(({ u }) => u === url);
    const wanted = choose(this.sources);
    if (rank(wanted) < rank(this.video.getAttribute("src"))) this.video.src = wanted;
  }

  /* The whole stage is a button, once there is a script to answer it. */
  #offerTap() {
    const mark = this.article.querySelector(".tap");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "tap";
    button.setAttribute("aria-label", say("Play or pause"));
    button.append(...mark.childNodes);
    mark.replaceWith(button);
  }

  /* Give the video its source. preload: "metadata" or "auto". */
  hold(preload) {
    const { video } = this;
    if (preload === "auto" || video.preload !== "auto") video.preload = preload;
    if (!video.hasAttribute("src")) video.src = choose(this.sources) ?? "";
  }

  drop() {
    const { video } = this;
    video.preload = "none";
    if (!video.hasAttribute("src")) return;
    video.pause();
    video.removeAttribute("src");
    video.load();
  }

  enter() {
    this.isCurrent = this.wasShown = true;
    this.article.classList.add("current");
    this.captions();
    if (waitsForTap) this.article.classList.add("paused");
    else this.play();
  }

  leave() {
    this.isCurrent = false;
    this.article.classList.remove("current", "paused");
    this.video.pause();
    this.stretch.report();
  }

  /* Play with sound if that is allowed, else muted, else wait for a tap. */
  async play() {
    const { video } = this;
    this.hold("auto");
    video.playbackRate = video.defaultPlaybackRate = settings.speed;
    for (const muted of settings.sound ? [false, true] : [true]) {
      video.muted = muted;
      try {
        await video.play();
        this.tell("sound", this);
        return;
      } catch (error) {
        if (error.name === "AbortError" || !this.isCurrent) return;
      }
    }
    this.article.classList.add("paused");
  }

  togglePlay() {
    if (this.video.paused) this.play();
    else this.video.pause();
  }

  setSound(on) {
    set("sound", on);
    this.video.muted = !on;
    if (on && this.video.paused) this.play();
    this.tell("sound", this);
  }

  captions() {
    for (const track of this.video.textTracks) {
      track.mode = settings.captions ? "hidden" : "disabled";
      this.#speak(track);
    }
  }

  /* Written by us: a browser lays captions out on the whole picture, of which a tall screen crops the sides. */
  #speak(track) {
    const cues = track.mode === "disabled" ? [] : [...(track.activeCues ?? [])];
    this.spoken.lang = track.language;
    this.spoken.replaceChildren(...cues.map((cue) => cue.getCueAsHTML()));
  }

  /* Tell how much there is to play on with. */
  look() {
    const { buffered, currentTime, duration } = this.video;
    if (!this.isCurrent || !buffered.length) return;
    const until = buffered.end(buffered.length - 1);
    const seconds = until >= duration - 0.1 ? Infinity : until - currentTime;
    if (seconds >= SOME_SECONDS) this.tell(seconds >= AHEAD_SECONDS ? "ahead" : "some", this);
  }

  #tick() {
    const { currentTime, duration } = this.video;
    if (!this.isCurrent || !duration) return;
    this.stretch.see(currentTime, duration);
    this.elapsed.style.transform = `scaleX(${currentTime / duration})`;
    const ms = currentTime * 1000;
    for (const tag of this.tags) {
      const { from, until } = tag.dataset;
      const out = ms < Number(from) || ms > Number(until);
      tag.classList.toggle("out-of-span", out && !tag.matches(":focus, :hover"));
    }
    this.look();
  }
}
