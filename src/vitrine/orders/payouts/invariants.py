"""What ``vitrine check`` asks of releases, reserves and payouts."""

from vitrine.kernel.invariants import Finding, invariant
from vitrine.orders.checking import Rule, finding
from vitrine.sovereignty.cell import this_cell

GUARDS = {
    "ledger_transfer_has_its_payout",
    "orders_payout_posted",
    "orders_payout_in_one_file",
    "orders_statement_append_only",
    "orders_payoutfilereading_append_only",
    "orders_payoutfilereading_never_emptied",
    "orders_payout_state_steps",
    "orders_clawback_append_only",
    *(
        f"orders_{table}_frozen"
        for table in ("feetax", "release", "holdback", "bankaccount", "payout")
    ),
}


@invariant("M6", "Every payout’s money is where its state says, and was posted once")
def payouts_add_up() -> Finding:
    """Match payouts and clawbacks with what was posted for them."""
    return finding(
        "orders_payout",
        Rule(
            "SELECT p.public_id, p.state FROM orders_payout p JOIN LATERAL ("
            "SELECT coalesce(sum(s.amount_minor) FILTER (WHERE a.code LIKE '%:transit'), 0) AS way,"
            " coalesce(sum(s.amount_minor) FILTER (WHERE a.code LIKE '%:available'), 0) AS got "
            "FROM ledger_transfer t JOIN ledger_posting s ON s.transfer_id = t.id "
            "JOIN ledger_account a ON a.id = s.account_id "
            "AND a.code LIKE p.payee_kind || ':' || p.payee_id || ':%' "
            "WHERE t.reason_kind = 'payout' AND t.reason_id = p.public_id) AS s ON true "
            "WHERE (s.way, s.got) <> (CASE WHEN p.state IN ('planned', 'sent') THEN p.amount_minor "
            "ELSE 0 END, CASE WHEN p.state = 'bounced' THEN 0 ELSE -p.amount_minor END)",
            "payout {0} is {1}, and its money is elsewhere",
        ),
        Rule(
            "SELECT f.number FROM orders_payoutfile f "
            "LEFT JOIN orders_payout p ON p.file_id = f.id WHERE f.sha256 IS NOT NULL "
            "GROUP BY f.id HAVING (f.payments, f.total_minor) "
            "IS DISTINCT FROM (count(p.id), sum(p.amount_minor))",
            "the bank file {0} is not of the payouts that are in it",
        ),
        Rule(
            "SELECT t.key FROM ledger_transfer t WHERE t.reason_kind = 'payout' AND NOT EXISTS "
            "(SELECT 1 FROM orders_payout p WHERE p.public_id = t.reason_id)",
            "the transfer {0} has no payout that caused it",
        ),
        Rule(
            "SELECT c.key FROM orders_clawback c LEFT JOIN ledger_transfer t ON t.key = c.key "
            "WHERE t.id IS NULL",
            "the clawback {0} was not posted",
        ),
    )


@invariant("M8", "Statements are the sums of what was posted, and begin where the last one ended")
def statements_add_up() -> Finding:
    """Add up again what every statement closed with."""
    zone = this_cell().time_zone
    return finding(
        "orders_statement",
        Rule(
            "SELECT s.payee_id, s.month FROM orders_statement s LEFT JOIN LATERAL ("  # noqa: S608
            "SELECT sum(p.amount_minor) AS held FROM ledger_account a "
            "JOIN ledger_posting p ON p.account_id = a.id "
            "JOIN ledger_transfer t ON t.id = p.transfer_id WHERE a.currency = s.currency "
            "AND a.code LIKE s.payee_kind || ':' || s.payee_id || ':%' AND t.at < "
            f"(s.month + interval '1 month') AT TIME ZONE '{zone}') AS p ON true "
            "WHERE s.closing_minor <> coalesce(p.held, 0)",
            "the statement of {0} for {1} is not the sum of what was posted",
        ),
        Rule(
            "SELECT s.payee_id, s.month FROM orders_statement s JOIN orders_statement b "
            "ON (b.payee_kind, b.payee_id, b.currency) = (s.payee_kind, s.payee_id, s.currency) "
            "AND b.month + interval '1 month' = s.month "
            "WHERE b.closing_minor <> s.opening_minor",
            "the statement of {0} for {1} does not begin where the last one ended",
        ),
    )


@invariant("M7", "No more becomes available than was sold, and reserves are what is kept back")
def releases_add_up() -> Finding:
    """Match releases with the sales they are of, and reserves with their holdbacks."""
    return finding(
        "orders_release",
        Rule(
            "SELECT r.key FROM orders_release r JOIN orders_paymentmove m ON m.id = r.move_id "
            "JOIN ledger_transfer t ON t.key = m.key JOIN LATERAL ("
            "SELECT sum(s.amount_minor) AS sold FROM ledger_posting s "
            "JOIN ledger_account a ON a.id = s.account_id "
            "WHERE s.transfer_id = t.id AND a.code LIKE '%:pending') AS s ON true "
            "WHERE r.amount_minor > coalesce(s.sold, 0)",
            "the {0} is of more than was sold",
        ),
        Rule(
            "SELECT r.key FROM orders_release r LEFT JOIN ledger_transfer t ON t.key = r.key "
            "WHERE coalesce(r.amount_minor, 0) > 0 AND t.id IS NULL "
            "OR r.released_at IS NULL AND t.id IS NOT NULL",
            "the {0} and the ledger disagree",
        ),
        Rule(
            "SELECT a.code, sum(p.amount_minor) FROM ledger_account a "
            "JOIN ledger_posting p ON p.account_id = a.id WHERE a.code LIKE '%:pending' "
            "GROUP BY a.id HAVING sum(p.amount_minor) < 0",
            "{0} holds {1}: more went out than was sold",
        ),
        Rule(
            "SELECT a.code, a.currency FROM ledger_account a JOIN LATERAL (SELECT "
            "coalesce(sum(p.amount_minor), 0) AS has FROM ledger_posting p "
            "WHERE p.account_id = a.id) AS p ON true JOIN LATERAL (SELECT "
            "coalesce(sum(h.amount_minor), 0) AS kept FROM orders_holdback h WHERE h.freed_at "
            "IS NULL AND h.currency = a.currency "
            "AND h.payee_kind || ':' || h.payee_id || ':reserve' = a.code) AS h ON true "
            "WHERE a.code LIKE '%:reserve' AND p.has <> h.kept",
            "{0} {1} is not what is kept back",
        ),
        Rule(
            "SELECT m.key FROM orders_paymentmove m LEFT JOIN orders_release r ON r.move_id = m.id "
            "WHERE m.kind = 'capture' AND m.state = 'done' AND r.id IS NULL "
            "AND m.settled_at < now() - interval '1 day'",
            "nobody planned when the money of {0} becomes available",
        ),
    )
