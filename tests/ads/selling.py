"""A shop that advertises, viewers who meet its ads, and what they buy of it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tests import make
from tests.ads import making
from tests.ads.serving import LATER
from vitrine.accounts.models import Person
from vitrine.ads import billing, leasing, reckoning, showing, standing, tokens
from vitrine.ads.models import Ad, Advertiser, Billed, Call, Campaign, Credit, Objective
from vitrine.ads.origins import NOWHERE
from vitrine.ads.showing import Ads, Made
from vitrine.catalog.models import Merchant, Product, Variant
from vitrine.orders import handing_over, moving
from vitrine.orders.handing_over import Parcel
from vitrine.orders.models import Order

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
AFTER = make.NOON + 5 * timedelta(minutes=1)
GROWN_UP = date(1990, 1, 1)


@dataclass
class Scene:
    """One of each. lamp, cup: of the shop, at 100.00 and 40.00."""

    shop: Merchant
    payer: Advertiser
    ad: Ad
    lamp: Variant
    cup: Variant

    @property
    def campaign(self) -> Campaign:
        return self.ad.group.campaign


def scene(**campaign: Any) -> Scene:
    """Make a shop that sells two things, and an ad of its account; what is to sell leads to one."""
    owner = make.person()
    shop = make.merchant(owner=owner)
    payer = making.advertiser(owner, merchant=shop)
    lamp, cup = (
        make.variant(make.product(shop), stock=1_000, price_minor=minor)
        for minor in (10_000, 4_000)
    )
    return Scene(shop, payer, ad_of(payer, lamp.product, **campaign), lamp, cup)


def ad_of(payer: Advertiser, sells: Product | None = None, **campaign: Any) -> Ad:
    """Make a campaign that has run for long, with one ad. sells: what it leads to if it is to."""
    campaign.setdefault("starts_at", make.NOON - 40 * DAY)
    group = making.group(making.campaign(payer, **campaign))
    if not Objective(group.campaign.objective).sells:
        return making.ad(group)
    return making.ad(group, product=sells, call=Call.SHOP)


def buyer(**fields: Any) -> Person:
    """Make a person of whom ads may be chosen, and what they buy be credited."""
    return make.person(born_on=GROWN_UP, **fields)


def touched(
    ad: Ad,
    viewer: Person | str,
    *what: Billed,
    at: datetime,
    is_measured: bool = True,
    price_micros: int = 5_000,
) -> tokens.Token:
    """Show an ad to a viewer, who then sees it, follows it, or both. at: of what they do."""
    key = viewer if isinstance(viewer, str) else viewer.public_id
    shown_at = at - LATER
    lease = leasing.take(ad.group.campaign, least_micros=price_micros, at=shown_at)
    assert lease is not None
    text, name = tokens.made(
        lease=lease.lease,
        ad=ad.pk,
        price_micros=price_micros,
        billed=ad.group.campaign.pays_for,
        to=key,
        at=shown_at,
    )
    of = standing.read(at=shown_at)
    line = of.lines[of.line_of[ad.pk]]
    made = Made(line, lease.lease, price_micros, 0.6, name, text)
    assert showing.put(Ads([made], key, shown_at, is_measured)).is_shown
    token = tokens.read(text, viewer=key, at=at)
    for one in what:
        assert billing.bill_all([[billing.Report(token, one, key, NOWHERE, at)]]) == [[None]]
    return token


def bought(*things: Variant, by: Person | None, **fields: Any) -> Order:
    """Buy things at noon, of one shop."""
    return make.purchase(*things, buyer=by, **fields).group.orders.get()


def shipped(order: Order) -> Order:
    """Ship an order and take its money."""
    moving.make(handing_over.ship(order, Parcel(), by=make.person(), at=AFTER), at=AFTER)
    order.refresh_from_db()
    return order


def cancelled(order: Order) -> None:
    """Cancel an order before it is sent."""
    key = handing_over.cancel(order, by=make.person(), at=AFTER, reason="Too small")
    moving.make(key, at=AFTER)


def swept() -> list[tuple[int, Credit]]:
    """Follow all orders, twice; return what stands of each credit."""
    for _ in range(2):
        reckoning.sweep(at=AFTER + 2 * reckoning.SETTLED)
    return [(reckoning.left_of(one), one) for one in Credit.objects.order_by("line")]
