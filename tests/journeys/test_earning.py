"""A creator takes a shop's offer, shows its product, and reads what each sale of it brings."""

from playwright.sync_api import Browser, expect

from bench.cells import Cell
from tests.journeys import browsing, buying, making
from tests.journeys.conftest import Visit
from tests.journeys.keys import reach
from tests.journeys.site import inside
from tests.journeys.visitor import Visitor


def test_a_creator_earns_by_what_a_viewer_buys_on_the_clip(
    visit: Visit, browser: Browser, cell: Cell
) -> None:
    told = inside(cell, "offered", title="Tin lantern", rate_bp=1_250, price_minor=4_990)
    clip = told["clip"]
    with Visitor.at_a_desk(browser, cell.url) as creator:
        browsing.sign_in(creator.page.context, cell.url, told["session"])
        page = creator.page
        creator.go("/studio/earnings/")
        expect(page.get_by_role("heading", name="Nothing sold yet")).to_be_visible()
        reach(page, page.get_by_role("link", name="See what is offered"))
        page.keyboard.press("Enter")
        reach(page, page.get_by_label("Product or shop"))
        page.keyboard.type("lantern")
        page.keyboard.press("Enter")
        reach(page, page.get_by_role("button", name="Take it: Tin lantern"))
        page.keyboard.press("Enter")
        expect(page.get_by_role("region", name="Yours")).to_contain_text("12.5%")
        creator.go(f"/studio/clips/{clip}/")
        making.tag(creator, "Tin lantern")
        expect(page.locator("main")).to_contain_text("You earn 12.5% of what is paid for it here.")

        viewer = visit()
        viewer.go(f"/v/{clip}")
        expect(viewer.page.get_by_text("earns a commission on what you buy here")).to_be_visible()
        viewer.page.get_by_role("link", name="Tin lantern").first.click()
        sheet = viewer.page.locator("#sheet")
        buying.fill_in(sheet, name="Vi Viewer", email="vi@example.org")
        buying.pay(sheet)

        inside(cell, "reckon", clip_id=clip)
        sale = page.get_by_role("listitem").filter(has_text="Tin lantern")
        creator.go("/studio/earnings/")
        expect(page.locator(".badge")).to_have_text("Not sent yet")
        inside(cell, "hand_over", clip_id=clip)
        page.reload()
        expect(page.locator(".stat", has_text="Pending")).to_contain_text("$6.24")
        expect(sale.locator(".badge")).to_contain_text("Pending until")
        reach(page, sale.get_by_role("link", name="Tin lantern"))
        page.keyboard.press("Enter")
        cents = page.get_by_role("region", name="Cent by cent")
        for said in ("$49.90", "× 12.5%", "6.2375", "$6.24", "exactly half a cent"):
            expect(cents).to_contain_text(said)
        why = page.get_by_role("region", name="Why it is yours")
        expect(why).to_contain_text("Its buyer bought it right there, on the clip.")
        expect(page.get_by_text("Becomes available, 15 days after delivery")).to_be_visible()
        expect(page.locator("main")).not_to_contain_text("Vi Viewer")

        inside(cell, "wait_for_commission", clip_id=clip)
        page.reload()
        expect(page.locator("main .badge")).to_have_text("Available")
        expect(page.get_by_text("It became available")).to_be_visible()
        creator.go("/studio/earnings/")
        expect(page.locator(".stat", has_text="Pending")).to_contain_text("$0.00")
        expect(page.locator(".stat", has_text="Available")).to_contain_text("$6.24")
