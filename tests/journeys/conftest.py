"""One real cell on loopback for all journeys of a worker: its own Postgres, site and workers."""

import contextlib
import subprocess
import zipfile
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from bench.cells import Cell
from tests import cells
from tests.journeys import making, selling
from tests.journeys.browsing import DESK, PHONE
from tests.journeys.site import inside, stage
from tests.journeys.visitor import ANSWERS, Visitor, listen
from vitrine.ops import testing

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Room for what axe makes and drops: it is cleared away seldom, which is a fourteenth less work.
    "--js-flags=--min-semi-space-size=32 --max-semi-space-size=64",
]

CLIP_FILES = ("coffee-pour", "flower", "toy-blocks", "bee", "water-bottles")
CLIP_TITLES = (
    "Morning pour",
    "A flower opens",
    "Toy blocks, slowly",
    "A bee at work",
    "Bottled light",
)

Visit = Callable[[], Visitor]
Opening = Callable[..., BrowserContext]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies here: all of it drives a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.journey)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what visitors were answered last beside a failure; a page alone does not tell."""
    report = yield
    if report.failed:
        report.sections.append(("Answered last", "\n".join(ANSWERS)))
    return report


@pytest.fixture(scope="package")
def chromium() -> str:
    """Return the system's Chromium, or skip; none is ever downloaded."""
    found = testing.browser()
    if found is None:
        pytest.skip("No Chromium is installed here, so no journey is walked in a browser.")
    return found


@pytest.fixture(scope="package")
def cell(chromium: str, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cell]:
    """Return a cell without demo content that is up until the last journey has ended.

    Then every invariant holds in it, and its ledger sums to zero.
    """
    with cells.up(tmp_path_factory.mktemp("journeys") / "cell") as running:
        with stage(running):
            yield running
        cells.assert_sound(running)


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    """Return a headless browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        with contextlib.closing(browser):
            yield browser


@pytest.fixture
def visit(browser: Browser, cell: Cell) -> Iterator[Visit]:
    """Return a function that brings somebody new, with a phone of their own."""
    with contextlib.ExitStack() as phones:
        yield lambda: phones.enter_context(Visitor.on_a_phone(browser, cell.url))


@pytest.fixture
def opening(browser: Browser, cell: Cell) -> Iterator[Opening]:
    """Return a function that opens a browser window: size, scheme and other context options."""
    opened: list[BrowserContext] = []

    def window(size: tuple[int, int] = PHONE, **options: Any) -> BrowserContext:
        width, height = size
        context = browser.new_context(
            base_url=cell.url,
            viewport={"width": width, "height": height},
            has_touch=width < DESK[0],
            **options,
        )
        context.set_default_timeout(20_000)
        listen(context, cell.url)
        opened.append(context)
        return context

    yield window
    for context in opened:
        context.close()


@pytest.fixture
def phone(opening: Opening, clips: list[str]) -> BrowserContext:
    """Open a phone's browser."""
    return opening(PHONE)


@pytest.fixture(scope="package")
def shop(
    browser: Browser, cell: Cell, shared: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[selling.Shop]:
    """Return a shop with a real, imported catalogue, and its owner at the counter."""
    catalogue = shared / "catalog"
    pictures = tmp_path_factory.mktemp("shop") / "pictures.zip"
    with zipfile.ZipFile(pictures, "w") as archive:
        # Of the things bought here alone: rendering all pictures of the feed takes half a minute.
        for picture in sorted((catalogue / "saleor" / "images").glob("*plimsolls*")):
            archive.write(picture, picture.name)
    with Visitor.at_a_desk(browser, cell.url) as owner:
        shop = selling.open_shop(
            owner, feed=catalogue / "feeds" / "shopify_saleor.csv", pictures=pictures
        )
        inside(cell, "approve", name=selling.SHOP_NAME)
        yield shop


@pytest.fixture(scope="package")
def film(shared: Path) -> Path:
    """Return a real clip as a phone writes it: turned by its metadata."""
    return shared / "media" / "derived" / "rotated-phone-juggle-m90.mp4"


@pytest.fixture(scope="package")
def glimpse(film: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return three seconds of it, turned as it is, for who looks at its sending alone."""
    cut = tmp_path_factory.mktemp("glimpse") / film.name
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    subprocess.run(
        [ffmpeg, "-loglevel", "error", "-i", str(film), "-t", "3", "-c", "copy", str(cut)],
        check=True,
    )
    return cut


@pytest.fixture(scope="package")
def shown(browser: Browser, cell: Cell, shop: selling.Shop, film: Path) -> making.Shown:
    """Return a published clip with a product of the shop on it."""
    with Visitor.on_a_phone(browser, cell.url) as creator:
        creator.sign_up("maker")
        clip = making.upload(creator, film, title="Keeping it up", description="A man juggles.")
        making.tag(creator, "White Plimsolls")
        making.publish(creator)
    return making.Shown(clip, "White Plimsolls")


@pytest.fixture(scope="package")
def clips(cell: Cell, shared: Path) -> list[str]:
    """Put five real clips on show; the first has captions, a comment and a product."""
    folder = shared / "media" / "derived"
    inside(cell, "person", handle="lumen", display_name="Lumen & Co", bio="Glass and light.")
    inside(cell, "person", handle="viewer")
    files = [str(folder / f"portrait-{name}.mp4") for name in CLIP_FILES]
    made: list[str] = inside(cell, "clips", handle="lumen", files=files, titles=list(CLIP_TITLES))
    inside(cell, "label", clip_id=made[0], product="Pouring kettle", price_minor=6_400)
    return made
