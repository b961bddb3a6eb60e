"""Purchases of one moment are written together, and each fails alone."""

import threading
from dataclasses import replace
from typing import Any

import pytest
from django.db import DataError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.orders.test_invariants import CHECKS
from vitrine.catalog.models import Stock, Variant
from vitrine.orders import checkout, placing, quote, reserving
from vitrine.orders.models import GroupState, OrderGroup, Payment
from vitrine.orders.placing import Draft, Left

pytestmark = pytest.mark.django_db


def draft(*variants: Variant, **fields: Any) -> Draft:
    press = make.attempt(*variants, **fields)
    offer = quote.build(
        press.wanted, choices=press.choices, region="NY", at=make.NOON, with_stores=False
    )
    return checkout.draft(press, offer, at=make.NOON)


def reserved() -> list[tuple[int, int]]:
    return list(Stock.objects.order_by("pk").values_list("on_hand", "reserved"))


def test_purchases_of_one_moment_are_two_statements_together() -> None:
    lamp, mug = make.variant(stock=9), make.variant(stock=9)
    drafts = [draft(lamp), draft(mug, quantity=2), draft(lamp, mug)]

    with CaptureQueriesContext(connection) as captured:
        left = placing.place_all(drafts)

    assert left == [None, None, None]
    assert len(captured) == 2
    assert reserved() == [(9, 2), (9, 3)]
    groups = OrderGroup.objects.order_by("pk")
    assert [group.state for group in groups] == [GroupState.HELD] * 3
    assert [one.payment.pk for one in drafts] == [group.payment.pk for group in groups]
    assert [check().violations for check in CHECKS[:-1]] == [[]] * (len(CHECKS) - 1)


def test_of_two_who_want_the_last_one_the_first_gets_it() -> None:
    lamp, mug = make.variant(stock=1), make.variant(stock=5)
    drafts = [draft(lamp), draft(mug, lamp), draft(mug)]

    assert placing.place_all(drafts) == [None, Left.SOLD_OUT, None]
    assert reserved() == [(1, 1), (5, 1)]


def test_stock_that_shrank_since_it_was_found_is_looked_for_elsewhere() -> None:
    lamp = make.variant()
    small, big = make.stocked(lamp, 1), make.stocked(lamp, 5)
    five = draft(lamp, quantity=5)
    takes = reserving.plan(five.needs)
    make.purchase(lamp)  # somebody else takes one of the five

    written = placing.write([(five, takes)])

    assert written == {five.group.public_id: (False, None, None, None)}
    assert {(take.stock_id, take.quantity) for take in takes} == {(big.pk, 5)}
    assert placing.place_all([five]) == [None]
    assert reserved() == [(1, 1), (5, 5)]
    assert small.pk < big.pk


def test_a_key_that_comes_twice_at_one_moment_is_one_purchase() -> None:
    lamp = make.variant(stock=9)
    drafts = [draft(lamp, key="k"), draft(lamp, key="k"), draft(lamp)]

    assert placing.place_all(drafts) == [None, Left.KEY_USED, None]
    assert placing.place_all([draft(lamp, key="k")]) == [Left.KEY_USED]
    assert reserved() == [(9, 2)]


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_written_spoils_nobody_else_s_purchase() -> None:
    lamp = make.variant(stock=9)
    good, bad = draft(lamp), draft(lamp)
    bad = replace(bad, group=OrderGroup(**{**_fields(bad.group), "name": "x" * 81}))

    with pytest.raises(DataError):
        placing.place_all([good, bad])
    assert not Payment.objects.exists()

    assert placing.place_all([good]) == [None]
    assert reserved() == [(9, 1)]


@pytest.mark.django_db(transaction=True)
def test_a_row_that_stays_locked_fails_those_who_need_it_and_nobody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(placing, "LOCK_WAIT_MS", 60)
    placing._statement.cache_clear()
    lamp, mug = make.variant(stock=9), make.variant(stock=9)
    held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Stock.objects.select_for_update(no_key=True).get(variant=lamp)
            held.set()
            let_go.wait(20)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(20)
    try:
        drafts = [draft(lamp), draft(mug), draft(mug, lamp), draft(mug)]
        assert placing.place_all(drafts) == [Left.BUSY, None, Left.BUSY, None]
        with pytest.raises(placing.StockBusy, match="try again"):
            make.purchase(lamp)
        assert (reserved(), OrderGroup.objects.count()) == ([(9, 0), (9, 2)], 2)
    finally:
        let_go.set()
        thread.join()
        placing._statement.cache_clear()
    assert placing.place_all([drafts[0]]) == [None]


def _fields(group: OrderGroup) -> dict[str, object]:
    return {field.attname: getattr(group, field.attname) for field in group._meta.concrete_fields}
