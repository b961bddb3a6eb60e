"""Sixteen processes lease, serve, bill, die and close in any order: never over a budget."""

import itertools
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests import make
from tests.ads import making
from tests.ads.serving import Worker, bill
from tests.nightly import IS_NIGHT
from vitrine.ads import budgeting, leasing, reversing, suspending
from vitrine.ads.budgeting import BudgetSpent
from vitrine.ads.invariants import ads_cost_what_was_charged
from vitrine.ads.models import Ad, Advertiser, Campaign, Charge, Ground
from vitrine.ads.reversing import Doubt
from vitrine.kernel.money import MICROS_PER_MINOR
from vitrine.sovereignty.cell import local_day

SCHEDULES = 500 if IS_NIGHT else 60
BLOCKS = 200 if IS_NIGHT else 1
"""Each in a transaction of its own: what many of them left would slow the next ones down."""
WORKERS = 16
CAMPAIGNS = 2
"""Of one advertiser: they share its wallet and its day."""
PRICES = st.integers(1, 600_000)
MINORS = st.integers(1, 9_00)
PUT_MINOR = st.integers(5_00, 10_00)
WORKER = st.integers(0, WORKERS - 1)
STEPS = st.one_of(
    st.tuples(st.just("take"), WORKER, PRICES),
    st.tuples(st.just("serve"), WORKER, PRICES),
    st.tuples(st.just("serve"), WORKER, PRICES),
    st.tuples(st.just("bill"), st.integers(0, 50), st.just(0)),
    st.tuples(st.just("bill"), st.integers(0, 50), st.just(0)),
    st.tuples(st.just("die"), WORKER, st.just(0)),
    st.tuples(st.just("wait"), st.integers(1, 90), st.just(0)),
    st.tuples(st.just("limit"), MINORS, MINORS),
    st.tuples(st.just("limit_all"), MINORS, st.just(0)),
    st.tuples(st.just("take_back"), st.integers(0, 50), st.just(0)),
    st.tuples(st.just("suspend"), st.integers(0, 3), st.just(0)),
)
ALL_OF_IT = [
    ("serve", 0, 10_003), ("bill", 50, 0), ("wait", 90, 0), ("take_back", 0, 0),
    ("serve", 4, 20_001), ("bill", 0, 0), ("suspend", 1, 0), ("limit_all", 3_00, 0),
]  # fmt: skip
CHECKED = ("bill", "limit", "limit_all", "take_back")
"""After these what was spent, or what may be, is another."""


@pytest.mark.django_db
@pytest.mark.parametrize("block", range(BLOCKS))
def test_no_schedule_of_sixteen_processes_spends_more_than_was_agreed(block: int) -> None:
    clip, seen = make.clip(), {"billed": 0, "back": 0, "plays": 0}
    owners = itertools.cycle([make.person() for _ in range(10)])

    @settings(max_examples=SCHEDULES, database=None)
    @example(steps=ALL_OF_IT, life=5_00, daily=5_00, put=5_00, common=None)
    @given(st.lists(STEPS, min_size=8, max_size=60), MINORS, MINORS, PUT_MINOR, st.none() | MINORS)
    def plays(
        steps: list[tuple[str, int, int]], life: int, daily: int, put: int, common: int | None
    ) -> None:
        seen["plays"] += 1
        if seen["plays"] % 25 == 0:
            making.analyze(*making.SPENDING)
        payer = making.advertiser(next(owners), put_minor=put, daily_minor=common)
        own = [
            making.campaign(payer, budget_minor=life, daily_minor=daily) for _ in range(CAMPAIGNS)
        ]
        play = _Play(payer, [making.ad(making.group(one), clip, is_approved=False) for one in own])
        for what, which, amount in steps:
            getattr(play, what)(which, amount)
            if what in CHECKED:
                _assert_within(play)
        play.wait(60, 0)
        _assert_within(play)
        seen["billed"] += play.billed
        seen["back"] += play.taken_back

    plays()

    assert seen["billed"] > SCHEDULES // 4
    assert seen["back"] > 0
    assert ads_cost_what_was_charged().violations == []


