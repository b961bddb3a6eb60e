"""Put a file through probe, ladder and verification, without a database."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from vitrine.videos import jail, ladder, loudness, probe
from vitrine.videos.verify import Verified, verify

Pressing = Callable[[str], "Pressed"]
"""Press a file of the real ones by its path, once a session."""

LIMITS = jail.Limits(wall_seconds=120, cpu_seconds=240)
THREADS = 2


@dataclass(frozen=True)
class Pressed:
    """What came of a file."""

    found: probe.Probe
    renditions: dict[int, Verified]
    folder: Path

    @property
    def first(self) -> Path:
        """Return the first rendition's file."""
        return self.renditions[ladder.FIRST].path


def press(path: Path, folder: Path, *, threads: int = THREADS) -> Pressed:
    """Make the whole ladder of a file in an empty folder."""
    folder.mkdir(parents=True)
    source = folder / "source"
    shutil.copyfile(path, source)
    found = probe.probe(source, max_seconds=180)
    return press_in(folder, found, threads=threads)


def press_in(
    folder: Path, found: probe.Probe, *, sound: str = "", threads: int = THREADS
) -> Pressed:
    """Make the ladder of the source in a folder. sound: the file whose sound is heard instead."""
    gain = loudness.levelled(folder / (sound or "source"), found)
    rungs = ladder.rungs(found.width, found.height)
    calls = [
        ladder.first_call(found, gain, threads=threads, sound=sound),
        ladder.second_call(found, gain, threads=threads, sound=sound),
    ]
    for call in filter(None, calls):
        ended = jail.run(call, folder=folder, limits=LIMITS)
        assert ended.status == 0, ended.report
    checked = verify(rungs, found, folder=folder, threads=threads)
    return Pressed(found, {one.rung.name: one for one in checked}, folder)


def made(folder: Path, *arguments: str) -> Path:
    """Draw a film with ffmpeg's own sources; return its file."""
    ended = jail.run([*arguments, "file:made.mp4"], folder=folder, limits=LIMITS)
    assert ended.status == 0, ended.report
    return folder / "made.mp4"


def loudness_of(path: Path) -> float:
    """Measure the finished file, in LUFS."""
    arguments = ["-nostats", "-i", f"file:{path.name}", "-map", "0:a:0"]
    arguments += ["-af", "ebur128=framelog=quiet", "-f", "null", "-"]
    ended = jail.run(arguments, folder=path.parent, limits=LIMITS)
    (line,) = (line for line in ended.report.splitlines() if line.startswith("    I: "))
    return float(line.split()[1])
