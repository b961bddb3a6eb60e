"""The sound of a clip as numbers, decoded behind the walls of the jail."""

from pathlib import Path

import numpy as np
from django.utils.translation import gettext_noop
from numpy.typing import NDArray

from vitrine.kernel import storage
from vitrine.videos import jail, scratch
from vitrine.videos.models import Clip

Samples = NDArray[np.int16]

SOUND = "sound.raw"
MOST_BYTES = 1 << 28
"""Two hours and more at 16,000 samples a second."""


class Unheard(Exception):
    """The sound can't be decoded, or there is none."""


def samples(clip: Clip, *, rate: int) -> Samples:
    """Return a clip's sound, one channel, from its smallest rendition. Raises: Unheard."""
    rendition = clip.renditions.order_by("size", "pk").first()
    if rendition is None or not clip.has_sound:
        raise Unheard(gettext_noop("This clip has no sound."))
    with scratch.folder() as folder:
        source = folder / "source"
        with source.open("wb") as file:
            for chunk in storage.stream(rendition.key):
                file.write(chunk)
        return _decoded(source, rate=rate, seconds=clip.duration_ms / 1000)


def _decoded(source: Path, *, rate: int, seconds: float) -> Samples:
    limits = jail.Limits(
        wall_seconds=60 + seconds, cpu_seconds=60 + round(seconds), file_bytes=MOST_BYTES
    )
    arguments = [
        *("-loglevel", "error", "-nostats", *jail.source(source.name, max_pixels=1)),
        *("-map", "0:a:0", "-af", "aresample=async=1:first_pts=0", "-ac", "1", "-ar", str(rate)),
        *("-f", "s16le", f"file:{SOUND}"),
    ]
    try:
        ended = jail.run(arguments, folder=source.parent, limits=limits)
    except jail.OutOfBounds as bound:
        raise Unheard(gettext_noop("The sound of this clip takes too long to read.")) from bound
    if ended.status != 0:
        raise Unheard(gettext_noop("The sound of this clip can't be read."))
    return np.fromfile(source.parent / SOUND, dtype="<i2").astype(np.int16, copy=False)
