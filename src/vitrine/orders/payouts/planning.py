"""Plan payouts: on a payee's turn, everything that is available, to the bank they named.

A debt is made up for first, out of what is kept back; then by later sales. Two runs at once pay
once: a payee's terms are the lock, and each turn has a key of its own.
"""

from datetime import datetime
from functools import partial

from django.db import transaction

from vitrine.catalog.models import Merchant
from vitrine.kernel import sweeping
from vitrine.ledger import balances, posting
from vitrine.ledger.accounts import Payee
from vitrine.ledger.posting import Reason
from vitrine.orders.models import BankAccount, Holdback, Payout, PayoutTerms
from vitrine.orders.payouts import netting, releasing, turns
from vitrine.sovereignty.cell import local_day, this_cell


def plan_due(*, at: datetime) -> list[Payout]:
    """Plan the payouts of all payees whose turn has come. Safe to call again."""
    due = PayoutTerms.objects.filter(next_on__lte=local_day(at)).order_by("pk")
    planned = sweeping.each(due.values_list("pk", flat=True), partial(plan, at=at))
    return [one for one in planned if one is not None]


@transaction.atomic
def plan(terms_id: int, *, at: datetime) -> Payout | None:
    """Plan a payee's payout if it is their turn. Locks: the payee's terms.

    Where no bank account may be paid, or moderators keep the shop shut, the turn waits; where too
    little is available it passes.
    """
    terms = PayoutTerms.objects.select_for_update().get(pk=terms_id)
    today = local_day(at)
    if terms.next_on > today:
        return None
    payee = terms.payee
    if is_held(payee):
        return None
    make_up_for_debt(payee, at=at)
    bank = BankAccount.objects.of(payee).first()
    available = available_to(payee)
    amount = netting.payable(available, terms.minimum_minor)
    if amount and (bank is None or not bank.takes_money(at)):
        return None
    key = f"payout:{payee.kind}:{payee.public_id}:{terms.next_on}"
    terms.next_on = turns.next_turn(today, terms.schedule)
    terms.save(update_fields=["next_on"])
    return _plan(payee, bank, amount, key=key, at=at) if amount and bank else None


def is_held(payee: Payee) -> bool:
    """Tell whether moderators hold a payee's payouts: a suspended merchant's. Queries: 0 or 1."""
    if payee.kind != "merchant":
        return False
    held = Merchant.objects.filter(public_id=payee.public_id, suspended_at__isnull=False)
    return held.exists()


def make_up_for_debt(payee: Payee, *, at: datetime) -> None:
    """Free what is kept back, the oldest first, as far as a debt needs it."""
    held = list(Holdback.objects.held().of(payee).order_by("until_at", "pk"))
    count = netting.freed_for_debt(available_to(payee), [one.amount_minor for one in held])
    for one in held[:count]:
        releasing.free(one.pk, at=at)


def available_to(payee: Payee) -> int:
    """Return what a payee could be paid now; negative: what they owe. Queries: 1."""
    currency = this_cell().currency
    return balances.of([payee.available], currency=currency)[payee.available]


def _plan(payee: Payee, bank: BankAccount, amount: int, *, key: str, at: datetime) -> Payout:
    payout = Payout.objects.create(
        payee_kind=payee.kind,
        payee_id=payee.public_id,
        key=key,
        currency=this_cell().currency,
        amount_minor=amount,
        bank=bank,
        planned_at=at,
    )
    posting.post(
        key=key,
        legs={payee.available: -amount, payee.in_transit: amount},
        currency=payout.currency,
        reason=Reason("payout", payout.public_id),
        at=at,
    )
    return payout
