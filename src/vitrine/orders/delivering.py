"""The ways in which a merchant delivers a purchase: which go there, for how much, until when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from vitrine.catalog.models import DeliveryOption, Merchant
from vitrine.catalog.tariffs import NotServed, Parcel
from vitrine.kernel import prepared
from vitrine.orders import arrival, withholding, workdays
from vitrine.orders.arrival import Packing, Window
from vitrine.orders.tax import Place

OFFERED = (
    f"SELECT {prepared.columns((DeliveryOption, 'd'))}, EXISTS ("  # noqa: S608 (our own names)
    "SELECT 1 FROM orders_promotion r WHERE r.ended_at IS NULL AND NOT r.by_code "
    "AND r.from_at <= %s AND (r.until_at IS NULL OR r.until_at > %s) "
    "AND (r.merchant_id = d.merchant_id OR r.merchant_id IS NULL)), EXISTS ("
    "SELECT 1 FROM catalog_location l WHERE l.merchant_id = d.merchant_id "
    "AND l.kind = 'store' AND l.closed_at IS NULL) "
    "FROM catalog_deliveryoption d WHERE d.merchant_id = ANY (%s) AND d.withdrawn_at IS NULL "
    "ORDER BY d.id"
)
"""With whether promotions run, and whether there are open stores: most merchants have neither, and
are not asked for them."""


@dataclass(frozen=True)
class Delivery:
    """One way of delivery with its price for this purchase and its days of arrival."""

    option: DeliveryOption
    price_minor: int
    arrives: Window


@dataclass(frozen=True)
class Unserved:
    """One way of delivery that does not take this purchase. why: a sentence."""

    option: DeliveryOption
    why: str


@dataclass(frozen=True)
class Ways:
    """All of a merchant's ways of delivery, for one purchase. deliveries: the cheapest first."""

    deliveries: tuple[Delivery, ...] = ()
    unserved: tuple[Unserved, ...] = ()

    @property
    def asks_postcode(self) -> bool:
        """Tell whether a price may hang on the postcode."""
        options = [one.option for one in self.deliveries] + [one.option for one in self.unserved]
        return any(option.tariff.asks_postcode for option in options)

    @property
    def served(self) -> tuple[str, ...]:
        """Return the regions that those go to which do not go to the one that was asked for."""
        return tuple(region for one in self.unserved for region in one.option.tariff.served)


@dataclass
class Offered:
    """What a merchant offers. promotions_run: some without a code may count."""

    options: list[DeliveryOption]
    promotions_run: bool
    has_stores: bool


def options(merchant_ids: list[int], *, at: datetime) -> dict[int, Offered]:
    """Return what merchants offer; nothing of those that deliver nowhere. Queries: 1."""
    by_merchant: dict[int, Offered] = {}
    for row in prepared.rows(OFFERED, [at, at, merchant_ids]):
        (option,) = prepared.instances(row, DeliveryOption)
        here = by_merchant.setdefault(option.merchant_id, Offered([], *row[-2:]))
        here.options.append(option)
    return by_merchant


def ways(
    offered: Iterable[DeliveryOption],
    parcel: Parcel,
    *,
    merchant: Merchant,
    to: Place,
    ordered_at: datetime,
) -> Ways:
    """Return how a merchant delivers a parcel. ordered_at: local time."""
    packing = Packing(
        cutoff=merchant.packs_until,
        days=merchant.packing_days,
        off=workdays.holidays_of(to.country, merchant.region),
    )
    off = workdays.holidays_of(to.country, to.region)
    deliveries, unserved = [], []
    for option in offered:
        try:
            fare = option.tariff.fare(parcel)
        except NotServed as refused:
            unserved.append(Unserved(option, refused.text))
            continue
        window = arrival.window(
            withholding.until(ordered_at) or ordered_at,
            packing=packing,
            days_from=fare.days_from,
            days_until=fare.days_until,
            off=off,
        )
        deliveries.append(Delivery(option, fare.price_minor, window))
    deliveries.sort(key=lambda one: (one.price_minor, one.option.pk))
    return Ways(tuple(deliveries), tuple(unserved))
