"""What ads cost is posted: whole minor units of what was charged, and nothing twice."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import make
from tests.ads import making
from tests.ads.serving import LATER, Worker, bill
from tests.races import losers, race, winners
from vitrine.ads import leasing, posting, reversing
from vitrine.ads.invariants import ads_cost_what_was_charged
from vitrine.ads.models import AdBill, Advertiser, Budget, Charge, Ground, Reversal
from vitrine.ads.reversing import Doubt
from vitrine.ledger import accounts
from vitrine.ledger.models import Transfer
from vitrine.orders.deposits.invariants import wallets_are_funded
from vitrine.orders.models import Wallet

OVER = timedelta(hours=1)


def charged(*prices_micros: int) -> Advertiser:
    """Bill views of an ad at some prices."""
    one = Worker(making.ad())
    for price in prices_micros:
        one.take(at=make.NOON, least_micros=price)
        one.serve(price, at=make.NOON)
        bill(one.given[-1], at=make.NOON + LATER)
    assert Charge.objects.count() == len(prices_micros)
    return one.ad.group.campaign.advertiser


def sound() -> bool:
    for check in (ads_cost_what_was_charged, wallets_are_funded):
        assert check().violations == []
    return True


@pytest.mark.django_db
def test_what_is_less_than_a_minor_unit_waits_for_the_next_bill() -> None:
    payer = charged(6_000)
    assert posting.post(payer, at=make.NOON) is None

    later = charged_more(payer, 6_000)

    assert later is not None
    assert (later.posted_minor, later.total_micros, later.number) == (1, 12_000, 1)
    assert posting.post(payer, at=make.NOON) is None
    assert Transfer.objects.filter(reason_kind="adbill").count() == 1
    assert sound()


def charged_more(payer: Advertiser, *prices_micros: int) -> AdBill | None:
    ad = making.ad(making.group(making.campaign(payer)))
    one = Worker(ad)
    for price in prices_micros:
        one.take(at=make.NOON, least_micros=price)
        one.serve(price, at=make.NOON)
    bill(*one.given, at=make.NOON + LATER)
    return posting.post(payer, at=make.NOON)


@pytest.mark.django_db
@settings(max_examples=60, database=None)
@given(st.lists(st.lists(st.integers(1, 40_000), max_size=4), min_size=1, max_size=6))
def test_bills_come_to_the_whole_minor_units_of_all_charges(rounds: list[list[int]]) -> None:
    making.analyze(*making.SPENDING)
    payer = making.advertiser()
    for prices in rounds:
        charged_more(payer, *prices)

    total = sum(price for prices in rounds for price in prices)
    posted = payer.bills.aggregate(n=Sum("posted_minor"))["n"] or 0
    assert posted == total // 10_000
    left = Wallet.objects.get(pk=payer.wallet_id)
    assert balance(left.account) == 1_000_00 - posted


def balance(code: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(p.amount_minor), 0) FROM ledger_posting p "
            "JOIN ledger_account a ON a.id = p.account_id WHERE a.code = %s",
            [code],
        )
        return int(cursor.fetchone()[0])


@pytest.mark.django_db
def test_what_is_taken_back_is_free_again_and_posted_back() -> None:
    payer = charged(25_000, 30_000)
    posting.post(payer, at=make.NOON)
    first = Charge.objects.order_by("pk")[0]

    doubts = [Doubt(first.pk, Ground.FLOOD, 7.5)]

    assert reversing.take_back(payer, doubts, at=make.NOON) == 0
    leasing.close_over(at=make.NOON + OVER)
    assert reversing.take_back(payer, doubts, at=make.NOON + OVER) == 1
    assert reversing.take_back(payer, doubts, at=make.NOON + OVER) == 0

    assert list(payer.bills.order_by("number").values_list("posted_minor", flat=True)) == [5, -2]
    assert Wallet.objects.get(pk=payer.wallet_id).spent_micros == 30_000
    assert Reversal.objects.get().charge == first
    life, day = Budget.objects.filter(campaign=first.campaign).order_by("pk")
    assert (life.spent_micros, day.spent_micros) == (30_000, 55_000)
    assert balance(accounts.ADS) == 3
    assert sound()


@pytest.mark.django_db
def test_no_bill_is_without_its_transfer_nor_of_another_amount() -> None:
    payer = charged(25_000)

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ads_adbill_posted IMMEDIATE")
    with pytest.raises(IntegrityError, match="not what was posted"), transaction.atomic():
        AdBill.objects.create(
            advertiser=payer, number=1, total_micros=25_000, posted_minor=2, at=make.NOON
        )


@pytest.mark.django_db(transaction=True)
def test_eight_who_post_at_once_post_once() -> None:
    payer = charged(25_000)

    results = race(8, lambda _: posting.post(payer, at=make.NOON))

    assert losers(results) == []
    assert len([each for each in winners(results) if each]) == 1
    assert balance(accounts.ADS) == 2
    assert sound()
