"""A buyer taps a product on a clip, sees the total, and has it: as a guest, and again."""

from playwright.sync_api import expect

from bench.cells import Cell
from tests.journeys import buying
from tests.journeys.conftest import Visit
from tests.journeys.making import Shown
from tests.journeys.site import inside

MOST_FIELDS = 8
TWO_CHANGES = """() => ["NY", "CA"].forEach((state) => {
    const field = document.querySelector("#offer [name=region]");
    field.value = state;
    field.dispatchEvent(new Event("change", { bubbles: true }));
})"""
"""The second comes while the first is on its way."""


def test_a_guest_buys_on_one_sheet_while_the_clip_plays(visit: Visit, shown: Shown) -> None:
    guest = visit()
    sheet = buying.open_sheet(guest, shown)
    expect(sheet.get_by_text("arrives")).to_be_visible()
    expect(sheet).to_contain_text("Harbour Goods")
    expect(sheet).to_contain_text("Return within 30 days")
    expect(sheet.get_by_text("Test mode")).to_be_visible()
    guest.look("sheet-guest")
    guest.see_frames(guest.page.locator(f"#clip-{shown.clip} video"))

    guest.page.evaluate(TWO_CHANGES)
    expect(sheet.locator(".sum")).to_contain_text("CA")

    with guest.counted() as effort:
        asked = buying.fields(sheet)
        buying.fill_in(sheet, name="Ada Guest", email="ada.guest@example.org")
        promised = buying.total(sheet)
        buying.pay(sheet)

    assert len(asked) <= MOST_FIELDS, asked
    assert effort.loads == 0
    expect(sheet).to_contain_text("ada.guest@example.org")
    expect(sheet).to_contain_text(promised)
    guest.look("sheet-placed")
    guest.see_frames(guest.page.locator(f"#clip-{shown.clip} video"))
    guest.go(buying.purchase_path(sheet))
    expect(guest.page.get_by_role("region", name="Payment")).to_contain_text(promised)
    expect(guest.page.get_by_text("12 Mission Street")).to_be_visible()
    guest.look("order-placed")


def test_a_returning_buyer_buys_in_two_taps(visit: Visit, shown: Shown, cell: Cell) -> None:
    buyer = visit()
    buyer.sign_up("buyer")
    sheet = buying.open_sheet(buyer, shown)
    buying.fill_in(sheet, name="Bo Buyer")
    buying.pay(sheet)
    inside(cell, "remembered", name="Bo Buyer")
    buyer.go(f"/v/{shown.clip}")

    tag = buyer.page.get_by_role("link", name=shown.product).first
    expect(tag).to_be_visible()
    with buyer.counted() as effort:
        tag.click()
        sheet = buyer.page.locator("#sheet")
        expect(sheet.get_by_text("To Bo Buyer, 12 Mission Street")).to_be_visible()
        promised = buying.total(sheet)
        buying.pay(sheet)

    assert effort.taps == 2
    assert effort.loads == 0
    buyer.look("sheet-returning")
    buyer.go("/orders")
    expect(buyer.page.locator(".panel-list > a")).to_have_count(2)
    expect(buyer.page.locator(".panel-list > a").first).to_contain_text(promised)
    buyer.look("orders")


def test_a_declined_card_buys_nothing_and_keeps_what_was_typed(visit: Visit, shown: Shown) -> None:
    guest = visit()
    sheet = buying.open_sheet(guest, shown)
    buying.fill_in(sheet, name="Cy Declined", email="cy@example.org")
    sheet.get_by_label("Pay with").select_option("Test card that is declined")
    sheet.get_by_role("button", name="Buy now").click()

    expect(sheet.get_by_role("alert")).to_be_visible()
    expect(sheet.get_by_label("Full name")).to_have_value("Cy Declined")
    guest.look("sheet-declined")
    sheet.get_by_label("Pay with").select_option("Test card that succeeds")
    buying.pay(sheet)
