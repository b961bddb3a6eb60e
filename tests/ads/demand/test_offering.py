"""Bids from outside in the auction of a page: same rules, same money, each good for one showing."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from tests import make
from tests.ads import making
from tests.ads.demand.dealing import counted, page, stocked
from tests.ads.serving import LATER, bill
from tests.fakes.bidder import Bidder
from tests.races import losers, race, winners
from vitrine.ads import bidding, standing
from vitrine.ads.demand import offering, stock
from vitrine.ads.invariants import ads_cost_what_was_charged
from vitrine.ads.models import Ad, AdGroup, BidNotice, Charge, DemandStop, Placement, Showing
from vitrine.ads.showing import Made

pytestmark = pytest.mark.django_db


def test_an_ad_of_a_partner_is_shown_where_it_bids_alone(bidder: Bidder) -> None:
    assert page("v_1") == []

    stocked()
    (shown,) = page("v_2")

    assert shown.ad == bidder.crid
    assert len(stocked()) == 19
    assert counted()["shown"] == 1


def test_it_pays_the_price_of_the_auction_and_is_billed_like_any_other(bidder: Bidder) -> None:
    rival = making.ad(making.group(bid_micros=4_000))
    stocked()

    (best,) = page(size=3)

    assert best.ad == bidder.crid
    price_micros = Showing.objects.get().price_micros
    assert 4_000 <= price_micros <= 4_001
    assert bill(best.token, at=make.NOON + LATER) == [None]
    charge = Charge.objects.get()
    assert (charge.price_micros, charge.ad.public_id) == (price_micros, bidder.crid)
    assert ads_cost_what_was_charged().violations == []
    assert rival.public_id != bidder.crid


@pytest.mark.parametrize("price, micros", [(2.0, 2_000), (3.9999, 3_999), (100, 100_000)])
def test_no_bid_pays_more_than_it_said(bidder: Bidder, price: float, micros: int) -> None:
    bidder.price = price
    making.ad(making.group(bid_micros=micros - 1))
    stocked()

    shown = page(size=3)

    priced = Showing.objects.get(ad__public_id=bidder.crid).price_micros
    assert shown[0].ad == bidder.crid
    assert priced <= micros


def test_a_lower_bid_loses_and_stays_in_stock(bidder: Bidder) -> None:
    rival = making.ad(making.group(bid_micros=6_000))
    stocked()

    (shown,) = page(size=3)

    assert shown.ad == rival.public_id
    assert len(stocked()) == 20
    assert Showing.objects.get().price_micros <= 5_001


def test_a_bid_is_good_beside_what_it_was_made_for_and_in_time_alone(bidder: Bidder) -> None:
    stocked(context="home")
    assert page("v_1") == []

    stocked()
    after = make.NOON + timedelta(minutes=10)
    assert page("v_2", at=after) == []
    assert len(page("v_3", at=after - timedelta(seconds=1))) == 1


def test_what_is_stopped_meanwhile_is_not_shown(bidder: Bidder) -> None:
    stocked()
    AdGroup.objects.update(paused_at=make.NOON)

    assert page() == []
    assert not Showing.objects.exists()
    assert not BidNotice.objects.exists()


def test_partners_bid_for_the_feed_alone(bidder: Bidder) -> None:
    everywhere = [placement.value for placement in Placement]
    product = make.product(title="Lamp")
    make.variant(product, stock=3, price_minor=2_000)
    theirs = making.ad(Ad.objects.get(public_id=bidder.crid).group, product=product)
    ours = making.ad(product=product)
    AdGroup.objects.update(placements=everywhere)
    bidder.crid = theirs.public_id
    stocked()

    shown = page(clips=[], placement=Placement.SEARCH, results=40)

    assert [one.ad for one in shown] == [ours.public_id]
    assert len(stocked()) == 20
    assert theirs.public_id in {one.ad for one in page("v_other")}


def test_a_partner_that_is_switched_off_has_no_ads(bidder: Bidder) -> None:
    stocked()
    payer = Ad.objects.get(public_id=bidder.crid).group.campaign.advertiser
    DemandStop.objects.create(advertiser=payer, by=make.person(), at=make.NOON)

    assert page(at=make.NOON + timedelta(seconds=10)) == []


def test_a_page_that_is_not_shown_gives_its_bids_back(bidder: Bidder) -> None:
    """Another page of this viewer's was first: caps are counted anew in the write."""
    stocked()
    of = standing.current(at=make.NOON)
    offered = offering.offered(of, bidding.bids(of, at=make.NOON), (), at=make.NOON)
    won = Made(of.lines[0], 1, 2_000, 0.6, uuid4(), "token")

    assert offered.lost([won], at=make.NOON) == []
    assert len(stocked()) == 19
    offered.give_back()
    assert len(stocked()) == 20


def test_where_another_page_took_a_bid_one_that_is_no_lower_serves(bidder: Bidder) -> None:
    first, second, *_ = stocked()
    low = replace(first, bid=replace(first.bid, price_micros=4_999))
    late = replace(first, until=make.NOON)
    stock.forget()
    stock.put([low, late, second])

    assert stock.take([first], at=make.NOON) == ([second], [])
    assert stock.take([low, first], at=make.NOON) == ([], [first])
    assert len([one for kept in stock._offers.values() for one in kept]) == 2


def test_a_partner_without_an_ad_that_stands_costs_a_page_nothing(
    bidder: Bidder, settings: Settings
) -> None:
    making.ad()
    (named,) = settings.VITRINE_RTB
    other = making.advertiser()
    settings.VITRINE_RTB = [named._replace(account=other.public_id)]
    page("v_1")

    with CaptureQueriesContext(connection) as asked:
        assert len(page("v_2")) == 2
    assert len(asked) == 2


def test_where_no_partner_is_named_a_page_asks_nothing_more(settings: Settings) -> None:
    making.ad()
    settings.VITRINE_RTB = []
    page("v_1")

    with CaptureQueriesContext(connection) as asked:
        assert len(page("v_2")) == 1
    assert len(asked) == 2


@pytest.mark.django_db(transaction=True)
def test_eight_pages_at_once_use_each_bid_once(bidder: Bidder) -> None:
    stocked()
    kept = [offer for offers in stock._offers.values() for offer in offers][:3]
    stock.forget()
    stock.put(kept)
    page("v_first")

    results = race(8, lambda n: len(page(f"v_{n}")))

    assert losers(results) == []
    assert sum(winners(results)) == 2
    assert BidNotice.objects.filter(kind="win").count() == 3
