"""What was bought is counted with the day of the showing that it is credited to."""

from datetime import timedelta

import pytest

from tests import make
from tests.ads.selling import (
    AFTER,
    DAY,
    HOUR,
    Scene,
    bought,
    buyer,
    cancelled,
    scene,
    swept,
    touched,
)
from vitrine.ads import counting, leasing, reckoning, reversing
from vitrine.ads.models import Ad, AdDay, Billed, Charge, Ground, Objective
from vitrine.ads.reversing import Doubt

pytestmark = pytest.mark.django_db
VIEW, CLICK = Billed.VIEW, Billed.CLICK
COUNTED = AFTER + 2 * HOUR


@pytest.fixture
def it() -> Scene:
    """Return a shop with an ad that is billed by the click."""
    return scene(objective=Objective.CLICKS)


def counted(ad: Ad) -> AdDay:
    return AdDay.objects.get(ad=ad)


def count() -> None:
    swept()
    for _ in range(2):
        counting.count(at=COUNTED)


def test_what_was_bought_is_counted_with_the_day_of_its_showing(it: Scene) -> None:
    for _ in range(3):
        touched(it.ad, buyer(), CLICK, at=make.NOON - HOUR)
    bea = buyer()
    touched(it.ad, bea, CLICK, at=make.NOON - HOUR, price_micros=7_000)
    order = bought(it.lamp, it.cup, by=bea)
    count()

    day = counted(it.ad)
    assert (day.clicks, day.spent_micros) == (4, 22_000)
    assert (day.orders, day.sales_minor) == (1, 14_000)
    assert (day.click_orders, day.click_sales_minor) == (1, 14_000)

    cancelled(order)
    count()
    day = counted(it.ad)
    assert (day.orders, day.sales_minor, day.click_orders, day.click_sales_minor) == (0, 0, 0, 0)


def test_what_is_bought_before_its_day_is_counted_is_counted_with_it(it: Scene) -> None:
    bea = buyer()
    touched(it.ad, bea, CLICK, at=make.NOON - timedelta(minutes=5))
    bought(it.lamp, by=bea)
    swept()
    counting.count(at=AFTER)
    assert not AdDay.objects.exists()

    counting.count(at=COUNTED)

    assert (counted(it.ad).clicks, counted(it.ad).orders) == (1, 1)


def test_a_click_that_is_taken_back_later_is_neither_spent_nor_sold(it: Scene) -> None:
    bea = buyer()
    for viewer, price in ((buyer(), 5_000), (bea, 7_000)):
        touched(it.ad, viewer, CLICK, at=make.NOON - HOUR, price_micros=price)
    bought(it.lamp, by=bea)
    count()
    assert (counted(it.ad).spent_micros, counted(it.ad).orders) == (12_000, 1)
    later = make.NOON + 4 * DAY
    leasing.close_over(at=later)
    false = Doubt(Charge.objects.order_by("-pk")[0].pk, Ground.FLOOD, 9.0)
    assert reversing.take_back(it.payer, [false], at=later) == 1

    reckoning.sweep(at=later + HOUR)
    counting.count(at=later + HOUR)

    day = counted(it.ad)
    assert (day.clicks, day.spent_micros, day.orders, day.sales_minor) == (1, 5_000, 0, 0)


def test_a_day_is_counted_though_who_was_shown_it_is_forgotten(it: Scene) -> None:
    bea = buyer()
    touched(it.ad, bea, CLICK, at=make.NOON - HOUR)
    order = bought(it.lamp, by=bea)
    count()
    assert counted(it.ad).orders == 1

    counting.forget_viewer(bea.public_id)
    cancelled(order)
    swept()
    counting.count(at=COUNTED + 3 * DAY)

    assert (counted(it.ad).clicks, counted(it.ad).orders) == (1, 0)


def test_views_count_for_what_was_bought_and_not_for_what_a_click_brings() -> None:
    it, bea = scene(), buyer()  # billed by the view
    touched(it.ad, bea, VIEW, at=make.NOON - HOUR)
    bought(it.lamp, by=bea)
    count()

    day = counted(it.ad)

    assert (day.orders, day.sales_minor, day.click_orders, day.click_sales_minor) == (
        1,
        10_000,
        0,
        0,
    )
