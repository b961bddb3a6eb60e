"""What ``vitrine check`` asks of the feed."""

from datetime import date
from typing import Any

from django.db.models import F, Sum

from vitrine.feed import counting
from vitrine.feed.models import Arm, ClipDay, CountedDay, Experiment, Exposure, Telling
from vitrine.kernel.invariants import Finding, invariant
from vitrine.sovereignty import immutable

GUARDS = ["feed_clip_has_facts", "feed_telling_never_emptied", "feed_viewing_facts"]
OF_EXPERIMENTS = [
    "feed_arm_append_only",
    "feed_arm_fits",
    "feed_experiment_frozen",
    "feed_experiment_has_arms",
    "feed_experiment_never_deleted",
    "feed_experiment_one_a_layer",
    "feed_experiment_sooner",
]


@invariant("F1", "Views are what their facts come to, and the facts never change")
def views_are_counted_from_facts() -> Finding:
    """Count closed days anew where their facts are still kept, and look for the guard."""
    broken: list[str] = []
    days = CountedDay.objects.filter(day__in=Telling.objects.values("day").distinct())
    for day in sorted(days.values_list("day", flat=True)):
        broken += _differences(day)
    if immutable.missing(GUARDS):
        broken.append("facts about views can be changed: their guard is gone")
    return Finding(ClipDay.objects.count(), broken)


@invariant(
    "F2", "Each experiment's arms divide all viewers, never change, and tell their own apart"
)
def experiments_are_as_declared() -> Finding:
    """Sum the shares, look for exposures to arms of other experiments, and for the guards."""
    sums = Arm.objects.order_by().values("experiment").annotate(percent=Sum("share"))
    broken = [
        f"experiment {row['experiment']} has {row['percent']} percent"
        for row in sums.exclude(percent=100)
    ]
    strays = Exposure.objects.exclude(arm__experiment=F("experiment")).count()
    broken += [f"{strays} exposures are to arms of another experiment"] * bool(strays)
    broken += [f"the guard {name} is gone" for name in immutable.missing(OF_EXPERIMENTS)]
    return Finding(Experiment.objects.count(), broken)


def _differences(day: date) -> list[str]:
    stored = ClipDay.objects.filter(day=day).values_list(*counting.COLUMNS.split(", "))
    kept = {_name(row): _compared(row) for row in stored}
    facts = {_name(row): _compared(row) for row in counting.recount(day)}
    return [
        f"clip {clip} on {day} from {source} is counted {kept.get((clip, source))}, "
        f"and its facts come to {facts.get((clip, source))}"
        for clip, source in sorted(kept.keys() | facts.keys())
        if kept.get((clip, source)) != facts.get((clip, source))
    ]


def _name(row: tuple[Any, ...]) -> tuple[int, str]:
    return row[0], row[2]


def _compared(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return (*row[3:10], row[11])
