"""What a viewer does in a feed: opens it, and goes from clip to clip."""

from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.browsing import without_gesture

CURRENT_ID = "document.querySelector('.clip.current')?.dataset.clip ?? ''"
AT_END = "document.activeElement.matches('.end-card')"
HAS_NEXT = "document.querySelector('.clip.current ~ .clip') !== null"
WITH_SOURCE = "document.querySelectorAll('.clip video[src]').length"
MOST_CLIPS = 60
"""Other journeys put clips on the same cell; no feed here is longer than this."""


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
    passed: list[str] = []
    for _ in range(MOST_CLIPS):
        now = str(without_gesture(page, CURRENT_ID))
        if now == clip_id:
            return
        passed.append(now)
        go_on(page, now)
        assert not without_gesture(page, AT_END), f"{clip_id} is not in the feed: {passed}"
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
