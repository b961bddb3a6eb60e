"""Sum what viewers bought after they met a campaign, of those it was shown to and those held out.

A viewer counts on the day on which they first met it, with what they bought of the shop in the week
from that moment on, and less what went back. Days are counted anew while their week is on and a
day longer; then their sums stand, and the rows that tell of viewers go after a month.
"""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Sum

from vitrine.ads import ghosts
from vitrine.ads.lift import Arm
from vitrine.ads.models import ArmDay, Campaign
from vitrine.kernel import prepared
from vitrine.sovereignty.cell import home, local_day, this_cell

WEEK = timedelta(days=7)
DAYS = 9
"""Days that are counted anew."""
_COUNTING = 116_001
"""Names the lock on counting among Postgres' advisory locks."""


@transaction.atomic
def count(*, at: datetime) -> None:
    """Count the arms of the last days anew. Counted twice, it is the same. Queries: 3."""
    zone = this_cell().time_zone
    first = local_day(at - timedelta(days=DAYS - 1))
    since = datetime.combine(first, time.min, tzinfo=ZoneInfo(zone))
    prepared.rows("SELECT pg_advisory_xact_lock(%s)", [_COUNTING])
    ArmDay.objects.filter(day__gte=first).delete()
    asked = {"since": since, "anew": ghosts.ANEW, "week": WEEK, "zone": zone, "home": home()}
    prepared.run(_COUNT, asked)


def of(campaign: Campaign) -> tuple[Arm, Arm]:
    """Return who was shown a campaign and who was held out, of all its days. Queries: 1."""
    names = Arm._fields
    sums = {name: Sum(name) for name in names}
    rows: Any = (
        ArmDay.objects.filter(campaign=campaign).order_by().values("is_held").annotate(**sums)
    )
    found = {row["is_held"]: Arm(*(row[name] for name in names)) for row in rows}
    return found.get(False, Arm()), found.get(True, Arm())


_COUNT = """
WITH met AS (
    SELECT c.id AS campaign_id, c.advertiser_id, s.viewer, s.at,
        lag(s.at) OVER (PARTITION BY c.id, s.viewer ORDER BY s.at) AS before
    FROM ads_showing s JOIN ads_ad a ON a.id = s.ad_id JOIN ads_adgroup g ON g.id = a.group_id
    JOIN ads_campaign c ON c.id = g.campaign_id AND c.holdout_percent > 0
    WHERE s.is_measured AND s.at >= %(since)s - %(anew)s
), entered AS (
    SELECT campaign_id, advertiser_id, viewer, false AS is_held, at FROM met
    WHERE at >= %(since)s AND (before IS NULL OR before < at - %(anew)s)
    UNION ALL
    SELECT g.campaign_id, c.advertiser_id, g.viewer, true, g.first_at
    FROM ads_ghost g JOIN ads_campaign c ON c.id = g.campaign_id WHERE g.first_at >= %(since)s
), bought AS (
    SELECT entered.campaign_id, (entered.at AT TIME ZONE %(zone)s)::date AS day, entered.is_held,
        coalesce((
            SELECT sum(sale.sales_minor) FROM accounts_person p
            JOIN orders_ordergroup purchase ON purchase.buyer_id = p.id
            JOIN orders_order o ON o.group_id = purchase.id AND o.merchant_id = payer.merchant_id
            JOIN ads_sale sale ON sale.order_id = o.id
            WHERE p.public_id = entered.viewer AND purchase.placed_at >= entered.at
                AND purchase.placed_at < entered.at + %(week)s
        ), 0) AS minor
    FROM entered JOIN ads_advertiser payer ON payer.id = entered.advertiser_id
)
INSERT INTO ads_armday (home_cell, campaign_id, day, is_held, viewers, buyers, sales_minor, squares)
SELECT %(home)s, campaign_id, day, is_held, count(*), count(*) FILTER (WHERE minor > 0),
    sum(minor), sum(minor::float8 ^ 2)
FROM bought GROUP BY campaign_id, day, is_held ORDER BY 2, 3, 4
"""
