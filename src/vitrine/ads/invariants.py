"""What ``vitrine check`` asks of ads.

Sums of several tables are put under each other and grouped, never joined: a cell that was just
restored has no statistics yet, and Postgres would look at all of one sum for each row of another.

What timers do later is expected of what was there as they last ran well (``_ran_at``); whether they
run at all is T1.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from vitrine.ads import reach, reckoning, sharing, tokens
from vitrine.ads.models import (
    Ad,
    AdEarning,
    AdGroup,
    AdRecord,
    Billed,
    Charge,
    Credit,
    Objective,
)
from vitrine.kernel.invariants import Finding, invariant
from vitrine.kernel.money import MICROS_PER_MINOR
from vitrine.sovereignty import immutable
from vitrine.sovereignty.cell import this_cell
from vitrine.timers.models import Timer

LATE = timedelta(hours=1)
"""So much later than its time something may be in the database: a transaction takes a moment."""

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
    "ads_admember_shares_no_more",
    "ads_authorisation_of_others",
    "ads_authorisation_share",
    "ads_authorisation_shared_until",
    "ads_membership_shares_no_more",
    "ledger_transfer_has_its_earning",
]
_OF_LEASES = """
SELECT 'lease ' || id || ' says that it spent ' || sum(said) || ', and its charges are '
    || sum(charged)
FROM (
    SELECT id, spent_micros AS said, 0 AS charged FROM ads_lease
    UNION ALL SELECT lease_id, 0, price_micros FROM ads_charge
) AS each GROUP BY id HAVING sum(said) <> sum(charged)
"""
_LEASED = """
    UNION ALL
    SELECT {whose}, 0, 0, CASE WHEN l.closed_at IS NULL THEN l.amount_micros ELSE 0 END,
        CASE WHEN l.closed_at IS NULL THEN 0 ELSE l.spent_micros END, 0
    FROM ads_lease l {join}
"""
_AGREE = """
SELECT '{what} ' || id || ' holds ' || sum(holds) || ' and spent ' || sum(spent)
    || ', and its leases ' || sum(held) || ' and ' || sum(used) || ', of which were taken back '
    || sum(back)
FROM (
    {rows}
    {leased}
    UNION ALL
    SELECT {whose}, 0, 0, 0, 0, charge.price_micros
    FROM ads_reversal r JOIN ads_charge charge ON charge.id = r.charge_id {join}
) AS each GROUP BY id HAVING sum(holds) <> sum(held) OR sum(spent) + sum(back) <> sum(used)
"""
_OF_BUDGETS = _AGREE.format(
    what="budget",
    rows="SELECT id, held_micros AS holds, spent_micros AS spent, 0 AS held, 0 AS used, 0 AS back"
    " FROM ads_budget",
    leased="".join(
        _LEASED.format(whose=f"l.{column}", join="")
        for column in ("life_id", "daily_id", "common_id")
    ),
    whose="l.life_id",
    join="JOIN ads_lease l ON l.id = charge.lease_id",
)
_PAYER = (
    "JOIN ads_campaign c ON c.id = {of}.campaign_id JOIN ads_advertiser a ON a.id = c.advertiser_id"
)
_OF_WALLETS = _AGREE.format(
    what="wallet",
    rows="SELECT w.id, w.held_micros AS holds, w.spent_micros AS spent, 0 AS held, 0 AS used,"
    " 0 AS back FROM ads_advertiser a JOIN orders_wallet w ON w.id = a.wallet_id",
    leased=_LEASED.format(whose="a.wallet_id", join=_PAYER.format(of="l")),
    whose="a.wallet_id",
    join=_PAYER.format(of="charge"),
)
_OF_CHARGES = f"""
SELECT 'the bills of ' || a.public_id || ' come to ' || posted || ', and its charges to ' || charged
    || ' micros, of which ' || due || ' were there as bills were posted'
FROM (
    SELECT advertiser_id, sum(posted) AS posted, sum(charged) AS charged, sum(due) AS due
    FROM (
        SELECT advertiser_id, posted_minor AS posted, 0 AS charged, 0 AS due FROM ads_adbill
        UNION ALL
        SELECT c.advertiser_id, 0, charge.price_micros,
            CASE WHEN charge.at < %(posted_at)s THEN charge.price_micros ELSE 0 END
        FROM ads_charge charge JOIN ads_campaign c ON c.id = charge.campaign_id
        UNION ALL
        SELECT c.advertiser_id, 0, -charge.price_micros, -charge.price_micros
        FROM ads_reversal r JOIN ads_charge charge ON charge.id = r.charge_id
        JOIN ads_campaign c ON c.id = charge.campaign_id
    ) AS each GROUP BY advertiser_id
) AS sums JOIN ads_advertiser a ON a.id = sums.advertiser_id
WHERE posted > floor(charged / {MICROS_PER_MINOR}.0) OR posted < floor(due / {MICROS_PER_MINOR}.0)
"""  # noqa: S608  (our own constant)
_OF_DAYS = f"""
SELECT 'ad ' || a.public_id || ' of ' || day || ' in ' || placement || ' is told to have cost '
    || told || ' for ' || counted || ', and its charges are ' || charged || ' for ' || billed
