"""What is agreed with a payee. The row exists from the first sale on."""

from datetime import datetime

from vitrine.ledger.accounts import Payee
from vitrine.orders.models import PayoutTerms, Schedule
from vitrine.orders.payouts import turns
from vitrine.sovereignty.cell import local_day


def of(payee: Payee, *, at: datetime) -> PayoutTerms:
    """Return a payee's terms, the usual ones if nothing else was agreed. Queries: 1, or 3 once."""
    mine = PayoutTerms.objects.filter(payee_kind=payee.kind, payee_id=payee.public_id)
    found = mine.first()
    if found is None:
        PayoutTerms.objects.bulk_create([_usual(payee, at=at)], ignore_conflicts=True)
        found = mine.get()
    return found


def known(payee: Payee, *, at: datetime) -> PayoutTerms:
    """Return a payee's terms without writing the usual ones down. Queries: 1."""
    mine = PayoutTerms.objects.filter(payee_kind=payee.kind, payee_id=payee.public_id)
    return mine.first() or _usual(payee, at=at)


def choose(payee: Payee, *, schedule: str, minimum_minor: int, at: datetime) -> None:
    """Have a payee paid in another rhythm, from another amount on. Queries: 2."""
    terms = of(payee, at=at)
    if schedule != terms.schedule:
        terms.schedule = schedule
        terms.next_on = turns.next_turn(local_day(at), schedule)
    terms.minimum_minor = minimum_minor
    terms.save(update_fields=["schedule", "minimum_minor", "next_on"])


def _usual(payee: Payee, *, at: datetime) -> PayoutTerms:
    return PayoutTerms(
        payee_kind=payee.kind,
        payee_id=payee.public_id,
        next_on=turns.next_turn(local_day(at), Schedule.WEEKLY),
    )


def locked(payee: Payee, *, at: datetime) -> PayoutTerms:
    """Hold a payee's terms until the transaction ends. Queries: 2, or 4 once."""
    return PayoutTerms.objects.select_for_update().get(pk=of(payee, at=at).pk)
