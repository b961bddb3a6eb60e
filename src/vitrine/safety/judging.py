"""Decide a case: the row, what it does to the thing, what it counts, and who is told."""

from datetime import datetime

from django.db import transaction
from procrastinate.contrib.django import app

from vitrine.accounts import languages, telling
from vitrine.accounts.models import Person, Suspension
from vitrine.kernel.errors import Refusal
from vitrine.safety import measures, policy
from vitrine.safety.models import Case, Decision, Strike
from vitrine.safety.policy import Measure
from vitrine.safety.things import owners


class AlreadyDecided(Refusal):
    """Somebody else was faster."""

    code = "already_decided"
    message = "Another moderator has decided this case. The next one waits for you."


class LookedAt(Refusal):
    """Another moderator has the case open."""

    code = "looked_at"
    message = "Another moderator looks at this case now. The next one waits for you."


class NotForYou(Refusal):
    """Nobody judges what is their own, nor their own report or decision."""

    code = "not_for_you"
    message = "This is about something that you made, reported or decided. Another must judge."


class ThingGone(Refusal):
    """Its author deleted it meanwhile."""

    code = "thing_gone"
    message = "Its author has deleted it meanwhile. There is nothing left to decide."


@transaction.atomic
def decide(
    case: Case, *, by: Person | None, reason: str, measure: Measure, words: str, at: datetime
) -> Decision:
    """Decide a case and do what was decided, or nothing. by None: automatic.

    Raises: AlreadyDecided, LookedAt, NotForYou, ThingGone. Locks: the case's row, then the
    author's, so that strikes of two decisions at once are counted together.
    """
    held = Case.objects.select_for_update().get(pk=case.pk)
    if held.closed_at is not None:
        raise AlreadyDecided
    if by is not None:
        _refuse_unfit(held, by, at=at)
    thing = held.thing
    if thing is None:
        raise ThingGone
    with languages.of(held.author):  # it is the author who reads it, now and later
        name = thing.name[:200]
    decision = Decision.objects.create(
        case=held, by=by, measure=measure, reason=reason, words=words, at=at,
        thing=name, excerpt=thing.excerpt,
    )  # fmt: skip
    held.closed_at, held.lease_until = at, None
    held.save(update_fields=["closed_at", "lease_until"])
    first = held.appeal.decision if held.appeal else None
    measures.take(thing, measure, case=held, instead_of=first, at=at)
    if held.author is not None and held.kind not in policy.WITHOUT_STRIKES:
        _count(decision, held.author, instead_of=first, at=at)
    is_news = measure is not Measure.NONE or first is not None
    if is_news:
        tell_later(decision)
    return decision


def tell_later(decision: Decision) -> None:
    """Tell the author, and mail the statement of reasons once the transaction is through."""
    people = readers(decision)
    for person in people:
        telling.tell(
            telling.Kind.DECISION,
            whom=person.pk,
            by=None,
            path=decision.get_absolute_url(),
            at=decision.at,
            item=decision.public_id,
        )
    if people:
        app.configure_task("safety.tell_author", queue="mail").defer(decision_id=decision.pk)


def readers(decision: Decision) -> list[Person]:
    """Return whom a decision is told: the author, all owners of a shop, or all who may change
    something of an advertiser. Queries: 0 or 1.
    """
    case = decision.case
    if case.merchant is not None:
        return list(owners(case.merchant))
    if case.payer is not None:
        return list(case.payer.people())
    return [] if case.author is None else [case.author]


def _refuse_unfit(case: Case, by: Person, *, at: datetime) -> None:
    """Raise what keeps this moderator from this case; a trigger of the database stands behind."""
    if not Case.objects.judgeable_by(by).filter(pk=case.pk).exists():
        raise NotForYou
    is_leased = case.lease_until is not None and case.lease_until > at
    if is_leased and case.lease_by_id != by.pk:
        raise LookedAt


def _count(
    decision: Decision, author: Person, *, instead_of: Decision | None, at: datetime
) -> None:
    """Count the decision's strikes instead of those of one that it replaces, and suspend."""
    Person.objects.select_for_update(no_key=True).get(pk=author.pk)
    # What no person has looked at hides, and counts nothing.
    weight = Measure(decision.measure).act.strikes if decision.by_id else 0
    if instead_of is not None:
        counted = Strike.objects.filter(decision=instead_of, revoked_at=None)
        if weight == Measure(instead_of.measure).act.strikes:
            return
        counted.update(revoked_at=at)
    if weight:
        Strike.objects.create(
            decision=decision, person=author, weight=weight, at=at,
            expires_at=at + policy.STRIKE_LASTS,
        )  # fmt: skip
    is_suspended, lasts = policy.suspension(Strike.weighing_on(author, at=at))
    if instead_of is not None and not is_suspended:
        Suspension.objects.in_force(at=at).filter(person=author).update(lifted_at=at)
    elif weight and is_suspended:
        until = None if lasts is None else at + lasts
        Suspension.objects.create(person=author, at=at, until=until)
