/* Run in each page before its own scripts: keeps what the browser tells about it in window.bench. */
{
  const bench = (window.bench = { shifts: 0, fcp: 0, lcp: 0, slowest: 0, stalls: 0, touchedAt: 0, tappedAt: 0, sheetAt: 0 });

  const observe = (type, take, options = {}) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true, ...options });
  observe("layout-shift", ({ value, hadRecentInput }) => (bench.shifts += hadRecentInput ? 0 : value));
  observe("paint", ({ name, startTime }) => name === "first-contentful-paint" && (bench.fcp = startTime));
  observe("largest-contentful-paint", ({ startTime }) => (bench.lcp = startTime));
  observe(
    "event",
    ({ interactionId, duration }) => interactionId && (bench.slowest = Math.max(bench.slowest, duration)),
    { durationThreshold: 16 },
  );

  const taken = { capture: true, passive: true };
  addEventListener("touchend", ({ timeStamp }) => (bench.touchedAt = timeStamp), taken);
  addEventListener("click", ({ target, timeStamp }) => target.closest("[data-sheet]") && (bench.tappedAt = timeStamp), taken);

  /* A clip counts while it is the current one: a neighbour shows its first frame before its turn. */
  const isOn = (video) => !video.closest(".clip") || video.closest(".clip.current");

  function watch(video) {
    if (video.frames !== undefined) return;
    video.frames = 0;
    const seen = (_, { presentationTime }) => {
      if (isOn(video)) {
        video.frames += 1;
        video.shownAt ??= presentationTime;
      }
      video.requestVideoFrameCallback(seen);
    };
    video.requestVideoFrameCallback(seen);
    video.addEventListener("waiting", () => {
      if (isOn(video) && video.shownAt !== undefined && !video.seeking) bench.stalls += 1;
    });
  }

  new MutationObserver(() => {
    document.querySelectorAll("video").forEach(watch);
    const sheet = bench.tappedAt && !bench.sheetAt && document.getElementById("sheet");
    if (!sheet?.firstElementChild || sheet.querySelector(":scope > .sheet-waiting")) return;
    bench.sheetAt = performance.now();
    requestAnimationFrame((now) => (bench.sheetAt = Math.max(bench.sheetAt, now)));
  }).observe(document, { childList: true, subtree: true });
}
