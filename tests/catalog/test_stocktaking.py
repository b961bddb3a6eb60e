"""Counting a whole place: true of the moment of each line, applied once, and never over a rival."""

import pytest
from django.db.models import F

from tests import make
from vitrine.catalog import invariants, stockkeeping, stocktaking
from vitrine.catalog.models import Stock, StockMovement, Stocktake
from vitrine.catalog.stockkeeping import StockPromised
from vitrine.catalog.stocktaking import CountedTwice, StocktakeEnded, UnknownThing

pytestmark = pytest.mark.django_db


def begun(*stocks: Stock) -> Stocktake:
    return stocktaking.begin(stocks[0].location, by=make.person(), at=make.NOON)


def note(take: Stocktake, stock: Stock, number: int, *, key: str = "1", more: bool = False) -> None:
    stocktaking.count(take, stock.variant, number, key=key, at=make.NOON, is_more=more)


def sell(stock: Stock, number: int) -> None:
    Stock.objects.filter(pk=stock.pk).update(on_hand=F("on_hand") - number)
    StockMovement.objects.create(
        stock=stock, reason="sold", quantity=-number, key=f"sold:{stock.pk}", at=make.NOON
    )


def on_hand(stock: Stock) -> int:
    return Stock.objects.get(pk=stock.pk).on_hand


def test_a_count_corrects_what_differs_by_what_differed_when_it_was_counted() -> None:
    lamps = make.stocked(make.variant(), 9)
    mugs = make.stocked(make.variant(lamps.variant.product), 4, at=lamps.location)
    take = begun(lamps)
    note(take, lamps, 7)
    note(take, mugs, 4)
    sell(lamps, 2)

    assert stocktaking.apply(take, by=make.person(), at=make.NOON) == 1

    assert (on_hand(lamps), on_hand(mugs)) == (5, 4)
    assert lamps.movements.get(reason="counted").quantity == -2
    assert invariants.stock_adds_up().violations == []
    with pytest.raises(StocktakeEnded):
        stocktaking.apply(take, by=make.person(), at=make.NOON)


def test_a_figure_that_somebody_else_corrected_has_to_be_counted_again() -> None:
    stock = make.stocked(make.variant(), 9)
    take = begun(stock)
    note(take, stock, 7)
    stockkeeping.count(stock, 7, seen=9, key="count:1", by=None, at=make.NOON)

    with pytest.raises(CountedTwice, match=stock.variant.product.title):
        stocktaking.apply(take, by=make.person(), at=make.NOON)

    assert on_hand(stock) == 7
    note(take, stock, 7, key="2")
    assert stocktaking.apply(take, by=make.person(), at=make.NOON) == 0


def test_a_count_below_what_is_promised_is_refused_whole() -> None:
    stock = make.stocked(make.variant(), 9)
    other = make.stocked(make.variant(stock.variant.product), 3, at=stock.location)
    Stock.objects.filter(pk=stock.pk).update(reserved=5)
    take = begun(stock)
    note(take, other, 1)
    note(take, stock, 4)

    with pytest.raises(StockPromised, match="5 are promised"):
        stocktaking.apply(take, by=make.person(), at=make.NOON)

    assert (on_hand(stock), on_hand(other)) == (9, 3)


def test_each_scan_adds_one_and_a_repeated_scan_adds_nothing() -> None:
    stock = make.stocked(make.variant(barcode="4006381333931", sku="Lamp-1"), 9)
    take = begun(stock)

    for key in ("a", "b", "b", "c"):
        found = stocktaking.find(stock.location, "4006381333931")
        stocktaking.count(take, found, 1, key=key, at=make.NOON, is_more=True)

    assert take.lines.get().counted == 3
    assert stocktaking.find(stock.location, "lamp-1") == stock.variant
    with pytest.raises(UnknownThing):
        stocktaking.find(stock.location, "nothing")
    with pytest.raises(UnknownThing):
        stocktaking.find(make.location(make.merchant()), "lamp-1")


def test_one_count_of_a_place_runs_at_a_time_and_a_dropped_one_changes_nothing() -> None:
    stock = make.stocked(make.variant(), 9)
    take = begun(stock)
    note(take, stock, 1)

    assert begun(stock) == take
    stocktaking.drop(take, at=make.NOON)

    assert begun(stock) != take
    assert on_hand(stock) == 9
    with pytest.raises(StocktakeEnded):
        note(take, stock, 2, key="2")
