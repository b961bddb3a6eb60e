"""Watching in a real browser moves reach and views by one, and the studio draws the curve."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bench.cells import Cell
from tests.journeys import watching
from tests.journeys.browsing import sign_in
from tests.journeys.conftest import Visit
from tests.journeys.site import inside

pytestmark = [pytest.mark.journey, pytest.mark.machine]
PATIENCE_TRIES = 60


@pytest.fixture(scope="package")
def clip(cell: Cell, shared: Path) -> str:
    """Put a real clip on show for those who have its link: it stands in no other test's feed."""
    inside(cell, "person", handle="curve", display_name="Curve")
    file = str(shared / "media" / "derived" / "portrait-bee.mp4")
    made: list[str] = inside(cell, "clips", handle="curve", files=[file], titles=["One bee"])
    inside(cell, "unlist", clip_id=made[0])
    inside(cell, "label", clip_id=made[0], product="Bee hotel", price_minor=2_400)
    return made[0]


def count(cell: Cell, clip: str) -> dict[str, int]:
    """Return what is counted of a clip, from its facts."""
    counted: dict[str, int] = inside(cell, "counted", clip_id=clip)
    return counted


def settled(page: Page, cell: Cell, clip: str, wanted: Callable[[dict[str, int]], bool]) -> None:
    """Wait until a report has arrived and the bytes that were sent are written down."""
    for _ in range(PATIENCE_TRIES):
        if wanted(count(cell, clip)):
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"Still counted: {count(cell, clip)}")


@pytest.fixture
def before(visit: Visit, cell: Cell, clip: str) -> dict[str, int]:
    """Let a stranger watch most of the clip, tap its product and go; return the counts before it.

    They go to another page: the worker carries what a page tells as it goes.
    """
    counted, viewer = count(cell, clip), visit()
    viewer.go(f"/v/{clip}")
    video = watching.play(viewer.page.locator("#player"))
    viewer.see_frames(video)
    viewer.page.wait_for_function("() => document.getElementById('player').currentTime > 5.6")
    viewer.page.get_by_role("link", name="Bee hotel").click()
    expect(viewer.page.locator("#sheet")).to_contain_text("Bee hotel")
    viewer.go("/transparency/views")
    return counted


def test_a_real_viewer_is_reached_once_and_counts_once(
    visit: Visit, cell: Cell, clip: str, before: dict[str, int]
) -> None:
    creator = visit()
    settled(
        creator.page,
        cell,
        clip,
        lambda now: now["qualified"] > before["qualified"] and now["taps"] > before["taps"],
    )

    now = count(cell, clip)
    moved = {name: now[name] - before[name] for name in ("reach", "qualified", "taps")}
    assert moved == {"reach": 1, "qualified": 1, "taps": 1}
    assert now["watched_ms"] >= 5_000

    sign_in(creator.page.context, cell.url, inside(cell, "session", handle="curve"))
    creator.go(f"/v/{clip}")
    creator.page.evaluate("document.getElementById('player').play()")
    creator.page.wait_for_function("() => document.getElementById('player').currentTime > 1")
    creator.go("/studio/")
    creator.page.get_by_role("link", name="Analytics").click()
    creator.look("analytics")
    creator.page.get_by_role("link", name="One bee").click()
    curve = creator.page.get_by_role("img", name="Share of plays that saw each second")
    expect(curve).to_be_visible()
    assert str(curve.locator("polyline").get_attribute("points")).startswith("0.00,0.00 ")
    creator.page.locator("summary", has_text="As a table").first.click()
    creator.look("clip-analytics")
    assert count(cell, clip) == now, "the creator's own play counts nowhere"

    creator.go("/transparency/views")
    creator.look("views-explained")
