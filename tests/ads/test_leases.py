"""Leases: what they hold, what they give back, and that all of a budget can be spent."""

import os
import random
import signal
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum

from tests import make
from tests.ads import making
from tests.ads.serving import LATER, Worker, bill
from tests.nightly import IS_NIGHT
from tests.orders.test_kills import killed_before
from tests.races import losers, race, winners
from vitrine.ads import budgeting, leasing, suspending
from vitrine.ads.budgeting import BudgetSpent
from vitrine.ads.invariants import ads_cost_what_was_charged
from vitrine.ads.models import Ad, Budget, Campaign, Charge, Lease
from vitrine.kernel.money import MICROS_PER_MINOR
from vitrine.orders.models import Wallet

OVER = timedelta(minutes=45)
SCHEDULES = 100 if IS_NIGHT else 2
PROCESSES, KILLS = 16, 5


def worker(**fields: Any) -> Worker:
    return Worker(making.ad(making.group(making.campaign(**fields))))


def held_of(campaign: Campaign) -> list[int]:
    rows = Budget.objects.filter(campaign=campaign).order_by("pk")
    return [budget.held_micros for budget in rows]


@pytest.mark.django_db
def test_a_lease_holds_a_small_part_of_every_budget_and_of_the_wallet() -> None:
    one = worker(budget_minor=64_00, daily_minor=128_00)

    assert one.take(at=make.NOON)

    campaign = one.ad.group.campaign
    lease = Lease.objects.get(campaign=campaign)
    assert lease.amount_micros == 1_00 * MICROS_PER_MINOR
    assert held_of(campaign) == [lease.amount_micros] * 2
    assert lease.common.held_micros == lease.amount_micros
    assert Wallet.objects.get().held_micros == lease.amount_micros


@pytest.mark.django_db
def test_leases_shrink_to_one_bid_so_that_the_last_of_a_budget_is_spent() -> None:
    one = worker(budget_minor=1)
    at = make.NOON

    for _ in range(50):
        if one.serve(1_000, at=at) is None and not one.take(at=at, least_micros=1_000):
            break
    said = bill(*one.given, at=at + LATER)

    assert said == [None] * 10
    assert Charge.objects.aggregate(all=Sum("price_micros"))["all"] == MICROS_PER_MINOR
    assert not one.take(at=at, least_micros=1_000)


@pytest.mark.django_db
def test_what_was_not_promised_is_given_back_at_once_and_the_rest_when_no_token_is_out() -> None:
    one = worker(budget_minor=64_00)
    one.take(at=make.NOON)
    text = one.serve(10_000, at=make.NOON)
    assert text is not None
    assert one.promises is not None

    leasing.end(one.promises, at=make.NOON)

    campaign = one.ad.group.campaign
    assert held_of(campaign) == [10_000] * 2
    bill(text, at=make.NOON + LATER)
    assert leasing.close_over(at=make.NOON + timedelta(minutes=40)) == 0
    assert leasing.close_over(at=make.NOON + OVER) == 1
    assert held_of(campaign) == [0] * 2
    assert Budget.objects.get(campaign=campaign, day=None).spent_micros == 10_000
    assert Wallet.objects.get().spent_micros == 10_000
    assert ads_cost_what_was_charged().violations == []


@pytest.mark.django_db
@pytest.mark.parametrize("stop", ["paused_at", "ended_at", "ends_at", "advertiser"])
def test_what_does_not_run_takes_no_lease(stop: str) -> None:
    one = worker()
    campaign = one.ad.group.campaign
    if stop == "advertiser":
        suspending.suspend(campaign.advertiser, at=make.NOON)
    else:
        Campaign.objects.update(**{stop: make.NOON + timedelta(seconds=1)})

    assert not one.take(at=make.NOON + timedelta(seconds=1))
    assert not Lease.objects.exists()


@pytest.mark.django_db
def test_a_budget_is_never_set_below_what_is_spent_or_promised() -> None:
    one = worker(budget_minor=64_00)
    campaign = one.ad.group.campaign
    one.take(at=make.NOON)

    with pytest.raises(BudgetSpent) as refused:
        budgeting.limit(campaign, budget_minor=99, daily_minor=None, at=make.NOON)

    assert refused.value.facts == {"least_minor": 1_00, "is_of_day": False}
    assert Campaign.objects.get(pk=campaign.pk).budget_minor == 64_00
    budgeting.limit(campaign, budget_minor=1_00, daily_minor=5_00, at=make.NOON)
    assert not one.take(at=make.NOON) or held_of(campaign)[0] <= 1_00 * MICROS_PER_MINOR


@pytest.mark.django_db
def test_all_campaigns_together_stay_within_their_advertisers_day() -> None:
    payer = making.advertiser(daily_minor=2)
    ones = [Worker(making.ad(making.group(making.campaign(payer)))) for _ in range(3)]

    taken = [one.take(at=make.NOON, least_micros=MICROS_PER_MINOR) for one in ones]

    assert taken == [True, True, False]


@pytest.mark.django_db
def test_no_more_is_held_than_is_in_the_wallet() -> None:
    payer = making.advertiser(put_minor=5_00)
    ones = [Worker(making.ad(making.group(making.campaign(payer)))) for _ in range(3)]

    taken = [one.take(at=make.NOON, least_micros=2_00 * MICROS_PER_MINOR) for one in ones]

    assert taken == [True, True, False]
    assert Wallet.objects.get().held_micros == 4_00 * MICROS_PER_MINOR


