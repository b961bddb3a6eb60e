"""A shop sells gift cards: a guest gives one away, another is given back by its buyer."""

import re
import time

from playwright.sync_api import Browser, expect

from bench.cells import Cell
from tests.journeys import browsing, buying
from tests.journeys.conftest import Visit
from tests.journeys.keys import reach
from tests.journeys.site import inside
from tests.journeys.visitor import Visitor

PATIENCE_S = 30


def letter(cell: Cell, to: str, said: str) -> str:
    """Wait for the letter to somebody that says something, and return it."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        for text in inside(cell, "letters", to=to):
            if said in text:
                return str(text)
        time.sleep(0.2)
    raise AssertionError(f"no letter to {to} says {said}")


def test_a_card_is_put_on_sale_given_away_and_spent(
    visit: Visit, browser: Browser, cell: Cell
) -> None:
    shop = inside(cell, "shop", name="Card Makers")
    with Visitor.at_a_desk(browser, cell.url) as owner:
        browsing.sign_in(owner.page.context, cell.url, shop["session"])
        desk = owner.page
        desk.set_viewport_size({"width": 320, "height": 700})
        owner.go(f"{shop['market']}cards/")
        expect(desk.locator(".tabs [aria-current]")).to_be_in_viewport()
        desk.set_viewport_size({"width": 1280, "height": 800})
        desk.get_by_label("Amounts to choose between").fill("25 50")
        desk.get_by_label("Own amount from").fill("10")
        desk.get_by_label("Own amount up to").fill("200")
        desk.get_by_role("button", name="Sell them").click()
        expect(desk.get_by_text("Your shop sells these gift cards.")).to_be_visible()
        owner.look("cards-on-sale")

    giver = visit()
    phone = giver.page
    giver.go(shop["window"])
    phone.get_by_role("link", name="Buy a gift card").click()
    expect(phone.get_by_label("Own amount", exact=True)).to_be_hidden()
    phone.get_by_label("Another amount").check(force=True)
    phone.get_by_label("Own amount", exact=True).fill("40")
    phone.get_by_label("Their e-mail address").fill("ada.gift@example.org")
    phone.get_by_label("Message").fill("Happy day!")
    phone.get_by_label("Your e-mail address").fill("bea.gift@example.org")
    giver.look("card-form")
    phone.get_by_role("button", name="Buy now – pay").click()
    expect(phone.get_by_text("Write your name, so that they know")).to_be_visible()
    expect(phone.get_by_label("Message")).to_have_value("Happy day!")
    phone.get_by_label("Your name, which they read").fill("Bea")
    phone.get_by_role("button", name="Buy now – pay").click()
    expect(phone.get_by_role("heading", name="$40.00 for Card Makers")).to_be_visible()
    giver.look("card-bought")

    told = letter(cell, "ada.gift@example.org", "Its code:")
    code = re.search(r"Its code:\s+([A-Z0-9-]{19})", told)
    assert code is not None
    assert "Bea gives you a gift card: $40.00" in told
    assert "no tax invoice" in letter(cell, "bea.gift@example.org", "Receipt")

    ada = visit()
    ada.go(shop["thing"])
    sheet = ada.page.locator("main")
    buying.fill_in(sheet, name="Ada Given", email="ada.gift@example.org")
    sheet.get_by_text("Have a gift card?").click()
    sheet.get_by_label("The gift card’s code").fill(code[1])
    sheet.get_by_label("The gift card’s code").press("Tab")
    expect(sheet.get_by_text("nothing left to pay")).to_be_visible()
    buying.pay(sheet)

    phone.reload()
    expect(phone.get_by_text("Give it back")).to_have_count(0)
    expect(phone.get_by_text("It did not arrive?")).to_have_count(0)


def test_a_card_is_paid_at_the_bank_and_given_back_by_keyboard_alone(
    browser: Browser, cell: Cell
) -> None:
    shop = inside(cell, "shop", name="Card Keepers")
    with Visitor.at_a_desk(browser, cell.url) as owner:
        browsing.sign_in(owner.page.context, cell.url, shop["session"])
        owner.go(f"{shop['market']}cards/")
        owner.page.get_by_label("Amounts to choose between").fill("25")
        owner.page.get_by_role("button", name="Sell them").click()
        expect(owner.page.get_by_text("Your shop sells these")).to_be_visible()

    with Visitor.at_a_desk(browser, cell.url) as buyer:
        page, keys = buyer.page, buyer.page.keyboard
        buyer.go(f"{shop['window']}/gift-card")
        reach(page, page.get_by_label("Somebody else, by e-mail"))
        keys.press("ArrowDown")
        expect(page.get_by_label("Their e-mail address")).to_be_hidden()
        reach(page, page.get_by_label("Your e-mail address"))
        keys.type("cyd.gift@example.org")
        reach(page, page.get_by_label("Pay with"))
        page.get_by_label("Pay with").select_option("Test card that asks who you are")
        reach(page, page.get_by_role("button", name="Buy now – pay"))
        keys.press("Enter")
        reach(page, page.get_by_role("button", name="Yes, it is me"))
        keys.press("Enter")
        expect(page.get_by_role("heading", name="$25.00 for Card Keepers")).to_be_visible()
        reach(page, page.locator("summary", has_text="Give it back"))
        keys.press("Enter")
        reach(page, page.get_by_role("button", name="Stop the card and give it back"))
        keys.press("Enter")
        expect(page.get_by_text("The money goes back to where it came from.")).to_be_visible()
        expect(page.get_by_role("heading", name="Given back")).to_be_visible()
        buyer.look("card-given-back")
    assert "are on the way back" in letter(cell, "cyd.gift@example.org", "stopped")
