"""Ads among products that were searched for: which, where, how they are told, what is billed."""

import os
import random
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import make
from tests.ads import making
from tests.ads.serving import LATER, bill
from tests.market.selling import signed_in
from tests.search.advertising import PAGES, SEARCH, advertised, html, lamps, shown
from vitrine.accounts.models import Block, Person
from vitrine.ads import (
    bidding,
    counting,
    figures,
    holding,
    holdout,
    planning,
    standing,
    suspending,
    tokens,
)
from vitrine.ads.models import (
    AdDay,
    AdGroup,
    AdHour,
    Billed,
    Campaign,
    Charge,
    Look,
    Meeting,
    Placement,
    SearchHour,
    Showing,
)
from vitrine.catalog.models import Stock
from vitrine.feed.models import Habit
from vitrine.search import ad_products, browsing

pytestmark = pytest.mark.django_db
AD = re.compile(r'<li id="ad-[^"]*" data-ad="([^"]*)".*?</li>\n?', re.DOTALL)
GRID = re.compile(r'<ul class="grid">.*?</ul>', re.DOTALL)
GROWN_UP = date(1990, 1, 1)
CASES = 200 if os.environ.get("VITRINE_NIGHTLY") else 8


@pytest.fixture(autouse=True)
def _begins_anew() -> Iterator[None]:
    modules = (ad_products, bidding, holding, standing, browsing)
    for module in modules:
        module.forget()
    yield
    for module in modules:
        module.forget()
    planning.batch.drop()
    planning.searches.drop()


@pytest.fixture
def viewer() -> Person:
    return make.person("viewer")


@pytest.mark.parametrize("page", PAGES)
def test_where_no_ad_stands_for_search_nothing_is_asked(page: str, viewer: Person) -> None:
    lamps(20)
    client = signed_in(viewer)
    with CaptureQueriesContext(connection) as before:
        html(client, page)
    making.ad()  # in the feed
    html(client, page)  # from now on it is known that there are none

    with CaptureQueriesContext(connection) as now:
        found = html(client, page)

    assert len(now) == len(before)
    assert "data-ad" not in found
    assert "found.js" not in found
    assert not Showing.objects.exists()


@pytest.mark.parametrize("page", PAGES)
def test_ads_stand_after_the_best_and_half_way_and_say_what_they_are(
    page: str, viewer: Person
) -> None:
    lamps(20)
    first, second = advertised(bid_micros=30_000), advertised(payer="Another & co")

    found = html(signed_in(viewer), page)

    (grid,) = GRID.findall(found)
    items = re.findall(r"<li.*?</li>", grid, re.DOTALL)
    marked = [n for n, item in enumerate(items) if "data-ad" in item]
    assert marked == [1, 13]  # after the first result, and after twelve of them
    top = items[1]
    assert f'id="ad-{first.public_id}"' in top
    assert f'id="ad-{second.public_id}"' in items[13]
    assert 'aria-label="Ad · paid by Brass &amp; sons: Brass lamp of ours"' in top
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", top)).strip()
    assert text.startswith("Ad · paid by Brass &amp; sons")
    assert "$50.00" in text
    assert first.product
    assert f'class="tile follow-up" href="{first.product.get_absolute_url()}"' in top
    assert f'data-sheet="/promoted/{first.public_id}?sheet&amp;placement=search"' in top
    assert found.count('<dialog class="sheet counter" id="sheet"') == 1
    assert found.count("csrfmiddlewaretoken") >= 1
    assert "found.js" in found


@pytest.mark.parametrize("results, number", [(7, 0), (8, 1), (15, 1), (16, 2), (40, 2)])
def test_of_eight_results_one_is_an_ad_at_most(results: int, number: int, viewer: Person) -> None:
    advertised()
    advertised("Oak lamp of ours", payer="Oak")
    lamps(results - 2)  # what is advertised is found as well

    assert len(shown(signed_in(viewer))) == number


def test_a_product_that_was_not_searched_for_is_not_advertised(viewer: Person) -> None:
    lamps(20)
    lamps(20, "Oak chair", brand="Daybird")
    chair = advertised("Oak chair of ours", bid_micros=1_000_000)
    client = signed_in(viewer)

    assert shown(client) == []
    assert shown(client, q="oak+chair") == [chair.public_id]
    assert shown(client, PAGES[1], "chair") == [chair.public_id]
    assert shown(client, PAGES[1] + "&brand=daybird", "chair") == []
    assert shown(client, PAGES[1] + "&until=30", "chair") == []
    assert shown(client, "/shop?brand=Daybird") == []
    assert shown(client, "/search?q={q}", "chair") == []
    assert shown(client, PAGES[0] + "&page=2", "chair") == []


