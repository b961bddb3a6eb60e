"""Take a small part of a campaign's budgets to serve ads from, give the rest back, and close it.

A process that is killed leaves its leases: what they hold cannot be spent by anybody else until
they are closed, and nothing is ever spent twice. Whatever locks goes from leases to budgets in key
order to wallets in key order. Source: docs/adr/0114-budgets-and-leases.md.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from vitrine.ads import budgeting, tokens
from vitrine.ads.budgeting import Held
from vitrine.ads.models import Advertiser, Budget, Campaign, Lease
from vitrine.ads.promising import Promises
from vitrine.orders import wallets
from vitrine.orders.models import Wallet

LASTS = timedelta(minutes=10)
"""Long enough that taking one is rare beside serving from it; pausing does not wait for it."""
PART = 64
"""Of what is left, a lease takes so small a part: sixteen processes leave most of it to others."""
MOST_CLOSED = 500


def take(campaign: Campaign, *, least_micros: int, at: datetime) -> Promises | None:
    """Hold a part of what a campaign has left; None where that is less than the least.

    least_micros: the dearest that one ad of it may cost. With little left it is all that is taken,
    so that the last of a budget can be spent. Queries: 8.
    """
    try:
        with transaction.atomic():
            return _taken(campaign, least_micros, at)
    except _Refused:
        return None


class _Refused(Exception):
    """There is not enough, or the campaign does not run."""


def _taken(campaign: Campaign, least_micros: int, at: datetime) -> Promises:
    held = budgeting.found(campaign, at=at)
    if held is None:
        raise _Refused
    left_micros = _left(held)
    amount_micros = min(max(left_micros // PART, least_micros), left_micros)
    if amount_micros < max(least_micros, 1):
        raise _Refused
    budgeting.change(dict.fromkeys(held[:3], (amount_micros, 0)))
    if not wallets.hold(held.wallet, amount_micros):
        raise _Refused
    lease = Lease.objects.create(
        campaign=campaign,
        life_id=held.life,
        daily_id=held.daily,
        common_id=held.common,
        amount_micros=amount_micros,
        taken_at=at,
        until_at=at + LASTS,
    )
    return Promises(lease.pk, amount_micros, lease.until_at)


def _left(held: Held) -> int:
    """Return what all of the budgets and the wallet have left. Locks: the budgets, in key order."""
    budgets = Budget.objects.filter(pk__in=held[:3]).order_by("pk").select_for_update()
    limits = [
        one.limit_micros - one.held_micros - one.spent_micros
        for one in budgets
        if one.limit_micros is not None
    ]
    return min([*limits, wallets.free_micros(Wallet.objects.get(pk=held.wallet))])


def end(*held: Promises, at: datetime) -> None:
    """Give back what of leases was not promised. What comes later fits what they kept, or is free.

    Queries: 5 for one, or 1 where it was ended before.
    """
    for first in range(0, len(held), MOST_CLOSED):
        _end({of.lease: of.kept_micros for of in held[first : first + MOST_CLOSED]}, at)


@transaction.atomic
def _end(kept_micros: dict[int, int], at: datetime) -> None:
    leases = _locked(Q(pk__in=kept_micros, ended_at=None, closed_at=None))
    kept = [max(kept_micros[one.pk], one.spent_micros) for one in leases]
    for one, micros in zip(leases, kept, strict=True):
        Lease.objects.filter(pk=one.pk).update(amount_micros=micros, ended_at=at)
    back = [(one.amount_micros - micros, 0) for one, micros in zip(leases, kept, strict=True)]
    if any(micros for micros, _ in back):
        _let_go(leases, back)


@transaction.atomic
def close_over(*, at: datetime) -> int:
    """Close leases of which no token can be billed any more; return how many.

    What they were billed is spent, what they held beyond that is free. Killed anywhere, it did all
    of it or nothing.
    """
    return _close(Q(until_at__lt=at - tokens.LIVES - tokens.AHEAD), at=at)


def close_all(advertiser: Advertiser, *, at: datetime) -> None:
    """Close all leases of an advertiser that is locked: nothing of it is billed from then on."""
    while _close(Q(campaign__advertiser=advertiser), at=at) == MOST_CLOSED:
        pass


def _close(which: Q, *, at: datetime) -> int:
    over = _locked(which & Q(closed_at=None))
    Lease.objects.filter(pk__in=[one.pk for one in over]).update(closed_at=at)
    if over:
        _let_go(over, [(one.amount_micros, one.spent_micros) for one in over])
    return len(over)


def _locked(which: Q) -> list[Lease]:
    leases = Lease.objects.filter(which).select_related("campaign__advertiser")
    return list(leases.order_by("pk").select_for_update(of=("self",))[:MOST_CLOSED])


def _let_go(leases: Sequence[Lease], amounts: Sequence[tuple[int, int]]) -> None:
    """Let budgets and wallets go of what leases held, of which so much was spent."""
    of_budgets: defaultdict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    of_wallets: defaultdict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for lease, (held, spent) in zip(leases, amounts, strict=True):
        for pk in (lease.life_id, lease.daily_id, lease.common_id):
            of_budgets[pk] = of_budgets[pk][0] - held, of_budgets[pk][1] + spent
        wallet = lease.campaign.advertiser.wallet_id
        of_wallets[wallet] = of_wallets[wallet][0] + held, of_wallets[wallet][1] + spent
    budgeting.change(of_budgets)
    for wallet, (held, spent) in sorted(of_wallets.items()):
        wallets.settle(wallet, held_micros=held, spent_micros=spent)
