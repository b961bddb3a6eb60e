"""A whole cell learns: what is reported shapes the next page, and its worker tells all others."""

import base64
import http.cookiejar
import json
import re
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect

from bench.cells import Cell
from tests import cells
from tests.feed import telling
from tests.journeys.browsing import sign_in, without_gesture
from tests.journeys.site import inside, stage
from tests.journeys.swiping import AT_END, CURRENT_ID, go_on, open_feed
from tests.journeys.visitor import Visitor
from tests.ops.machine import wait_until

pytestmark = [pytest.mark.journey, pytest.mark.machine]
STAY_S = 6.5
"""Longer than five seconds, which count: a busy machine may miss a second of it."""
STAYED = f"() => document.querySelector('.clip.current video').currentTime > {STAY_S}"
PHONE: ViewportSize = {"width": 412, "height": 915}
ARTICLE = re.compile(r'<article[^>]*\bdata-clip="([^"]+)"[^>]*\bdata-token="([^"]+)"')
SWIPES = 500


class Viewer:
    """A browser as far as the feed goes: it keeps its cookie, asks for pages, and reports."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.jar = http.cookiejar.CookieJar()
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        self.shown: list[str] = []
        self.tokens: dict[str, str] = {}

    def page(self, path: str = "/for-you/more?from=1") -> list[str]:
        """Ask for a page; return its clips."""
        html = self.browser.open(self.url + path, timeout=60).read().decode()
        found = ARTICLE.findall(html)
        self.tokens |= dict(found)
        self.shown += [clip for clip, _ in found]
        return [clip for clip, _ in found]

    def tell(self, *clips: str, ms: int) -> None:
        """Report that clips were watched for so long."""
        seen = base64.b64encode(telling.seconds((0, ms // 1000))).decode()
        events = [
            {"clip": clip, "token": self.tokens[clip], "seq": 0, "ms": ms, "seen": seen}
            for clip in clips
        ]
        form = urllib.parse.urlencode({"events": json.dumps(events), "unseen": "[]"}).encode()
        (mark,) = [cookie.value for cookie in self.jar if cookie.name == "csrftoken"]
        asked = urllib.request.Request(
            self.url + "/watches/", data=form, headers={"X-CSRFToken": mark or ""}
        )
        self.browser.open(asked, timeout=60)


@pytest.fixture(scope="module")
def learning_cell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cell]:
    """Have a cell of these tests' own: what it shows is for no other journey."""
    with cells.up(tmp_path_factory.mktemp("learning") / "cell") as running, stage(running):
        yield running


@pytest.fixture(scope="module")
def kinds(learning_cell: Cell) -> dict[str, list[str]]:
    """Put clips of two kinds on show, and have others watch one kind each."""
    made: dict[str, list[str]] = inside(learning_cell, "two_kinds")
    return made


def news_of(cell: Cell) -> bytes:
    """Return the name of what the cell has learnt."""
    path: Path = cell.directory.path / "learnt" / "current.json"
    return path.read_bytes() if path.exists() else b""


def until_learnt(cell: Cell, before: bytes, *, within_s: float) -> None:
    """Wait until something else is learnt."""
    deadline = time.monotonic() + within_s
    while news_of(cell) == before:
        assert time.monotonic() < deadline, f"nothing was learnt within {within_s} s"
        time.sleep(0.05)


def until_all_learnt(cell: Cell) -> None:
    """Wait until something is learnt and nothing more comes."""
    until_learnt(cell, b"", within_s=60)
    before = b""
    while (now := news_of(cell)) != before:
        before = now
        time.sleep(3)


def seen_of(page: Page, kind: list[str], count: int) -> None:
    """Swipe until so many of a kind were watched for a while, and all others left at once."""
    watched = 0
    while True:
        now = str(without_gesture(page, CURRENT_ID))
        if now in kind:
            page.wait_for_function(STAYED)
            watched += 1
            if watched == count:
                return
        go_on(page, now)
        assert not without_gesture(page, AT_END), "the feed has ended"


