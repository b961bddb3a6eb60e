"""Who is held out of a campaign meets nothing of it, and is compared with those who met it."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from tests import make
from tests.ads import asking, making
from tests.ads.selling import AFTER, DAY, HOUR, Scene, ad_of, bought, buyer, scene, touched
from vitrine.accounts.models import Person
from vitrine.ads import (
    arms,
    bidding,
    holding,
    holdout,
    leasing,
    planning,
    reckoning,
    reversing,
    sold,
    standing,
)
from vitrine.ads.lift import Arm
from vitrine.ads.models import Ad, ArmDay, Billed, Charge, Ground, Meeting, Met, Showing
from vitrine.ads.reversing import Doubt
from vitrine.kernel.money import MICROS_PER_MINOR
from vitrine.orders.models import Wallet
from vitrine.sovereignty.cell import home

pytestmark = pytest.mark.django_db
HALF = 50


@pytest.fixture
def it() -> Scene:
    return scene(holdout_percent=HALF)


def ads_for(viewer: Person, *, at: Any = make.NOON, **asked: Any) -> list[str]:
    """Ask for a page with one place; return what stands on it."""
    shown = [one.ad for one in asking.ads_for(viewer, at=at, **{"size": 3} | asked)]
    planning.batch.drop()
    return shown


def of_arm(ad: Ad, *, is_held: bool, **fields: Any) -> Person:
    """Return a person who is held out of an ad's campaign, or who is not."""
    made = buyer(**fields)
    campaign = ad.group.campaign
    while is_held is not holdout.is_held(
        made.public_id, campaign.pk, HALF, secret=settings.SECRET_KEY
    ):
        made = buyer(**fields)
    return made


def test_as_many_viewers_are_held_out_as_was_said_and_by_no_pattern() -> None:
    viewers = [f"us_{n}" for n in range(20_000)]

    def held(campaign: int, percent: int, secret: str = "x") -> set[str]:
        return {v for v in viewers if holdout.is_held(v, campaign, percent, secret=secret)}

    assert held(1, 0) == set()
    five, twenty = held(1, 5), held(1, 20)
    assert 900 < len(five) < 1_100
    assert 3_800 < len(twenty) < 4_200
    assert five < twenty
    assert 150 < len(held(2, 20) & five) < 250  # as if it had never heard of the other
    assert 150 < len(held(1, 20, "y") & five) < 250


def test_who_is_held_out_meets_the_next_ad_and_nothing_of_this_one(it: Scene) -> None:
    other = making.ad(making.group(bid_micros=5_000))
    shown, held = of_arm(it.ad, is_held=False), of_arm(it.ad, is_held=True)

    assert ads_for(shown) == [it.ad.public_id]
    assert ads_for(held) == [other.public_id]

    ghost = Meeting.objects.get()
    assert (ghost.viewer, ghost.campaign) == (held.public_id, it.campaign)
    assert (ghost.is_held, ghost.first_at) == (True, make.NOON)
    showings = dict(Showing.objects.values_list("viewer", "ad"))
    assert showings == {shown.public_id: it.ad.pk, held.public_id: other.pk}
    assert Met.objects.get(viewer=held.public_id).ads == [other.pk]
    assert not Charge.objects.exists()


def test_who_is_held_out_of_the_only_ad_meets_none(it: Scene) -> None:
    held = of_arm(it.ad, is_held=True)

    assert ads_for(held) == []

    assert Meeting.objects.count() == 1
    assert not Met.objects.exists()
    assert not Showing.objects.exists()


@pytest.mark.parametrize("why", ["unknown age", "minor", "unprofiled", "no share", "lost"])
def test_nobody_is_noted_who_would_not_have_been_shown_it_or_is_not_measured(why: str) -> None:
    it = scene(holdout_percent=0 if why == "no share" else HALF)
    held = of_arm(it.ad, is_held=True)
    if why == "lost":
        making.ad(making.group(bid_micros=50_000))
    elif why in ("unknown age", "minor"):
        held.born_on = None if why == "unknown age" else make.NOON.date().replace(year=2012)

    assert len(ads_for(held, is_plain=why == "unprofiled")) == 1
    assert not Meeting.objects.exists()


@pytest.mark.parametrize("gone", ["ad", "money"])
def test_what_was_stopped_or_spent_a_moment_ago_makes_no_ghost(it: Scene, gone: str) -> None:
    held = of_arm(it.ad, is_held=True)
    standing.current(at=make.NOON)  # from here on this process knows of nothing new
    if gone == "ad":
        Ad.objects.update(paused_at=make.NOON)
    else:
        Wallet.objects.update(held_micros=1_000_00 * MICROS_PER_MINOR)

    assert ads_for(held) == []
    assert not Meeting.objects.exists()


def test_only_those_are_measured_for_whom_ads_may_be_chosen(it: Scene) -> None:
    grown_up, plain = of_arm(it.ad, is_held=False), of_arm(it.ad, is_held=False)

    ads_for(grown_up)
    ads_for(plain, is_plain=True)

    measured = dict(Showing.objects.values_list("viewer", "is_measured"))
    assert measured == {grown_up.public_id: True, plain.public_id: False}


def ghost(ad: Ad, viewer: Person, *, at: Any) -> None:
    """Have a viewer meet what they are held out of."""
    standing.forget()
    holding.forget()
    assert ads_for(viewer, at=at) == []


