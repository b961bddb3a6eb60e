"""What tests of searching ask."""

from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from tests import make
from vitrine.search import dictionary, finding, keeping
from vitrine.search.finding import Found, Kind
from vitrine.videos.models import Viewer


def found(typed: str, *, by: Viewer | None = None, kind: Kind = Kind.CLIPS) -> list[Found]:
    """Return what somebody finds, a stranger by default, the best first."""
    viewer = by or AnonymousUser()
    reading = dictionary.read(typed)
    return list(finding.find(reading, viewer, kind=kind, page=1, at=make.NOON).rows)


def titles(typed: str, *, by: Viewer | None = None) -> list[str]:
    """Return the titles of the clips that somebody finds."""
    return [clip.title for clip in found(typed, by=by) if isinstance(clip, finding.FoundClip)]


def count_words() -> None:
    """Count all words, as the hourly task does."""
    with transaction.atomic():
        keeping.count_words()
