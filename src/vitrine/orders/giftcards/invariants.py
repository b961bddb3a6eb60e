"""What ``vitrine check`` asks of gift cards that were bought."""

from vitrine.kernel.invariants import Finding, invariant
from vitrine.orders.checking import Rule, finding

GUARDS = {
    "orders_cardsale_paid",
    "orders_cardmove_paid",
    "orders_pursestep_sold",
    "orders_cardsale_by_one_that_sells",
    *(f"orders_{table}_frozen" for table in ("cardsale", "cardmove", "carddispute")),
    *(f"orders_{table}_state_steps" for table in ("cardsale", "cardmove", "carddispute")),
}


@invariant("G1", "Each gift card that was bought is one paid sale, and its money was posted for it")
def cards_are_paid_for() -> Finding:
    """Match sales of cards with their moves, their cards, the ledger and the test bank."""
    return finding(
        "orders_cardsale",
        Rule(
            "SELECT s.public_id, s.state FROM orders_cardsale s LEFT JOIN orders_cardmove m "
            "ON m.sale_id = s.id AND m.state = 'done' AND m.kind = 'capture' "
            "LEFT JOIN orders_pursestep p ON p.key = m.key AND p.purse_id = s.purse_id "
            "AND p.kind = 'bought' "
            "WHERE (s.state IN ('paid', 'refunded')) <> (m.id IS NOT NULL) "
            "OR (m.id IS NOT NULL) <> (p.id IS NOT NULL) "
            "OR m.amount_minor <> s.amount_minor OR p.amount_minor <> s.amount_minor",
            "the card sale {0} is {1}, and its card says otherwise",
        ),
        Rule(
            "SELECT p.key FROM orders_pursestep p WHERE p.kind = 'bought' AND NOT EXISTS "
            "(SELECT 1 FROM orders_cardsale s JOIN orders_cardmove m ON m.sale_id = s.id "
            "WHERE s.purse_id = p.purse_id AND m.key = p.key AND m.state = 'done')",
            "the card of step {0} was bought by nobody",
        ),
        Rule(
            "SELECT m.key FROM orders_cardmove m JOIN orders_cardsale s ON s.id = m.sale_id "
            "LEFT JOIN ledger_transfer t ON t.key = m.key "
            "LEFT JOIN LATERAL (SELECT sum(l.amount_minor) AS moved FROM ledger_posting l "
            "JOIN ledger_account a ON a.id = l.account_id AND a.code = 'provider:' || s.provider "
            "WHERE l.transfer_id = t.id) l ON true "
            "WHERE m.kind <> 'void' AND (m.state = 'done') <> (t.id IS NOT NULL) "
            "OR m.kind = 'void' AND t.id IS NOT NULL "
            "OR t.id IS NOT NULL AND l.moved IS DISTINCT FROM "
            "CASE m.kind WHEN 'capture' THEN -1 ELSE 1 END * m.amount_minor",
            "the move {0} of a card and the ledger disagree",
        ),
        Rule(
            "SELECT d.public_id FROM orders_carddispute d LEFT JOIN orders_clawback c "
            "ON c.key = 'dispute:' || d.public_id LEFT JOIN orders_pursestep p ON p.key = c.key "
            "WHERE (d.state = 'lost') <> (c.id IS NOT NULL) "
            "OR coalesce(-p.amount_minor, 0) <> d.from_card_minor",
            "the dispute {0} of a card and the ledger disagree",
        ),
        Rule(
            "SELECT s.public_id FROM orders_cardsale s LEFT JOIN sandbox_bank_charge b "
            "ON b.key = s.charge_key WHERE s.provider = 'sandbox' AND ("
            "s.state IN ('authorised', 'paid', 'refunded') AND b.outcome IS DISTINCT FROM "
            "'authorised' OR s.state = 'abandoned' AND b.outcome = 'authorised' "
            "AND s.settled_at < now() - interval '10 minutes' "
            "AND NOT EXISTS (SELECT 1 FROM orders_cardmove m WHERE m.sale_id = s.id))",
            "the card sale {0} and the test bank disagree",
        ),
    )
