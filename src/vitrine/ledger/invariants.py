"""What ``vitrine check`` asks of the ledger."""

from django.db import connection

from vitrine.kernel.invariants import Finding, invariant
from vitrine.ledger import chain
from vitrine.sovereignty import immutable

GUARDS = {
    "ledger_posting_append_only",
    "ledger_posting_balanced",
    "ledger_posting_in_currency",
    "ledger_posting_never_emptied",
    "ledger_transfer_append_only",
    "ledger_transfer_balanced",
    "ledger_transfer_never_emptied",
    "ledger_trialline_balanced",
    *(
        f"ledger_{table}_{guard}"
        for table in ("seal", "closing", "closedbalance", "trialline")
        for guard in ("append_only", "never_emptied")
    ),
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


@invariant("M4", "The chain over what is posted is whole: nothing that was sealed has changed")
def chain_is_whole() -> Finding:
    """Derive every seal again."""
    return Finding(_count("ledger_seal"), list(chain.breaks()))


@invariant("M5", "What days were closed with is the sum of their postings, and sums to zero")
def closed_days_are_sums() -> Finding:
    """Add up again what every account held at every closing, and every trial balance."""
    balances = _violations(
        "SELECT c.day, a.code, b.balance_minor FROM ledger_closedbalance b "
        "JOIN ledger_closing c ON c.id = b.closing_id JOIN ledger_account a ON a.id = b.account_id "
        "LEFT JOIN LATERAL (SELECT sum(p.amount_minor) AS total FROM ledger_posting p "
        "WHERE p.account_id = a.id AND p.transfer_id <= c.until_transfer) AS s ON true "
        "WHERE b.balance_minor IS DISTINCT FROM coalesce(s.total, 0)",
        "{0} was closed with {2} in {1}, which is not the sum of its postings",
    )
    forgotten = _violations(
        "SELECT c.day, a.code FROM ledger_account a, LATERAL (SELECT c.day, c.until_transfer "
        "FROM ledger_closing c ORDER BY c.day DESC LIMIT 1) AS c, LATERAL "
        "(SELECT coalesce(sum(p.amount_minor), 0) AS total FROM ledger_posting p "
        "WHERE p.account_id = a.id AND p.transfer_id <= c.until_transfer) AS s "
        "LEFT JOIN LATERAL (SELECT b.balance_minor FROM ledger_closedbalance b "
        "WHERE b.account_id = a.id ORDER BY b.closing_id DESC LIMIT 1) AS b ON true "
        "WHERE s.total <> coalesce(b.balance_minor, 0)",
        "{0} was closed without what {1} holds",
    )
    trial = _violations(
        "SELECT c.day, t.currency FROM ledger_trialline t "
        "JOIN ledger_closing c ON c.id = t.closing_id GROUP BY c.day, t.currency "
        "HAVING sum(t.balance_minor) <> 0 OR sum(t.in_minor) <> sum(t.out_minor)",
        "the trial balance of {0} in {1} does not sum to zero",
    )
    return Finding(_count("ledger_closedbalance"), balances + forgotten + trial)
