"""A feed goes on from clip to clip, moves nothing, and is light."""

import gzip
import re
import time

import pytest
from playwright.sync_api import BrowserContext, Route, expect

from bench.cells import Cell
from tests.journeys import browsing
from tests.journeys.browsing import (
    CURRENT,
    PHONE,
    assert_presents,
    swipe,
    wait_for_promised,
    without_gesture,
)
from tests.journeys.conftest import Opening
from tests.journeys.looking import shoot
from tests.journeys.site import inside
from tests.journeys.swiping import (
    AT_END,
    CURRENT_ID,
    HAS_NEXT,
    WITH_SOURCE,
    become_other,
    go_on,
    open_feed,
    to_end,
    to_labelled,
)
from tests.ops.machine import wait_until

pytestmark = [pytest.mark.journey, pytest.mark.machine]

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


def test_each_swipe_presents_another_clip_and_three_hold_a_source(
    phone: BrowserContext, cell: Cell
) -> None:
    page = open_feed(phone)
    seen = [str(without_gesture(page, CURRENT_ID))]
    assert_presents(page)
    # A quick machine has shown its frames before the player tells the time twice.
    wait_for_promised(page, f"document.querySelector('{CURRENT}').currentTime > 1")
    shoot(page, "feed-412")

    for _ in range(3):
        swipe(page)
        seen.append(become_other(page, seen[-1]))
        assert_presents(page)
        assert 1 <= without_gesture(page, WITH_SOURCE) <= 3

    assert len(set(seen)) == 4
    assert without_gesture(page, f"document.querySelector('{CURRENT}').muted") is True
    page.goto("/transparency/views")
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

    page.get_by_role("region", name="Not interested").get_by_role("button", name="This clip").tap()

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


def test_a_feed_asks_again_when_the_line_comes_back_and_loses_no_clip(
    phone: BrowserContext, clips: list[str]
) -> None:
    lost: list[str] = []

    def lose_first(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.extend(re.findall(r'data-clip="(\w+)"', route.fetch().text()))
            route.abort()

    phone.route("**/for-you/more*", lose_first)
    page = open_feed(phone)
    first = page.locator(".clip[data-clip]").count()
    passed: list[str] = []
    while not without_gesture(page, AT_END):
        passed.append(str(without_gesture(page, CURRENT_ID)))
        go_on(page, passed[-1])

    assert lost
    assert set(lost) <= set(passed[first:])


TELL_THE_ORDER = """
window.story = [];
const [later, ask] = [window.setTimeout, window.fetch];
/* The moment after which the feed asks without having heard never passes here, on any machine. */
window.setTimeout = (done, ms, ...rest) => later(done, ms === 1000 ? 1e6 : ms, ...rest);
window.fetch = async (url, options) => {
  const answer = await ask(url, options);
  if (url === "/watches/") {
    const told = JSON.parse(options.body.get("events"));
    window.story.push({ known: told.map(({ clip }) => clip) });
  }
  return answer;
};
const note = ({ target }) => window.story.push({ asked: target.dataset.clip });
document.addEventListener("wanted", note, true);
"""
HAS_ASKED = "window.story.some(({ asked }) => asked)"


def test_more_is_asked_for_once_all_that_was_watched_is_known(phone: BrowserContext) -> None:
    def slowly(route: Route) -> None:
        time.sleep(0.3)
        route.continue_()

    phone.route("**/watches/", slowly)
    phone.add_init_script(TELL_THE_ORDER)
    page = open_feed(phone)
    watched: list[str] = []
    while not without_gesture(page, HAS_ASKED):
        watched.append(str(without_gesture(page, CURRENT_ID)))
        page.wait_for_function(f"() => document.querySelector('{CURRENT}').currentTime > 0.5")
        go_on(page, watched[-1])

    story = without_gesture(page, "window.story")
    asked = next(at for at, event in enumerate(story) if "asked" in event)
    asker = story[asked]["asked"]
    left = watched[: watched.index(asker)] if asker in watched else watched
    assert left
    assert set(left) <= {clip for event in story[:asked] for clip in event["known"]}


def test_a_feed_waits_while_there_is_no_line_at_all(phone: BrowserContext) -> None:
    page = open_feed(phone)
    page.wait_for_function("() => window.htmx")
    phone.set_offline(True)
    while without_gesture(page, HAS_NEXT):
        go_on(page, str(without_gesture(page, CURRENT_ID)))
    expect(page.locator(".toast")).to_have_text("You seem to be offline.")

    phone.set_offline(False)

    page.wait_for_function(f"() => {HAS_NEXT}")


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
