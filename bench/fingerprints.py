"""How surely a film is recognised after what copiers do to it, and how rarely a stranger is."""

import subprocess
import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
from rich.console import Console

from bench.figures import Figure
from vitrine.videos import fingerprints, jail
from vitrine.videos.fingerprints import Print, Query

MEDIA = Path(__file__).resolve().parents[2] / "shared" / "data" / "media"
SECONDS = "8"
SMALL = ["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", "-b:a", "64k"]
WAYS: dict[str, tuple[list[str], str]] = {
    "re-encode": (["-vf", "scale=-2:180", "-crf", "34", "-r", "24"], ">= 0.95"),
    "mirror": (["-vf", "hflip,scale=-2:240", "-crf", "28"], ">= 0.95"),
    "logo": (
        ["-vf", "scale=-2:240,drawbox=iw*0.72:ih*0.05:iw*0.23:ih*0.12:white:fill,"
         "drawbox=iw*0.74:ih*0.07:iw*0.1:ih*0.08:red:fill", "-crf", "28"],
        ">= 0.95",
    ),
    "crop-10": (["-vf", "crop=iw*0.9:ih*0.9,scale=-2:240", "-crf", "28"], ""),
    "crop-15": (["-vf", "crop=iw*0.85:ih*0.85,scale=-2:240", "-crf", "28"], ""),
    "crop-one-side": (["-vf", "crop=iw*0.9:ih:0:0,scale=-2:240", "-crf", "28"], ""),
    "speed+5": (["-vf", "setpts=PTS/1.05,scale=-2:240", "-af", "atempo=1.05", "-crf", "28"], ""),
    "speed-5": (["-vf", "setpts=PTS/0.95,scale=-2:240", "-af", "atempo=0.95", "-crf", "28"], ""),
}  # fmt: skip
"""A way to copy -> what ffmpeg does, and the goal for its recall."""
TUNED_ON = 2
"""Every second film, by name, is what the thresholds were tuned on; the others are reported."""


def run() -> Iterator[Figure]:
    """Yield recall for each way, and the share of pairs of strangers that count as copies."""
    films = sorted(path for path in MEDIA.glob("*.*") if path.suffix in {".mp4", ".mkv", ".webm"})
    if not films:
        Console(stderr=True).print("No real films beside this checkout: nothing is recognised.")
        return
    with tempfile.TemporaryDirectory() as folder:
        yield from _figures(films, Path(folder))


def _figures(films: list[Path], folder: Path) -> Iterator[Figure]:
    base = ["-t", SECONDS, "-vf", "scale=-2:240", "-crf", "20"]
    films = [copied(film, "base", base, folder) for film in films]
    kept = {film: taken(film) for film in films}
    prints = {film: fingerprints.fingerprint(*shown) for film, shown in kept.items()}
    held_out = films[1::TUNED_ON]
    asked: list[tuple[Path, Query]] = [(film, Query.of(*shown)) for film, shown in kept.items()]
    for way, (arguments, goal) in WAYS.items():
        queries = [
            (film, Query.of(*taken(copied(film, way, arguments, folder)))) for film in held_out
        ]
        found = [fingerprints.likeness(query, prints[film]).is_copy for film, query in queries]
        asked += queries
        yield Figure(f"recall_{way}", float(np.mean(found)), f"of {len(found)}", goal)
    pairs = [(q, prints[o]) for (f, q), o in product(asked, films) if _source(f) != _source(o)]
    false = [fingerprints.likeness(query, other).is_copy for query, other in pairs]
    yield Figure("false_match", float(np.mean(false)), f"of {len(pairs)} pairs", "<= 0.0001")
    yield Figure("bytes_per_film", float(np.mean([_size(p) for p in prints.values()])), "B")


def _source(film: Path) -> str:
    """Two containers of one film are no strangers: "nature-flower-mp4-base"."""
    return film.stem.rsplit("-", 2)[0]


def _size(kept: Print) -> int:
    return kept.pictures.nbytes + kept.sound.nbytes


def copied(film: Path, way: str, arguments: list[str], folder: Path) -> Path:
    """Copy a film in one way."""
    target = folder / f"{film.stem}-{film.suffix[1:]}-{way}.mp4"
    subprocess.run(
        [jail.binary(), "-y", "-loglevel", "error", "-i", str(film), *arguments, *SMALL,
         str(target)],
        check=True,
    )  # fmt: skip
    return target


def taken(film: Path) -> tuple[fingerprints.Floats, fingerprints.Floats]:
    """Return a film's frames and samples, as the encode job takes them."""
    call = [jail.binary(), "-loglevel", "error", "-i", str(film)]
    pictures = subprocess.run(
        [*call, *fingerprints.PICTURES], check=True, capture_output=True
    ).stdout
    sound = subprocess.run([*call, *fingerprints.SOUND], capture_output=True).stdout
    return fingerprints.frames(pictures), fingerprints.samples(sound)
