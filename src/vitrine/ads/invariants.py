"""What ``vitrine check`` asks of ads."""

from collections.abc import Sequence

from django.db import connection

from vitrine.ads import reckoning
from vitrine.ads.models import AdEarning, AdGroup, Charge, Credit
from vitrine.kernel.invariants import Finding, invariant
from vitrine.sovereignty import immutable

GUARDS = [
    "ads_advertiser_limited",
    "ads_dailylimit_append_only",
    "ads_limit_holds",
    "ad_budget_never_overspent",
    "ad_lease_never_overspent",
    "ads_advertiser_rests",
    "ads_charge_append_only",
    "ads_billing_is_charged",
    "ads_charge_spends",
    "ads_lease_ends",
    "ads_lease_frozen",
    "ads_lease_runs",
    "ads_lease_spent",
    "ads_adbill_append_only",
    "ads_adbill_posted",
    "ledger_transfer_has_its_ad_bill",
    "ads_reversal_append_only",
    "ads_reversal_frees",
    "ads_reversal_is_due",
]
OF_SHARES = [
    "ads_adearning_append_only",
    "ads_adearning_posted",
    "ads_authorisation_share",
    "ledger_transfer_has_its_earning",
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
    || ', of which were taken back ' || coalesce(back.micros, 0)
FROM ads_budget b
LEFT JOIN (
{
    " UNION ALL ".join(
        _USED.format(whose=f"l.{column}", join="")
        for column in ("life_id", "daily_id", "common_id")
    )
}
) AS used ON used.whose = b.id
LEFT JOIN (
    SELECT l.life_id AS whose, sum(charge.price_micros) AS micros
    FROM ads_reversal r JOIN ads_charge charge ON charge.id = r.charge_id
    JOIN ads_lease l ON l.id = charge.lease_id GROUP BY 1
) AS back ON back.whose = b.id
WHERE (b.held_micros, b.spent_micros + coalesce(back.micros, 0))
    <> (coalesce(used.held, 0), coalesce(used.spent, 0))
"""  # noqa: S608  (names of columns, no values)
_OF_WALLETS = f"""
SELECT 'wallet ' || w.id || ' holds ' || w.held_micros || ' and spent ' || w.spent_micros
    || ', and its leases ' || coalesce(used.held, 0) || ' and ' || coalesce(used.spent, 0)
    || ', of which were taken back ' || coalesce(back.micros, 0)
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
LEFT JOIN (
    SELECT c.advertiser_id, sum(charge.price_micros) AS micros
    FROM ads_reversal r JOIN ads_charge charge ON charge.id = r.charge_id
    JOIN ads_campaign c ON c.id = charge.campaign_id GROUP BY 1
) AS back ON back.advertiser_id = a.id
WHERE (w.held_micros, w.spent_micros + coalesce(back.micros, 0))
    <> (coalesce(used.held, 0), coalesce(used.spent, 0))
"""  # noqa: S608  (the statement above)


_OF_BILLS = """
SELECT 'the bills of ' || a.public_id || ' come to ' || b.posted || ', their last total to '
    || b.total || ' micros and the ledger to ' || coalesce(-l.minor, 0)
FROM ads_advertiser a JOIN orders_wallet w ON w.id = a.wallet_id
JOIN LATERAL (
    SELECT sum(posted_minor) AS posted, (array_agg(total_micros ORDER BY number DESC))[1] AS total,
        max(number) AS latest, count(*) AS bills
    FROM ads_adbill WHERE advertiser_id = a.id HAVING count(*) > 0
) AS b ON true
LEFT JOIN LATERAL (
    SELECT sum(p.amount_minor) AS minor FROM ledger_posting p
    JOIN ledger_account of ON of.id = p.account_id
    JOIN ledger_transfer t ON t.id = p.transfer_id
    WHERE of.code = 'advertiser:' || w.public_id || ':wallet' AND t.reason_kind = 'adbill'
) AS l ON true
WHERE b.posted <> floor(b.total / 10000.0) OR b.latest <> b.bills
    OR b.posted <> coalesce(-l.minor, 0)
"""

_OF_EARNINGS = """
SELECT 'the earnings of ' || g.public_id || ' come to ' || e.posted || ', their last total to '
    || e.total || ' micros and the ledger to ' || coalesce(l.minor, 0)
FROM ads_authorisation g
JOIN LATERAL (
    SELECT sum(posted_minor) AS posted, (array_agg(total_micros ORDER BY number DESC))[1] AS total,
        array_agg('adshare:' || public_id) AS keys
    FROM ads_adearning WHERE authorisation_id = g.id HAVING count(*) > 0
) AS e ON true
LEFT JOIN LATERAL (
    SELECT -sum(p.amount_minor) AS minor FROM ledger_transfer t
    JOIN ledger_posting p ON p.transfer_id = t.id JOIN ledger_account a ON a.id = p.account_id
    WHERE t.key = ANY(e.keys) AND a.code = 'platform:ads'
) AS l ON true
WHERE e.posted <> div(e.total::numeric * g.share_bp, 10000 * 10000)
    OR e.posted <> coalesce(l.minor, 0)
UNION ALL
SELECT 'the transfer ' || t.key || ' has no earning that caused it' FROM ledger_transfer t
WHERE t.reason_kind = 'adshare'
    AND NOT EXISTS (SELECT FROM ads_adearning WHERE public_id = t.reason_id)
"""

KEEPERS = ["ads_adgroup_keeps_aim", "ads_pasttargeting_append_only"]
_OF_AIMS = """
SELECT 'group ' || group_id || ' was for somebody else from ' || until_at || ' on, and then from '
    || since
FROM (
    SELECT p.group_id, p.until_at, coalesce(
        lead(p.aimed_at) OVER (PARTITION BY p.group_id ORDER BY p.until_at, p.id), g.aimed_at
    ) AS since
    FROM ads_pasttargeting p JOIN ads_adgroup g ON g.id = p.group_id
) AS one WHERE since <> until_at
"""

_OF_CREDITS = """
SELECT 'credits of order ' || o.public_id || ' come to ' || sum(c.left_minor) || ', of which '
    || s.sales_minor || ' was not given back'
FROM (
    SELECT line_id, amount_minor - coalesce((
        SELECT sum(amount_minor) FROM ads_creditreversal WHERE credit_id = ads_credit.id
    ), 0) AS left_minor FROM ads_credit
) AS c
JOIN orders_orderline l ON l.id = c.line_id JOIN orders_order o ON o.id = l.order_id
JOIN ads_sale s ON s.order_id = o.id
GROUP BY o.id, s.id HAVING sum(c.left_minor) > s.sales_minor
"""
CREDIT_GUARDS = [
    "ads_credit_append_only",
    "ads_credit_is_of_its_line",
    "ads_creditreversal_append_only",
    "ads_creditreversal_fits",
    "ads_campaign_frozen",
]


@invariant("A6", "Charges, leases, budgets, wallets, bills and ledger of ads agree to the micro")
def ads_cost_what_was_charged() -> Finding:
    """Add up charges by lease, leases by budget and wallet, and bills; look for the guards."""
    broken = _broken((_OF_LEASES, _OF_BUDGETS, _OF_WALLETS, _OF_BILLS), GUARDS)
    return Finding(Charge.objects.count(), broken)


@invariant("A7", "Creators have their share of what ads with their clips cost, and no more")
def creators_have_their_share() -> Finding:
    """Match earnings with the share that was agreed on and with the ledger."""
    return Finding(AdEarning.objects.count(), _broken((_OF_EARNINGS,), OF_SHARES))


@invariant("A8", "Each line is credited to one ad or none, with no more than was kept of its price")
def ads_are_credited_once() -> Finding:
    """Look for orders that are not followed, and for credit beyond what an order still is."""
    late = reckoning.behind(before=None, latest=None)
    broken = [f"order {public_id} is not followed" for _, public_id in late]
    return Finding(Credit.objects.count(), broken + _broken((_OF_CREDITS,), CREDIT_GUARDS))


@invariant("W1", "Whom ads were for is kept without a gap")
def ads_say_whom_they_were_for() -> Finding:
    """Look for times of which it is not kept whom a group was for, and for the guards."""
    return Finding(AdGroup.objects.count(), _broken((_OF_AIMS,), KEEPERS))


def _broken(statements: Sequence[str], guards: Sequence[str]) -> list[str]:
    """Return what statements find, and the guards that are gone."""
    broken: list[str] = []
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)
            broken += [said for (said,) in cursor.fetchall()]
    return broken + [f"the guard {name} is gone" for name in immutable.missing(guards)]
