"""Model what one carries and rides."""

import numpy as np

from vitrine.ops.demo.drawing import noise
from vitrine.ops.demo.drawing.cloud import Part
from vitrine.ops.demo.drawing.matter import (
    BRASS,
    CANVAS,
    DARK_STEEL,
    LEATHER,
    Matter,
    Paint,
    blend,
    striped,
)
from vitrine.ops.demo.drawing.shapes import (
    Floats,
    box,
    curve,
    lathe,
    moved,
    polyline,
    slab,
    tube,
    turned,
)


def backpack(cloth: Matter = CANVAS, strap: Matter = LEATHER) -> list[Part]:
    """A roll-top pack with a pocket and leather straps."""
    body = [moved(face, 0, 0.62, 0) for face in box((0.46, 0.6, 0.27), 0.15)]
    parts = [Part(_slumped(face), cloth) for face in body]
    parts += [Part(moved(face, 0, 0.42, 0.3), cloth) for face in box((0.33, 0.26, 0.08), 0.06)]
    roll = turned(
        lathe(
            curve(
                [
                    (0, -0.46),
                    (0.1, -0.46),
                    (0.12, -0.4),
                    (0.13, 0),
                    (0.12, 0.4),
                    (0.1, 0.46),
                    (0, 0.46),
                ]
            )
        ),
        z=90,
    )
    parts.append(Part(moved(roll, 0, 1.27, 0), cloth))
    for x in (-0.22, 0.22):
        band = curve(
            [(x, 1.2, -0.2), (x, 1.42, -0.02), (x, 1.3, 0.17), (x, 0.98, 0.3), (x, 0.74, 0.33)]
        )
        parts.append(Part(tube(band, 0.012, wide=3.6, hint=(0.05, 0.5, 0.9)), strap))
        buckle = curve(
            [
                (x - 0.06, 0.88, 0.325),
                (x + 0.06, 0.88, 0.325),
                (x + 0.06, 1.0, 0.31),
                (x - 0.06, 1.0, 0.31),
            ],
            closed=True,
        )
        parts.append(Part(tube(buckle, 0.012, closed=True), BRASS))
        back = curve(
            [(x, 1.1, -0.27), (x * 1.4, 0.9, -0.42), (x * 1.5, 0.5, -0.4), (x * 1.3, 0.15, -0.27)]
        )
        parts.append(Part(tube(back, 0.02, wide=3, hint=(0.05, 0.5, 0.9)), strap))
    loop = curve([(-0.1, 1.34, -0.1), (-0.08, 1.5, -0.1), (0.08, 1.5, -0.1), (0.1, 1.34, -0.1)])
    flap = tube(polyline([(-0.3, 0.6, 0.385), (0.3, 0.6, 0.385)]), 0.016, hint=(0, 1, 0))
    return [*parts, Part(tube(loop, 0.022), strap), Part(flap, BRASS)]


def _slumped(grid: Floats) -> Floats:
    """Let cloth sag and crease a little."""
    flat = grid.reshape(3, -1)
    soft = noise.slope(flat * 2.6, seed=81) * 0.045 + noise.slope(flat * 6, seed=82) * 0.012
    return (flat + soft).reshape(grid.shape).astype(np.float32)


