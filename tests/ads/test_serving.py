"""Which ads a viewer gets: gates, caps, load, and that a page without ads is as it was."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.ads import making
from tests.ads.asking import ads_for
from tests.ads.serving import LATER, bill
from tests.races import losers, race, winners
from vitrine.accounts.models import Block, Mute
from vitrine.ads import (
    bidding,
    campaigning,
    hiding,
    holding,
    load,
    planning,
    standing,
    suspending,
    tokens,
)
from vitrine.ads.invariants import ads_cost_what_was_charged
from vitrine.ads.models import (
    Ad,
    AdGroup,
    AdVerdict,
    Authorisation,
    Budget,
    Call,
    Campaign,
    Lease,
    Met,
    Showing,
)
from vitrine.ads.serving import Shown
from vitrine.ads.tokens import Reason
from vitrine.catalog.models import Product, Stock
from vitrine.orders.models import Wallet
from vitrine.videos.models import Clip, Visibility

pytestmark = pytest.mark.django_db
GROWN_UP = date(1990, 1, 1)


@pytest.fixture(autouse=True)
def _begins_anew() -> Iterator[None]:
    """What a process knows of ads is of its test alone."""
    yield
    for module in (bidding, holding, standing):
        module.forget()
    planning.batch.drop()


def names(shown: list[Shown]) -> list[str]:
    return [one.ad for one in shown]


def test_without_ads_nothing_is_asked_but_for_what_there_is() -> None:
    ads_for()

    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert ads_for() == []
    assert len(asked) == 0
    assert not Met.objects.exists()


def test_an_ad_stands_after_the_sixth_clip_with_what_is_said_of_it() -> None:
    ad = making.ad()

    (shown,) = ads_for()

    payer = ad.group.campaign.advertiser
    assert (shown.after, shown.ad, shown.clip) == (2, ad.public_id, ad.clip.pk)
    assert (shown.advertiser, shown.call) == (payer.name, "visit")
    assert shown.link == ad.clip.creator.get_absolute_url()
    assert bill(shown.token, at=make.NOON + LATER) == [None]
    showing = Showing.objects.get()
    assert (showing.ad, showing.viewer) == (ad, "v_somebody")
    assert showing.worth_micros == 6_000  # 10,000 for six of ten that are seen
    assert ads_cost_what_was_charged().violations == []


@pytest.mark.parametrize(
    "first, size, ad_at, after",
    [
        (1, 4, 0, []),
        (1, 6, 0, []),
        (1, 7, 0, [6]),
        (5, 10, 0, [2, 3, 4, 8, 9]),
        (15, 10, 14, [6, 7, 8]),
        (15, 10, 12, [4, 5, 6]),
        (15, 10, 2, [1, 2, 3, 7, 8, 9]),
        (6, 1, 0, []),
    ],
)
def test_six_clips_come_before_each_ad_and_one_of_its_page_on_each_side(
    first: int, size: int, ad_at: int, after: list[int]
) -> None:
    assert load.places(first, size, ad_at=ad_at) == after
    for places in load.together(tuple(after), most=2):
        assert all(after[b] - after[a] >= load.BETWEEN for a, b in pairwise(places))


def test_a_lone_ad_pays_what_a_place_costs_at_least_and_of_two_the_second_price() -> None:
    making.ad()
    (alone,) = ads_for(size=3)
    least = 2_000
    assert abs(Showing.objects.get().price_micros - least) <= 1

    making.ad(making.group(bid_micros=20_000))
    standing.forget()
    (best,) = ads_for(size=3, key="v_other")

    assert best.ad != alone.ad
    assert Showing.objects.get(viewer="v_other").price_micros == 10_001  # the younger one


@pytest.mark.parametrize("thing", ["ad", "group", "campaign", "ended", "advertiser", "verdict"])
def test_what_is_stopped_is_not_shown_by_any_process_from_then_on(thing: str) -> None:
    ad = making.ad()
    assert len(ads_for(key="v_1")) == 1

    if thing == "verdict":
        reviewer = make.person(is_moderator=True)
        AdVerdict.objects.create(
            ad=ad, is_approved=False, reason="misleading", by=reviewer, at=make.NOON,
            instead_of=ad.verdicts.get(),
        )  # fmt: skip
    elif thing == "advertiser":
        suspending.suspend(ad.group.campaign.advertiser, at=make.NOON)
    elif thing == "ended":
        Campaign.objects.update(ended_at=make.NOON)
    else:
        model: Any = {"ad": Ad, "group": AdGroup, "campaign": Campaign}[thing]
        model.objects.update(paused_at=make.NOON)

    assert ads_for(key="v_2") == []
    assert Showing.objects.count() == 1


def test_a_pause_holds_for_new_pages_and_what_was_shown_is_billed_for_a_while() -> None:
    campaign = making.ad(making.group(most_shown=20)).group.campaign
    first, second = (ads_for(key=f"v_{n}")[0].token for n in range(2))

    campaigning.pause(campaign, at=make.NOON)

    assert ads_for(key="v_2") == []
    assert bill(first, at=make.NOON + LATER, viewer="v_0") == [None]
    late = make.NOON + tokens.LIVES + LATER
    assert bill(second, at=late, viewer="v_1") == [Reason.EXPIRED]
    campaigning.resume(campaign)
    standing.forget()
    (again,) = ads_for(key="v_3")
    assert bill(again.token, at=make.NOON + LATER, viewer="v_3") == [None]  # nothing is for nothing
    assert ads_cost_what_was_charged().violations == []


@pytest.mark.parametrize("gone", ["private", "unpublished", "mature"])
def test_a_clip_that_not_everybody_may_see_is_no_ad(gone: str) -> None:
    ad = making.ad()
    fields: dict[str, Any] = {
        "private": {"visibility": Visibility.PRIVATE},
        "unpublished": {"published_at": None},
        "mature": {"is_mature": True},
    }
    Clip.objects.filter(pk=ad.clip.pk).update(**fields[gone])

    assert ads_for() == []


def test_what_is_sold_out_or_off_sale_is_not_advertised() -> None:
    variant = make.variant(stock=1)
    ad = making.ad(product=variant.product, call=Call.SHOP)
    (shown,) = ads_for(key="v_1")
    assert shown.link == variant.product.get_absolute_url()

    Stock.objects.update(reserved=1)
    assert ads_for(key="v_2") == []
    Stock.objects.update(reserved=0)
    standing.forget()
    assert names(ads_for(key="v_3")) == [ad.public_id]
    Product.objects.update(withdrawn_at=make.NOON)
    assert ads_for(key="v_4") == []


def test_somebody_elses_clip_is_shown_while_they_allow_it() -> None:
    clip = make.clip()
    ad = making.ad(clip=clip)
    assert ads_for() == []

    allowed = Authorisation.objects.create(
        clip=clip,
        advertiser=ad.group.campaign.advertiser,
        given_at=make.NOON,
        taken_at=make.NOON,
    )
    standing.forget()
    assert names(ads_for(key="v_1")) == [ad.public_id]

    Authorisation.objects.filter(pk=allowed.pk).update(revoked_at=make.NOON)
    assert ads_for(key="v_2") == []


def test_ads_are_for_those_who_read_their_language() -> None:
    making.ad(making.group(languages=["es"]))

    assert ads_for(language="en") == []
    assert len(ads_for(language="es")) == 1


def test_nothing_is_picked_for_minors_visitors_and_those_who_want_that() -> None:
    making.ad(making.group(ages=["25-34", "35-44"]))
    young = make.person(born_on=date(2010, 5, 1))
    grown_up = make.person(born_on=GROWN_UP)
    old = make.person(born_on=date(1950, 1, 1))

    assert ads_for() == ads_for(young) == ads_for(old) == []
    assert ads_for(grown_up, is_plain=True) == []
    assert len(ads_for(grown_up)) == 1


def test_interests_are_hashtags_of_what_somebody_watched() -> None:
    making.ad(making.group(interests=["Pottery"]))
    watched = make.clip(description="Bowls #pottery and more")
    viewer = make.person(born_on=GROWN_UP)

    assert ads_for(viewer) == []
    assert len(ads_for(viewer, watched=lambda: [watched.pk])) == 1
    assert ads_for(watched=lambda: [watched.pk]) == []


def test_nobody_gets_ads_of_their_own_nor_of_those_they_avoid() -> None:
    ad = making.ad()
    payer = making.owner_of(ad.group.campaign.advertiser)
    blocks, blocked, mutes = make.person(), make.person(), make.person()
    Block.put(by=blocks, on=payer, at=make.NOON)
    Block.put(by=payer, on=blocked, at=make.NOON)
    Mute.objects.create(by=mutes, on=payer, at=make.NOON)

    assert [ads_for(one) for one in (payer, blocks, blocked, mutes)] == [[], [], [], []]
    assert len(ads_for(make.person())) == 1


def test_a_hidden_ad_never_comes_again() -> None:
    ad = making.ad()
    hiding.hide(ad, viewer="v_somebody", at=make.NOON)

    assert ads_for() == []
    hiding.unhide(ad, viewer="v_somebody")
    assert len(ads_for()) == 1


def test_a_viewer_meets_a_group_as_often_as_it_says() -> None:
    making.ad(making.group(most_shown=2, within_days=2))

    got = [len(ads_for(at=make.NOON + timedelta(hours=2 * n))) for n in range(4)]
    later = len(ads_for(at=make.NOON + timedelta(days=2, minutes=1)))

    assert (got, later) == ([1, 1, 0, 0], 1)


def test_nobody_meets_more_than_six_in_an_hour_or_thirty_a_day() -> None:
    for _ in range(8):
        making.ad(making.group(most_shown=20))

    hour = [len(ads_for(at=make.NOON + timedelta(minutes=n))) for n in range(5)]
    assert hour == [2, 2, 2, 0, 0]
    day = [
        len(ads_for(at=make.NOON + timedelta(minutes=90 * n + m)))
        for n in range(1, 8)
        for m in range(3)
    ]
    assert sum(day) == 24
    assert len(Met.objects.get().ads) == 30


def test_two_ads_of_one_page_are_of_two_advertisers() -> None:
    first = making.ad()
    making.ad(first.group)
    assert len(ads_for(key="v_1")) == 1

    making.ad()
    standing.forget()
    shown = ads_for(key="v_2")

    assert len({one.advertiser for one in shown}) == len(shown) == 2


def test_what_has_no_money_left_makes_room_for_others() -> None:
    rich = making.ad(making.group(bid_micros=20_000))
    poor = making.ad(making.group(making.campaign(budget_minor=1), bid_micros=90_000))

    seen = {name for n in range(4) for name in names(ads_for(key=f"v_{n}", size=3))}

    assert rich.public_id in seen
    spent = Budget.objects.filter(campaign=poor.group.campaign, day=None)
    assert all(one.held_micros <= 10_000 for one in spent)


def test_a_wallet_that_was_stopped_pays_for_nothing() -> None:
    making.ad()
    Wallet.objects.update(stopped_at=make.NOON)

    assert ads_for() == []
    assert not Lease.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_eight_pages_at_once_meet_a_group_no_more_often_than_it_says() -> None:
    """Counted first and written after, several pages get through."""
    making.ad(making.group(most_shown=2))
    ads_for(key="v_first")

    results = race(8, lambda _: len(ads_for()))

    assert losers(results) == []
    assert sum(winners(results)) == 2
    assert Showing.objects.filter(viewer="v_somebody").count() == 2
