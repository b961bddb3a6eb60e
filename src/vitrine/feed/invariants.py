"""What ``vitrine check`` asks of the feed."""

from datetime import date
from typing import Any

from vitrine.feed import counting
from vitrine.feed.models import ClipDay, CountedDay, Viewing
from vitrine.kernel.invariants import Finding, invariant
from vitrine.sovereignty import immutable

GUARDS = ["feed_clip_has_facts", "feed_viewing_facts", "feed_viewing_never_emptied"]


@invariant("F1", "Views are what their facts come to, and the facts never change")
def views_are_counted_from_facts() -> Finding:
    """Count closed days anew where their facts are still kept, and look for the guard."""
    broken: list[str] = []
    days = CountedDay.objects.filter(day__in=Viewing.objects.values("day").distinct())
    for day in sorted(days.values_list("day", flat=True)):
        broken += _differences(day)
    if immutable.missing(GUARDS):
        broken.append("facts about views can be changed: their guard is gone")
    return Finding(ClipDay.objects.count(), broken)


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
