"""Count by day what followed from showings of which no token is out, and forget whose they were.

What was bought after them is counted by the day on which they were shown, up to the last of its
money: so a day goes on to change as long as anything is bought or given back.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from vitrine.accounts import visitors
from vitrine.ads import arms, load, origins, reach, tokens
from vitrine.ads.models import HiddenAd, Met, Response, Showing
from vitrine.kernel import prepared
from vitrine.sovereignty.cell import home, this_cell

MARGIN = timedelta(minutes=1)
LOOKED_BACK = 20_000
"""Credits, and reversals of them, the latest, whose days are counted anew."""


@transaction.atomic
def count(*, at: datetime) -> None:
    """Count today's and yesterday's anew, and what was bought. Counted twice, it is the same.

    Early in the day also those of the day before.

    Queries: 3.
    """
    zone = this_cell().time_zone
    first = reach.anew_from(at=at)
    since = datetime.combine(first, time.min, tzinfo=ZoneInfo(zone))
    before = at - tokens.LIVES - MARGIN
    prepared.run(_COUNT, [home(), zone, since, before])
    prepared.run(_SOLD, {"zone": zone, "most": LOOKED_BACK})
    reach.count(since=since, before=before)


_COUNT = """
INSERT INTO ads_adday AS known (home_cell, ad_id, day, placement, shown, expected, views, clicks,
    spent_micros, foretold)
SELECT %s, s.ad_id, (s.at AT TIME ZONE %s)::date, s.placement, count(*), sum(s.chance),
    count(*) FILTER (WHERE c.billed = 'view' AND r.id IS NULL OR v.showing IS NOT NULL),
    count(*) FILTER (WHERE c.billed = 'click' AND r.id IS NULL OR k.showing IS NOT NULL),
    coalesce(sum(c.price_micros) FILTER (WHERE r.id IS NULL), 0),
    coalesce(sum(s.order_chance) FILTER (
        WHERE c.billed = 'click' AND r.id IS NULL OR k.showing IS NOT NULL), 0)
FROM ads_showing s
LEFT JOIN ads_charge c ON c.showing = s.showing
LEFT JOIN ads_reversal r ON r.charge_id = c.id
LEFT JOIN ads_response v ON v.showing = s.showing AND v.what = 'view'
LEFT JOIN ads_response k ON k.showing = s.showing AND k.what = 'click'
WHERE s.at >= %s AND s.at < %s
GROUP BY 2, 3, 4 ORDER BY 2, 3, 4
ON CONFLICT (ad_id, day, placement) DO UPDATE SET shown = excluded.shown,
    expected = excluded.expected, views = excluded.views, clicks = excluded.clicks,
    spent_micros = excluded.spent_micros, foretold = excluded.foretold
"""
_SHOWN_ON = tokens.shown_on("c.showing")
"""Of a credit, whose showing is forgotten before the last of its money comes back."""
_SOLD = f"""
WITH latest AS (
    SELECT id FROM ads_credit WHERE id > (SELECT max(id) FROM ads_credit) - %(most)s
    UNION SELECT credit_id FROM ads_creditreversal
    WHERE id > (SELECT max(id) FROM ads_creditreversal) - %(most)s
), due AS (
    SELECT DISTINCT c.ad_id, {_SHOWN_ON} AS day FROM latest JOIN ads_credit c ON c.id = latest.id
), sold AS (
    SELECT due.ad_id, due.day, coalesce(s.placement, charge.placement, 'feed') AS placement,
        count(DISTINCT l.order_id) FILTER (WHERE kept.minor > 0) AS orders,
        sum(kept.minor)::bigint AS minor,
        count(DISTINCT l.order_id) FILTER (WHERE kept.minor > 0 AND c.what = 'click') AS by_click,
        coalesce(sum(kept.minor) FILTER (WHERE c.what = 'click'), 0)::bigint AS minor_by_click
    FROM due JOIN ads_credit c ON c.ad_id = due.ad_id
        AND c.touched_at >= due.day::timestamp AT TIME ZONE %(zone)s
        AND c.touched_at < (due.day + 2)::timestamp AT TIME ZONE %(zone)s
        AND due.day = {_SHOWN_ON}
    JOIN orders_orderline l ON l.id = c.line_id
    CROSS JOIN LATERAL (
        SELECT c.amount_minor - coalesce(sum(amount_minor), 0) AS minor
        FROM ads_creditreversal WHERE credit_id = c.id
    ) AS kept
    LEFT JOIN ads_showing s ON s.showing = c.showing
    LEFT JOIN ads_charge charge ON charge.showing = c.showing
    GROUP BY 1, 2, 3
)
UPDATE ads_adday AS known SET orders = sold.orders, sales_minor = sold.minor,
    click_orders = sold.by_click, click_sales_minor = sold.minor_by_click
