"""The numbers that everybody may see, counted from the rows themselves: nothing is kept beside."""

from collections import defaultdict
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Aggregate, Count, DurationField, F, Q
from django.db.models.functions import TruncMonth

from vitrine.safety import policy
from vitrine.safety.models import Appeal, Case, Decision, Report
from vitrine.safety.policy import Measure
from vitrine.sovereignty.cell import this_cell

MONTHS = 12
"""Months that are shown, this one included."""


class Median(Aggregate):
    """The middle value of a group."""

    name = "median"
    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


@dataclass(slots=True)
class Month:
    """What happened in one month. median_s: from the first report to the decision, by people.

    appeals: decided in the month, by outcome.
    """

    month: str
    reports: dict[str, int] = field(default_factory=dict)
    reports_of_ads: int = 0
    decisions: dict[str, int] = field(default_factory=dict)
    automatic: int = 0
    by_people: int = 0
    median_s: int | None = None
    appeals_made: int = 0
    appeals_upheld: int = 0
    appeals_changed: int = 0

    @property
    def median(self) -> timedelta | None:
        """Return the median as a length of time."""
        return None if self.median_s is None else timedelta(seconds=self.median_s)

    @property
    def began_on(self) -> date:
        """Return its first day."""
        return date.fromisoformat(f"{self.month}-01")


def months(*, at: datetime) -> list[Month]:
    """Count the last months, in the cell's own time, the newest first. Queries: 5."""
    since = at - timedelta(days=31 * (MONTHS - 1))
    found: dict[str, Month] = defaultdict(lambda: Month(""))
    reports = Report.objects.filter(at__gte=since)
    ads = Count("pk", filter=Q(case__kind=policy.Kind.AD))
    for row in _by_month(reports, "reason", n=Count("pk"), ads=ads):
        found[row["month"]].reports[row["reason"]] = row["n"]
        found[row["month"]].reports_of_ads += row["ads"]
    decided = Decision.objects.filter(at__gte=since)
    people = Count("pk", filter=Q(by__isnull=False))
    for row in _by_month(decided, "measure", n=Count("pk"), people=people):
        month = found[row["month"]]
        month.decisions[row["measure"]] = row["n"]
        month.by_people += row["people"]
        month.automatic += row["n"] - row["people"]
    judged = decided.filter(by__isnull=False, case__appeal=None)
    took = Median(F("at") - F("case__opened_at"), output_field=DurationField())
    for row in _by_month(judged, took=took):
        found[row["month"]].median_s = round(row["took"].total_seconds())
    for row in _by_month(Appeal.objects.filter(at__gte=since), n=Count("pk")):
        found[row["month"]].appeals_made = row["n"]
    upheld = Count("pk", filter=Q(measure=F("case__appeal__decision__measure")))
    second = decided.exclude(case__appeal=None)
    for row in _by_month(second, n=Count("pk"), upheld=upheld):
        month = found[row["month"]]
        month.appeals_upheld, month.appeals_changed = row["upheld"], row["n"] - row["upheld"]
    for name, month in found.items():
        month.month = name
    return sorted(found.values(), key=lambda month: month.month, reverse=True)[:MONTHS]


def waiting() -> int:
    """Return how many cases wait for a decision. Queries: 1."""
    return Case.objects.open().count()


def document(*, at: datetime) -> dict[str, Any]:
    """Return the numbers as programs read them: in English for all. Queries: 6."""
    return {
        "cell": this_cell().code,
        "waiting": waiting(),
        "reasons": {code: reason.title_in_english for code, reason in policy.REASONS.items()},
        "measures": {measure.value: measure.act.title_in_english for measure in Measure},
        "months": [asdict(month) for month in months(at=at)],
    }


def _by_month(rows: Any, *names: str, **sums: Any) -> Any:
    """Group rows by their month, in the cell's time zone, and by further columns."""
    month = TruncMonth("at", tzinfo=ZoneInfo(this_cell().time_zone))
    grouped = rows.annotate(began=month).values("began", *names).annotate(**sums).order_by("began")
    return ({**row, "month": f"{row['began']:%Y-%m}"} for row in grouped)
