"""Note what a viewer did with the clips that were served, and forget it again."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Case, F, Subquery, When

from vitrine.ads import counting, dealings
from vitrine.feed import believing, noting, rejections
from vitrine.feed.believing import WatchEvent
from vitrine.feed.models import Exposure, Slate, Telling, Unwanted, Watch
from vitrine.feed.models.watch import WatchQuerySet
from vitrine.videos.models import Clip, Viewer


def note(
    events: Sequence[WatchEvent], *, key: str, viewer: Viewer, device: bytes, at: datetime
) -> int:
    """Note reports of watching as facts, once each, and in what the feed knows of its viewer.

    Whatever cannot be true is counted by reason and changes nothing. Returns how many were
    accepted. Queries: 2, for all who report at this moment.
    """
    beacon = believing.opened(events, key=key, viewer=viewer, device=device, at=at)
    accepted, refused = noting.note(beacon) if beacon.reports else (0, beacon.refused)
    rejections.note(refused)
    return accepted


def take_back(clips: Sequence[str] | None = None, *, key: str) -> int:
    """Forget that clips were served which never came on screen, so that they can come later.

    clips: by public id; None for all. Returns how many. Queries: 1.
    """
    watches = _never_watched(key)
    if clips is not None:
        watches = watches.filter(clip__public_id__in=clips)
    taken, _ = watches.delete()
    return taken


def take_back_after(clip: str, *, key: str) -> int:
    """Forget what was served after a clip, by public id, and never came on screen.

    What a browser has ends with that clip: an answer with others was lost on its way. Returns how
    many. Queries: 1.
    """
    last = Watch.objects.filter(viewer=key, clip__public_id=clip).values("served_at")
    taken, _ = _never_watched(key).filter(served_at__gt=Subquery(last)).delete()
    return taken


def _never_watched(key: str) -> WatchQuerySet:
    return Watch.objects.filter(
        viewer=key, watched_ms=0, completed_at=None, hidden_at=None, forgotten_at=None
    )


def hide(clip: Clip, *, key: str, at: datetime) -> None:
    """Never show a clip to the viewer again, also not after starting over. Queries: 1.

    It counts as the last thing they did, so that the next page knows of it.
    """
    Watch.objects.hide(clip, of=key, at=at)


def unhide(clip: Clip, *, key: str) -> None:
    """Treat a clip as any other that was shown; again is no error. Queries: 1.

    One that was not watched says nothing about its viewer any more.
    """
    watched_at = Case(When(watched_ms__gt=0, then=F("watched_at")))
    hidden = Watch.objects.filter(viewer=key, clip=clip, hidden_at__isnull=False)
    hidden.update(hidden_at=None, watched_at=watched_at)


def start_over(*, key: str, at: datetime) -> None:
    """Forget what the viewer has seen and how, so that the next page is as for a new one.

    Of what is hidden stays that it is, and of what is unwanted all of it; whom they follow is no
    matter of watching. The facts that views are counted from stay. Queries: 6.
    """
    counting.stop_measuring(key)
    dealings.start_afresh(key, at=at)
    Slate.objects.filter(viewer=key).delete()
    Exposure.objects.filter(viewer=key).delete()
    Watch.objects.filter(viewer=key, hidden_at=None).delete()
    Watch.objects.filter(viewer=key).update(
        watched_at=None, watched_ms=0, loops=0, stayed_at=None, completed_at=None
    )


def forget_viewer(key: str) -> None:
    """Forget a viewer. The facts stay, since counts stand on them, under a name of nobody's.

    Queries: 9.
    """
    counting.forget_viewer(key)
    Slate.objects.filter(viewer=key).delete()
    Exposure.objects.filter(viewer=key).delete()
    Unwanted.objects.filter(viewer=key).delete()
    Watch.objects.filter(viewer=key).delete()
    Telling.objects.filter(viewer=key).update(viewer=f"x_{secrets.token_urlsafe(16)}")


def forget(*, before: datetime) -> int:
    """Delete watches of clips that were served before an instant; return how many. Queries: 4.

    The data map promises it; a clip may then come again, unless the viewer hid it. With their
    cookie goes what a visitor did not want.
    """
    Unwanted.forget_visitors(before=before)
    Slate.objects.filter(served_at__lt=before).delete()
    Exposure.objects.filter(first_at__lt=before).delete()
    deleted, _ = Watch.objects.filter(served_at__lt=before, hidden_at=None).delete()
    return deleted
