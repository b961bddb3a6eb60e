"""Every page there is, as somebody it is for: axe, width, console; and a picture to look at.

Axe looks at the phone's pages, in both schemes; the desk's have the same colours and markup. Pages
come from the register of access policies, so that a new one is met here the day it is made.
The cell is a fresh one: what fills it has no films that could be played in other journeys.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from bench import cells as bench_cells
from tests import cells
from tests.journeys.browsing import DESK, PHONE, assert_accessible, shoot

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
SCROLLS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
FEWEST = 45
"""Pages, so that a register that came out empty is no success."""
FILES = re.compile(r"^/(m|pictures|account/faces)/|/frames\.webp$")
"""Addresses of films and pictures: those of this cell are a few bytes that nobody can show."""

pytestmark = pytest.mark.machine


@pytest.fixture(scope="module")
def everything(
    chromium: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[bench_cells.Cell, dict[str, Any]]]:
    """Return a cell with one of everything, and its pages by role."""
    with bench_cells.up(tmp_path_factory.mktemp("everything") / "cell", "--no-demo") as cell:
        yield cell, json.loads(cells.python(cell, "-m", "tests.journeys.everything"))


@pytest.mark.parametrize("size, name", [(PHONE, "phone"), (DESK, "desk")])
def test_every_page_can_be_read_by_everybody(
    everything: tuple[bench_cells.Cell, dict[str, Any]],
    browser: Browser,
    size: tuple[int, int],
    name: str,
) -> None:
    cell, roles = everything
    look = wrong_in if size == PHONE else too_wide
    faults: list[str] = []
    for role in roles.values():
        with browser.new_context(
            base_url=cell.url, viewport={"width": size[0], "height": size[1]}
        ) as context:
            if role["session"]:
                cookie = {"name": "sessionid", "value": role["session"], "url": cell.url}
                context.add_cookies([cookie])  # type: ignore[list-item]
            for page, url in role["pages"].items():
                faults += wrong_with(context, url, f"{page}-{name}", look)

    assert not faults, "\n".join(faults)
    assert sum(len(role["pages"]) for role in roles.values()) >= FEWEST


Look = Callable[[Page, str], Iterator[str]]


def wrong_with(context: BrowserContext, url: str, name: str, look: Look) -> Iterator[str]:
    """Open a page, look at it in both schemes and yield what is wrong with it."""
    page = context.new_page()
    said: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        place = urlsplit(message.location["url"]).path
        if message.type == "error" and not FILES.search(place):
            said.append(f"{message.text} {place}")

    page.on("console", listen)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(url)
    for scheme in SCHEMES:
        # Reduced motion: colours do not take time to change.
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        shoot(page, f"every-{name}-{scheme}")
        yield from look(page, f"{name}-{scheme}")
    page.close()
    yield from (f"{name}: the console says {text}" for text in said)


def wrong_in(page: Page, name: str) -> Iterator[str]:
    """Yield what axe and the width object to."""
    try:
        assert_accessible(page, name)
    except AssertionError as objection:
        yield str(objection)
    yield from too_wide(page, name)


def too_wide(page: Page, name: str) -> Iterator[str]:
    """Yield that a page scrolls sideways, if it does."""
    if (over := page.evaluate(SCROLLS)) > 0:
        yield f"{name}: scrolls {over} px sideways"
