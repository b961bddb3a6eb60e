"""What happened to a payee's money in a span of time, read from what was posted alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from vitrine.ledger.accounts import PLATFORM_FEES, Payee
from vitrine.sovereignty.cell import this_cell

ENTRIES = """
    SELECT t.at, t.reason_kind, t.reason_id, mine.own, legs.fees, legs.commissions,
        CASE t.reason_kind WHEN 'order' THEN whole.fee_taxes
            WHEN 'refund' THEN -coalesce(part.fee_taxes, whole.fee_taxes) ELSE 0 END AS fee_taxes,
        coalesce(o.public_id, t.reason_id) AS about
    FROM (
        SELECT p.transfer_id, sum(p.amount_minor) AS own
        FROM ledger_account a JOIN ledger_posting p ON p.account_id = a.id
        JOIN ledger_transfer t ON t.id = p.transfer_id
        WHERE a.currency = %(currency)s AND a.code = ANY (%(codes)s)
            AND t.at >= %(since)s AND t.at < %(until)s
        GROUP BY p.transfer_id HAVING sum(p.amount_minor) <> 0
    ) AS mine JOIN ledger_transfer t ON t.id = mine.transfer_id
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(p.amount_minor) FILTER (WHERE a.code = %(fees)s), 0) AS fees,
            coalesce(sum(p.amount_minor) FILTER (WHERE a.code LIKE 'creator:%%'), 0) AS commissions
        FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
        WHERE p.transfer_id = t.id
    ) AS legs
    LEFT JOIN orders_paymentmove m ON m.key = t.key LEFT JOIN orders_order o ON o.id = m.order_id
    LEFT JOIN LATERAL (SELECT coalesce(sum(amount_minor), 0) AS fee_taxes FROM orders_feetax
        WHERE order_id = m.order_id) AS whole ON true
    LEFT JOIN LATERAL (SELECT (SELECT coalesce(sum(each.value::bigint), 0)
            FROM jsonb_each_text(r.fee_taxes) AS each) AS fee_taxes
        FROM orders_refund r WHERE r.move_id = m.id) AS part ON true
    ORDER BY t.id
"""
"""A refund that says nothing of its parts is of a whole order, and of a release before."""
BALANCES = """
    SELECT a.code, coalesce(sum(p.amount_minor), 0) FROM ledger_account a
    JOIN ledger_posting p ON p.account_id = a.id JOIN ledger_transfer t ON t.id = p.transfer_id
    WHERE a.currency = %s AND a.code = ANY (%s) AND t.at < %s GROUP BY a.code
"""
FEE_TAXES = """
    SELECT f.name, sum(CASE WHEN m.kind = 'capture' THEN f.amount_minor
        WHEN r.id IS NULL THEN -f.amount_minor
        ELSE -coalesce((r.fee_taxes ->> f.authority)::bigint, 0) END)
    FROM ledger_transfer t JOIN orders_paymentmove m ON m.key = t.key
    JOIN orders_order o ON o.id = m.order_id JOIN catalog_merchant c ON c.id = o.merchant_id
    JOIN orders_feetax f ON f.order_id = o.id LEFT JOIN orders_refund r ON r.move_id = m.id
    WHERE c.public_id = %s AND t.at >= %s AND t.at < %s GROUP BY f.name ORDER BY f.name
"""
KINDS = {
    "order": "sales",
    "refund": "refunds",
    "clawback": "disputes",
    "payout": "payouts",
    "commission": "commissions",
    "purse": "cards",
    "adshare": "ads",
}
AT_A_TIME = 2_000


@dataclass(frozen=True)
class Entry:
    """One line. kind: sales, refunds, disputes, payouts, commissions, cards, ads or others. about:
    an order's id, or what else it is for. gross: before fee, its tax and commission, which are what
    the payee loses by them. The four sum to net.
    """

    at: datetime
    kind: str
    about: str
    gross_minor: int
    fee_minor: int
    fee_tax_minor: int
    commission_minor: int
    net_minor: int


def span(month: date) -> tuple[datetime, datetime]:
    """Return when a month begins and ends in the cell's time zone. month: its first day."""
    zone = ZoneInfo(this_cell().time_zone)
    return datetime.combine(month, time(), zone), datetime.combine(after(month), time(), zone)


def after(month: date) -> date:
    """Return the first day of the next month."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def of(payee: Payee, *, since: datetime, until: datetime) -> Iterator[Entry]:
    """Yield what changed what a payee is owed, in the order it was posted, in constant memory."""
    asked: dict[str, Any] = {
        "codes": list(payee.all),
        "currency": this_cell().currency,
        "fees": PLATFORM_FEES,
        "since": since,
        "until": until,
    }
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.itersize = AT_A_TIME  # type: ignore[attr-defined]
        cursor.execute(ENTRIES, asked)
        for row in cursor:
            yield _entry(payee, *row)


def balances_before(payee: Payee, until: datetime) -> dict[str, int]:
    """Return what each account of a payee held at an instant. Queries: 1."""
    with connection.cursor() as cursor:
        cursor.execute(BALANCES, [this_cell().currency, list(payee.all), until])
        found = {code: int(sum_) for code, sum_ in cursor.fetchall()}
    return {code: found.get(code, 0) for code in payee.all}


def fee_taxes(payee: Payee, *, since: datetime, until: datetime) -> list[tuple[str, int]]:
    """Return the tax on a merchant's fees by its name, less what was given back. Queries: 1."""
    with connection.cursor() as cursor:
        cursor.execute(FEE_TAXES, [payee.public_id, since, until])
        return [(name, int(amount)) for name, amount in cursor.fetchall() if amount]


def _entry(
    payee: Payee,
    at: datetime,
    reason: str,
    reason_id: str,
    own: int,
    fees: int,
    commissions: int,
    fee_taxes: int,
    about: str,
) -> Entry:
    """Read a row. Fees and commissions are a merchant's alone: a creator gets what is theirs."""
    lost = [int(each) for each in (fees, fee_taxes, commissions)]
    if payee.kind != "merchant":
        lost = [0, 0, 0]
    fee, tax, commission = (-each for each in lost)
    gross = int(own) - fee - tax - commission
    kind = KINDS.get(reason, "others")
    return Entry(at, kind, about or reason_id, gross, fee, tax, commission, int(own))