def test_three_watches_of_one_kind_change_the_next_page(
    learning_cell: Cell, kinds: dict[str, list[str]], browser: Browser
) -> None:
    until_all_learnt(learning_cell)
    shown = {}
    for name, kind in kinds.items():
        with browser.new_context(
            base_url=learning_cell.url, viewport=PHONE, has_touch=True
        ) as phone:
            before = stays(learning_cell)
            page = open_feed(phone)
            seen_of(page, kind, 3)

            page.goto("/transparency/views")
            until_stays(learning_cell, before + 3)
            shown[name] = titles(open_feed(phone))

    for name, found in shown.items():
        assert sum(title.startswith(name) for title in found) >= 7, shown


def stays(cell: Cell) -> int:
    """Return how many stays the cell has been told of. A page that is left tells as it goes."""
    return int(inside(cell, "stays", ms=5_000))


def until_stays(cell: Cell, count: int) -> None:
    """Wait until it has been told of so many."""
    wait_until(lambda: stays(cell) >= count)


def titles(page: Page) -> list[str]:
    """Return what is written on the first ten clips of a feed that was just opened."""
    words = page.locator(".clip h2")
    while words.count() < 10:
        go_on(page, str(without_gesture(page, CURRENT_ID)))
    return words.all_inner_texts()[:10]


def test_what_is_reported_is_learnt_for_everybody_within_moments(
    learning_cell: Cell, kinds: dict[str, list[str]]
) -> None:
    viewer = Viewer(learning_cell.url)
    viewer.page("/")
    clips = viewer.page()[:2]
    time.sleep(STAY_S)
    before = news_of(learning_cell)

    viewer.tell(*clips, ms=int(STAY_S * 1000))

    until_learnt(learning_cell, before, within_s=20)  # 2 s where nothing else runs
    assert news_of(learning_cell)


def test_five_hundred_swipes_show_nothing_twice(
    learning_cell: Cell, kinds: dict[str, list[str]]
) -> None:
    viewer = Viewer(learning_cell.url)
    viewer.page("/")

    while len(viewer.shown) < SWIPES and (page := viewer.page()):
        viewer.tell(page[0], ms=300)

    assert len(viewer.shown) >= SWIPES
    assert len(set(viewer.shown)) == len(viewer.shown)


AD_IS_ON = "() => document.querySelector('.clip.current[data-ad]') !== null"
BEFORE_IT = """() => {
  const clips = [...document.querySelectorAll(".clip")];
  return clips.indexOf(document.querySelector(".clip.current"));
}"""
MOST_BEFORE = 120
"""Clips before an ad, at most: a process reads what stands every ten seconds."""


@pytest.fixture
def made(learning_cell: Cell, kinds: dict[str, list[str]]) -> Iterator[dict[str, str]]:
    """Let an ad run for the length of a test."""
    found = inside(learning_cell, "advertised", payer="Brass and sons")
    yield found
    inside(learning_cell, "ended", ad=found["ad"])


def test_an_ad_says_so_is_billed_once_seen_and_goes_at_will(
    learning_cell: Cell, made: dict[str, str], browser: Browser
) -> None:
    with browser.new_context(base_url=learning_cell.url, viewport=PHONE, has_touch=True) as phone:
        ad = _meet_ad(phone)
        page = ad.page
        expect(ad.get_by_role("link", name="Ad · Brass and sons")).to_be_visible()

        wait_until(lambda: inside(learning_cell, "followed", ad=made["ad"]) == ["view"])

        ad.get_by_role("link", name="Ad · Brass and sons").click()
        sheet = page.get_by_role("dialog")
        expect(sheet).to_contain_text("paid for its being shown.", timeout=30_000)
        sheet.get_by_role("button", name="No more of this ad").click()
        page.wait_for_function(f"() => ({CURRENT_ID}) !== '{made['clip']}'")
    with browser.new_context(base_url=learning_cell.url, viewport=PHONE, has_touch=True) as phone:
        page = _meet_ad(phone).page
        wait_until(lambda: inside(learning_cell, "followed", ad=made["ad"]) == ["view"] * 2)
        page.locator(".clip.current .tag").click()
        expect(page.get_by_role("dialog")).to_contain_text("Brass lamp", timeout=30_000)
        clicked = ["view", "view", "click"]
        wait_until(lambda: inside(learning_cell, "followed", ad=made["ad"]) == clicked)
        page.get_by_role("button", name="Close").click()
        page.locator(".clip.current .follow-up").click()
        page.wait_for_url("**/@*")
        assert inside(learning_cell, "followed", ad=made["ad"]) == clicked  # once, of one showing


