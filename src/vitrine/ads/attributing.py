"""Read what a buyer saw and followed of ads before an order, and say whose sale each line is.

Nothing is kept for it that is not kept anyway: a touch is a showing of which a view or a click was
billed or counted. Whoever has nothing picked for them leaves showings that are not measured, and
whoever buys without being known leaves an order of nobody: neither is credited to anything.
Source: docs/adr/0116-whose-sale.md.
"""

from collections.abc import Sequence
from datetime import datetime

from vitrine.ads import crediting
from vitrine.ads.crediting import Bought, Touch
from vitrine.ads.models import Billed, Credit
from vitrine.kernel import prepared
from vitrine.orders.models import Order, OrderLine

_TOUCHES = """
SELECT s.showing, s.ad_id, c.id, touch.what = 'click', touch.at, c.click_days, c.view_days,
    payer.merchant_id, array_remove(array_append(ARRAY(
        SELECT t.product_id FROM catalog_tag t
        WHERE t.clip_id = a.clip_id AND payer.merchant_id IS NULL
    ), a.product_id), NULL)
FROM ads_showing s
JOIN LATERAL (
    SELECT billed AS what, at FROM ads_charge WHERE showing = s.showing
    UNION ALL SELECT what, at FROM ads_response WHERE showing = s.showing
) AS touch ON touch.at <= %(at)s AND touch.at >= %(since)s
JOIN ads_ad a ON a.id = s.ad_id JOIN ads_adgroup g ON g.id = a.group_id
JOIN ads_campaign c ON c.id = g.campaign_id JOIN ads_advertiser payer ON payer.id = c.advertiser_id
WHERE s.viewer = %(viewer)s AND s.is_measured AND NOT EXISTS (
    SELECT FROM ads_reversal r JOIN ads_charge untrue ON untrue.id = r.charge_id
    WHERE untrue.showing = s.showing
)
"""


def credits_of(order: Order, lines: Sequence[OrderLine], *, at: datetime) -> list[Credit]:
    """Return which ads get the credit for an order, unsaved: at most one for each line.

    order: placed, with its group and buyer. lines: with variants. Queries: 1; 0 for a stranger's.
    """
    buyer, bought_at = order.group.buyer, order.placed_at
    if buyer is None or bought_at is None:
        return []
    touches = _touches(buyer.public_id, bought_at)
    made = (_credit(touches, order, line, bought_at, at) for line in lines if touches)
    return [one for one in made if one is not None]


def _touches(viewer: str, bought_at: datetime) -> list[Touch]:
    asked = {"viewer": viewer, "at": bought_at, "since": bought_at - crediting.LONGEST}
    return [
        Touch._make((showing.int, *rest, frozenset(products)))
        for showing, *rest, products in prepared.rows(_TOUCHES, asked)
    ]


def _credit(
    touches: Sequence[Touch], order: Order, line: OrderLine, bought_at: datetime, at: datetime
) -> Credit | None:
    if not line.paid_minor:
        return None
    bought = Bought(order.merchant_id, line.variant.product_id, bought_at)
    touch = crediting.credited(touches, bought)
    if touch is None:
        return None
    return Credit(
        line=line,
        ad_id=touch.ad,
        campaign_id=touch.campaign,
        showing=f"{touch.showing:032x}",
        what=Billed.CLICK if touch.is_click else Billed.VIEW,
        touched_at=touch.at,
        amount_minor=line.paid_minor,
        bought_at=bought_at,
        at=at,
    )
