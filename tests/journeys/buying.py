"""What a buyer does on the sheet over a clip."""

import re

from playwright.sync_api import Locator, expect

from tests.journeys import watching
from tests.journeys.making import Shown
from tests.journeys.visitor import Visitor

PRICE = re.compile(r"\$[\d,]+\.\d\d")


def open_sheet(buyer: Visitor, shown: Shown) -> Locator:
    """Meet the clip in the feed, see it play, tap its product; return the sheet."""
    article = watching.meet(buyer, shown.clip)
    buyer.see_frames(article.locator("video"))
    article.get_by_role("link", name=shown.product).click()
    sheet = buyer.page.locator("#sheet")
    expect(sheet.get_by_role("button", name="Buy now")).to_be_visible()
    return sheet


def fill_in(sheet: Locator, *, name: str, email: str = "") -> None:
    """Type what somebody types who has never bought here, and wait for the tax of California."""
    sheet.get_by_label("State").select_option("CA")
    expect(sheet.locator(".sum")).to_contain_text("CA")
    if email:
        sheet.get_by_label("E-mail").fill(email)
    sheet.get_by_label("Full name").fill(name)
    sheet.get_by_label("Street and number").fill("12 Mission Street")
    sheet.get_by_label("Town or city").fill("San Francisco")
    sheet.get_by_label("Postcode").fill("94105")


def fields(sheet: Locator) -> list[str]:
    """Return the names of the fields that a buyer sees."""
    seen = sheet.locator("#offer :is(input:not([type=radio]), select, textarea):visible")
    return [one.get_attribute("name") or "" for one in seen.all()]


def total(sheet: Locator) -> str:
    """Return the total that stands over the order button."""
    found = PRICE.search(sheet.locator(".offer-total").inner_text())
    assert found, "no total is shown"
    return found[0]


def pay(sheet: Locator) -> None:
    """Tap the order button and wait for the thanks."""
    sheet.get_by_role("button", name="Buy now").click()
    expect(sheet.get_by_role("heading", name="Thank you, it is yours")).to_be_visible()


def purchase_path(sheet: Locator) -> str:
    """Return the path of the order's own page."""
    path = sheet.get_by_role("link", name="See the order").get_attribute("href")
    assert path
    return path
