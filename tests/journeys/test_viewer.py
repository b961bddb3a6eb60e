"""A viewer opens the feed, swipes, hears, likes, reads and works it by keys."""

import gzip
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from bench.cells import Cell
from tests.journeys import browsing
from tests.journeys.browsing import (
    CURRENT,
    DESK,
    PHONE,
    assert_presents,
    sign_in,
    swipe,
    without_gesture,
)
from tests.journeys.looking import LOOKS, Look, assert_accessible, shoot, wrong_in
from tests.journeys.site import inside
from tests.ops.machine import wait_until

pytestmark = [pytest.mark.journey, pytest.mark.machine]
Opening = Callable[..., BrowserContext]

WITH_SOURCE = "document.querySelectorAll('.clip video[src]').length"
CURRENT_ID = "document.querySelector('.clip.current')?.dataset.clip ?? ''"
AT_END = "document.activeElement.matches('.end-card')"
WITH_FILES = """async (files) => {
  const style = document.querySelector("head > style");
  for (const href of files) {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
    const loaded = new Promise((done) => (link.onload = done));
    style.before(link);
    await loaded;
  }
  style.remove();
  document.querySelector("link[href*='css/sheets']").remove();
}"""
STYLES = """() => [...document.querySelectorAll("#sheet, #sheet *")].flatMap((element) =>
  ["", "::before", "::after"].map((part) => {
    const style = getComputedStyle(element, part);
    const words = [...style].map((name) => `${name}: ${style.getPropertyValue(name)}`);
    return `${element.tagName}.${element.className}${part} ${words.join("; ")}`;
  }),
)"""
HAS_NEXT = "document.querySelector('.clip.current ~ .clip') !== null"
MOST_CLIPS = 60
"""Other journeys put clips on the same cell; no feed here is longer than this."""


@pytest.fixture
def opening(browser: Browser, cell: Cell) -> Iterator[Opening]:
    """Return a function that opens a browser window: size, scheme and other context options."""
    opened: list[BrowserContext] = []

    def window(size: tuple[int, int] = PHONE, **options: Any) -> BrowserContext:
        width, height = size
        context = browser.new_context(
            base_url=cell.url,
            viewport={"width": width, "height": height},
            has_touch=width < DESK[0],
            **options,
        )
        context.set_default_timeout(20_000)
        opened.append(context)
        return context

    yield window
    for context in opened:
        context.close()


@pytest.fixture
def phone(opening: Opening, clips: list[str]) -> BrowserContext:
    """Open a phone's browser."""
    return opening(PHONE)


def open_feed(context: BrowserContext, url: str = "/") -> Page:
    """Open a feed and wait until its first clip is on."""
    page = context.new_page()
    page.goto(url)
    expect(page.locator(".clip.current")).to_have_count(1)
    return page


def become_other(page: Page, before: str) -> str:
    """Wait until another clip is on; return its id."""
    page.wait_for_function(f"() => !['', '{before}'].includes({CURRENT_ID})")
    return str(without_gesture(page, CURRENT_ID))


def to_labelled(page: Page, clip_id: str) -> None:
    """Go through the feed until the clip with captions and a product is on."""
    for _ in range(MOST_CLIPS):
        now = str(without_gesture(page, CURRENT_ID))
        if now == clip_id:
            return
        go_on(page, now)
        assert not without_gesture(page, AT_END), "the clip is not in the feed"
    raise AssertionError("the feed has no end")


def to_end(page: Page) -> None:
    """Go through the whole feed to the card that ends it."""
    for _ in range(MOST_CLIPS):
        go_on(page, str(without_gesture(page, CURRENT_ID)))
        if without_gesture(page, AT_END):
            return
    raise AssertionError("the feed has no end")


def go_on(page: Page, now: str) -> None:
    """Press the key for the next card once there is one, and wait until it is on."""
    page.wait_for_function(f"() => {HAS_NEXT}")
    page.keyboard.press("j")
    page.wait_for_function(f"() => {AT_END} || ({CURRENT_ID}) !== '{now}'")


