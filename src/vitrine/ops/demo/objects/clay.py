"""Model what a potter makes."""

import numpy as np

from vitrine.ops.demo.drawing import noise
from vitrine.ops.demo.drawing.cloud import Part
from vitrine.ops.demo.drawing.matter import (
    BRASS,
    LEAF,
    OAK,
    PORCELAIN,
    STONEWARE,
    Matter,
    Paint,
    blend,
)
from vitrine.ops.demo.drawing.shapes import Floats, ball, curve, lathe, moved, sheet, tube, turned


def moon_vase(glaze: Matter = PORCELAIN, handle: Matter = BRASS) -> list[Part]:
    """A full round jar with one small metal handle."""
    outline = [(0, 0), (0.26, 0), (0.26, 0), (0.31, 0.03), (0.54, 0.32), (0.62, 0.67), (0.52, 1.03)]
    neck = [
        (0.29, 1.22),
        (0.225, 1.29),
        (0.24, 1.36),
        (0.24, 1.36),
        (0.215, 1.365),
        (0.19, 1.29),
        (0.24, 1.18),
    ]
    ear = curve([(0.2, 1.24, 0), (0.4, 1.35, 0), (0.6, 1.26, 0), (0.67, 1.08, 0), (0.59, 0.88, 0)])
    return [Part(lathe(curve(outline + neck)), glaze), Part(tube(ear, 0.036, wide=1.5), handle)]


def fluted_vase(glaze: Matter, stems: Matter = LEAF) -> list[Part]:
    """A tall vase with twisting flutes and three dry stems."""
    outline = [(0, 0), (0.3, 0), (0.3, 0), (0.33, 0.02), (0.36, 0.2), (0.42, 0.5), (0.36, 0.8)]
    neck = [(0.2, 1.02), (0.17, 1.12), (0.23, 1.22), (0.23, 1.22), (0.205, 1.222), (0.14, 1.1)]

    def flutes(angle: Floats, height: Floats) -> Floats:
        fade = np.clip((1.16 - height) * 4, 0, 1)
        ridge = np.abs(np.sin(7 * angle + 2.4 * height))
        return np.asarray(1 + fade * (0.055 * ridge - 0.03), np.float32)

    parts = [Part(lathe(curve(outline + neck), flutes=flutes), glaze)]
    for around, lean, tall in ((0.4, 0.16, 1.72), (2.4, 0.24, 1.6), (4.4, 0.2, 1.66)):
        x, z = np.cos(around), np.sin(around)
        path = [
            (0.05 * x, 0.9, 0.05 * z),
            (0.1 * x, 1.25, 0.1 * z),
            (lean * x, tall - 0.1, lean * z),
        ]
        parts.append(Part(tube(curve(path), 0.011), stems))
        for k in range(9):
            share = 0.42 + 0.065 * k
            base = (
                np.array(path[1]) * (1 - share)
                + np.array([lean * x * 1.5, tall, lean * z * 1.5]) * share
            )
            out = around + (1.3 if k % 2 else -1.3) + 0.2 * k
            drop = ball((0.026, 0.055, 0.026))
            drop = turned(drop, z=-48, y=-float(np.degrees(out)))
            reach = 0.05
            parts.append(
                Part(
                    moved(
                        drop, base[0] + reach * np.cos(out), base[1], base[2] + reach * np.sin(out)
                    ),
                    stems,
                )
            )
    return parts


def mug(glaze: Matter, foot: Matter = STONEWARE) -> list[Part]:
    """A wide mug with a raw foot, coffee inside."""
    foot_ring = curve(
        [(0, 0), (0.38, 0), (0.38, 0), (0.41, 0.03), (0.42, 0.1), (0.42, 0.1), (0.3, 0.1)]
    )
    wall = [
        (0.41, 0.1),
        (0.41, 0.1),
        (0.45, 0.2),
        (0.47, 0.5),
        (0.47, 0.98),
        (0.455, 1.0),
        (0.44, 0.98),
    ]
    inside = [(0.435, 0.5), (0.4, 0.3), (0.4, 0.3), (0, 0.28)]
    ear = curve(
        [
            (0.44, 0.86, 0),
            (0.62, 0.9, 0),
            (0.78, 0.76, 0),
            (0.78, 0.52, 0),
            (0.64, 0.32, 0),
            (0.43, 0.3, 0),
        ]
    )
    coffee = sheet(
        lambda u, v: (0.437 * u * np.cos(v * 6.2832), 0.82, 0.437 * u * np.sin(v * 6.2832))
    )
    return [
        Part(lathe(foot_ring), foot),
        Part(lathe(curve(wall + inside)), glaze),
        Part(tube(ear, 0.048, wide=1.35), glaze),
        Part(coffee, Matter("#2a1408", rough=0.1, coat=1.2)),
    ]


