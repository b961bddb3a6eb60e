/* The clip page: the browser's own controls, the right rendition, remembered captions and speed, honest counts. */

import { playing, send, Stretch } from "./beacon.js";
import "./reactions.js";
import { choose } from "./rendition.js";
import { settings } from "./settings.js";
import "./sheet.js";

const video = document.getElementById("player");
const stretch = new Stretch(video);
const source = choose(JSON.parse(video.dataset.sources));

if (source && video.getAttribute("src") !== source) video.src = source;
video.playbackRate = video.defaultPlaybackRate = settings.speed;
if (!settings.captions) for (const track of video.textTracks) track.mode = "disabled";

playing({ title: video.ariaLabel, maker: document.querySelector(".maker").textContent, poster: video.poster });

video.addEventListener("timeupdate", () => video.duration && stretch.see(video.currentTime, video.duration));

video.addEventListener("pause", () => stretch.stop());
document.querySelector(".clip-label").addEventListener("click", ({ target }) => stretch.count(target));

function report() {
  stretch.report();
  send();
}
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && report());
addEventListener("pagehide", report);
