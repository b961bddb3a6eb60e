"""What a purchase would cost, who sells it and when it arrives: what the buyer sees before paying.

The same quote is drawn on the sheet and checked when the buyer pays, so that the total charged
is the total shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext

from vitrine.accounts.models import Person
from vitrine.catalog.models import Location, Merchant
from vitrine.orders import collecting, delivering, promoting, redeeming, tax, totals
from vitrine.orders import wanted as asking
from vitrine.orders.arrival import Window
from vitrine.orders.collecting import Collection
from vitrine.orders.delivering import Delivery, Offered, Ways
from vitrine.orders.models import Address, Voucher
from vitrine.orders.promoting import Fare, Given, Line
from vitrine.orders.redeeming import Running
from vitrine.orders.splitting import Choice, Lot, Seller
from vitrine.orders.tax import Place
from vitrine.orders.totals import Item, PartTotal, Totals
from vitrine.orders.wanted import NotForSale, Wanted
from vitrine.sovereignty.cell import this_cell


@dataclass(frozen=True)
class Part:
    """What is handed over together: an order. Exactly one of delivery and collection is chosen.

    address: where a parcel goes, if not where the purchase goes.
    """

    merchant: Merchant
    wanted: tuple[Wanted, ...]
    ways: Ways
    collections: tuple[Collection, ...]
    delivery: Delivery | None
    collection: Collection | None
    to: Place
    address: Address | None
    figures: PartTotal

    @property
    def store(self) -> Location | None:
        return self.collection.store if self.collection else None

    @property
    def arrives(self) -> Window | None:
        """Return when a parcel arrives, or goods for a collection come to their store."""
        if self.delivery:
            return self.delivery.arrives
        day = self.collection.comes_on if self.collection else None
        return Window(day, day) if day else None

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        return self.ways.deliveries

    @property
    def delivery_name(self) -> str:
        if self.delivery:
            return self.delivery.option.name
        return gettext("Collect at {store}").format(store=self.store)

    @property
    def choice(self) -> Choice:
        """Return how it is handed over, as it would be asked for."""
        if self.store is not None:
            return Choice(store=self.store.public_id)
        delivery = self.delivery.option.public_id if self.delivery else ""
        return Choice(delivery=delivery, address=self.address.mark if self.address else "")


@dataclass(frozen=True)
class Shop:
    """One merchant of a quote, for a page that offers other ways to hand its goods over.

    together: its lines, if they all went alike to where the purchase goes.
    """

    seller: Seller
    lines: tuple[Wanted, ...]
    together: Lot
    parts: tuple[Part, ...]

    def part_of(self, line: Wanted) -> Part:
        """Return the part with which a line is handed over."""
        keys = {one.variant.pk: part for part in self.parts for one in part.wanted}
        return keys[line.variant.pk]

    def deliveries_of(self, line: Wanted, *, to: str = "") -> tuple[Delivery, ...]:
        """Return how a line would be delivered by itself. to: the mark of a kept address."""
        return self.seller.lot([line], Choice(address=to)).ways.deliveries

    def collections_of(self, line: Wanted) -> tuple[Collection, ...]:
        """Return where a line could be collected by itself."""
        return collecting.collections(self.seller.shelves, [line])


@dataclass(frozen=True)
class Quote:
    """A whole purchase. parts: by ascending merchant key.

    shops: their merchants, where a page asked for what else they offer.
    vouchers: those of the typed code that count. voucher_refusal: why it does not.
    given: what came off, and by which promotions.
    """

    currency: str
    tax_included: bool
    place: Place
    parts: tuple[Part, ...]
    shops: tuple[Shop, ...]
    figures: Totals = field(repr=False)
    vouchers: tuple[Voucher, ...] = ()
    voucher_refusal: str = ""
    given: Given = field(default=Given(), repr=False)

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
        """Tell whether nothing has to be sent to where the purchase goes."""
        return all(part.store is not None or part.address is not None for part in self.parts)


def refuse_shut(offer: Quote) -> None:
    """Raise NotForSale if one of its merchants was suspended since; triggers refuse its order."""
    merchants = {part.merchant.pk for part in offer.parts}
    if Merchant.objects.trading().filter(pk__in=merchants).count() < len(merchants):
        raise NotForSale


def build(
    wanted: Sequence[Wanted],
    *,
    choices: Mapping[str, Choice],
    region: str,
    postcode: str = "",
    addresses: Mapping[str, Address] | None = None,
    voucher: str = "",
    buyer: Person | None = None,
    at: datetime,
    with_stores: bool = True,
    offered: Mapping[int, Offered] | None = None,
) -> Quote:
    """Quote a purchase. choices: by public id of a merchant, or of a variant for that line alone.

    wanted: variants with product and merchant loaded. region, postcode: where parcels go.
    addresses: where single lines may go instead, by mark.
    with_stores: find the stores that could hand it over, and what else its merchants offer, for a
    page; a chosen store is always found.
    voucher: a code as typed, by buyer. offered: the ways of its merchants, if they are read.
    Raises: NotForSale, NoDelivery, UnknownPlace. Queries: 1 unless offered, 1 where there are
    stores, 1 where promotions run, and 1 to 3 for a code.
    """
    cell = this_cell()
    to = Place(cell.country, region, postcode)
    by_merchant = asking.by_merchant([one.priced(at=at) for one in wanted])
    options = offered if offered is not None else delivering.options(list(by_merchant), at=at)
    picked = [choice.store for choice in choices.values() if choice.store]
    ordered_at = at.astimezone(ZoneInfo(cell.time_zone))
    may_collect = any(pk not in options or options[pk].has_stores for pk in by_merchant)
    shelves = {}
    if picked or (with_stores and may_collect):
        shelves = collecting.shelves(wanted, picked, with_all=with_stores, on=ordered_at.date())
    sellers = {
        pk: Seller(
            merchant=lines[0].variant.merchant,
            options=options[pk].options if pk in options else (),
            shelves=shelves.get(pk, ()),
            to=to,
            addresses=addresses or {},
            ordered_at=ordered_at,
        )
        for pk, lines in by_merchant.items()
    }
    lots = [lot for pk, one in sellers.items() for lot in one.split(by_merchant[pk], choices)]
    running = _running(options, list(by_merchant), voucher, buyer, at=at)
    given = _give(lots, running)
    figures = _total(lots, given, ordered_at=ordered_at)
    parts = tuple(_part(lot, one) for lot, one in zip(lots, figures.parts, strict=True))
    return Quote(
        currency=cell.currency,
        tax_included=cell.tax_inclusive,
        place=to,
        parts=parts,
        shops=tuple(
            _shop(one, by_merchant[pk], lots, parts) for pk, one in sellers.items() if with_stores
        ),
        figures=figures,
        vouchers=running.used(given),
        voucher_refusal=running.refusal(given),
        given=given,
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


def _give(lots: Sequence[Lot], running: Running) -> Given:
    """Take promotions off: a merchant's span all of its lines, however they are handed over."""
    if not running.rules:
        return Given()
    return promoting.give(
        [
            Line(one.variant.pk, lot.merchant.pk, one.price_minor, one.quantity)
            for lot in lots
            for one in lot.lines
        ],
        [Fare(number, lot.merchant.pk, lot.price_minor) for number, lot in enumerate(lots)],
        running.rules,
    )


