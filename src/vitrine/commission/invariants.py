"""What ``vitrine check`` asks of commissions."""

from collections.abc import Iterator

from vitrine.commission import reckoning
from vitrine.commission.models import Commission, Reckoning
from vitrine.commission.shares import commission_on
from vitrine.kernel.invariants import Finding, invariant
from vitrine.orders.checking import Rule, finding
from vitrine.sovereignty import immutable

GUARDS = {
    "ledger_transfer_has_its_step",
    "commission_commissionstep_posted",
    "commission_commissionstep_append_only",
    "commission_dealrate_append_only",
    *(f"commission_{table}_frozen" for table in ("deal", "link", "commission")),
}


@invariant("K1", "What creators have is what their sales come to, in the rows and in the ledger")
def commissions_add_up() -> Finding:
    """Match steps with the ledger, and creators' accounts with their steps."""
    found = finding(
        "commission_commissionstep",
        Rule(
            "SELECT s.key FROM commission_commissionstep s "
            "JOIN commission_commission c ON c.id = s.commission_id "
            "JOIN accounts_person p ON p.id = c.creator_id "
            "LEFT JOIN ledger_transfer t ON t.key = s.key LEFT JOIN LATERAL (SELECT "
            "coalesce(sum(l.amount_minor) FILTER (WHERE a.code = 'creator:' || p.public_id || "
            "':pending'), 0) AS pending, coalesce(sum(l.amount_minor) FILTER (WHERE a.code = "
            "'creator:' || p.public_id || ':available'), 0) AS available FROM ledger_posting l "
            "JOIN ledger_account a ON a.id = l.account_id WHERE l.transfer_id = t.id) m ON true "
            "WHERE t.id IS NULL OR (m.pending, m.available) <> "
            "(s.pending_minor, s.available_minor)",
            "the step {0} and the ledger disagree",
        ),
        Rule(
            "SELECT t.key FROM ledger_transfer t WHERE t.reason_kind = 'commission' AND NOT EXISTS "
            "(SELECT 1 FROM commission_commissionstep s WHERE s.key = t.key)",
            "the transfer {0} has no step that caused it",
        ),
        Rule(
            "SELECT a.code, held.minor, steps.minor FROM ledger_account a "
            "JOIN LATERAL (SELECT coalesce(sum(amount_minor), 0) AS minor FROM ledger_posting "
            "WHERE account_id = a.id) held ON true JOIN LATERAL (SELECT "
            "coalesce(sum(s.pending_minor), 0) AS minor FROM accounts_person p "
            "JOIN commission_commission c ON c.creator_id = p.id "
            "JOIN commission_commissionstep s ON s.commission_id = c.id "
            "WHERE 'creator:' || p.public_id || ':pending' = a.code AND c.currency = a.currency) "
            "steps ON true WHERE a.code LIKE 'creator:%:pending' AND held.minor <> steps.minor",
            "{0} holds {1}, and its steps come to {2}",
        ),
        Rule(
            "SELECT a.code, held.minor FROM ledger_account a "
            "JOIN accounts_person p ON a.code = 'creator:' || p.public_id || ':available' "
            "JOIN LATERAL (SELECT coalesce(sum(l.amount_minor), 0) AS minor FROM ledger_posting l "
            "JOIN ledger_transfer t ON t.id = l.transfer_id WHERE l.account_id = a.id "
            "AND t.reason_kind <> 'adshare') held ON true WHERE held.minor <> (SELECT "
            "coalesce(sum(s.available_minor), 0) FROM commission_commission c "
            "JOIN commission_commissionstep s ON s.commission_id = c.id "
            "WHERE c.creator_id = p.id AND c.currency = a.currency) - (SELECT "
            "coalesce(sum(o.amount_minor), 0) FROM orders_payout o WHERE o.payee_kind = 'creator' "
            "AND o.payee_id = p.public_id AND o.currency = a.currency AND o.state <> 'bounced') - "
            "(SELECT coalesce(sum(b.amount_minor + b.fee_minor), 0) FROM orders_clawback b "
            "WHERE b.payee_kind = 'creator' AND b.payee_id = p.public_id "
            "AND b.currency = a.currency)",
            "{0} holds {1}, which is not what was earned and not paid out",
        ),
        Rule(
            "SELECT c.public_id FROM commission_commission c "
            "JOIN commission_commissionstep s ON s.commission_id = c.id GROUP BY c.id "
            "HAVING sum(s.pending_minor) < 0 "
            "OR (c.released_at IS NOT NULL AND sum(s.pending_minor) > 0)",
            "what of the commission {0} waits is not what should",
        ),
        Rule(
            "SELECT c.public_id FROM commission_commission c WHERE c.released_at IS NULL "
            "AND c.due_at < now() - interval '1 day'",
            "the commission {0} should be available",
        ),
    )
    missing = [f"the guard {name} is missing" for name in immutable.missing(GUARDS)]
    return Finding(found.checked, found.violations + list(_wrong()) + missing)


@invariant("K2", "Every order that was met on clips is reckoned with, up to the last of its money")
def all_reckoned_with() -> Finding:
    """Look for orders whose job was lost and that the sweep did not find either."""
    behind = reckoning.behind(for_hours=2, moves=None)
    return Finding(
        Reckoning.objects.count(), [f"order {one} is not reckoned with" for _, one in behind]
    )


def _wrong() -> Iterator[str]:
    """Work out every commission again from its line and its order's money."""
    known = {one.order_id: one for one in Reckoning.objects.iterator()}
    mine = Commission.objects.standing().refunded().select_related("line__order")
    for one in mine.iterator():
        reckoned = known.get(one.line.order_id)
        if commission_on(one.paid_minor, one.rate_bp) != one.amount_minor or reckoned is None:
            yield f"the commission {one} is not its rate of what was paid"
            continue
        if one.named_back_minor > reckoned.given_back_minor:
            continue  # it is being reckoned with; K2 finds it if that takes too long
        if commission_on(one.kept_minor(reckoned), one.rate_bp) != one.stands_minor:
            yield f"the commission {one} stands at {one.stands_minor}, which is not what is due"
