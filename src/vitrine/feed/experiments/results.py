"""What an experiment has shown so far, of what was summed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count

from vitrine.feed.experiments import intervals, ratios
from vitrine.feed.experiments.intervals import Difference, Sums
from vitrine.feed.experiments.metrics import Metric
from vitrine.feed.models import Arm, Experiment, Exposure, Look


@dataclass(frozen=True)
class Change:
    """What an arm changes of a metric, up to a day.

    mean: the arm's own. percent: by how much it is above the mean of the feed as it is, of that
    mean; None where that is not known yet, or nought.
    """

    day: date
    arm: Arm
    viewers: int
    mean: float
    percent: Difference[float] | None

    @property
    def is_more(self) -> bool:
        """Tell whether it is surely more."""
        return self.percent is not None and self.percent.low > 0

    @property
    def is_less(self) -> bool:
        """Tell whether it is surely less."""
        return self.percent is not None and self.percent.high < 0


@dataclass(frozen=True)
class Course:
    """A metric from day to day. mean: of the feed as it is, by now. changes: by arm, then day."""

    metric: Metric
    mean: float
    changes: Sequence[Sequence[Change]]


@dataclass(frozen=True)
class Results:
    """All of an experiment. counts: viewers in each arm. at: when it was last summed."""

    arms: Sequence[Arm]
    counts: Sequence[int]
    courses: Sequence[Course]
    at: datetime | None
    is_suspect: bool


def results(experiment: Experiment) -> Results:
    """Return what is known of an experiment. Queries: 3."""
    arms = list(experiment.arms.all())
    looks = Look.objects.filter(arm__in=arms).order_by("day")
    sums: dict[str, dict[date, dict[int, Look]]] = defaultdict(lambda: defaultdict(dict))
    for look in looks:
        sums[look.metric][look.day][look.arm_id] = look
    found = [_course(metric, arms, sums[metric]) for metric in Metric if sums[metric]]
    counts = _counts(arms, next(iter(sums.values()), {}))
    return Results(
        arms,
        counts,
        found,
        max((look.at for look in looks), default=None),
        ratios.is_suspect(counts, [arm.share for arm in arms]),
    )


def _counts(arms: Sequence[Arm], by_day: Mapping[date, Mapping[int, Look]]) -> list[int]:
    """Count the viewers of each arm; once exposures are forgotten, as they were last summed."""
    exposed = Exposure.objects.filter(experiment=arms[0].experiment_id)
    counted = dict(exposed.values_list("arm").annotate(Count("viewer", distinct=True)).order_by())
    last = by_day[max(by_day)] if by_day else {}
    summed = {pk: look.viewers for pk, look in last.items()}
    return [max(each.get(arm.pk, 0) for each in (counted, summed)) for arm in arms]


def _course(
    metric: Metric, arms: Sequence[Arm], by_day: Mapping[date, Mapping[int, Look]]
) -> Course:
    first, *tried = arms
    alpha = intervals.ALPHA / len(tried)
    changes = [
        [
            _change(look, arm, looks.get(first.pk), alpha)
            for looks in by_day.values()
            if (look := looks.get(arm.pk))
        ]
        for arm in tried
    ]
    besides = [looks[first.pk] for looks in by_day.values() if first.pk in looks]
    return Course(metric, _sums(besides[-1]).mean if besides else 0.0, changes)


def _change(look: Look, arm: Arm, beside: Look | None, alpha: float) -> Change:
    ours = _sums(look)
    percent = None
    if beside and beside.amount > 0:
        found = intervals.difference(ours, _sums(beside), alpha=alpha)
        share = 100 / _sums(beside).mean
        percent = Difference(*(float(each) * share for each in found))
    return Change(look.day, arm, look.viewers, ours.mean, percent)


def _sums(look: Look) -> Sums[float]:
    return Sums(
        look.viewers,
        look.days,
        look.days_squared,
        look.amount,
        look.amount_squared,
        look.amount_by_days,
    )