@pytest.mark.parametrize(
    "gate", ["stranger", "own", "hidden", "paused", "sold out", "moved", "caps", "for adults"]
)
def test_gates_are_those_of_the_feed(gate: str, viewer: Person) -> None:
    lamps(20)
    ad = advertised(most_shown=1, ages=["18-24"] if gate == "for adults" else [])
    client = signed_in(viewer)
    if gate == "stranger":
        client = Client()
    elif gate == "own":
        client = signed_in(making.owner_of(ad.group.campaign.advertiser))
    elif gate == "hidden":
        client.post(f"/promoted/{ad.public_id}/hidden", headers={"HX-Request": "true"})
    elif gate in ("paused", "sold out", "moved"):
        assert shown(signed_in(make.person())) == [ad.public_id]  # this process knows of it
        if gate == "paused":
            Campaign.objects.update(paused_at=make.NOON)
        elif gate == "moved":
            AdGroup.objects.update(placements=[Placement.FEED.value])
        else:
            Stock.objects.filter(variant__product=ad.product).update(on_hand=0)
    elif gate == "caps":
        assert shown(client) == [ad.public_id]

    assert shown(client) == []


@pytest.mark.parametrize("gate", ["suspended", "blocked"])
def test_who_may_not_advertise_any_more_is_gone_at_once(gate: str, viewer: Person) -> None:
    lamps(20)
    ad, client = advertised(), signed_in(viewer)
    assert shown(client) == [ad.public_id]

    if gate == "suspended":
        suspending.suspend(ad.group.campaign.advertiser, at=timezone.now())
    else:
        Block.objects.create(by=viewer, on=ad.by, at=make.NOON)

    assert shown(client) == []


@pytest.mark.parametrize("aim", [{"regions": ["NY"]}, {"dealings": ["looked"]}])
def test_it_is_for_people_of_a_region_and_of_a_shop_as_in_the_feed(
    aim: dict[str, Any], viewer: Person
) -> None:
    lamps(20)
    ad = advertised(**aim)
    Person.objects.filter(pk=viewer.pk).update(born_on=GROWN_UP)
    client = signed_in(viewer)
    assert shown(client) == []

    if "regions" in aim:
        making.lives(viewer, "NY")
    else:
        assert ad.product
        Look.objects.create(person=viewer, merchant=ad.product.merchant, at=timezone.now())

    assert shown(client) == [ad.public_id]


@pytest.mark.parametrize("wish", [Habit.pause, Habit.unprofile])
def test_no_ad_is_picked_for_whoever_wants_nothing_picked(wish: Any) -> None:
    lamps(20)
    picking = advertised(ages=["35-44"], bid_micros=30_000)
    plain = advertised("Oak lamp of ours", payer="Oak", holdout_percent=50)
    person = make.person(born_on=date(timezone.now().year - 40, 1, 1))
    campaign = plain.group.campaign_id
    while not holdout.is_held(person.public_id, campaign, 50, secret=settings.SECRET_KEY):
        person = make.person(born_on=person.born_on)
    client = signed_in(person)
    assert shown(client) == [picking.public_id]

    wish(person, at=timezone.now())

    assert shown(client) == [plain.public_id]  # nor is what they buy measured
    assert not Showing.objects.filter(is_measured=True).exists()


def test_who_is_held_out_of_a_campaign_is_shown_it_in_search_neither() -> None:
    lamps(20)
    ad = advertised(holdout_percent=50)
    people = [make.person(born_on=GROWN_UP) for _ in range(12)]
    campaign = ad.group.campaign_id
    held = {
        one.public_id
        for one in people
        if holdout.is_held(one.public_id, campaign, 50, secret=settings.SECRET_KEY)
    }

    met = {one.public_id for one in people if shown(signed_in(one)) == [ad.public_id]}

    assert met == {one.public_id for one in people} - held
    assert {one.viewer for one in Meeting.objects.filter(campaign=campaign)} == held
    measured = Showing.objects.filter(is_measured=True, worth_micros__gt=0)
    assert set(measured.values_list("viewer", flat=True)) == met


def test_a_visitor_may_be_shown_one_and_of_an_age_whoever_is_of_it(client: Client) -> None:
    lamps(20)
    ad = advertised(ages=["25-34"])
    made = timezone.now().year - 30
    grown_up = make.person(born_on=date(made, 1, 1))
    child = make.person(born_on=date(made + 15, 1, 1))

    assert shown(signed_in(grown_up)) == [ad.public_id]
    assert shown(signed_in(child)) == []
    for_all = advertised(payer="For all")
    standing.forget()
    client.post(f"/promoted/{making.ad(making.group()).public_id}/hidden")  # now they are known
    assert shown(client) == [for_all.public_id]


def test_it_pays_the_second_price_and_is_billed_and_counted_by_placement(viewer: Person) -> None:
    lamps(20)
    ad = advertised(bid_micros=30_000, payer="Best")
    advertised(bid_micros=20_000, payer="Next")
    client = signed_in(viewer)
    token = next(iter(AD.findall(html(client))))
    now = timezone.now()
    read = tokens.read(token, viewer=viewer.public_id, at=now + LATER)

    assert (read.ad, read.placement, read.billed) == (ad.pk, Placement.SEARCH, Billed.VIEW)
    assert read.price_micros < 30_000
    for what in (Billed.VIEW, Billed.CLICK):
        answer = bill(token, at=now + LATER, viewer=viewer.public_id, what=what)
        assert answer == [None]
    assert Charge.objects.get().placement == Placement.SEARCH
    assert Showing.objects.get(ad=ad).placement == Placement.SEARCH
    counting.count(at=now + timedelta(minutes=40))
    (row,) = figures.rows(ad.group.campaign.advertiser, figures.Asked())
    assert row.placement == Placement.SEARCH
    assert row.told == figures.Figures(1, 1, 1, read.price_micros)
    planning.batch.flush(at=now)
    planning.searches.flush(at=now)
    assert not AdHour.objects.exists()
    assert not SearchHour.objects.exists()  # neither leaves its bids to us