def _total(lots: Sequence[Lot], given: Given, *, ordered_at: datetime) -> Totals:
    """Sum lots up, each a part by its number."""
    return totals.compute(
        [
            Item(
                one.variant.pk,
                number,
                one.price_minor,
                one.quantity,
                tax_code=one.variant.product.tax_code,
                off=given.on_line(one.variant.pk),
            )
            for number, lot in enumerate(lots)
            for one in lot.lines
        ],
        delivery_minor={number: lot.price_minor for number, lot in enumerate(lots)},
        delivery_off=given.deliveries,
        rates={
            number: tax.rates_at(
                lot.taxed_at,
                on=ordered_at.date(),
                registered=lot.merchant.is_tax_registered,
                provider=settings.VITRINE_TAX_RATES or tax.TABLES,
            )
            for number, lot in enumerate(lots)
        },
        fee_rate=Decimal(settings.VITRINE_PLATFORM_FEE_PERCENT) / 100,
    )


def _part(lot: Lot, figures: PartTotal) -> Part:
    return Part(
        merchant=lot.merchant,
        wanted=lot.lines,
        ways=lot.ways,
        collections=lot.collections,
        delivery=lot.delivery,
        collection=lot.collection,
        to=lot.to,
        address=lot.address if lot.delivery else None,
        figures=figures,
    )


def _shop(
    seller: Seller, lines: Sequence[Wanted], lots: Sequence[Lot], parts: Sequence[Part]
) -> Shop:
    """Return a merchant with what else it offers; a single lot of its usual place is just that."""
    own = [lot for lot in lots if lot.merchant == seller.merchant]
    is_usual = len(own) == 1 and own[0].address is None
    return Shop(
        seller=seller,
        lines=tuple(lines),
        together=own[0] if is_usual else seller.lot(lines, Choice()),
        parts=tuple(part for part in parts if part.merchant == seller.merchant),
    )
