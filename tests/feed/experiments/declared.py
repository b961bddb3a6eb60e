"""Experiments that are declared."""

from datetime import datetime, timedelta

from tests import make
from vitrine.accounts.models import Person
from vitrine.feed.experiments import declaring
from vitrine.feed.experiments.declaring import Tried
from vitrine.feed.experiments.metrics import Metric
from vitrine.feed.models import Experiment, Look

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


def put(
    made: Experiment,
    place: int,
    day: int,
    amount: float,
    viewers: int = 400,
    metric: Metric = Metric.WATCHED,
) -> None:
    """Put what was summed: each viewer came once, half of them did twice as much as the others."""
    each = amount / viewers * 2 / 3
    at = made.begins_at + (day + 1) * DAY
    Look.objects.create(
        arm=made.arms.get(place=place),
        metric=metric,
        day=at.date(),
        at=at,
        viewers=viewers,
        days=viewers,
        days_squared=viewers,
        amount=amount,
        amount_squared=viewers / 2 * 5 * each**2,
        amount_by_days=amount,
    )


def running(*, by: Person, at: datetime) -> Experiment:
    """Declare one with two arms that has run for three days, and told something of all metrics."""
    made = declaring.declare(
        "Do fresher clips keep people longer?",
        [
            Tried("Fresher", 20, {"FRESH": 1.5, "FRESH_HALF_LIFE_HOURS": 48}),
            Tried("Much fresher", 10, {"FRESH": 3.0}),
        ],
        begins_at=at - 3 * DAY,
        ends_at=at + 11 * DAY,
        by=by,
        at=at - 3 * DAY,
    )
    shares = {0: 1.0, 1: 1.06, 2: 0.91}
    amounts = dict(zip(Metric, (212.4, 9.1, 0.62, 0.21, 0.014, 1.9), strict=True))
    for day in range(3):
        for place, arm in enumerate(made.arms.all()):
            viewers = arm.share * 40 * (day + 1)
            for metric, amount in amounts.items():
                put(made, place, day, viewers * amount * shares[place], viewers, metric)
    return made
