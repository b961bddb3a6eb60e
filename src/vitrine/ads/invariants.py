"""What ``vitrine check`` asks of ads."""

from django.db import connection

from vitrine.ads.models import Charge
from vitrine.kernel.invariants import Finding, invariant
from vitrine.sovereignty import immutable

GUARDS = [
    "ad_budget_never_overspent",
    "ad_lease_never_overspent",
    "ads_charge_append_only",
    "ads_charge_spends",
    "ads_lease_ends",
    "ads_lease_frozen",
    "ads_lease_spent",
    "ads_reversal_append_only",
]
_OF_LEASES = """
SELECT 'lease ' || l.id || ' says that it spent ' || l.spent_micros || ', and its charges are '
    || coalesce(c.micros, 0)
FROM ads_lease l
LEFT JOIN (SELECT lease_id, sum(price_micros) AS micros FROM ads_charge GROUP BY 1) AS c
    ON c.lease_id = l.id
WHERE l.spent_micros <> coalesce(c.micros, 0)
"""
_USED = """
    SELECT {whose} AS whose,
        coalesce(sum(l.amount_micros) FILTER (WHERE l.closed_at IS NULL), 0) AS held,
        coalesce(sum(l.spent_micros) FILTER (WHERE l.closed_at IS NOT NULL), 0) AS spent
    FROM ads_lease l {join} GROUP BY 1
"""
_OF_BUDGETS = f"""
SELECT 'budget ' || b.id || ' holds ' || b.held_micros || ' and spent ' || b.spent_micros
    || ', and its leases ' || coalesce(used.held, 0) || ' and ' || coalesce(used.spent, 0)
FROM ads_budget b
LEFT JOIN (
{
    " UNION ALL ".join(
        _USED.format(whose=f"l.{column}", join="")
        for column in ("life_id", "daily_id", "common_id")
    )
}
) AS used ON used.whose = b.id
WHERE (b.held_micros, b.spent_micros) <> (coalesce(used.held, 0), coalesce(used.spent, 0))
"""  # noqa: S608  (names of columns, no values)
_OF_WALLETS = f"""
SELECT 'wallet ' || w.id || ' holds ' || w.held_micros || ' and spent ' || w.spent_micros
    || ', and its leases ' || coalesce(used.held, 0) || ' and ' || coalesce(used.spent, 0)
FROM ads_advertiser a JOIN orders_wallet w ON w.id = a.wallet_id
LEFT JOIN (
{
    _USED.format(
        whose="a.wallet_id",
        join="JOIN ads_campaign c ON c.id = l.campaign_id "
        "JOIN ads_advertiser a ON a.id = c.advertiser_id",
    )
}
) AS used ON used.whose = w.id
WHERE (w.held_micros, w.spent_micros) <> (coalesce(used.held, 0), coalesce(used.spent, 0))
"""  # noqa: S608  (the statement above)


@invariant("A6", "Charges, leases, budgets and wallets of ads agree to the micro")
def ads_cost_what_was_charged() -> Finding:
    """Add up charges by lease, and leases by budget and wallet; look for the guards."""
    broken: list[str] = []
    with connection.cursor() as cursor:
        for sql in (_OF_LEASES, _OF_BUDGETS, _OF_WALLETS):
            cursor.execute(sql)
            broken += [said for (said,) in cursor.fetchall()]
    broken += [f"the guard {name} is gone" for name in immutable.missing(GUARDS)]
    return Finding(Charge.objects.count(), broken)
