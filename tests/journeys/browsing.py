"""What journeys do in a browser, and what they can tell from it."""

import json
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Page

from tests.ops.machine import wait_until

CURRENT = ".clip.current video"
PHONE, DESK = (412, 915), (1280, 800)

COUNT_SHIFTS = """
window.shifts = window.allShifts = 0;
new PerformanceObserver((list) => {
  for (const { value, hadRecentInput } of list.getEntries()) {
    allShifts += value;
    if (!hadRecentInput) shifts += value;
  }
}).observe({ type: "layout-shift", buffered: true });
"""

FRAMES = """
(async () => {
  const video = document.querySelector(%s);
  if (!video) return 0;
  let frames = 0;
  await new Promise((done) => {
    const count = () => (++frames >= %d ? done() : video.requestVideoFrameCallback(count));
    video.requestVideoFrameCallback(count);
    setTimeout(done, %d);
  });
  return frames;
})()
"""


def without_gesture(page: Page, script: str) -> Any:
    """Evaluate a script without counting as a tap: page.evaluate would allow sound."""
    found = session(page).send(
        "Runtime.evaluate",
        {
            "expression": script,
            "userGesture": False,
            "awaitPromise": True,
            "returnByValue": True,
        },
    )
    assert "exceptionDetails" not in found, found["exceptionDetails"]
    return found["result"].get("value")


def session(page: Page) -> CDPSession:
    """Return a line to the page's DevTools."""
    return page.context.new_cdp_session(page)


def wait_for_promised(page: Page, script: str) -> None:
    """Wait until what a script promises is true.

    ``wait_for_function`` does not wait for it: the promise itself is true.
    """
    wait_until(lambda: bool(page.evaluate(script)))


def assert_presents(
    page: Page, selector: str = CURRENT, *, frames: int = 5, within_ms: int = 15_000
) -> None:
    """Assert that a video puts frames on the screen: currentTime alone can run without any."""
    seen = without_gesture(page, FRAMES % (json.dumps(selector), frames, within_ms))
    assert seen >= frames, f"{selector} presented {seen} frames in {within_ms} ms"


def swipe(page: Page) -> None:
    """Swipe to the next clip with a finger."""
    size = page.viewport_size
    assert size is not None
    x, start, steps = size["width"] // 2, size["height"] * 3 // 4, 12
    line = session(page)

    def touch(kind: str, *places: int) -> None:
        points = [{"x": x, "y": y} for y in places]
        line.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", start)
    for step in range(1, steps + 1):
        touch("touchMove", start - start * 3 * step // (steps * 4))
    touch("touchEnd")


def sign_in(context: BrowserContext, origin: str, cookie: dict[str, str]) -> None:
    """Sign a browser in with the cookie of stage.session."""
    context.add_cookies([{"name": cookie["name"], "value": cookie["value"], "url": origin}])