class _Play:
    """What happens: the clock, sixteen processes, and every token that was ever made."""

    def __init__(self, payer: Advertiser, ads: Sequence[Ad]) -> None:
        self.payer = payer
        self.ads = ads
        self.at: datetime = make.NOON
        self.workers = [self._new(n) for n in range(WORKERS)]
        self.made: list[str] = []
        self.billed = 0
        self.taken_back = 0

    def _new(self, worker: int) -> Worker:
        return Worker(self.ads[worker % len(self.ads)])

    def take(self, worker: int, least_micros: int) -> None:
        self.workers[worker].take(at=self.at, least_micros=least_micros)

    def serve(self, first: int, price_micros: int) -> None:
        """Serve from up to four processes in turn."""
        for one in self.workers[first : first + 1 + price_micros % 4]:
            if one.promises is None:
                one.take(at=self.at, least_micros=price_micros)
            if text := one.serve(price_micros, at=self.at, chance=0.3):
                self.made.append(text)

    def bill(self, token: int, _: int) -> None:
        if self.made:
            self.at += timedelta(seconds=3)
            said = bill(*self.made[-1 - token % len(self.made) :], at=self.at)
            self.billed += said.count(None)

    def die(self, worker: int, _: int) -> None:
        self.workers[worker] = self._new(worker)

    def wait(self, minutes: int, _: int) -> None:
        self.at += timedelta(minutes=minutes)
        leasing.close_over(at=self.at)

    def limit(self, life_minor: int, daily_minor: int) -> None:
        campaign = self.ads[daily_minor % CAMPAIGNS].group.campaign
        with suppress(BudgetSpent):
            budgeting.limit(campaign, budget_minor=life_minor, daily_minor=daily_minor, at=self.at)

    def limit_all(self, daily_minor: int, _: int) -> None:
        by = self.ads[0].by
        with suppress(BudgetSpent):
            budgeting.limit_all(self.payer, daily_minor=daily_minor, by=by, at=self.at)

    def take_back(self, charge: int, _: int) -> None:
        charges = Charge.objects.filter(campaign__advertiser=self.payer).order_by("pk")
        if keys := list(charges.values_list("pk", flat=True)):
            doubt = Doubt(keys[charge % len(keys)], Ground.FLOOD, 7.5)
            self.taken_back += reversing.take_back(self.payer, [doubt], at=self.at)

    def suspend(self, minutes: int, _: int) -> None:
        suspending.suspend(self.payer, at=self.at)
        self.wait(minutes, 0)
        suspending.reinstate(self.payer)


def _assert_within(play: _Play) -> None:
    """What was charged, by day and in all, is within what people said and put in.

    What was taken back can be spent again, but not on its day.
    """
    payer = Advertiser.objects.select_related("wallet").get(pk=play.payer.pk)
    charges = Charge.objects.filter(campaign__advertiser=payer).values_list(
        "campaign", "day", "lease__common__day", "reversal", "price_micros", named=True
    )
    assert _sum(charges, reversal=None) <= payer.wallet.put_minor * MICROS_PER_MINOR
    if payer.daily_minor is not None:
        spent = _sum(charges, lease__common__day=local_day(play.at))
        assert spent <= payer.daily_minor * MICROS_PER_MINOR
    for campaign in Campaign.objects.filter(advertiser=payer):
        today = budgeting.day_of(campaign, at=play.at)
        spent = _sum(charges, campaign=campaign.pk, reversal=None)
        assert spent <= (campaign.budget_minor or 0) * MICROS_PER_MINOR
        spent = _sum(charges, campaign=campaign.pk, day=today)
        assert spent <= (campaign.daily_minor or 0) * MICROS_PER_MINOR


def _sum(charges: Iterable[Any], **of: Any) -> int:
    return sum(
        one.price_micros
        for one in charges
        if all(getattr(one, name) == value for name, value in of.items())
    )
