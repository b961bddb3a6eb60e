"""What a purchase would cost, who sells it and when it arrives: what the buyer sees before paying.

The same quote is drawn on the sheet and checked when the buyer pays, so that the total charged
is the total shown.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext

from vitrine.accounts.models import Person
from vitrine.catalog.models import (
    Location,
    LocationKind,
    Merchant,
    Product,
    Stock,
    Variant,
)
from vitrine.catalog.tariffs import Parcel
from vitrine.kernel import prepared
from vitrine.kernel.errors import Refusal
from vitrine.orders import delivering, promoting, redeeming, tax, totals
from vitrine.orders.delivering import Delivery, Offered, Unserved, Ways
from vitrine.orders.models import Voucher
from vitrine.orders.promoting import Line
from vitrine.orders.redeeming import Running
from vitrine.orders.tax import Place
from vitrine.orders.totals import Item, MerchantTotal, Totals
from vitrine.sovereignty.cell import this_cell

VARIANT = (
    f"SELECT {prepared.columns((Variant, 'v'), (Product, 'p'), (Merchant, 'm'))} "  # noqa: S608 (our own names)
    "FROM catalog_variant v JOIN catalog_product p ON p.id = v.product_id "
    "JOIN catalog_merchant m ON m.id = v.merchant_id WHERE v.public_id = %s AND p.public_id = %s"
)


class NotForSale(Refusal):
    """Something in the purchase is no longer sold."""

    code = "not_for_sale"
    message = "Something you chose is no longer sold. Take it out and try again."


class NoDelivery(Refusal):
    """A merchant does not deliver that way, or that store is closed. Its fact: which merchant."""

    code = "no_delivery"
    message = "That delivery or store is no longer offered. Choose another one."


class NotServedThere(NoDelivery):
    """A way of delivery does not take this purchase there. Its fact: the merchant.

    elsewhere: a region to which it would go; None where no place would help.
    """

    code = "not_served"

    def __init__(self, one: Unserved, *, merchant: str, elsewhere: str | None) -> None:
        said = gettext("“{name}” is not offered for this: {why}")
        super().__init__(said.format(name=one.option.name, why=one.why), merchant=merchant)
        self.elsewhere = elsewhere


@dataclass(frozen=True)
class Wanted:
    """One variant as asked for. clip_id, met_at: where and when it was met, for the creator's sake.

    met_at None: just now. unit_minor: what one costs at the moment of its quote.
    """

    variant: Variant
    quantity: int
    clip_id: int | None = None
    unit_minor: int | None = None
    met_at: datetime | None = None

    @property
    def price_minor(self) -> int:
        if self.unit_minor is None:
            raise ValueError("what is wanted has no price before it is quoted")
        return self.unit_minor

    @property
    def goods_minor(self) -> int:
        return self.price_minor * self.quantity

    def priced(self, *, at: datetime) -> "Wanted":
        """Return it with what it costs at a moment."""
        return replace(self, unit_minor=self.variant.price_at(at))


@dataclass(frozen=True)
class Choice:
    """How one merchant's part is handed over: public ids.

    Neither: the merchant's cheapest delivery, or its first store where it delivers nowhere.
    """

    delivery: str = ""
    store: str = ""


@dataclass(frozen=True)
class Part:
    """One merchant's part of a quote. Exactly one of delivery and store is chosen."""

    merchant: Merchant
    wanted: tuple[Wanted, ...]
    ways: Ways
    stores: tuple[Location, ...]
    delivery: Delivery | None
    store: Location | None
    figures: MerchantTotal

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        return self.ways.deliveries

    @property
    def delivery_name(self) -> str:
        if self.delivery:
            return self.delivery.option.name
        return gettext("Collect at {store}").format(store=self.store)


@dataclass(frozen=True)
class Quote:
    """A whole purchase. parts: by ascending merchant key.

    vouchers: those of the typed code that count. voucher_refusal: why it does not.
    """

    currency: str
    tax_included: bool
    place: Place
    parts: tuple[Part, ...]
    figures: Totals = field(repr=False)
    vouchers: tuple[Voucher, ...] = ()
    voucher_refusal: str = ""

    @property
    def total_minor(self) -> int:
        return self.figures.total_minor

    @property
    def tax_names(self) -> str:
        """Name the taxes of the whole purchase, e.g. "GST + PST"."""
        taxes = (tax for part in self.parts for line in part.figures.lines for tax in line.taxes)
        names = dict.fromkeys(gettext(tax.name) for tax in taxes)
        return " + ".join(names) or gettext("No sales tax")

    @property
    def is_pickup(self) -> bool:
        """Tell whether nothing has to be sent anywhere."""
        return all(part.store is not None for part in self.parts)


