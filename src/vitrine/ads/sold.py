"""What was sold, with ads and without, and what was spent: what a shop and its campaigns are told.

Each order of a shop is told once: by the campaign, by other ads, or by none; so the parts sum to
all. What a campaign sold because of it is told apart: it is no part of that sum.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Sum

from vitrine.ads import arms, figures
from vitrine.ads.lift import Arm, Lift, lift
from vitrine.ads.models import Advertiser, Campaign, Charge
from vitrine.kernel import prepared
from vitrine.sovereignty.cell import local_day, this_cell


@dataclass(frozen=True)
class Part:
    """Orders, and what was kept of what was paid for their goods."""

    orders: int = 0
    minor: int = 0

    def __add__(self, other: "Part") -> "Part":
        return Part(self.orders + other.orders, self.minor + other.minor)


@dataclass(frozen=True)
class Sold:
    """What was sold from an instant until another. others: by ads of somebody else, or of another
    campaign. organic: without any ad. Of an account that is no shop's: paid alone.
    """

    since: datetime
    until: datetime
    spent_micros: int
    paid: Part
    others: Part | None = None
    organic: Part | None = None

    @property
    def all(self) -> Part | None:
        """Return all that the shop sold."""
        if self.others is None or self.organic is None:
            return None
        return self.paid + self.others + self.organic

    @property
    def paid_per_spent(self) -> float | None:
        """Return what was sold after the ads for each unit spent; None where nothing was spent."""
        return figures.per_spent(self.paid.minor, self.spent_micros)

    @property
    def percent(self) -> int | None:
        """Return what was sold after the ads, in percent of what was spent."""
        per = self.paid_per_spent
        return None if per is None else round(per * 100)

    @property
    def all_per_spent(self) -> float | None:
        """Return the same of all that was sold."""
        return figures.per_spent(self.all.minor, self.spent_micros) if self.all else None


@dataclass(frozen=True)
class Brought:
    """What a campaign sold because of it. lift: None while there are too few to tell.

    spent_micros: what showing it cost, to those whose purchases are compared and in the weeks of
    which they are: not what visitors cost, or weeks that are still on.
    """

    shown: Arm
    held: Arm
    lift: Lift | None
    spent_micros: int

    @property
    def per_spent(self) -> tuple[float, float, float] | None:
        """Return what each unit spent brought: how much, at least, at most."""
        if self.lift is None or self.spent_micros <= 0:
            return None
        value, low, high = (
            figures.per_spent(minor, self.spent_micros) or 0.0 for minor in self.lift
        )
        return value, low, high


def of_campaign(campaign: Campaign, *, at: datetime) -> Sold:
    """Tell what was sold since a campaign began, until its last click counts no more. Queries: 2.

    campaign: with its advertiser.
    """
    ended_at = min(campaign.ended_at or at, campaign.ends_at or at)
    until = min(at, ended_at + timedelta(days=campaign.click_days))
    spent_micros = _spent(campaign)
    payer = campaign.advertiser
    return _sold(payer, [campaign.pk], campaign.starts_at, until, spent_micros)


def of_advertiser(advertiser: Advertiser, *, since: date, until: date, spent_micros: int) -> Sold:
    """Tell what was sold on days of the cell, both included, and what was spent. Queries: 2.

    Of days before the account was opened nothing is told. spent_micros: on what was shown then.
    """
    zone = ZoneInfo(this_cell().time_zone)
    first = max(since, local_day(advertiser.opened_at))
    begins_at = datetime.combine(first, time.min, tzinfo=zone)
    ends_at = datetime.combine(until + timedelta(days=1), time.min, tzinfo=zone)
    own = list(Campaign.objects.filter(advertiser=advertiser).values_list("pk", flat=True))
    return _sold(advertiser, own, begins_at, ends_at, spent_micros)


def because_of(campaign: Campaign, *, at: datetime) -> Brought | None:
    """Tell what a campaign sold because of it; None where nobody is held out. Queries: 0 or 1."""
    if not campaign.holdout_percent:
        return None
    shown, held, spent_micros = arms.of(campaign, at=at)
    return Brought(shown, held, lift(shown, held), spent_micros)


def _spent(campaign: Campaign) -> int:
    """Return what was charged, less what was taken back. Queries: 1."""
    counts = Charge.objects.filter(campaign=campaign, reversal=None)
    return counts.aggregate(micros=Sum("price_micros"))["micros"] or 0


def _sold(
    payer: Advertiser, campaigns: list[int], since: datetime, until: datetime, spent_micros: int
) -> Sold:
    asked = {"merchant": payer.merchant_id, "own": campaigns, "since": since, "until": until}
    sql = _OF_CAMPAIGNS if payer.merchant_id is None else _OF_SHOP
    ((*numbers,),) = prepared.rows(sql, asked)
    paid, *rest = (Part(*pair) for pair in zip(numbers[::2], numbers[1::2], strict=True))
    return Sold(since, until, spent_micros, paid, *rest)


_LEFT = """(c.amount_minor - coalesce(
    (SELECT sum(amount_minor) FROM ads_creditreversal WHERE credit_id = c.id), 0))"""
_OF_CAMPAIGNS = f"""
SELECT count(DISTINCT l.order_id) FILTER (WHERE {_LEFT} > 0), coalesce(sum({_LEFT}), 0)::bigint
FROM ads_credit c JOIN orders_orderline l ON l.id = c.line_id
WHERE c.campaign_id = ANY (%(own)s::bigint[]) AND c.bought_at >= %(since)s
    AND c.bought_at < %(until)s
"""  # noqa: S608  (no values)
_OF_SHOP = f"""
WITH sold AS (
    SELECT s.sales_minor AS minor, coalesce(credited.own, 0) AS own,
        coalesce(credited.others, 0) AS others
    FROM orders_order o JOIN ads_sale s ON s.order_id = o.id
    CROSS JOIN LATERAL (
        SELECT sum({_LEFT}) FILTER (WHERE c.campaign_id = ANY (%(own)s::bigint[])) AS own,
            sum({_LEFT}) FILTER (WHERE c.campaign_id <> ALL (%(own)s::bigint[])) AS others
        FROM orders_orderline l JOIN ads_credit c ON c.line_id = l.id WHERE l.order_id = o.id
    ) AS credited
    WHERE o.merchant_id = %(merchant)s AND o.placed_at >= %(since)s AND o.placed_at < %(until)s
        AND s.sales_minor > 0
)
SELECT count(*) FILTER (WHERE own > 0), coalesce(sum(own), 0)::bigint,
    count(*) FILTER (WHERE own = 0 AND others > 0), coalesce(sum(others), 0)::bigint,
    count(*) FILTER (WHERE own = 0 AND others = 0), coalesce(sum(minor - own - others), 0)::bigint
FROM sold
"""  # noqa: S608  (no values)
