"""What ``vitrine check`` asks of purchases, their stock and their money."""

from vitrine.kernel.invariants import Finding, invariant
from vitrine.orders import purse_invariants
from vitrine.orders.checking import Rule
from vitrine.orders.checking import finding as _finding
from vitrine.orders.deposits import invariants as deposits
from vitrine.orders.giftcards import invariants as giftcards
from vitrine.orders.payouts import invariants as payouts
from vitrine.sovereignty import immutable


@invariant("M2", "A purchase is one charge, and the bank holds nothing that no purchase knows")
def one_charge_per_purchase() -> Finding:
    """Compare purchases with their charges, and the test bank's books with ours."""
    return _finding(
        "orders_payment",
        Rule(
            "SELECT g.public_id FROM orders_ordergroup g "
            "LEFT JOIN orders_payment p ON p.group_id = g.id "
            "WHERE p.id IS NULL OR p.amount_minor <> g.total_minor",
            "purchase {0} has no charge of its total",
        ),
        Rule(
            "SELECT g.public_id, g.state, p.state FROM orders_ordergroup g "
            "JOIN orders_payment p ON p.group_id = g.id "
            "WHERE (g.state = 'placed') <> (p.state = 'authorised') "
            "OR (g.state = 'failed') <> (p.state IN ('declined', 'abandoned')) "
            "OR (g.placed_at IS NOT NULL) <> (g.state = 'placed')",
            "purchase {0} is {1} but its charge is {2}",
        ),
        Rule(
            "SELECT b.key FROM sandbox_bank_charge b "
            "LEFT JOIN orders_payment p ON p.provider = 'sandbox' AND p.key = b.key "
            "LEFT JOIN orders_cardsale c ON c.provider = 'sandbox' AND c.charge_key = b.key "
            "LEFT JOIN orders_deposit d ON d.provider = 'sandbox' AND d.charge_key = b.key "
            "WHERE b.amount_minor IS DISTINCT FROM coalesce(p.amount_minor - p.stored_minor, "
            "c.amount_minor, d.amount_minor + d.tax_minor) "
            "OR (p.state = 'authorised' AND b.outcome <> 'authorised')",
            "the test bank’s charge {0} is not ours",
        ),
        Rule(
            "SELECT p.public_id FROM orders_payment p "
            "LEFT JOIN sandbox_bank_charge b ON b.key = p.key "
            "WHERE p.provider = 'sandbox' AND p.state = 'authorised' "
            "AND p.amount_minor > p.stored_minor "
            "AND b.id IS NULL",
            "payment {0} is authorised, and the test bank knows nothing of it",
        ),
        Rule(
            "SELECT p.public_id FROM orders_payment p JOIN sandbox_bank_charge b ON b.key = p.key "
            "WHERE p.provider = 'sandbox' AND p.state = 'abandoned' AND b.outcome = 'authorised' "
            "AND p.settled_at < now() - interval '10 minutes' "
            "AND NOT EXISTS (SELECT 1 FROM orders_paymentmove m WHERE m.payment_id = p.id)",
            "payment {0} was given up, and the bank still holds its money",
        ),
    )


@invariant("M3", "Every order’s figures add up, line by line and authority by authority")
def orders_add_up() -> Finding:
    """Add each purchase up again from its parts."""
    return _finding(
        "orders_order",
        Rule(
            "SELECT g.public_id FROM orders_ordergroup g "
            "LEFT JOIN orders_order o ON o.group_id = g.id GROUP BY g.id "
            "HAVING g.total_minor <> coalesce(sum(o.total_minor), -1) "
            "OR g.goods_minor <> sum(o.goods_minor) OR g.tax_minor <> sum(o.tax_minor) "
            "OR g.delivery_minor <> sum(o.delivery_minor) OR g.discount_minor <> "
            "sum(o.discount_minor + o.discount_platform_minor)",
            "purchase {0} is not the sum of its orders",
        ),
        Rule(
            "SELECT o.public_id FROM orders_order o WHERE o.goods_minor <> "
            "(SELECT coalesce(sum(l.goods_minor), -1) FROM orders_orderline l "
            "WHERE l.order_id = o.id) OR o.tax_minor <> "
            "(SELECT coalesce(sum(t.amount_minor), 0) FROM orders_ordertax t "
            "WHERE t.order_id = o.id)",
            "order {0} is not the sum of its lines and taxes",
        ),
        Rule(
            "SELECT o.public_id FROM orders_order o JOIN (SELECT order_id, "
            "sum(discount_minor) AS off, sum(discount_platform_minor) AS platform "
            "FROM orders_orderline GROUP BY order_id) l ON l.order_id = o.id "
            "WHERE o.discount_minor < l.off OR o.discount_platform_minor < l.platform "
            "OR o.discount_minor + o.discount_platform_minor - l.off - l.platform "
            "> o.delivery_minor",
            "what came off order {0} is not the sum of its lines and delivery",
        ),
        Rule(
            "SELECT v.code FROM orders_voucher v JOIN orders_redemption r ON r.voucher_id = v.id "
            "JOIN orders_ordergroup g ON g.key = r.key AND g.state <> 'failed' "
            "GROUP BY v.id HAVING count(*) > v.most",
            "the voucher {0} counted more often than it may",
        ),
        Rule(
            "SELECT l.id FROM orders_orderline l WHERE l.goods_minor <> l.unit_minor * l.quantity",
            "order line {0} is not its price times its quantity",
        ),
    )