def test_each_swipe_presents_another_clip_and_three_hold_a_source(
    phone: BrowserContext, cell: Cell
) -> None:
    page = open_feed(phone)
    seen = [str(without_gesture(page, CURRENT_ID))]
    assert_presents(page)
    shoot(page, "feed-412")

    for _ in range(3):
        swipe(page)
        seen.append(become_other(page, seen[-1]))
        assert_presents(page)
        assert 1 <= without_gesture(page, WITH_SOURCE) <= 3

    assert len(set(seen)) == 4
    assert without_gesture(page, f"document.querySelector('{CURRENT}').muted") is True
    page.close(run_before_unload=True)
    wait_until(lambda: bool(inside(cell, "watched", clip_id=seen[0])))


def test_nothing_jumps_while_the_feed_loads_and_is_swiped(phone: BrowserContext) -> None:
    phone.add_init_script(browsing.COUNT_SHIFTS)
    page = open_feed(phone)

    for _ in range(2):
        before = str(without_gesture(page, CURRENT_ID))
        swipe(page)
        become_other(page, before)
        assert_presents(page)

    assert without_gesture(page, "shifts") <= 0.02
    before_tap = float(without_gesture(page, "allShifts"))
    page.locator(".clip.current .rail [data-sheet$=options]").tap()
    page.wait_for_selector("#sheet > :not(.sheet-waiting)")
    page.wait_for_timeout(500)
    # On a slow phone it takes longer than what a browser forgives after a touch.
    assert without_gesture(page, "allShifts") - before_tap <= 0.02


def test_a_tag_that_comes_and_goes_moves_nothing(opening: Opening, clips: list[str]) -> None:
    context = opening(PHONE)
    context.add_init_script(browsing.COUNT_SHIFTS)
    page = open_feed(context)
    to_labelled(page, clips[0])
    page.wait_for_timeout(600)  # for so long what moves is put down to the key
    tags = "document.querySelector('.clip.current .tags').style"
    before = without_gesture(page, "shifts")

    for shown in ("none", ""):
        without_gesture(page, f"{tags}.display = '{shown}'")
        page.wait_for_timeout(100)

    assert without_gesture(page, "shifts") == before


def test_a_clip_of_no_interest_makes_way_for_the_next(phone: BrowserContext) -> None:
    page = open_feed(phone)
    before = str(without_gesture(page, CURRENT_ID))
    page.locator(".clip.current").get_by_role("link", name="More").tap()

    page.get_by_role("button", name="Not interested").tap()

    become_other(page, before)
    expect(page.get_by_text("You will not see this clip again.")).to_be_visible()


def test_the_last_card_says_that_everything_was_seen_and_starts_over(
    phone: BrowserContext,
) -> None:
    page = open_feed(phone)
    to_end(page)

    expect(page.get_by_role("heading", name="You have seen everything")).to_be_in_viewport()
    shoot(page, "feed-end-412")
    page.get_by_role("button", name="Start over").click()
    expect(page.locator(".clip.current")).to_have_count(1)


def test_a_tap_gives_sound_and_the_next_visit_remembers(phone: BrowserContext) -> None:
    page = open_feed(phone)
    assert_presents(page)
    expect(page.get_by_role("button", name="Tap for sound")).to_be_visible()

    page.locator(".clip.current .tap").tap()

    expect(page.get_by_role("button", name="Tap for sound")).to_be_hidden()
    assert without_gesture(page, f"document.querySelector('{CURRENT}').muted") is False
    assert_presents(page)
    assert '"sound":true' in without_gesture(page, "localStorage['vitrine.watching']")


def test_a_like_is_shown_at_once_kept_and_taken_back(
    opening: Opening, cell: Cell, clips: list[str]
) -> None:
    context = opening(PHONE)
    sign_in(context, cell.url, inside(cell, "session", handle="viewer"))
    page = open_feed(context)
    clip = str(without_gesture(page, CURRENT_ID))
    like = page.locator(".clip.current .like:not(.save)")

    with page.expect_response(lambda answer: answer.url.endswith("/like")) as answer:
        like.tap()
    expect(like).to_have_attribute("aria-pressed", "true")
    assert answer.value.status == 204
    assert inside(cell, "likes", handle="viewer") == [clip]

    with page.expect_response(lambda answer: answer.url.endswith("/like")):
        like.tap()
    assert inside(cell, "likes", handle="viewer") == []


