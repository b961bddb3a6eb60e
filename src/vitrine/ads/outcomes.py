"""What came of clicks on ads, as it is read every few seconds where any ad is to sell.

Facts alone: clicks that were billed or counted and stand, and credits less what was taken back.
Source: docs/adr/0123-orders-and-returns.md.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from vitrine.ads import crediting, delays, tokens, yields
from vitrine.ads.delays import Delays
from vitrine.ads.models import Billed, Placement
from vitrine.ads.yields import Lots, Yields
from vitrine.kernel import prepared
from vitrine.kernel.money import MICROS_PER_MINOR
from vitrine.recommend.arrays import Doubles, numbered
from vitrine.sovereignty.cell import local_day, this_cell

LOOKS_BACK = crediting.LONGEST
LATE = timedelta(minutes=10)
"""Until what was bought is credited and counted."""
DELAYS_EVERY = timedelta(minutes=10)
AGES = 24
"""Clicks of a day are held to be as many in each of so many parts of it."""


class Gain(NamedTuple):
    """What a campaign has spent for a return and what that brought, since its target was set.

    sales_micros: with what is still to come of its clicks.
    """

    spent_micros: float
    sales_micros: float


@dataclass(frozen=True)
class Outcomes:
    """What clicks bring, by ad; and what campaigns for a return gained."""

    line_of: dict[int, int]
    yields: Yields
    gains: dict[int, Gain]

    def orders(self, ads: Sequence[int]) -> Doubles:
        """Return how many orders a click of each ad brings."""
        return np.asarray(self.yields.orders[self._lines(ads)])

    def raw(self, ads: Sequence[int]) -> Doubles:
        """Return the same, before that is set right."""
        return np.asarray(self.yields.raw[self._lines(ads)])

    def sales_micros(self, ads: Sequence[int]) -> Doubles:
        """Return what the orders that a click of each ad brings come to."""
        return np.asarray(self.yields.sales_minor[self._lines(ads)] * MICROS_PER_MINOR)

    def _lines(self, ads: Sequence[int]) -> list[int]:
        return [self.line_of[ad] for ad in ads]


@dataclass(frozen=True)
class _Lots:
    """Clicks by the day of their showing and the window of their campaign: all days of a window of
    one day, then those of two, and so on.

    seen: which part came until now of what they would bring in the longest window; whole: which
    will in theirs.
    """

    since: date
    days: int
    seen: Doubles
    whole: Doubles

    @property
    def place(self) -> dict[str, object]:
        """Return what ``_LOT`` asks for."""
        return {"since": self.since, "days": self.days}

    @property
    def parts(self) -> list[float]:
        """Return which part came of what they will bring."""
        found: list[float] = (self.seen / self.whole).tolist()
        return found

    @property
    def rest(self) -> list[float]:
        """Return which part of all in the longest window is still to come in theirs."""
        found: list[float] = np.maximum(self.whole - self.seen, 0.0).tolist()
        return found


def read(
    ads: Sequence[int], returns: Collection[int], *, placement: Placement, at: datetime
) -> Outcomes:
    """Return what clicks of ads bring in a placement, and what campaigns for a return gained.

    ads: one at least. Of the clicks of the longest window. Queries: 1 or 2, and 2 more every ten
    minutes.
    """
    since = local_day(at - LOOKS_BACK)
    days = (local_day(at) - since).days + 1
    ages_h = np.tile(_ages_h(since, days, at=at), (LOOKS_BACK.days, 1))
    windows_h = np.repeat(np.arange(1, LOOKS_BACK.days + 1) * 24.0, days)
    learnt = _delays(ages_h, windows_h, since, days, at=at)
    lots = _Lots(since, days, learnt.seen(ages_h, windows_h), learnt.by(windows_h))
    asked = {"seen": lots.seen.tolist(), "parts": lots.parts, "placement": placement.value}
    late = local_day(at - timedelta(days=yields.RIGHTED_DAYS))
    rows = prepared.rows(_BY_ADS, {**lots.place, **asked, "late": late, "ads": list(ads)})
    keys, products, shops, windows, *numbers = zip(*rows, strict=True)
    clicks, orders, minor, foretold, came, prices = (np.array(one, np.float64) for one in numbers)
    whole = learnt.by(np.array(windows) * 24.0)
    found = yields.of(
        Lots(
            clicks=clicks,
            orders=orders,
            sales_minor=minor,
            prices_minor=prices,
            foretold=foretold,
            came=came,
            whole=whole,
            products=numbered(products),
            shops=numbered(shops),
        )
    )
    each_micros = dict(
        zip(keys, (found.sales_minor / whole * MICROS_PER_MINOR).tolist(), strict=True)
    )
    gains = _gains(lots, returns, each_micros) if returns else {}
    return Outcomes({ad: n for n, ad in enumerate(keys)}, found, gains)


def _gains(
    lots: _Lots, returns: Collection[int], each_micros: Mapping[int, float]
) -> dict[int, Gain]:
    """Return what campaigns for a return gained. each_micros: what a click of an ad would bring in
    the longest window. Queries: 1.
    """
    asked = {**lots.place, "rest": lots.rest, "returns": list(returns), "micros": MICROS_PER_MINOR}
    brings = {"ads": list(each_micros), "each": list(each_micros.values())}
    return {
        campaign: Gain(float(spent), float(sales))
        for campaign, spent, sales in prepared.rows(_GAINS, {**asked, **brings})
    }


def _ages_h(since: date, days: int, *, at: datetime) -> Doubles:
    """Return how old the clicks of each day are, those of today until the last that are counted."""
    zone = ZoneInfo(this_cell().time_zone)
    begun_at = [datetime.combine(since + timedelta(days=n), time(), zone) for n in range(days)]
    first = np.array([(at - LATE - one) / timedelta(hours=1) for one in begun_at])[:, None]
    counted_h = (tokens.LIVES - LATE) / timedelta(hours=1)
    span = np.clip(first - counted_h, 0.0, 24.0)
    return np.asarray(first - span * ((np.arange(AGES) + 0.5) / AGES))


_learnt: list[tuple[datetime, Delays]] = []


def _delays(ages_h: Doubles, windows_h: Doubles, since: date, days: int, *, at: datetime) -> Delays:
    """Return how long things take, as it was known some minutes ago at most. Queries: 0 or 2."""
    if _learnt and abs(at - _learnt[0][0]) < DELAYS_EVERY:
        return _learnt[0][1]
    clicks = np.zeros(len(windows_h))
    for lot, number in prepared.rows(_CLICKS, {"since": since, "days": days}):
        clicks[lot - 1] = number
    begins_at = datetime.combine(since, time(), ZoneInfo(this_cell().time_zone))
    ends_h = [float(hours) for hours in delays.ENDS_H[:-1]]
    orders = np.zeros(len(delays.ENDS_H))
    for stretch, number in prepared.rows(_STRETCHES, [ends_h, begins_at, Billed.CLICK.value]):
        orders[stretch] = number
    found = delays.learnt(orders, clicks, ages_h, windows_h)
    _learnt[:] = [(at, found)]
    return found


def forget() -> None:
    """Read anew how long things take."""
    _learnt.clear()


_OF_CAMPAIGN = """JOIN ads_ad a ON a.id = d.ad_id JOIN ads_adgroup g ON g.id = a.group_id
    JOIN ads_campaign c ON c.id = g.campaign_id"""
_LOT = "((c.click_days - 1) * %(days)s + (d.day - %(since)s) + 1)"
"""Where the clicks of a day stand among lots, from 1."""
_KNOWN = "d.day >= %(since)s AND d.day < %(since)s + %(days)s"
_CLICKS = f"""
SELECT {_LOT}, sum(d.clicks)::bigint FROM ads_adday d {_OF_CAMPAIGN}
WHERE {_KNOWN} AND d.clicks > 0 GROUP BY 1
"""  # noqa: S608  (our own constants)
_STRETCHES = """
SELECT width_bucket(extract(epoch FROM c.bought_at - c.touched_at) / 3600, %s::numeric[]),
    count(DISTINCT l.order_id)
