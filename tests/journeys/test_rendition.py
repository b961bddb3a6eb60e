"""Which rendition a browser chooses: its own module, on a page that has nothing else."""

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route

SCRIPTS = Path(__file__).resolve().parents[2] / "src" / "vitrine" / "static" / "js"
ORIGIN = "http://rendition.test"
SOURCES = [
    {"u": "360", "w": 360, "b": 450_000},
    {"u": "540", "w": 540, "b": 900_000},
    {"u": "540av1", "w": 540, "b": 600_000, "c": "av01.0.04M.08"},
    {"u": "720", "w": 720, "b": 1_600_000},
]
CAPABLE = {"supported": True, "smooth": True, "powerEfficient": True}
DEVICE = """
navigator.mediaCapabilities.decodingInfo = async (asked) => (window.asked = asked, %s);
Object.defineProperty(navigator, "connection", { value: { saveData: %s } });
localStorage.setItem("vitrine.watching", JSON.stringify({ kbps: %d }));
"""
CHOOSE = """
async (sources) => {
  const { choose } = await import("/rendition.js");
  await new Promise((settled) => setTimeout(settled));
  return choose(sources);
}
"""
Choose = Callable[..., str]


@pytest.fixture
def choose(browser: Browser) -> Iterator[Choose]:
    """Return what a device chooses: what it says of AV1, of saving data, and earlier kbit/s."""

    def serve(route: Route) -> None:
        script = SCRIPTS / route.request.url.removeprefix(f"{ORIGIN}/")
        if script.is_file():
            route.fulfill(path=script, content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html>", content_type="text/html")

    with contextlib.closing(
        browser.new_context(viewport={"width": 412, "height": 915}, device_scale_factor=2)
    ) as context:
        context.route("**/*", serve)

        def chosen(says: dict[str, bool], *, saves: bool = False, kbps: int = 0) -> str:
            page = context.new_page()
            page.add_init_script(DEVICE % (json.dumps(says), json.dumps(saves), kbps))
            page.goto(ORIGIN)
            found = str(page.evaluate(CHOOSE, SOURCES))
            assert page.evaluate("asked.video.contentType") == 'video/mp4; codecs="av01.0.04M.08"'
            return found

        yield chosen


def test_av1_is_chosen_where_the_device_decodes_it_without_effort(choose: Choose) -> None:
    assert choose(CAPABLE) == "540av1"
    assert choose(CAPABLE, kbps=1_200) == "540av1"  # where 540 in H.264 would not fit


@pytest.mark.parametrize("lacking", CAPABLE)
def test_av1_is_passed_over_where_it_would_cost_battery(choose: Choose, lacking: str) -> None:
    assert choose(CAPABLE | {lacking: False}) == "540"
    assert choose(CAPABLE | {lacking: False}, kbps=1_200) == "360"


def test_who_saves_data_gets_the_smallest_whatever_the_device_can(choose: Choose) -> None:
    assert choose(CAPABLE, saves=True, kbps=50_000) == "360"


def test_a_fast_line_gets_the_sharpest_that_the_screen_shows(choose: Choose) -> None:
    assert choose(CAPABLE, kbps=50_000) == "720"