@invariant("M3", "Money moved exactly for what was captured and refunded")
def money_has_its_reason() -> Finding:
    """Match transfers with the moves that caused them, and charges with their moves."""
    return _finding(
        "orders_paymentmove",
        Rule(
            "SELECT m.key FROM orders_paymentmove m JOIN orders_payment p ON p.id = m.payment_id "
            "JOIN orders_order o ON o.id = m.order_id "
            "LEFT JOIN ledger_transfer t ON t.key = m.key AND t.reason_kind = "
            "CASE m.kind WHEN 'capture' THEN 'order' ELSE 'refund' END AND t.reason_id = "
            "CASE m.kind WHEN 'capture' THEN o.public_id ELSE m.public_id END "
            "WHERE m.kind IN ('capture', 'refund') AND (m.state = 'done') <> (t.id IS NOT NULL)",
            "the move {0} and the ledger disagree",
        ),
        Rule(
            "SELECT m.key FROM orders_paymentmove m JOIN orders_payment p ON p.id = m.payment_id "
            "JOIN ledger_transfer t ON t.key = m.key "
            "LEFT JOIN ledger_posting s ON s.transfer_id = t.id "
            "LEFT JOIN ledger_account a ON a.id = s.account_id "
            "AND a.code = 'provider:' || p.provider GROUP BY m.id "
            "HAVING coalesce(sum(s.amount_minor) FILTER (WHERE a.id IS NOT NULL), 0) <> "
            "CASE m.kind WHEN 'capture' THEN -1 ELSE 1 END * (m.amount_minor - m.stored_minor)",
            "the move {0} was posted with another amount",
        ),
        Rule(
            "SELECT t.key FROM ledger_transfer t WHERE t.reason_kind IN ('order', 'refund') "
            "AND NOT EXISTS "
            "(SELECT 1 FROM orders_paymentmove m WHERE m.key = t.key AND m.state = 'done')",
            "the transfer {0} has no move that caused it",
        ),
        Rule(
            "SELECT p.public_id FROM orders_payment p LEFT JOIN orders_paymentmove m "
            "ON m.payment_id = p.id AND m.state = 'done' GROUP BY p.id HAVING "
            "p.captured_minor <> coalesce(sum(m.amount_minor) FILTER (WHERE kind='capture'), 0) "
            "OR p.voided_minor <> coalesce(sum(m.amount_minor) FILTER (WHERE kind='void'), 0) "
            "OR p.refunded_minor <> coalesce(sum(m.amount_minor) FILTER (WHERE kind='refund'), 0)",
            "payment {0} is not the sum of its moves",
        ),
        Rule(
            "SELECT o.public_id, o.state FROM orders_order o WHERE o.total_minor > 0 AND "
            "(o.state IN ('shipped', 'collected', 'refunded')) <> EXISTS (SELECT 1 FROM "
            "orders_paymentmove m WHERE m.order_id = o.id AND m.kind = 'capture' "
            "AND m.state = 'done')",
            "order {0} is {1}, and its money says otherwise",
        ),
        Rule(
            "SELECT o.public_id FROM orders_order o JOIN orders_paymentmove m ON m.order_id = o.id "
            "WHERE m.kind IN ('capture', 'refund') GROUP BY o.id HAVING "
            "sum(m.amount_minor) FILTER (WHERE m.kind = 'refund' AND m.state <> 'refused') > "
            "coalesce(sum(m.amount_minor) FILTER (WHERE m.kind='capture' AND m.state='done'), 0)",
            "more of order {0} is given back than was paid",
        ),
        Rule(
            "SELECT c.id FROM orders_billcount c LEFT JOIN orders_bill b "
            "ON b.merchant_id = c.merchant_id AND b.kind = c.kind GROUP BY c.id "
            "HAVING c.last <> count(b.id) OR c.last <> coalesce(max(b.number), 0)",
            "the numbers of bill count {0} have a gap",
        ),
        Rule(
            "SELECT r.public_id FROM orders_strandedrefund r "
            "LEFT JOIN ledger_transfer s ON s.key = 'stranded:' || r.public_id "
            "LEFT JOIN ledger_transfer g ON g.key = 'given:' || r.public_id "
            "WHERE s.id IS NULL OR (g.id IS NULL) <> (r.given_at IS NULL)",
            "the refund {0}, which came back, and the ledger disagree",
        ),
        Rule(
            "SELECT r.public_id FROM orders_refund r JOIN orders_paymentmove m ON m.id = r.move_id "
            "WHERE r.amount_minor <> m.amount_minor",
            "refund {0} is not of its move",
        ),
        Rule(
            "SELECT b.key FROM sandbox_bank_move b LEFT JOIN orders_paymentmove m ON m.key = b.key "
            "AND m.kind = b.kind AND m.amount_minor - m.stored_minor = b.amount_minor "
            "AND m.state <> 'refused' LEFT JOIN orders_cardmove c ON c.key = b.key "
            "AND c.kind = b.kind AND c.amount_minor = b.amount_minor AND c.state <> 'refused' "
            "LEFT JOIN orders_depositmove d ON d.key = b.key "
            "AND d.kind = b.kind AND d.amount_minor = b.amount_minor AND d.state <> 'refused' "
            "WHERE m.id IS NULL AND c.id IS NULL AND d.id IS NULL",
            "the test bank’s move {0} is not ours",
        ),
    )