def test_of_who_leaves_bids_to_us_the_searches_that_it_fits_are_counted(viewer: Person) -> None:
    lamps(20)
    fits = advertised(bid_micros=None).group.campaign
    advertised(title="Oak table", payer="Another & co", bid_micros=None)
    client = signed_in(viewer)

    for _ in range(2):
        assert len(shown(client)) == 1
    planning.searches.flush(at=timezone.now())

    counted = SearchHour.objects.get()
    assert (counted.campaign, counted.places) == (fits, 2)  # of each search it can have one place


def test_with_an_ad_a_search_asks_two_questions_more_and_without_one_that_fits_none() -> None:
    lamps(20)
    lamps(20, title="Oak table")
    advertised()
    client, other = Client(), Client()
    for one in (client, other):
        one.post(f"/promoted/{making.ad(making.group()).public_id}/hidden")  # now they are known
    assert shown(client)  # takes a lease
    standing.current(at=timezone.now(), placement=Placement.SEARCH)

    def asked(one: Client, q: str) -> int:
        with CaptureQueriesContext(connection) as found:
            html(one, q=q)
        return len(found)

    stranger = asked(Client(), "lamp")
    assert asked(other, "lamp") == stranger + 2
    assert asked(other, "table") == asked(Client(), "table")


def test_how_likely_an_ad_is_seen_is_learnt_of_each_placement() -> None:
    ad = advertised(placements=[Placement.FEED.value, Placement.SEARCH.value])
    for placement, views in ((Placement.FEED, 100), (Placement.SEARCH, 900)):
        AdDay.objects.create(
            ad=ad, day=make.NOON.date(), placement=placement, shown=1000, expected=600.0,
            views=views, clicks=0,
        )  # fmt: skip

    feed, search = (standing.read(at=make.NOON, placement=one) for one in Placement)

    assert feed.line_of == search.line_of == {ad.pk: 0}
    assert float(feed.raw[0]) < 0.15
    assert float(search.raw[0]) > 0.85
    assert int(search.chances[0]) > 5 * int(feed.chances[0])


def test_why_it_is_there_is_told(viewer: Person) -> None:
    ad, client = advertised(), signed_in(viewer)

    sheet = html(client, f"/promoted/{ad.public_id}?sheet&placement=search")

    assert "It leads to a product that has the words you searched for." in sheet
    assert "It is for everybody: nothing else about you was used." in sheet
    assert f'data-hides="ad-{ad.public_id}"' in sheet
    assert "you searched for" not in html(client, f"/promoted/{ad.public_id}?sheet")


def test_in_search_alone_each_ad_leads_to_a_product_whatever_is_written() -> None:
    found, both = making.group(placements=SEARCH), making.group(placements=["feed", "search"])
    making.ad(both)

    for wrong in (
        lambda: making.ad(found),
        lambda: AdGroup.objects.filter(pk=both.pk).update(placements=SEARCH),
        lambda: AdGroup.objects.filter(pk=both.pk).update(placements=[]),
        lambda: AdGroup.objects.filter(pk=both.pk).update(placements=["shelf"]),
    ):
        with pytest.raises((IntegrityError, ValidationError)), transaction.atomic():
            wrong()
    standing.forget()
    assert not standing.current(at=timezone.now(), placement=Placement.SEARCH).lines


def test_what_was_found_is_the_same_with_ads_and_without(viewer: Person) -> None:
    """Whatever ads stand, and whatever is asked: without their tiles a page is as it was."""
    dice = random.Random(122)
    words = ("brass", "oak", "lamp", "chair", "round")
    for n in range(40):
        lamps(1, " ".join(dice.sample(words, 3)).capitalize(), brand=dice.choice("AB") + str(n % 2))
    for n in range(6):
        title = " ".join(dice.sample(words, 3))
        advertised(title, payer=f"P{n}", bid_micros=dice.randint(3_000, 90_000), most_shown=20)
    with_ads = 0

    for _ in range(CASES):
        typed = "+".join(dice.sample(words, dice.choice((1, 1, 2))))
        page = dice.choice((*PAGES, PAGES[1] + "&sort=cheap", PAGES[1] + "&brand=A0"))
        client = signed_in(make.person())
        pages = []
        for paused_at in (None, make.NOON):
            Campaign.objects.update(paused_at=paused_at)
            standing.forget()
            pages.append(GRID.findall(html(client, page, typed)))
        beside, bare = pages
        with_ads += "data-ad" in "".join(beside)
        assert [AD.sub("", one) for one in beside] == bare
    assert with_ads > CASES // 3
