"""Model people as small porcelain figures, down to the shoulders."""

from dataclasses import dataclass

import numpy as np

from vitrine.ops.demo.drawing.cloud import Part
from vitrine.ops.demo.drawing.matter import BRASS, Matter
from vitrine.ops.demo.drawing.shapes import Floats, ball, curve, lathe, moved, tube


@dataclass(frozen=True)
class Bust:
    """How somebody looks. hair: short, bob, bun, curls, long, bald or hat. Colours are #rrggbb."""

    skin: str
    hair: str
    hair_colour: str
    coat: str
    has_beard: bool = False
    has_glasses: bool = False


def figure(bust: Bust) -> list[Part]:
    """A head and shoulders, glazed."""
    skin = Matter(bust.skin, rough=0.5, coat=0.5)
    coat = Matter(bust.coat, rough=0.9, sheen=0.4, bump=(60, 0.2))
    body = lathe(
        curve([(0, 0), (0.62, 0), (0.62, 0), (0.6, 0.16), (0.44, 0.38), (0.2, 0.5), (0, 0.52)])
    )
    body = body * np.array([1.12, 1, 0.74], np.float32)[:, None, None]
    collar = [(0.2 * np.cos(a), 0.5, 0.17 * np.sin(a)) for a in np.linspace(0, 6.2832, 21)[:-1]]
    parts = [
        Part(body, coat),
        Part(tube(curve(collar, closed=True), 0.05, closed=True, hint=(0, 1, 0)), coat),
        Part(
            moved(lathe(curve([(0, -0.14), (0.15, -0.14), (0.14, 0.12), (0, 0.14)])), 0, 0.62, 0),
            skin,
        ),
        Part(moved(ball((0.34, 0.42, 0.36)), 0, 1.06, 0), skin),
        Part(moved(ball((0.045, 0.075, 0.07)), 0, 1.03, 0.35), skin),
    ]
    dark = Matter("#17110d", rough=0.1, coat=1.5)
    for x in (-0.13, 0.13):
        parts.append(Part(moved(ball((0.042, 0.05, 0.03)), x, 1.11, 0.335), dark))
        parts.append(Part(moved(ball((0.05, 0.085, 0.05)), x * 2.6, 1.05, 0.0), skin))
        brow = curve([(x - 0.06, 1.215, 0.315), (x, 1.235, 0.315), (x + 0.06, 1.215, 0.31)])
        parts.append(Part(tube(brow, 0.013), Matter(bust.hair_colour, rough=0.9)))
    smile = curve([(-0.085, 0.9, 0.318), (0, 0.878, 0.338), (0.085, 0.9, 0.318)])
    parts.append(Part(tube(smile, 0.014), Matter("#8a4436", rough=0.5, coat=0.4)))
    if bust.has_glasses:
        parts += _glasses()
    if bust.has_beard:
        parts.append(Part(_beard(), Matter(bust.hair_colour, rough=1, sheen=0.4, bump=(34, 0.7))))
    return parts + _hair(bust)


def _hair(bust: Bust) -> list[Part]:
    hair = Matter(bust.hair_colour, rough=0.75, sheen=0.5, coat=0.2, bump=(26, 0.35))
    if bust.hair == "bald":
        return []
    if bust.hair == "hat":
        crown = [(0.56, 1.26), (0.42, 1.25), (0.385, 1.27), (0.36, 1.5), (0.26, 1.58), (0, 1.56)]
        band = [(0.392, 1.28), (0.386, 1.36)]
        return [
            Part(lathe(curve(crown)), Matter("#4a3d2c", rough=1, sheen=0.6), thin=True),
            Part(lathe(curve(band)), BRASS),
        ]
    cap = Part(_cap(0.1 if bust.hair == "short" else 0.0), hair)
    if bust.hair == "bun":
        return [cap, Part(moved(ball(0.17), 0, 1.52, -0.16), hair)]
    if bust.hair == "curls":
        golden = np.pi * (3 - 5**0.5)
        curls = []
        for k in range(46):
            y = 1 - 1.25 * (k + 0.5) / 46
            ring = (1 - y * y) ** 0.5
            x, z = 0.37 * ring * np.cos(golden * k), 0.39 * ring * np.sin(golden * k) - 0.04
            if z < 0.2 or y > 0.62:
                curls.append(Part(moved(ball(0.1), x, 1.1 + 0.45 * y, z), hair))
        return curls
    if bust.hair in ("bob", "long"):
        low = 0.72 if bust.hair == "bob" else 0.34
        locks = []
        for a in np.linspace(-0.42, np.pi + 0.42, 15):
            x, z = 0.385 * np.cos(a), -0.36 * np.sin(a) - 0.02
            lock = curve([(x * 0.8, 1.36, z * 0.8), (x, 1.1, z), (x * 1.06, low, z * 1.04)])
            locks.append(Part(tube(lock, np.linspace(0.09, 0.075, lock.shape[1])), hair))
        return [cap, *locks]
    return [cap]


def _cap(lift: float) -> Floats:
    """Cover the skull, higher over the brow than at the nape."""
    shell = ball((0.375, 0.45, 0.4))
    front = np.clip(shell[2] / 0.4, -1, 1)
    line = 0.02 + lift + 0.16 * np.clip(front, 0, 1) - 0.2 * np.clip(-front, 0, 1)
    shell[1] = np.maximum(shell[1], line)
    return moved(shell, 0, 1.07, -0.02)


def _beard() -> Floats:
    shell = ball((0.33, 0.36, 0.34))
    shell[1] = np.minimum(shell[1], -0.05 - 0.1 * np.clip(1 - np.abs(shell[0]) / 0.16, 0, 1))
    return moved(shell, 0, 1.02, 0.035)


def _glasses() -> list[Part]:
    around = np.linspace(0, 6.2832, 25)[:-1]
    rims = []
    for x in (-0.14, 0.14):
        ring = [(x + 0.1 * np.cos(a), 1.11 + 0.1 * np.sin(a), 0.365) for a in around]
        rims.append(Part(tube(curve(ring, closed=True), 0.012, closed=True), BRASS))
    bridge = curve([(-0.04, 1.12, 0.37), (0, 1.135, 0.378), (0.04, 1.12, 0.37)])
    return [*rims, Part(tube(bridge, 0.011), BRASS)]