FROM ads_credit c JOIN orders_orderline l ON l.id = c.line_id
WHERE c.touched_at >= %s AND c.what = %s GROUP BY 1
"""
_BY_ADS = f"""
WITH counted AS MATERIALIZED (
    SELECT d.ad_id, sum(d.clicks * (%(seen)s::float8[])[{_LOT}]) AS clicks,
        sum(d.click_orders) AS orders, sum(d.click_sales_minor) AS minor,
        sum(d.foretold * (%(parts)s::float8[])[{_LOT}]) FILTER (WHERE d.day > %(late)s) AS foretold,
        sum(d.click_orders) FILTER (WHERE d.day > %(late)s AND d.foretold > 0) AS came
    FROM ads_adday d {_OF_CAMPAIGN}
    WHERE {_KNOWN} AND d.placement = %(placement)s AND d.clicks > 0 GROUP BY 1
)
SELECT a.id, coalesce(a.product_id, 0), coalesce(p.merchant_id, v.merchant_id, 0), c.click_days,
    coalesce(k.clicks, 0), coalesce(k.orders, 0), coalesce(k.minor, 0), coalesce(k.foretold, 0),
    coalesce(k.came, 0), coalesce(least.minor, 0)
FROM ads_ad a JOIN ads_adgroup g ON g.id = a.group_id JOIN ads_campaign c ON c.id = g.campaign_id
JOIN ads_advertiser v ON v.id = c.advertiser_id
LEFT JOIN catalog_product p ON p.id = a.product_id LEFT JOIN counted k ON k.ad_id = a.id
LEFT JOIN LATERAL (
    SELECT min(price_minor) AS minor FROM catalog_variant
    WHERE product_id = a.product_id AND withdrawn_at IS NULL
) AS least ON true
WHERE k.ad_id IS NOT NULL OR a.id = ANY (%(ads)s::bigint[])
"""  # noqa: S608  (our own constants)
_GAINS = f"""
WITH brings AS (
    SELECT * FROM unnest(%(ads)s::bigint[], %(each)s::float8[]) AS one (ad, micros)
)
SELECT c.id, sum(d.spent_micros), sum(d.click_sales_minor * %(micros)s::float8
    + CASE WHEN {_KNOWN} THEN d.clicks * (%(rest)s::float8[])[{_LOT}] * coalesce(brings.micros, 0)
        ELSE 0 END)
FROM ads_adday d {_OF_CAMPAIGN} LEFT JOIN brings ON brings.ad = a.id
WHERE c.id = ANY (%(returns)s::bigint[]) AND d.day >= c.target_set_on GROUP BY 1
"""  # noqa: S608  (our own constants)
