"""Each line goes its own way: an order per hand-over, one charge, and sums that are exact."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests import make
from tests.orders.money import at_bank, balances
from tests.orders.test_invariants import CHECKS
from vitrine.accounts.models import Person
from vitrine.catalog.models import DeliveryOption, Location, LocationKind, Merchant, Stock, Variant
from vitrine.orders import checkout, codes, handing_over, moving, offering, quote
from vitrine.orders.checkout import Attempt
from vitrine.orders.collecting import Collection
from vitrine.orders.handing_over import Parcel
from vitrine.orders.models import Address, BankCharge, Destination, Order, OrderGroup
from vitrine.orders.offering import Terms
from vitrine.orders.promoting import Gift
from vitrine.orders.quote import Quote
from vitrine.orders.splitting import AddressGone, Choice, NotServedThere
from vitrine.orders.wanted import Wanted
from vitrine.surfaces.api import telling

pytestmark = pytest.mark.django_db


def things(*prices: int, of: Merchant | None = None) -> list[Variant]:
    merchant = of or make.merchant()
    return [
        make.variant(make.product(merchant), stock=9, price_minor=price, weight_g=1_000)
        for price in prices
    ]


def store_of(*having: Variant, region: str = "NY") -> Location:
    store = make.location(having[0].merchant, LocationKind.STORE, region=region)
    for one in having:
        make.stocked(one, 3, at=store)
    return store


def address(person: Person, **fields: Any) -> Address:
    place = {"line1": "9 Oak Road", "city": "Portland", "region": "OR", "postcode": "97201"}
    return Address.objects.create(person=person, used_at=make.NOON, **{**place, **fields})


def quoted(variants: list[Variant], choices: dict[str, Choice], **fields: Any) -> Quote:
    wanted = [Wanted(one, 1) for one in variants]
    return quote.build(wanted, choices=choices, **{"region": "NY", "at": make.NOON, **fields})


def pressed(variants: list[Variant], choices: dict[str, Choice], *to: Address) -> Attempt:
    """Press with the total that such a quote shows."""
    addresses = {one.mark: one for one in to}
    shown = quoted(variants, choices, addresses=addresses).total_minor
    buyer = to[0].person if to else None
    press = make.attempt(*variants, buyer=buyer, shown_total_minor=shown)
    return replace(press, choices=choices, addresses=addresses)


def ways(found: Quote) -> list[tuple[str, list[int]]]:
    return [(part.delivery_name, [one.goods_minor for one in part.wanted]) for part in found.parts]


def test_lines_that_go_the_same_way_are_one_part_however_that_was_said() -> None:
    lamp, mug, pen = things(1000, 2000, 3000)
    store = store_of(mug)
    express = DeliveryOption.objects.create(
        merchant=lamp.merchant, name="Express", price_minor=1500
    )
    standard = lamp.merchant.delivery_options.get(name="Standard")
    usual, fast = Choice(delivery=standard.public_id), Choice(delivery=express.public_id)
    collected = {mug.public_id: Choice(store=store.public_id)}
    at_store = f"Collect at {store}"

    open_way = quoted([lamp, mug, pen], collected)
    named = quoted([lamp, mug, pen], {**collected, pen.public_id: usual})
    by_merchant = {lamp.merchant.public_id: fast, **collected, pen.public_id: usual}

    assert ways(open_way) == [("Standard", [1000, 3000]), (at_store, [2000])]
    assert ways(named) == ways(open_way)
    assert ways(quoted([mug, lamp, pen], by_merchant)) == [
        (at_store, [2000]),
        ("Express", [1000]),
        ("Standard", [3000]),
    ]
    assert ways(quoted([lamp, mug], {})) == [("Standard", [1000, 2000])]


def test_each_part_is_weighed_priced_and_taxed_by_itself() -> None:
    lamp, mug = things(1000, 2000)
    DeliveryOption.objects.update(
        kind="weight",
        brackets=[{"up_to_g": 1_000, "price_minor": 300}, {"up_to_g": 2_000, "price_minor": 900}],
    )
    oregon = store_of(mug, region="OR")

    together = quoted([lamp, mug], {})
    apart = quoted([lamp, mug], {mug.public_id: Choice(store=oregon.public_id)})

    assert [part.figures.delivery_minor for part in together.parts] == [900]
    assert [part.figures.delivery_minor for part in apart.parts] == [300, 0]
    assert [part.figures.tax_minor > 0 for part in apart.parts] == [True, False]
    assert apart.total_minor == sum(part.figures.total_minor for part in apart.parts)
    (shop,) = apart.shops
    assert [one.price_minor for one in shop.together.ways.deliveries] == [900]
    assert [shop.collections_of(line) for line in shop.lines] == [(), (Collection(oregon),)]


def test_a_promotion_of_a_merchant_spans_its_parts_and_its_sums_stay_exact() -> None:
    lamp, mug, pen = things(1001, 1999, 333)
    store = store_of(mug, pen)
    terms = Terms("Spring", Gift.PERCENT, percent=15, least_minor=3000)
    offering.offer(terms, merchant=lamp.merchant, at=make.NOON)
    free = Terms("Post", Gift.FREE_DELIVERY, least_minor=3000)
    offering.offer(free, merchant=lamp.merchant, at=make.NOON)
    choices = {
        mug.public_id: Choice(store=store.public_id),
        pen.public_id: Choice(store=store.public_id),
    }

    group = checkout.buy(pressed([lamp, mug, pen], choices), at=make.NOON).group

    together = quoted([lamp, mug, pen], {})
    assert group.discount_minor == together.figures.discount_minor == 500 + 495
    first, second = group.orders.order_by("pk")
    assert (first.goods_minor, second.goods_minor) == (1001, 2332)
    assert (first.discount_minor - 495, second.discount_minor) == (150, 350)
    assert first.total_minor + second.total_minor == group.total_minor
    assert [check().violations for check in CHECKS[:-1]] == [[]] * (len(CHECKS) - 1)


def test_delivered_and_collected_are_two_orders_and_one_charge_each_with_its_own_fate() -> None:
    lamp, mug = things(1000, 2000)
    store = store_of(mug)
    choices = {mug.public_id: Choice(store=store.public_id)}

    payment = checkout.buy(pressed([lamp, mug], choices), at=make.NOON)

    parcel, collection = payment.group.orders.order_by("pk")
    assert BankCharge.objects.get().amount_minor == payment.amount_minor
    assert (parcel.pickup_location, collection.pickup_location) == (None, store)
    assert (parcel.delivery_minor, collection.delivery_minor) == (495, 0)
    assert (parcel.pickup_code_digest is None, bool(collection.pickup_code_digest)) == (True, True)
    assert Stock.objects.get(variant=mug, location=store).reserved == 1
    assert Stock.objects.filter(reserved=1).count() == 2
    moving.make(handing_over.ship(parcel, Parcel(), by=make.person(), at=make.NOON), at=make.NOON)
    moving.make(
        handing_over.cancel(collection, by=None, at=make.NOON, reason="No time"), at=make.NOON
    )
    payment.refresh_from_db()
    assert (payment.captured_minor, payment.voided_minor) == (
        parcel.total_minor,
        collection.total_minor,
    )
    assert at_bank()["capture"] == parcel.total_minor
    assert sum(balances().values()) == 0
    assert codes.of_order(collection)


def test_lines_go_to_addresses_of_the_book_and_the_tax_is_of_where_each_goes() -> None:
    bea = make.person()
    anna = address(bea, name="Anna")
    lamp, mug, pen = things(10_000, 20_000, 3_000)
    there = Choice(delivery=lamp.merchant.delivery_options.get().public_id, address=anna.mark)
    press = pressed([lamp, mug, pen], {mug.public_id: there, pen.public_id: there}, anna)

    group = checkout.buy(press, at=make.NOON).group

    home, away = group.orders.order_by("pk")
    assert (home.destination, home.goes_to) == (None, group)
    assert away.goes_to == Destination.objects.get()
    assert str(away.goes_to) == "Anna, 9 Oak Road, Portland"
    assert (away.goods_minor, away.delivery_minor, away.tax_minor) == (23_000, 495, 0)
    assert home.tax_minor == 400 + 20
    as_told = group.orders.addressed(at=make.NOON).order_by("pk")
    told = [telling.order(one).address for one in as_told]
    assert [one.city for one in told if one] == ["Albany", "Portland"]
    anna.city = "Salem"
    anna.save()
    assert Destination.objects.get().city == "Portland"
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        Destination.objects.update(city="Salem")


def test_a_place_out_of_reach_and_an_address_that_is_gone_are_refused_by_name() -> None:
    anna = address(make.person(), name="Anna")
    lamp, mug = things(1000, 2000)
    zones = [
        {"regions": ["NY"], "postcodes": [], "price_minor": 1, "days_from": 1, "days_until": 2}
    ]
    DeliveryOption.objects.update(kind="zone", zones=zones)
    there = {mug.public_id: Choice(address=anna.mark)}

    with pytest.raises(NotServedThere) as out_of_reach:
        quoted([lamp, mug], there, addresses={anna.mark: anna})
    with pytest.raises(AddressGone):
        quoted([lamp, mug], there)

    assert out_of_reach.value.elsewhere is None
    assert out_of_reach.value.facts["merchant"] == mug.merchant.public_id


def test_the_same_key_with_another_way_for_a_line_is_refused() -> None:
    lamp, mug = things(1000, 2000)
    store = store_of(mug)
    press = pressed([lamp, mug], {mug.public_id: Choice(store=store.public_id)})
    first = checkout.buy(press, at=make.NOON)

    assert checkout.buy(press, at=make.NOON) == first
    digests = {press.digest(), replace(press, choices={}).digest()}
    anna = address(make.person(), name="Anna")
    for city in ("Portland", "Salem"):
        anna.city = city
        digests.add(replace(press, addresses={"mark": anna}).digest())
    assert len(digests) == 4
    assert OrderGroup.objects.count() == 1


def test_two_orders_of_a_merchant_never_go_the_same_way_in_one_purchase() -> None:
    payment = make.purchase(make.variant(stock=2))
    order = payment.group.orders.get()

    fields = {f.attname: getattr(order, f.attname) for f in order._meta.fields if f.name != "id"}
    with pytest.raises(IntegrityError, match="order_per_handover"), transaction.atomic():
        Order.objects.create(**{**fields, "public_id": "us_" + "0" * 26})