@pytest.mark.django_db
def test_a_day_is_one_by_the_campaigns_clocks() -> None:
    late = make.NOON.replace(hour=10, minute=55)  # 23:55 in Auckland
    one = worker(budget_minor=None, daily_minor=1, zone="Pacific/Auckland", starts_at=late)

    assert one.take(at=late, least_micros=MICROS_PER_MINOR)
    other = Worker(one.ad)
    assert not other.take(at=late, least_micros=MICROS_PER_MINOR)
    assert other.take(at=late + timedelta(minutes=5), least_micros=MICROS_PER_MINOR)


@pytest.mark.django_db
def test_only_charges_spend_a_lease_and_what_is_closed_stays_so() -> None:
    one = worker()
    one.take(at=make.NOON)
    mine = Lease.objects.filter(campaign=one.ad.group.campaign)

    for changed in ({"spent_micros": 1}, {"amount_micros": 10**9}):
        with pytest.raises(IntegrityError), transaction.atomic():
            mine.update(**changed)
    mine.update(closed_at=make.NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        mine.update(closed_at=None)


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_take_no_more_than_there_is() -> None:
    """Without the lock on budgets they run into the CHECK, and some raise."""
    one = worker(budget_minor=5)
    campaign = one.ad.group.campaign

    for _ in range(5):
        results = race(
            8, lambda _: leasing.take(campaign, least_micros=MICROS_PER_MINOR, at=make.NOON)
        )
        assert losers(results) == []
        assert len([each for each in winners(results) if each]) <= 5

    assert Lease.objects.count() == 5
    assert ads_cost_what_was_charged().violations == []


@pytest.mark.django_db(transaction=True)
def test_eight_who_close_at_once_close_each_lease_once() -> None:
    one = worker(budget_minor=64_00)
    for _ in range(20):
        one.take(at=make.NOON)
        text = one.serve(10_000, at=make.NOON)
        assert text is not None
    bill(*one.given, at=make.NOON + LATER)

    results = race(8, lambda _: leasing.close_over(at=make.NOON + OVER))

    assert losers(results) == []
    assert sum(winners(results)) == 20
    assert ads_cost_what_was_charged().violations == []
    assert Wallet.objects.get().spent_micros == 200_000


@pytest.mark.django_db(transaction=True)
def test_killed_at_any_statement_the_books_agree() -> None:
    one = worker(budget_minor=64_00)
    for step in range(40):

        def act() -> None:
            one.take(at=make.NOON)
            text = one.serve(10_000, at=make.NOON)
            bill(text or "", at=make.NOON + LATER)
            assert one.promises is not None
            leasing.end(one.promises, at=make.NOON)
            leasing.close_over(at=make.NOON + OVER)

        was_killed = killed_before(step, act)
        assert ads_cost_what_was_charged().violations == [], f"killed before statement {step}"
        if not was_killed:
            break
    else:
        raise AssertionError("it never got through")
    leasing.close_over(at=make.NOON + OVER)
    assert ads_cost_what_was_charged().violations == []
    assert set(held_of(one.ad.group.campaign)) == {0}


@pytest.mark.django_db(transaction=True)
def test_sixteen_processes_that_are_killed_at_any_moment_never_overspend() -> None:
    """They lease, serve and bill one campaign as fast as they can, and die by kill -9."""
    chance = random.Random(7)
    for _ in range(SCHEDULES):
        most = chance.randint(1, 12)
        ad = worker(budget_minor=most + chance.choice([0, 20]), daily_minor=most).ad

        _kill_sixteen_at(ad, chance)

        leasing.close_over(at=make.NOON + OVER)
        making.analyze(*making.SPENDING)
        charged = Charge.objects.filter(ad=ad).aggregate(all=Sum("price_micros"))["all"]
        assert 0 < charged <= most * MICROS_PER_MINOR
        assert ads_cost_what_was_charged().violations == []
        assert set(held_of(ad.group.campaign)) == {0}


def _kill_sixteen_at(ad: Ad, chance: random.Random) -> None:
    """Start sixteen processes, kill some and start others, and kill all while they work."""
    alive = [_spawned(ad) for _ in range(PROCESSES)]
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.02, 0.1))
        _kill(alive.pop(chance.randrange(PROCESSES)))
        assert ads_cost_what_was_charged().violations == []
        alive.append(_spawned(ad))
    _until_charged(ad)
    for each in alive:
        _kill(each)


def _until_charged(ad: Ad) -> None:
    while not Charge.objects.filter(ad=ad).exists():
        time.sleep(0.02)


def _kill(process: int) -> None:
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)


def _spawned(ad: Ad) -> int:
    """Start a process that serves and bills until it is killed; it has a session of its own."""
    inherited = connection.connection
    pid = os.fork()
    if pid == 0:
        try:
            connection.connection = None
            mine, dice = Worker(ad), random.Random(os.getpid())
            while True:
                if mine.serve(dice.randint(1, 900), at=make.NOON, chance=0.5) is None:
                    mine.take(at=make.NOON, least_micros=1_000)
                bill(*mine.given[-4:], at=make.NOON + LATER)
        finally:
            os._exit(1)
    del inherited
    return pid
