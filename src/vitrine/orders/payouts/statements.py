"""Month-end statements: one row a payee and month, frozen; each line is read from postings."""

from collections import Counter
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from vitrine.kernel import sweeping
from vitrine.ledger.accounts import Payee
from vitrine.orders.models import Statement
from vitrine.orders.payouts import entries
from vitrine.sovereignty.cell import local_day, this_cell

SETTLES = timedelta(minutes=30)
"""How long after a month's end its statements are made: what was posted then is committed."""

DUE = """
    SELECT split_part(a.code, ':', 1), split_part(a.code, ':', 2), min(a.opened_at)
    FROM ledger_account a
    WHERE (a.code LIKE 'merchant:%%' OR a.code LIKE 'creator:%%') AND a.currency = %(currency)s
        AND a.opened_at < %(until)s AND NOT EXISTS (SELECT 1 FROM orders_statement s
            WHERE s.payee_kind = split_part(a.code, ':', 1)
            AND s.payee_id = split_part(a.code, ':', 2) AND s.month = %(month)s)
    GROUP BY 1, 2 ORDER BY 1, 2
"""


def close_due(*, at: datetime) -> None:
    """Make the statements of all payees for the months that are over. Safe to call again."""
    month = (local_day(at - SETTLES).replace(day=1) - timedelta(days=1)).replace(day=1)
    _, until = entries.span(month)
    with connection.cursor() as cursor:
        asked: dict[str, Any] = {"currency": this_cell().currency, "until": until, "month": month}
        cursor.execute(DUE, asked)
        due = [(Payee(kind, who), opened) for kind, who, opened in cursor.fetchall()]
    sweeping.each(due, partial(_close_all, until=month, at=at))


def close(payee: Payee, month: date, *, at: datetime) -> Statement:
    """Make one statement, or return it. Its opening is what the one before closed with.

    Raises: ValueError for a month that is not over, or not the next. Locks: the statements, so
    that their numbers have no gaps.
    """
    since, until = entries.span(month)
    if until + SETTLES > at:
        raise ValueError(f"{month:%Y-%m} is not over")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE orders_statement IN SHARE ROW EXCLUSIVE MODE")
        mine = Statement.objects.filter(payee_kind=payee.kind, payee_id=payee.public_id)
        before = mine.order_by("-month").first()
        if before is not None and before.month >= month:
            return mine.get(month=month)
        if before is not None and entries.after(before.month) != month:
            raise ValueError(f"{month:%Y-%m} does not follow {before.month:%Y-%m}")
        held = entries.balances_before(payee, until)
        opening = before.closing_minor if before else 0
        if before is None:
            opening = sum(entries.balances_before(payee, since).values())
        return Statement.objects.create(
            number=(Statement.objects.aggregate(last=Max("number"))["last"] or 0) + 1,
            payee_kind=payee.kind,
            payee_id=payee.public_id,
            month=month,
            currency=this_cell().currency,
            opening_minor=opening,
            closing_minor=sum(held.values()),
            pending_minor=held[payee.pending],
            available_minor=held[payee.available],
            reserve_minor=held[payee.reserve],
            transit_minor=held[payee.in_transit],
            at=at,
            **sums(payee, since=since, until=until),
        )


def sums(payee: Payee, *, since: datetime, until: datetime) -> dict[str, int]:
    """Add up the lines of a span, by the statement's columns."""
    found: Counter[str] = Counter()
    for each in entries.of(payee, since=since, until=until):
        found["others" if each.kind in UNNAMED else each.kind] += each.gross_minor
        found["fees"] += each.fee_minor
        found["fee_taxes"] += each.fee_tax_minor
        found["commissions"] += each.commission_minor
    return {f"{name}_minor": found[name] for name in COLUMNS}


UNNAMED = ("cards", "ads")
"""Kinds of lines without a sum of their own."""
COLUMNS = (
    *("sales", "refunds", "fees", "fee_taxes", "commissions"),
    *("disputes", "payouts", "others"),
)


def _close_all(due: tuple[Payee, datetime], *, until: date, at: datetime) -> None:
    """Make a payee's statements up to a month, each in its own transaction, the oldest first."""
    payee, opened = due
    mine = Statement.objects.filter(payee_kind=payee.kind, payee_id=payee.public_id)
    last = mine.aggregate(last=Max("month"))["last"]
    month = entries.after(last) if last else local_day(opened).replace(day=1)
    while month <= until:
        close(payee, month, at=at)
        month = entries.after(month)
