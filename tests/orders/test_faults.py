"""Purchases through storms: at most one charge each, and never money without an order."""

import os

import pytest

from tests.fakes.stripe import Bank
from tests.nightly import IS_NIGHT
from tests.orders.faults import Run, Stage
from tests.orders.money import balances
from tests.orders.test_invariants import CHECKS
from tests.orders.work import forget_jobs
from vitrine.orders.models import GroupState, OrderGroup

RUNS = 1_000 if IS_NIGHT else 100
FIRST = int(os.environ.get("VITRINE_FIRST_SEED", "1"))


def broken() -> list[str]:
    return [found for check in CHECKS for found in check().violations]


@pytest.mark.django_db(transaction=True)
def test_purchases_through_storms_charge_once_and_never_without_an_order(bank: Bank) -> None:
    forget_jobs()
    stage, deaths = Stage(bank), 0

    for seed in range(FIRST, FIRST + RUNS):
        run = Run(stage, seed)
        run.go()
        deaths += run.deaths
        if seed % 50 == 0:
            assert broken() == [], run

    assert broken() == []
    money = bank.money()
    assert -balances().get("provider:stripe", 0) == money["captured"] - money["refunded"]
    assert money["held"] + money["captured"] - money["refunded"] > 0
    states = set(OrderGroup.objects.values_list("state", flat=True))
    assert states == {GroupState.PLACED, GroupState.FAILED}
    assert deaths > RUNS / 2, "too few died to say anything"
