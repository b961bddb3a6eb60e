"""Model what one wears."""

import numpy as np

from vitrine.ops.demo.drawing.cloud import Part
from vitrine.ops.demo.drawing.matter import CANVAS, LEATHER, OAK, RUBBER, WALNUT, WOOL, Matter
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


def sneaker(upper: Matter = CANVAS, sole: str = "#efe9dc", trim: Matter = LEATHER) -> list[Part]:
    """A low shoe with a toe cap, laces and a rubber sole."""
    footprint = curve(
        [
            (-0.78, 0),
            (-0.72, 0.21),
            (-0.4, 0.25),
            (0.0, 0.22),
            (0.4, 0.29),
            (0.7, 0.22),
            (0.82, 0.02),
            (0.72, -0.22),
            (0.4, -0.29),
            (0.0, -0.24),
            (-0.4, -0.24),
            (-0.72, -0.19),
        ],
        closed=True,
    )
    base = turned(slab(footprint, 0.17, bevel=0.04), x=90)
    tread = turned(slab(footprint * 1.015, 0.05, bevel=0.012), x=90)
    white = Matter(sole, rough=0.7, bump=(70, 0.08))

    def hull(u: Floats, v: Floats) -> tuple[Floats, Floats, Floats]:
        x = -0.76 + 1.54 * u
        width = np.interp(
            x, [-0.76, -0.7, -0.4, 0, 0.4, 0.66, 0.78], [0.0, 0.17, 0.225, 0.21, 0.27, 0.2, 0.0]
        )
        top = np.interp(
            x,
            [-0.76, -0.7, -0.5, -0.2, 0.05, 0.4, 0.68, 0.78],
            [0.4, 0.5, 0.5, 0.47, 0.4, 0.24, 0.16, 0.03],
        )
        across = np.sin(np.pi * (v - 0.5))
        rise = np.clip(np.cos(np.pi * (v - 0.5)), 0, 1) ** 0.62
        lean = 0.72 + 0.28 * (1 - rise)
        return x, 0.13 + top * rise, width * across * lean

    opening = [
        (-0.62, 0.63, 0),
        (-0.52, 0.625, 0.1),
        (-0.3, 0.605, 0.13),
        (-0.1, 0.575, 0.12),
        (0.02, 0.535, 0),
    ]
    rim = curve(opening + [(x, y, -z) for x, y, z in reversed(opening[1:-1])], closed=True)
    dark = sheet(
        lambda u, v: (
            -0.3 + 0.3 * u * np.cos(v * 6.2832),
            0.605 - 0.15 * (0.3 * u * np.cos(v * 6.2832)),
            0.118 * u * np.sin(v * 6.2832),
        )
    )
    parts = [
        Part(moved(base, 0, 0.11, 0), white),
        Part(moved(tread, 0, 0.025, 0), RUBBER.but(colour="#8a5a33")),
        Part(sheet(hull, 150, 110), upper),
        Part(tube(rim, 0.035, closed=True, hint=(0, 1, 0.1)), trim),
        Part(moved(dark, 0, 0.012, 0), Matter("#14100d", rough=1), thin=True),
    ]
    for k in range(5):
        x = 0.08 + 0.085 * k
        y = float(np.interp(x, [-0.2, 0.05, 0.4, 0.68], [0.47, 0.4, 0.24, 0.16])) + 0.135
        lace = curve(
            [
                (x - 0.03, y - 0.05, 0.11),
                (x, y + 0.012, 0.05),
                (x, y + 0.018, 0),
                (x, y + 0.012, -0.05),
                (x + 0.03, y - 0.06, -0.11),
            ]
        )
        parts.append(Part(tube(lace, 0.017, wide=1.4), Matter("#f2ecdf", rough=1, bump=(150, 0.4))))
    toe = [
        (0.42, 0.2, 0.26),
        (0.6, 0.27, 0.17),
        (0.66, 0.29, 0),
        (0.6, 0.27, -0.17),
        (0.42, 0.2, -0.26),
    ]
    parts.append(Part(tube(curve(toe), 0.014), trim))
    return parts


def scarf(wool: Matter = WOOL) -> list[Part]:
    """A scarf hanging in folds from a wooden peg."""

    def fall(front: float, x0: float, low: float) -> Floats:
        def surface(u: Floats, v: Floats) -> tuple[Floats, Floats, Floats]:
            across = (v - 0.5) * (0.36 + 0.3 * u)
            folds = 0.055 * np.sin(v * 19 + 2 * u) + 0.03 * np.sin(v * 41 - 3 * u)
            top = np.clip(1 - u * 9, 0, 1)
            z = front * (0.05 + 0.055 * np.sqrt(1 - top * top + 1e-6)) + folds * (
                0.45 + 0.75 * u
            ) * (1 - top)
            y = 1.48 + 0.05 * np.sqrt(np.clip(1 - (1 - top) ** 2, 0, 1)) - u * (1.48 - low)
            x = x0 + across + 0.05 * np.sin(u * 3)
            return np.asarray(x), np.asarray(y), np.asarray(z)

        return sheet(surface, 200, 170)

    parts = [
        Part(fall(1.0, 0.02, 0.2), wool, thin=True),
        Part(fall(-1.0, -0.06, 0.42), wool, thin=True),
        Part(
            moved(
                turned(lathe(curve([(0, -0.6), (0.045, -0.6), (0.045, 0.6), (0, 0.6)])), z=90),
                0,
                1.46,
                0,
            ),
            OAK,
        ),
    ]
    for x in (-0.52, 0.52):
        post = curve([(x, 0.03, 0), (x, 0.8, 0), (x, 1.55, 0)])
        parts.append(Part(tube(post, 0.03), OAK))
    parts += [Part(moved(face, 0, 0.03, 0), WALNUT) for face in box((0.64, 0.03, 0.24), 0.015)]
    for k in range(26):
        x = -0.3 + 0.025 * k + 0.05 * np.sin(3)
        z = 0.1 + 0.06 * np.sin((k / 26) * 19 + 2)
        parts.append(Part(tube(polyline([(x, 0.21, z), (x + 0.006, 0.1, z + 0.01)]), 0.009), wool))
    return parts


def hat(felt: Matter = WOOL, band: Matter = LEATHER) -> list[Part]:
    """A felt hat on a turned stand."""
    crown = [
        (0.72, 0.66),
        (0.6, 0.63),
        (0.46, 0.66),
        (0.46, 0.66),
        (0.44, 0.85),
        (0.38, 1.12),
        (0.26, 1.2),
        (0, 1.14),
    ]
    grid = lathe(curve(crown))
    pinch = np.exp(-((grid[2] / 0.16) ** 2)) * np.clip((grid[1] - 0.85) * 3, 0, 1)
    grid[1] -= 0.1 * pinch * np.exp(-((grid[0] / 0.4) ** 2))
    grid[1] += 0.09 * (np.hypot(grid[0], grid[2]) > 0.45) * (grid[2] / 0.72) ** 2
    grid *= np.array([1.04, 1, 0.92], np.float32)[:, None, None]
    ribbon = lathe(curve([(0.468, 0.67), (0.472, 0.68), (0.46, 0.78), (0.452, 0.79)]))
    ribbon *= np.array([1.04, 1, 0.92], np.float32)[:, None, None]
    stand = [
        (0, 0),
        (0.3, 0),
        (0.3, 0.03),
        (0.06, 0.07),
        (0.045, 0.3),
        (0.05, 0.62),
        (0.2, 0.8),
        (0, 0.9),
    ]
    return [Part(grid, felt, thin=True), Part(ribbon, band), Part(lathe(curve(stand)), WALNUT)]
