"""Experiments that are declared."""

from datetime import datetime, timedelta

from tests import make
from vitrine.feed.experiments import declaring
from vitrine.feed.experiments.declaring import Tried
from vitrine.feed.models import Experiment

DAY = timedelta(days=1)


def declare(
    changes: dict[str, float] | None = None,
    *,
    share: int = 50,
    begins_at: datetime = make.NOON - DAY,
    ends_at: datetime = make.NOON + 7 * DAY,
) -> Experiment:
    """Declare an experiment with one arm beside the feed as it is."""
    return declaring.declare(
        "Fresher",
        [Tried("B", share, changes or {"FRESH": 2.0})],
        begins_at=begins_at,
        ends_at=ends_at,
        by=make.person(is_staff=True),
        at=begins_at,
    )
