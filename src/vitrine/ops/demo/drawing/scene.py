"""Compose a picture: room, mirrored object, object, case, glow, grain."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitrine.ops.demo.drawing import lens
from vitrine.ops.demo.drawing.cloud import Part, scatter, split, thinned
from vitrine.ops.demo.drawing.lens import Layer, View
from vitrine.ops.demo.drawing.light import Studio
from vitrine.ops.demo.drawing.matter import BRASS
from vitrine.ops.demo.drawing.shapes import Floats, polyline, rotation, tube
from vitrine.ops.demo.drawing.stage import Room, Stage, enlarged, soft

THIRD = 3
STEPS = 2048
CASE_HEIGHT = 2.7


@dataclass(frozen=True)
class Shot:
    """One moment: where the camera is, how far the object has turned."""

    view: View
    share: float
    turn: float


class Scene:
    """An object in its lit room. A pure function of what it is made from."""

    def __init__(
        self,
        parts: list[Part],
        studio: Studio,
        room: Room,
        *,
        spacing: float,
        seed: int,
        case: bool = True,
    ) -> None:
        self.studio, self.room = studio, room
        cloud = scatter(parts, spacing=spacing)
        self.solid, self.glass = split(cloud)
        self.mirrored = thinned(self.solid, 7)
        self.stage = Stage(room, studio, thinned(cloud, 9), seed=seed)
        sides = _case(room.half) if case and room.half else []
        self.case = [scatter(side, spacing=spacing) for side in sides]
        rng = np.random.default_rng(seed)
        self.grain = (rng.standard_normal(1 << 21) * 1.5).astype(np.float32)

    def picture(self, shot: Shot) -> NDArray[np.uint8]:
        """Draw one picture, (height, width, 3)."""
        view, third = shot.view, shot.view.smaller(THIRD)
        maps = self.studio.maps(shot.share, rotation(1, shot.turn))
        room = self.stage.draw(third, share=shot.share, turn=shot.turn)
        if self.room.mirror:
            self._mirror(room, third, maps, shot.turn)
        layers = self._object(view, maps, shot.turn)
        room += self.stage.air(third, share=shot.share) * 0.75
        bloom = _bloom(layers, third)
        room += bloom
        canvas = enlarged(tone(room), view.width, view.height)
        if self.case:
            world = self.studio.maps(shot.share, np.eye(3, dtype=np.float32), sharpest=1)
            for side in self.case:
                frame = lens.see(side, view, world, turn=0.0)
                if frame is not None:
                    _lay(canvas, frame[0])
        for layer in layers:
            _lay(canvas, layer)
        start = int(shot.share * 7919 * 1009) % (1 << 19)
        canvas += self.grain[start : start + view.width * view.height].reshape(
            view.height, view.width, 1
        )
        return np.clip(canvas, 0, 255).astype(np.uint8)

    def _object(self, view: View, maps: Floats, turn: float) -> list[Layer]:
        layers = []
        depths = None
        seen = lens.see(self.solid, view, maps, turn=turn) if self.solid.at.size else None
        if seen is not None:
            layers.append(seen[0])
            depths = seen[1]
        if self.glass is not None:
            clear = lens.see(self.glass, view, maps, turn=turn, clear=True, hidden_by=depths)
            if clear is not None:
                layers.append(clear[0])
        return layers

    def _mirror(self, room: Floats, third: View, maps: Floats, turn: float) -> None:
        for cloud in (self.mirrored, self.glass and thinned(self.glass, 7)):
            if cloud is None or not cloud.at.size:
                continue
            seen = lens.see(
                cloud, third, maps, turn=turn, flip=True, clear=cloud is not self.mirrored
            )
            if seen is None:
                continue
            layer = seen[0]
            depth = np.arange(layer.cover.shape[0], dtype=np.float32) / third.width
            fade = (self.room.mirror * np.clip(1 - depth * 1.5, 0, 1) ** 1.5)[None, :, None]
            smooth = np.stack([soft(plane, 1.2) for plane in layer.light])
            rays = third.rays()[(slice(None), *layer.window)]
            reach = -third.eye[1] / np.minimum(rays[1], -1e-3)
            x, z = third.eye[0] + rays[0] * reach, third.eye[2] + rays[2] * reach
            inside = np.maximum(np.abs(x), np.abs(z)) < (self.room.half or 99)
            room[(slice(None), *layer.window)] += smooth * fade * inside


def _case(half: float) -> list[list[Part]]:
    """Build the brass frame of the case: rods at the corners and along the plinth.

    Left, right and below apart, since each then covers a small part of the picture.
    """
    thick, flat = 0.0135, (0, 1, 0)
    uprights = [
        [tube(polyline([(x, 0, z), (x, CASE_HEIGHT, z)]), thick) for z in (-half, half)]
        for x in (-half, half)
    ]
    below = [tube(polyline([(-half, -0.1, half), (half, -0.1, half)]), 0.006, hint=flat)]
    for side in (-half, half):
        below.append(tube(polyline([(-half, 0, side), (half, 0, side)]), thick, hint=flat))
        below.append(tube(polyline([(side, 0, -half), (side, 0, half)]), thick, hint=flat))
    return [[Part(rod, BRASS) for rod in rods] for rods in (*uprights, below)]


def _bloom(layers: list[Layer], third: View) -> Floats:
    """Let the brightest light spill over."""
    spill = np.zeros((3, third.height, third.width), np.float32)
    for layer in layers:
        rows, columns = layer.cover.shape[0] // THIRD, layer.cover.shape[1] // THIRD
        cut = layer.light[:, : rows * THIRD, : columns * THIRD]
        small = cut.reshape(3, rows, THIRD, columns, THIRD).mean(axis=(2, 4))
        top, left = layer.top // THIRD, layer.left // THIRD
        window = spill[:, top : top + rows, left : left + columns]
        over = np.clip(1 - 0.8 / (small.mean(axis=0) + 1e-6), 0, 1) * np.minimum(small, 4)
        window += over[:, : window.shape[1], : window.shape[2]]
    if not spill.any():
        return spill
    radius = max(third.width // 34, 2)
    glow = [0.4 * soft(plane, radius / 2) + 0.6 * soft(plane, radius * 1.5) for plane in spill]
    return np.asarray(np.stack(glow) * 0.5, np.float32)


def _lay(canvas: Floats, layer: Layer) -> None:
    """Lay a layer on, where there is any of it."""
    rows, columns = np.nonzero(layer.cover > 0.004)
    if not len(rows):
        return
    cover = layer.cover[rows, columns]
    # Light is toned before it is laid on, so that edges blend as the eye expects.
    shown = tone(layer.light[:, rows, columns] / (cover + np.float32(1e-4))) * cover
    place = (rows + layer.top) * canvas.shape[1] + columns + layer.left
    flat = canvas.reshape(-1, 3)
    flat[place] = flat[place] * (1 - cover)[:, None] + shown.T


def tone(light: Floats) -> Floats:
    """Bend light from 0 to any brightness into 0..255 for the screen, as film does."""
    place = np.sqrt(np.clip(light, 0, 15.9)) * np.float32(STEPS / 4)
    return _CURVE[place.astype(np.int32)]


def _curve() -> Floats:
    x = (np.arange(STEPS, dtype=np.float64) * 4 / STEPS) ** 2 * 0.9
    film = (x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14)
    code = np.where(
        film <= 0.0031308, film * 12.92, 1.055 * np.maximum(film, 1e-9) ** (1 / 2.4) - 0.055
    )
    return (np.clip(code, 0, 1) * 255).astype(np.float32)


_CURVE = _curve()
