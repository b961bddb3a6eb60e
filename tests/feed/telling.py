"""What a browser does when a clip is watched: it takes a token, and tells what it saw."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser

from tests import make
from vitrine.feed import impressions, watching
from vitrine.feed.believing import WatchEvent
from vitrine.feed.models import Delivery
from vitrine.feed.plausible import Told
from vitrine.feed.sources import Source
from vitrine.videos.models import Clip

KEY = "v_visitor"
NOBODY = AnonymousUser()
DEVICE = b"a device"


def token(
    clip: Clip, *, to: str = KEY, at: datetime = make.NOON, source: Source = Source.FOR_YOU
) -> str:
    """Return the playback token of a clip that was served."""
    return next(impressions.tokens([clip.public_id], to=to, source=source, at=at))


def seconds(*ranges: tuple[int, int]) -> bytes:
    """Return the bits of the seconds in some ranges, the ends excluded."""
    bits = sum(1 << second for start, end in ranges for second in range(start, end))
    return bits.to_bytes((bits.bit_length() + 7) // 8, "little")


def told(ms: int, *, seen: int | None = None, **fields: Any) -> Told:
    """Tell that a clip was watched from its beginning."""
    whole = seconds((0, ms // 1000 if seen is None else seen))
    known = {"sequence": 0, "loops": 0, "seen": whole, "taps": 0, "shares": 0, **fields}
    return Told(watched_ms=ms, **known)


def deliver(clip: Clip, *, device: bytes = DEVICE, at: datetime = make.NOON) -> None:
    """Note that the clip's bytes went to a device."""
    Delivery.objects.get_or_create(clip=clip, device=device, defaults={"first_at": at})


def watch(clip: Clip, ms: int = 6_000, *, to: str = KEY, **fields: Any) -> int:
    """Serve a clip at NOON, let time pass, and report; return how many reports were accepted.

    viewer, device, source, at (when it was served): as for the functions below. The rest is told.
    """
    viewer, device = fields.pop("viewer", NOBODY), fields.pop("device", DEVICE)
    at = fields.pop("at", make.NOON)
    mark = fields.pop("token", None) or token(
        clip, to=to, at=at, source=fields.pop("source", Source.FOR_YOU)
    )
    deliver(clip, device=device, at=at)
    event = WatchEvent(clip.public_id, mark, told(ms, **fields))
    after = at + timedelta(milliseconds=ms)
    return watching.note([event], key=to, viewer=viewer, device=device, at=after)
