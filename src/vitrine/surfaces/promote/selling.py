"""What campaigns and shops sold, as their people read it."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import TypeAlias

from vitrine.ads import figures, sold
from vitrine.ads.lift import FEWEST_BUYERS, FEWEST_VIEWERS
from vitrine.ads.models import Advertiser, Campaign, Objective
from vitrine.ads.sold import Part, Sold
from vitrine.kernel import money
from vitrine.sovereignty.cell import this_cell
from vitrine.surfaces.promote.credit_form import days_said

Row: TypeAlias = tuple[object, ...]
HEADS = ("sold", "orders", "sales", "from", "to", "per_spent", "spent", "currency", "target")
LEARNT = 10
"""Orders until which it is said that what clicks bring is still being learnt."""


def of(campaign: Campaign, *, at: datetime) -> dict[str, object]:
    """Return what the part of a campaign's page is drawn from. Queries: 2 or 3."""
    told = sold.of_campaign(campaign, at=at)
    return {
        "sold": told,
        "is_learning": Objective(campaign.objective).sells and told.paid.orders < LEARNT,
        "brought": sold.because_of(campaign, at=at),
        "click_days": days_said(campaign.click_days),
        "view_days": days_said(campaign.view_days),
        "fewest_viewers": FEWEST_VIEWERS,
        "fewest_buyers": FEWEST_BUYERS,
    }


def total(advertiser: Advertiser, *, since: date, until: date, spent_micros: int) -> Sold | None:
    """Return what a shop sold on some days, and spent; None of others. Queries: 0 or 2."""
    if advertiser.merchant_id is None:
        return None
    return sold.of_advertiser(advertiser, since=since, until=until, spent_micros=spent_micros)


def rows(campaign: Campaign, *, at: datetime) -> Iterator[Row]:
    """Yield what was sold after a campaign, without it and because of it. Queries: 2 or 3.

    from, to: of the interval of what was sold because of it, which is empty while there are too few
    to tell; spent, of that row: on the people who are compared. target: of what is to be sold for
    each unit spent.
    """
    told = sold.of_campaign(campaign, at=at)
    target = None if campaign.target_percent is None else campaign.target_percent / 100
    yield from _parts(told, "after this campaign", per_all=None, target=target)
    brought = sold.because_of(campaign, at=at)
    if brought is not None:
        lift, per_spent = brought.lift, brought.per_spent
        minor = [_decimal(one) for one in lift] if lift else ["", "", ""]
        per = _rounded(per_spent and per_spent[0])
        yield "because of it", "", *minor, per, *_spent(brought.spent_micros), ""


def total_rows(advertiser: Advertiser, *, since: date, until: date) -> Iterator[Row]:
    """Yield the same of all campaigns on some days. Queries: 4."""
    shown = figures.rows(advertiser, figures.Asked(since, until))
    spent_micros = figures.total(shown).spent_micros
    told = sold.of_advertiser(advertiser, since=since, until=until, spent_micros=spent_micros)
    yield from _parts(told, "after your ads", per_all=told.all_per_spent)


def _parts(
    told: Sold, own: str, *, per_all: float | None, target: float | None = None
) -> Iterator[Row]:
    parts: list[tuple[str, Part | None, float | None]] = [
        (own, told.paid, told.paid_per_spent),
        ("after other ads", told.others, None),
        ("without any ad", told.organic, None),
        ("all", told.all, per_all),
    ]
    for name, part, per in parts:
        if part is not None:
            spent, due = _spent(told.spent_micros), _rounded(target if name == own else None)
            yield name, part.orders, _decimal(part.minor), "", "", _rounded(per), *spent, due


def _spent(micros: int) -> tuple[str, str]:
    currency = this_cell().currency
    return money.plain_micros(micros, currency), currency


def _decimal(minor: int) -> str:
    return money.plain_decimal(minor, this_cell().currency)


def _rounded(number: float | None) -> str:
    return "" if number is None else f"{number:.2f}"