FROM sold
WHERE known.ad_id = sold.ad_id AND known.day = sold.day AND known.placement = sold.placement
    AND (known.orders, known.sales_minor, known.click_orders, known.click_sales_minor)
        <> (sold.orders, sold.minor, sold.by_click, sold.minor_by_click)
"""  # noqa: S608  (our own constant)


def uncount(charges: Sequence[int], *, at: datetime) -> None:
    """Count charges no more that were taken back on a day that is not counted anew. Queries: 1."""
    asked = {"charges": prepared.array(charges), "first": reach.anew_from(at=at)}
    prepared.run(_UNCOUNT, asked | {"zone": this_cell().time_zone})


_UNCOUNT = f"""
UPDATE ads_adday AS known
SET views = greatest(known.views - back.views, 0), clicks = greatest(known.clicks - back.clicks, 0),
    spent_micros = greatest(known.spent_micros - back.micros, 0)
FROM (
    SELECT c.ad_id, {_SHOWN_ON} AS day, c.placement,
        count(*) FILTER (WHERE c.billed = 'view') AS views,
        count(*) FILTER (WHERE c.billed = 'click') AS clicks, sum(c.price_micros) AS micros
    FROM ads_charge c WHERE c.id = ANY (%(charges)s::bigint[]) GROUP BY 1, 2, 3
) AS back
WHERE known.ad_id = back.ad_id AND known.day = back.day AND known.placement = back.placement
    AND back.day < %(first)s
"""  # noqa: S608  (our own constant)


def forget(*, at: datetime) -> None:
    """Delete whose showings were long ago; what they came to stays. Queries: 6."""
    before = at - load.KEPT
    arms.forget(before=before)
    Showing.objects.filter(at__lt=before).delete()
    Response.objects.filter(at__lt=before).delete()
    HiddenAd.objects.filter(viewer__startswith=visitors.BEGIN, at__lt=before).delete()
    prepared.run(_FORGET_ALL, [before])
    prepared.run(_FORGET_SOME, [before, before])


_FORGET_ALL = "DELETE FROM ads_met WHERE shown_at[cardinality(shown_at)] < %s"
_FORGET_SOME = """
UPDATE ads_met AS known SET (ads, groups, shown_at) = (
    SELECT array_agg(ad ORDER BY at), array_agg(of ORDER BY at), array_agg(at ORDER BY at)
    FROM unnest(known.ads, known.groups, known.shown_at) AS one (ad, of, at) WHERE at >= %s
)
WHERE shown_at[1] < %s
"""


def forget_viewer(key: str) -> None:
    """Forget a viewer; what they were shown and what was billed stays, of nobody. Queries: 5.

    Their showings are counted anew for two days. Were they gone, less would have been seen than
    was paid for.
    """
    arms.forget_viewer(key)
    origins.forget_viewer(key)
    nobody = f"x_{secrets.token_urlsafe(16)}"
    Showing.objects.filter(viewer=key).update(viewer=nobody, is_measured=False)
    Met.objects.filter(viewer=key).delete()
    HiddenAd.objects.filter(viewer=key).delete()


def stop_measuring(key: str) -> None:
    """Credit nothing that a viewer buys to an ad that they met until now. Queries: 2."""
    Showing.objects.filter(viewer=key, is_measured=True).update(is_measured=False)
    arms.forget_viewer(key)
