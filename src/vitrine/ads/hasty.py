"""Tell clicks whose orders came as no people's do: too soon, or all as long after them.

Of what was bought, as far as it is credited to the click; that goes on for days, so that all that
an ad sold is looked at again once a day. Source: docs/adr/0118-invalid-traffic.md.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial

from vitrine.ads import crediting, rates, reversing, suspecting
from vitrine.ads.models import Advertiser, Ground
from vitrine.ads.reversing import Doubt
from vitrine.kernel import prepared, sweeping

LATELY = timedelta(days=2)
"""Ads that sold something within it are looked at: twice, for where one day's look fell out."""
ORDERED_S = """
    SELECT extract(epoch FROM min(placed.created_at) - c.at)::float8
    FROM ads_credit credit JOIN orders_orderline line ON line.id = credit.line_id
    JOIN orders_order o ON o.id = line.order_id
    JOIN orders_ordergroup placed ON placed.id = o.group_id AND placed.created_at >= c.at
    WHERE credit.showing = c.showing AND credit.what = 'click' AND c.billed = 'click'
"""
"""How long after a charge ``c`` its viewer first asked for what is credited to it."""


def doubts(buying: Sequence[tuple[int, float]]) -> Iterable[Doubt]:
    """Yield what of one ad is suspicious, whether it is enough or not. Queries: 0.

    buying: each charge of a click that sold, and after how many seconds.
    """
    for charge, ordered_s in buying:
        if ordered_s < rates.HASTE_S:
            yield Doubt(charge, Ground.HASTE, rates.SUREST_SCORE)
    alike = suspecting.alike(
        [ordered_s for _, ordered_s in buying],
        width=rates.ALIKE_ORDER_S,
        share=rates.ALIKE_ORDER_SHARE,
    )
    yield from (Doubt(buying[n][0], Ground.HASTE, alike.score) for n in alike.members)


def look_again(*, at: datetime) -> int:
    """Look at all clicks that sold of ads that sold lately; return how many were taken back.

    Safe to run twice. Locks: those of ``reversing.take_back``, one advertiser after the other.
    """
    buying: defaultdict[tuple[int, int], list[tuple[int, float]]] = defaultdict(list)
    for payer, ad, charge, ordered_s in prepared.rows(_SOLD, [at - LATELY, at - crediting.LONGEST]):
        buying[payer, ad].append((charge, ordered_s))
    of_payer: defaultdict[int, list[Doubt]] = defaultdict(list)
    for (payer, _), sold in buying.items():
        sure = (one for one in doubts(sold) if (one.score or 0) >= rates.THRESHOLD)
        of_payer[payer] += {one.charge: one for one in sure}.values()
    payers = Advertiser.objects.filter(pk__in=[pk for pk, found in of_payer.items() if found])
    back = partial(_take_back, of_payer, at=at)
    return sum(sweeping.each(payers.order_by("pk"), back))


def _take_back(of_payer: dict[int, list[Doubt]], payer: Advertiser, *, at: datetime) -> int:
    return reversing.take_back(payer, of_payer[payer.pk], at=at)


_SOLD = f"""
SELECT * FROM (
    SELECT k.advertiser_id, c.ad_id, c.id, ({ORDERED_S}) AS ordered_s
    FROM (SELECT DISTINCT ad_id FROM ads_credit WHERE what = 'click' AND at >= %s) AS sold
    JOIN LATERAL (
        SELECT DISTINCT showing FROM ads_credit
        WHERE ad_id = sold.ad_id AND what = 'click' AND touched_at >= %s
    ) AS touch ON true
    JOIN ads_charge c ON c.showing = touch.showing AND c.billed = 'click'
    JOIN ads_campaign k ON k.id = c.campaign_id
) AS found WHERE ordered_s IS NOT NULL ORDER BY id
"""  # noqa: S608  (our own constants)
