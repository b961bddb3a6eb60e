"""Every page there is, as somebody it is for: axe, width, names to hear, console, where it begins.

Pages come from the register of access policies, so that a new one is met here the day it is made.
The cell is a fresh one: what fills it has no films that could be played in other journeys.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from bench.cells import Cell
from tests import cells
from tests.journeys import names
from tests.journeys.everything import ROLES
from tests.journeys.looking import wrong_in

FEWEST = 45
"""Pages, so that a register that came out empty is no success."""
FILES = re.compile(r"^/(m|pictures|account/faces)/|/(frames|picture)\.webp$|/film\.mp4$")
"""Addresses of films and pictures: those of this cell are a few bytes that nobody can show."""

pytestmark = pytest.mark.machine


@pytest.fixture(scope="module")
def everything(
    chromium: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Cell, dict[str, Any]]]:
    """Return a cell with one of everything, and its pages by role."""
    with cells.up(tmp_path_factory.mktemp("everything") / "cell") as cell:
        roles = json.loads(cells.python(cell, "-m", "tests.journeys.everything"))
        assert sum(len(role["pages"]) for role in roles.values()) >= FEWEST
        yield cell, roles


@pytest.mark.parametrize("name", ROLES)
def test_every_page_can_be_read_by_everybody(
    everything: tuple[Cell, dict[str, Any]], browser: Browser, name: str
) -> None:
    cell, roles = everything
    role, faults = roles[name], list[str]()
    with browser.new_context(base_url=cell.url) as context:
        if role["session"]:
            cookie = {"name": "sessionid", "value": role["session"], "url": cell.url}
            context.add_cookies([cookie])  # type: ignore[list-item]
        window = Window.of(context)
        for page, url in role["pages"].items():
            faults += window.wrong_with(url, page)

    assert not faults, "\n".join(faults)


@dataclass
class Window:
    """One window, and what its console says."""

    page: Page
    said: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, context: BrowserContext) -> Self:
        """Open a window that listens."""
        window = cls(context.new_page())
        window.page.on("console", window.listen)
        window.page.on("pageerror", lambda error: window.said.append(str(error)))
        return window

    def listen(self, message: ConsoleMessage) -> None:
        """Keep an error, but of films and pictures."""
        place = urlsplit(message.location["url"]).path
        if message.type == "error" and not FILES.search(place):
            self.said.append(f"{message.text} {place}")

    def wrong_with(self, url: str, name: str) -> Iterator[str]:
        """Open a page, look at it and yield what is wrong with it."""
        self.page.goto(url)
        if down := self.page.evaluate("scrollY"):
            yield f"{name}: begins {down} px below its top"
        yield from wrong_in(self.page, name)
        yield from (f"{name}: {unsaid}" for unsaid in names.lacking(self.page))
        yield from (f"{name}: the console says {text}" for text in self.said)
        self.said.clear()