FROM (
    SELECT ad_id, day, placement, sum(told) AS told, sum(counted) AS counted,
        sum(charged) AS charged, sum(billed) AS billed
    FROM (
        SELECT d.ad_id, d.day, d.placement, d.spent_micros AS told, CASE
            WHEN c.objective = ANY (%(for_views)s) THEN d.views ELSE d.clicks
        END AS counted, 0 AS charged, 0 AS billed
        FROM ads_adday d JOIN ads_ad ad ON ad.id = d.ad_id
        JOIN ads_adgroup g ON g.id = ad.group_id JOIN ads_campaign c ON c.id = g.campaign_id
        UNION ALL
        SELECT ad_id, {tokens.shown_on("showing")}, placement, 0, 0, price_micros, 1 FROM ads_charge
        UNION ALL
        SELECT ad_id, {tokens.shown_on("showing")}, placement, 0, 0, -price_micros, -1
        FROM ads_reversal r JOIN ads_charge charge ON charge.id = r.charge_id
    ) AS each WHERE day < %(closed_until)s GROUP BY ad_id, day, placement
) AS sums JOIN ads_ad a ON a.id = sums.ad_id
WHERE told <> charged OR counted <> billed
"""  # noqa: S608  (our own constant)
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

_OF_SHARES = f"""
SELECT 'the earnings of ' || g.public_id || ' come to ' || posted || ', and its share of '
    || least || ' to ' || most || ' micros that were billed is another'
FROM (
    SELECT id, sum(posted) AS posted, sum(least) AS least, sum(most) AS most
    FROM (
        SELECT authorisation_id AS id, posted_minor AS posted, 0 AS least, 0 AS most
        FROM ads_adearning
        UNION ALL
        SELECT given.id, 0,
            CASE WHEN back.id IS NULL AND charge.day <= %(sure_until)s THEN charge.price_micros
                ELSE 0 END,
            CASE WHEN back.id IS NULL OR coalesce(back.at >= %(shared_at)s, true)
                THEN charge.price_micros ELSE 0 END
        {sharing.UNDER}
    ) AS each GROUP BY id
) AS sums JOIN ads_authorisation g ON g.id = sums.id
WHERE g.share_bp > 0 AND (posted < {sharing.SHARE.format("least")}
    OR posted > {sharing.SHARE.format("most")})
"""  # noqa: S608  (our own constants)

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

SEEN = [
    "ads_ad_is_seen",
    "ads_adgroup_widens",
    "ads_adverdict_append_only",
    "ads_adverdict_by_others",
    "ads_adverdict_of_what_was_seen",
    *(f"ads_seen_anew_{n}" for n in range(1, 9)),
]
_OF_DIGESTS = """
SELECT 'the ad ' || public_id || ' is not what its digest says' FROM ads_ad
WHERE digest <> ads_digest(group_id, clip_id, product_id)
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


@invariant("A6", "Charges, leases, budgets, wallets, bills, reports and ledger of ads agree")
def ads_cost_what_was_charged() -> Finding:
    """Add up charges by lease, by advertiser and by day, leases by budget and wallet, and bills;
    look for the guards.
    """
    posted_at, counted_at = _ran_at("ads.post"), _ran_at("ads.count")
    asked = {
        "posted_at": posted_at and posted_at - LATE,
        "closed_until": counted_at and reach.anew_from(at=counted_at),
        "zone": this_cell().time_zone,
        "for_views": [one.value for one in Objective if one.pays_for == Billed.VIEW],
    }
    sums = (_OF_LEASES, _OF_BUDGETS, _OF_WALLETS, _OF_BILLS, _OF_CHARGES, _OF_DAYS)
    return Finding(Charge.objects.count(), _broken(sums, GUARDS, asked))


@invariant("A7", "Creators have their share of what ads with their clips cost, and no more")
def creators_have_their_share() -> Finding:
    """Match earnings with what was billed, with the share that was agreed on and the ledger."""
    shared_at = _ran_at("ads.share")
    asked = {
        "shared_at": shared_at and shared_at - LATE,
        "sure_until": shared_at and sharing.sure_until(shared_at),
    }
    broken = _broken((_OF_EARNINGS, _OF_SHARES), OF_SHARES, asked)
    return Finding(AdEarning.objects.count(), broken)


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


@invariant("W2", "Ads are shown as their reviewers saw them, who were others than gain by them")
def ads_are_what_was_seen() -> Finding:
    """Digest anew what each ad shows, and look for the guards."""
    return Finding(Ad.objects.count(), _broken((_OF_DIGESTS,), SEEN))


_OF_RECORDS = """
SELECT 'ad ' || a.public_id || ' was shown on ' || d.day || ', which its record does not tell'
FROM ads_adday d JOIN ads_ad a ON a.id = d.ad_id LEFT JOIN ads_adrecord r ON r.ad_id = d.ad_id
WHERE d.shown > 0 AND d.day > current_date - 365
    AND d.day BETWEEN r.first_on AND r.last_on IS NOT TRUE
"""
NOTERS = ["ads_adday_notes", "ads_adday_notes_first", "ads_adverdict_notes"]


@invariant("W3", "What was advertised in the last year is on record, with its days")
def ads_are_on_record() -> Finding:
    """Look for days of ads that no record tells of, and for what notes them."""
    return Finding(AdRecord.objects.count(), _broken((_OF_RECORDS,), NOTERS))


def _ran_at(timer: str) -> datetime | None:
    """Return when a timer began that ended well, the last time; None where it never did."""
    return Timer.objects.filter(name=timer).values_list("begun_at", flat=True).first()


def _broken(
    statements: Sequence[str], guards: Sequence[str], asked: Mapping[str, Any] | None = None
) -> list[str]:
    """Return what statements find, and the guards that are gone. asked: their values."""
    broken: list[str] = []
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql, asked)
            broken += [said for (said,) in cursor.fetchall()]
    return broken + [f"the guard {name} is gone" for name in immutable.missing(guards)]
