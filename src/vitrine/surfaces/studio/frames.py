"""The reads of the cover chooser: which frames can be chosen."""

from collections.abc import Sequence
from dataclasses import dataclass

from vitrine.videos import covers
from vitrine.videos.models import Clip


@dataclass(frozen=True)
class Frame:
    """One frame of the strip. left: where it begins in the strip, in pixels."""

    at_ms: int
    left: int
    is_chosen: bool


@dataclass(frozen=True)
class Strip:
    """The frames side by side, as one picture. width, height: of one frame."""

    frames: Sequence[Frame]
    width: int
    height: int

    @property
    def whole_width(self) -> int:
        """Return the width of the whole picture."""
        return self.width * len(self.frames)


def of(clip: Clip) -> Strip:
    """Return what a clip's strip shows. Queries: 0."""
    width, height = covers.frame_size(clip)
    frames = [
        Frame(at_ms, place * width, at_ms == clip.cover_ms)
        for place, at_ms in enumerate(covers.moments(clip.duration_ms))
    ]
    return Strip(frames, width, height)
