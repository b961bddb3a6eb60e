"""A drop: numbers by lot, a place for each, few let in at once, and nobody out of turn."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, connection, transaction
from pytest_django import Settings

from tests import make, races
from vitrine.accounts.models import Person
from vitrine.catalog.models import Variant
from vitrine.orders import checkout, claiming, dropping
from vitrine.orders.models import Drop, Order, Place
from vitrine.orders.payment import sandbox
from vitrine.orders.standing import Snapshot, Standing, State, Ticket, told

pytestmark = pytest.mark.django_db
START = make.NOON + timedelta(hours=1)


def second(count: float) -> datetime:
    return START + timedelta(seconds=count)


def _drop(lamp: Variant, starts_at: datetime = START, at: datetime = make.NOON) -> Drop:
    ends_at = starts_at + timedelta(days=1)
    drop = dropping.announce(
        lamp.product, starts_at=starts_at, ends_at=ends_at, minutes=5, most_each=1, at=at
    )
    lamp.product.refresh_from_db()
    return drop


def _come(drop: Drop, *names: str, at: datetime = make.NOON) -> list[Place]:
    return [dropping.join(drop, person=None, visitor=name, at=at) for name in names]


def _stands(drop: Drop, name: str, at: datetime) -> Standing:
    return dropping.standing(drop, person=None, visitor=name, at=at)


def _buy(lamp: Variant, name: str, *, at: datetime, key: str = "", **fields: Any) -> str:
    fields = {"line1": f"The house of {name}", **fields}
    attempt = make.attempt(lamp, visitor=name, key=key or f"key of {name}", **fields)
    return str(checkout.buy(attempt, at=at).group.state)


def _known_rows() -> int:
    """Return how many places Postgres plans for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::int FROM pg_class WHERE relname = 'orders_place'")
        return int(cursor.fetchone()[0])


def test_who_is_early_is_drawn_by_lot_and_who_is_late_stands_in_line() -> None:
    drop = _drop(make.variant(stock=100))
    early = [f"early {n}" for n in range(40)]
    _come(drop, *early)
    Place.objects.update(in_lot=True)
    assert _stands(drop, "early 3", make.NOON).state == State.SOON
    assert not Place.objects.exclude(number=None).exists()

    late = [place.number for place in _come(drop, "late 0", "late 1", at=second(0))]
    again = _come(drop, "early 7", "late 1", at=second(1))

    numbers = dict(Place.objects.values_list("visitor", "number"))
    drawn = [numbers[name] or 0 for name in early]
    assert sorted(drawn) == list(range(1, 41))
    assert drawn != sorted(drawn)
    assert late == [41, 42]
    assert _known_rows() >= 40  # so that a place is found by its browser, not by its queue
    assert [place.number for place in again] == [numbers["early 7"], 42]
    assert len(numbers) == 42
    with pytest.raises(IntegrityError, match="stays"), transaction.atomic():
        Place.objects.filter(visitor="late 0").update(number=99)


def test_only_sure_accounts_of_before_the_announcement_are_in_the_lot() -> None:
    known, unsure, new = (make.person() for _ in range(3))
    for person in (known, new):
        EmailAddress.objects.create(user=person, email=person.email, verified=True)
    Person.objects.exclude(pk=new.pk).update(joined_at=make.NOON - timedelta(days=1))
    Person.objects.filter(pk=new.pk).update(joined_at=make.NOON)
    drop = _drop(make.variant(stock=9))

    comers = ((None, "guest"), (new, "new"), (unsure, "unsure"), (None, "known"))
    for minute, (who, browser) in enumerate(comers):
        at = make.NOON + timedelta(minutes=minute)
        if who is not None:
            who.refresh_from_db()
        dropping.join(drop, person=who, visitor=browser, at=at)
    known.refresh_from_db()
    dropping.join(drop, person=known, visitor="known", at=make.NOON + timedelta(minutes=9))
    dropping.draw(drop, at=START)

    assert list(Place.objects.order_by("number").values_list("visitor", "in_lot")) == [
        ("known", True),
        ("guest", False),
        ("new", False),
        ("unsure", False),
    ]
    assert Place.objects.get(visitor="known").person == known


