"""Sixteen processes lease, serve, bill, die and close in any order: never over a budget."""

from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from django.db.models import Sum
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import make
from tests.ads import making
from tests.ads.serving import Worker, bill
from tests.nightly import IS_NIGHT
from vitrine.ads import budgeting, leasing
from vitrine.ads.budgeting import BudgetSpent
from vitrine.ads.invariants import ads_cost_what_was_charged
from vitrine.ads.models import Ad, Campaign, Charge
from vitrine.kernel.money import MICROS_PER_MINOR

SCHEDULES = 500 if IS_NIGHT else 200
BLOCKS = 200 if IS_NIGHT else 1
"""Each in a transaction of its own: what many of them left would slow the next ones down."""
WORKERS = 16
RICH_MINOR = 50_000_00
PRICES = st.integers(1, 600_000)
MINORS = st.integers(1, 6_00)
STEPS = st.one_of(
    st.tuples(st.just("take"), st.integers(0, WORKERS - 1), PRICES),
    st.tuples(st.just("serve"), st.integers(0, WORKERS - 1), PRICES),
    st.tuples(st.just("serve"), st.integers(0, WORKERS - 1), PRICES),
    st.tuples(st.just("bill"), st.integers(0, 50), st.just(0)),
    st.tuples(st.just("bill"), st.integers(0, 50), st.just(0)),
    st.tuples(st.just("die"), st.integers(0, WORKERS - 1), st.just(0)),
    st.tuples(st.just("wait"), st.integers(1, 50), st.just(0)),
    st.tuples(st.just("limit"), MINORS, MINORS),
)


@pytest.mark.django_db
@pytest.mark.parametrize("block", range(BLOCKS))
def test_no_schedule_of_sixteen_processes_spends_more_than_was_agreed(block: int) -> None:
    clip, seen = make.clip(), {"billed": 0}
    payer = making.advertiser(clip.creator, put_minor=RICH_MINOR)

    @settings(max_examples=SCHEDULES, database=None)
    @given(st.lists(STEPS, min_size=4, max_size=16), MINORS, MINORS)
    def plays(steps: list[tuple[str, int, int]], life_minor: int, daily_minor: int) -> None:
        campaign = making.campaign(payer, budget_minor=life_minor, daily_minor=daily_minor)
        play = _Play(making.ad(making.group(campaign), clip, is_approved=False))
        for what, which, amount in steps:
            getattr(play, what)(which, amount)
            if what in ("bill", "limit"):  # what nothing else changes
                _assert_within(campaign, play)
        play.wait(60, 0)
        _assert_within(campaign, play)
        seen["billed"] += play.billed

    plays()

    making.analyze()
    assert seen["billed"] > SCHEDULES // 4
    assert ads_cost_what_was_charged().violations == []


class _Play:
    """What happens: the clock, sixteen processes, and every token that was ever made."""

    def __init__(self, ad: Ad) -> None:
        self.ad = ad
        self.at: datetime = make.NOON
        self.workers = [Worker(ad) for _ in range(WORKERS)]
        self.made: list[str] = []
        self.billed = 0

    def take(self, worker: int, least_micros: int) -> None:
        self.workers[worker].take(at=self.at, least_micros=least_micros)

    def serve(self, worker: int, price_micros: int) -> None:
        one = self.workers[worker]
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
        self.workers[worker] = Worker(self.ad)

    def wait(self, minutes: int, _: int) -> None:
        self.at += timedelta(minutes=minutes)
        leasing.close_over(at=self.at)

    def limit(self, life_minor: int, daily_minor: int) -> None:
        campaign = self.ad.group.campaign
        with suppress(BudgetSpent):
            budgeting.limit(campaign, budget_minor=life_minor, daily_minor=daily_minor, at=self.at)


def _assert_within(campaign: Campaign, play: _Play) -> None:
    """What was charged, by day and in all, is within what people said and put in."""
    now = Campaign.objects.select_related("advertiser__wallet").get(pk=campaign.pk)
    by_day = dict(
        Charge.objects.filter(campaign=campaign).values_list("day").annotate(Sum("price_micros"))
    )
    charged = sum(by_day.values())
    assert charged <= (now.budget_minor or 0) * MICROS_PER_MINOR
    assert charged <= now.advertiser.wallet.put_minor * MICROS_PER_MINOR
    today = by_day.get(budgeting.day_of(campaign, at=play.at), 0)
    assert today <= (now.daily_minor or 0) * MICROS_PER_MINOR
