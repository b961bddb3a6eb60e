"""Goods between places: nowhere available while on the way, and nothing appears or vanishes."""

import pytest
from django.db import IntegrityError, connection, transaction

from tests import make
from tests.races import losers, race
from vitrine.catalog import invariants, transferring
from vitrine.catalog.models import (
    LocationKind,
    Stock,
    StockMovement,
    Transfer,
    TransferLine,
    TransferState,
)
from vitrine.catalog.transferring import NothingToSend, Plan, TooFewToSend, TransferMoved

pytestmark = pytest.mark.django_db


def packed(on_hand: int, quantity: int) -> Transfer:
    stock = make.stocked(make.variant(), on_hand)
    store = make.location(stock.location.merchant, LocationKind.STORE)
    plan = Plan(stock.location, store, key=f"form {stock.pk}")
    transfer = transferring.draft(plan, by=make.person(), at=make.NOON)
    transferring.put(transfer, stock.variant, quantity)
    return transfer


def sent(on_hand: int, quantity: int) -> Transfer:
    transfer = packed(on_hand, quantity)
    transferring.send(transfer, by=make.person(), at=make.NOON)
    return transfer


def lies(transfer: Transfer) -> tuple[int, int]:
    """Return what lies at the origin and at the destination."""
    line = transfer.lines.get()
    there = dict(Stock.objects.filter(variant=line.variant).values_list("location_id", "on_hand"))
    return there[transfer.origin_id], there.get(transfer.destination_id, 0)


def moved(transfer: Transfer) -> list[tuple[str, int]]:
    rows = StockMovement.objects.filter(transfer_line__transfer=transfer).order_by("pk")
    return list(rows.values_list("reason", "quantity"))


def test_what_is_sent_is_in_neither_place_until_it_is_received() -> None:
    transfer = packed(9, 4)
    assert lies(transfer) == (9, 0)

    transferring.send(transfer, by=make.person(), at=make.NOON)
    assert lies(transfer) == (5, 0)
    transferring.receive(transfer, {}, by=make.person(), at=make.NOON)

    assert lies(transfer) == (5, 4)
    assert moved(transfer) == [("moved_out", -4), ("moved_in", 4)]
    assert invariants.stock_adds_up().violations == []


@pytest.mark.parametrize("came, reason", [(3, "lost"), (6, "found")])
def test_a_difference_has_a_movement_of_its_own(came: int, reason: str) -> None:
    transfer = sent(9, 4)
    line = transfer.lines.get()

    transferring.receive(transfer, {line.pk: came}, by=make.person(), at=make.NOON)

    assert lies(transfer) == (5, came)
    assert moved(transfer) == [("moved_out", -4), ("moved_in", 4), (reason, came - 4)]
    assert invariants.stock_adds_up().violations == []


def test_what_is_called_off_on_its_way_lies_at_its_origin_again() -> None:
    transfer = sent(9, 4)

    transferring.call_off(transfer, by=make.person(), at=make.NOON)

    assert lies(transfer) == (9, 0)
    with pytest.raises(TransferMoved):
        transferring.receive(transfer, {}, by=make.person(), at=make.NOON)


def test_what_buyers_were_promised_is_not_sent_away() -> None:
    transfer = packed(5, 4)
    Stock.objects.update(reserved=2)

    with pytest.raises(TooFewToSend, match="3 are free there, and you want to send 4"):
        transferring.send(transfer, by=make.person(), at=make.NOON)

    assert lies(transfer) == (5, 0)
    transferring.put(transfer, transfer.lines.get().variant, 0)
    with pytest.raises(NothingToSend):
        transferring.send(transfer, by=make.person(), at=make.NOON)


@pytest.mark.parametrize(
    "wrong",
    [
        "UPDATE catalog_transfer SET state = 'received', ended_at = sent_at",
        "UPDATE catalog_transfer SET state = 'draft', sent_at = NULL",
        "INSERT INTO catalog_stockmovement (home_cell, stock_id, reason, quantity, key, note, at,"
        " transfer_line_id) SELECT home_cell, stock_id, 'moved_in', 1, 'x', '', at,"
        " transfer_line_id FROM catalog_stockmovement WHERE transfer_line_id IS NOT NULL",
    ],
)
def test_the_database_refuses_goods_that_vanish_or_appear(wrong: str) -> None:
    sent(9, 4)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{wrong}; SET CONSTRAINTS ALL IMMEDIATE")

    assert Transfer.objects.get().state == TransferState.SENT


@pytest.mark.django_db(transaction=True)
def test_a_transfer_received_by_four_at_once_comes_in_once() -> None:
    transfer, clerk = sent(9, 4), make.person()

    results = race(4, lambda _: transferring.receive(transfer, {}, by=clerk, at=make.NOON))

    assert [type(each) for each in losers(results)] == [TransferMoved] * 3
    assert lies(transfer) == (5, 4)
    assert TransferLine.objects.get().received == 4
    assert invariants.stock_adds_up().violations == []
