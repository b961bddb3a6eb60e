"""Go through a page as somebody does who has no mouse."""

from playwright.sync_api import Locator, Page, expect

MOST_TABS = 80
IS_FOCUSED = "(element) => element === document.activeElement"
SHOWS_FOCUS = """(element) => [element, element.parentElement].some((one) => {
  const drawn = getComputedStyle(one);
  return drawn.outlineStyle !== "none" || drawn.boxShadow !== "none" || element.type === "file";
})"""
"""Around the element, or the frame that it fills."""


def reach(page: Page, wanted: Locator) -> Locator:
    """Go to an element by Tab alone; it must show that it was reached."""
    expect(wanted).to_be_visible()
    for _ in range(MOST_TABS):
        if wanted.evaluate(IS_FOCUSED):
            assert wanted.evaluate(SHOWS_FOCUS), f"{wanted} does not show its focus"
            return wanted
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} is not reached by {MOST_TABS} tabs")
