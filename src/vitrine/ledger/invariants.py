"""What ``vitrine check`` asks of the ledger."""

from django.db import connection

from vitrine.kernel.invariants import Finding, invariant
from vitrine.sovereignty import immutable

GUARDS = {
    "ledger_posting_append_only",
    "ledger_posting_balanced",
    "ledger_posting_in_currency",
    "ledger_posting_never_emptied",
    "ledger_transfer_append_only",
    "ledger_transfer_balanced",
    "ledger_transfer_never_emptied",
}


def _violations(sql: str, sentence: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [sentence.format(*row) for row in cursor.fetchall()]


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608 (our own table names)
        return int(cursor.fetchone()[0])


@invariant("M1", "Every transfer has postings that sum to zero per currency")
def transfers_sum_to_zero() -> Finding:
    """Look for transfers that create or destroy money, or say nothing."""
    unbalanced = _violations(
        "SELECT t.key, p.currency, sum(p.amount_minor) FROM ledger_posting p "
        "JOIN ledger_transfer t ON t.id = p.transfer_id GROUP BY t.id, p.currency "
        "HAVING sum(p.amount_minor) <> 0",
        "transfer {0} is off by {2} {1}",
    )
    partial = _violations(
        "SELECT t.key, count(p.id), t.legs FROM ledger_transfer t "
        "LEFT JOIN ledger_posting p ON p.transfer_id = t.id "
        "GROUP BY t.id HAVING count(p.id) <> t.legs",
        "transfer {0} has {1} of its {2} postings",
    )
    return Finding(_count("ledger_transfer"), unbalanced + partial)


@invariant("M1", "A posting is in its account's currency, and nothing can change what is posted")
def postings_are_pure_and_guarded() -> Finding:
    """Look for mixed currencies and for missing guards."""
    mixed = _violations(
        "SELECT p.id, a.code FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id "
        "WHERE a.currency <> p.currency",
        "posting {0} is not in the currency of {1}",
    )
    missing = [f"the guard {name} is missing" for name in immutable.missing(GUARDS)]
    return Finding(_count("ledger_posting"), mixed + missing)
