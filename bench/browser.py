"""What a page costs the person before it: every budget of a page, in a real browser.

Ten clips are watched on a phone's screen, without a throttle (F) and as on a poor phone in a poor
network (S). A frame counts when the browser says that it was presented; the clock of a video may
run without any. Medians over the visits, each with a cold cache.
"""

import importlib.util
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

from bench import cells
from bench.figures import Figure, NotMeasurable
from vitrine.ops import inside
from vitrine.ops.testing import BROWSERS
from vitrine.videos import jail

VISITS = 5
FILMS = 14
"""More than are watched: the last card is none of them."""
FILM_SECONDS = 8
DRAWN = (
    "testsrc2=s=540x960:r=30:d={seconds},hue=h={turn},noise=alls=4:allf=t:all_seed={turn},"
    "gblur=sigma=0.8"
)
AS_A_PHONE_DOES = "-c:v libx264 -preset ultrafast -crf 18 -c:a aac"
HEARD = "anoisesrc=d={seconds}:c=pink:r=48000:a=0.2:seed={turn}"


@dataclass(frozen=True)
class Profile:
    """A device and its network. slower: how many times its processor is. 0 bytes: no throttle."""

    name: str
    bytes_per_second: float = 0
    round_trip_ms: int = 0
    slower: int = 1
    watch_seconds: float = 1.5


FAST = Profile("F")
SLOW = Profile("S", 1_600_000 / 8, 150, 4, watch_seconds=5)

MEASURES: tuple[tuple[str, str, dict[str, float]], ...] = (
    ("fcp_ms", "ms", {"S": 1000}),
    ("lcp_ms", "ms", {"S": 1500}),
    ("inp_ms", "ms", {"S": 150}),
    ("cls", "", {"F": 0.02, "S": 0.02}),
    ("first_frame_ms", "ms", {"F": 600, "S": 1500}),
    ("swipe_p50_ms", "ms", {"S": 250}),
    ("swipe_p95_ms", "ms", {"S": 400}),
    ("stalls", "in 10 clips", {"S": 0}),
    ("tag_to_sheet_ms", "ms", {"F": 100, "S": 400}),
    ("ten_clips_kb", "KB", {}),
)


def run() -> Iterator[Figure]:
    """Watch, swipe, tap and weigh. Raises: NotMeasurable where there is no browser."""
    chromium = _chromium()
    visits: Any = import_module("bench.browser_visits")
    with cells.scratch() as folder, cells.up(folder / "data", "--no-demo") as cell:
        films = [_draw(folder, number) for number in range(FILMS)]
        with inside.cell(folder / "data"):
            inside.call("bench.browser_stage.show", films)
            yield Figure("clip_kbps", inside.call("bench.browser_stage.kbps"), "kbit/s")
            pages = inside.call("bench.browser_stage.other_pages")
            bare = inside.call("bench.browser_stage.film")
            cookies = inside.call("bench.browser_stage.cookies")
        with visits.Phone.of(chromium, cell.url) as phone:
            yield from _weights(phone, pages, cookies)
            for profile in (FAST, SLOW):
                yield from _visited(phone, profile, bare)


def _visited(phone: Any, profile: Profile, bare: str) -> Iterator[Figure]:
    seen, frames = [], []
    for _ in range(VISITS):
        seen.append(phone.visit(profile))
        frames.append(phone.bare_frame_ms(profile, bare))
    for name, unit, goals in MEASURES:
        value = median(visit[name] for visit in seen)
        goal = f"<= {goals[profile.name]:g}" if profile.name in goals else ""
        metric = f"{profile.name}_{name}"
        if name != "first_frame_ms":
            yield Figure(metric, value, unit, goal=goal)
            continue
        yield Figure(
            metric,
            value,
            unit,
            goal=goal,
            reference="the film alone as a page (ms)",
            reference_value=median(frames),
            ratio=median(ours[name] / alone for ours, alone in zip(seen, frames, strict=True)),
        )


def _weights(
    phone: Any, pages: Sequence[str], cookies: Sequence[tuple[str, str]]
) -> Iterator[Figure]:
    feed = phone.weigh("/", [])
    others = {page: phone.weigh(page, cookies) for page in pages}
    heaviest = max(others, key=lambda page: others[page].js_bytes)
    yield Figure("js_kb_feed", feed.js_bytes / 1024, "KB", goal="<= 30")
    yield Figure(f"js_kb_other ({heaviest})", others[heaviest].js_bytes / 1024, "KB", goal="<= 40")
    all_pages = [feed, *others.values()]
    css = max(page.css_bytes for page in all_pages)
    yield Figure("css_kb", css / 1024, "KB", goal="<= 20")
    foreign = sum(page.foreign_requests for page in all_pages)
    yield Figure("third_party_requests", foreign, "", goal="<= 0")
    yield Figure("fonts", sum(page.fonts for page in all_pages), "", goal="<= 0")


def _chromium() -> str:
    """Return the system's browser. Raises: NotMeasurable; nothing is ever downloaded."""
    if importlib.util.find_spec("playwright") is None:
        raise NotMeasurable(
            "Playwright is not installed here. Run ./vitrine test once: it brings it."
        )
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise NotMeasurable(f"There is no browser here. Install one of: {', '.join(BROWSERS)}.")
    return found


def _draw(folder: Path, number: int) -> Path:
    """Draw a film that moves as much as real ones do, each in other colours."""
    film, turn = folder / f"film-{number}.mp4", number * 25
    drawn, heard = (one.format(seconds=FILM_SECONDS, turn=turn) for one in (DRAWN, HEARD))
    subprocess.run(
        [
            *(jail.binary(), "-v", "error", "-y", "-f", "lavfi", "-i", drawn),
            *("-f", "lavfi", "-i", heard, *AS_A_PHONE_DOES.split(), str(film)),
        ],
        check=True,
    )
    return film
