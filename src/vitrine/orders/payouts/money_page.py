"""The reads of the page on which a payee sees their money."""

from datetime import UTC, datetime
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext, gettext_noop

from vitrine.kernel.money import plain_decimal
from vitrine.ledger.accounts import Payee
from vitrine.orders.models import BankAccount, Payout, PayoutTerms, Statement
from vitrine.orders.payouts import outlook, remitting, terms
from vitrine.orders.payouts.outlook import Obstacle
from vitrine.sovereignty.cell import this_cell

PAYOUTS = 30
ACCOUNTS = 10
MONTHS = 36

_OBSTACLES = {
    Obstacle.HELD: gettext_noop("Nothing is paid: the shop is suspended, and its money is held."),
    Obstacle.NO_ACCOUNT: gettext_noop("Nothing is paid before you name a bank account."),
    Obstacle.REFUSED: gettext_noop(
        "Nothing is paid: a payout to your account came back. Name another one."
    ),
    Obstacle.PAUSED: gettext_noop(
        "Nothing is paid yet: the account was named a moment ago. It is paid once the pause is "
        "over."
    ),
    Obstacle.TOO_LITTLE: gettext_noop(
        "That is less than what you are paid from on, so it waits for the next time."
    ),
}


def of(payee: Payee, *, at: datetime) -> dict[str, Any]:
    """Return what the page shows. Queries: 10."""
    agreed = terms.known(payee, at=at)
    named = BankAccount.objects.filter(payee_kind=payee.kind, payee_id=payee.public_id)
    log = list(named.select_related("by").order_by("-pk")[:ACCOUNTS])
    bank = next((one for one in log if one.replaced_at is None), None)
    next_one = outlook.of(payee, agreed, bank, at=at)
    obstacle = _OBSTACLES[next_one.obstacle] if next_one.obstacle else ""
    paid = Payout.objects.to(payee).select_related("bank").order_by("-planned_at", "-pk")
    return {
        "purse": outlook.purse(payee),
        "terms": agreed,
        "currency": this_cell().currency,
        "next": next_one,
        "obstacle": gettext(obstacle) if obstacle else "",
        "bank": bank,
        "provider": remitting.paying_out(),
        "is_paused": bank is not None and bank.usable_at > at,
        "log": log,
        "months": Statement.objects.filter(
            payee_kind=payee.kind, payee_id=payee.public_id
        ).order_by("-month")[:MONTHS],
        "payouts": [(each, gettext(each.reason) if each.reason else "") for each in paid[:PAYOUTS]],
    }


def statement(payee: Payee, month: str) -> Statement:
    """Return a payee's statement of a month such as "2026-11". Raises: Http404. Queries: 1."""
    try:
        first = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC).date()
    except ValueError:
        raise Http404 from None
    mine = Statement.objects.filter(payee_kind=payee.kind, payee_id=payee.public_id)
    return get_object_or_404(mine, month=first)


def initial(agreed: PayoutTerms) -> dict[str, str]:
    """Return what the form of a payee's terms says before anything is typed."""
    from_minor = plain_decimal(agreed.minimum_minor, this_cell().currency)
    return {"schedule": agreed.schedule, "minimum": from_minor}
