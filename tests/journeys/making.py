"""What a creator does in the studio."""

import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.visitor import Visitor


@dataclass(frozen=True)
class Shown:
    """A published clip and the product on it."""

    clip: str
    product: str


def upload(creator: Visitor, film: Path, *, title: str, description: str) -> str:
    """Send a film and write about it meanwhile; return the clip's public id once it is a draft."""
    page = creator.page
    creator.go("/studio/upload/")
    page.get_by_label("Choose videos").set_input_files(film)
    expect(page.get_by_label("Title")).to_be_visible()
    page.get_by_label("Title").fill(title)
    page.get_by_label("One line that says what happens").fill(description)
    page.get_by_label("Language spoken").focus()
    expect(page.locator("#saved")).to_have_text("Saved")
    expect(page.locator("#standing .badge")).to_have_text("Draft")
    found = re.search(r"/studio/clips/(\w+)/", page.url)
    assert found, page.url
    return found[1]


def tag(creator: Visitor, product: str) -> None:
    """Put a product on the clip that is open in the studio."""
    page = creator.page
    page.get_by_label("Add a product").fill(product)
    page.locator("#found").get_by_role("button", name=product).click()
    expect(page.get_by_role("group", name=product)).to_be_visible()
    # A key pressed in the 20 ms before htmx has taken over what it inserted would not be heard.
    expect(page.locator(".htmx-added, .htmx-settling, .htmx-request")).to_have_count(0)


def drag(creator: Visitor, product: str, *, by_px: int) -> None:
    """Move a product's bar along its lane by mouse; it stops at the clip's ends."""
    bar = creator.page.get_by_role("group", name=product).locator(".lit")
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    assert box, "the bar has no size"
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    creator.page.mouse.move(x, y)
    creator.page.mouse.down()
    creator.page.mouse.move(x + by_px, y, steps=4)
    creator.page.mouse.up()


def cover(creator: Visitor) -> None:
    """Choose the seventh frame of the clip that is open in the studio as its cover."""
    page = creator.page
    page.get_by_role("link", name="Choose a cover").click()
    expect(page.locator(".frame").nth(6)).to_be_visible()
    creator.look("studio-cover")
    page.locator(".frame").nth(6).click()
    expect(page.locator("#cover")).to_contain_text("Saved")
    expect(page.get_by_alt_text("The cover now")).to_have_attribute("src", re.compile("/m/covers/"))


def publish(creator: Visitor) -> None:
    """Publish the clip that is open in the studio."""
    creator.page.get_by_role("button", name="Publish").click()
    expect(creator.page.locator("#standing .badge")).to_have_text("Published")