GUARDS = {
    *payouts.GUARDS,
    *giftcards.GUARDS,
    *deposits.GUARDS,
    *purse_invariants.GUARDS,
    "ledger_transfer_has_its_reason",
    "orders_payment_counted",
    "orders_paymentmove_counted",
    "orders_order_kept_secret",
    "orders_fulfilment_told",
    "orders_paymentmove_paid",
    "orders_refund_of_its_move",
    "orders_refundline_bought",
    "orders_returnline_bought",
    *(f"orders_{table}_append_only" for table in ("refund", "refundline", "bill")),
    "orders_bill_follows",
    "orders_shipmentline_once",
    *(f"orders_{table}_frozen" for table in ("return", "returnline", "strandedrefund")),
    *(f"orders_{table}_adds_up" for table in ("ordergroup", "order", "orderline", "ordertax")),
    *(
        f"orders_{table}_frozen"
        for table in ("ordergroup", "order", "orderline", "ordertax", "payment", "paymentmove")
    ),
    *(
        f"orders_{table}_state_steps"
        for table in ("ordergroup", "order", "payment", "paymentmove", "reservation")
    ),
}


@invariant("M3", "The guards of purchases and their money stand")
def guards_stand() -> Finding:
    """Look for triggers that were dropped or switched off."""
    missing = immutable.missing(GUARDS)
    return Finding(len(GUARDS), [f"the guard {name} is missing" for name in missing])


@invariant("S1", "What is reserved of each stock is what purchases hold, and what left was sold")
def reserved_is_what_is_held() -> Finding:
    """Compare stock with reservations, and reservations with the lines they are for."""
    return _finding(
        "catalog_stock",
        Rule(
            "SELECT s.id, s.reserved, coalesce(sum(r.quantity - r.gone), 0) FROM catalog_stock s "
            "LEFT JOIN orders_reservation r ON r.stock_id = s.id AND r.state IN ('held', 'bought') "
            "AND NOT EXISTS (SELECT 1 FROM catalog_transferline w JOIN catalog_transfer t "
            "ON t.id = w.transfer_id WHERE w.id = r.transfer_line_id AND t.state = 'sent') "
            "GROUP BY s.id HAVING s.reserved <> coalesce(sum(r.quantity - r.gone), 0)",
            "stock {0} has {1} reserved, but purchases hold {2}",
        ),
        Rule(
            "SELECT w.id, w.promised, coalesce(sum(r.quantity), 0) FROM catalog_transferline w "
            "JOIN catalog_transfer t ON t.id = w.transfer_id AND t.state = 'sent' "
            "LEFT JOIN orders_reservation r ON r.transfer_line_id = w.id "
            "AND r.state IN ('held', 'bought') "
            "GROUP BY w.id HAVING w.promised <> coalesce(sum(r.quantity), 0)",
            "of transfer line {0} {1} are promised, but purchases hold {2}",
        ),
        Rule(
            "SELECT l.id FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id "
            "LEFT JOIN orders_reservation r ON r.line_id = l.id GROUP BY l.id, o.state "
            "HAVING l.quantity <> coalesce(sum(r.quantity), 0) "
            "OR count(DISTINCT r.state) > 1 AND o.state NOT IN ('shipped', 'refunded')",
            "order line {0} is not covered by its reservations",
        ),
        Rule(
            "WITH left_shelf AS (SELECT split_part(key, ':', 2) AS of, stock_id, "
            "-sum(quantity) AS units FROM catalog_stockmovement WHERE reason = 'sold' "
            "GROUP BY 1, 2) "
            "SELECT o.public_id FROM orders_order o "
            "JOIN orders_orderline l ON l.order_id = o.id "
            "JOIN orders_reservation r ON r.line_id = l.id LEFT JOIN left_shelf m "
            "ON m.of = o.public_id AND m.stock_id = r.stock_id "
            "GROUP BY o.id, r.stock_id, m.units HAVING sum(CASE WHEN r.state = 'sold' "
            "AND r.gone = 0 THEN r.quantity ELSE r.gone END) <> coalesce(m.units, 0)",
            "what order {0} sold is not what left the shelf",
        ),
    )


