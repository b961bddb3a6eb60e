"""Two hundred buyers of ten things, in four processes at once: ten are sold, every time."""

import os
import pickle

import pytest
from django.db import connection
from django.utils import timezone

from tests import make
from tests.nightly import IS_NIGHT
from tests.orders.test_invariants import CHECKS
from tests.races import race
from vitrine.catalog.models import Stock
from vitrine.catalog.stockkeeping import SoldOut
from vitrine.orders import checkout
from vitrine.orders.checkout import Attempt
from vitrine.orders.models import OrderGroup

PROCESSES, THREADS, BUYERS, UNITS = 4, 8, 200, 10
ROUNDS = 100 if IS_NIGHT else 1


def buy_all(attempts: list[Attempt]) -> list[str]:
    """Press every button of one process, from eight threads; return how each press ended."""

    def some(number: int) -> list[str]:
        return [_ending(attempt) for attempt in attempts[number::THREADS]]

    return [ending for each in race(THREADS, some) for ending in _told(each)]


def _ending(attempt: Attempt) -> str:
    try:
        return str(checkout.buy(attempt, at=timezone.now()).state)
    except SoldOut:
        return "sold out"


def _told(each: list[str] | Exception) -> list[str]:
    return [repr(each)] if isinstance(each, Exception) else each


def in_processes(attempts: list[Attempt]) -> list[str]:
    """Share the buyers out to processes, each with sessions of its own, and wait for them all."""
    inherited = connection.connection  # a child must neither use nor close the parent's session
    pipes = []
    for number in range(PROCESSES):
        reads, writes = os.pipe()
        if os.fork() == 0:
            connection.connection = None
            try:
                os.write(writes, pickle.dumps(buy_all(attempts[number::PROCESSES])))
            finally:
                os._exit(0)
        os.close(writes)
        pipes.append(reads)
    endings: list[str] = []
    for reads in pipes:
        with open(reads, "rb") as told:
            endings += pickle.loads(told.read())
        os.wait()
    del inherited
    return endings


@pytest.mark.django_db(transaction=True)
def test_two_hundred_buyers_in_four_processes_buy_the_ten_that_there_are() -> None:
    for _ in range(ROUNDS):
        lamp = make.variant(stock=UNITS)
        attempts = [make.attempt(lamp) for _ in range(BUYERS)]

        endings = in_processes(attempts)

        assert sorted(endings) == ["authorised"] * UNITS + ["sold out"] * (BUYERS - UNITS)
        stock = Stock.objects.get(variant=lamp)
        assert (stock.on_hand, stock.reserved) == (UNITS, UNITS)
        assert OrderGroup.objects.filter(orders__lines__variant=lamp).count() == UNITS
    assert [check().violations for check in CHECKS] == [[]] * len(CHECKS)
