"""A counter goes on without a network, and tells what it handed over once there is one again."""

from playwright.sync_api import expect

from bench.cells import Cell
from tests.journeys.browsing import wait_for_promised
from tests.journeys.conftest import Opening
from tests.journeys.site import inside

KEPT = """async () => (await caches.has("counter"))
  && (await (await caches.open("counter")).match(location.pathname)) !== undefined"""


def test_a_pick_up_is_handed_over_without_a_network_and_once(opening: Opening, cell: Cell) -> None:
    told = inside(cell, "pickup", name="Offline Lamps")
    phone = opening()
    name, value = told["session"]["name"], told["session"]["value"]
    phone.add_cookies([{"name": name, "value": value, "url": cell.url}])
    page = phone.new_page()
    page.goto(told["path"])
    expect(page.locator("#ready li")).to_have_count(1)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()  # from now on the worker is between
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    wait_for_promised(page, KEPT)

    phone.set_offline(True)
    page.reload()
    expect(page.get_by_text("There is no network.")).to_be_visible()
    page.get_by_label("Code that the buyer shows").fill("2222 2222")
    page.get_by_role("button", name="Hand it over").click()
    expect(page.get_by_text("Do not hand it over.")).to_be_visible()
    for said in ("It is told once there is a network.", "was handed over here already"):
        page.get_by_label("Code that the buyer shows").fill(told["code"])
        page.get_by_role("button", name="Hand it over").click()
        expect(page.get_by_text(said)).to_be_visible()
    expect(page.locator("#ready li")).to_have_count(0)
    assert inside(cell, "order_state", order_id=told["order"]) == "ready"

    phone.set_offline(False)
    expect(page.get_by_text("is handed over. The money is taken.")).to_be_visible()
    expect(page.locator("#offline")).to_be_hidden()
    expect(page.locator("#ready li")).to_have_count(0)
    assert inside(cell, "order_state", order_id=told["order"]) == "collected"
