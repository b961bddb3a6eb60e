"""Settle what a provider answered about the charge of a card: for the call, the return page, the
webhook and the poller. Whoever comes first under the lock decides; the others change nothing.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop

from vitrine.orders.giftcards import moving
from vitrine.orders.models import CardMove, CardSale, MoveKind, SaleState
from vitrine.orders.models.card_sale import OPEN
from vitrine.orders.payment import providers
from vitrine.orders.payment.provider import Answer, Charge, Outcome, OutcomeUnknown, Part
from vitrine.orders.settling import later

HOLD = timedelta(minutes=30)
"""How long a buyer has to pay."""
TIMED_OUT = gettext_noop("The time to pay was over. Nothing was charged.")


def charge_of(sale: CardSale) -> Charge:
    """Return what a sale asks of its provider: the same whenever it is asked. Queries: 0."""
    return Charge(
        key=sale.charge_key,
        amount_minor=sale.amount_minor,
        currency=sale.currency,
        token=sale.method_token,
        reference=sale.reference,
        email=sale.email,
        back_url=f"{settings.VITRINE_ORIGIN}{sale.get_absolute_url()}",
        is_kept=False,
        is_wanted=sale.state != SaleState.ABANDONED,
        parts=lambda: [Part(sale.public_id, sale.amount_minor)],
    )


def carry_on(sale: CardSale, *, at: datetime) -> CardSale:
    """Ask the provider for the money if nothing is known, and take it. No transaction is open."""
    if sale.state in (SaleState.STARTED, SaleState.UNKNOWN):
        try:
            answer = providers.named(sale.provider).authorise(charge_of(sale))
        except OutcomeUnknown:
            return _mark_unknown(sale, at=at)
        sale = settle(sale, answer, at=at)
    return _taken(sale, at=at)


def resolve(sale: CardSale, *, at: datetime) -> CardSale:
    """Ask the provider what became of a charge, settle it and take it. No transaction is open.

    A charge that never arrived stays as it is: the buyer may send it again until its time is over.
    """
    if awaits_word(sale):
        try:
            answer = providers.named(sale.provider).find(charge_of(sale))
        except OutcomeUnknown:
            answer = None
        if answer is None:
            CardSale.objects.filter(pk=sale.pk).update(polled_at=at)
            return sale
        sale = settle(sale, answer, at=at)
    return _taken(sale, at=at)


def page_of(sale: CardSale) -> str:
    """Return where the buyer pays or proves who they are; "" where nothing is wanted any more."""
    try:
        answer = providers.named(sale.provider).find(charge_of(sale))
    except OutcomeUnknown:
        return ""
    return answer.challenge_url if answer else ""


@transaction.atomic
def settle(sale: CardSale, answer: Answer, *, at: datetime) -> CardSale:
    """Apply an answer to a charge, once. Locks: the sale.

    Authorised: the money is taken, or, if the buyer's time was over, let go.
    """
    sale = CardSale.objects.locked().get(pk=sale.pk)
    match answer.outcome:
        case Outcome.AUTHORISED if sale.state in OPEN:
            _note(sale, answer)
            _end(sale, SaleState.AUTHORISED, at=at)
            moving.ask(sale, MoveKind.CAPTURE, at=at)
        case Outcome.AUTHORISED if sale.state == SaleState.ABANDONED:
            _note(sale, answer)
            sale.save()
            moving.ask(sale, MoveKind.VOID, at=at, reason="The time to pay was over")
        case Outcome.DECLINED if sale.state in OPEN:
            sale.decline_reason = answer.reason[:200]
            _note(sale, answer)
            _end(sale, SaleState.DECLINED, at=at)
        case Outcome.CHALLENGE if sale.state in OPEN:
            sale.state, sale.reference = SaleState.CHALLENGE, answer.reference
            sale.save(update_fields=["state", "reference"])
    return sale


def silent(*, began_before: datetime, began_after: datetime) -> "QuerySet[CardSale]":
    """Return sales whose outcome is open, and given-up ones that may still come good."""
    too_late = Q(state=SaleState.ABANDONED, created_at__lte=began_after)
    found = CardSale.objects.awaiting_word().filter(created_at__lt=began_before).exclude(too_late)
    return found.select_related("merchant").order_by("pk")


def awaits_word(sale: CardSale) -> bool:
    """Tell whether the provider may still say something new of a charge. Queries: 1."""
    return CardSale.objects.awaiting_word().filter(pk=sale.pk).exists()


def end_overdue(*, at: datetime) -> int:
    """Give up what was not paid in time; return how many. What comes good later is let go."""
    overdue = CardSale.objects.filter(state__in=OPEN, created_at__lte=at - HOLD)
    return overdue.update(state=SaleState.ABANDONED, settled_at=at, decline_reason=TIMED_OUT)


@transaction.atomic
def _mark_unknown(sale: CardSale, *, at: datetime) -> CardSale:
    """Note that no answer came; the poller asks later. Locks: the sale."""
    sale = CardSale.objects.locked().get(pk=sale.pk)
    if sale.state in OPEN:
        sale.state, sale.polled_at = SaleState.UNKNOWN, at
        sale.save(update_fields=["state", "polled_at"])
        later("resolve_card", sale_id=sale.pk)
    return sale


def _taken(sale: CardSale, *, at: datetime) -> CardSale:
    """Make what is asked of a sale's money, at once: its buyer waits for the card."""
    asked = CardMove.objects.filter(sale=sale, state="asked").order_by("pk")
    for key in asked.values_list("key", flat=True):
        moving.make(key, at=at)
    return CardSale.objects.select_related("merchant", "purse").get(pk=sale.pk)


def _note(sale: CardSale, answer: Answer) -> None:
    sale.reference = answer.reference
    if answer.method is not None:
        sale.method_token, sale.method_label = answer.method.token, answer.method.label[:60]


def _end(sale: CardSale, state: SaleState, *, at: datetime) -> None:
    sale.state, sale.settled_at = state, at
    sale.save()
