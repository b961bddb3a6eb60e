"""Settle what a provider answered about a charge that is no order's: for the call, the return
page, the webhook and the poller. Whoever comes first under the lock decides; the others change
nothing.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop

from vitrine.orders.charges import kinds, moving
from vitrine.orders.models import Charged, MoveKind, MoveState, SaleState
from vitrine.orders.models.charged import OPEN, C, awaiting_word
from vitrine.orders.payment import providers
from vitrine.orders.payment.provider import Answer, Charge, Outcome, OutcomeUnknown, Part
from vitrine.orders.settling import later

HOLD = timedelta(minutes=30)
"""How long a payer has to pay."""
TIMED_OUT = gettext_noop("The time to pay was over. Nothing was charged.")


def charge_of(charged: Charged) -> Charge:
    """Return what is asked of the provider: the same whenever it is asked. Queries: 0."""
    return Charge(
        key=charged.charge_key,
        amount_minor=charged.charge_minor,
        currency=charged.currency,
        token=charged.method_token,
        reference=charged.reference,
        email=charged.email,
        back_url=f"{settings.VITRINE_ORIGIN}{charged.get_absolute_url()}",
        is_kept=False,
        is_wanted=charged.state != SaleState.ABANDONED,
        parts=lambda: [Part(charged.public_id, charged.charge_minor)],
    )


def carry_on(charged: C, *, at: datetime) -> C:
    """Ask the provider for the money if nothing is known, and take it. No transaction is open."""
    if charged.state in (SaleState.STARTED, SaleState.UNKNOWN):
        try:
            answer = providers.named(charged.provider).authorise(charge_of(charged))
        except OutcomeUnknown:
            return _mark_unknown(charged, at=at)
        charged = settle(charged, answer, at=at)
    return _taken(charged, at=at)


def resolve(charged: C, *, at: datetime) -> C:
    """Ask the provider what became of a charge, settle it and take it. No transaction is open.

    A charge that never arrived stays as it is: the payer may send it again until its time is over.
    """
    if awaits_word(charged):
        try:
            answer = providers.named(charged.provider).find(charge_of(charged))
        except OutcomeUnknown:
            answer = None
        if answer is None:
            type(charged)._default_manager.filter(pk=charged.pk).update(polled_at=at)
            return charged
        charged = settle(charged, answer, at=at)
    return _taken(charged, at=at)


def page_of(charged: Charged) -> str:
    """Return where the payer pays or proves who they are; "" where nothing is wanted any more."""
    try:
        answer = providers.named(charged.provider).find(charge_of(charged))
    except OutcomeUnknown:
        return ""
    return answer.challenge_url if answer else ""


@transaction.atomic
def settle(charged: C, answer: Answer, *, at: datetime) -> C:
    """Apply an answer to a charge, once. Locks: what is charged.

    Authorised: the money is taken, or, if the payer's time was over, let go.
    """
    charged = charged.held()
    match answer.outcome:
        case Outcome.AUTHORISED if charged.state in OPEN:
            _note(charged, answer)
            _end(charged, SaleState.AUTHORISED, at=at)
            moving.ask(charged, MoveKind.CAPTURE, at=at)
        case Outcome.AUTHORISED if charged.state == SaleState.ABANDONED:
            _note(charged, answer)
            charged.save()
            moving.ask(charged, MoveKind.VOID, at=at, reason="The time to pay was over")
        case Outcome.DECLINED if charged.state in OPEN:
            charged.decline_reason = answer.reason[:200]
            _note(charged, answer)
            _end(charged, SaleState.DECLINED, at=at)
        case Outcome.CHALLENGE if charged.state in OPEN:
            charged.state, charged.reference = SaleState.CHALLENGE, answer.reference
            charged.save(update_fields=["state", "reference"])
    return charged


def silent(*, began_before: datetime, began_after: datetime) -> list[Charged]:
    """Return those whose outcome is open, and given-up ones that may still come good.

    Queries: 1 for each kind.
    """
    too_late = Q(state=SaleState.ABANDONED, created_at__lte=began_after)
    return [
        one
        for kind in kinds.KINDS
        for one in kind.charged._default_manager.select_related(*kind.charged.READ_WITH)
        .filter(awaiting_word(), created_at__lt=began_before)
        .exclude(too_late)
        .order_by("pk")
    ]


def awaits_word(charged: Charged) -> bool:
    """Tell whether the provider may still say something new of a charge. Queries: 1."""
    mine = type(charged)._default_manager.filter(awaiting_word(), pk=charged.pk)
    return mine.exists()


def end_overdue(*, at: datetime) -> int:
    """Give up what was not paid in time; return how many. What comes good later is let go."""
    given_up = {"state": SaleState.ABANDONED, "settled_at": at, "decline_reason": TIMED_OUT}
    overdue = Q(state__in=OPEN, created_at__lte=at - HOLD)
    return sum(
        kind.charged._default_manager.filter(overdue).update(**given_up) for kind in kinds.KINDS
    )


@transaction.atomic
def _mark_unknown(charged: C, *, at: datetime) -> C:
    """Note that no answer came; the poller asks later. Locks: what is charged."""
    charged = charged.held()
    if charged.state in OPEN:
        charged.state, charged.polled_at = SaleState.UNKNOWN, at
        charged.save(update_fields=["state", "polled_at"])
        later("resolve_charge", charge_key=charged.charge_key)
    return charged


def _taken(charged: C, *, at: datetime) -> C:
    """Make what is asked of a charge's money, at once: its payer waits for what it pays for."""
    asked = charged.moves.filter(state=MoveState.ASKED).order_by("pk")
    for key in asked.values_list("key", flat=True):
        moving.make(key, at=at)
    rows = type(charged)._default_manager.select_related(*charged.READ_WITH)
    return rows.get(pk=charged.pk)


def _note(charged: Charged, answer: Answer) -> None:
    charged.reference = answer.reference
    if answer.method is not None:
        charged.method_token = answer.method.token
        charged.method_label = answer.method.label[:60]


def _end(charged: Charged, state: SaleState, *, at: datetime) -> None:
    charged.state, charged.settled_at = state, at
    charged.save()