def variant(public_id: str, *, of: str) -> Variant | None:
    """Return a variant of a product with what a quote asks of it. of: the product's public id.

    Queries: 1.
    """
    for row in prepared.rows(VARIANT, [public_id, of]):
        found: Variant
        found, found.product, found.merchant = prepared.instances(row, Variant, Product, Merchant)
        return found
    return None


def is_sold(variant: Variant) -> bool:
    """Tell whether a variant is for sale here. Queries: 0 with product and merchant loaded."""
    return (
        variant.withdrawn_at is None
        and variant.product.is_on_sale
        and variant.merchant.shut_at is None
        and variant.merchant.currency == this_cell().currency
    )


def refuse_shut(offer: Quote) -> None:
    """Raise NotForSale if one of its merchants was suspended since; triggers refuse its order."""
    merchants = [part.merchant.pk for part in offer.parts]
    if Merchant.objects.trading().filter(pk__in=merchants).count() < len(merchants):
        raise NotForSale


def build(
    wanted: Sequence[Wanted],
    *,
    choices: Mapping[str, Choice],
    region: str,
    postcode: str = "",
    voucher: str = "",
    buyer: Person | None = None,
    at: datetime,
    with_stores: bool = True,
) -> Quote:
    """Quote a purchase. choices: by merchant public id. region, postcode: where parcels go.

    wanted: variants with product and merchant loaded. with_stores: find the stores that could
    hand it over, for a page to offer; a chosen store is always found.
    voucher: a code as typed, by buyer.
    Raises: NotForSale, NoDelivery, UnknownPlace. Queries: 1, 1 for stores, 1 where promotions run,
    and 1 to 3 for a code.
    """
    cell = this_cell()
    to = Place(cell.country, region, postcode)
    by_merchant = _by_merchant([one.priced(at=at) for one in wanted])
    options = delivering.options(list(by_merchant), at=at)
    picked = [choice.store for choice in choices.values() if choice.store]
    stores = _stores(by_merchant, picked, with_all=with_stores) if with_stores or picked else {}
    ordered_at = at.astimezone(ZoneInfo(cell.time_zone))
    drafts = {
        pk: _Draft(
            lines=tuple(lines),
            ways=delivering.ways(
                options[pk].options if pk in options else (),
                _parcel(lines, to),
                merchant=lines[0].variant.merchant,
                to=to,
                ordered_at=ordered_at,
            ),
            stores=tuple(stores.get(pk, ())),
            choice=choices.get(lines[0].variant.merchant.public_id, Choice()),
        )
        for pk, lines in by_merchant.items()
    }
    delivery_minor = {pk: draft.price_minor for pk, draft in drafts.items()}
    running = _running(options, list(by_merchant), voucher, buyer, at=at)
    given = promoting.give(
        [
            Line(one.variant.pk, pk, one.price_minor, one.quantity)
            for pk, draft in drafts.items()
            for one in draft.lines
        ],
        delivery_minor,
        running.rules,
    )
    figures = totals.compute(
        [
            Item(
                one.variant.pk,
                pk,
                one.price_minor,
                one.quantity,
                tax_code=one.variant.product.tax_code,
                off=given.on_line(one.variant.pk),
            )
            for pk, draft in drafts.items()
            for one in draft.lines
        ],
        delivery_minor=delivery_minor,
        delivery_off=given.deliveries,
        rates={
            pk: tax.rates_at(
                draft.place or to,
                on=ordered_at.date(),
                registered=draft.merchant.is_tax_registered,
                provider=settings.VITRINE_TAX_RATES or tax.TABLES,
            )
            for pk, draft in drafts.items()
        },
        fee_rate=Decimal(settings.VITRINE_PLATFORM_FEE_PERCENT) / 100,
    )
    return Quote(
        currency=cell.currency,
        tax_included=cell.tax_inclusive,
        place=to,
        parts=tuple(drafts[one.merchant].part(one) for one in figures.merchants),
        figures=figures,
        vouchers=running.used(given),
        voucher_refusal=running.refusal(given),
    )


