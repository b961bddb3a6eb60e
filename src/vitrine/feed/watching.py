"""Note what a viewer did with the clips that were served."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from vitrine.feed.models import Watch
from vitrine.videos.models import Clip, Viewer


@dataclass(frozen=True, slots=True)
class WatchEvent:
    """A stretch of watching, as the browser reports it. clip: a public id."""

    clip: str
    watched_ms: int
    loops: int
    is_complete: bool


def note(events: Sequence[WatchEvent], *, key: str, viewer: Viewer, at: datetime) -> int:
    """Add stretches of watching to what is known; return how many clips were noted.

    A clip that the viewer may not see is passed over, as if it did not exist. Queries: 2.
    """
    clips = {
        public_id: (pk, duration_ms)
        for pk, public_id, duration_ms in Clip.objects.visible_to(viewer)
        .filter(public_id__in={event.clip for event in events})
        .values_list("pk", "public_id", "duration_ms")
    }
    stretches: dict[int, list[int]] = {}
    for event in events:
        if event.clip not in clips:
            continue
        pk, duration_ms = clips[event.clip]
        most_ms = (event.loops + 1) * duration_ms
        row = stretches.setdefault(pk, [0, 0, 0])
        row[0] += min(event.watched_ms, most_ms)
        row[1] += event.loops
        row[2] |= event.is_complete
    Watch.objects.add(stretches, to=key, at=at)
    return len(stretches)


def take_back(clips: Sequence[str], *, key: str) -> None:
    """Forget that clips were served which never came on screen, so that they can come later.

    Queries: 1.
    """
    Watch.objects.filter(
        viewer=key, clip__public_id__in=clips, watched_ms=0, completed_at=None, hidden_at=None
    ).delete()


def hide(clip: Clip, *, key: str, at: datetime) -> None:
    """Never show a clip to the viewer again, also not after starting over. Queries: 1."""
    Watch.objects.update_or_create(
        viewer=key,
        clip=clip,
        defaults={"hidden_at": at},
        create_defaults={"hidden_at": at, "served_at": at},
    )


def start_over(*, key: str) -> None:
    """Forget what the viewer has seen, except what is hidden. Queries: 1."""
    Watch.objects.filter(viewer=key, hidden_at=None).delete()


def forget(*, before: datetime) -> int:
    """Delete watches of clips that were served before an instant; return how many. Queries: 1.

    The data map promises it; a clip may then come again, unless the viewer hid it.
    """
    deleted, _ = Watch.objects.filter(served_at__lt=before, hidden_at=None).delete()
    return deleted