@pytest.fixture
def to_boost(learning_cell: Cell, kinds: dict[str, list[str]]) -> Iterator[str]:
    """Give a creator a clip, of which nothing is an ad any more once a test is over."""
    inside(learning_cell, "person", handle="booster", display_name="Boats and sons")
    clip = inside(learning_cell, "to_boost", creator="booster")
    yield clip
    inside(learning_cell, "ended", ad=clip)


def test_a_boost_is_paid_reviewed_shown_and_told_of(
    learning_cell: Cell, to_boost: str, browser: Browser
) -> None:
    url, name, clip = learning_cell.url, "Boats and sons", to_boost
    with (
        Visitor.at_a_desk(browser, url) as creator,
        Visitor.at_a_desk(browser, url) as reviewer,
        browser.new_context(base_url=url, viewport=PHONE, has_touch=True) as phone,
    ):
        page = creator.page
        sign_in(page.context, url, inside(learning_cell, "session", handle="booster"))
        creator.go(f"/studio/clips/{clip}/")
        page.get_by_role("link", name="Show it to more people").click()
        page.get_by_label("Each day").fill("20")
        page.get_by_role("button", name="Send it to review").click()
        page.get_by_label("Amount").first.fill("100")
        page.get_by_label("Pay with").select_option("Test card that succeeds")
        page.get_by_role("button", name="Pay", exact=True).click()
        expect(page.get_by_role("heading", name="Deposit of $100.00")).to_be_visible()

        sign_in(reviewer.page.context, url, inside(learning_cell, "moderator", handle="ad.judge"))
        reviewer.go("/desk/ads/")
        expect(reviewer.page.locator("#thing-title")).to_have_text("Boats at noon")
        expect(reviewer.page.locator(".desk-thing")).to_contain_text(name)
        for key in ("0", "a", "Enter"):
            reviewer.page.keyboard.press(key)
        expect(reviewer.page.get_by_role("heading", name="Nothing waits")).to_be_visible()

        ad = _meet_ad(phone)
        expect(ad.get_by_role("link", name=f"Ad · {name}")).to_be_visible()
        assert without_gesture(ad.page, CURRENT_ID) == clip

        wait_until(lambda: inside(learning_cell, "followed", ad=clip) == ["view"])
        page.get_by_role("link", name="Figures").click()
        of_ad = page.get_by_role("group", name="By ad")
        expect(of_ad.get_by_role("link", name="Boats at noon")).to_be_visible()
        creator.look("figures-of-a-boost")
        page.get_by_role("link", name="Campaigns").click()
        page.get_by_role("link", name="Boats at noon").click()
        expect(page.get_by_text("Running")).to_be_visible()
        page.get_by_role("button", name="End this campaign for good").click()
        expect(page.get_by_text("Over")).to_be_visible()


def _meet_ad(phone: BrowserContext) -> Locator:
    """Go through the feed until an ad is on; return it."""
    page, passed = open_feed(phone), 0
    while not without_gesture(page, f"({AD_IS_ON})()"):
        go_on(page, str(without_gesture(page, CURRENT_ID)))
        passed += 1
        assert passed < MOST_BEFORE, "no ad was shown"
    assert page.evaluate(BEFORE_IT) >= 6
    return page.locator(".clip.current")