def _running(
    options: Mapping[int, Offered],
    merchant_ids: list[int],
    code: str,
    buyer: Person | None,
    *,
    at: datetime,
) -> Running:
    """Look for promotions where some run: the ways of delivery were read with whether any do."""
    none_run = all(pk in options and not options[pk].promotions_run for pk in merchant_ids)
    if none_run and not code.strip():
        return Running()
    return redeeming.running(merchant_ids, code=code, person=buyer, at=at)


@dataclass(frozen=True)
class _Draft:
    """A part before its figures are known."""

    lines: tuple[Wanted, ...]
    ways: Ways
    stores: tuple[Location, ...]
    choice: Choice

    @property
    def merchant(self) -> Merchant:
        return self.lines[0].variant.merchant

    @property
    def store(self) -> Location | None:
        if not self.choice.store:
            only_collects = not self.ways.deliveries and not self.choice.delivery
            return self.stores[0] if only_collects and self.stores else None
        for store in self.stores:
            if store.public_id == self.choice.store:
                return store
        raise NoDelivery(merchant=self.merchant.public_id)

    @property
    def delivery(self) -> Delivery | None:
        if self.store is not None:
            return None
        for delivery in self.ways.deliveries:
            if self.choice.delivery in ("", delivery.option.public_id):
                return delivery
        for one in self.ways.unserved:
            if self.choice.delivery in ("", one.option.public_id):
                raise self._not_served(one)
        raise NoDelivery(merchant=self.merchant.public_id)

    def _not_served(self, one: Unserved) -> NotServedThere:
        elsewhere = next(iter(self.ways.served), "" if self.ways.asks_postcode else None)
        return NotServedThere(one, merchant=self.merchant.public_id, elsewhere=elsewhere)

    @property
    def price_minor(self) -> int:
        return self.delivery.price_minor if self.delivery else 0

    @property
    def place(self) -> Place | None:
        """Return where a collection is taxed: at the store. None for a parcel."""
        if self.store is None:
            return None
        return Place(this_cell().country, self.store.region, self.store.postcode)

    def part(self, figures: MerchantTotal) -> Part:
        return Part(
            merchant=self.merchant,
            wanted=self.lines,
            ways=self.ways,
            stores=self.stores,
            delivery=self.delivery,
            store=self.store,
            figures=figures,
        )


def _by_merchant(wanted: Sequence[Wanted]) -> dict[int, list[Wanted]]:
    """Group what is wanted by merchant, each variant once. Raises: NotForSale."""
    if not wanted:
        raise NotForSale(gettext("There is nothing to buy. Choose something first."))
    by_merchant: defaultdict[int, list[Wanted]] = defaultdict(list)
    seen: set[int] = set()
    for one in wanted:
        if not is_sold(one.variant):
            said = gettext("“{title}” is no longer sold. Take it out and try again.")
            raise NotForSale(said.format(title=one.variant.product.title))
        if one.variant.pk in seen:
            raise ValueError("a variant is wanted once, with a quantity")
        seen.add(one.variant.pk)
        by_merchant[one.variant.merchant_id].append(one)
    return dict(by_merchant)


def _parcel(lines: Sequence[Wanted], to: Place) -> Parcel:
    return Parcel(
        goods_minor=sum(one.goods_minor for one in lines),
        weight_g=sum(one.variant.weight_g * one.quantity for one in lines),
        region=to.region,
        postcode=to.postcode,
    )


def _stores(
    by_merchant: Mapping[int, Sequence[Wanted]], picked: Sequence[str], *, with_all: bool
) -> dict[int, list[Location]]:
    """Return the open stores that have every line of their merchant's part. Queries: 1."""
    quantities = {one.variant.pk: one.quantity for lines in by_merchant.values() for one in lines}
    rows = Stock.objects.filter(
        variant_id__in=quantities,
        location__kind=LocationKind.STORE,
        location__closed_at=None,
        on_hand__gt=F("reserved"),
    ).select_related("location")
    if not with_all:
        rows = rows.filter(location__public_id__in=picked)
    having: defaultdict[int, set[int]] = defaultdict(set)
    stores: dict[int, Location] = {}
    for row in rows:
        if row.on_hand - row.reserved >= quantities[row.variant_id]:
            having[row.location_id].add(row.variant_id)
            stores[row.location_id] = row.location
    found: defaultdict[int, list[Location]] = defaultdict(list)
    for pk, store in sorted(stores.items()):
        lines = by_merchant.get(store.merchant_id, ())
        if lines and all(one.variant.pk in having[pk] for one in lines):
            found[store.merchant_id].append(store)
    return found