def test_a_feed_goes_on_for_who_came_to_its_end_before_it_could_ask(
    opening: Opening, clips: list[str]
) -> None:
    context = opening(PHONE, reduced_motion="reduce", service_workers="block")
    held: list[Route] = []
    context.route("**/htmx*.js", lambda route: held.append(route))
    page = open_feed(context)
    while without_gesture(page, HAS_NEXT):
        go_on(page, str(without_gesture(page, CURRENT_ID)))
    while not held:
        page.wait_for_timeout(50)
    held[0].continue_()

    page.wait_for_function(f"() => {HAS_NEXT}")


def test_a_feed_asks_again_when_the_line_comes_back(phone: BrowserContext) -> None:
    lost: list[str] = []

    def lose_first(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.request.url)
            route.abort()

    phone.route("**/for-you/more*", lose_first)
    page = open_feed(phone)
    before = page.locator(".clip[data-clip]").count()

    for _ in range(before):
        go_on(page, str(without_gesture(page, CURRENT_ID)))

    assert len(lost) == 1


def test_a_feed_waits_while_there_is_no_line_at_all(phone: BrowserContext) -> None:
    page = open_feed(phone)
    page.wait_for_function("() => window.htmx")
    phone.set_offline(True)
    while without_gesture(page, HAS_NEXT):
        go_on(page, str(without_gesture(page, CURRENT_ID)))
    expect(page.locator(".toast")).to_have_text("You seem to be offline.")

    phone.set_offline(False)

    page.wait_for_function(f"() => {HAS_NEXT}")


def test_a_stranger_who_likes_is_asked_to_sign_in(phone: BrowserContext) -> None:
    page = open_feed(phone)

    page.locator(".clip.current .like:not(.save)").tap()

    page.wait_for_url("**/account/login/**")


def test_the_keys_work_and_can_be_switched_off(opening: Opening, clips: list[str]) -> None:
    page = open_feed(opening(DESK))
    assert_presents(page)
    first = str(without_gesture(page, CURRENT_ID))
    paused = f"document.querySelector('{CURRENT}').paused"
    muted = f"document.querySelector('{CURRENT}').muted"

    page.keyboard.press("j")
    second = become_other(page, first)
    page.keyboard.press("k")
    assert become_other(page, second) == first
    page.keyboard.press(" ")
    page.wait_for_function(f"() => {paused}")
    page.keyboard.press(" ")
    page.wait_for_function(f"() => !{paused}")
    was_muted = without_gesture(page, muted)
    page.keyboard.press("m")
    assert without_gesture(page, muted) is not was_muted
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    shoot(page, "feed-keys-1280")

    page.get_by_role("switch", name="Use these keys").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.wait_for_timeout(600)
    assert without_gesture(page, CURRENT_ID) == first


def test_captions_are_on_and_the_choice_against_them_is_remembered(
    phone: BrowserContext, clips: list[str]
) -> None:
    spoken = "document.querySelector('.clip.current .spoken').innerText"
    page = open_feed(phone)
    to_labelled(page, clips[0])
    assert_presents(page)
    page.wait_for_function(f"() => {spoken} !== ''")
    shoot(page, "feed-captions-412")

    page.keyboard.press("c")
    page.wait_for_function(f"() => {spoken} === ''")

    assert '"captions":false' in without_gesture(page, "localStorage['vitrine.watching']")


def test_the_product_opens_in_a_sheet_while_the_clip_plays_on(
    phone: BrowserContext, clips: list[str]
) -> None:
    page = open_feed(phone)
    to_labelled(page, clips[0])
    assert_presents(page)

    page.locator(".clip.current .tag").first.tap()

    sheet = page.locator("#sheet")
    expect(sheet).to_contain_text("Pouring kettle")
    expect(sheet).to_contain_text("$64.00")
    assert_presents(page)
    shoot(page, "feed-sheet-412")
    assert_accessible(page, "product sheet over the feed")


def test_comments_open_in_a_sheet_and_on_the_clip_page(
    phone: BrowserContext, clips: list[str]
) -> None:
    page = open_feed(phone)
    to_labelled(page, clips[0])

    page.locator(".clip.current").get_by_role("link", name="Comments").tap()
    expect(page.locator("#sheet")).to_contain_text("Where is it from?")
    shoot(page, "feed-comments-412")
    assert_accessible(page, "comments over the feed")
    page.get_by_role("button", name="Close").tap()

    page.goto(f"/v/{clips[0]}")
    expect(page.locator("#comments")).to_contain_text("Where is it from?")


