"""What came of clicks is read of the database, and what is to sell bids by it."""

from collections.abc import Callable

import pytest

from tests import make
from tests.ads import making
from tests.ads.asking import ads_for
from tests.ads.selling import (
    AFTER,
    DAY,
    HOUR,
    Scene,
    scene,
)
from vitrine.ads import load, outcomes, standing
from vitrine.ads.models import (
    Ad,
    AdDay,
    AdGroup,
    Billed,
    Objective,
    Placement,
    Showing,
)
from vitrine.ads.valuing import AUTOMATIC
from vitrine.kernel.money import MICROS_PER_MINOR

pytestmark = pytest.mark.django_db
VIEW, CLICK = Billed.VIEW, Billed.CLICK
COUNTED = AFTER + 2 * HOUR


def to_sell(**fields: object) -> Scene:
    """Make a shop with a campaign for orders, and an ad that leads to its lamp."""
    return scene(objective=Objective.ORDERS, **fields)


def to_return(*, set_ago: int = 20) -> Scene:
    """Make one that is to bring back four times what it costs, since so many days."""
    since = (make.NOON - set_ago * DAY).date()
    return scene(objective=Objective.RETURN, target_percent=400, target_set_on=since)


def _days(ad: Ad, *, clicks: int, orders: int, foretold: float = 0.0, last_ago: int = 10) -> None:
    """Let an ad have been followed on each of ten days before noon."""
    for ago in range(last_ago, last_ago + 10):
        AdDay.objects.create(
            ad=ad, day=(make.NOON - ago * DAY).date(), shown=clicks * 50, expected=clicks,
            views=clicks * 30, clicks=clicks, spent_micros=clicks * 100_000, foretold=foretold,
            orders=orders, sales_minor=orders * 12_000, click_orders=orders,
            click_sales_minor=orders * 12_000,
        )  # fmt: skip


def test_who_bids_for_orders_bids_for_a_click_what_it_brings() -> None:
    it = to_sell()
    it.ad.group.bid_micros = 20 * 100 * MICROS_PER_MINOR  # an order is worth 20.00
    it.ad.group.save()
    # Two in a hundred are held to buy, and nearly all of them within its seven days.
    assert standing.read(at=make.NOON).values.bids_micros.tolist() == [368_000]

    _days(it.ad, clicks=300, orders=15)

    of = standing.read(at=make.NOON)
    (bid,), (brings,) = of.values.bids_micros, of.values.each
    # One in twenty was followed by an order, nearly all of which have come by now.
    assert 0.045 < brings < 0.055
    assert bid == int(20 * 100 * MICROS_PER_MINOR * brings)
    assert of.values.order_chances[0] == pytest.approx(brings)
    assert of.chances[0] < 10**9 / 20  # billed by the click


def test_what_turned_out_sets_right_what_is_foretold() -> None:
    it = to_sell()
    _days(it.ad, clicks=300, orders=15, foretold=60.0, last_ago=1)

    of = standing.read(at=make.NOON)

    # Some 180 were foretold of the last four days, and 45 came.
    assert of.values.each[0] == pytest.approx(0.5 * of.values.order_chances[0], rel=0.15)


def test_an_ad_that_nobody_met_is_as_good_as_others_of_its_shop() -> None:
    it = to_sell()
    _days(it.ad, clicks=300, orders=15)
    other = making.ad(it.ad.group, product=it.lamp.product, call="shop")
    of_cup = making.ad(it.ad.group, product=it.cup.product, call="shop")

    of = standing.read(at=make.NOON)

    each = [of.values.each[of.line_of[ad.pk]] for ad in (it.ad, other, of_cup)]
    assert each == [pytest.approx(each[0])] * 3
    assert each[0] > 0.04


def test_what_is_to_bring_something_back_is_left_to_us_up_to_its_bid() -> None:
    it = to_return()
    _days(it.ad, clicks=300, orders=15)

    of = standing.read(at=make.NOON)

    values = of.values
    assert (values.bids_micros.tolist(), values.most_micros.tolist()) == ([AUTOMATIC], [10_000])
    # One in twenty brings 120.00.
    assert values.each[0] == pytest.approx(0.05 * 120 * 1_000_000, rel=0.1)
    due = values.returns[it.campaign.pk]
    # 3,000 clicks at 0.10 brought 150 orders of 120.00, and their seven days are over.
    spent, sold = 300 * 1_000_000, 150 * 120 * 1_000_000
    assert due == pytest.approx((4.0, sold - 4 * spent, 1_000.0))
    assert of.rates[it.campaign.pk] > 0


def test_what_was_before_a_target_was_set_is_not_held_against_it() -> None:
    it = to_return(set_ago=5)
    _days(it.ad, clicks=300, orders=0)

    due = standing.read(at=make.NOON).values.returns[it.campaign.pk]

    assert due.gained_micros == 0


def test_what_is_still_to_come_of_the_latest_clicks_is_held_to_come() -> None:
    it = to_return()
    _days(it.ad, clicks=300, orders=15)
    (before,) = standing.read(at=make.NOON).values.returns.values()
    AdDay.objects.create(
        ad=it.ad, day=make.NOON.date(), shown=1_000, expected=100, views=500, clicks=100,
        spent_micros=10_000_000,
    )  # fmt: skip

    (after,) = standing.read(at=make.NOON).values.returns.values()

    # A hundred clicks of a moment ago cost 10.00 and nobody bought; some 3.4 orders will come.
    expected = after.gained_micros - before.gained_micros + 4 * 10_000_000
    assert 2 * 120 * 1_000_000 < expected < 4 * 120 * 1_000_000


def test_each_placement_has_what_its_own_clicks_bring() -> None:
    it = to_sell()
    it.ad.group.placements = ["feed", "search"]
    it.ad.group.save()
    _days(it.ad, clicks=300, orders=15)
    AdDay.objects.update(placement=Placement.SEARCH)

    feed, search = (standing.read(at=make.NOON, placement=one) for one in Placement)

    assert feed.values.each[0] == pytest.approx(0.02, rel=0.15)
    assert search.values.each[0] > 0.045


def test_a_page_shows_what_is_to_sell_and_keeps_what_was_foretold() -> None:
    it = to_sell()
    AdGroup.objects.update(bid_micros=50 * 1_000_000)  # an order is worth 50.00, a click 0.92

    (shown,) = ads_for()

    showing = Showing.objects.get()
    assert (shown.ad, shown.product) == (it.ad.public_id, it.lamp.product.pk)
    assert showing.order_chance == pytest.approx(0.0184)
    assert showing.worth_micros == int(920_000 * 0.01)
    # Nobody else wants the place: a click costs the reserve.
    assert showing.price_micros == load.LEAST_MICROS * 100


@pytest.mark.parametrize("make_one", [to_sell, to_return])
def test_a_page_shows_what_leaves_its_bid_to_us(make_one: Callable[[], Scene]) -> None:
    it = make_one()
    AdGroup.objects.update(bid_micros=None)

    (shown,) = ads_for()

    assert shown.ad == it.ad.public_id
    assert Showing.objects.get().order_chance > 0


def test_where_nothing_is_to_sell_nothing_is_asked(django_assert_num_queries: object) -> None:
    making.ad()

    with django_assert_num_queries(9):  # type: ignore[operator]
        standing.read(at=make.NOON)
    outcomes.forget()
