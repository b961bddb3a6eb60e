"""Refunds as arithmetic: no part twice, nothing left over, whatever comes in whatever order."""

from datetime import date
from decimal import Decimal

import pytest

from tests.orders.draws import Draw, for_any_case
from tests.orders.test_totals import some_items
from vitrine.catalog.tax_codes import TaxCode
from vitrine.orders import refund_sums, tax, totals
from vitrine.orders.promoting import Off
from vitrine.orders.refund_sums import Line, Sums
from vitrine.orders.tax import Place
from vitrine.orders.totals import Item, PartTotal

ON = date(2026, 11, 20)
PLACES = [Place("US", "NY"), Place("CA", "QC"), Place("CA", "BC"), Place("NZ"), Place("AU")]


def taken_apart(sold: PartTotal, *, included: bool) -> tuple[list[Sums], set[str]]:
    """Return an order's pieces, and whose taxes the platform hands on."""
    lines = [
        Line(
            line.item.quantity,
            line.item.paid_minor,
            line.item.off.platform_minor,
            {one.authority: one.amount_minor for one in line.taxes},
        )
        for line in sold.lines
    ]
    brought = {one.authority: one.amount_minor for one in sold.delivery_taxes}
    off = sold.delivery_off
    delivery = Line(1, sold.delivery_minor - off.total_minor, off.platform_minor, brought)
    fee_taxes = {"CA": sold.fee_minor // 20, "CA-QC": sold.fee_minor // 10}
    found = refund_sums.pieces(
        lines, delivery, included=included, fee_minor=sold.fee_minor, fee_taxes=fee_taxes
    )
    taxes = [*(one for line in sold.lines for one in line.taxes), *sold.delivery_taxes]
    return found, {one.authority for one in taxes if one.platform_liable}


def positive(sums: Sums) -> bool:
    alone = (sums.amount_minor, sums.fee_minor, sums.made_good_minor)
    return min(*alone, *sums.taxes.values(), *sums.fee_taxes.values(), 0) == 0


@for_any_case(by_day=60)
def test_refunds_come_to_exactly_what_was_paid_and_to_no_part_twice(draw: Draw) -> None:
    items, place = some_items(draw), draw.one_of(PLACES)
    delivery = draw.whole(0, 20_000)
    steps = draw.many(0, 12, lambda: (draw.whole(0, 12), draw.whole(1, 6), draw.whole(0, 100)))
    rates = tax.rates_at(place, on=ON)
    off = {items[0].part: Off(delivery // 3, delivery // 4)}
    sold = totals.compute(
        items,
        delivery_minor=dict.fromkeys(range(1, 5), delivery),
        delivery_off=off,
        rates=dict.fromkeys(range(1, 5), rates),
        fee_rate=Decimal("0.06"),
    ).parts[0]
    parts, liable = taken_apart(sold, included=tax.is_included(place.country))
    whole = refund_sums.together(parts)
    assert whole.amount_minor == sold.total_minor
    assert (whole.fee_minor, whole.tax_minor) == (sold.fee_minor, sold.tax_minor)
    given_back: list[Sums] = []
    units = [0] * len(sold.lines)

    for which, more, percent in steps:
        left, is_last = whole - refund_sums.together(given_back), True
        if which < len(units):
            quantity = sold.lines[which].item.quantity
            more = min(more, quantity - units[which])
            wanted = refund_sums.of_units(parts[which], before=units[which], more=more, of=quantity)
            units[which] += more
            is_last = units == [line.item.quantity for line in sold.lines]
        elif amount := left.amount_minor * percent // 100:
            wanted = refund_sums.in_proportion(left, amount)
        else:
            continue
        one = refund_sums.fitted(wanted, left, liable=liable, is_last=is_last)
        assert one.amount_minor == min(wanted.amount_minor, left.amount_minor)
        assert positive(one)
        assert positive(left - one)
        assert 0 <= one.merchant_minor(liable) <= left.merchant_minor(liable)
        given_back.append(one)

    left = whole - refund_sums.together(given_back)
    if left.amount_minor or left.made_good_minor:
        given_back.append(refund_sums.fitted(left, left, liable=liable))
    rest = whole - refund_sums.together(given_back)
    assert (rest.amount_minor, rest.merchant_minor(liable)) == (0, 0)
    assert not any([rest.fee_minor, rest.made_good_minor, *rest.taxes.values()])
    assert not any(rest.fee_taxes.values())


@pytest.mark.parametrize(
    "paid, quantity, expected",
    [(3_000, 3, [1_000, 1_000, 1_000]), (1_000, 3, [333, 333, 334]), (2, 3, [0, 1, 1])],
)
def test_units_come_to_their_line(paid: int, quantity: int, expected: list[int]) -> None:
    line = Sums(paid)

    found = [
        refund_sums.of_units(line, before=one, more=1, of=quantity).amount_minor
        for one in range(quantity)
    ]

    assert found == expected


def test_a_lamp_gives_back_its_own_tax_and_fee_and_bread_gives_none() -> None:
    rates = tax.rates_at(Place("US", "NY"), on=ON)
    items = [Item(1, 1, 2_000, 2), Item(2, 1, 500, 1, TaxCode.GROCERY)]
    sold = totals.compute(
        items, delivery_minor={1: 0}, rates={1: rates}, fee_rate=Decimal("0.06")
    ).parts[0]

    (lamps, bread, _), liable = taken_apart(sold, included=False)
    one = refund_sums.of_units(lamps, before=0, more=1, of=2)

    assert (one.amount_minor, one.fee_minor, dict(one.taxes)) == (2_080, 120, {"US-NY": 80})
    assert one.merchant_minor(liable) == 2_080 - 80 - 120 - 6 - 12
    assert (bread.amount_minor, bread.fee_minor, bread.tax_minor) == (500, 30, 0)


def test_after_goodwill_a_return_gives_back_what_is_left_and_no_more() -> None:
    line = Sums(3_000, 180, 0, {"US-NY": 120}, {})
    goodwill = refund_sums.fitted(refund_sums.in_proportion(line, 2_500), line, liable=["US-NY"])

    left = line - goodwill
    wanted = refund_sums.of_units(line, before=0, more=1, of=3)
    last = refund_sums.fitted(wanted, left, liable=["US-NY"])

    assert (goodwill.amount_minor, goodwill.fee_minor, goodwill.tax_minor) == (2_500, 150, 100)
    assert (last.amount_minor, last.fee_minor, last.tax_minor) == (500, 30, 20)


@for_any_case(by_day=100)
def test_taxes_that_were_kept_together_are_spread_exactly(draw: Draw) -> None:
    parts = draw.many(1, 6, lambda: draw.whole(0, 10_000))
    cut = draw.whole(0, sum(parts))

    found = refund_sums.spread_taxes({"CA": cut, "CA-BC": sum(parts) - cut}, parts)

    assert [sum(one.values()) for one in found] == parts
    assert sum(one["CA"] for one in found) == cut
    assert all(amount >= 0 for one in found for amount in one.values())


def test_impossible_refunds_are_bugs() -> None:
    with pytest.raises(ValueError, match="units"):
        refund_sums.of_units(Sums(10), before=1, more=1, of=1)
    with pytest.raises(ValueError, match="amount"):
        refund_sums.in_proportion(Sums(10), 11)
