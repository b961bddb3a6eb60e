"""Sum what viewers bought after they met a campaign, of those it was shown to and those held out.

A viewer counts once in all of its time: on the day on which they first met it, with what they
bought of the shop in the week from that moment on, and less what went back. Until that moment both
arms live alike; after it only those who are shown an ad meet its caps, hide it, or have bought what
it is for, so whoever counted anew later would do so in one arm alone.

Days are counted anew while their week is on and a day longer; then their sums stand, and are told:
what an open week will bring is not there yet. Who was in them is known until a month after the
campaign is over, so that nobody is in them twice.
Source: docs/adr/0116-whose-sale.md.
"""

from datetime import datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, Sum

from vitrine.ads.lift import Arm
from vitrine.ads.models import ArmDay, Campaign, Meeting
from vitrine.kernel import prepared
from vitrine.sovereignty.cell import home, local_day, this_cell

WEEK = timedelta(days=7)
DAYS = 9
"""Days that are counted anew."""
_COUNTING = 116_001
"""Names the lock on counting among Postgres' advisory locks."""


@transaction.atomic
def count(*, at: datetime) -> None:
    """Count the arms of the last days anew. Counted twice, it is the same. Queries: 4."""
    zone = this_cell().time_zone
    first = local_day(at - timedelta(days=DAYS - 1))
    since = datetime.combine(first, time.min, tzinfo=ZoneInfo(zone))
    prepared.rows("SELECT pg_advisory_xact_lock(%s)", [_COUNTING])
    prepared.run(_MEET, [home()])
    ArmDay.objects.filter(day__gte=first).delete()
    prepared.run(_COUNT, {"since": since, "week": WEEK, "zone": zone, "home": home()})


class Arms(NamedTuple):
    """Who was shown a campaign and who was held out, in the weeks that are over.

    spent_micros: what showing it to the former cost in these weeks.
    """

    shown: Arm = Arm()
    held: Arm = Arm()
    spent_micros: int = 0


def of(campaign: Campaign, *, at: datetime) -> Arms:
    """Return the arms of a campaign, of all days whose last viewer's week is over. Queries: 1."""
    sums = {name: Sum(name) for name in (*Arm._fields, "spent_micros")}
    days = ArmDay.objects.filter(campaign=campaign, day__lt=local_day(at) - WEEK)
    rows: Any = days.order_by().values("is_held").annotate(**sums)
    found = {row["is_held"]: row for row in rows}
    shown, held = (
        Arm(*(found[is_held][name] for name in Arm._fields)) if is_held in found else Arm()
        for is_held in (False, True)
    )
    return Arms(shown, held, found[False]["spent_micros"] if False in found else 0)


def forget(*, before: datetime) -> None:
    """Delete who met campaigns that are over since long ago. Queries: 1.

    A day later than their showings, of which they would be noted again.
    """
    day_before = before - timedelta(days=1)
    over = Q(campaign__ended_at__lt=day_before) | Q(campaign__ends_at__lt=day_before)
    Meeting.objects.filter(over).delete()


def forget_viewer(key: str) -> None:
    """Delete which campaigns a viewer met or was held out of. Queries: 1."""
    Meeting.objects.filter(viewer=key).delete()


_MEET = """
INSERT INTO ads_ghost (home_cell, campaign_id, viewer, is_held, first_at)
SELECT %s, met.campaign_id, met.viewer, false, met.first_at
FROM (
    SELECT c.id AS campaign_id, s.viewer, min(s.at) AS first_at
    FROM ads_showing s JOIN ads_ad a ON a.id = s.ad_id JOIN ads_adgroup g ON g.id = a.group_id
    JOIN ads_campaign c ON c.id = g.campaign_id AND c.holdout_percent > 0
    WHERE s.is_measured GROUP BY 1, 2
) AS met
JOIN accounts_person p ON p.public_id = met.viewer
ON CONFLICT (viewer, campaign_id) DO NOTHING
"""
"""Of all showings that are kept, so that nobody is missed however late it is. Who was forgotten has
showings under nobody's name."""
_COUNT = """
WITH bought AS (
    SELECT met.campaign_id, (met.first_at AT TIME ZONE %(zone)s)::date AS day, met.is_held,
        coalesce((
            SELECT sum(sale.sales_minor) FROM accounts_person p
            JOIN orders_ordergroup purchase ON purchase.buyer_id = p.id
            JOIN orders_order o ON o.group_id = purchase.id AND o.merchant_id = payer.merchant_id
            JOIN ads_sale sale ON sale.order_id = o.id
            WHERE p.public_id = met.viewer AND purchase.placed_at >= met.first_at
                AND purchase.placed_at < met.first_at + %(week)s
        ), 0) AS minor,
        coalesce((
            SELECT sum(charge.price_micros)
            FROM ads_showing s JOIN ads_charge charge ON charge.showing = s.showing
            LEFT JOIN ads_reversal back ON back.charge_id = charge.id
            WHERE NOT met.is_held AND s.viewer = met.viewer AND s.is_measured
                AND s.at >= met.first_at AND s.at < met.first_at + %(week)s
                AND charge.campaign_id = met.campaign_id AND back.id IS NULL
        ), 0) AS micros
    FROM ads_ghost met JOIN ads_campaign c ON c.id = met.campaign_id
    JOIN ads_advertiser payer ON payer.id = c.advertiser_id
    WHERE met.first_at >= %(since)s
)
INSERT INTO ads_armday (home_cell, campaign_id, day, is_held, viewers, buyers, sales_minor, squares,
    spent_micros)
SELECT %(home)s, campaign_id, day, is_held, count(*), count(*) FILTER (WHERE minor > 0),
    sum(minor), sum(minor::float8 ^ 2), sum(micros)
FROM bought GROUP BY campaign_id, day, is_held ORDER BY 2, 3, 4
"""
