"""A shop that offers a commission, a creator who took it, and what is bought by their clip."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests import make
from vitrine.accounts.models import Person
from vitrine.catalog.models import Merchant, Variant
from vitrine.commission import offering, reckoning
from vitrine.commission.models import Commission, Deal
from vitrine.kernel.invariants import REGISTER
from vitrine.ledger import accounts, balances
from vitrine.orders import handing_over, moving
from vitrine.orders.handing_over import Parcel
from vitrine.orders.models import Order
from vitrine.videos.models import Clip

DAY = timedelta(days=1)


@dataclass
class Scene:
    """One of each."""

    shop: Merchant
    owner: Person
    creator: Person
    clip: Clip
    lamp: Variant
    deal: Deal


def scene(*, rate_bp: int = 1_000, price_minor: int = 10_000) -> Scene:
    """Make a shop whose lamp of 100.00 a creator sells for 10 %."""
    owner, creator = make.person(), make.person()
    shop = make.merchant(owner=owner)
    lamp = make.variant(make.product(shop), stock=20, price_minor=price_minor)
    clip = make.clip(creator)
    make.tag(clip, lamp.product)
    deal = offering.offer(
        shop, product=lamp.product, creator=None, rate_bp=rate_bp, by=owner, at=make.NOON
    )
    deal.take(by=creator, at=make.NOON)
    return Scene(shop, owner, creator, clip, lamp, deal)


def bought(scene: Scene, **fields: Any) -> Order:
    """Buy a lamp by the clip."""
    fields.setdefault("clip", scene.clip)
    order = make.purchase(scene.lamp, **fields).group.orders.get()
    reckoning.reckon(order.pk, at=make.NOON)
    return order


def shipped(order: Order, *, at: datetime = make.NOON) -> Order:
    """Ship an order, take its money, and reckon."""
    moving.make(handing_over.ship(order, Parcel(), by=make.person(), at=at), at=at)
    return reckoned(order, at=at)


def refunded(order: Order, *, at: datetime) -> Order:
    """Give the buyer everything back, and reckon."""
    key = handing_over.refund(order, by=make.person(), at=at, reason="Too small")
    moving.make(key, at=at)
    return reckoned(order, at=at)


def reckoned(order: Order, *, at: datetime) -> Order:
    """Do the job that the last step left, twice: once more changes nothing."""
    reckoning.reckon(order.pk, at=at)
    reckoning.reckon(order.pk, at=at)
    order.refresh_from_db()
    return order


def commission(order: Order) -> Commission:
    """Return the only commission of an order."""
    return Commission.objects.select_related("creator", "line__order").get(line__order=order)


def holds(who: Person | Merchant) -> dict[str, int]:
    """Return what a creator or a shop has."""
    is_shop = isinstance(who, Merchant)
    payee = accounts.merchant(who.public_id) if is_shop else accounts.creator(who.public_id)
    found = balances.of(payee.all, currency="USD")
    return {code.rpartition(":")[2]: amount for code, amount in found.items() if amount}


def broken() -> list[str]:
    """Ask every invariant of money."""
    return [
        f"{each.code}: {said}"
        for each in REGISTER
        if each.code[0] in "MK"
        for said in each.check().violations
    ]
