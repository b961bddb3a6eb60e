"""What accounts hold: the last closed balance and what was posted since, so that it costs the same
after ten years as after ten days."""

from collections.abc import Collection

from django.db import connection

BALANCES = """
    SELECT a.code, coalesce(b.balance_minor, 0) + coalesce((
        SELECT sum(p.amount_minor) FROM ledger_posting p
        WHERE p.account_id = a.id AND p.transfer_id > coalesce(b.until_transfer, 0)), 0)
    FROM ledger_account a LEFT JOIN LATERAL (
        SELECT held.balance_minor, c.until_transfer
        FROM ledger_closedbalance held JOIN ledger_closing c ON c.id = held.closing_id
        WHERE held.account_id = a.id ORDER BY held.closing_id DESC LIMIT 1
    ) AS b ON true
    WHERE a.currency = %s AND a.code = ANY (%s)
"""


def of(codes: Collection[str], *, currency: str) -> dict[str, int]:
    """Return each account's balance in minor units; 0 for one that was never opened. Queries: 1."""
    with connection.cursor() as cursor:
        cursor.execute(BALANCES, [currency, list(codes)])
        found = {code: int(balance) for code, balance in cursor.fetchall()}
    return {code: found.get(code, 0) for code in codes}
