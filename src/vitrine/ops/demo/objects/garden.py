"""Model what stands in a garden."""

import numpy as np

from vitrine.ops.demo.drawing import noise
from vitrine.ops.demo.drawing.cloud import Part
from vitrine.ops.demo.drawing.matter import BRASS, LEAF, OAK, PAPER, WALNUT, Matter, Paint, linear
from vitrine.ops.demo.drawing.shapes import (
    Floats,
    ball,
    curve,
    lathe,
    moved,
    polyline,
    sheet,
    tube,
    turned,
)


def planter(glaze: Matter, leaf: Matter = LEAF) -> list[Part]:
    """An agave in a footed pot."""
    pot = [
        (0, 0.0),
        (0.26, 0),
        (0.26, 0),
        (0.34, 0.2),
        (0.42, 0.5),
        (0.44, 0.56),
        (0.44, 0.56),
        (0.4, 0.565),
    ]
    soil = [(0.395, 0.5), (0.395, 0.5), (0, 0.52)]
    parts = [
        Part(lathe(curve(pot)), glaze),
        Part(lathe(curve(soil)), Matter("#2c2018", rough=1, bump=(40, 0.7))),
    ]
    for k in range(19):
        around = k * 2.39996
        rise = k / 18
        parts.append(
            Part(_blade(around, rise), leaf.but(paint=_variegated(leaf.colour)), thin=True)
        )
    return parts


def _blade(around: float, rise: float) -> Floats:
    long = 0.62 + 0.2 * rise
    steep = 0.35 + 1.05 * rise

    def surface(u: Floats, v: Floats) -> tuple[Floats, Floats, Floats]:
        out = u * long
        width = 0.1 * np.sqrt(np.clip(1 - u, 0, 1)) * (0.6 + 1.4 * u * (1 - u) * 2)
        side = (v - 0.5) * 2 * width
        radius = 0.05 + out * np.cos(steep) + 0.12 * u * u * (1 - rise)
        height = 0.5 + out * np.sin(steep) - 0.3 * u * u * (1 - rise) + 0.5 * np.abs(side) - 0.02
        x = radius * np.cos(around) - side * np.sin(around)
        z = radius * np.sin(around) + side * np.cos(around)
        return x, height, z

    return sheet(surface, 60, 24)


def _variegated(colour: str) -> Paint:
    def paint(at: Floats) -> Floats:
        drift = noise.cloudy(at * 7, seed=71)
        return (linear(colour)[:, None] * (0.55 + 0.9 * drift) + 0.02).astype(np.float32)

    return paint


def parasol(paper: Paint) -> list[Part]:
    """An opened paper parasol resting on its rim."""

    def canopy(u: Floats, v: Floats) -> tuple[Floats, Floats, Floats]:
        angle = v * 2 * np.pi
        radius = 0.72 * u * (1 - 0.025 * np.abs(np.sin(angle * 9)))
        height = 0.3 * (1 - u * u) + 0.012 * np.abs(np.sin(angle * 9)) * u
        return radius * np.cos(angle), height, radius * np.sin(angle)

    skin = PAPER.but(paint=paper, glow=0.05)
    parts = [Part(sheet(canopy, 110, 360), skin, thin=True)]
    parts.append(Part(tube(polyline([(0, -0.85, 0), (0, 0.36, 0)]), 0.02), WALNUT))
    parts.append(Part(moved(ball((0.035, 0.05, 0.035)), 0, 0.36, 0), BRASS))
    for k in range(18):
        a = k * np.pi / 9
        rib = curve(
            [
                (0.02 * np.cos(a), 0.28, 0.02 * np.sin(a)),
                (0.4 * np.cos(a), 0.19, 0.4 * np.sin(a)),
                (0.72 * np.cos(a), -0.015, 0.72 * np.sin(a)),
            ]
        )
        parts.append(Part(tube(rib, 0.006, hint=(0.1, 1, 0.05)), OAK))
    tilted = [turned(part.grid, x=62) for part in parts]
    low = min(float(grid[1].min()) for grid in tilted)
    return [
        Part(moved(g, 0, -low, -0.15), p.matter, p.thin) for g, p in zip(tilted, parts, strict=True)
    ]
