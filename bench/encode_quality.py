"""How near the 540 rendition comes to what was filmed, by VMAF, on real clips where there are any.

Both pictures are compared at the rendition's own size: what is measured is what encoding lost, not
what a smaller picture loses.
"""

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean

from bench.figures import Figure
from vitrine.videos import jail, ladder, probe
from vitrine.videos.probe import Probe

REAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "media"
THREADS = 2
LIMITS = jail.Limits(wall_seconds=600, cpu_seconds=1200, memory_bytes=2 << 30)
GOAL_BPS = 900_000
FILMS = {".mp4", ".webm", ".mkv"}
VMAF = f"libvmaf=n_threads={THREADS}"
_SCORE = re.compile(r"VMAF score: ([\d.]+)")


@dataclass(frozen=True)
class Seen:
    """One clip's rendition. vmaf: 0 to 100, the mean of its pictures. bps: the picture's alone."""

    vmaf: float
    bps: float


def figures(film: Path) -> Iterator[Figure]:
    """Yield score and rate of each way to make 540. film: drawn, where there are no real clips."""
    clips = sorted(path for path in REAL.glob("*.*") if path.suffix in FILMS) or [film]
    of = "a drawn clip" if clips == [film] else f"{len(clips)} real clips"
    for name, make in WAYS.items():
        seen = [look(clip, make) for clip in clips]
        yield Figure(
            f"vmaf_{name}",
            fmean(one.vmaf for one in seen),
            f"mean of {of}",
            goal=">= 90",
            reference="the worst of them",
            reference_value=min(one.vmaf for one in seen),
        )
        yield Figure(
            f"kbps_{name}",
            fmean(one.bps for one in seen) / 1000,
            "kbit/s",
            goal="<= 900",
            reference="the most of them",
            reference_value=max(one.bps for one in seen) / 1000,
        )


def _first(found: Probe) -> list[str]:
    return ladder.first_call(found, "", threads=THREADS)


def _first_within_goal(found: Probe) -> list[str]:
    ceiling = str(ladder.BITRATES[ladder.FIRST])
    return [str(GOAL_BPS) if word == ceiling else word for word in _first(found)]


def _dense(found: Probe) -> list[str]:
    return ladder.dense_call(found, "", threads=THREADS)


WAYS = {"540": _first, "540_at_900k": _first_within_goal, "540av1": _dense}


def look(clip: Path, make: Callable[[Probe], list[str]]) -> Seen:
    """Make one rendition of a clip, without its sound, and compare it with the clip."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copyfile(clip, folder / "source")
        found = replace(probe.probe(folder / "source", max_seconds=3600), has_sound=False)
        _run(make(found), folder)
        rung = ladder.rungs(found.width, found.height)[0]
        made = next(folder.glob("*.mp4"))
        meant = ",".join(ladder.drawn_from(found, rung))
        compared = _run(
            [
                *("-i", f"file:{made.name}", *jail.source("source", max_pixels=probe.MAX_PIXELS)),
                *("-filter_complex", f"[1:V:0]{meant}[meant];[0:V:0][meant]{VMAF}"),
                *("-f", "null", "-"),
            ],
            folder,
        )
        score = _SCORE.search(compared)
        if score is None:
            raise RuntimeError(f"VMAF said nothing: {compared[-400:]}")
        return Seen(float(score[1]), made.stat().st_size * 8000 / found.duration_ms)


def _run(arguments: list[str], folder: Path) -> str:
    ended = jail.run(arguments, folder=folder, limits=LIMITS)
    if ended.status != 0:
        raise RuntimeError(ended.report[-400:])
    return ended.report
