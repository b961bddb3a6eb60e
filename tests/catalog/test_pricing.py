"""What things cost at a moment, and what they cost before."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from tests import make
from vitrine.catalog import bulk, comparing, editing
from vitrine.catalog.comparing import Comparison
from vitrine.catalog.editing import ProductDraft, VariantDraft
from vitrine.catalog.models import PriceAt, PriceFact, Variant
from vitrine.catalog.pricing import Fact, Pricing, price_before
from vitrine.orders import quote
from vitrine.orders.wanted import Wanted
from vitrine.safety import filtering
from vitrine.search import tasks as search

DAY = timedelta(days=1)
NOON = make.NOON


def day(number: float) -> datetime:
    return NOON + number * DAY


def before(*steps: tuple[float, int], at: float = 0) -> int | None:
    """Return the price before, of a variant whose price was written at days before noon."""
    return price_before([Fact(Pricing(price), day(on)) for on, price in steps], at=day(at))


def test_a_sale_and_a_price_to_come_begin_and_end_by_the_clock() -> None:
    pricing = Pricing(
        2_000,
        sale_minor=1_500,
        sale_from=day(1),
        sale_until=day(2),
        next_minor=900,
        next_from=day(3),
    )

    prices = [pricing.at(day(on)) for on in (0, 1, 1.9, 2, 3)]

    assert prices == [2_000, 1_500, 1_500, 2_000, 900]
    assert Pricing(1_000, sale_minor=1_500).at(NOON) == 1_000


@pytest.mark.parametrize(
    "steps, expected",
    [
        ([(-60, 2_000), (-1, 1_500)], 2_000),
        ([(-60, 2_000), (-20, 1_800), (-19, 2_000), (-1, 1_500)], 1_800),
        ([(-90, 1_000), (-40, 2_000), (-1, 1_500)], 2_000),
        ([(-60, 1_000), (-20, 2_000), (-1, 1_500)], None),
        ([(-60, 2_000)], None),
        ([(-1, 1_500)], None),
        ([(-60, 1_500), (-1, 2_000)], None),
        ([(-300, 2_000), (-100, 1_500)], None),
        ([], None),
    ],
)
def test_the_price_before_is_the_lowest_of_thirty_days(
    steps: list[tuple[float, int]], expected: int | None
) -> None:
    assert before(*steps) == expected


def test_a_price_that_was_raised_for_the_sale_is_no_price_before() -> None:
    assert before((-90, 1_500), (-2, 3_000), (-1, 1_500)) is None


@pytest.mark.django_db
@pytest.mark.parametrize("sale", [None, 1_500, 2_500])
@pytest.mark.parametrize("bounds", [(None, None), (1, None), (None, 1), (-1, 1), (-2, -1)])
@pytest.mark.parametrize("coming", [None, (900, -1), (900, 1)])
def test_the_database_asks_for_the_same_price(
    sale: int | None, bounds: tuple[int | None, int | None], coming: tuple[int, int] | None
) -> None:
    since, until = (None if each is None else day(each) for each in bounds)
    variant = make.variant(sale_minor=sale, sale_from=since, sale_until=until)
    if coming:
        Variant.objects.update(next_minor=coming[0], next_from=day(coming[1]))
        variant.refresh_from_db()

    asked = Variant.objects.annotate(now=PriceAt(NOON)).values_list("now", flat=True)

    assert list(asked) == [variant.price_at(NOON)]


@pytest.mark.django_db
def test_every_change_is_a_fact_and_no_fact_changes() -> None:
    variant = make.variant()
    Variant.objects.filter(pk=variant.pk).update(price_minor=1_500)
    Variant.objects.filter(pk=variant.pk).update(barcode="1")

    assert list(PriceFact.objects.order_by("pk").values_list("price_minor", flat=True)) == [
        2_000,
        1_500,
    ]
    with pytest.raises(DatabaseError), transaction.atomic():
        PriceFact.objects.update(price_minor=1)


@pytest.mark.django_db
def test_a_claimed_price_is_shown_once_it_was_charged_or_is_called_a_recommendation() -> None:
    variant = make.variant(compare_at_minor=3_000)
    assert comparing.of(variant, at=NOON) is None

    variant.product.compare_is_recommended = True
    assert comparing.of(variant, at=NOON) == Comparison(3_000, is_recommended=True)

    variant.product.compare_is_recommended = False
    PriceFact.objects.all().delete()
    PriceFact.objects.create(variant=variant, price_minor=2_600, at=day(-50))
    PriceFact.objects.create(variant=variant, price_minor=2_000, at=day(-1))
    assert comparing.of(variant, at=NOON) == Comparison(2_600)


@pytest.mark.django_db
def test_a_purchase_costs_what_the_clock_says() -> None:
    variant = make.variant(stock=3, sale_minor=1_500, sale_until=day(1))
    wanted = [Wanted(variant, 2)]

    totals = [
        quote.build(wanted, choices={}, region="NY", at=at).figures.goods_minor
        for at in (NOON, day(1))
    ]

    assert totals == [3_000, 4_000]
    assert make.purchase(variant, quantity=2).group.goods_minor == 3_000


@pytest.mark.django_db
def test_a_price_that_has_come_is_the_one_that_is_changed() -> None:
    come: dict[str, Any] = {"next_minor": 3_000, "next_from": day(-1)}
    by_hand, together, planned = make.variant(**come), make.variant(**come), make.variant()
    Variant.objects.filter(pk=planned.pk).update(next_minor=900, next_from=day(1))

    search.turn(timestamp=0)
    draft = ProductDraft("Lamp", "", "", "", ("Size",), [_said(by_hand, 2_500)])
    shop = by_hand.merchant
    editing.save(
        draft, merchant=shop, product=by_hand.product, weigh=filtering.weigh_product, at=NOON
    )
    change, keys = bulk.Change(price=True, percent=Decimal(10)), [together.product_id]
    mark = bulk.preview(keys, change, shown=0).mark
    bulk.apply(keys, change, merchant=together.merchant, mark=mark, at=NOON)

    assert [each.price_at(day(1)) for each in Variant.objects.order_by("pk")] == [2_500, 3_300, 900]


def _said(variant: Variant, price_minor: int) -> VariantDraft:
    return VariantDraft(variant.public_id, variant.sku, ("Small",), price_minor)


amounts = st.integers(0, 10_000)
moments = st.none() | st.integers(-5, 5).map(day)


@given(
    st.lists(
        st.builds(Pricing, amounts, st.none() | amounts, moments, moments), min_size=1, max_size=5
    )
)
def test_a_price_before_was_really_charged_and_is_above_the_price(pricings: list[Pricing]) -> None:
    facts = [Fact(one, day(number - len(pricings))) for number, one in enumerate(pricings)]

    found = price_before(facts, at=NOON)

    if found is not None:
        charged = {one.at(day(x / 4)) for one in pricings for x in range(-40, 40)}
        assert found in charged
        assert found > pricings[-1].at(NOON)
