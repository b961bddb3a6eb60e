"""Ask for a second look at a decision: a case of its own, for another moderator."""

from datetime import datetime

from django.db import transaction

from vitrine.accounts.models import Person
from vitrine.safety import policy
from vitrine.safety.judging import ThingGone
from vitrine.safety.models import Appeal, Case, Decision, Origin
from vitrine.safety.models.decision import AlreadyAppealed, TooLateToAppeal


@transaction.atomic
def appeal(decision: Decision, *, by: Person, text: str, at: datetime) -> Appeal:
    """Appeal against a decision that is no second look itself.

    Raises: TooLateToAppeal, AlreadyAppealed, ThingGone. Locks: the case's row.
    """
    case = Case.objects.select_for_update().get(pk=decision.case_id)
    if at > decision.appeal_until:
        raise TooLateToAppeal
    if case.appeal_id is not None or Appeal.objects.filter(decision=decision).exists():
        raise AlreadyAppealed
    if case.thing is None:
        raise ThingGone
    made = Appeal.objects.create(decision=decision, by=by, text=text, at=at)
    Case.objects.create(
        appeal=made, kind=case.kind, author=case.author, reason=decision.reason,
        origin=Origin.APPEALED, harm=policy.REASONS[decision.reason].harm, opened_at=at,
        **case.thing.column,
    )  # fmt: skip
    return made
