"""Model what sounds and sees."""

import numpy as np

from vitrine.ops.demo.drawing.cloud import Part
from vitrine.ops.demo.drawing.matter import (
    BRASS,
    DARK_STEEL,
    LEATHER,
    OAK,
    RUBBER,
    STEEL,
    WALNUT,
    Matter,
)
from vitrine.ops.demo.drawing.shapes import (
    Floats,
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


def _circle(radius: float, count: int = 32, *, flat: bool = False) -> Floats:
    ring = [
        (radius * np.cos(a), radius * np.sin(a), 0.0)
        for a in np.linspace(0, 6.2832, count + 1)[:-1]
    ]
    points = [(x, 0.0, y) for x, y, _ in ring] if flat else ring
    return curve(points, closed=True)


def headphones(cup: Matter = DARK_STEEL, pad: Matter = LEATHER) -> list[Part]:
    """Headphones on a wooden stand."""
    bow = curve(
        [
            (-0.48, 0.72, 0),
            (-0.52, 1.05, 0),
            (-0.36, 1.42, 0),
            (0, 1.56, 0),
            (0.36, 1.42, 0),
            (0.52, 1.05, 0),
            (0.48, 0.72, 0),
        ]
    )
    under = curve(
        [(-0.4, 1.28, 0), (-0.26, 1.44, 0), (0, 1.51, 0), (0.26, 1.44, 0), (0.4, 1.28, 0)]
    )
    parts = [
        Part(tube(bow, 0.018, wide=4.2, hint=(0.001, 0.001, 1)), BRASS),
        Part(tube(under, 0.038, wide=2.5, hint=(0.001, 0.001, 1)), pad),
    ]
    for side in (-1, 1):
        shell = lathe(
            curve([(0, 0.13), (0.1, 0.13), (0.25, 0.1), (0.29, 0.02), (0.27, -0.04), (0, -0.04)])
        )
        cushion = lathe(
            curve(
                [
                    (0.13, -0.04),
                    (0.25, -0.04),
                    (0.29, -0.09),
                    (0.24, -0.15),
                    (0.15, -0.13),
                    (0.13, -0.06),
                ]
            )
        )
        accent = tube(_circle(0.2, flat=True), 0.009, closed=True, hint=(0, 1, 0))
        for grid, matter in ((shell, cup), (cushion, pad), (moved(accent, 0, 0.118, 0), BRASS)):
            placed = turned(
                grid * np.array([0.88, 1, 1.12], np.float32)[:, None, None], z=-90.0 * side
            )
            parts.append(Part(moved(placed, 0.47 * side, 0.66, 0), matter))
    parts.append(Part(tube(polyline([(0, 0.03, 0), (0, 1.46, 0)]), 0.05), OAK))
    base = lathe(curve([(0, 0), (0.42, 0), (0.42, 0), (0.42, 0.05), (0.4, 0.07), (0, 0.07)]))
    return [*parts, Part(base, OAK)]


def radio(shell: Matter = WALNUT, cloth: str = "#b9a888") -> list[Part]:
    """A small radio with a round speaker and two knobs."""
    parts = [Part(moved(face, 0, 0.48, 0), shell) for face in box((0.7, 0.42, 0.25), 0.07)]
    mesh = sheet(
        lambda u, v: (
            -0.25 + 0.3 * u * np.cos(v * 6.2832),
            0.48 + 0.3 * u * np.sin(v * 6.2832),
            0.262 + 0 * u,
        )
    )
    parts.append(Part(mesh, Matter(cloth, rough=1, bump=(70, 0.9)), thin=True))
    rim = moved(tube(_circle(0.31), 0.016, closed=True), -0.25, 0.48, 0.262)
    parts.append(Part(rim, BRASS))
    dial = slab(
        polyline(
            [(-0.2, -0.12), (0.2, -0.12), (0.2, 0.12), (-0.2, 0.12), (-0.2, -0.12)], bevel=0.03
        ),
        0.02,
        bevel=0.006,
    )
    parts.append(
        Part(moved(dial, 0.36, 0.64, 0.268), Matter("#f3ddb0", rough=0.3, coat=1, glow=0.55))
    )
    needle = polyline([(0.3, 0.54, 0.29), (0.3, 0.74, 0.29)])
    parts.append(Part(tube(needle, 0.006), Matter("#b23a24", rough=0.5)))
    for x in (0.24, 0.48):
        knob = lathe(
            curve([(0, 0), (0.085, 0), (0.085, 0), (0.08, 0.07), (0.07, 0.085), (0, 0.085)])
        )
        parts.append(Part(moved(turned(knob, x=90), x, 0.3, 0.25), BRASS))
    for x in (-0.5, 0.5):
        foot = lathe(curve([(0, 0), (0.06, 0), (0.05, 0.08), (0, 0.08)]))
        parts.append(Part(moved(foot, x, 0, 0), RUBBER))
    aerial = tube(polyline([(0.58, 0.88, -0.16), (0.72, 1.56, -0.16)]), 0.011)
    grip = curve(
        [
            (-0.52, 0.88, 0),
            (-0.5, 1.02, 0),
            (-0.3, 1.05, 0),
            (0.3, 1.05, 0),
            (0.5, 1.02, 0),
            (0.52, 0.88, 0),
        ]
    )
    return [*parts, Part(aerial, STEEL), Part(tube(grip, 0.024, wide=1.5), LEATHER)]


def camera(shell: Matter = LEATHER, metal: Matter = STEEL) -> list[Part]:
    """A folding-era camera with a big lens."""
    parts = [Part(moved(face, 0, 0.46, 0), shell) for face in box((0.66, 0.34, 0.2), 0.08)]
    parts += [Part(moved(face, 0, 0.86, 0), metal) for face in box((0.64, 0.085, 0.185), 0.05)]
    parts += [Part(moved(face, 0, 0.13, 0), metal) for face in box((0.64, 0.035, 0.19), 0.03)]
    parts += [Part(moved(face, 0, 0.98, 0.0), metal) for face in box((0.17, 0.09, 0.17), 0.05)]
    barrel = [
        (0, 0),
        (0.3, 0),
        (0.3, 0),
        (0.3, 0.1),
        (0.27, 0.12),
        (0.27, 0.22),
        (0.29, 0.24),
        (0.29, 0.32),
        (0.29, 0.32),
        (0.25, 0.33),
        (0.21, 0.25),
    ]
    glass = curve([(0.215, 0.25), (0.19, 0.285), (0.1, 0.315), (0, 0.325)])
    for grid, matter in (
        (lathe(curve(barrel)), DARK_STEEL),
        (lathe(glass), Matter("#1a1330", rough=0.02, coat=4, glow=0.05)),
        (
            moved(tube(_circle(0.285, flat=True), 0.01, closed=True, hint=(0, 1, 0)), 0, 0.1, 0),
            BRASS,
        ),
    ):
        parts.append(Part(moved(turned(grid, x=90), 0, 0.48, 0.18), matter))
    for x, radius, tall in ((-0.45, 0.11, 0.09), (0.4, 0.09, 0.07), (0.56, 0.05, 0.06)):
        dial = lathe(
            curve(
                [
                    (0, 0),
                    (radius, 0),
                    (radius, 0),
                    (radius, tall),
                    (radius * 0.9, tall + 0.012),
                    (0, tall + 0.012),
                ]
            )
        )
        parts.append(Part(moved(dial, x, 0.94, 0), BRASS if x > 0.5 else metal))
    window = slab(
        polyline([(-0.1, -0.05), (0.1, -0.05), (0.1, 0.05), (-0.1, 0.05), (-0.1, -0.05)]),
        0.02,
        bevel=0.006,
    )
    parts.append(Part(moved(window, 0, 1.0, 0.168), Matter("#20262c", rough=0.05, coat=3)))
    return [Part(moved(part.grid, 0, -0.09, 0), part.matter, part.thin) for part in parts]
