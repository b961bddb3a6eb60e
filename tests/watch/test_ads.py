"""Ads in the feed: where they stand, what is said of them, and wanting no more of one."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import make
from tests.ads import making
from tests.market.selling import signed_in
from vitrine.accounts.models import Person
from vitrine.ads import standing
from vitrine.ads.models import Ad, Charge, HiddenAd, Showing
from vitrine.feed.impressions import Reader
from vitrine.feed.models import Watch
from vitrine.feed.sources import Source
from vitrine.videos.models import Clip

pytestmark = pytest.mark.django_db

ARTICLE = re.compile(r'<article class="clip[^>]*>')


@pytest.fixture(autouse=True)
def anew() -> None:
    standing.forget()


@pytest.fixture
def viewer() -> Person:
    return make.person("viewer")


def shown_ad(**fields: Any) -> Ad:
    """Make an ad that can be shown now, and clips to show it among."""
    now = timezone.now()
    advertiser = making.advertiser(make.person("brass"), name="Brass & sons")
    campaign = making.campaign(advertiser, starts_at=now - timedelta(days=1))
    ad = making.ad(making.group(campaign, **fields))
    for _ in range(20):
        make.clip()
    return ad


def more(client: Client, first: int = 5) -> str:
    return client.get(f"/for-you/more?from={first}").content.decode()


def test_the_seventh_thing_is_an_ad_and_says_so(viewer: Person) -> None:
    ad = shown_ad()

    html = more(signed_in(viewer))

    articles = ARTICLE.findall(html)
    marked = [number for number, one in enumerate(articles) if "data-ad" in one]
    assert marked == [2]  # after the fifth and sixth
    assert f'id="clip-{ad.clip.public_id}"' in articles[2]
    label = re.search(r'<a class="badge brass reason"[^>]*>([^<]*)</a>', html)
    assert label is not None
    assert label[1] == "Ad · Brass &amp; sons"
    assert f'href="/@{ad.clip.creator.handle}">Visit profile</a>' in html
    assert "?from=" in html
    assert f"from={5 + len(articles) - 1}" in html  # the ad takes no place of the clips


def test_the_next_page_knows_where_the_last_ad_stood(viewer: Person) -> None:
    shown_ad(most_shown=20)
    client = signed_in(viewer)
    at = [number for number, one in enumerate(ARTICLE.findall(more(client))) if "data-ad" in one]
    (following,) = set(
        re.findall(r'hx-get="/for-you/more\?([^"]*)"', more(signed_in(make.person())))
    )
    Watch.objects.all().delete()

    early = client.get("/for-you/more?from=15&ad=14").content.decode()
    wrong = client.get("/for-you/more?from=15&ad=99999").content.decode()

    assert at == [2]
    assert following == "from=15&amp;ad=6"
    marked = [number for number, one in enumerate(ARTICLE.findall(early)) if "data-ad" in one]
    assert marked == [6]  # six clips after the fourteenth
    assert "data-ad" in wrong


def test_its_token_is_its_viewers_and_its_watching_is_told_apart(viewer: Person) -> None:
    ad, client = shown_ad(), signed_in(viewer)
    article = next(one for one in ARTICLE.findall(more(client)) if "data-ad" in one)
    said = dict(re.findall(r'data-(ad|token|clip)="([^"]*)"', article))
    read = Reader(viewer.public_id, at=timezone.now()).read(said["token"], clip=said["clip"])
    assert read.source is Source.AD

    early = client.post("/promoted/views", {"tokens": f'["{said["ad"]}"]'})

    assert early.status_code == 204
    assert not Charge.objects.exists()  # two seconds have not passed
    assert Showing.objects.get().ad == ad


def test_without_ads_a_page_is_as_it_was(viewer: Person) -> None:
    for _ in range(20):
        make.clip()

    html = more(signed_in(viewer))

    assert "data-ad" not in html
    assert "badge brass" not in html
    assert html.count('class="label reason"') == len(ARTICLE.findall(html))


def test_a_product_opens_beside_the_feed(viewer: Person) -> None:
    owner = make.person()
    shop = make.merchant("Brass", owner=owner)
    lamp = make.product(shop)
    make.variant(lamp, stock=3)
    advertiser = making.advertiser(owner, merchant=shop)
    group = making.group(making.campaign(advertiser, starts_at=make.NOON))
    ad = making.ad(group, product=lamp, call="shop")
    for _ in range(20):
        make.clip()

    html = more(signed_in(viewer))

    button = re.search(r'<a class="button small primary follow-up"[^>]*>[^<]*</a>', html)
    assert button is not None
    assert f'href="{lamp.get_absolute_url()}"' in button[0]
    assert f"?sheet&amp;clip={ad.clip.public_id}" in button[0]
    assert "Shop now" in button[0]


def test_it_says_who_paid_and_for_whom(viewer: Person) -> None:
    ad = shown_ad(ages=["18-24"], interests=["lamps"], languages=["en"])

    page = signed_in(viewer).get(reverse("watch:ad", args=[ad.public_id])).content.decode()
    sheet = signed_in(viewer).get(f"/promoted/{ad.public_id}?sheet").content.decode()

    for said in (page, sheet):
        assert "Brass &amp; sons paid for its being shown." in said
        assert "aged: 18-24." in said
        assert "#lamps" in said
        assert "in: English." in said
        assert f"/report/ad/{ad.public_id}" in said
    assert "<!doctype" in page
    assert "<!doctype" not in sheet


def test_whom_somebody_is_like_is_said_too(viewer: Person) -> None:
    ad = shown_ad(alike=["bought"], alike_percent=3)

    said = signed_in(viewer).get(f"/promoted/{ad.public_id}?sheet").content.decode()

    assert (
        "It is for people who watch what those watch who did one of these in the shop that pays: "
        "bought from it in the last year. You are one of the 3 % who are most like them."
    ) in said
    assert "for everybody" not in said


def test_places_and_dealings_are_said_too(viewer: Person) -> None:
    ad = shown_ad(regions=["NY", "OH"], dealings=["looked", "bagged"], left_out=["bought"])

    said = signed_in(viewer).get(f"/promoted/{ad.public_id}?sheet").content.decode()

    assert "It is for people who have things sent to: New York, Ohio." in said
    assert (
        "It is for people who did one of these in the shop that pays: looked at its products in "
        "the last 30 days; have something of it in their bag."
    ) in said
    assert (
        "It is not for people who did one of these in the shop that pays: bought from it in the "
        "last year."
    ) in said
    assert "nothing about you was used" not in said


def test_one_for_everybody_says_that_nothing_was_used(viewer: Person) -> None:
    ad = shown_ad()

    said = signed_in(viewer).get(f"/promoted/{ad.public_id}?sheet").content.decode()

    assert "It is for everybody: nothing about you was used." in said


def test_who_wants_no_more_of_it_is_shown_it_no_more(viewer: Person) -> None:
    ad, client = shown_ad(), signed_in(viewer)

    client.post(f"/promoted/{ad.public_id}/hidden", headers={"HX-Request": "true"})

    assert HiddenAd.objects.get().viewer == viewer.public_id
    assert "data-ad" not in more(client)
    assert "data-ad" in more(signed_in(make.person()))


@pytest.mark.parametrize("is_person", [False, True])
def test_what_was_hidden_is_listed_with_the_rest_and_can_be_allowed_again(is_person: bool) -> None:
    ad, client = shown_ad(), signed_in(make.person()) if is_person else Client()
    client.post(f"/promoted/{ad.public_id}/hidden")
    gone = more(client)

    listed = client.get("/unwanted").content.decode()
    ((action,),) = [re.findall(r'action="(/promoted/[^"]*)"', listed)]
    answer = client.post(action, {"method": "delete"})

    assert "data-ad" not in gone
    assert "An ad of Brass &amp; sons" in listed
    assert ad.clip.get_absolute_url() in listed
    assert answer.headers["Location"] == "/unwanted"
    assert not HiddenAd.objects.exists()
    assert "Nothing here" in client.get("/unwanted").content.decode()
    assert "data-ad" in more(client)


def test_a_hidden_ad_whose_clip_is_gone_is_listed_without_it(viewer: Person) -> None:
    ad, client = shown_ad(), signed_in(viewer)
    client.post(f"/promoted/{ad.public_id}/hidden")
    Clip.objects.filter(pk=ad.clip.pk).update(visibility="private")

    listed = client.get("/unwanted").content.decode()

    assert "An ad of Brass &amp; sons" in listed
    assert ad.clip.get_absolute_url() not in listed


def test_what_is_not_approved_is_not_told_of(viewer: Person) -> None:
    ad = making.ad(is_approved=False)

    assert signed_in(viewer).get(f"/promoted/{ad.public_id}").status_code == 404
