"""Model what a jeweller makes."""

import numpy as np

from vitrine.ops.demo.drawing.cloud import Part
from vitrine.ops.demo.drawing.matter import GOLD, LEATHER, STEEL, Matter, Paint, blend, veined
from vitrine.ops.demo.drawing.shapes import (
    Floats,
    ball,
    box,
    curve,
    lathe,
    moved,
    polyline,
    sheet,
    slab,
    tube,
    turned,
)

MARBLE = Matter("#d9d4cb", rough=0.3, coat=0.7, paint=veined("#e4dfd6", "#6d675f"))


def watch(dial: str = "#14263a", case: Matter = STEEL, strap: Matter = LEATHER) -> list[Part]:
    """A watch on a cushion, its dial to the eye."""
    rim = lathe(
        curve(
            [
                (0, -0.1),
                (0.4, -0.1),
                (0.47, -0.06),
                (0.48, 0),
                (0.46, 0.06),
                (0.42, 0.09),
                (0.42, 0.09),
                (0.39, 0.07),
                (0.385, 0.05),
            ]
        )
    )
    face = sheet(
        lambda u, v: (0.39 * u * np.cos(v * 6.2832), 0.05 + 0 * u, 0.39 * u * np.sin(v * 6.2832)),
        80,
        200,
    )
    parts = [Part(rim, case), Part(face, Matter(dial, rough=0.35, coat=0.9, paint=_sunray(dial)))]
    for k in range(12):
        a = k * np.pi / 6
        long = 0.075 if k % 3 == 0 else 0.045
        bars = [moved(face, 0.345 - long, 0.066, 0) for face in box((long, 0.012, 0.012), 0.004)]
        parts += [Part(turned(bar, y=float(np.degrees(a))), GOLD) for bar in bars]
    for angle, long, wide in ((60, 0.2, 0.016), (-62, 0.31, 0.011)):
        hand = slab(
            curve(
                [
                    (-0.06, wide * 0.6),
                    (-0.06, -wide * 0.6),
                    (long * 0.6, -wide),
                    (long, 0),
                    (long * 0.6, wide),
                ],
                closed=True,
                step=0.006,
            ),
            0.01,
            bevel=0.004,
        )
        parts.append(Part(turned(moved(turned(hand, x=90), 0, 0.085, 0), y=angle + 90.0), GOLD))
    parts.append(
        Part(
            turned(tube(polyline([(-0.1, 0.1, 0), (0.33, 0.1, 0)]), 0.005), y=200),
            Matter("#d4552f", rough=0.4),
        )
    )
    parts.append(Part(moved(ball((0.022, 0.02, 0.022)), 0, 0.08, 0), GOLD))
    crown = turned(
        lathe(curve([(0, 0), (0.05, 0), (0.06, 0.02), (0.06, 0.08), (0.045, 0.1), (0, 0.1)])), z=-90
    )
    parts.append(Part(moved(crown, 0.47, 0, 0), case))
    for side in (-1, 1):
        band = curve(
            [
                (0, 0.02, 0.38 * side),
                (0, 0.0, 0.55 * side),
                (0, -0.2, 0.72 * side),
                (0, -0.5, 0.72 * side),
                (0, -0.78, 0.5 * side),
                (0, -0.86, 0.1 * side),
            ]
        )
        taper = np.linspace(0.04, 0.03, band.shape[1])
        parts.append(Part(tube(band, taper, wide=6.2, hint=(0.001, 0.7, 0.7 * side)), strap))
        for x in (-0.27, 0.27):
            lug = curve([(x, 0.02, 0.3 * side), (x, 0.03, 0.42 * side), (x, -0.06, 0.54 * side)])
            parts.append(Part(tube(lug, 0.042), case))
    roll = turned(
        lathe(
            curve(
                [
                    (0, -0.34),
                    (0.5, -0.34),
                    (0.6, -0.26),
                    (0.62, 0),
                    (0.6, 0.26),
                    (0.5, 0.34),
                    (0, 0.34),
                ]
            )
        ),
        z=90,
    )
    pillow = Part(
        moved(roll * np.array([1, 0.62, 0.98], np.float32)[:, None, None], 0, -0.45, 0),
        Matter("#2b2420", rough=1, sheen=0.6, bump=(110, 0.35)),
    )
    leaned = [(turned(part.grid, x=48), part) for part in [*parts, pillow]]
    low = min(float(grid[1].min()) for grid, _ in leaned)
    return [Part(moved(grid, 0, -low, -0.2), part.matter, part.thin) for grid, part in leaned]


