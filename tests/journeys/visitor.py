"""Somebody with a browser: what they tap is counted, what they see is judged and kept."""

import contextlib
import secrets
from collections import deque
from collections.abc import Iterator
from typing import Self

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, expect

from tests.journeys.looking import wrong_in

PASSWORD = "a brass lamp in a case"
PATIENCE_MS = 60_000
"""Two slow cores with an encode on them: long enough never to be the reason for a failure."""

ANSWERS: deque[str] = deque(maxlen=24)
"""What browsers were answered last, and what got no answer; a journey that fails shows it."""


def listen(source: Page | BrowserContext, url: str) -> None:
    """Keep what a browser, or a page of it, is answered by the cell at url."""

    def note(request: Request, outcome: str) -> None:
        path = request.url.removeprefix(url)
        if not path.startswith("/static/"):
            ANSWERS.append(f"{request.method} {path}: {outcome}")

    source.on("response", lambda told: note(told.request, str(told.status)))
    source.on("requestfailed", lambda request: note(request, str(request.failure)))


COUNT_TAPS = """
addEventListener("click", (event) => {
  if (event.isTrusted && event.detail) sessionStorage.taps = Number(sessionStorage.taps ?? 0) + 1;
}, true);
"""
COUNT_FRAMES = """(video) => {
  video.presented = 0;
  const count = () => { video.presented += 1; video.requestVideoFrameCallback(count); };
  video.requestVideoFrameCallback(count);
}"""


class Visitor:
    """A person and a browser window of their own."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.email = ""
        self.loads = 0
        self.faults: list[str] = []
        page.set_default_timeout(PATIENCE_MS)
        page.add_init_script(COUNT_TAPS)
        page.on("request", self._count_load)
        listen(page, url)
        page.on("pageerror", lambda error: self.faults.append(str(error)))

    @classmethod
    @contextlib.contextmanager
    def on_a_phone(cls, browser: Browser, url: str) -> Iterator[Self]:
        """Bring somebody with a phone."""
        with cls._window(browser, url, width=412, height=915, has_touch=True) as visitor:
            yield visitor

    @classmethod
    @contextlib.contextmanager
    def at_a_desk(cls, browser: Browser, url: str) -> Iterator[Self]:
        """Bring somebody with a large screen."""
        with cls._window(browser, url, width=1280, height=800, has_touch=False) as visitor:
            yield visitor

    @classmethod
    @contextlib.contextmanager
    def without_script(cls, browser: Browser, url: str) -> Iterator[Self]:
        """Bring somebody whose browser runs no JavaScript."""
        size = {"width": 1280, "height": 800}
        with cls._window(browser, url, **size, has_touch=False, has_script=False) as visitor:
            yield visitor

    @classmethod
    @contextlib.contextmanager
    def _window(
        cls,
        browser: Browser,
        url: str,
        *,
        width: int,
        height: int,
        has_touch: bool,
        has_script: bool = True,
    ) -> Iterator[Self]:
        expect.set_options(timeout=PATIENCE_MS)
        context = browser.new_context(
            viewport={"width": width, "height": height},
            has_touch=has_touch,
            java_script_enabled=has_script,
            locale="en-US",
        )
        with contextlib.closing(context):
            visitor = cls(context.new_page(), url)
            yield visitor
            assert not visitor.faults, f"Scripts failed: {visitor.faults}"

    def _count_load(self, request: Request) -> None:
        self.loads += request.is_navigation_request() and request.frame == self.page.main_frame

    def go(self, path: str) -> None:
        """Open a page of the cell."""
        self.page.goto(self.url + path)

    def sign_up(self, name: str) -> None:
        """Make an account; the handle is the name and a few digits."""
        handle = f"{name}{secrets.token_hex(4)}"
        self.email = f"{handle}@example.org"
        # Onward to a page without clips: what the feed has served once it does not serve again.
        self.go("/account/signup/?next=/orders")
        self.page.get_by_label("E-mail").fill(self.email)
        self.page.get_by_label("Handle").fill(handle)
        self.page.get_by_label("Date of birth").fill("1990-12-31")
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Create the account").click()
        self.page.wait_for_url(f"{self.url}/orders")

    def look(self, name: str) -> None:
        """Assert that nothing is wrong with the screen, narrow and wide, light and dark."""
        before = self.page.viewport_size
        found = list(wrong_in(self.page, name))
        self.page.emulate_media(color_scheme="light", reduced_motion="no-preference")
        if before:
            self.page.set_viewport_size(before)
        assert not found, "\n".join(found)

    def see_frames(self, video: Locator, least: int = 5) -> None:
        """Wait until pictures were put on the screen; a clock that runs proves nothing."""
        video.evaluate(COUNT_FRAMES)
        handle = video.element_handle()
        self.page.wait_for_function(
            "([video, least]) => video.presented >= least", arg=[handle, least]
        )

    @contextlib.contextmanager
    def counted(self) -> Iterator["Effort"]:
        """Count taps and page loads within the block."""
        effort = Effort()
        taps, loads = self._taps(), self.loads
        yield effort
        effort.taps, effort.loads = self._taps() - taps, self.loads - loads

    def _taps(self) -> int:
        return int(self.page.evaluate("Number(sessionStorage.taps ?? 0)"))


class Effort:
    """What something cost a person."""

    taps = 0
    loads = 0
