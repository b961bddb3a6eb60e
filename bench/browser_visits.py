"""A phone's browser that watches ten clips and keeps count. Imported only where Playwright is."""

import contextlib
import gzip
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from playwright.sync_api import (
    Browser,
    CDPSession,
    Page,
    ViewportSize,
    sync_playwright,
)

from bench.browser import Profile

CLIPS = 10
LEAST_FRAMES = 5
PATIENCE_MS = 30_000
SCREEN: ViewportSize = {"width": 412, "height": 915}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WATCHER = Path(__file__).with_name("browser_watcher.js").read_text()
SWIPE_STEPS, SWIPE_STEP_SECONDS = 8, 0.012
FIRST_FRAME = """
new Promise((done) => {
  const look = () => {
    const video = document.querySelector(".clip.current video, body > video");
    const clip = video?.closest(".clip")?.dataset.clip ?? "-";
    if (video?.frames >= %d && clip !== %s) return done({ clip, at: video.shownAt });
    if (performance.now() > until) return done(null);
    requestAnimationFrame(look);
  };
  const until = performance.now() + %d;
  look();
})
"""
MIDDLE = """
(() => {
  const box = document.querySelector(%s).getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
})()
"""
SHEET = """
new Promise((done) => {
  const until = performance.now() + %d;
  const look = () => bench.sheetAt || performance.now() > until
    ? done(bench.sheetAt && bench.sheetAt - bench.tappedAt) : requestAnimationFrame(look);
  look();
})
"""

STYLES_IN_PAGE = """
[...document.querySelectorAll("style")].map((style) => style.textContent).join("")
"""


@dataclass
class Weight:
    """What one page took over the wire."""

    js_bytes: float = 0
    css_bytes: float = 0
    fonts: int = 0
    foreign_requests: int = 0


