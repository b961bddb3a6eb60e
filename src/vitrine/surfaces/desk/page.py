"""The reads for the moderators' pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from vitrine.accounts.models import Person
from vitrine.safety import policy
from vitrine.safety.models import Case, Decision, Report, Strike
from vitrine.safety.policy import Reason
from vitrine.safety.things import Thing

SHOWN = 30
REPORTS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Rule:
    """A reason as it is offered for a case. allowed: the measures, for a page's script."""

    reason: Reason
    allowed: str
    reports: int


@dataclass(frozen=True, slots=True)
class Desk:
    """A case on the desk. strikes: of its author, in force. before: past decisions on them.

    is_minor: the author is under 18; no moderator sees more of their age.
    """

    case: Case
    thing: Thing
    rules: Sequence[Rule]
    reports: Sequence[Report]
    strikes: int
    before: int
    has_film: bool
    is_minor: bool


def queue(moderator: Person, *, at: datetime) -> Sequence[Case]:
    """Return the cases that wait for a moderator, the most harmful and oldest first. Queries: 1."""
    rows = Case.objects.waiting_for(moderator, at=at)
    return list(rows.with_things()[:SHOWN])


def desk(case: Case, *, at: datetime) -> Desk | None:
    """Return all that a moderator needs to judge a case, or None if it is gone. Queries: 4 or 5.

    Reporters are not named, and of the author no more than what everybody sees.
    """
    thing = case.thing
    if thing is None:
        return None
    reports = list(case.reports.order_by("-at"))
    said = [report.reason for report in reports]
    rules = [
        Rule(reason, " ".join(policy.measures(code, case.kind)), said.count(code))
        for code, reason in policy.REASONS.items()
    ]
    author = case.author
    return Desk(
        case=case,
        thing=thing,
        rules=rules,
        reports=[report for report in reports if report.note][:REPORTS_SHOWN],
        strikes=Strike.weighing_on(author, at=at) if author else 0,
        before=Decision.objects.about(author).count() if author else 0,
        is_minor=author is not None and author.is_minor(at=at),
        has_film=case.seen is not None and case.seen.renditions.exists(),
    )


def choices(case: Case, form: Any) -> dict[str, object]:
    """Return what the decision form offers. The worst reported reason is chosen already."""
    return {
        "form": form,
        "measures": policy.offered(case.kind),
        "chosen": form["reason"].value() or case.reason,
        "taken": form["measure"].value(),
    }
