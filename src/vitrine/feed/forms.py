"""What browsers report about watching."""

from typing import Annotated

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
MOST_TOKEN, MOST_SEEN = 80, 1_800

_Few = Annotated[int, msgspec.Meta(ge=0, le=10_000)]


class _Event(
    Told, rename={"sequence": "seq", "watched_ms": "ms"}, forbid_unknown_fields=True, kw_only=True
):
    """What is told of one impression; of what is not said nothing happened. seen: base64."""

    clip: Annotated[str, msgspec.Meta(min_length=ids.LENGTH, max_length=ids.LENGTH)]
    token: Annotated[str, msgspec.Meta(max_length=MOST_TOKEN)]
    sequence: _Few
    watched_ms: Annotated[int, msgspec.Meta(gt=0, le=MOST_MS)]
    loops: _Few = 0
    seen: Annotated[bytes, msgspec.Meta(max_length=MOST_SEEN)] = b""
    taps: _Few = 0
    shares: _Few = 0


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
    return [WatchEvent(event.clip, event.token, event) for event in events]


def _unseen_of(text: str) -> list[str]:
    _long_unseen(text)
    try:
        unseen = _ids.decode(text or "[]")
    except msgspec.DecodeError as error:
        raise ValidationError(f"unseen: {error}") from None
    if len(unseen) > MOST_EVENTS or not all(ids.PATTERN.match(clip) for clip in unseen):
        raise ValidationError(gettext("unseen: malformed."))
    return unseen
