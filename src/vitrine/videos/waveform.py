"""How loud a clip is, moment by moment, small enough to be drawn in a browser."""

import numpy as np

from vitrine.videos import listening
from vitrine.videos.listening import Samples
from vitrine.videos.models import Clip, Waveform

RATE = 8_000
PEAKS_A_SECOND = 50
LOUDEST = 32_768


def peaks(samples: Samples) -> bytes:
    """Return the loudest sample of each 20 ms: 255 is full scale, on a square root."""
    width = RATE // PEAKS_A_SECOND
    padded = np.pad(samples.astype(np.float32), (0, -len(samples) % width))
    loudest = np.abs(padded).reshape(-1, width).max(axis=1) / LOUDEST
    # Speech is mostly quiet: on a straight scale it would be a thin line.
    return bytes(np.rint(np.sqrt(loudest) * 255).astype(np.uint8))


def draw(clip: Clip) -> None:
    """Read a clip's sound and keep its peaks; none where it can't be read. Safe to run twice."""
    try:
        drawn = peaks(listening.samples(clip, rate=RATE))
    except listening.Unheard:
        drawn = b""
    Waveform.objects.update_or_create(
        clip=clip, defaults={"peaks": drawn[: Waveform._meta.get_field("peaks").max_length]}
    )
