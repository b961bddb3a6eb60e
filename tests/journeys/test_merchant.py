"""A merchant sees an order and ships it, or hands it over at the counter for a code."""

from playwright.sync_api import Locator, Page, expect

from tests.journeys import buying
from tests.journeys.conftest import Visit
from tests.journeys.making import Shown
from tests.journeys.selling import Shop


def open_order(shop: Shop, buyer_name: str) -> Page:
    """Find a buyer's order among the shop's and open it."""
    shop.owner.go(f"{shop.path}orders/")
    shop.owner.look("market-orders")
    shop.owner.page.get_by_role("row", name=buyer_name).get_by_role("link").first.click()
    expect(shop.owner.page.get_by_role("heading", name=buyer_name, level=1)).to_be_visible()
    return shop.owner.page


def state(page: Page) -> Locator:
    """Return the badge of an order."""
    return page.locator("main .badge").first


def test_an_order_is_seen_and_shipped(visit: Visit, shop: Shop, shown: Shown) -> None:
    buyer = visit()
    sheet = buying.open_sheet(buyer, shown)
    buying.fill_in(sheet, name="Dee Delivered", email="dee@example.org")
    promised = buying.total(sheet)
    buying.pay(sheet)
    path = buying.purchase_path(sheet)

    counter = open_order(shop, "Dee Delivered")
    expect(counter.get_by_text("12 Mission Street")).to_be_visible()
    expect(counter.locator(".sum div", has_text="The buyer pays")).to_contain_text(promised)
    shop.owner.look("market-order")
    whole = counter.get_by_role("region", name="Ship it")
    whole.get_by_label("Carrier").fill("Harbour Post")
    whole.get_by_label("Tracking number").fill("HP-0001")
    counter.get_by_role("button", name="Mark as shipped").click()
    expect(state(counter)).to_have_text("Shipped")

    buyer.go(path)
    expect(state(buyer.page)).to_have_text("Shipped")
    expect(buyer.page.get_by_text("HP-0001")).to_be_visible()
    taken = buyer.page.locator(".sum div", has_text="Taken so far")
    expect(taken).to_contain_text(promised)
    buyer.look("order-shipped")


def test_a_pick_up_is_collected_by_code(visit: Visit, shop: Shop, shown: Shown) -> None:
    buyer = visit()
    sheet = buying.open_sheet(buyer, shown)
    sheet.get_by_label("Collect at Pier 7").check()
    expect(sheet.get_by_label("Street and number")).to_be_hidden()
    sheet.get_by_label("E-mail").fill("eve@example.org")
    sheet.get_by_label("Full name").fill("Eve Collector")
    buyer.look("sheet-pick-up")
    buying.pay(sheet)
    path = buying.purchase_path(sheet)

    counter = open_order(shop, "Eve Collector")
    counter.get_by_role("button", name="Ready at Pier 7").click()
    expect(counter.get_by_role("button", name="Hand it over")).to_be_visible()
    buyer.go(path)
    code = buyer.page.locator(".pickup-code .code").inner_text()
    buyer.look("order-ready")
    counter.get_by_label("Code that the buyer shows").fill("0000")
    counter.get_by_role("button", name="Hand it over").click()
    expect(counter.get_by_text("That is not the code of this order.")).to_be_visible()
    shop.owner.look("market-wrong-code")
    open_order(shop, "Eve Collector")
    counter.get_by_label("Code that the buyer shows").fill(code)
    counter.get_by_role("button", name="Hand it over").click()
    expect(state(counter)).to_have_text("Collected")

    buyer.go(path)
    expect(state(buyer.page)).to_have_text("Collected")
