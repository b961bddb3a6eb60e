"""Gift cards through storms: each is paid once, and no money is without its card."""

import os

import pytest

from tests.fakes.stripe import Bank
from tests.nightly import IS_NIGHT
from tests.orders.card_faults import CardRun, CardStage
from tests.orders.cards import sound
from tests.orders.money import balances
from tests.orders.work import forget_jobs
from vitrine.orders.models import CardDispute, CardSale, Purse, SaleState

RUNS = 1_000 if IS_NIGHT else 60
FIRST = int(os.environ.get("VITRINE_FIRST_SEED", "1"))


@pytest.mark.django_db(transaction=True)
def test_cards_through_storms_are_paid_once_and_no_money_is_without_its_card(bank: Bank) -> None:
    forget_jobs()
    stage, deaths = CardStage(bank), 0

    for seed in range(FIRST, FIRST + RUNS):
        run = CardRun(stage, seed)
        run.go()
        deaths += run.deaths

    assert sound()
    money = bank.money()
    lost = sum(one.amount_minor for one in CardDispute.objects.filter(state="lost"))
    fees = sum(one.fee_minor for one in CardDispute.objects.filter(state="lost"))
    kept = money["captured"] - money["refunded"] - lost - fees
    assert -balances().get("provider:stripe", 0) == kept
    sold = CardSale.objects.filter(state__in=[SaleState.PAID, SaleState.REFUNDED])
    assert Purse.objects.count() == sold.count()
    states = set(CardSale.objects.values_list("state", flat=True))
    assert {SaleState.PAID, SaleState.REFUNDED, SaleState.DECLINED} <= states
    assert deaths > RUNS / 3, "too few died to say anything"
