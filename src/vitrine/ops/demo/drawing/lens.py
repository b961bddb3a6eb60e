"""See a cloud of points through a camera: project, hide, shade, spread over pixels."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from vitrine.ops.demo.drawing import light
from vitrine.ops.demo.drawing.cloud import Cloud
from vitrine.ops.demo.drawing.shapes import Floats, rotation, spun

Places: TypeAlias = NDArray[np.intp]

BATCH = 12_288
JITTER = np.random.default_rng(7).random(1 << 21, dtype=np.float32)


@dataclass(frozen=True)
class View:
    """A camera. axes: rows right, down, forward; focal in pixels; middle: x, y in pixels."""

    eye: Floats
    axes: Floats
    focal: float
    middle: tuple[float, float]
    width: int
    height: int

    @classmethod
    def of(
        cls,
        *,
        width: int,
        height: int,
        distance: float,
        around: float,
        above: float,
        target: float,
        wide: float,
        middle: float = 0.5,
    ) -> "View":
        """Stand at a distance and at angles in degrees, looking at target's height.

        wide: how much space fits across the picture at the target. middle: where down the
        picture the target lies.
        """
        a, e = np.radians(around), np.radians(above)
        away = np.array([np.sin(a) * np.cos(e), np.sin(e), np.cos(a) * np.cos(e)])
        right = np.array([np.cos(a), 0, -np.sin(a)])
        axes = np.stack([right, np.cross(right, -away) * -1, -away]).astype(np.float32)
        if axes[1][1] > 0:
            axes[1] *= -1
        eye = away * distance + np.array([0, target, 0])
        return cls(
            eye.astype(np.float32),
            axes,
            width * distance / wide,
            (width / 2, height * middle),
            width,
            height,
        )

    def smaller(self, times: int) -> "View":
        """Give the same view on fewer pixels."""
        return View(
            self.eye,
            self.axes,
            self.focal / times,
            (self.middle[0] / times, self.middle[1] / times),
            -(-self.width // times),
            -(-self.height // times),
        )

    def rays(self) -> Floats:
        """Give the direction through each pixel, (3, height, width), forward share 1."""
        x = (np.arange(self.width, dtype=np.float32) + 0.5 - self.middle[0]) / self.focal
        y = (np.arange(self.height, dtype=np.float32) + 0.5 - self.middle[1]) / self.focal
        right, down, forward = self.axes[:, :, None, None]
        return np.asarray(right * x[None, None, :] + down * y[None, :, None] + forward, np.float32)


@dataclass(frozen=True)
class Layer:
    """Light (3, h, w), already times cover (h, w), of a part of the picture at top, left."""

    light: Floats
    cover: Floats
    top: int
    left: int

    @property
    def window(self) -> tuple[slice, slice]:
        """Give the rows and columns of the picture that it lies on."""
        height, width = self.cover.shape
        return slice(self.top, self.top + height), slice(self.left, self.left + width)


def see(
    cloud: Cloud,
    view: View,
    maps: Floats,
    *,
    turn: float,
    flip: bool = False,
    clear: bool = False,
    hidden_by: Floats | None = None,
) -> tuple[Layer, Floats] | None:
    """Draw a cloud turned by an angle, and give its depths.

    maps: of Studio.maps under the same turn. flip: mirrored in the floor. clear: glass.
    hidden_by: depths, as given, of what stands in front. Returns None when nothing shows.
    """
    matrix = rotation(1, turn)
    stand = np.array([1, -1 if flip else 1, 1], np.float32)
    eye = matrix.T @ (view.eye * stand)
    toward_eye = np.einsum("i,in->n", eye, cloud.normal) - cloud.facing
    front = np.flatnonzero(toward_eye > 0)
    at = cloud.at.take(front, axis=1)
    x, y, depth = spun(view.axes @ matrix * stand, at) - (view.axes @ view.eye)[:, None]
    scale = np.float32(view.focal) / depth
    x = x * scale + np.float32(view.middle[0] - 0.5)
    y = y * scale + np.float32(view.middle[1] - 0.5)
    inside = (x > 1) & (x < view.width - 2.1) & (y > 1) & (y < view.height - 2.1)
    if not inside.any():
        return None
    # Depths are kept for cells of 2 × 2 pixels: no gap between points lets the back through.
    across, down = view.width // 2 + 1, view.height // 2 + 1
    cell = np.where(inside, (y * 0.5).astype(np.int64) * across + (x * 0.5).astype(np.int64), 0)
    depth[~inside] = 98
    nearest = np.full(across * down, 99, np.float32)
    np.minimum.at(nearest, cell, depth)
    _close(nearest.reshape(down, across))
    limit = nearest if not clear else np.full_like(nearest, 97)
    if hidden_by is not None:
        limit = np.minimum(limit, hidden_by.ravel())
    # A steep surface falls away within one cell, and may be as much deeper.
    slack = 0.008 + 2 * depth / (scale * np.maximum(toward_eye[front], 0.16 * depth))
    shown = np.flatnonzero(inside & (depth <= limit[cell] + slack))
    if not len(shown):
        return None
    chosen = front[shown]
    toward = eye[:, None] - at[:, shown]
    toward /= np.sqrt(np.einsum("ij,ij->j", toward, toward))
    colour = np.empty((4 if clear else 3, len(chosen)), np.float32)
    for start in range(0, len(chosen), BATCH):
        batch = slice(start, start + BATCH)
        some = chosen[batch]
        here = cloud.at.take(some, axis=1)
        toward = eye[:, None] - here
        toward /= np.sqrt(np.einsum("ij,ij->j", toward, toward))
        colour[:, batch] = (shade_glass if clear else shade)(cloud, some, here, toward, maps)
    pitch = cloud.spacing * float(np.median(scale[shown]))
    layer = spread(x[shown], y[shown], colour, pitch)
    return layer, nearest.reshape(down, across)


def _close(depths: Floats) -> None:
    """Fill single gaps, in place: a cell is no deeper than both of two opposite neighbours."""
    sideways = np.maximum(depths[1:-1, :-2], depths[1:-1, 2:])
    upright = np.maximum(depths[:-2, 1:-1], depths[2:, 1:-1])
    depths[1:-1, 1:-1] = np.minimum(depths[1:-1, 1:-1], np.minimum(sideways, upright))


def shade(cloud: Cloud, chosen: Places, at: Floats, toward: Floats, maps: Floats) -> Floats:
    """Give the light (3, n) that solid points send toward the eye."""
    normal, lean = cloud.normal.take(chosen, axis=1), cloud.lean.take(chosen, axis=1)
    sky, shine, jitter = (
        cloud.sky.take(chosen),
        cloud.shine.take(chosen, axis=1),
        JITTER.take(chosen),
    )
    cosine = np.clip(np.einsum("ij,ij->j", normal, toward), 0.02, 1)
    mirror = 2 * cosine * normal - toward + 0.22 * at
    flat = maps.take(
        light.cells(normal * 0.25 + lean * 1.6 + 0.05 * at, light.DIFFUSE, jitter), axis=1
    )
    gloss = maps.take(light.cells(mirror, cloud.level.take(chosen), jitter), axis=1)
    along = np.einsum("ij,ij->j", normal, mirror)
    open_sky = sky + 3 * np.einsum("ij,ij->j", lean, mirror)
    open_sky = np.clip(open_sky / (0.42 + 0.7 * np.maximum(along, 0)), 0.06, 1)
    graze = 1 - cosine
    edge = graze * graze
    seen = np.clip(2.05 * sky, 0, 1.05) * (1 + cloud.sheen.take(chosen) * edge)
    edge *= edge * graze
    fresnel = shine + np.maximum(cloud.rim.take(chosen) - shine, 0) * edge
    out = cloud.colour.take(chosen, axis=1) * flat * seen + fresnel * gloss * open_sky
    if cloud.glow is not None:
        out += cloud.glow.take(chosen, axis=1)
    return np.asarray(out, np.float32)


def shade_glass(cloud: Cloud, chosen: Places, at: Floats, toward: Floats, maps: Floats) -> Floats:
    """Give the light that a glass wall mirrors and bends, and as a fourth row how much it hides."""
    normal, jitter = cloud.normal.take(chosen, axis=1), JITTER.take(chosen)
    tint, thick = cloud.colour.take(chosen, axis=1), cloud.glass.take(chosen)
    cosine = np.clip(np.einsum("ij,ij->j", normal, toward), 0.02, 1)
    mirror = 2 * cosine * normal - toward + 0.2 * at
    gloss = maps.take(light.cells(mirror, 0, jitter), axis=1)
    bent = maps.take(
        light.cells(-toward - normal * (1.1 - 0.6 * cosine) + 0.3 * at, 1, jitter), axis=1
    )
    edge = (1 - cosine) ** 2
    fresnel = 0.07 + 0.93 * edge * edge
    body = np.clip(thick / (cosine + 0.08), 0, 0.85)
    inner = maps.take(light.cells(normal * 0.6 - toward, light.DIFFUSE, jitter), axis=1)
    out = gloss * fresnel * 1.25 + tint * (bent * (body + 0.35 * edge) + inner * body * 0.9)
    if cloud.glow is not None:
        out += cloud.glow.take(chosen, axis=1)
    hides = np.clip(body * 0.75 + fresnel * 0.6, 0, 0.95)
    return np.concatenate([out, hides[None]])


def spread(x: Floats, y: Floats, colour: Floats, pitch: float) -> Layer:
    """Share each point's light among the four pixels around it.

    colour: (3, n), or (4, n) with what it hides. pitch: pixels from one point to the next.
    """
    left, top = int(x.min()) - 1, int(y.min()) - 1
    width, height = int(x.max()) - left + 3, int(y.max()) - top + 3
    column, row = np.floor(x), np.floor(y)
    u, v = x - column, y - row
    corner = (row - top).astype(np.int64) * width + (column - left).astype(np.int64)
    kinds = len(colour)
    sums = np.zeros((kinds + 1, height * width), np.float32)
    shares = ((1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v)
    for step, weight in zip((0, 1, width, width + 1), shares, strict=True):
        place = corner + step
        np.add.at(sums[kinds], place, weight)
        for k in range(kinds):
            np.add.at(sums[k], place, weight * colour[k])
    grid = sums.reshape(-1, height, width)
    near = grid[:, 1:-1, :-2] + grid[:, 1:-1, 2:] + grid[:, :-2, 1:-1] + grid[:, 2:, 1:-1]
    grid[:, 1:-1, 1:-1] += np.float32(0.15) * near
    filled = np.clip(grid[kinds] * np.float32(pitch * pitch * 2), 0, 1)
    mean = grid[:kinds] * (filled / (grid[kinds] + np.float32(1e-6)))
    return Layer(mean[:3], mean[3] if kinds == 4 else filled, top, left)
