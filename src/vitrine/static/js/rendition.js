/* Which rendition of a clip to play: chosen before it starts, from what the network did for earlier clips. */

import { isFrugal, set, settings } from "./settings.js";

const HEADROOM = 1.6;
const SMOOTHING = 0.3;
const LEAST_BYTES = 40_000;
const DEFAULT_WIDTH = 540;

const AV1 = {
  contentType: 'video/mp4; codecs="av01.0.04M.08"',
  width: 540,
  height: 960,
  bitrate: 900_000,
  framerate: 30,
};

/* Whether the device decodes AV1 without effort: in software it would cost more battery than it saves. */
let playsAv1 = false;
navigator.mediaCapabilities?.decodingInfo({ type: "file", video: AV1 }).then(
  ({ supported, smooth, powerEfficient }) => (playsAv1 = supported && smooth && powerEfficient),
  () => {}
);

/* all: by width, and of one width the denser later. c: the codec, of what not everybody can play. */
export function choose(all) {
  const sources = all.filter(({ c }) => !c || playsAv1);
  if (isFrugal || sources.length < 2) return sources[0]?.u;
  const sharp = innerWidth * devicePixelRatio;
  const fits = ({ w, b }) =>
    settings.kbps ? (b * HEADROOM) / 1000 <= settings.kbps && w <= sharp * 1.25 : w <= DEFAULT_WIDTH;
  return (sources.findLast(fits) ?? sources[0]).u;
}

new PerformanceObserver((list) => {
  for (const { initiatorType, encodedBodySize, responseStart, responseEnd } of list.getEntries()) {
    const took = responseEnd - responseStart;
    if (initiatorType !== "video" || encodedBodySize < LEAST_BYTES || took <= 0) continue;
    const kbps = (encodedBodySize * 8) / took;
    set("kbps", Math.round(settings.kbps ? settings.kbps + SMOOTHING * (kbps - settings.kbps) : kbps));
  }
}).observe({ type: "resource", buffered: true });
