"""A buyer sends one thing back, then all the rest: by the link of the order, without an account."""

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.cells import Cell
from tests.journeys import browsing
from tests.journeys.conftest import Visit
from tests.journeys.keys import reach
from tests.journeys.site import inside
from tests.journeys.visitor import Visitor


@pytest.fixture
def sold(cell: Cell) -> dict[str, str]:
    told: dict[str, str] = inside(cell, "sent", titles=["Brass lamp", "Stone mug"])
    return told


def badges(page: Page) -> list[str]:
    return page.locator("main .badge").all_inner_texts()


def test_one_thing_is_sent_back_and_then_the_rest_in_two_clicks(
    visit: Visit, browser: Browser, cell: Cell, sold: dict[str, str]
) -> None:
    buyer = visit()
    phone = buyer.page
    buyer.go(sold["link"])
    assert "key" not in phone.url  # the link's key is kept by the browser, not by its history
    phone.get_by_role("link", name="Send something back").click()
    mug = phone.get_by_role("group", name="Stone mug")
    expect(mug).to_contain_text("1 can be sent back")
    mug.get_by_label("How many").fill("1")
    phone.get_by_label("What the shop should know").fill("The handle came off.")
    phone.get_by_role("button", name="Ask to send it back").click()
    reason = phone.get_by_label("Why")
    assert not reason.evaluate("(one) => one.validity.valid"), "a reason was not asked for"
    reason.select_option("It is broken or does not work")
    phone.get_by_role("button", name="Ask to send it back").click()
    expect(phone.get_by_text("Asked. The shop answers here, and you get a mail.")).to_be_visible()
    expect(phone.locator("main .badge", has_text="Asked for")).to_be_visible()

    with Visitor.at_a_desk(browser, cell.url) as shop:
        browsing.sign_in(shop.page.context, cell.url, sold["session"])  # type: ignore[arg-type]
        desk = shop.page
        shop.go(sold["shop"])
        desk.get_by_role("link", name="with something sent back").click()
        desk.get_by_role("row", name="Bea").get_by_role("link").first.click()
        expect(desk.get_by_text("The handle came off.")).to_be_visible()
        reach(desk, desk.get_by_label("Your answer, which the buyer reads"))
        desk.keyboard.type("Send it to 7 Water Street, New York.")
        reach(desk, desk.get_by_role("button", name="Take it back"))
        desk.keyboard.press("Enter")
        expect(desk.get_by_text("Answered. The buyer is told.")).to_be_visible()

        phone.reload()
        expect(phone.get_by_text("Send it to 7 Water Street, New York.")).to_be_visible()
        expect(phone.locator("main .badge", has_text="To be sent back")).to_be_visible()

        desk.get_by_role("button", name="It has arrived").click()
        expect(desk.get_by_text("Noted. Now look at it.")).to_be_visible()
        expect(desk.get_by_label("Good enough to sell again")).to_have_value("1")
        desk.get_by_role("button", name="Give the money back").click()
        expect(desk.get_by_text("1 came, 1 on the shelf again")).to_be_visible()
        assert inside(cell, "on_hand", title="Stone mug", shop=sold["shop"]) == 5

    phone.reload()
    back = phone.locator(".card", has_text="You send back").last
    expect(back.locator(".badge")).to_have_text("Settled")
    expect(back).to_contain_text("Given back: $20.80, to Test card.")
    phone.get_by_role("link", name="Credit note").click()
    paper = phone.get_by_role("article")
    expect(paper.get_by_role("row", name="Given back")).to_contain_text("$20.80")
    expect(paper).to_contain_text("This corrects invoice")
    expect(paper).to_contain_text("Stone mug")
    expect(paper).not_to_contain_text("Brass lamp")
    phone.get_by_role("link", name="Back to the order").click()

    with buyer.counted() as effort:
        phone.get_by_text("Withdraw from this order").click()
        phone.get_by_role("button", name="Withdraw and send it back").click()
        expect(phone.get_by_text("You send everything back")).to_be_visible()
    assert effort.taps == 2
    expect(phone.get_by_text("Withdraw from this order")).to_have_count(0)


def test_all_of_an_order_is_sent_back_by_keyboard_alone(
    browser: Browser, cell: Cell, sold: dict[str, str]
) -> None:
    with Visitor.at_a_desk(browser, cell.url) as buyer:
        page, keys = buyer.page, buyer.page.keyboard
        buyer.go(sold["link"])
        reach(page, page.locator("summary", has_text="Withdraw from this order"))
        keys.press("Enter")
        reach(page, page.get_by_role("button", name="Withdraw and send it back"))
        keys.press("Enter")
        expect(page.get_by_text("You send everything back")).to_be_visible()
        expect(page.locator("main .badge", has_text="To be sent back")).to_be_visible()