def test_one_household_has_it_once_however_it_writes_itself() -> None:
    lamp = make.variant(stock=9)
    drop = _drop(lamp)
    _come(drop, "a", "b", "c", at=second(1))
    _stands(drop, "a", second(2))
    same = {"line1": "5, Elm  STREET"}

    assert _buy(lamp, "a", at=second(3), token=sandbox.DECLINES, line1="5 Elm Street") == "failed"
    assert _buy(lamp, "b", at=second(4), **same) == "placed"
    with pytest.raises(claiming.OneEach):
        _buy(lamp, "c", at=second(5), line1="5 elm street")
    with pytest.raises(claiming.OneEach):
        _buy(lamp, "a", at=second(5), key="again", **same)
    assert _buy(lamp, "c", at=second(6), line1="7 Elm Street") == "placed"
    assert Order.objects.filter(state="placed").count() == 2


def test_an_account_and_a_browser_have_one_place_each() -> None:
    drop, person = _drop(make.variant(stock=1)), make.person()
    first = dropping.join(drop, person=person, visitor="phone", at=make.NOON)

    assert dropping.join(drop, person=person, visitor="desk", at=make.NOON) == first
    assert dropping.join(drop, person=None, visitor="phone", at=make.NOON) == first
    assert dropping.join(drop, person=person, visitor="desk", at=second(1)) == first
    assert Place.objects.count() == 1


def test_few_are_let_in_in_turn_and_all_learn_that_nothing_is_left(
    settings: Settings,
) -> None:
    settings.VITRINE_DROP_RATE = 2
    lamp = make.variant(stock=4)
    drop = _drop(lamp)
    _come(drop, *(f"v{n}" for n in range(9)))
    dropping.draw(drop, at=second(0))
    by_number = dict(Place.objects.values_list("number", "visitor"))
    line = [by_number[n] for n in range(1, 10)]

    def let_in(at: float) -> list[str]:
        _stands(drop, line[8], second(at))
        admitted = Place.objects.filter(admitted_until__isnull=False).order_by("number")
        return [place.visitor for place in admitted]

    assert let_in(0.5) == line[:1]
    assert let_in(0.6) == line[:1]  # a moment has not passed
    assert let_in(2) == line[:4]
    assert let_in(60) == line[:5]  # five for four things, however long nobody looked
    assert let_in(90) == line[:5]
    waits = _stands(drop, line[8], second(90))
    assert (waits.state, waits.ahead, waits.left) == (State.WAITING, 3, 4)
    assert 0 < waits.wait_s < 90

    for name in line[:3]:
        assert _buy(lamp, name, at=second(91)) == "placed"
    assert let_in(100) == line[:5]
    assert _stands(drop, line[3], second(361)).state == State.MISSED  # five minutes later
    assert let_in(362) == line[:6]
    assert _buy(lamp, line[5], at=second(363)) == "placed"
    told = [_stands(drop, name, second(364)).state for name in line]
    bought, gone = State.BOUGHT, State.SOLD_OUT
    assert told == [bought, bought, bought, gone, gone, bought, gone, gone, gone]
    assert Order.objects.filter(state="placed").count() == 4


def test_nobody_buys_out_of_turn_and_nobody_twice() -> None:
    lamp, other = make.variant(stock=9), make.variant(stock=9)
    drop = _drop(lamp)
    with pytest.raises(claiming.OnlyInTurn):
        _buy(lamp, "early", at=make.NOON)
    assert _buy(other, "early", at=make.NOON, key="another thing") == "placed"
    _come(drop, "bea", at=second(1))
    _stands(drop, "bea", second(2))
    with pytest.raises(claiming.OnlyInTurn):
        _buy(lamp, "nobody", at=second(3))
    with pytest.raises(claiming.OnlyInTurn):
        checkout.buy(make.attempt(lamp), at=second(3))
    with pytest.raises(claiming.TooMany):
        _buy(lamp, "bea", at=second(3), quantity=2)

    assert _buy(lamp, "bea", at=second(3), key="no", token=sandbox.DECLINES) == "failed"
    assert _buy(lamp, "bea", at=second(4), key="yes") == "placed"
    assert _buy(lamp, "bea", at=second(900), key="yes") == "placed"  # the same press again
    with pytest.raises(claiming.OnlyInTurn):
        _buy(lamp, "bea", at=second(5), key="once more")
    assert _stands(drop, "bea", second(6)).state == State.BOUGHT

    dropping.end(drop, at=second(7))
    lamp.product.refresh_from_db()
    assert _buy(lamp, "anybody", at=second(8)) == "placed"
    assert _stands(drop, "late", second(8)).state == State.OVER
    with pytest.raises(dropping.DropOver):
        _come(drop, "late", at=second(9))


