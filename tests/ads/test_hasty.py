"""Clicks whose orders come as no people's do, whenever and of whatever they are credited."""

from datetime import timedelta

import pytest

from tests import make
from tests.ads import making, selling
from tests.ads.selling import AFTER, DAY, HOUR, buyer
from tests.ads.test_posting import sound
from vitrine.ads import hasty, leasing, sifting
from vitrine.ads.models import Ad, Billed, Charge, Objective, Reversal
from vitrine.ads.tokens import Token
from vitrine.catalog.models import Variant

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def test_what_a_boosted_clip_shows_is_not_bought_within_a_second_either() -> None:
    """The ad leads to a profile: what is bought of it is tagged on its clip."""
    lamp = selling.scene().lamp
    ad = selling.ad_of(making.advertiser(), objective=Objective.CLICKS)
    make.tag(ad.clip, lamp.product)
    hasty_one = _bought_after(SECOND, ad, lamp)
    _bought_after(90 * SECOND, ad, lamp)
    selling.swept()
    leasing.close_over(at=AFTER + 2 * HOUR)

    assert sifting.sift_due(at=AFTER + 2 * HOUR) == 1

    back = Reversal.objects.get()
    assert (back.reason, back.charge.showing) == ("haste", hasty_one.showing)


def test_orders_of_days_later_are_looked_at_as_they_come() -> None:
    it = selling.scene(objective=Objective.CLICKS)
    for n in range(10):
        _bought_after(2 * DAY + n * SECOND / 25, it.ad, it.lamp)
    honest = _bought_after(2 * DAY + 40 * SECOND, it.ad, it.lamp)
    leasing.close_over(at=AFTER - DAY)
    sifting.sift_due(at=AFTER - DAY)
    assert hasty.look_again(at=AFTER) == 0
    selling.swept()

    assert hasty.look_again(at=AFTER + DAY) == 10

    assert set(Reversal.objects.values_list("reason", flat=True)) == {"haste"}
    assert Charge.objects.get(reversal=None).showing == honest.showing
    assert hasty.look_again(at=AFTER + DAY) == 0
    assert sound()


def _bought_after(passed: timedelta, ad: Ad, lamp: Variant) -> Token:
    """Follow an ad, and buy at noon, so long after it."""
    someone = buyer()
    token = selling.touched(ad, someone, Billed.CLICK, at=make.NOON - passed)
    selling.bought(lamp, by=someone)
    return token
