"""What a file's packets say about time, whatever its header says.

Pure: it reads what ffmpeg's ``framecrc`` printed, one line a packet, and computes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

MAX_RATE = Fraction(60)
USUAL_RATES = [
    *(Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(30)),
    *(Fraction(15), Fraction(50), Fraction(60000, 1001), Fraction(60)),
]
NOT_SHOWN = 0x2 | 0x4
"""Flags of a packet that is cut off (corrupt), or only feeds the decoder (discard)."""
NO_TIME = -(1 << 63)
EDIT_SECONDS = 0.2


@dataclass
class Stream:
    """One stream's packets, in seconds. times: when each is shown, sorted. end: of the last."""

    kind: str = ""
    base: Fraction = Fraction(1)
    times: list[float] = field(default_factory=list)
    end: float = 0.0


def read(printed: bytes) -> list[Stream]:
    """Return the streams of a ``framecrc``, in their order.

    Its lines: "#tb 0: 1/600", "#media_type 0: video", and a packet as
    "stream, dts, pts, duration, size, checksum[, F=flags][, S=side data]".
    """
    streams: dict[int, Stream] = {}
    for line in printed.decode("ascii", "replace").splitlines():
        if line.startswith("#"):
            name, _, value = line[1:].partition(": ")
            kind, _, number = name.partition(" ")
            if kind == "tb":
                streams[int(number)] = Stream(base=Fraction(value))
            elif kind == "media_type":
                streams[int(number)].kind = value
            continue
        fields = [word.strip() for word in line.split(",")]
        flags = next((word[2:] for word in fields[6:] if word.startswith("F=")), "0x1")
        pts, duration = int(fields[2]), int(fields[3])
        if pts == NO_TIME or int(flags, 16) & NOT_SHOWN:
            continue
        stream = streams[int(fields[0])]
        stream.times.append(float(pts * stream.base))
        stream.end = max(stream.end, float((pts + duration) * stream.base))
    for stream in streams.values():
        stream.times.sort()
    return [stream for _, stream in sorted(streams.items())]


def shown_seconds(picture: Stream, others: Sequence[Stream], *, declared: float | None) -> float:
    """Return how long a film plays.

    The last picture stays no longer than the longest before it: phones stretch it to nonsense.
    declared: the header's length, believed only where it cuts a little off, as an edit list does.
    """
    gaps = [late - early for early, late in pairwise(picture.times)]
    longest = max(gaps) if gaps else picture.end
    picture_end = min(picture.end, picture.times[-1] + longest)
    seconds = max([picture_end, *(stream.end for stream in others)])
    if declared is not None and 0 < seconds - declared < EDIT_SECONDS:
        return declared
    return seconds


def frame_rate(times: Sequence[float]) -> Fraction:
    """Choose the constant rate for pictures shown at these times: at most 60, at least 1.

    An even film keeps its mean rate. A phone's varying one gets the rate of its faster pictures,
    so that none is lost; the repeats that fill its gaps cost almost nothing to encode.
    """
    gaps = sorted(late - early for early, late in pairwise(times))
    gaps = [gap for gap in gaps if gap > 0.0005]
    if not gaps:
        return Fraction(25)
    middle, quick = gaps[len(gaps) // 2], gaps[len(gaps) // 4]
    is_even = gaps[-1] < 1.5 * middle and gaps[0] > middle / 1.5
    rate = len(gaps) / sum(gaps) if is_even else 1 / quick
    usual = min(USUAL_RATES, key=lambda known: abs(float(known) - rate))
    # A long even film tells 29.97 from 30; a short or varying one is near to something usual.
    if abs(float(usual) - rate) < rate * (0.0006 if is_even and len(gaps) > 60 else 0.02):
        return usual
    return min(MAX_RATE, max(Fraction(1), Fraction(rate).limit_denominator(100)))