def test_the_database_lets_in_no_more_than_there_is() -> None:
    lamp = make.variant(stock=4)
    drop = _drop(lamp)
    _come(drop, *(f"v{n}" for n in range(9)), at=second(1))
    Place.objects.update(admitted_until=second(600))

    with pytest.raises(IntegrityError, match="lets 9 in for 4"), transaction.atomic():
        Drop.objects.filter(pk=drop.pk).update(admitted=9, advanced_at=second(2))
    with pytest.raises(IntegrityError, match="drop_sane"), transaction.atomic():
        Drop.objects.filter(pk=drop.pk).update(admitted=10)


def test_a_product_has_one_drop_at_a_time_and_who_waited_is_forgotten() -> None:
    lamp = make.variant(stock=1)
    first = _drop(lamp)
    _come(first, "v")
    with pytest.raises(dropping.AlreadyDropped):
        _drop(lamp)

    later = START + timedelta(days=1)
    second_one = _drop(lamp, later + timedelta(days=9), at=later)
    dropping.end(first, at=later)
    lamp.product.refresh_from_db()
    assert lamp.product.drop_until == second_one.ends_at
    dropping.forget(at=later + timedelta(hours=23))
    assert Place.objects.exists()
    dropping.forget(at=later + timedelta(hours=25))

    assert not Place.objects.exists()
    assert Drop.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_who_comes_while_it_is_drawn_gets_one_number_as_everybody() -> None:
    drop = _drop(make.variant(stock=100))
    _come(drop, *(f"early {n}" for n in range(10)))

    def comes(number: int) -> int:
        at = second(0) if number % 2 else second(-0.001)
        return dropping.join(drop, person=None, visitor=f"v{number // 2}", at=at).pk

    given = races.race(16, comes)
    dropping.draw(drop, at=second(1))

    numbers = list(Place.objects.order_by("number").values_list("number", flat=True))
    assert races.losers(given) == []
    assert len(set(races.winners(given))) == 8
    assert numbers == list(range(1, 19))
    assert Drop.objects.get().issued == 18


def test_who_is_let_in_is_told_as_well_when_nothing_is_left() -> None:
    drop = dropping.draw(_drop(make.variant(stock=1)), at=second(0))
    let_in = Ticket("", drop.pk, 1, in_lot=True, until=second(60), is_bought=False)

    stands = [
        told(Snapshot(drop, left, 1, held, 1, second(1)), let_in, at=second(1))
        for left, held in ((1, 0), (0, 1), (0, 0))
    ]

    assert [one.state for one in stands] == [State.IN, State.HELD, State.SOLD_OUT]


def test_who_asks_before_the_numbers_are_drawn_is_not_told_that_they_are_next() -> None:
    drop = _drop(make.variant(stock=1))
    ticket = Ticket("", drop.pk, None, in_lot=True, until=None, is_bought=False)

    soon = told(Snapshot(drop, 1, 0, 0, 900, second(-0.1)), ticket, at=second(0.1))

    assert soon.state == State.SOON
    assert 0.25 <= soon.again_s <= 0.25 + 900 / 400


def test_each_is_told_to_ask_again_as_they_are_let_in(settings: Settings) -> None:
    settings.VITRINE_DROP_RATE = 100
    drop = _drop(make.variant(stock=1))
    drop.drawn_at, drop.issued, drop.admitted = START, 1000, 100
    seen = Snapshot(drop, 240, 100, 0, 1000, second(9))

    def again_s(number: int) -> float:
        ticket = Ticket("", drop.pk, number, in_lot=True, until=None, is_bought=False)
        return told(seen, ticket, at=second(9)).again_s

    assert [round(again_s(number), 2) for number in (101, 200, 300)] == [0.26, 1.25, 2.25]
    assert again_s(301) == 2.5  # a quarter of the wait, since it takes what others leave
    assert again_s(1000) == 5.0


@pytest.mark.django_db(transaction=True)
def test_nobody_is_told_what_was_seen_long_ago() -> None:
    drop = _drop(make.variant(stock=100))
    _come(drop, *(f"v{n}" for n in range(8)))
    tickets = [str(one) for one in Place.objects.values_list("ticket", flat=True)]
    assert _stands(drop, "v0", make.NOON).state == State.SOON

    told = races.race(8, lambda n: dropping.by_ticket(drop.public_id, tickets[n], at=second(1)))

    assert races.losers(told) == []
    assert {found[0].state for found in races.winners(told) if found} == {State.IN}
    assert None not in told
