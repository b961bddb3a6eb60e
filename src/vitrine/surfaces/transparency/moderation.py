"""The public numbers of moderation, as the page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from vitrine.safety import counts, policy
from vitrine.safety.counts import Month
from vitrine.safety.policy import Measure


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: a title, and a number for each month shown."""

    title: str
    numbers: Sequence[int]


def page(*, at: datetime) -> dict[str, object]:
    """Return the tables. Queries: 6."""
    months = counts.months(at=at)
    reports = [
        Line(reason.title, [month.reports.get(code, 0) for month in months])
        for code, reason in policy.REASONS.items()
    ]
    reports.append(
        Line(gettext("Of all these: of ads"), [month.reports_of_ads for month in months])
    )
    decisions = [
        Line(measure.act.title, [month.decisions.get(measure, 0) for month in months])
        for measure in Measure
    ]
    return {
        "months": months,
        "waiting": counts.waiting(),
        "reports": [line for line in reports if any(line.numbers)],
        "decisions": [line for line in decisions if any(line.numbers)],
        "others": _others(months),
    }


def _others(months: Sequence[Month]) -> list[Line]:
    return [
        Line(gettext("Decided by people"), [month.by_people for month in months]),
        Line(gettext("Decided automatically"), [month.automatic for month in months]),
        Line(gettext("Appeals made"), [month.appeals_made for month in months]),
        Line(gettext("Appeals: the decision stood"), [month.appeals_upheld for month in months]),
        Line(gettext("Appeals: decided otherwise"), [month.appeals_changed for month in months]),
    ]
