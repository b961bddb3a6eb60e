"""What is said in the clip that a remix is made with, taken over into the remix as a draft."""

from contextlib import suppress
from datetime import datetime

from vitrine.videos import cutting
from vitrine.videos.models import Caption, NobodySpeaks, Remix, RemixKind


def carry(of: Remix, *, heard_ms: int, at: datetime) -> None:
    """Take over the origin's captions, each in its language. Call once, as both are composed.

    A stitch begins with a piece of the origin; else it is heard from its beginning, for heard_ms.
    Captions that the creator has made stay, and a clip that is marked as without spoken words
    gets none. Locks: the clip.
    """
    from_ms, until_ms = 0, heard_ms
    if of.kind == RemixKind.STITCH:
        from_ms, until_ms = of.from_ms, of.until_ms
    for caption in Caption.objects.filter(clip=of.origin_id).order_by("language"):
        piece = cutting.cut(caption.webvtt, from_ms=from_ms, until_ms=until_ms)
        if piece:
            with suppress(NobodySpeaks):
                Caption.carry(of.clip, caption, piece, at=at)
