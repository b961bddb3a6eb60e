"""Say what a surface is made of."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from vitrine.ops.demo.drawing import noise
from vitrine.ops.demo.drawing.shapes import Floats

Paint: TypeAlias = Callable[[Floats], Floats]


def linear(colour: str) -> Floats:
    """Turn #rrggbb into linear light, shape (3,)."""
    code = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return np.array(
        [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in code], np.float32
    )


@dataclass(frozen=True)
class Matter:
    """One material.

    paint: points (3, n) -> linear colour (3, n), instead of one colour.
    bump: cells a unit, and how far normals bend. glow: light given off, in colour.
    glass: 0 for solid, else how much light one wall takes. coat: a clear layer on top.
    """

    colour: str
    metal: float = 0.0
    rough: float = 0.5
    coat: float = 0.0
    sheen: float = 0.0
    glow: float = 0.0
    glass: float = 0.0
    bump: tuple[float, float] = (0.0, 0.0)
    paint: Paint | None = None

    def colours(self, at: Floats) -> Floats:
        """Give the colour of each point (3, n)."""
        if self.paint is not None:
            return self.paint(at)
        return np.broadcast_to(linear(self.colour)[:, None], at.shape)

    def but(self, **changes: object) -> "Matter":
        """Give the same material with changes."""
        return replace(self, **changes)  # type: ignore[arg-type]


def blend(low: str, high: str, share: Floats) -> Floats:
    """Mix two colours by a share (n,) in 0..1."""
    a, b = linear(low)[:, None], linear(high)[:, None]
    return (a + (b - a) * np.clip(share, 0, 1)).astype(np.float32)


def speckled(ground: str, speck: str, *, cells: float = 26, amount: float = 0.3) -> Paint:
    """Scatter small specks over a ground, as iron does in a glaze."""

    def paint(at: Floats) -> Floats:
        specks = noise.smooth(at * cells, seed=3) * noise.smooth(at * cells * 2.3, seed=4)
        drift = noise.cloudy(at * 2.2, seed=5) - 0.5
        share = np.clip((specks - (1 - amount)) * 9, 0, 1)
        return (blend(ground, speck, share) * (1 + 0.35 * drift)).astype(np.float32)

    return paint


def dipped(low: str, high: str, *, height: float, soft: float = 0.05, wave: float = 0.05) -> Paint:
    """Paint low below a wavering line and high above it, as a dipped glaze."""

    def paint(at: Floats) -> Floats:
        edge = at[1] - height + wave * (noise.cloudy(at * 3.1, seed=8) - 0.5) * 2
        drift = noise.cloudy(at * 5, seed=9)
        tone = blend(low, high, edge / soft + 0.5) * (0.86 + 0.28 * drift)
        return tone.astype(np.float32)

    return paint


def grained(pale: str, dark: str, *, along: int = 1, rings: float = 9, seed: int = 0) -> Paint:
    """Draw wood, its fibres along one axis."""

    def paint(at: Floats) -> Floats:
        squeezed = at.copy()
        squeezed[along] *= 0.12
        warp = noise.cloudy(squeezed * 3, seed=seed + 20)
        across = [squeezed[k] for k in range(3) if k != along]
        ring = np.sin((across[0] * 1.3 + across[1] * 0.7 + warp * 0.9) * rings * 3.1)
        fibre = noise.smooth(squeezed * 70, seed=seed + 23)
        return blend(pale, dark, 0.5 + 0.32 * ring + 0.34 * (fibre - 0.5))

    return paint


def veined(ground: str, vein: str, *, cells: float = 1.7, seed: int = 0) -> Paint:
    """Draw marble."""

    def paint(at: Floats) -> Floats:
        bend = noise.cloudy(at * cells * 1.5, octaves=4, seed=seed + 30) * 2.4
        thin = np.abs(np.sin((at[0] + at[1] * 0.8 + at[2] * 0.6) * cells + bend * 3))
        return blend(vein, ground, np.power(thin, 0.38) * 1.08)

    return paint


def striped(colours: list[str], *, axis: int = 1, width: float = 0.1, soft: float = 0.12) -> Paint:
    """Repeat bands of colours along an axis."""

    def paint(at: Floats) -> Floats:
        place = at[axis] / width
        inside = place - np.floor(place)
        band = np.floor(place).astype(np.int64)
        tones = np.stack([linear(c) for c in colours], axis=1)
        here, following = tones[:, band % len(colours)], tones[:, (band + 1) % len(colours)]
        share = np.clip((inside - 1 + soft) / soft, 0, 1)
        return np.asarray(here + (following - here) * share, np.float32)

    return paint


BRASS = Matter("#d9a441", metal=1, rough=0.22)
GOLD = Matter("#f0c060", metal=1, rough=0.1)
STEEL = Matter("#c9ccd2", metal=1, rough=0.2)
DARK_STEEL = Matter("#3b3e45", metal=1, rough=0.3)
COPPER = Matter("#d98a63", metal=1, rough=0.2)
PORCELAIN = Matter("#f1ece2", rough=0.5, coat=1)
STONEWARE = Matter("#b8a58c", rough=0.8, bump=(60, 0.12))
BLACK_CLAY = Matter("#26241f", rough=0.75, bump=(46, 0.22))
OAK = Matter("#b98a55", rough=0.5, coat=0.25, paint=grained("#c99b63", "#8d6136"))
WALNUT = Matter("#5d3d26", rough=0.45, coat=0.35, paint=grained("#7a5232", "#3c2415", seed=4))
LEATHER = Matter("#7a4526", rough=0.55, coat=0.12, bump=(55, 0.3))
CANVAS = Matter("#8d8a70", rough=0.95, sheen=0.35, bump=(120, 0.4))
WOOL = Matter("#8c3b32", rough=1.0, sheen=0.8, bump=(90, 0.55))
RUBBER = Matter("#1b1b1d", rough=0.7, bump=(90, 0.1))
WAX = Matter("#efe2c6", rough=0.6, coat=0.25, glow=0.05)
PAPER = Matter("#efe7d6", rough=0.95)
GLASS = Matter("#eaf3f0", rough=0.02, glass=0.06)
LEAF = Matter("#3f6b3a", rough=0.5, coat=0.25)
