"""Take a report in: the reports on one thing make one case."""

from datetime import datetime

from django.db import transaction

from vitrine.accounts.models import Person
from vitrine.safety.models import Case, Report
from vitrine.safety.things import Thing


@transaction.atomic
def report(
    thing: Thing, *, by: Person | None, visitor: str = "", reason: str, note: str, at: datetime
) -> None:
    """Report a thing; the same viewer's second report on an open case is no error. Queries: 5."""
    case = Case.open_on(thing, reason=reason, at=at)
    said = Report(case=case, by=by, visitor="" if by else visitor, reason=reason, note=note, at=at)
    Report.objects.bulk_create([said], ignore_conflicts=True)
