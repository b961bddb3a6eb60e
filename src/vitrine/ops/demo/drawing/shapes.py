"""Build surfaces as grids of positions: lathe, tube, box, slab, sheet.

A grid is float32 of shape (3, rows, columns) in metres-like units: the object stands on
y = 0, is about 1.6 high and turns about the y axis.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float32]


FINE = 0.014


def curve(points: ArrayLike, *, step: float = FINE, closed: bool = False) -> Floats:
    """Run a Catmull-Rom curve through points and sample it evenly, about every step.

    points: (n, d). Returns (d, m). A point given twice in a row keeps a sharp corner.
    """
    knots = np.asarray(points, np.float64)
    before = knots[-1:] if closed else knots[:1]
    after = knots[:2] if closed else knots[-1:]
    padded = np.concatenate([before, knots, after])
    pieces = []
    t = np.linspace(0, 1, 24, endpoint=False)[:, None]
    for i in range(len(padded) - 3):
        a, b, c, d = padded[i : i + 4]
        if np.allclose(b, c):
            continue
        m = (c - a) / 2 if not np.allclose(a, b) else (c - b)
        n = (d - b) / 2 if not np.allclose(c, d) else (c - b)
        pieces.append(
            (2 * t**3 - 3 * t**2 + 1) * b
            + (t**3 - 2 * t**2 + t) * m
            + (-2 * t**3 + 3 * t**2) * c
            + (t**3 - t**2) * n
        )
    pieces.append(padded[-2:-1])
    dense = np.concatenate(pieces)
    return _evenly(dense, step).T.astype(np.float32)


def polyline(points: ArrayLike, *, step: float = FINE, bevel: float = 0.012) -> Floats:
    """Run straight lines through points with each corner cut by bevel. Returns (d, m)."""
    knots = np.asarray(points, np.float64)
    cut = [knots[0]]
    for before, here, after in zip(knots, knots[1:], knots[2:], strict=False):
        for other in (before, after):
            away = other - here
            length = float(np.linalg.norm(away))
            cut.append(here + away / length * min(bevel, length / 2.01))
    cut.append(knots[-1])
    return _evenly(np.array(cut), step).T.astype(np.float32)


def _evenly(dense: NDArray[np.float64], step: float) -> NDArray[np.float64]:
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(dense, axis=0), axis=1))])
    count = max(int(along[-1] / step) + 1, 4)
    marks = np.union1d(np.linspace(0, along[-1], count), along[:: max(1, len(along) // 9)])
    return np.stack([np.interp(marks, along, column) for column in dense.T], axis=1)


def lathe(
    profile: Floats,
    *,
    flutes: Callable[[Floats, Floats], Floats] | None = None,
    turn: float = 1.0,
) -> Floats:
    """Turn a profile (2, m) of radius and height about the y axis.

    flutes: (angle, height) -> factor on the radius. turn: how much of a full turn.
    """
    radius, height = profile
    columns = int(np.clip(2 * np.pi * radius.max() / FINE, 40, 420)) + 1
    angle = np.linspace(0, 2 * np.pi * turn, columns, dtype=np.float32)[None, :]
    reach = np.broadcast_to(radius[:, None], (len(radius), columns))
    if flutes is not None:
        reach = reach * flutes(angle, height[:, None])
    lifted = np.broadcast_to(height[:, None], reach.shape)
    return np.stack([reach * np.cos(angle), lifted, reach * np.sin(angle)]).astype(np.float32)


def tube(
    path: Floats,
    radius: float | ArrayLike,
    *,
    wide: float = 1.0,
    closed: bool = False,
    hint: tuple[float, float, float] = (0.13, 0.31, 0.94),
) -> Floats:
    """Sweep a round or oval section along a path (3, m), ends closed.

    radius: one, or one for each path point. wide: the section's width over its thickness,
    measured across hint, a direction that the path never follows.
    """
    line = path.T.astype(np.float64)
    along = np.gradient(line, axis=0)
    if closed:
        along[0] = along[-1] = line[1] - line[-2]
    along /= np.linalg.norm(along, axis=1, keepdims=True) + 1e-9
    side = np.cross(along, np.asarray(hint))
    side /= np.linalg.norm(side, axis=1, keepdims=True) + 1e-9
    up = np.cross(side, along)
    thick = np.broadcast_to(np.asarray(radius, np.float64), (len(line),)).copy()
    if not closed:
        line = np.concatenate([line[:1], line, line[-1:]])
        side, up = (np.concatenate([v[:1], v, v[-1:]]) for v in (side, up))
        thick = np.concatenate([[1e-4], thick, [1e-4]])
    around = np.linspace(0, 2 * np.pi, int(np.clip(thick.max() * wide * 450, 14, 120)) + 1)
    cos, sin = (f(around)[None, :, None] for f in (np.cos, np.sin))
    girth = thick[:, None, None]
    grid = line[:, None, :] + girth * (cos * wide * side[:, None, :] + sin * up[:, None, :])
    return np.asarray(np.moveaxis(grid, 2, 0), np.float32)


def box(half: tuple[float, float, float], round_by: float) -> list[Floats]:
    """Make the six faces of a box with rounded edges, standing about the origin."""
    extent = np.asarray(half, np.float64)
    core = extent - round_by
    faces = []
    for axis in range(3):
        a, b = (axis + 1) % 3, (axis + 2) % 3
        spans = [np.linspace(-extent[k], extent[k], int(2 * extent[k] / FINE) + 12) for k in (a, b)]
        u, v = np.meshgrid(*spans, indexing="ij")
        for sign in (-1.0, 1.0):
            outer = np.empty((3, *u.shape))
            outer[axis], outer[a], outer[b] = sign * extent[axis], u, v
            inner = np.clip(outer, -core[:, None, None], core[:, None, None])
            away = outer - inner
            away /= np.linalg.norm(away, axis=0) + 1e-9
            faces.append((inner + round_by * away).astype(np.float32))
    return faces


def slab(outline: Floats, thickness: float, *, bevel: float = 0.03, dome: float = 0.0) -> Floats:
    """Give a star-shaped outline (2, m) in x, y a thickness along z, edges rounded.

    dome: how much further the middle of both faces stands out.
    """
    centre = outline.mean(axis=1, keepdims=True)
    reach = outline - centre
    size = float(np.abs(reach).max())
    quarter = np.linspace(0, np.pi / 2, 7)
    inset = 1 - (bevel / size) * (1 - np.sin(quarter))
    half = thickness / 2
    rise = half - bevel + bevel * np.cos(quarter)
    inward = np.linspace(0, 1, max(int(size / FINE), 8))[:-1]
    scale = np.concatenate([inward * inset[0], inset])
    depth = np.concatenate([half + dome * (1 - inward**2), rise])
    scale, depth = np.concatenate([scale, scale[::-1]]), np.concatenate([depth, -depth[::-1]])
    ring = np.concatenate([reach, reach[:, :1]], axis=1)
    flat = centre[:, :, None] + ring[:, None, :] * scale[None, :, None]
    deep = np.broadcast_to(depth[:, None], flat.shape[1:])
    return np.concatenate([flat, deep[None]]).astype(np.float32)


def sheet(
    surface: Callable[[Floats, Floats], tuple[ArrayLike, ArrayLike, ArrayLike]],
    rows: int = 90,
    columns: int = 90,
) -> Floats:
    """Sample a surface given by u, v in 0..1."""
    u, v = np.meshgrid(
        np.linspace(0, 1, rows, dtype=np.float32),
        np.linspace(0, 1, columns, dtype=np.float32),
        indexing="ij",
    )
    return np.stack([np.broadcast_to(k, u.shape) for k in surface(u, v)]).astype(np.float32)


def ball(radius: float | tuple[float, float, float]) -> Floats:
    """Make a ball or, with three radii, an egg about the origin."""
    size = np.broadcast_to(np.asarray(radius, np.float32), (3,))
    bow = np.linspace(-np.pi / 2, np.pi / 2, max(int(size.max() * 3.2 / FINE), 14))
    unit = lathe(np.stack([np.cos(bow), np.sin(bow)]).astype(np.float32))
    return (unit * size[:, None, None]).astype(np.float32)


def moved(grid: Floats, x: float = 0, y: float = 0, z: float = 0) -> Floats:
    """Shift a grid."""
    return grid + np.asarray([x, y, z], np.float32)[:, None, None]


def turned(grid: Floats, *, x: float = 0, y: float = 0, z: float = 0) -> Floats:
    """Turn a grid about the axes, in degrees: first x, then z, then y."""
    for axis, degrees in ((0, x), (2, z), (1, y)):
        if degrees:
            grid = np.tensordot(rotation(axis, np.radians(degrees)), grid, axes=1)
    return grid.astype(np.float32)


def rotation(axis: int, angle: float) -> Floats:
    """Give the 3 × 3 matrix that turns by angle about one axis."""
    cos, sin = np.cos(angle), np.sin(angle)
    matrix = np.eye(3)
    a, b = (axis + 1) % 3, (axis + 2) % 3
    matrix[a, a] = matrix[b, b] = cos
    matrix[a, b], matrix[b, a] = -sin, sin
    return matrix.astype(np.float32)


def spun(matrix: Floats, at: Floats) -> Floats:
    """Multiply points (3, n) by a 3 × 3 matrix.

    Without BLAS, whose threads spin on products as thin as these and double the bill.
    """
    return np.asarray(np.einsum("ij,jn->in", matrix, at, optimize=False), np.float32)
