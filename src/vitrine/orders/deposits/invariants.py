"""What ``vitrine check`` asks of wallets and of the deposits that fill them."""

from vitrine.kernel.invariants import Finding, invariant
from vitrine.orders.checking import Rule, finding

GUARDS = {
    "wallet_never_overspent",
    "orders_wallet_funded",
    "orders_wallet_frozen",
    *(f"orders_{table}_paid" for table in ("deposit", "depositmove", "depositdispute")),
    *(f"orders_{table}_funds" for table in ("depositmove", "depositdispute")),
    *(f"orders_{table}_frozen" for table in ("deposit", "depositmove", "depositdispute")),
    *(f"orders_{table}_state_steps" for table in ("deposit", "depositmove", "depositdispute")),
}
POSTED = (
    "(SELECT coalesce(sum(l.amount_minor), 0) FROM ledger_posting l "
    "JOIN ledger_account a ON a.id = l.account_id JOIN ledger_transfer t ON t.id = l.transfer_id "
    "WHERE a.code = 'advertiser:' || w.public_id || ':wallet' AND {})"
)
ALL, BILLED = POSTED.format("true"), POSTED.format("t.reason_kind = 'adbill'")
"""What was posted on a wallet's account: all of it, and what ads were billed for."""


@invariant("A5", "Wallets hold what was put in, and never spend more")
def wallets_are_funded() -> Finding:
    """Match wallets with their deposits, refunds and disputes, the ledger and the test bank."""
    return finding(
        "orders_wallet",
        Rule(
            "SELECT w.public_id FROM orders_wallet w LEFT JOIN LATERAL (SELECT "
            "sum(CASE m.kind WHEN 'capture' THEN 1 ELSE -1 END * (m.amount_minor - m.tax_minor)) "
            "AS put FROM orders_depositmove m JOIN orders_deposit d ON d.id = m.deposit_id "
            "WHERE d.wallet_id = w.id AND (m.kind = 'capture' AND m.state = 'done' "
            "OR m.kind = 'refund' AND m.state <> 'refused')) m ON true "
            "LEFT JOIN LATERAL (SELECT sum(x.from_wallet_minor) AS claimed "
            "FROM orders_depositdispute x JOIN orders_deposit d ON d.id = x.deposit_id "
            "WHERE d.wallet_id = w.id AND x.state <> 'won') x ON true "
            "WHERE w.put_minor <> coalesce(m.put, 0) - coalesce(x.claimed, 0)",
            "wallet {0} does not hold what its deposits put in",
        ),
        Rule(
            f"SELECT w.public_id FROM orders_wallet w WHERE {ALL} "  # noqa: S608
            f"- {BILLED} <> w.put_minor "
            "+ (SELECT coalesce(sum(m.amount_minor - m.tax_minor), 0) FROM orders_depositmove m "
            "JOIN orders_deposit d ON d.id = m.deposit_id WHERE d.wallet_id = w.id "
            "AND m.kind = 'refund' AND m.state = 'asked') "
            "+ (SELECT coalesce(sum(x.from_wallet_minor), 0) FROM orders_depositdispute x "
            "JOIN orders_deposit d ON d.id = x.deposit_id WHERE d.wallet_id = w.id "
            "AND x.state IN ('needs_response', 'under_review'))",
            "wallet {0} and the ledger disagree",
        ),
        Rule(
            "SELECT w.public_id FROM orders_wallet w WHERE "  # noqa: S608
            f"-{BILLED} * 10000 > w.spent_micros + w.held_micros",
            "more is posted of wallet {0} than ads spent and hold",
        ),
        Rule(
            "SELECT a.code FROM ledger_account a WHERE a.code LIKE 'advertiser:%:wallet' "
            "AND NOT EXISTS (SELECT FROM orders_wallet w "
            "WHERE a.code = 'advertiser:' || w.public_id || ':wallet' AND a.currency = w.currency)",
            "the account {0} is of no wallet",
        ),
        Rule(
            "SELECT d.public_id, d.state FROM orders_deposit d LEFT JOIN LATERAL (SELECT "
            "count(*) FILTER (WHERE kind = 'capture' AND state = 'done') AS taken, "
            "coalesce(sum(amount_minor) FILTER (WHERE kind = 'refund' AND state = 'done'), 0) "
            "AS given FROM orders_depositmove WHERE deposit_id = d.id) m ON true "
            "WHERE (d.state IN ('paid', 'refunded'))::int <> m.taken "
            "OR (d.state = 'refunded') <> (m.given = d.amount_minor + d.tax_minor)",
            "the deposit {0} is {1}, and its moves say otherwise",
        ),
        Rule(
            "SELECT m.key FROM orders_depositmove m JOIN orders_deposit d ON d.id = m.deposit_id "
            "LEFT JOIN ledger_transfer t ON t.key = m.key "
            "LEFT JOIN LATERAL (SELECT sum(l.amount_minor) AS moved FROM ledger_posting l "
            "JOIN ledger_account a ON a.id = l.account_id AND a.code = 'provider:' || d.provider "
            "WHERE l.transfer_id = t.id) l ON true "
            "WHERE m.kind <> 'void' AND (m.state = 'done') <> (t.id IS NOT NULL) "
            "OR m.kind = 'void' AND t.id IS NOT NULL OR t.id IS NOT NULL "
            "AND l.moved IS DISTINCT FROM "
            "CASE m.kind WHEN 'capture' THEN -1 ELSE 1 END * m.amount_minor",
            "the move {0} of a deposit and the ledger disagree",
        ),
        Rule(
            "SELECT x.public_id FROM orders_depositdispute x LEFT JOIN ledger_transfer t "
            "ON t.key = 'dispute:' || x.public_id WHERE (x.state = 'lost') <> (t.id IS NOT NULL)",
            "the dispute {0} of a deposit and the ledger disagree",
        ),
        Rule(
            "SELECT kind FROM orders_depositmove WHERE number IS NOT NULL "
            "GROUP BY kind HAVING count(*) <> max(number)",
            "the numbers of deposits’ papers of a {0} have a gap",
        ),
        Rule(
            "SELECT d.public_id FROM orders_deposit d LEFT JOIN sandbox_bank_charge b "
            "ON b.key = d.charge_key WHERE d.provider = 'sandbox' AND ("
            "d.state IN ('authorised', 'paid', 'refunded') AND b.outcome IS DISTINCT FROM "
            "'authorised' OR d.state = 'abandoned' AND b.outcome = 'authorised' "
            "AND d.settled_at < now() - interval '10 minutes' "
            "AND NOT EXISTS (SELECT FROM orders_depositmove m WHERE m.deposit_id = d.id))",
            "the deposit {0} and the test bank disagree",
        ),
    )