@dataclass
class Phone:
    """A browser; each visit is somebody new, with an empty cache."""

    browser: Browser
    url: str

    @classmethod
    @contextlib.contextmanager
    def of(cls, chromium: str, url: str) -> Iterator[Self]:
        """Start the browser until the block ends."""
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            with contextlib.closing(browser):
                yield cls(browser, url)

    def visit(self, profile: Profile) -> dict[str, float]:
        """Watch ten clips, tap a few things; return every measure."""
        with self._window(profile) as window:
            window.page.goto(self.url, wait_until="commit")
            first = window.first_frame()
            swipes = []
            window.watch(profile.watch_seconds)
            for _ in range(CLIPS - 1):
                swipes.append(window.swipe())
                window.watch(profile.watch_seconds)
            ten_clips = window.bytes
            sheet_ms = window.touches()
            told = window.ask("({ ...bench })")
        ordered = sorted(swipes)
        return {
            "fcp_ms": told["fcp"],
            "lcp_ms": told["lcp"],
            "inp_ms": told["slowest"],
            "cls": told["shifts"],
            "first_frame_ms": first,
            "swipe_p50_ms": ordered[len(ordered) // 2],
            "swipe_p95_ms": ordered[-1],
            "stalls": told["stalls"],
            "tag_to_sheet_ms": sheet_ms,
            "ten_clips_kb": ten_clips / 1024,
        }

    def bare_frame_ms(self, profile: Profile, film: str) -> float:
        """Return when a film shows that is opened by its own address: a page of one video."""
        with self._window(profile) as window:
            window.page.goto(self.url + film, wait_until="commit")
            return window.first_frame(frames=1)

    def weigh(self, page: str, cookies: Sequence[tuple[str, str]]) -> Weight:
        """Return what a page loads."""
        with self._window(Profile("")) as window:
            window.page.context.add_cookies(
                [{"name": name, "value": value, "url": self.url} for name, value in cookies]
            )
            window.page.goto(self.url + page, wait_until="networkidle")
            return window.weight(self.url)

    @contextlib.contextmanager
    def _window(self, profile: Profile) -> Iterator["Window"]:
        # Without the worker that keeps pages for being offline: what it loads no throttle holds.
        context = self.browser.new_context(
            viewport=SCREEN, device_scale_factor=2, has_touch=True, service_workers="block"
        )
        with contextlib.closing(context):
            context.add_init_script(WATCHER)
            page = context.new_page()
            window = Window(page, context.new_cdp_session(page))
            window.throttle(profile)
            yield window


@dataclass
class Window:
    """One page, its line to DevTools, and what came over the wire."""

    page: Page
    line: CDPSession
    bytes: float = 0
    clip: str = ""
    _kinds: dict[str, str] = field(default_factory=dict)
    _weights: dict[str, float] = field(default_factory=dict)
    _urls: dict[str, str] = field(default_factory=dict)

    def throttle(self, profile: Profile) -> None:
        """Begin to count, and slow network and processor down."""
        self.line.send("Network.enable")
        self.line.on("Network.requestWillBeSent", self._asked)
        self.line.on("Network.responseReceived", self._answered)
        self.line.on("Network.dataReceived", self._came)
        self.line.on("Network.loadingFinished", self._ended)
        if profile.bytes_per_second:
            self.line.send(
                "Network.emulateNetworkConditions",
                {
                    "offline": False,
                    "latency": profile.round_trip_ms,
                    "downloadThroughput": profile.bytes_per_second,
                    "uploadThroughput": profile.bytes_per_second,
                },
            )
        self.line.send("Emulation.setCPUThrottlingRate", {"rate": profile.slower})

    def ask(self, script: str) -> Any:
        """Evaluate a script without counting as a tap, which would allow sound."""
        found = self.line.send(
            "Runtime.evaluate",
            {
                "expression": script,
                "userGesture": False,
                "awaitPromise": True,
                "returnByValue": True,
            },
        )
        if "exceptionDetails" in found:
            raise RuntimeError(found["exceptionDetails"])
        return found["result"].get("value")

    def first_frame(self, *, frames: int = LEAST_FRAMES) -> float:
        """Wait for another clip's frames; return when its first was shown, since the page began.

        Raises: RuntimeError where none come.
        """
        found = self.ask(FIRST_FRAME % (frames, json.dumps(self.clip), PATIENCE_MS))
        if found is None:
            raise RuntimeError(f"No frame was presented within {PATIENCE_MS} ms.")
        self.clip = found["clip"]
        return float(found["at"])

    def watch(self, seconds: float) -> None:
        """Look on, while what the browser tells is taken in."""
        self.page.wait_for_timeout(seconds * 1000)

    def swipe(self) -> float:
        """Swipe with a finger; return ms from its leaving the glass to the next clip's frame."""
        x, height = SCREEN["width"] // 2, SCREEN["height"]
        start, end = height * 4 // 5, height // 5
        self._touch("touchStart", x, start)
        for step in range(1, SWIPE_STEPS + 1):
            time.sleep(SWIPE_STEP_SECONDS)
            self._touch("touchMove", x, start + (end - start) * step // SWIPE_STEPS)
        self._touch("touchEnd")
        shown_at = self.first_frame()
        return max(0.0, shown_at - float(self.ask("bench.touchedAt")))

    def touches(self) -> float:
        """Tap for sound and on a product, and press a key; return ms from the tap to the sheet."""
        self._tap(".clip.current .stage")
        self.watch(0.5)
        self.page.keyboard.press("c")
        self.watch(0.5)
        self._tap(".clip.current .tag")
        took = self.ask(SHEET % PATIENCE_MS)
        if not took:
            raise RuntimeError("The sheet stayed empty.")
        self.watch(0.5)
        self._tap("#sheet [aria-label=Close]")
        self.watch(0.5)
        return float(took)

    def weight(self, url: str) -> Weight:
        """Return what came so far, by kind."""
        of_kind = dict.fromkeys(("Script", "Stylesheet"), 0.0)
        for request, kind in self._kinds.items():
            if kind in of_kind:
                of_kind[kind] += self._weights.get(request, 0)
        foreign = [one for one in self._urls.values() if one.startswith("http")]
        in_page = str(self.ask(STYLES_IN_PAGE)).encode()
        return Weight(
            of_kind["Script"],
            of_kind["Stylesheet"] + (len(gzip.compress(in_page)) if in_page else 0),
            list(self._kinds.values()).count("Font"),
            sum(not one.startswith(f"{url}/") for one in foreign),
        )

    def _tap(self, selector: str) -> None:
        x, y = self.ask(MIDDLE % json.dumps(selector))
        self._touch("touchStart", x, y)
        self._touch("touchEnd")

    def _touch(self, kind: str, *place: float) -> None:
        points = [{"x": place[0], "y": place[1]}] if place else []
        self.line.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def _asked(self, told: dict[str, Any]) -> None:
        self._urls[told["requestId"]] = told["request"]["url"]

    def _answered(self, told: dict[str, Any]) -> None:
        self._kinds[told["requestId"]] = told["type"]

    def _came(self, told: dict[str, Any]) -> None:
        self.bytes += max(told["encodedDataLength"], 0)

    def _ended(self, told: dict[str, Any]) -> None:
        self._weights[told["requestId"]] = told["encodedDataLength"]
