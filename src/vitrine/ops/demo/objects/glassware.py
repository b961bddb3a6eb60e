"""Model what is made of glass."""

import numpy as np

from vitrine.ops.demo.drawing.cloud import Part
from vitrine.ops.demo.drawing.matter import BRASS, DARK_STEEL, GLASS, WAX, Matter
from vitrine.ops.demo.drawing.shapes import (
    Floats,
    ball,
    box,
    curve,
    lathe,
    moved,
    polyline,
    slab,
    tube,
    turned,
)

PAPER_LABEL = Matter("#efe2c4", rough=0.9)
FLAME = Matter("#ffb45a", glow=7.0, rough=1)


def lantern(metal: Matter = BRASS) -> list[Part]:
    """A four-sided lantern with a flame behind glass."""
    corners = [(x, z) for x in (-0.36, 0.36) for z in (-0.36, 0.36)]
    posts = [tube(polyline([(x, 0.1, z), (x, 1.08, z)]), 0.026) for x, z in corners]
    parts = [Part(post, metal) for post in posts]
    for y in (0.1, 1.08):
        for side in (-0.36, 0.36):
            parts.append(
                Part(
                    tube(polyline([(-0.36, y, side), (0.36, y, side)]), 0.026, hint=(0, 1, 0)),
                    metal,
                )
            )
            parts.append(
                Part(
                    tube(polyline([(side, y, -0.36), (side, y, 0.36)]), 0.026, hint=(0, 1, 0)),
                    metal,
                )
            )
    parts += [Part(moved(face, 0, 0.05, 0), metal) for face in box((0.44, 0.05, 0.44), 0.02)]
    roof = lathe(
        curve(
            [
                (0.58, 1.1),
                (0.58, 1.1),
                (0.57, 1.13),
                (0.3, 1.28),
                (0.14, 1.4),
                (0.12, 1.46),
                (0, 1.47),
            ]
        )
    )
    ring = curve(
        [(0.11 * np.cos(a), 1.57 + 0.11 * np.sin(a), 0) for a in np.linspace(0, 6.2832, 19)[:-1]],
        closed=True,
    )
    parts += [Part(roof, metal), Part(tube(ring, 0.016, closed=True), metal)]
    for angle in (0, 90, 180, 270):
        pane = moved(slab(_rectangle(0.33, 0.46), 0.01, bevel=0.004), 0, 0.59, 0.36)
        parts.append(Part(turned(pane, y=angle), GLASS))
    return parts + _candle(0.19, 0.1, 0.5)


def _rectangle(x: float, y: float) -> Floats:
    return polyline([(-x, -y), (x, -y), (x, y), (-x, y), (-x, -y)], bevel=0.01)


def _candle(radius: float, low: float, high: float) -> list[Part]:
    side = [(0, low), (radius, low), (radius, low), (radius, high - 0.02), (radius - 0.02, high)]
    pool = [(radius - 0.06, high - 0.03), (0.02, high - 0.035), (0, high - 0.035)]
    flame = [(0.0, 0.0), (0.035, 0.03), (0.042, 0.07), (0.022, 0.15), (0.0, 0.22)]
    return [
        Part(lathe(curve(side + pool)), WAX.but(glow=0.12)),
        Part(
            tube(polyline([(0, high - 0.04, 0), (0.006, high + 0.03, 0)]), 0.008),
            Matter("#1a1512", rough=1),
        ),
        Part(moved(lathe(curve(flame)), 0.004, high + 0.02, 0), FLAME),
    ]


def candle(glass: Matter = GLASS, wax: str = "#efe2c6") -> list[Part]:
    """A candle in a heavy tumbler."""
    outside = [
        (0, 0),
        (0.44, 0),
        (0.44, 0),
        (0.47, 0.03),
        (0.49, 0.2),
        (0.5, 1.1),
        (0.5, 1.1),
        (0.48, 1.11),
    ]
    inside = [(0.46, 1.08), (0.45, 0.2), (0.42, 0.13), (0, 0.12)]
    parts = _candle(0.44, 0.13, 0.72)
    parts[0] = Part(parts[0].grid, WAX.but(colour=wax, glow=0.06))
    return [Part(lathe(curve(outside + inside)), glass), *parts]


def hourglass(metal: Matter = DARK_STEEL, sand: str = "#d9b06a") -> list[Part]:
    """Sand running between two bulbs in a frame."""
    bulb = [(0.03, 0.08), (0.3, 0.14), (0.38, 0.35), (0.28, 0.6), (0.045, 0.78), (0.045, 0.82)]
    mirror = [(r, 1.6 - y) for r, y in reversed(bulb)]
    parts = [Part(lathe(curve(bulb + mirror)), GLASS)]
    heap = [(0, 0.09), (0.28, 0.14), (0.34, 0.26), (0.2, 0.34), (0.0, 0.46)]
    rest = [(0.0, 0.8), (0.035, 0.82), (0.2, 0.97), (0.31, 1.09), (0.15, 1.07), (0.0, 1.03)]
    grains = Matter(sand, rough=1, bump=(120, 0.5))
    parts += [Part(lathe(curve(heap)), grains), Part(lathe(curve(rest)), grains)]
    parts.append(Part(tube(polyline([(0, 0.42, 0), (0, 0.84, 0)]), 0.008), grains))
    for low in (0.0, 1.52):
        disc = curve(
            [
                (0, 0),
                (0.46, 0),
                (0.46, 0),
                (0.48, 0.02),
                (0.48, 0.06),
                (0.46, 0.08),
                (0.46, 0.08),
                (0, 0.08),
            ]
        )
        parts.append(Part(moved(lathe(disc), 0, low, 0), metal))
    for around in (0.3, 2.394, 4.489):
        x, z = 0.42 * np.cos(around), 0.42 * np.sin(around)
        parts.append(Part(tube(polyline([(x, 0.05, z), (x, 1.55, z)]), 0.022), BRASS))
    return parts


def perfume(juice: str = "#c98a3a", cap: Matter = BRASS) -> list[Part]:
    """A heavy flask, half full, with a round stopper."""
    liquid = Matter(juice, rough=0.1, coat=0.7, glow=0.12)
    shell = GLASS.but(glass=0.1)
    parts = [Part(moved(face, 0, 0.52, 0), shell) for face in box((0.46, 0.52, 0.24), 0.07)]
    parts += [Part(moved(face, 0, 0.45, 0), liquid) for face in box((0.385, 0.33, 0.165), 0.05)]
    collar = lathe(
        curve([(0, 1.03), (0.15, 1.03), (0.15, 1.03), (0.15, 1.14), (0.15, 1.14), (0, 1.14)])
    )
    parts += [Part(collar, cap), Part(moved(ball(0.2), 0, 1.32, 0), cap)]
    plate = box((0.2, 0.13, 0.006), 0.004)
    parts += [Part(moved(face, 0, 0.5, 0.245), PAPER_LABEL) for face in plate]
    straw = tube(polyline([(0, 0.14, 0), (0, 1.03, 0)]), 0.014)
    return [*parts, Part(straw, Matter("#f6f2ea", rough=0.4, coat=0.5))]
