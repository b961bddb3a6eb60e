"""Light the studio: soft boxes on a sphere around the case, kept as small maps.

A map is octahedral: a direction's three shares fold onto a square, so that looking light up
needs no trigonometry and no unit length. Several maps of growing roughness stand in a row.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitrine.ops.demo.drawing.matter import linear
from vitrine.ops.demo.drawing.shapes import Floats, spun

SIDES = (224, 128, 128, 96, 96)
SPREADS = (0.02, 0.1, 0.24, 0.5)
DIFFUSE = len(SIDES) - 1
STARTS = np.concatenate([[0], np.cumsum([side * side for side in SIDES])]).astype(np.int32)


def level_of(rough: float) -> int:
    """Name the map that suits a roughness in 0..1."""
    return int(np.argmin([abs(rough - edge) for edge in (0.0, 0.22, 0.5, 0.85)]))


@dataclass(frozen=True)
class SoftBox:
    """A light far away. around, above: degrees; size: half extents as tangents.

    sweep: degrees that it travels to and fro; breath: share by which its power swings;
    pace: swings a clip; phase: where in the swing it begins, 0..1.
    """

    around: float
    above: float
    size: tuple[float, float]
    colour: str
    power: float
    sweep: float = 0.0
    breath: float = 0.0
    pace: float = 1.0
    phase: float = 0.0

    def at(self, share: float) -> tuple[Floats, Floats]:
        """Give the frame (3, 3: right, up, toward) and light (3,) at a share of the clip."""
        swing = np.sin(2 * np.pi * (self.pace * share + self.phase))
        around = np.radians(self.around + self.sweep * swing)
        above = np.radians(self.above)
        toward = np.array(
            [np.sin(around) * np.cos(above), np.sin(above), np.cos(around) * np.cos(above)]
        )
        right = np.array([np.cos(around), 0, -np.sin(around)])
        frame = np.stack([right, np.cross(toward, right), toward]).astype(np.float32)
        return frame, linear(self.colour) * np.float32(self.power * (1 + self.breath * swing))


@dataclass(frozen=True)
class Studio:
    """All light of a scene. above, below: the glow of the room over and under the horizon."""

    boxes: Sequence[SoftBox]
    above: str = "#34373f"
    below: str = "#17120c"
    haze: float = 1.0

    def maps(self, share: float, turn: Floats, *, sharpest: int = 0) -> Floats:
        """Paint the light at a share of the clip as seen by an object under turn: (3, all).

        sharpest: the first map that anything will look at; those before stay black.
        """
        painted = np.zeros((3, STARTS[-1]), np.float32)
        lamps = [box.at(share) for box in self.boxes]
        over, under = linear(self.above) * self.haze, linear(self.below) * self.haze
        for level, unit in enumerate(DIRECTIONS):
            if level < sharpest:
                continue
            spread = SPREADS[min(level, 3)]
            rise = np.clip(0.5 + unit[1] / (0.3 + 2 * spread if level < DIFFUSE else 2), 0, 1)
            tone = under[:, None] + (over - under)[:, None] * rise
            for box, (frame, light) in zip(self.boxes, lamps, strict=True):
                x, y, z = spun(frame @ turn, unit)
                if level == DIFFUSE:
                    solid = 4 * box.size[0] * box.size[1] / (1 + box.size[0] * box.size[1]) / np.pi
                    wrap = np.clip((z + 0.12) / 1.12, 0, 1)
                    tone = tone + light[:, None] * (solid * wrap)
                else:
                    tone = tone + light[:, None] * _panel(x, y, z, box.size, spread)
            painted[:, STARTS[level] : STARTS[level + 1]] = tone
        return painted


def _panel(x: Floats, y: Floats, z: Floats, size: tuple[float, float], spread: float) -> Floats:
    deep = np.maximum(z, 0.05)
    share = np.ones_like(z)
    for across, half in ((x, size[0]), (y, size[1])):
        soft = spread + 0.25 * half
        edge = np.clip((half + soft / 2 - np.abs(across) / deep) / soft, 0, 1)
        share *= edge * edge * (3 - 2 * edge) * (half / (half + spread * 0.6))
    return np.where(z > 0.05, share, 0).astype(np.float32)


def cells(toward: Floats, level: NDArray[np.int32] | int, jitter: Floats) -> NDArray[np.int32]:
    """Find the map cell of each direction (3, n) of any length; jitter in 0..1 hides the steps."""
    x, y, z = toward
    total = np.abs(x) + np.abs(y) + np.abs(z) + 1e-9
    u, v = x / total, z / total
    under = y < 0
    folded = (1 - np.abs(v)) * np.where(u < 0, -1, 1)
    v = np.where(under, (1 - np.abs(u)) * np.where(v < 0, -1, 1), v)
    u = np.where(under, folded, u)
    side = _SIDES[level]
    last = side - 1
    row = (np.clip(u * 0.5 + 0.5, 0, 1) * (last - 1) + jitter).astype(np.int32)
    column = (np.clip(v * 0.5 + 0.5, 0, 1) * (last - 1) + (jitter * 13 % 1)).astype(np.int32)
    return np.asarray(STARTS[level] + row * side + column, np.int32)


_SIDES = np.array(SIDES, np.int32)


def _unfold(side: int) -> Floats:
    line = np.linspace(-1, 1, side, dtype=np.float32)
    u, v = np.meshgrid(line, line, indexing="ij")
    y = 1 - np.abs(u) - np.abs(v)
    x = np.where(y < 0, (1 - np.abs(v)) * np.where(u < 0, -1, 1), u)
    z = np.where(y < 0, (1 - np.abs(u)) * np.where(v < 0, -1, 1), v)
    unit = np.stack([x, y, z]).reshape(3, -1)
    return np.asarray(unit / np.linalg.norm(unit, axis=0), np.float32)


DIRECTIONS = [_unfold(side) for side in SIDES]
