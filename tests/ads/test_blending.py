"""What an ad takes from its viewer, and that it stands only where it brings more."""

from collections.abc import Sequence

import numpy as np
import pytest

from tests import make
from tests.ads import making
from tests.ads.asking import ads_for
from tests.ads.test_auction import entrants
from vitrine.ads import auction, bidding, blending, hiding, holding, load, planning, standing
from vitrine.ads.models import Ad, AdDay, Showing
from vitrine.sovereignty.cell import local_day

PAGE = [load.USUAL_WORTH] * 10


@pytest.fixture(autouse=True)
def anew() -> None:
    for module in (bidding, holding, standing):
        module.forget()
    planning.batch.drop()


def placed(bid_micros: int, worths: Sequence[float], **fields: float) -> list[tuple[int, int]]:
    """Return after how many clips of a page a lone ad stands, and what it pays for a showing."""
    after = [2, 3, 4]
    places = blending.places(after, worths, most=2, **fields)  # type: ignore[arg-type]
    found = auction.awarded(entrants([bid_micros]), places, reserve_micros=load.RESERVE_MICROS)
    return [(after[one.place], one.price_micros) for one in found]


def test_where_all_clips_are_alike_one_more_thing_takes_one_of_them() -> None:
    assert blending.pushed_back([3.0] * 5) == pytest.approx([3.0] * 6)
    assert blending.pushed_back([]) == [0.0]


def test_what_comes_soon_counts_more_than_what_comes_late() -> None:
    early = blending.pushed_back([5.0, 1.0, 1.0, 1.0])
    late = blending.pushed_back([1.0, 1.0, 1.0, 5.0])

    assert early[0] > late[0]
    assert early[1] < early[0]
    assert late[3] == max(late)


def test_an_ad_stands_before_what_is_least_lost() -> None:
    good_third = [*PAGE[:2], 9.0, *PAGE[3:]]

    assert [after for after, _ in placed(20_000, PAGE)] == [2]
    assert [after for after, _ in placed(1_900, good_third)] == [3]


def test_what_is_better_watched_is_displaced_by_what_pays_for_it_alone() -> None:
    least = load.RESERVE_MICROS + load.COST_MICROS
    better = [2 * worth for worth in PAGE]

    assert placed(least - 1, PAGE) == []
    assert placed(least, PAGE) == [(2, least)]
    assert placed(least, better) == []
    assert placed(20_000, better) == [(2, least + load.COST_MICROS)]


def test_with_a_rate_of_nothing_a_clip_is_no_reason_against_an_ad() -> None:
    great = [50.0] * 10

    assert placed(load.RESERVE_MICROS, great, rate_micros=0) == [(2, load.RESERVE_MICROS)]
    assert placed(load.RESERVE_MICROS, great) == []


def test_what_is_not_foretold_takes_what_is_usual_and_nothing_gives_anything_back() -> None:
    assert blending.places([2], [], most=1).costs_micros == [load.COST_MICROS]
    assert blending.places([2], [-9.0] * 10, most=1).costs_micros == [0]


def test_two_ads_of_a_page_keep_their_distance() -> None:
    places = blending.places([2, 3, 8, 9], PAGE, most=2)

    assert places.most == 2
    assert (1, 2) not in places.sets  # five clips
    assert blending.places([2, 8], PAGE, most=1).sets == [(0,), (1,)]
    assert blending.places([2, 8], PAGE, most=0).sets == []


def hidden(ad: Ad, *, of: int, times: int) -> None:
    """Let an ad have been shown and hidden so often."""
    day = local_day(make.NOON)
    AdDay.objects.create(ad=ad, day=day, shown=of, expected=0.6 * of, views=of // 2, clicks=0)
    for n in range(times):
        hiding.hide(ad, viewer=f"v_{n}", at=make.NOON)


@pytest.mark.django_db
def test_an_ad_that_viewers_hide_has_to_bring_more() -> None:
    liked, disliked = making.ad(), making.ad()
    hidden(liked, of=5_000, times=5)
    hidden(disliked, of=500, times=100)

    costs = dict(
        zip((liked.pk, disliked.pk), standing.read(at=make.NOON).costs_micros, strict=True)
    )
    (shown,) = ads_for(size=3)

    usual = load.PUT_OFF_MICROS
    assert costs[liked.pk] < 5 * usual
    assert costs[disliked.pk] > 60 * usual
    assert costs[disliked.pk] < load.MICROS_A_WORTH * load.PUT_OFF_WORTH * 100 / 500  # drawn to all
    assert shown.ad == liked.public_id


@pytest.mark.django_db
def test_whoever_puts_viewers_off_pays_for_it_and_no_more_than_they_bid() -> None:
    ad = making.ad()
    hidden(ad, of=1_000, times=20)

    (_,) = ads_for(size=3, key="v_other")

    price = Showing.objects.get().price_micros
    of = standing.read(at=make.NOON)
    chance = int(of.chances[0]) / auction.CERTAIN
    least = load.RESERVE_MICROS + load.COST_MICROS + int(of.costs_micros[0])
    assert of.costs_micros[0] > 10 * load.PUT_OFF_MICROS
    assert price == int(np.ceil(least / chance))
    assert price <= 10_000


@pytest.mark.django_db
def test_worths_of_the_page_decide_where_its_ads_stand() -> None:
    making.ad(making.group(bid_micros=2_100))

    (usual,) = ads_for(worths=PAGE)
    (later,) = ads_for(key="v_2", worths=[*PAGE[:2], 4.0, *PAGE[3:]])

    assert (usual.after, later.after) == (2, 3)
    assert ads_for(key="v_3", worths=[3.5] * 10) == []