def test_a_clip_plays_on_its_own_page(opening: Opening, clips: list[str]) -> None:
    page = opening(DESK).new_page()
    page.goto(f"/v/{clips[0]}")

    page.evaluate("document.getElementById('player').play()")

    assert_presents(page, "#player")
    shoot(page, "clip-1280")


def test_the_feed_can_be_watched_without_scripts(opening: Opening, clips: list[str]) -> None:
    page = opening(PHONE, java_script_enabled=False).new_page()
    page.goto("/")

    first = page.locator(".clip").first
    expect(first.locator("video")).to_have_attribute("controls", "")
    assert str(first.locator("video").get_attribute("src")).startswith("/m/")
    expect(first.locator("h2")).to_be_visible()
    expect(page.locator(".feed-tabs").get_by_role("link", name="More")).to_be_visible()
    shoot(page, "feed-no-script-412")


def test_reduced_motion_shows_the_poster_and_waits_for_a_tap(
    opening: Opening, clips: list[str]
) -> None:
    page = open_feed(opening(PHONE, reduced_motion="reduce"))
    page.wait_for_timeout(1_000)
    assert without_gesture(page, f"document.querySelector('{CURRENT}').paused") is True
    assert without_gesture(page, WITH_SOURCE) == 0

    page.locator(".clip.current .tap").tap()

    assert_presents(page)


def test_nothing_stands_in_anybody_s_way(phone: BrowserContext, clips: list[str]) -> None:
    pages = {
        "feed": "/",
        "following": "/following",
        "clip": f"/v/{clips[0]}",
        "profile": "/@lumen",
        "nowhere": "/nowhere",
    }
    faults: list[str] = []
    for name, url in pages.items():
        page = phone.new_page()
        page.goto(url)
        page.wait_for_timeout(500)
        faults += wrong_in(page, name, [Look(*PHONE, "light"), Look(*PHONE, "dark"), *LOOKS])
        page.close()

    assert not faults, "\n".join(faults)


def test_the_feed_is_light_on_the_wire(phone: BrowserContext) -> None:
    page = phone.new_page()
    line = browsing.session(page)
    line.send("Network.enable")
    kinds: dict[str, str] = {}
    weights: dict[str, float] = {}
    line.on("Network.responseReceived", lambda e: kinds.update({e["requestId"]: e["type"]}))
    line.on(
        "Network.loadingFinished",
        lambda e: weights.update({e["requestId"]: e["encodedDataLength"]}),
    )
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.goto("/", wait_until="networkidle")

    def weight(kind: str) -> float:
        return sum(bytes_ for name, bytes_ in weights.items() if kinds.get(name) == kind)

    assert 0 < weight("Script") <= 30 * 1024
    in_page = (page.locator("head > style").text_content() or "").encode()
    assert 0 < weight("Stylesheet") <= 20 * 1024 - len(gzip.compress(in_page))
    assert weight("Font") == 0
    assert len(hosts - {""}) == 1


def test_a_sheet_looks_the_same_on_the_first_visit_and_on_later_ones(
    opening: Opening, clips: list[str]
) -> None:
    context = opening(PHONE, reduced_motion="reduce")
    page = open_feed(context)
    to_labelled(page, clips[0])
    page.locator(".clip.current .tag").click()
    page.wait_for_selector("#sheet > :not(.sheet-waiting, link)")
    page.mouse.move(0, 0)  # what the pointer happens to be on looks otherwise
    page.wait_for_timeout(500)
    first = page.evaluate(STYLES)

    head = context.request.get("/").text().split("</head>")[0]
    files = re.findall(r'<link rel="stylesheet" href="([^"]+)">', head)
    assert len(files) == 2
    page.evaluate(WITH_FILES, files)
    page.wait_for_timeout(500)  # colours take their time
    later = page.evaluate(STYLES)

    assert len(first) > 50
    assert [element for element in zip(first, later, strict=True) if element[0] != element[1]] == []
