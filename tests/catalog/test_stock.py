"""Stock: never oversold, and every unit explained."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from tests import make
from tests.races import losers, race, winners
from vitrine.catalog import invariants, stockkeeping
from vitrine.catalog.models import MovementReason, Stock, StockMovement
from vitrine.catalog.stockkeeping import SoldOut, StockChanged, StockPromised

pytestmark = pytest.mark.django_db


def stock_of(on_hand: int) -> Stock:
    return make.stocked(make.variant(), on_hand)


def promise(stock: Stock, quantity: int) -> None:
    Stock.objects.filter(pk=stock.pk).update(reserved=F("reserved") + quantity)


@transaction.atomic
def sell_promised(stock: Stock, *, key: str) -> None:
    Stock.objects.filter(pk=stock.pk).update(reserved=F("reserved") - 1, on_hand=F("on_hand") - 1)
    StockMovement.objects.create(
        stock=stock, reason=MovementReason.SOLD, quantity=-1, key=key, at=make.NOON
    )


def figures(stock: Stock) -> tuple[int, int]:
    stock.refresh_from_db()
    return stock.on_hand, stock.reserved


def test_one_key_has_one_effect() -> None:
    stock = stock_of(5)

    for _ in range(3):
        stockkeeping.receive(stock, 4, key="delivery:1", by=None, at=make.NOON)

    assert figures(stock) == (9, 0)
    assert stock.movements.count() == 2


def test_a_key_that_says_something_else_is_an_error() -> None:
    stock = stock_of(5)
    stockkeeping.receive(stock, 4, key="delivery:1", by=None, at=make.NOON)

    with pytest.raises(ValueError, match="another movement"):
        stockkeeping.receive(stock, 7, key="delivery:1", by=None, at=make.NOON)

    assert figures(stock) == (9, 0)


def test_a_count_is_refused_when_somebody_sold_meanwhile() -> None:
    stock = stock_of(5)
    promise(stock, 1)
    sell_promised(stock, key="order:1")

    with pytest.raises(StockChanged):
        stockkeeping.count(stock, 7, seen=5, key="count:1", by=None, at=make.NOON)

    assert figures(stock) == (4, 0)
    assert not StockMovement.objects.filter(key="count:1").exists()


def test_a_count_below_what_is_promised_is_refused() -> None:
    stock = stock_of(5)
    promise(stock, 3)

    with pytest.raises(StockPromised):
        stockkeeping.count(stock, 2, seen=5, key="count:1", by=None, at=make.NOON)

    assert figures(stock) == (5, 3)


@pytest.mark.parametrize("wrong", ["reserved = on_hand + 1", "reserved = -1", "on_hand = -1"])
def test_the_database_refuses_wrong_stock_from_anybody(wrong: str) -> None:
    stock = stock_of(3)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE catalog_stock SET {wrong} WHERE id = %s", [stock.pk])

    assert figures(stock) == (3, 0)


def test_movements_are_never_changed() -> None:
    stock = stock_of(3)

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        stock.movements.update(quantity=30)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        stock.movements.all().delete()

    assert stock.movements.get().quantity == 3


def test_the_check_finds_stock_that_no_movement_explains() -> None:
    stock = stock_of(3)
    Stock.objects.filter(pk=stock.pk).update(on_hand=4)

    finding = invariants.stock_adds_up()

    assert finding.checked == 1
    assert len(finding.violations) == 1
    assert "4 on hand, movements say 3" in finding.violations[0]


@pytest.mark.django_db(transaction=True)
def test_one_delivery_booked_by_eight_at_once_is_booked_once() -> None:
    stock = stock_of(1)

    results = race(
        8, lambda _: stockkeeping.receive(stock, 10, key="delivery:1", by=None, at=make.NOON)
    )

    assert losers(results) == []
    assert figures(stock) == (11, 0)
    assert invariants.stock_adds_up().violations == []


@pytest.mark.django_db(transaction=True)
def test_counts_and_sales_at_once_never_break_the_sum() -> None:
    stock = stock_of(20)
    promise(stock, 8)

    def act(number: int) -> None:
        if number % 2:
            sell_promised(stock, key=f"order:{number}")
        else:
            stockkeeping.count(stock, 25, seen=20, key=f"c:{number}", by=None, at=make.NOON)

    results = race(16, act)

    assert {type(each) for each in losers(results)} <= {StockChanged}
    assert stock.movements.filter(reason="sold").count() == 8
    assert figures(stock)[1] == 0
    assert invariants.stock_adds_up().violations == []


@pytest.mark.django_db(transaction=True)
def test_the_race_itself_catches_broken_code() -> None:
    stock = stock_of(3)

    def check_then_act(_: int) -> None:
        seen = Stock.objects.get(pk=stock.pk)
        if seen.available < 1:
            raise SoldOut
        Stock.objects.filter(pk=stock.pk).update(reserved=seen.reserved + 1)

    results = race(16, check_then_act)

    assert len(winners(results)) > 3
