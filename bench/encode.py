"""How soon a clip plays and its ladder is whole, beside the same two ffmpeg calls made bare."""

import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from bench import cells, encode_quality
from bench.figures import Figure, interleaved
from vitrine.ops import inside
from vitrine.videos import jail

CLIP_SECONDS = 15
ROUNDS = 3
LOOK_EVERY_SECONDS = 0.25
PATIENCE_SECONDS = 300
FILMED = (
    f"testsrc2=s=1080x1920:r=30:d={CLIP_SECONDS},noise=alls=12:allf=t,gblur=sigma=0.8",
    f"anoisesrc=d={CLIP_SECONDS}:c=pink:r=48000:a=0.2:seed=1,tremolo=f=3",
)
AS_A_PHONE_DOES = "-c:v libx264 -preset ultrafast -b:v 17M -maxrate 20M -bufsize 20M -c:a aac"


def run() -> Iterator[Figure]:
    """Send a 15 s clip of 1080×1920 to a running cell; time its worker from the last byte on."""
    with cells.scratch() as folder:
        film = folder / "film.mp4"
        pictures, sound = FILMED
        draw = ["-y", "-f", "lavfi", "-i", pictures, "-f", "lavfi", "-i", sound]
        _bare([*draw, *AS_A_PHONE_DOES.split(), str(film)], folder)
        with cells.up(folder / "data", "--no-demo") as cell, inside.cell(folder / "data"):
            yield from _figures(film, cell)
        yield from encode_quality.figures(film)


def _figures(film: Path, cell: cells.Cell) -> Iterator[Figure]:
    sent: Any = inside.call("bench.encode_sender.Sender", film)
    first_seconds: list[float] = []

    def ladder() -> float:
        first, whole = sent.send(look_every_seconds=LOOK_EVERY_SECONDS, patience=PATIENCE_SECONDS)
        first_seconds.append(first)
        return float(whole)

    with Memory(_encoder(cell)) as memory:
        ladder()
    first_seconds.clear()
    compared = interleaved(ladder, lambda: bare_ladder(film, sent.calls), rounds=ROUNDS)
    yield Figure(
        "ladder_vs_ffmpeg",
        compared.ratio,
        "×",
        goal="<= 1.10",
        reference="the same two calls, bare (s)",
        reference_value=compared.reference,
        ratio=compared.ratio,
    )
    first = sorted(first_seconds)[len(first_seconds) // 2]
    yield Figure(
        "first_playable_ratio",
        first / CLIP_SECONDS,
        "× clip length",
        goal="<= 0.5",
        reference="clip length (s)",
        reference_value=CLIP_SECONDS,
        ratio=first / CLIP_SECONDS,
    )
    yield Figure("rss_mb", memory.most_bytes / 2**20, "MB", goal="<= 1024")


def bare_ladder(film: Path, calls: list[list[str]]) -> float:
    """Return the seconds that ffmpeg needs for the same two calls and nothing else."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "source").symlink_to(film)
        began = time.monotonic()
        for call in calls:
            _bare(["-y", *call], folder)
        return time.monotonic() - began


def _bare(arguments: list[str], folder: Path) -> None:
    subprocess.run(
        [jail.binary(), "-hide_banner", "-nostdin", *arguments],
        cwd=folder,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _encoder(cell: cells.Cell) -> psutil.Process:
    child = next(child for child in cell.running.children if child.name == "encoder")
    return psutil.Process(child.pid)


@dataclass
class Memory:
    """Watch what a process and its children have resident together, and keep the most.

    with_grandchildren: count what the children start, too.
    """

    process: psutil.Process
    with_grandchildren: bool = True
    most_bytes: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Memory":
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.05):
            with suppress(psutil.NoSuchProcess):
                family = [self.process, *self.process.children(self.with_grandchildren)]
                self.most_bytes = max(self.most_bytes, sum(map(_resident, family)))


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
