"""What browsers report about watching."""

import binascii

import msgspec
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.http import QueryDict
from django.utils.translation import gettext

from vitrine.feed.believing import WatchEvent
from vitrine.feed.plausible import Told
from vitrine.kernel import ids

MOST_EVENTS = 60
MOST_MS = 12 * 3600 * 1000
MOST_LOOPS = MOST_TAPS = MOST_REPORTS = 10_000
MOST_TOKEN, MOST_SEEN = 80, 2_400


class _Event(msgspec.Struct, forbid_unknown_fields=True):
    """seen: base64 of a bit for each second, the lowest first."""

    clip: str
    token: str
    seq: int
    ms: int
    loops: int = 0
    seen: str = ""
    taps: int = 0
    shares: int = 0

    def is_within_bounds(self) -> bool:
        return (
            len(self.token) <= MOST_TOKEN
            and len(self.seen) <= MOST_SEEN
            and 0 < self.ms <= MOST_MS
            and 0 <= self.seq <= MOST_REPORTS
            and 0 <= self.loops <= MOST_LOOPS
            and 0 <= self.taps <= MOST_TAPS
            and 0 <= self.shares <= MOST_TAPS
        )


_events = msgspec.json.Decoder(list[_Event])
_ids = msgspec.json.Decoder(list[str])
_long_events, _long_unseen = MaxLengthValidator(32_000), MaxLengthValidator(4_000)


def read(form: QueryDict) -> tuple[list[WatchEvent], list[str]]:
    """Return the events of a beacon, and the ids of served clips that never came on screen.

    A beacon cannot set headers, so both are JSON in fields of a form; and it is the most frequent
    form of all, so it is read without Django's fields. Raises: ValidationError.
    """
    return _events_of(form.get("events", "")), _unseen_of(form.get("unseen", ""))


def _events_of(text: str) -> list[WatchEvent]:
    _long_events(text)
    try:
        events = _events.decode(text or "[]")
    except msgspec.DecodeError as error:
        raise ValidationError(f"events: {error}") from None
    if len(events) > MOST_EVENTS:
        said = gettext("events: at most {most} in a batch.")
        raise ValidationError(said.format(most=MOST_EVENTS))
    for event in events:
        if not ids.PATTERN.match(event.clip):
            raise ValidationError(gettext("events: a clip's id is malformed."))
        if not event.is_within_bounds():
            raise ValidationError(gettext("events: a number is out of bounds."))
    return [WatchEvent(e.clip, e.token, _told(e)) for e in events]


def _unseen_of(text: str) -> list[str]:
    _long_unseen(text)
    try:
        unseen = _ids.decode(text or "[]")
    except msgspec.DecodeError as error:
        raise ValidationError(f"unseen: {error}") from None
    if len(unseen) > MOST_EVENTS or not all(ids.PATTERN.match(clip) for clip in unseen):
        raise ValidationError(gettext("unseen: malformed."))
    return unseen


def _told(event: _Event) -> Told:
    try:
        seen = binascii.a2b_base64(event.seen, strict_mode=True)
    except ValueError:
        raise ValidationError(gettext("events: what was seen is malformed.")) from None
    return Told(event.seq, event.ms, event.loops, seen, event.taps, event.shares)
