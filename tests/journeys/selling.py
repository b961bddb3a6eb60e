"""What a merchant does at the counter."""

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.visitor import Visitor

SHOP_NAME = "Harbour Goods"
IMPORT_MS = 240_000
"""Each picture is decoded and written in three widths, beside everything else."""


@dataclass(frozen=True)
class Shop:
    """A shop and its owner, at a desk."""

    owner: Visitor
    path: str


def open_shop(owner: Visitor, *, feed: Path, pictures: Path) -> Shop:
    """Sign up, open a shop with a store in New York, and import a catalogue into it."""
    page = owner.page
    owner.sign_up("merchant")
    owner.go("/market/open/")
    page.get_by_label("Name of your shop").fill(SHOP_NAME)
    page.get_by_label("Store", exact=True).check(force=True)
    page.get_by_label("What you call it").fill("Pier 7")
    page.get_by_label("Street and number").fill("7 Water Street")
    page.get_by_label("City").fill("New York")
    page.get_by_label("State").select_option("NY")
    page.get_by_label("Postcode").fill("10004")
    page.get_by_role("button", name="Open the shop").click()
    page.wait_for_url("**/market/harbour-goods/**")
    shop = Shop(owner, "/market/harbour-goods/")
    offer_delivery(shop)
    owner.go(f"{shop.path}imports/")
    page.get_by_label("Product file").set_input_files(feed)
    page.get_by_label("Pictures").set_input_files(pictures)
    page.get_by_role("button", name="Import", exact=True).click()
    done = page.get_by_text("Everything in the file is in your shop.")
    expect(done).to_be_visible(timeout=IMPORT_MS)
    return shop


def offer_delivery(shop: Shop) -> None:
    """Offer delivery for 4.95 in the shop's settings."""
    page = shop.owner.page
    shop.owner.go(f"{shop.path}settings/")
    page.get_by_role("link", name="Add a way of delivery").click()
    form = page.locator("form.tariff")
    form.get_by_label("Name").fill("Standard")
    form.locator(".tariff-flat").get_by_label("Price").fill("4.95")
    form.get_by_role("button", name="Offer it").click()
    expect(page.get_by_text("Buyers can choose it now.")).to_be_visible()