def _sunray(colour: str) -> Paint:
    def paint(at: Floats) -> Floats:
        angle = np.arctan2(at[2] + 1e-6, at[0] + 1e-6)
        rays = 0.5 + 0.5 * np.sin(angle * 90)
        return np.asarray(blend(colour, colour, rays) * (0.7 + 0.6 * rays), np.float32)

    return paint


def ring(metal: Matter = GOLD, stone: str = "#1f6f62") -> list[Part]:
    """A ring with a cut stone, standing in a slot of marble."""
    hoop = curve(
        [(0.5 * np.cos(a), 0.85 + 0.5 * np.sin(a), 0) for a in np.linspace(0, 6.2832, 41)[:-1]],
        closed=True,
    )
    thick = 0.05 + 0.02 * np.clip((hoop[1] - 0.85) / 0.5, 0, 1)
    parts = [Part(tube(hoop, thick, wide=1.5, closed=True), metal)]
    parts += [Part(face, Matter(stone, rough=0.02, coat=2.6, glow=0.12)) for face in _facets()]
    for k in range(6):
        a = k * np.pi / 3 + 0.26
        x, z = np.cos(a), np.sin(a)
        claw = curve(
            [
                (0.1 * x, 1.36, 0.1 * z),
                (0.2 * x, 1.46, 0.2 * z),
                (0.255 * x, 1.6, 0.255 * z),
                (0.22 * x, 1.66, 0.22 * z),
            ]
        )
        parts.append(Part(tube(claw, 0.02), metal))
    parts += [Part(moved(face, 0, 0.2, 0), MARBLE) for face in box((0.62, 0.2, 0.4), 0.02)]
    return parts


def _facets() -> list[Floats]:
    """Cut a round brilliant: table, crown and pavilion, each facet flat."""
    sides = 10
    rings = [
        (0.15, 1.72, 0.0),
        (0.255, 1.63, 0.5),
        (0.26, 1.6, 0.5),
        (0.13, 1.46, 0.0),
        (0.005, 1.33, 0.5),
    ]
    faces = []

    def corner(level: int, k: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        radius, height, shift = rings[level]
        a = (k + shift) * 2 * np.pi / sides
        return np.array([radius * np.cos(a), height, radius * np.sin(a)])

    for level in range(len(rings) - 1):
        for k in range(sides):
            lag = 0 if rings[level][2] <= rings[level + 1][2] else 1
            a, b = corner(level, k), corner(level, k + 1)
            c, d = corner(level + 1, k + lag), corner(level + 1, k + lag - 1)
            faces += [_flat(a, b, c), _flat(a, c, d)]
    middle = np.array([0, rings[0][1], 0])
    faces += [_flat(corner(0, k), corner(0, k + 1), middle) for k in range(sides)]
    return [_outward(face) for face in faces]


def _flat(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> Floats:
    u, v = np.meshgrid(np.linspace(0, 1, 6), np.linspace(0, 1, 6), indexing="ij")
    grid = a + (b - a) * u[..., None] + (c - b) * (u * v)[..., None]
    return np.asarray(np.moveaxis(grid, 2, 0), np.float32)


def _outward(face: Floats) -> Floats:
    """Order a flat facet so that its front looks away from the stone's middle."""
    normal = np.cross(face[:, -1, 0] - face[:, 0, 0], face[:, -1, -1] - face[:, -1, 0])
    away = face.mean(axis=(1, 2)) - np.array([0, 1.55, 0])
    return face if float(normal @ away) > 0 else face[:, :, ::-1].copy()
