"""Reports of views for tests, and what they come to."""

from datetime import date, timedelta

from tests import make
from tests.feed.telling import DEVICE, KEY, NOBODY
from vitrine.feed import counting, rejections, watching
from vitrine.feed.believing import WatchEvent
from vitrine.feed.counting import Count
from vitrine.feed.models import Rejection
from vitrine.feed.plausible import Reason
from vitrine.videos.models import Clip

DAY = date(2026, 11, 20)


AFTER = timedelta(seconds=10)


def counted(clip: Clip) -> Count:
    """Count a clip from its facts, on the day of the tests."""
    return counting.total(counting.rows([clip.pk], since=DAY, until=DAY))


def refused() -> dict[Reason, int]:
    """Return how many reports were not believed, by reason."""
    rejections.batch.flush(at=make.NOON)
    return {Reason(r.reason): r.reports for r in Rejection.objects.all()}


def note(*events: WatchEvent, key: str = KEY, after: timedelta = AFTER) -> int:
    """Report in one beacon, some time after NOON."""
    return watching.note(events, key=key, viewer=NOBODY, device=DEVICE, at=make.NOON + after)
