"""Look at a page as axe does and, where pictures are asked for, as people do.

``PICTURES=folder ./vitrine test tests/journeys`` keeps a picture of each look in that folder.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page

PICTURES = os.environ.get("PICTURES")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules that a page can break in the dark alone: its markup is the same as in the light."""

ALL, OFTEN = 1_000_000, 20
"""Neighbours of one kind that are looked at: all in the first look, so many in each other. A loop
draws them alike, and hundreds of them were half a minute of axe."""

RUN = """([most, options]) => {
  const again = [];
  for (const list of document.body.querySelectorAll("*")) {
    const met = new Map();
    for (const one of list.children) {
      const kind = `${one.tagName} ${one.getAttribute("class")}`;
      met.set(kind, (met.get(kind) ?? 0) + 1);
      if (met.get(kind) > most) again.push(one);
    }
  }
  return axe.run({ exclude: again }, options);
}"""
HAS_AXE = "typeof axe === 'object'"
SCROLLS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Look(NamedTuple):
    """One way to see a page. Width and height in CSS pixels."""

    width: int
    height: int
    scheme: Literal["light", "dark"]


LOOKS = (
    *(Look(320, 700, "light"), Look(320, 700, "dark")),
    *(Look(1280, 800, "dark"), Look(1280, 800, "light")),
)


def wrong_in(page: Page, name: str, looks: Sequence[Look] = LOOKS) -> Iterator[str]:
    """Yield what is wrong with a page in each look: axe's objections, and that it scrolls sideways.

    The page is left in the last look.
    """
    most = ALL
    for width, height, scheme in looks:
        page.set_viewport_size({"width": width, "height": height})
        # With less motion colours take no time to change: half way they have no contrast.
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        look = f"{name}-{width}-{scheme}"
        shoot(page, look)
        if found := objections(page, rules=COLOURS if scheme == "dark" else (), most=most):
            yield f"{look}: {found}"
        most = OFTEN
        if (over := page.evaluate(SCROLLS)) > 0:
            yield f"{look}: scrolls {over} px sideways"


def objections(page: Page, *, rules: Sequence[str] = (), most: int = ALL) -> str:
    """Return axe's report on what it objects to, or "".

    rules: all that are at hand if empty. most: neighbours of one kind that are looked at.
    """
    if not page.evaluate(HAS_AXE):
        page.evaluate(AXE_SCRIPT)
    only: dict[str, Any] = {"type": "rule", "values": rules} if rules else {}
    only = only or {"type": "tag", "values": RULES}
    # Style sheets are fetched anew by axe for a rule that is not among these.
    options = {"runOnly": only, "resultTypes": ["violations"], "preload": {"assets": ["media"]}}
    found = page.evaluate(RUN, [most, options])
    results = AxeResults(found)
    return str(results.generate_report()) if results.violations_count else ""


def assert_accessible(page: Page, what: str) -> None:
    """Assert that axe finds nothing to object to."""
    found = objections(page)
    assert not found, f"{what}\n{found}"


def shoot(page: Page, name: str) -> None:
    """Keep a picture of the page, if pictures are asked for."""
    if PICTURES:
        folder = Path(PICTURES)
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png", caret="initial")
