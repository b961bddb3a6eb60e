"""An advertiser pays ahead, at the bank's own page, and has some of it back."""

from playwright.sync_api import Browser, expect

from bench.cells import Cell
from tests.journeys import browsing
from tests.journeys.site import inside
from tests.journeys.visitor import Visitor


def test_a_wallet_is_paid_into_and_what_is_left_of_it_had_back(
    browser: Browser, cell: Cell
) -> None:
    shop = inside(cell, "shop", name="Lamp Advertisers")
    with Visitor.at_a_desk(browser, cell.url) as owner:
        browsing.sign_in(owner.page.context, cell.url, shop["session"])
        page = owner.page
        owner.go("/promote/open/")
        page.get_by_role("radio", name="Lamp Advertisers").check(force=True)
        page.get_by_role("button", name="Open").click()
        page.get_by_role("link", name="Money").click()
        page.get_by_label("Amount").first.fill("4")
        page.get_by_label("Pay with").select_option("Test card that asks who you are")
        page.get_by_role("button", name="Pay", exact=True).click()
        expect(page.get_by_text("Write an amount within the limits.")).to_be_visible()
        page.get_by_label("Amount").first.fill("100")
        owner.look("wallet-empty")
        page.get_by_role("button", name="Pay", exact=True).click()
        page.get_by_role("button", name="Yes, it is me").click()
        expect(page.get_by_role("heading", name="Deposit of $100.00")).to_be_visible()
        expect(page.get_by_role("heading", name="Invoice W")).to_be_visible()

        page.get_by_role("link", name="To the wallet").click()
        expect(page.locator(".stat", has_text="free to spend")).to_contain_text("$100.00")
        page.locator("summary", has_text="Have money back").click()
        page.get_by_label("Amount").last.fill("40")
        owner.look("wallet-full")
        page.get_by_role("button", name="Give it back").click()
        expect(page.get_by_text("The money goes back to where it came from.")).to_be_visible()
        expect(page.locator(".stat", has_text="free to spend")).to_contain_text("$60.00")
        page.get_by_role("region", name="Deposits").get_by_role("link").first.click()
        expect(page.get_by_role("heading", name="Credit note WC")).to_be_visible()
        owner.look("wallet-deposit")
