"""Draw the room around the object: dark wall, polished floor, shadow, beam, dust.

Everything here is soft, so it is drawn on a third of the pixels and enlarged.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from vitrine.ops.demo.drawing.cloud import Cloud
from vitrine.ops.demo.drawing.lens import View
from vitrine.ops.demo.drawing.light import Studio
from vitrine.ops.demo.drawing.matter import linear
from vitrine.ops.demo.drawing.shapes import Floats, rotation, spun

FLOOR_CELLS = 128
FLOOR_HALF = 1.6


@dataclass(frozen=True)
class Room:
    """What the room is like. Colours are of light, linear once read.

    wall: glow behind the object. floor: colour of the stone. pool: light from above on it.
    mirror: how much the floor mirrors. ripple: strength of moving caustics. half: half the
    width of the plinth, or 0 for an endless floor. beam: visible air under the lamp. base: light
    on the floor outside the pool; reach: how wide the pool is.
    """

    wall: str = "#4a3a26"
    deep: str = "#060607"
    floor: str = "#1a1815"
    pool: str = "#ffdda8"
    glow: float = 0.34
    lit: float = 1.0
    mirror: float = 0.4
    ripple: float = 0.0
    half: float = 1.02
    beam: float = 0.06
    dust: int = 26
    shadow: float = 0.8
    base: float = 0.1
    reach: float = 0.85


class Stage:
    """The room seen by one camera after another."""

    def __init__(self, room: Room, studio: Studio, thin: Cloud, *, seed: int) -> None:
        self.room, self.studio, self.thin = room, studio, thin
        rng = np.random.default_rng(seed)
        self.motes = rng.uniform(-1, 1, (4, room.dust)).astype(np.float32)

    def draw(self, view: View, *, share: float, turn: float) -> Floats:
        """Give the light (3, h, w) of the room at a share of the clip."""
        room = self.room
        rays = view.rays()
        wall = self._wall(view, rays, share)
        with np.errstate(divide="ignore"):
            reach = -view.eye[1] / rays[1]
        x = view.eye[0] + rays[0] * reach
        z = view.eye[2] + rays[2] * reach
        below = (reach > 0) & (reach < 60)
        stone = self._floor(np.where(below, x, 0), np.where(below, z, 0), share, turn)
        if room.half:
            outside = np.maximum(np.abs(x), np.abs(z)) - room.half
            on_top = np.clip(0.5 - outside / 0.012, 0, 1) * below
            face = linear(room.floor)[:, None, None] * (0.10 + 0.1 * np.exp(-((x / 0.6) ** 2)))
            drop = np.clip((z - room.half) * 1.3, 0, 1) * below
            beyond = np.where((z > room.half) & below, face * (1 - drop), wall)
            picture = beyond + (stone - beyond) * on_top
        else:
            fade = np.clip(1.25 - np.hypot(x, z + 0.5) / 4.2, 0, 1) * below
            fade = fade * fade * (3 - 2 * fade)
            picture = wall + (stone - wall) * fade
        return np.asarray(picture, np.float32)

    def _wall(self, view: View, rays: Floats, share: float) -> Floats:
        room = self.room
        glow, deep = linear(room.wall)[:, None, None], linear(room.deep)[:, None, None]
        unit = rays / np.sqrt((rays * rays).sum(axis=0))
        side, _, ahead = np.einsum("ij,jhw->ihw", view.axes, unit)
        up = unit[1] + 0.12
        breath = 1 + 0.18 * np.sin(2 * np.pi * (share + 0.1))
        halo = np.exp(-((side / 0.2) ** 2 + (up / 0.24) ** 2)) * room.glow * breath
        wide = np.exp(-((side / 0.5) ** 2 + (up / 0.45) ** 2)) * room.glow * 0.35
        return np.asarray(deep + glow * (halo + wide) * ahead, np.float32)

    def _floor(self, x: Floats, z: Floats, share: float, turn: float) -> Floats:
        room = self.room
        stone, pool = linear(room.floor)[:, None, None], linear(room.pool)[:, None, None]
        drift = 0.16 * np.sin(2 * np.pi * share)
        spot = np.exp(-(((x - drift) / room.reach) ** 2 + ((z - 0.1) / room.reach) ** 2)) * room.lit
        if room.ripple:
            spot = spot * (1 + room.ripple * _caustics(x, z, share))
        dark, touch = self._shadows(share, turn)
        shade = (1 - room.shadow * _read(dark, x, z)) * (1 - 0.8 * _read(touch, x, z))
        return np.asarray(stone * (room.base + 2.2 * pool * spot) * shade, np.float32)

    def _shadows(self, share: float, turn: float) -> tuple[Floats, Floats]:
        """Let points fall on the floor along the strongest light, and straight down."""
        at = spun(rotation(1, turn), self.thin.at)
        frame, _ = self.studio.boxes[0].at(share)
        toward = frame[2]
        lean = np.clip(toward[[0, 2]] / max(float(toward[1]), 0.25), -1.6, 1.6)
        area = self.thin.spacing**2 * (FLOOR_CELLS / (2 * FLOOR_HALF)) ** 2
        low = np.clip(1 - at[1] / 0.5, 0, 1)
        fallen = _cells(at[0] - lean[0] * at[1], at[2] - lean[1] * at[1])
        near = _histogram(fallen, low) * area
        far = _histogram(fallen, 1 - low) * area
        dark = 1 - np.exp(-1.6 * (soft(near, 2.4) + soft(far, 7)))
        touch = 1 - np.exp(
            -2.4 * area * soft(_histogram(_cells(at[0], at[2]), np.exp(-at[1] / 0.09)), 3)
        )
        return dark.astype(np.float32), touch.astype(np.float32)

    def air(self, view: View, *, share: float) -> Floats:
        """Give the light (3, h, w) that the beam and the dust in front add."""
        room = self.room
        pool = linear(room.pool)[:, None, None]
        x = ((np.arange(view.width) - view.middle[0]) / view.width)[None, :]
        y = ((np.arange(view.height) - view.middle[1]) / view.width)[:, None]
        spread = 0.10 + 0.26 * np.clip(y + 0.85, 0, 2)
        sway = 0.04 * np.sin(2 * np.pi * share + 1)
        cone = np.exp(-(((x - sway * (1 + y)) / spread) ** 2)) * np.clip(0.55 - y, 0, 1) ** 1.5
        light = pool * (cone * room.beam)
        for px, py, depth, phase in self.motes.T:
            drift = 0.35 * np.sin(2 * np.pi * share + 7 * phase) * (0.5 + 0.5 * depth)
            mx = view.middle[0] + view.width * (
                px * 0.55 + 0.03 * np.sin(2 * np.pi * share + 9 * phase)
            )
            my = view.height * ((0.5 + 0.5 * py + 0.18 * drift) % 1.0)
            size = view.width * (0.004 + 0.009 * depth * depth)
            twinkle = 0.5 + 0.5 * np.sin(2 * np.pi * (round(3 * abs(phase)) * share + phase))
            reach = int(size * 3) + 2
            rows = slice(max(int(my) - reach, 0), max(int(my) + reach, 0))
            columns = slice(max(int(mx) - reach, 0), max(int(mx) + reach, 0))
            yy = np.arange(view.height)[rows, None] - my
            xx = np.arange(view.width)[None, columns] - mx
            spot = np.exp(-(((xx * xx + yy * yy) / (size * size)) ** 1.5))
            strength = 0.02 + 0.5 * cone[rows, columns]
            light[:, rows, columns] += pool * (spot * strength * twinkle * 0.32)
        return np.asarray(light, np.float32)


def _cells(x: Floats, z: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    scale = FLOOR_CELLS / (2 * FLOOR_HALF)
    column = np.clip((x + FLOOR_HALF) * scale, 0, FLOOR_CELLS - 1).astype(np.int64)
    row = np.clip((z + FLOOR_HALF) * scale, 0, FLOOR_CELLS - 1).astype(np.int64)
    return np.asarray(row * FLOOR_CELLS + column, np.int64)


def _read(grid: Floats, x: Floats, z: Floats) -> Floats:
    """Look a floor grid up between its cells."""
    scale = FLOOR_CELLS / (2 * FLOOR_HALF)
    u = np.clip((x + FLOOR_HALF) * scale - 0.5, 0, FLOOR_CELLS - 1.01)
    v = np.clip((z + FLOOR_HALF) * scale - 0.5, 0, FLOOR_CELLS - 1.01)
    column, row = u.astype(np.int64), v.astype(np.int64)
    a, b = u - column, v - row
    flat, here = grid.ravel(), row * FLOOR_CELLS + column
    above = flat[here] * (1 - a) + flat[here + 1] * a
    below = flat[here + FLOOR_CELLS] * (1 - a) + flat[here + FLOOR_CELLS + 1] * a
    return np.asarray(above * (1 - b) + below * b, np.float32)


def _histogram(cells: np.ndarray[tuple[int, ...], np.dtype[np.int64]], weight: Floats) -> Floats:
    counts = np.bincount(cells, weight, FLOOR_CELLS * FLOOR_CELLS)
    return counts.reshape(FLOOR_CELLS, FLOOR_CELLS).astype(np.float32)


def soft(plane: Floats, radius: float) -> Floats:
    """Blur by shrinking, rounding off and enlarging, which is cheap and wide."""
    height, width = plane.shape
    small = (max(int(width / radius), 2), max(int(height / radius), 2))
    tiny = np.asarray(Image.fromarray(plane).resize(small, Image.Resampling.BILINEAR))
    for axis in (0, 1):
        last = tiny.shape[axis] - 1
        before = np.take(tiny, np.maximum(np.arange(last + 1) - 1, 0), axis=axis)
        after = np.take(tiny, np.minimum(np.arange(last + 1) + 1, last), axis=axis)
        tiny = (before + 2 * tiny + after) / np.float32(4)
    image = Image.fromarray(tiny).resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(image)


def _caustics(x: Floats, z: Floats, share: float) -> Floats:
    """Draw the bright net that light makes through rippled glass, -0.5..about 2."""
    t = 2 * np.pi * share
    u, v = x * 5.2, z * 5.2
    net = np.zeros_like(x)
    for k, (a, b, speed) in enumerate(((1.0, 0.6, 1), (-0.7, 1.1, -1), (0.4, -1.3, 2))):
        warp = np.sin(u * b - v * a + speed * t + k) * 1.1
        net += np.abs(np.sin(u * a + v * b + warp + speed * t * 0.5))
    return np.asarray(2.6 * np.clip(1.25 - net * 0.72, 0, 1) ** 2 - 0.35, np.float32)


def enlarged(picture: Floats, width: int, height: int) -> Floats:
    """Enlarge (3, h, w) smoothly to (height, width, 3)."""
    planes = [
        Image.fromarray(plane).resize((width, height), Image.Resampling.BILINEAR)
        for plane in picture
    ]
    return np.stack([np.asarray(plane) for plane in planes], axis=2)
