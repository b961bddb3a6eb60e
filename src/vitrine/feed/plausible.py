"""Whether a report of watching can be true: arithmetic on times, no database."""

from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

import msgspec
from django.utils.translation import gettext, gettext_noop

FASTEST = 2.0
"""The player's highest speed: so much of a clip passes in the time that passes."""
TOLERANCE = 1.05
SLACK_MS = 1_500
"""Clocks of browsers tick coarsely, and a report is rounded: a share, and a beat on top."""
ENOUGH_MS = 5_000
SKIPPED_BEFORE_MS = 3_000
TAPS_AT_ONCE, TAPS_A_SECOND = 5, 2
"""As fast as an impatient finger is; a report that says more was not made by one."""
MOST_TAPS = 20
"""Taps on products that count of one impression, and as many shares: the others say no more."""


class Reason(StrEnum):
    """Why a report was not believed."""

    FORGED = "forged"
    NOT_YOURS = "not yours"
    EXPIRED = "expired"
    FUTURE = "future"
    TOO_FAST = "too fast"
    TOO_MUCH = "too much"
    BACKWARDS = "backwards"
    REPLAYED = "replayed"
    TOO_MANY = "too many"
    HIDDEN = "hidden"

    @property
    def meaning(self) -> str:
        """Say it in a sentence, in the language of the page."""
        return gettext(_MEANINGS[self])

    @property
    def label(self) -> str:
        """Name it, in the language of the page."""
        return gettext(_LABELS[self])


_LABELS = {
    Reason.FORGED: gettext_noop("Forged"),
    Reason.NOT_YOURS: gettext_noop("Not yours"),
    Reason.EXPIRED: gettext_noop("Expired"),
    Reason.FUTURE: gettext_noop("Future"),
    Reason.TOO_FAST: gettext_noop("Too fast"),
    Reason.TOO_MUCH: gettext_noop("Too much"),
    Reason.BACKWARDS: gettext_noop("Backwards"),
    Reason.REPLAYED: gettext_noop("Replayed"),
    Reason.TOO_MANY: gettext_noop("Too many"),
    Reason.HIDDEN: gettext_noop("Hidden"),
}
_MEANINGS = {
    Reason.FORGED: gettext_noop("The token is not one that this cell made for this clip."),
    Reason.NOT_YOURS: gettext_noop("The token was made for another viewer."),
    Reason.EXPIRED: gettext_noop("The clip was served too long ago."),
    Reason.FUTURE: gettext_noop("The clip has not been served yet, by the token’s own time."),
    Reason.TOO_FAST: gettext_noop(
        "More was watched than time has passed since the clip was served."
    ),
    Reason.TOO_MUCH: gettext_noop(
        "More of the clip was seen, or more was tapped, than fits into the time."
    ),
    Reason.BACKWARDS: gettext_noop("A later report says less than an earlier one."),
    Reason.REPLAYED: gettext_noop(
        "The same report came before. It changed nothing the second time."
    ),
    Reason.TOO_MANY: gettext_noop("One viewer began more clips in an hour than anybody can."),
    Reason.HIDDEN: gettext_noop("The viewer may not see the clip."),
}


class Told(msgspec.Struct, gc=False):
    """What a browser says of one impression so far. seen: a bit for each second of the clip."""

    sequence: int
    watched_ms: int
    loops: int
    seen: bytes
    taps: int
    shares: int


class Extent(NamedTuple):
    """What a clip's length says of what can be seen of it.

    whole: a bit for each second, the last one in part; at least one. size: bytes of these bits.
    last: the bit at which the last twentieth begins. enough_ms: so long watches whoever stays.
    """

    duration_ms: int
    whole: int
    size: int
    last: int
    enough_ms: int


@lru_cache(maxsize=4096)
def extent(duration_ms: int) -> Extent:
    """Return the extent of clips of a length."""
    seconds = max(-(-duration_ms // 1000), 1)
    return Extent(
        duration_ms,
        (1 << seconds) - 1,
        (seconds + 7) // 8,
        min(duration_ms * 95 // 100_000, seconds - 1),
        min(ENOUGH_MS, -(-duration_ms // 2)),
    )


def seen(told: Told, of: Extent) -> int:
    """Return the bits of what was seen: what is beyond the end of the clip is cut off."""
    return int.from_bytes(told.seen, "little") & of.whole


def fault(told: Told, seen: int, of: Extent, *, elapsed_ms: int) -> Reason | None:
    """Return why a report cannot be true, or None. elapsed_ms: since the clip was served."""
    watched_ms = told.watched_ms
    if watched_ms > elapsed_ms * TOLERANCE + SLACK_MS:
        return Reason.TOO_FAST
    if told.taps + told.shares > TAPS_AT_ONCE + TAPS_A_SECOND * elapsed_ms / 1000:
        return Reason.TOO_MUCH
    most_ms = watched_ms * FASTEST * TOLERANCE + SLACK_MS
    # The first and the last second may have been seen in part only.
    if (seen.bit_count() - 2) * 1000 > most_ms or told.loops * of.duration_ms > most_ms:
        return Reason.TOO_MUCH
    return None


def against(told: Told, known: Sequence[tuple[int, int, int]]) -> Reason | None:
    """Return why a report cannot follow what is known of its impression, or None.

    known: (sequence, watched_ms, loops) of what was accepted, in any order.
    """
    for sequence, watched_ms, _ in known:
        if sequence == told.sequence:
            return Reason.REPLAYED
        if (sequence - told.sequence) * (watched_ms - told.watched_ms) < 0:
            return Reason.BACKWARDS
    return None


def is_finished(told: Told, seen: int, of: Extent) -> bool:
    """Tell whether the end was reached: the last twentieth of the clip came on screen."""
    return told.loops > 0 or seen >> of.last > 0
