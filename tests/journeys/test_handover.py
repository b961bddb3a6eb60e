"""One thing by post, the other collected: chosen in the bag, paid once, two orders."""

from playwright.sync_api import expect

from bench.cells import Cell
from tests.journeys import buying
from tests.journeys.conftest import Visit
from tests.journeys.site import inside


def test_of_two_things_one_is_sent_and_the_other_collected(visit: Visit, cell: Cell) -> None:
    guest = visit()
    for path in inside(cell, "two_ways"):
        guest.go(path)
        guest.page.get_by_role("button", name="Put in the bag").click()
        expect(guest.page.get_by_text("In your bag")).to_be_visible()
    guest.go("/cart")
    bag = guest.page.locator("#bag")
    buying.fill_in(bag, name="Ada Guest", email="ada.two@example.org")
    with guest.counted() as effort:
        bag.get_by_label("Choose for each thing").check()
        expect(bag.locator(".each")).to_be_visible()
        # What was swapped in listens once it has settled, some 20 ms later: quicker than a hand.
        expect(guest.page.locator(".htmx-added, .htmx-settling")).to_have_count(0)
        bag.get_by_role("combobox", name="Stone mug").select_option("Collect at Corner store")
        expect(bag.locator(".each-parts li")).to_have_count(2)
        guest.look("bag-each")
        promised = buying.total(bag)
        buying.pay(bag)

    assert effort.loads == 0
    expect(bag.locator("#offer .panel-list li")).to_have_count(2)
    expect(bag).to_contain_text("Collect at Corner store once it is ready")
    guest.go(buying.purchase_path(bag))
    expect(guest.page.get_by_role("heading", name="2 orders, one purchase")).to_be_visible()
    expect(guest.page.get_by_role("region", name="Payment")).to_contain_text(promised)
