"""Fill a new cell with the demo, piece by piece. Each piece is safe to repeat.

People, shops and orders come first and take seconds. Pictures and films are drawn by processes
of their own, a few at a time, and appear as they are ready.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import datetime
from pathlib import Path

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from vitrine.accounts.models import Person
from vitrine.ops import leash
from vitrine.ops.datadir import DataDir
from vitrine.ops.demo import advertising, buying, filming, peopling, stocking
from vitrine.ops.demo.cast import ROLES
from vitrine.ops.demo.draw import name_of
from vitrine.ops.demo.reels import REELS

log = structlog.get_logger(__name__)

LOOK_EVERY_SECONDS = 1.0
GIVE_UP_SECONDS = 600
STILLS_AT_ONCE = 8

Drawer = Callable[[list[str], Path], None]


def seed(*, at: datetime) -> None:
    """Bring the whole demo in, and return when all of it plays."""
    cast = furnish(at=at)
    draw_and_publish(cast, errands(cast), at=at, draw=in_a_process, patience=GIVE_UP_SECONDS)


def draw_and_publish(
    cast: dict[str, Person],
    work: list[list[str]],
    *,
    at: datetime,
    draw: Drawer,
    patience: float,
) -> None:
    """Have work drawn, take it in, and publish the films as the encoder finishes them.

    patience: seconds in which nothing may become playable before we stop waiting.
    """
    directory = DataDir(Path(settings.VITRINE_DATA))
    hands = max(1, min(os.cpu_count() or 1, 4))
    # In the data directory and not in /tmp: what was drawn before a power cut is not drawn again.
    folder = directory.path / "demo"
    folder.mkdir(mode=0o700, exist_ok=True)
    for errand, file in drawn(work, folder, hands=hands, draw=draw):
        accept(errand, file, cast, at=timezone.now())
        _finish(cast, at=at)
    shutil.rmtree(folder)
    if _wait(cast, at=at, patience=patience):
        # From here on the demo is theirs: what people remove is not brought back.
        directory.demo_complete.touch()


def furnish(*, at: datetime) -> dict[str, Person]:
    """Bring in everything that needs no drawing: people, shops, products, orders."""
    cast = peopling.people(at=at)
    shops = stocking.shops(cast, at=at)
    buying.buy(cast, shops, at=at)
    log.info("demo furnished", people=len(cast), shops=len(shops))
    return cast


def errands(cast: dict[str, Person]) -> list[list[str]]:
    """List what is still to be drawn, in the order in which a visitor would miss it.

    Each inner list is one process's work: faces, then a film, then the products it shows.
    """
    faceless = [f"bust:{handle}" for handle in ROLES if not cast[handle].picture_key]
    bare = stocking.without_picture()
    work = [faceless] if faceless else []
    missing = set(filming.missing())
    for slug, reel in REELS.items():
        if slug in missing:
            work.append([f"film:{slug}"])
        stills = [item for item in (reel.item, *reel.also) if item in bare]
        bare -= set(stills)
        if stills:
            work.append([f"still:{item}" for item in stills])
    rest = sorted(bare)
    work += [
        [f"still:{item}" for item in rest[k : k + STILLS_AT_ONCE]]
        for k in range(0, len(rest), STILLS_AT_ONCE)
    ]
    return work


def in_a_process(wanted: list[str], folder: Path) -> None:
    """Draw in another process, which dies with this one."""
    argv = [sys.executable, "-m", "vitrine.ops.demo.draw", str(folder), *wanted]
    subprocess.run(leash.command(argv), check=True, stdin=subprocess.DEVNULL)


def drawn(
    work: Iterable[list[str]], folder: Path, *, hands: int, draw: Drawer
) -> Iterator[tuple[str, Path]]:
    """Have several hands draw, and yield each errand with its file as soon as it is there."""
    with ThreadPoolExecutor(hands) as pool:
        under_way = {pool.submit(draw, wanted, folder): wanted for wanted in work}
        for done in as_completed(under_way):
            done.result()
            for errand in under_way[done]:
                file = folder / name_of(errand)
                yield errand, file
                file.unlink(missing_ok=True)


def accept(errand: str, file: Path, cast: dict[str, Person], *, at: datetime) -> None:
    """Put one drawn file where it belongs."""
    kind, _, slug = errand.partition(":")
    match kind:
        case "film":
            filming.take_in(slug, file, cast, at=at)
        case "still":
            with transaction.atomic():
                stocking.hang_picture(slug, file)
        case _:
            peopling.show_face(cast[slug], file)
    log.info("demo drawn", kind=kind, slug=slug)


def _finish(cast: dict[str, Person], *, at: datetime) -> int:
    """Publish what plays, and an ad among it. Return how many films wait."""
    waiting = filming.finish(cast, at=at)
    advertising.advertise(cast, at=at)
    return waiting


def _wait(cast: dict[str, Person], *, at: datetime, patience: float) -> bool:
    """Publish films as the encoder finishes them. False: some are left, and nothing moves."""
    left, moved_at = _finish(cast, at=at), time.monotonic()
    while left and time.monotonic() - moved_at < patience:
        time.sleep(LOOK_EVERY_SECONDS)
        now = _finish(cast, at=at)
        if now != left:
            left, moved_at = now, time.monotonic()
    log.info("demo complete", waiting=left)
    return left == 0
