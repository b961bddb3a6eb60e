"""Who is held out of a campaign is compared with whoever is like them but for its ads.

Viewers come again and again for weeks, through the pages' own code: those who are shown the ad meet
its cap, or hide it, and those who are held out do not. What each would buy without the ad and with
it is drawn before, so the truth is known.
"""

import copy
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt

import numpy as np
import pytest
from django.conf import settings
from django.db import transaction

from tests import make
from tests.ads import asking, making
from tests.ads.selling import DAY, Scene, bought, buyer, scene
from tests.nightly import IS_NIGHT
from vitrine.accounts.models import Person
from vitrine.ads import arms, holdout, planning
from vitrine.ads.lift import Arm, Z
from vitrine.ads.models import AdGroup, ArmDay, HiddenAd, Sale
from vitrine.kernel import ids
from vitrine.orders.models import Order, OrderGroup

pytestmark = pytest.mark.django_db
PERCENT = 50
DAYS, CAPPED_DAYS = 34, 20
VIEWERS = 300 if IS_NIGHT else 90
DRAWS = 30 if IS_NIGHT else 4
BEGUN = make.NOON
ODD = 5.5
"""Standard deviations that chance does not reach in a life of nightly runs."""


@dataclass
class Viewer:
    """Somebody who opens the feed on some days, often or rarely."""

    person: Person
    is_often: bool
    days: list[int]
    is_held: bool = False

    @property
    def met_at(self) -> datetime:
        return BEGUN + self.days[0] * DAY


@dataclass
class World:
    """A shop whose ad is shown once in weeks to each viewer, and those who come to see it."""

    it: Scene
    viewers: list[Viewer]
    dice: np.random.Generator

    def live(self) -> None:
        """Let everybody come on their days; count the arms each day, as a timer does."""
        for day in range(DAYS):
            at = BEGUN + day * DAY
            for one in self.viewers:
                if day in one.days:
                    shown = [each.ad for each in asking.ads_for(one.person, at=at, size=3)]
                    assert one.is_held is False or self.it.ad.public_id not in shown
                    if shown == [self.it.ad.public_id] and self.dice.random() < 0.2:
                        HiddenAd.objects.create(viewer=one.person.public_id, ad=self.it.ad, at=at)
            planning.batch.drop()
            arms.count(at=at + timedelta(hours=1))

    def bought_of(self, one: Viewer, *, lift: float) -> tuple[list[int], list[int]]:
        """Draw what somebody buys in each week from their first on, in minor units: without the ad,
        and because of it in the first of them."""
        weekly = 0.5 if one.is_often else 0.25
        without = [int(n) * 1_000 for n in self.dice.poisson(weekly, 5)]
        return without, [int(self.dice.poisson(weekly * lift)) * 1_000, 0, 0, 0, 0]

    def sell(self, *, lift: float) -> float:
        """Have viewers buy; return what those who were shown the ad bought because of it."""
        sold, truth = [], 0.0
        for one in self.viewers:
            without, more = self.bought_of(one, lift=lift)
            if not one.is_held:
                truth += sum(more)
                without = [n + because for n, because in zip(without, more, strict=True)]
            at = one.met_at + timedelta(hours=5)
            sold += [(one.person, n, at + week * arms.WEEK) for week, n in enumerate(without) if n]
        _orders(self.it, sold)
        return truth


def _orders(it: Scene, sold: Sequence[tuple[Person, int, datetime]]) -> None:
    """Write orders as that one which was really bought, of other people, sums and times."""
    real = Order.objects.select_related("group").filter(merchant=it.shop).earliest("pk")
    groups = [copy.copy(real.group) for _ in sold]
    orders = [copy.copy(real) for _ in sold]
    for group, order, (who, _, at) in zip(groups, orders, sold, strict=True):
        group.pk = order.pk = None
        group.public_id, order.public_id = ids.new(), ids.new()
        group.key = group.link_token = group.public_id
        group.buyer, group.placed_at, order.placed_at = who, at, at
    OrderGroup.objects.bulk_create(groups)
    for group, order in zip(groups, orders, strict=True):
        order.group = group
    Order.objects.bulk_create(orders)
    Sale.objects.bulk_create(
        Sale(order=order, paid_minor=minor, sales_minor=minor, at=at)
        for order, (_, minor, at) in zip(orders, sold, strict=True)
    )


def world(seed: int) -> World:
    dice = np.random.default_rng(seed)
    it = scene(holdout_percent=PERCENT, starts_at=BEGUN - DAY)
    AdGroup.objects.filter(ads=it.ad).update(most_shown=1, within_days=CAPPED_DAYS)
    making.ad(making.group(bid_micros=5_000))  # of somebody else, for whoever may not see it
    bought(it.lamp, by=buyer())
    viewers = []
    for n in range(VIEWERS):
        is_often = n % 2 == 0
        first = int(dice.integers(0, 5))
        every = 3 if is_often else 24
        viewers.append(Viewer(buyer(), is_often, list(range(first, DAYS, every))))
    for one in viewers:
        one.is_held = holdout.is_held(
            one.person.public_id, it.campaign.pk, PERCENT, secret=settings.SECRET_KEY
        )
    return World(it, viewers, dice)


def off(shown: Arm, held: Arm, *, truth: float) -> float:
    """Return how many standard deviations the truth is from what is told."""
    spread = sqrt(shown.variance_of_mean + held.variance_of_mean)
    return float((shown.mean - held.mean - truth / shown.viewers) / spread)


def assert_alike(told: World) -> None:
    """Assert that each viewer is in one arm, once, on the day on which they came first."""
    came = Counter((one.met_at.date(), one.is_held) for one in told.viewers)
    found = ArmDay.objects.filter(campaign=told.it.campaign)
    assert {(row.day, row.is_held): row.viewers for row in found} == came
    shown = [one for one in told.viewers if not one.is_held]
    held = [one for one in told.viewers if one.is_held]
    size = len(told.viewers)
    assert abs(len(shown) - size / 2) < ODD * sqrt(size) / 2
    often = [sum(one.is_often for one in of) / len(of) for of in (shown, held)]
    assert abs(often[0] - often[1]) < ODD * 0.5 * sqrt(1 / len(shown) + 1 / len(held))


@pytest.mark.parametrize("seed", range(6 if IS_NIGHT else 1))
def test_arms_are_alike_and_the_interval_has_the_truth_in_it(seed: int) -> None:
    told = world(seed)
    told.live()

    assert_alike(told)
    for lift in (0.0, 1.0):
        odds = [_drawn(told, lift) for _ in range(DRAWS)]
        assert max(map(abs, odds)) < ODD
        if IS_NIGHT:
            covered = sum(abs(one) <= Z for one in odds) / len(odds)
            assert covered > 0.8  # all draws of a world have the same people in each arm


def _drawn(told: World, lift: float) -> float:
    """Draw what everybody buys, compare the arms as they are counted, and take it out again."""
    with transaction.atomic():
        truth = told.sell(lift=lift)
        making.analyze("ads_ghost", "ads_sale", "orders_order", "orders_ordergroup")
        arms.count(at=BEGUN + (arms.DAYS - 1) * DAY)  # all of them came before
        shown, held, _ = arms.of(told.it.campaign, at=BEGUN + DAYS * DAY)
        transaction.set_rollback(True)
    return off(shown, held, truth=truth)
