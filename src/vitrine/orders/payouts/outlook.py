"""What a payee is paid next, and why that sum: each part of it can be added up again."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Sum

from vitrine.ledger import balances
from vitrine.ledger.accounts import Payee
from vitrine.orders.models import BankAccount, Holdback, PayoutTerms
from vitrine.orders.payouts import netting, planning
from vitrine.sovereignty.cell import local_day, this_cell

MATURING = """
    SELECT coalesce(sum(p.amount_minor), 0) FROM orders_paymentmove m
    JOIN ledger_transfer t ON t.key = m.key JOIN ledger_posting p ON p.transfer_id = t.id
    JOIN ledger_account a ON a.id = p.account_id
    WHERE a.code = %(pending)s AND a.currency = %(currency)s AND m.state = 'done'
        AND m.order_id IN (SELECT sold.order_id FROM orders_release r
            JOIN orders_paymentmove sold ON sold.id = r.move_id
            WHERE r.released_at IS NULL AND r.due_at < %(before)s)
"""


class Obstacle(StrEnum):
    """Why a turn would pay nothing."""

    HELD = "held"  # moderators suspended the shop
    NO_ACCOUNT = "no account"
    REFUSED = "refused"  # a payout to the account came back
    PAUSED = "paused"  # the account was named a moment ago
    TOO_LITTLE = "too little"


@dataclass(frozen=True)
class Outlook:
    """The next payout. on: its turn. The parts sum to total. obstacle: why nothing is paid.

    maturing: what becomes available until then. kept: of that, kept back. freed: kept back before.
    """

    on: date
    available_minor: int
    maturing_minor: int
    kept_minor: int
    freed_minor: int
    obstacle: Obstacle | None

    @property
    def total_minor(self) -> int:
        """Return what is available on the day."""
        available = self.available_minor + self.maturing_minor
        return available - self.kept_minor + self.freed_minor


@dataclass(frozen=True)
class Purse:
    """What a payee has, by where it is."""

    pending_minor: int
    available_minor: int
    reserve_minor: int
    in_transit_minor: int


def purse(payee: Payee) -> Purse:
    """Return what a payee has. Queries: 1."""
    held = balances.of(payee.all, currency=this_cell().currency)
    return Purse(*(held[code] for code in payee.all))


def of(payee: Payee, terms: PayoutTerms, bank: BankAccount | None, *, at: datetime) -> Outlook:
    """Say what the next turn pays, as far as it is known now. Queries: 3 to 4."""
    on = max(terms.next_on, local_day(at))
    before = datetime.combine(on + timedelta(days=1), time(), ZoneInfo(this_cell().time_zone))
    available = planning.available_to(payee)
    maturing = _maturing(payee, before=before)
    percent, _ = terms.reserve
    freed = Holdback.objects.held().of(payee).filter(until_at__lt=before)
    found = Outlook(
        on,
        available,
        maturing,
        netting.held_back(maturing, percent),
        int(freed.aggregate(sum=Sum("amount_minor"))["sum"] or 0),
        _obstacle(payee, bank, before=before),
    )
    if found.obstacle or netting.payable(found.total_minor, terms.minimum_minor):
        return found
    return replace(found, obstacle=Obstacle.TOO_LITTLE)


def _obstacle(payee: Payee, bank: BankAccount | None, *, before: datetime) -> Obstacle | None:
    if planning.is_held(payee):
        return Obstacle.HELD
    if bank is None:
        return Obstacle.NO_ACCOUNT
    if bank.refused_at is not None:
        return Obstacle.REFUSED
    return Obstacle.PAUSED if bank.usable_at >= before else None


def _maturing(payee: Payee, *, before: datetime) -> int:
    currency = this_cell().currency
    with connection.cursor() as cursor:
        cursor.execute(MATURING, {"pending": payee.pending, "currency": currency, "before": before})
        return max(0, int(cursor.fetchone()[0]))
