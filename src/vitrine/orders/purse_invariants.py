"""What ``vitrine check`` asks of gift cards and store credit."""

from vitrine.kernel.invariants import Finding, invariant
from vitrine.orders.checking import Rule, finding

GUARDS = {
    *(f"orders_{table}_adds_up" for table in ("purse", "pursestep", "tender")),
    "orders_pursestep_posted",
    "orders_pursestep_append_only",
    "orders_order_tendered",
    "orders_tender_tendered",
    *(f"orders_{table}_frozen" for table in ("purse", "tender")),
    "orders_tender_state_steps",
}


@invariant("M9", "What gift cards and credit hold is what was posted for them")
def purses_add_up() -> Finding:
    """Match purses with their steps, their tenders and the ledger."""
    return finding(
        "orders_purse",
        Rule(
            "SELECT p.public_id FROM orders_purse p LEFT JOIN LATERAL (SELECT "
            "coalesce(sum(amount_minor) FILTER (WHERE amount_minor > 0), 0) AS put, "
            "coalesce(-sum(amount_minor) FILTER (WHERE amount_minor < 0), 0) AS spent "
            "FROM orders_pursestep WHERE purse_id = p.id) s ON true "
            "WHERE (p.put_minor, p.spent_minor) <> (s.put, s.spent)",
            "purse {0} is not the sum of its steps",
        ),
        Rule(
            "SELECT p.public_id FROM orders_purse p LEFT JOIN orders_tender t "
            "ON t.purse_id = p.id AND t.state = 'held' GROUP BY p.id "
            "HAVING p.held_minor <> coalesce(sum(t.amount_minor), 0)",
            "what purse {0} holds for purchases is not the sum of their tenders",
        ),
        Rule(
            "SELECT p.public_id, p.put_minor - p.spent_minor, coalesce(sum(l.amount_minor), 0) "
            "FROM orders_purse p LEFT JOIN ledger_account a ON a.code = p.kind || ':' || "
            "p.public_id LEFT JOIN ledger_posting l ON l.account_id = a.id GROUP BY p.id "
            "HAVING p.put_minor - p.spent_minor <> coalesce(sum(l.amount_minor), 0)",
            "purse {0} has {1}, and the ledger {2}",
        ),
        Rule(
            "SELECT a.code FROM ledger_account a WHERE (a.code LIKE 'card:%' "
            "OR a.code LIKE 'credit:%') AND NOT EXISTS (SELECT 1 FROM orders_purse p "
            "WHERE a.code = p.kind || ':' || p.public_id)",
            "the account {0} is of no card and no credit",
        ),
        Rule(
            "SELECT o.public_id FROM orders_order o LEFT JOIN orders_tender t ON t.order_id = o.id "
            "WHERE o.stored_minor > 0 OR t.id IS NOT NULL GROUP BY o.id "
            "HAVING o.stored_minor <> coalesce(sum(t.amount_minor), 0)",
            "order {0} is not paid by its tenders",
        ),
        Rule(
            "SELECT o.public_id, o.state, t.state FROM orders_tender t "
            "JOIN orders_order o ON o.id = t.order_id WHERE t.state <> CASE "
            "WHEN o.state IN ('shipped', 'collected', 'refunded') THEN 'taken' "
            "WHEN o.state = 'failed' THEN 'let_go' WHEN o.state = 'cancelled' THEN t.state "
            "ELSE 'held' END OR t.state = 'taken' AND o.state = 'cancelled' "
            "OR t.state = 'held' AND o.state = 'cancelled' AND NOT EXISTS (SELECT 1 FROM "
            "orders_paymentmove m WHERE m.order_id = o.id AND m.kind = 'void' "
            "AND m.state <> 'done')",
            "order {0} is {1}, and what pays it is {2}",
        ),
    )
