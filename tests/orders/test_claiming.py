"""What is sold in turn is written together, each purchase with its place, or leaves it alone."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make, races
from vitrine.catalog.models import Stock, Variant
from vitrine.catalog.stockkeeping import SoldOut
from vitrine.orders import carrying, checkout, claiming, dropping, placing, quote
from vitrine.orders.models import Drop, OrderGroup, Place
from vitrine.orders.payment import sandbox
from vitrine.orders.placing import Draft, Left

pytestmark = pytest.mark.django_db
SOON = make.NOON + timedelta(minutes=1)


def let_in(*lamps: Variant, names: str = "") -> list[Drop]:
    """Sell things in turn, and let in one visitor for each letter of names."""
    drops = []
    for lamp in lamps:
        ends_at = make.NOON + timedelta(days=1)
        drop = dropping.announce(
            lamp.product, starts_at=make.NOON, ends_at=ends_at, minutes=5, most_each=1, at=make.NOON
        )
        lamp.product.refresh_from_db()
        for name in names:
            dropping.join(drop, person=None, visitor=name, at=make.NOON)
        Place.objects.filter(drop=drop).update(admitted_until=SOON)
        drops.append(drop)
    return drops


def draft(visitor: str, *lamps: Variant, at: datetime = make.NOON, **fields: Any) -> Draft:
    fields = {"line1": f"The house of {visitor}", **fields}
    press = make.attempt(*lamps, visitor=visitor, **fields)
    offer = quote.build(
        press.wanted, choices=press.choices, region="NY", at=make.NOON, with_stores=False
    )
    return checkout.draft(press, offer, at=at)


def used() -> dict[str, str]:
    return dict(Place.objects.exclude(used_key="").values_list("visitor", "used_key"))


def test_presses_of_one_moment_use_their_places_in_the_statement_that_writes_them() -> None:
    lamp, mug = make.variant(stock=9), make.variant(stock=9)
    let_in(lamp, names="abcd")
    drafts = [
        draft("a", lamp, key="of a"),
        draft("z", lamp),
        draft("b", lamp, mug, key="of b"),
        draft("c", lamp, quantity=2),
        draft("nobody", mug),
        draft("", lamp),
    ]

    with CaptureQueriesContext(connection) as captured:
        lefts = carrying._carry_all(drafts)

    assert lefts == [None, Left.OUT_OF_TURN, None, Left.TOO_MANY, None, Left.OUT_OF_TURN]
    said = [one["sql"] for one in captured if "SAVEPOINT" not in one["sql"]]
    assert len(said) == 4  # as of what is sold as usual
    assert used() == {"a": "of a", "b": "of b"}
    assert list(Stock.objects.order_by("pk").values_list("reserved", flat=True)) == [2, 2]
    assert OrderGroup.objects.filter(state="placed").count() == 3


def test_of_two_presses_by_one_place_or_household_the_first_is_heard() -> None:
    lamp = make.variant(stock=9)
    let_in(lamp, names="abc")
    drafts = [
        draft("a", lamp, key="first"),
        draft("a", lamp, key="second", line1="elsewhere"),
        draft("b", lamp, line1="the HOUSE of a"),
        draft("c", lamp),
    ]

    assert placing.place_all(drafts) == [None, Left.CONTENDED, Left.CONTENDED, None]
    again = placing.place_all(drafts[1:3])

    assert again == [Left.OUT_OF_TURN, Left.ONE_EACH]
    assert used()["a"] == "first"
    assert set(used()) == {"a", "c"}


def test_a_press_that_is_refused_leaves_its_place_free_at_once() -> None:
    lamp, mug = make.variant(stock=1), make.variant(stock=1)
    let_in(lamp, mug, names="ab")
    of_a = draft("a", lamp, mug, key="both")
    Place.objects.filter(visitor="a", drop__product=mug.product).update(admitted_until=make.NOON)

    assert placing.place_all([of_a]) == [Left.OUT_OF_TURN]
    assert used() == {}
    assert placing.place_all([draft("a", lamp, key="one")]) == [None]
    with pytest.raises(SoldOut):
        checkout.buy(make.attempt(lamp, visitor="b", line1="B"), at=make.NOON)

    assert used() == {"a": "one"}
    Stock.objects.filter(variant=lamp).update(on_hand=2)
    assert placing.place_all([draft("b", lamp, key="now")]) == [None]


def test_what_the_bank_refused_keeps_neither_place_nor_household() -> None:
    lamp = make.variant(stock=5)
    let_in(lamp, names="ab")

    def buys(name: str, **fields: Any) -> str:
        press = make.attempt(lamp, visitor=name, line1="One house", **fields)
        return str(checkout.buy(press, at=make.NOON).group.state)

    assert buys("a", token=sandbox.DECLINES) == "failed"
    assert buys("b", key="b's") == "placed"
    with pytest.raises(claiming.OneEach):
        buys("a")
    assert used()["b"] == "b's"
    assert Place.objects.get(visitor="a").used_for == ""


@pytest.mark.django_db(transaction=True)
def test_a_place_pressed_eight_times_at_once_is_used_once() -> None:
    lamp = make.variant(stock=9)
    let_in(lamp, names="ab")
    attempts = [
        make.attempt(lamp, visitor="ab"[n % 2], line1=f"House {n}", key=f"key {n}")
        for n in range(8)
    ]

    results = races.race(
        8, lambda n: checkout.place(attempts[n], at=make.NOON, write=alone).group.key
    )

    assert sorted(used().values()) == sorted(races.winners(results))
    assert len(races.winners(results)) == 2
    assert {type(one) for one in races.losers(results)} == {claiming.OnlyInTurn}
    assert Stock.objects.get().reserved == 2


@pytest.mark.django_db(transaction=True)
def test_a_household_that_presses_at_once_from_many_places_has_one() -> None:
    lamp = make.variant(stock=9)
    make.stocked(lamp, 9)  # a second shelf, so that no lock of one puts them in order
    let_in(lamp, names="abcdefgh")
    attempts = [make.attempt(lamp, visitor=name, key=f"key of {name}") for name in "abcdefgh"]

    results = races.race(
        8, lambda n: checkout.place(attempts[n], at=make.NOON, write=alone).group.key
    )

    assert list(used().values()) == races.winners(results)
    assert len(races.winners(results)) == 1
    assert {type(one) for one in races.losers(results)} == {claiming.OneEach}


def alone(drafted: Draft) -> Left | None:
    """Write one in a statement of its own, as another process would."""
    (left,) = placing.place_all([drafted])
    return left
