"""Model what warms and furnishes a room."""

import numpy as np

from vitrine.ops.demo.drawing import noise
from vitrine.ops.demo.drawing.cloud import Part
from vitrine.ops.demo.drawing.matter import BRASS, OAK, STEEL, WALNUT, Matter, Paint, blend
from vitrine.ops.demo.drawing.shapes import (
    Floats,
    ball,
    box,
    curve,
    lathe,
    moved,
    slab,
    tube,
    turned,
)


def lamp(shade: Matter, metal: Matter = BRASS) -> list[Part]:
    """A table lamp with a dome, lit from within."""
    dome = [
        (0.03, 1.5),
        (0.03, 1.5),
        (0.3, 1.45),
        (0.55, 1.28),
        (0.68, 1.0),
        (0.68, 1.0),
        (0.665, 0.995),
    ]
    under = curve([(0.66, 1.0), (0.66, 1.0), (0.53, 1.24), (0.28, 1.4), (0.02, 1.45)])
    stem = [
        (0, 0),
        (0.36, 0),
        (0.36, 0),
        (0.36, 0.03),
        (0.32, 0.06),
        (0.08, 0.09),
        (0.03, 0.14),
        (0.03, 1.3),
    ]
    knob = [(0.0, 1.56), (0.03, 1.55), (0.03, 1.5)]
    return [
        Part(lathe(curve(dome)), shade),
        Part(lathe(under), Matter("#ffd9a0", rough=1, glow=1.5), hollow=True),
        Part(lathe(curve(stem)), metal),
        Part(lathe(curve(knob)), metal),
        Part(moved(ball(0.15), 0, 1.12, 0), Matter("#fff0d0", glow=9)),
    ]


def kettle(metal: Matter = STEEL, grip: Matter = WALNUT) -> list[Part]:
    """A pouring kettle with a goose neck."""
    body = [
        (0, 0),
        (0.5, 0),
        (0.5, 0),
        (0.53, 0.03),
        (0.52, 0.1),
        (0.4, 0.66),
        (0.38, 0.7),
        (0.38, 0.7),
        (0.36, 0.72),
    ]
    lid = [(0.37, 0.715), (0.36, 0.73), (0.2, 0.77), (0.03, 0.785), (0.03, 0.82)]
    knob = lathe(curve([(0.03, 0.81), (0.075, 0.84), (0.075, 0.9), (0.05, 0.925), (0, 0.93)]))
    neck = curve(
        [
            (0.44, 0.16, 0),
            (0.64, 0.2, 0),
            (0.72, 0.42, 0),
            (0.7, 0.68, 0),
            (0.76, 0.86, 0),
            (0.9, 0.9, 0),
        ]
    )
    grip_path = curve(
        [(-0.4, 0.66, 0), (-0.56, 0.8, 0), (-0.76, 0.78, 0), (-0.82, 0.56, 0), (-0.78, 0.26, 0)]
    )
    arm = curve([(-0.34, 0.62, 0), (-0.42, 0.7, 0), (-0.5, 0.78, 0)])
    return [
        Part(lathe(curve(body)), metal),
        Part(lathe(curve(lid)), metal),
        Part(knob, grip),
        Part(tube(neck, np.linspace(0.075, 0.035, neck.shape[1])), metal),
        Part(tube(grip_path, 0.044, wide=1.3), grip),
        Part(tube(arm, 0.03), metal),
    ]


def damascus() -> Paint:
    """Fold steel until it flows like water."""

    def paint(at: Floats) -> Floats:
        bend = noise.cloudy(at * np.array([[3.0], [5.0], [5.0]], np.float32), octaves=3, seed=41)
        bands = np.sin((at[1] * 34 + bend * 17) * 2)
        return blend("#5c6068", "#d3d6da", 0.5 + 0.5 * bands)

    return paint


def knife(wood: Matter = OAK) -> list[Part]:
    """A cook's knife standing in a block of dark wood."""
    blade = curve(
        [
            (-0.13, 0),
            (-0.13, 0),
            (0.16, 0),
            (0.16, 0),
            (0.15, 0.35),
            (0.1, 0.66),
            (-0.02, 0.9),
            (-0.13, 1.0),
            (-0.13, 1.0),
        ],
        closed=True,
    )
    steel = Matter("#c9ccd2", metal=1, rough=0.16, paint=damascus())
    tilt = {"z": 9.0}
    flat = turned(moved(turned(slab(blade, 0.03, bevel=0.012), z=180), 0, 1.12, 0), **tilt)
    grip = curve([(0, -0.02), (0.07, 0), (0.075, 0.2), (0.06, 0.34), (0.085, 0.46), (0, 0.5)])
    handle = lathe(grip) * np.array([1.15, 1, 0.62], np.float32)[:, None, None]
    collar = lathe(curve([(0, 0), (0.08, 0), (0.08, 0), (0.08, 0.05), (0.08, 0.05), (0, 0.06)]))
    collar = collar * np.array([1.2, 1, 0.7], np.float32)[:, None, None]
    block = [Part(moved(face, 0.04, 0.14, 0), WALNUT) for face in box((0.46, 0.14, 0.3), 0.03)]
    return [
        Part(flat, steel),
        Part(turned(moved(handle, 0, 1.16, 0), **tilt), wood),
        Part(turned(moved(collar, 0, 1.1, 0), **tilt), BRASS),
        *block,
    ]


def stool(wood: Matter = OAK, seat: Matter = OAK) -> list[Part]:
    """A three-legged stool with a dished seat."""
    top = [(0, 0.92), (0.4, 0.92), (0.52, 0.96), (0.55, 1.0), (0.53, 1.04), (0.4, 1.03), (0.0, 1.0)]
    parts = [Part(lathe(curve(top)), seat)]
    for around in (0.5, 2.594, 4.689):
        x, z = np.cos(around), np.sin(around)
        leg = curve([(0.5 * x, 0, 0.5 * z), (0.4 * x, 0.45, 0.4 * z), (0.3 * x, 0.95, 0.3 * z)])
        parts.append(Part(tube(leg, np.linspace(0.036, 0.056, leg.shape[1])), wood))
    ring = curve(
        [(0.42 * np.cos(a), 0.36, 0.42 * np.sin(a)) for a in np.linspace(0, 6.2832, 25)[:-1]],
        closed=True,
    )
    return [*parts, Part(tube(ring, 0.018, closed=True, hint=(0, 1, 0)), BRASS)]
