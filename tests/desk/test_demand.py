"""Demand partners at the desk: how they answer, what was refused, and a switch."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from tests import make
from tests.ads import making
from vitrine.ads.demand import counting
from vitrine.ads.demand.answers import Refused
from vitrine.ads.demand.counting import Counted
from vitrine.ads.models import Advertiser, DemandStop
from vitrine.sovereignty.demand_partners import DemandPartner
from vitrine.surfaces.desk import demand_page

pytestmark = pytest.mark.django_db
HERE = "/desk/ads/demand/"


@pytest.fixture
def payer(settings: Settings) -> Advertiser:
    made = making.advertiser(name="Lamps & Co")
    endpoint = "https://bid.example/rtb"
    settings.VITRINE_RTB = [
        DemandPartner(made.public_id, endpoint, "Example Ads", "NZ"),
        DemandPartner("us_nobody", endpoint, "Nobody", "US"),
    ]
    return made


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make.person(is_staff=True))
    return client


def read(client: Client) -> str:
    return " ".join(client.get(HERE).content.decode().split())


def test_where_nobody_is_named_the_page_says_how(staff: Client) -> None:
    assert "VITRINE_RTB" in read(staff)


def test_a_partner_is_shown_with_its_days_and_why_its_bids_were_refused(
    staff: Client, payer: Advertiser
) -> None:
    now = timezone.now()
    for at, requests in ((now - timedelta(days=8), 99), (now - timedelta(days=1), 41), (now, 37)):
        counting.note(payer.pk, Counted.REQUESTS, requests)
        counting.note(payer.pk, Refused.LATE, 2)
        counting.took(payer.pk, 100.0)
        counting.batch.flush(at=at)

    page = read(staff)

    assert "Lamps &amp; Co" in page
    assert "Example Ads, NZ" in page
    assert '<td class="num">37</td>' in page
    assert '<td class="num">41</td>' in page
    assert '<td class="num">99</td>' not in page
    assert page.count('<td class="num">128</td>') == 4
    late = "The answer was not there in time."
    assert f'<th scope="row">{late}</th><td class="num">4</td>' in page
    assert "us_nobody" in page
    assert page.count("No such account") == 1


def test_a_partner_is_switched_off_and_on_again(staff: Client, payer: Advertiser) -> None:
    path = f"{HERE}{payer.public_id}/standing"

    for _ in range(2):
        assert staff.post(path, {"is_asked": "0"}).headers["Location"] == HERE
    assert DemandStop.objects.get().advertiser == payer
    assert "Switched off" in read(staff)
    for _ in range(2):
        assert staff.post(path, {"is_asked": "1"}).status_code == 302
    assert not DemandStop.objects.exists()
    page = read(staff)
    assert "Switched off" not in page
    assert ">Asked<" in page


def test_a_suspended_advertiser_is_not_asked(staff: Client, payer: Advertiser) -> None:
    Advertiser.objects.update(suspended_at=make.NOON)

    assert "Suspended" in read(staff)


def test_the_page_is_three_statements(
    payer: Advertiser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(3):
        demand_page.page(at=make.NOON)


def test_every_reason_and_count_has_words() -> None:
    assert demand_page.REASONS.keys() == set(Refused)
    assert demand_page.HEADS.keys() == set(Counted)


@pytest.mark.parametrize("who", ["moderator", "somebody"])
def test_nobody_but_staff_sees_or_switches_them(
    client: Client, payer: Advertiser, who: str
) -> None:
    client.force_login(make.person(is_moderator=who == "moderator"))

    assert client.get(HERE).status_code == 404
    assert client.post(f"{HERE}{payer.public_id}/standing").status_code == 404
    assert not DemandStop.objects.exists()
