"""Draw what the demo needs into files: a process of its own, so that the site stays quick.

Called as ``python -m vitrine.ops.demo.draw FOLDER film:SLUG still:SLUG bust:HANDLE …``.
"""

import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from vitrine.ops.demo.cast import ROLES
from vitrine.ops.demo.drawing import film, rigs
from vitrine.ops.demo.drawing.film import HEIGHT, STILL, WIDTH, Look, Subject
from vitrine.ops.demo.drawing.lens import View
from vitrine.ops.demo.drawing.scene import Scene, Shot
from vitrine.ops.demo.objects.figures import figure
from vitrine.ops.demo.reels import REELS
from vitrine.ops.demo.shelves import ITEMS

POLITE = 10
"""How far drawing steps back behind everything else that wants the processor."""

MARGIN = 6
"""Rows drawn below a portrait and cut off: shoulders end where the picture does."""

WALLS = {
    "umber": rigs.UMBER,
    "ink": rigs.INK,
    "oxblood": rigs.OXBLOOD,
    "forest": rigs.FOREST,
    "slate": rigs.SLATE,
    "plum": rigs.PLUM,
}


@dataclass(frozen=True)
class Easel:
    """How large things are drawn. seconds: of each film, or 0 for its own length."""

    width: int = WIDTH
    height: int = HEIGHT
    still: int = STILL
    face: int = 384
    seconds: float = 0.0


FULL = Easel()


def name_of(errand: str) -> str:
    """Name the file that an errand such as ``film:moon-jar`` makes."""
    kind, _, slug = errand.partition(":")
    return f"{kind}-{slug}.{'mp4' if kind == 'film' else 'png'}"


def draw(errand: str, folder: Path, easel: Easel = FULL) -> Path:
    """Carry out one errand, unless it is done. A file is there whole or not at all."""
    kind, _, slug = errand.partition(":")
    target = folder / name_of(errand)
    if target.exists():
        return target
    unfinished = target.with_name(f"unfinished-{target.name}")
    if kind == "film":
        planned = REELS[slug].film
        if easel.seconds:
            planned = replace(planned, seconds=easel.seconds)
        film.make(planned, unfinished, width=easel.width, height=easel.height)
    elif kind == "still":
        film.still(ITEMS[slug].subject, side=easel.still).save(unfinished)
    else:
        portrait(slug, side=easel.face).save(unfinished)
    unfinished.replace(target)
    return target


def portrait(handle: str, *, side: int) -> Image.Image:
    """Draw somebody as a figure in lamplight."""
    role = ROLES[handle]
    look = Look(wide=1.6, target=0.92, above=5, start=-14)
    subject = Subject(lambda: figure(role.bust), look)
    view = View.of(
        width=side,
        height=side + MARGIN,
        distance=4.8,
        around=0,
        above=look.above,
        target=look.target,
        wide=look.wide,
        middle=0.52,
    )
    room = replace(WALLS[role.wall], glow=0.9, beam=0, dust=0, half=0, base=0.3)
    scene = Scene(
        subject.solid(),
        rigs.DUSK,
        room,
        spacing=look.wide / side * film.FINENESS,
        seed=1,
        case=False,
    )
    picture = scene.picture(Shot(view, 0.12, float(np.radians(look.start))))
    return Image.fromarray(picture[:side])


def main() -> None:
    """Carry out the errands named on the command line."""
    os.nice(POLITE)
    folder = Path(sys.argv[1])
    for errand in sys.argv[2:]:
        draw(errand, folder)


if __name__ == "__main__":
    main()