def notebook(cover: Matter = LEATHER, band: str = "#c9a04b") -> list[Part]:
    """A bound notebook standing ajar, with a ribbon and an elastic band."""
    pages = box((0.05, 0.66, 0.45), 0.012)
    edges = Matter("#efe6d2", rough=1, paint=striped(["#f2ead8", "#d9cdb4"], axis=0, width=0.006))
    parts = []
    for lean, side in ((13.0, 1), (-13.0, -1)):
        parts += [
            Part(turned(moved(face, side * 0.075, 0.7, 0.47), y=lean), edges) for face in pages
        ]
        board = polyline([(0, 0), (0.98, 0), (0.98, 1.4), (0, 1.4), (0, 0)], bevel=0.06)
        flat = turned(slab(board, 0.034, bevel=0.012), y=-90)
        parts.append(Part(turned(moved(flat, side * 0.145, 0, 0), y=lean), cover))
    spine = lathe(curve([(0, 0), (0.1, 0), (0.13, 0.02), (0.13, 1.38), (0.1, 1.4), (0, 1.4)]))
    parts.append(
        Part(moved(spine * np.array([1.0, 1, 0.3], np.float32)[:, None, None], 0, 0, 0.01), cover)
    )
    ribbon = curve(
        [
            (0.0, 1.38, 0.3),
            (0.02, 1.42, 0.6),
            (0.05, 1.2, 0.95),
            (0.04, 0.9, 1.0),
            (0.07, 0.62, 0.98),
        ]
    )
    parts.append(Part(tube(ribbon, 0.006, wide=5), Matter(band, rough=0.6, sheen=0.5)))
    return [
        Part(moved(turned(part.grid, y=35), -0.22, 0, -0.28), part.matter, part.thin)
        for part in parts
    ]


def deck_paint(ground: str, sun: str, line: str) -> Paint:
    """Paint a rising sun over waves on the underside of a board."""

    def paint(at: Floats) -> Floats:
        x, y = at[0], at[1]
        disc = np.clip((0.2 - np.hypot(x, y - 1.0)) / 0.008, 0, 1)
        tone = blend(ground, sun, disc)
        for k in range(6):
            level = 0.72 - 0.1 * k + 0.03 * np.sin(x * 14 + k * 1.7)
            near = np.clip((0.013 - np.abs(y - level)) / 0.006, 0, 1)
            tone = tone + (blend(line, line, near) - tone) * near
        return tone.astype(np.float32)

    return paint


def skateboard(paint: Paint, wheels: str = "#e9dcc0") -> list[Part]:
    """A board standing on its tail, its painted side to the eye."""
    half = 0.235
    shape = curve(
        [
            (-half, 0.35),
            (-half, 0.8),
            (-half, 1.25),
            (-0.19, 1.47),
            (0, 1.58),
            (0.19, 1.47),
            (half, 1.25),
            (half, 0.8),
            (half, 0.35),
            (0.19, 0.13),
            (0, 0.02),
            (-0.19, 0.13),
        ],
        closed=True,
    )
    board = slab(shape, 0.036, bevel=0.014)
    kick = np.clip(np.abs(board[1] - 0.8) - 0.5, 0, 1)
    board[2] -= 0.85 * kick**1.6
    ply = Matter("#d9b98a", rough=0.4, coat=0.8, paint=paint)
    parts = [Part(board, ply)]
    for y in (0.42, 1.18):
        axle = turned(
            lathe(curve([(0, -0.2), (0.02, -0.2), (0.022, 0), (0.02, 0.2), (0, 0.2)])), z=90
        )
        parts.append(Part(moved(axle, 0, y, 0.12), DARK_STEEL))
        hanger = curve([(-0.13, y, 0.12), (0, y, 0.09), (0.13, y, 0.12)])
        parts.append(Part(tube(hanger, [0.03] * hanger.shape[1]), DARK_STEEL))
        parts += [
            Part(moved(face, 0, y, 0.035), DARK_STEEL) for face in box((0.07, 0.1, 0.022), 0.01)
        ]
        for x in (-0.2, 0.2):
            wheel = lathe(
                curve(
                    [
                        (0, -0.045),
                        (0.06, -0.045),
                        (0.082, -0.02),
                        (0.082, 0.02),
                        (0.06, 0.045),
                        (0, 0.045),
                    ]
                )
            )
            parts.append(
                Part(moved(turned(wheel, z=90), x, y, 0.12), Matter(wheels, rough=0.5, coat=0.4))
            )
    return [
        Part(moved(turned(part.grid, x=-9), 0, 0.03, 0.1), part.matter, part.thin) for part in parts
    ]