def test_arms_are_what_their_viewers_bought_in_the_week_after(it: Scene) -> None:
    begun = make.NOON - 2 * DAY
    shown = [of_arm(it.ad, is_held=False) for _ in range(3)]
    held = [of_arm(it.ad, is_held=True) for _ in range(2)]
    for viewer in shown:
        assert ads_for(viewer, at=begun) == [it.ad.public_id]
    for viewer in held:
        ghost(it.ad, viewer, at=begun)
    early = of_arm(it.ad, is_held=True)
    bought(it.lamp, by=early)
    ghost(it.ad, early, at=make.NOON + HOUR)  # bought before they would have met it
    bought(it.lamp, by=shown[0])
    bought(it.cup, by=shown[0])
    bought(it.cup, by=held[0])
    bought(scene().lamp, by=held[1])  # of another shop
    reckoning.sweep(at=AFTER)

    for _ in range(2):
        arms.count(at=make.NOON + 2 * HOUR)

    assert arms.of(it.campaign, at=make.NOON + 9 * DAY) == (
        Arm(3, 1, 14_000, 14_000.0**2), Arm(3, 1, 4_000, 4_000.0**2), 0,
    )  # fmt: skip
    assert arms.of(it.campaign, at=make.NOON + 6 * DAY).held.viewers == 2  # one's week is still on
    assert arms.of(it.campaign, at=make.NOON + 5 * DAY) == arms.Arms()
    days = ArmDay.objects.order_by("day", "is_held").values_list("is_held", "viewers")
    assert list(days) == [(False, 3), (True, 2), (True, 1)]


def test_after_a_week_purchases_count_no_more_and_nobody_meets_it_anew(it: Scene) -> None:
    shown, held, new = (of_arm(it.ad, is_held=held) for held in (False, True, False))
    for at in (make.NOON - 16 * DAY, make.NOON - HOUR):
        standing.forget()
        holding.forget()
        assert ads_for(shown, at=at) == [it.ad.public_id]
        ghost(it.ad, held, at=at)
        arms.count(at=at)
    ads_for(new, at=make.NOON - HOUR)
    early = of_arm(it.ad, is_held=False)
    standing.forget()
    holding.forget()
    ads_for(early, at=make.NOON - 7 * DAY - HOUR)
    for viewer in (shown, held, new, early):
        bought(it.lamp, by=viewer)
    reckoning.sweep(at=AFTER)

    arms.count(at=AFTER)

    found = ArmDay.objects.order_by("day", "is_held").values_list("is_held", "buyers", "viewers")
    assert list(found) == [(False, 0, 1), (True, 0, 1), (False, 0, 1), (False, 1, 1)]
    first = Meeting.objects.filter(viewer__in=[shown.public_id, held.public_id])
    assert set(first.values_list("first_at", flat=True)) == {make.NOON - 16 * DAY}


def test_what_they_cost_is_what_showing_it_to_those_who_are_compared_cost(it: Scene) -> None:
    shown, plain = (of_arm(it.ad, is_held=False) for _ in range(2))
    met_at = make.NOON - 8 * DAY
    for viewer, at, price, is_measured in (
        (shown, met_at, 4_000, True),
        (shown, met_at + 3 * DAY, 2_000, True),
        (shown, met_at + 6 * DAY, 1_000, True),  # which is taken back
        (shown, met_at + 7 * DAY + HOUR, 800, True),  # after their week
        (plain, met_at, 400, False),
        ("v_visitor", met_at, 200, False),
        (of_arm(it.ad, is_held=False), make.NOON, 100, True),  # whose week is still on
    ):
        holding.forget()
        touched(it.ad, viewer, Billed.VIEW, at=at, price_micros=price, is_measured=is_measured)
    leasing.close_over(at=make.NOON + DAY)
    false = Doubt(Charge.objects.get(price_micros=1_000).pk, Ground.FLOOD, 9.0)
    assert reversing.take_back(it.payer, [false], at=make.NOON + DAY) == 1
    assert sold.of_campaign(it.campaign, at=make.NOON + DAY).spent_micros == 7_500

    arms.count(at=make.NOON)

    found = arms.of(it.campaign, at=make.NOON)
    assert (found.shown.viewers, found.spent_micros) == (1, 6_000)


def test_whose_showings_are_nobodys_is_in_no_arm(it: Scene) -> None:
    shown = of_arm(it.ad, is_held=False)
    assert ads_for(shown, at=make.NOON - HOUR) == [it.ad.public_id]
    Showing.objects.update(viewer="nobody")

    arms.count(at=make.NOON)

    assert arms.of(it.campaign, at=make.NOON + 9 * DAY) == arms.Arms()
    assert not Meeting.objects.exists()


def test_days_that_are_over_stand_when_their_viewers_are_forgotten(it: Scene) -> None:
    ArmDay.objects.create(
        home_cell=home(),
        campaign=it.campaign,
        day=make.NOON.date() - timedelta(days=20),
        is_held=False,
        viewers=9,
        buyers=1,
        sales_minor=5,
        squares=25.0,
    )

    arms.count(at=make.NOON)

    assert arms.of(it.campaign, at=make.NOON) == (Arm(9, 1, 5, 25.0), Arm(), 0)


def test_of_another_campaign_of_the_same_shop_one_may_not_be_held_out() -> None:
    it = scene(holdout_percent=HALF)
    ad = ad_of(it.payer, holdout_percent=0)
    held = of_arm(it.ad, is_held=True)
    bidding.forget()

    assert ads_for(held) == [ad.public_id]  # another campaign of the same shop is not held out
    assert Meeting.objects.get().campaign == it.campaign