def teapot(glaze: Matter, handle: Matter = OAK) -> list[Part]:
    """A low teapot with a bail handle over it."""
    belly = [
        (0, 0),
        (0.3, 0),
        (0.3, 0),
        (0.35, 0.02),
        (0.56, 0.25),
        (0.6, 0.42),
        (0.5, 0.66),
        (0.24, 0.78),
    ]
    lid = [(0.25, 0.785), (0.25, 0.785), (0.24, 0.81), (0.1, 0.86), (0.04, 0.875), (0.035, 0.9)]
    knob = [(0.07, 0.94), (0.065, 0.985), (0.0, 1.0)]
    spout = curve([(0.46, 0.3, 0), (0.66, 0.4, 0), (0.76, 0.58, 0), (0.86, 0.78, 0)])
    bail = curve(
        [
            (-0.4, 0.7, 0),
            (-0.45, 1.0, 0),
            (-0.3, 1.3, 0),
            (0, 1.42, 0),
            (0.3, 1.3, 0),
            (0.45, 1.0, 0),
            (0.4, 0.7, 0),
        ]
    )
    ends = [
        Part(
            moved(
                turned(lathe(curve([(0.045, -0.05), (0.05, 0), (0.02, 0.05)])), x=90), x, 0.72, 0
            ),
            BRASS,
        )
        for x in (-0.42, 0.42)
    ]
    taper = np.linspace(0.13, 0.055, spout.shape[1])
    return [
        Part(lathe(curve(belly)), glaze),
        Part(lathe(curve(lid + knob)), glaze),
        Part(tube(spout, taper), glaze),
        Part(tube(bail, 0.028, wide=1.5), handle),
        *ends,
    ]


def kintsugi(ground: str, seam: str = "#e8b64c") -> Paint:
    """Break a glaze along wandering lines and mend them with gold."""

    def paint(at: Floats) -> Floats:
        bent = at + 0.12 * (noise.slope(at * 2.2, seed=61))
        lines = [
            (0.9, 0.35, 0.3, 0.21),
            (-0.3, 0.8, 0.7, 0.42),
            (0.45, 0.5, -0.85, 0.09),
            (-0.8, 0.6, -0.3, 0.3),
        ]
        share = np.zeros(at.shape[1], np.float32)
        for a, b, c, offset in lines:
            gap = np.abs(a * bent[0] + b * bent[1] + c * bent[2] - offset)
            share = np.maximum(share, np.clip((0.014 - gap) / 0.006, 0, 1))
        drift = 0.85 + 0.3 * noise.cloudy(at * 4, seed=62)
        return (blend(ground, seam, share) * (share + (1 - share) * drift)).astype(np.float32)

    return paint


def bowl(glaze: Matter) -> list[Part]:
    """A wide bowl leaning toward the eye on a small foot."""
    outside = [
        (0, 0),
        (0.2, 0),
        (0.2, 0),
        (0.21, 0.07),
        (0.21, 0.07),
        (0.42, 0.18),
        (0.62, 0.4),
        (0.71, 0.66),
    ]
    inside = [(0.715, 0.675), (0.695, 0.675), (0.6, 0.42), (0.4, 0.22), (0.15, 0.15), (0, 0.145)]
    tilted = turned(lathe(curve(outside + inside)), x=17)
    low = float(tilted[1].min())
    return [Part(moved(tilted, 0, 0.16 - low, 0), glaze), *_stand()]


def _stand() -> list[Part]:
    feet = []
    for around in (0.5, 2.6, 4.7):
        x, z = np.cos(around), np.sin(around)
        path = curve(
            [(0.36 * x, 0, 0.36 * z), (0.3 * x, 0.12, 0.3 * z), (0.22 * x, 0.22, 0.22 * z)]
        )
        feet.append(Part(tube(path, 0.016), BRASS))
    ring = curve(
        [(0.25 * np.cos(a), 0.17, 0.25 * np.sin(a)) for a in np.linspace(0, 6.2832, 25)[:-1]],
        closed=True,
    )
    return [*feet, Part(tube(ring, 0.014, closed=True, hint=(0, 1, 0)), BRASS)]
