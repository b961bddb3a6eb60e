"""A moderator works through the queue without touching a mouse: three keys a decision."""

from playwright.sync_api import Browser, expect

from bench.cells import Cell
from tests.journeys.site import inside
from tests.journeys.visitor import Visitor

BLURRED = "getComputedStyle(document.querySelector('.desk-film')).filter"
MOST_OTHERS = 20
"""Other journeys send films to the same cell, and one that is recognised waits here too."""


def test_a_moderator_decides_by_keyboard_alone(browser: Browser, cell: Cell) -> None:
    cookie = inside(cell, "moderator", handle="judge.by.key")
    clips = inside(cell, "reported", reasons=["spam", "violence", "adult"])

    with Visitor.at_a_desk(browser, cell.url) as moderator:
        page, press = moderator.page, moderator.page.keyboard.press
        page.context.add_cookies(
            [{"name": cookie["name"], "value": cookie["value"], "url": cell.url}]
        )
        moderator.go("/desk/")
        thing = page.locator("#thing-title")
        expect(thing).to_contain_text("Reported for violence")  # the most harmful comes first
        expect(page.locator("#rule-violence")).to_be_visible()
        moderator.look("desk")

        press("j")
        expect(thing).to_contain_text("Reported for adult")
        press("k")
        expect(thing).to_contain_text("Reported for violence")
        assert page.evaluate(BLURRED).startswith("blur")
        press("v")
        assert page.evaluate(BLURRED) == "none"
        for key in ("2", "r", "Enter"):
            press(key)
        expect(thing).to_contain_text("Reported for adult")
        for key in ("m", "Enter"):  # its rule was chosen: it is what was reported
            press(key)
        for _ in range(MOST_OTHERS):
            expect(thing).not_to_contain_text("Reported for adult")
            if "Reported for spam" in thing.inner_text():
                break
            press("j")
            page.wait_for_timeout(500)
        expect(thing).to_contain_text("Reported for spam")
        for key in ("7", "n", "Enter"):
            press(key)
        expect(page.get_by_text("Reported for spam")).to_have_count(0)
        assert moderator.faults == []

    assert inside(cell, "decided", clip_ids=clips) == [
        ["violence", "remove"],
        ["adult", "mature"],
        ["deceit", "none"],
    ]
