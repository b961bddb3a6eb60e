"""Scatter points evenly over surfaces and bake how much sky each one sees."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitrine.ops.demo.drawing import noise
from vitrine.ops.demo.drawing.light import level_of
from vitrine.ops.demo.drawing.matter import Matter, linear
from vitrine.ops.demo.drawing.shapes import Floats, spun

SKY_DIRECTIONS = 44
SKY_CELLS = 150
BRIGHT = 2.0
GLOW_REACH = 0.035


@dataclass(frozen=True)
class Part:
    """A surface and what it is made of. thin: both sides are seen. hollow: only the inside is."""

    grid: Floats
    matter: Matter
    thin: bool = False
    hollow: bool = False


@dataclass(frozen=True)
class Cloud:
    """Points with all that shading needs; arrays are (3, n) or (n,).

    sky, lean: the share of directions that reach the sky, and their mean direction.
    """

    at: Floats
    normal: Floats
    facing: Floats
    colour: Floats
    shine: Floats
    glow: Floats | None
    level: NDArray[np.int32]
    rim: Floats
    sheen: Floats
    glass: Floats
    sky: Floats
    lean: Floats
    spacing: float


def scatter(parts: list[Part], *, spacing: float) -> Cloud:
    """Cover parts with one point per spacing², and bake the sky into them."""
    pieces = [_cover(part, spacing, seed) for seed, part in enumerate(parts)]
    at, normal, colour, shine, glow, scalars = (
        np.ascontiguousarray(np.concatenate([piece[k] for piece in pieces], axis=1))
        for k in range(6)
    )
    _cast_glow(parts, at, normal, colour + shine, glow, opaque=scalars[3] == 0)
    sky, lean = _bake(at, normal, opaque=scalars[3] == 0)
    return Cloud(
        at=at,
        normal=normal,
        facing=np.einsum("ij,ij->j", at, normal),
        colour=colour,
        shine=shine,
        glow=glow if glow.any() else None,
        level=scalars[0].astype(np.int32),
        rim=scalars[1],
        sheen=scalars[2],
        glass=scalars[3],
        sky=sky,
        lean=lean,
        spacing=spacing,
    )


def split(cloud: Cloud) -> tuple[Cloud, Cloud | None]:
    """Part the solid points from those of glass."""
    clear = cloud.glass > 0
    if not clear.any():
        return cloud, None
    return _only(cloud, ~clear), _only(cloud, clear)


def thinned(cloud: Cloud, every: int) -> Cloud:
    """Keep one point in every so many."""
    kept = _only(cloud, slice(None, None, every))
    return Cloud(**{**vars(kept), "spacing": cloud.spacing * every**0.5})


def _only(cloud: Cloud, which: NDArray[np.bool_] | slice) -> Cloud:
    kept: dict[str, Any] = {
        name: value if value is None else np.ascontiguousarray(value[..., which])
        for name, value in vars(cloud).items()
        if name != "spacing"
    }
    return Cloud(**kept, spacing=cloud.spacing)


def _cover(part: Part, spacing: float, seed: int) -> tuple[Floats, ...]:
    grid, matter = part.grid, part.matter
    down, across = np.gradient(grid, axis=1), np.gradient(grid, axis=2)
    normals = np.cross(down, across, axis=0)
    lengths = np.linalg.norm(normals, axis=0)
    weak = lengths < 1e-9
    normals /= lengths + 1e-12
    centre = grid.mean(axis=(1, 2), keepdims=True)
    inward = float(((grid - centre) * normals * lengths).sum()) < 0
    normals *= -1 if inward != part.hollow else 1
    normals[:, weak] = 0
    quads = np.linalg.norm(
        np.cross(grid[:, 1:, 1:] - grid[:, :-1, :-1], grid[:, 1:, :-1] - grid[:, :-1, 1:], axis=0),
        axis=0,
    )
    filled = np.concatenate([[0], np.cumsum(quads.ravel() / 2 / spacing**2)])
    count = int(filled[-1])
    quad = np.searchsorted(filled, np.arange(count) + 0.5, side="right") - 1
    row, column = np.divmod(np.minimum(quad, quads.size - 1), quads.shape[1])
    step = np.arange(count) + seed * 7
    u, v = (step * 0.7548776662466927) % 1, (step * 0.5698402909980532) % 1
    shares = ((1 - u) * (1 - v), (1 - u) * v, u * (1 - v), u * v)
    corners = ((row, column), (row, column + 1), (row + 1, column), (row + 1, column + 1))
    at = sum(w * grid[:, r, c] for w, (r, c) in zip(shares, corners, strict=True))
    normal = sum(w * normals[:, r, c] for w, (r, c) in zip(shares, corners, strict=True))
    at, normal = np.asarray(at, np.float32), np.asarray(normal, np.float32)
    cells, bend = matter.bump
    if bend:
        normal = normal + bend * noise.slope(at * np.float32(cells), seed=seed)
    normal = (normal / (np.linalg.norm(normal, axis=0) + 1e-9)).astype(np.float32)
    if part.thin:
        at = np.concatenate([at + normal * 0.003, at - normal * 0.003], axis=1)
        normal = np.concatenate([normal, -normal], axis=1)
    base = matter.colours(at).astype(np.float32)
    mirrors = 0.045 * (matter.coat or 0.8)
    shine = base * matter.metal + mirrors * (1 - matter.metal)
    level = 0 if matter.coat else level_of(matter.rough)
    rim = 1.0 if matter.metal else 0.6 * matter.coat if matter.coat else 0.3 - 0.2 * matter.rough
    scalars = np.empty((4, at.shape[1]), np.float32)
    for k, value in enumerate((level, rim, matter.sheen * 1.6, matter.glass)):
        scalars[k] = value
    solid = base if matter.glass else base * (1 - matter.metal)
    return (
        at,
        normal,
        solid.astype(np.float32),
        shine.astype(np.float32),
        base * matter.glow,
        scalars,
    )


def _cast_glow(
    parts: list[Part],
    at: Floats,
    normal: Floats,
    colour: Floats,
    glow: Floats,
    *,
    opaque: NDArray[np.bool_],
) -> None:
    """Let what shines brightly light what faces it, in place. Nothing stands in its way."""
    for part in parts:
        if part.matter.glow < BRIGHT:
            continue
        away = part.grid.mean(axis=(1, 2))[:, None] - at
        square = np.einsum("ij,ij->j", away, away) + np.float32(0.01)
        facing = np.clip(np.einsum("ij,ij->j", away, normal) / np.sqrt(square), 0, 1)
        power = np.float32(part.matter.glow * GLOW_REACH) * facing * opaque / square
        glow += np.where(square > 0.03, power, 0) * colour * linear(part.matter.colour)[:, None]


def _bake(at: Floats, normal: Floats, *, opaque: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Look from each of many directions and note which points are seen first."""
    sky = np.zeros(at.shape[1], np.float32)
    lean = np.zeros(at.shape, np.float32)
    middle = at.mean(axis=1, keepdims=True)
    size = 2.02 * float(np.linalg.norm(at - middle, axis=0).max())
    golden = np.pi * (3 - 5**0.5)
    for k in range(SKY_DIRECTIONS):
        y = 1 - 2 * (k + 0.5) / SKY_DIRECTIONS
        ring = (1 - y * y) ** 0.5
        toward = np.array([ring * np.cos(golden * k), y, ring * np.sin(golden * k)], np.float32)
        side = np.cross(toward, [0.31, 0.2, 0.93]).astype(np.float32)
        side /= np.linalg.norm(side)
        up = np.cross(toward, side).astype(np.float32)
        u, v, depth = spun(np.stack([side, up, toward]), at - middle)
        cell = ((u / size + 0.5) * SKY_CELLS).astype(np.int32) * SKY_CELLS
        cell += ((v / size + 0.5) * SKY_CELLS).astype(np.int32)
        nearest = np.full(SKY_CELLS * SKY_CELLS, -9, np.float32)
        np.maximum.at(nearest, cell[opaque], depth[opaque])
        cosine = np.einsum("i,in->n", toward, normal)
        slack = 0.02 + 1.2 * size / SKY_CELLS / np.maximum(cosine, 0.2)
        seen = np.clip(cosine * 5, 0, 1) * (depth > nearest[cell] - slack)
        if y < 0:
            seen *= np.clip(0.25 + at[1] / (-y * 0.9), 0.25, 1)
        sky += seen
        lean += toward[:, None] * seen
    share = np.float32(1 / SKY_DIRECTIONS)
    return np.asarray(sky * share, np.float32), np.ascontiguousarray(lean * share, np.float32)
