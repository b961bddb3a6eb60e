"""The demo's clips, the most beautiful first."""

from vitrine.ops.demo.reels import carried, clay, hearth, precise
from vitrine.ops.demo.reels.reel import Reel

FIRST = (
    "mended-bowl hour-watch porch-lantern claw-ring bail-teapot arc-headphones moon-jar roll-pack "
    "dome-lamp plain-camera goose-neck first-light"
).split()
"""What a visitor of a new cell should meet; the others follow as they are written."""

_ALL = {reel.slug: reel for reel in (*clay.REELS, *hearth.REELS, *carried.REELS, *precise.REELS)}
REELS: dict[str, Reel] = {
    slug: _ALL[slug] for slug in [*FIRST, *(s for s in _ALL if s not in FIRST)]
}

__all__ = ["REELS", "Reel"]