@invariant("S2", "Every reservation ends: sold, released or expired")
def reservations_end() -> Finding:
    """Look for holds that outlived their purchase or their time. The sweeper runs each minute."""
    return _finding(
        "orders_reservation",
        Rule(
            "SELECT r.id, r.state, o.state FROM orders_reservation r "
            "JOIN orders_orderline l ON l.id = r.line_id JOIN orders_order o ON o.id = l.order_id "
            "WHERE o.state <> CASE r.state WHEN 'held' THEN 'held' ELSE o.state END "
            "OR (r.state = 'bought') <> (o.state IN ('placed', 'ready')) "
            "AND NOT (r.state = 'bought' AND o.state = 'shipped' AND EXISTS "
            "(SELECT FROM orders_shipment s WHERE s.order_id = o.id)) "
            "OR (r.state = 'sold') <> (o.state IN ('shipped', 'collected', 'refunded')) "
            "AND NOT (r.state = 'bought' AND o.state = 'shipped') "
            "AND NOT (r.state = 'released' AND o.state = 'refunded')",
            "reservation {0} is {1}, but its order is {2}",
        ),
        Rule(
            "SELECT r.id FROM orders_reservation r WHERE r.state = 'held' "
            "AND r.expires_at < now() - interval '10 minutes'",
            "reservation {0} should have expired",
        ),
        Rule(
            "SELECT r.id FROM orders_reservation r "
            "WHERE (r.ended_at IS NULL) <> (r.state IN ('held', 'bought'))",
            "reservation {0} does not say when it ended",
        ),
    )


@invariant("B1", "A product's stars are those of its reviews, and each is by a buyer")
def reviews_add_up() -> Finding:
    """Compare ratings and helpful votes with the rows that they sum, and see who wrote them."""
    return _finding(
        "orders_review",
        Rule(
            "SELECT product.public_id FROM catalog_product product "
            "JOIN (SELECT product_id FROM orders_review UNION SELECT product_id FROM orders_rating)"
            " rated ON rated.product_id = product.id "
            "LEFT JOIN orders_rating kept ON kept.product_id = product.id "
            "LEFT JOIN orders_review r ON r.product_id = product.id AND r.withheld_at IS NULL "
            "GROUP BY product.public_id, kept.id HAVING "
            "(coalesce(kept.one, 0), coalesce(kept.two, 0), coalesce(kept.three, 0), "
            "coalesce(kept.four, 0), coalesce(kept.five, 0)) IS DISTINCT FROM "
            "(count(*) FILTER (WHERE r.stars = 1), count(*) FILTER (WHERE r.stars = 2), "
            "count(*) FILTER (WHERE r.stars = 3), count(*) FILTER (WHERE r.stars = 4), "
            "count(*) FILTER (WHERE r.stars = 5))",
            "the stars of product {0} are not those of its reviews",
        ),
        Rule(
            "SELECT r.public_id FROM orders_review r LEFT JOIN orders_helpfulvote v "
            "ON v.review_id = r.id GROUP BY r.id HAVING r.helpful <> count(v.id)",
            "review {0} counts other votes than it has",
        ),
        Rule(
            "SELECT r.public_id FROM orders_review r JOIN orders_orderline l ON l.id = r.line_id "
            "JOIN catalog_variant v ON v.id = l.variant_id JOIN orders_order o ON o.id = l.order_id"
            " JOIN orders_ordergroup g ON g.id = o.group_id WHERE v.product_id <> r.product_id "
            "OR g.buyer_id IS DISTINCT FROM r.author_id "
            "OR o.state NOT IN ('shipped', 'collected', 'refunded')",
            "review {0} is by nobody who bought the product",
        ),
    )
