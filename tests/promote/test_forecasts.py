"""What to expect, said in the forms of campaigns, groups and boosts."""

import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import make
from tests.ads import making
from tests.ads.making import lives
from tests.market.selling import signed_in
from vitrine.accounts.models import Person
from vitrine.ads import landscape, leasing, standing
from vitrine.ads.campaigning import Audience
from vitrine.ads.models import AdDay, Advertiser, Showing
from vitrine.feed.models import Habit
from vitrine.sovereignty.cell import local_day

VIEWERS, DAYS = 60, 4


pytestmark = pytest.mark.django_db


@pytest.fixture
def advertiser() -> Advertiser:
    """Return one who showed ads to sixty people, two of them in New York, and to visitors."""
    return _shown()


@pytest.fixture
def client(advertiser: Advertiser) -> Client:
    return signed_in(making.owner_of(advertiser))


def _shown() -> Advertiser:
    now = timezone.now()
    advertiser = making.advertiser(make.person())
    ad = making.ad(making.group(making.campaign(advertiser, starts_at=now)))
    held = leasing.take(ad.group.campaign, least_micros=20_000, at=now)
    assert held is not None
    people = Person.objects.bulk_create(
        Person(handle=f"viewer{n}", email=f"viewer{n}@example.org", born_on=date(1990, 1, 1))
        for n in range(VIEWERS)
    )
    for person in people[:2]:
        lives(person, "NY")
    viewers = [*(person.public_id for person in people), *(f"v_{n}" for n in range(100))]
    Showing.objects.bulk_create(
        Showing(
            showing=uuid4(), viewer=viewer, ad=ad, lease_id=held.lease, price_micros=3_000,
            worth_micros=3_000, chance=0.6, at=now - timedelta(days=day, minutes=5),
        )
        for viewer in viewers for day in range(DAYS) for _ in range(4)
    )  # fmt: skip
    for day in range(DAYS):
        AdDay.objects.create(
            ad=ad, day=local_day(now - timedelta(days=day)), shown=4 * len(viewers),
            expected=1, views=int(2.4 * len(viewers)), clicks=0,
        )  # fmt: skip
    return advertiser


def said(client: Client, advertiser: Advertiser, **typed: Any) -> str:
    """Return what is said of a form."""
    usual = {"objective": "views", "daily_minor": "20", "zone": "America/New_York"}
    audience = {"most_shown": "4", "within_days": "1", "bid_minor": "", "interests": ""}
    address = reverse("promote:forecast", args=[advertiser.public_id])
    return str(client.post(address, usual | audience | typed).content.decode())


def numbers(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"About ([\d,]+)–([\d,]+) views for \$[\d.]+ a day\.", text)
    assert found is not None, text
    least, most = (int(one.replace(",", "")) for one in found.groups())
    return least, most


def test_views_of_a_day_are_told_from_what_was_shown(
    client: Client, advertiser: Advertiser
) -> None:
    least, most = numbers(said(client, advertiser))
    assert least < 0.6 * 4 * (VIEWERS + 100) < most  # all of a day, of which six of ten are seen

    poor = numbers(said(client, advertiser, daily_minor="1.00"))
    rare = numbers(said(client, advertiser, most_shown="1"))
    assert rare[1] < poor[1] < most


@pytest.mark.parametrize("what, objective", [("views", "reach"), ("clicks", "clicks")])
def test_how_likely_it_is_billed_is_counted_here(what: str, objective: str) -> None:
    now = timezone.now()
    counted, new = (
        making.ad(making.group(making.campaign(objective=objective, starts_at=now)))
        for _ in range(2)
    )
    AdDay.objects.create(
        ad=counted, day=local_day(now), shown=10_000, expected=400,
        **{"views": 0, "clicks": 0, what: 400},
    )  # fmt: skip

    wish = landscape.wish(Audience(), new.group.campaign.pays_for, 10_00, at=now)

    of = standing.read(at=now)
    assert wish.chance == pytest.approx(of.chance(of.line_of[new.pk]), abs=1e-6)
    assert wish.chance == pytest.approx(0.04, abs=0.002)


def test_what_search_brings_is_not_foretold(client: Client, advertiser: Advertiser) -> None:
    everywhere = said(client, advertiser, placements=["feed", "search"])
    assert everywhere == said(client, advertiser)
    Showing.objects.update(placement="search")
    AdDay.objects.update(placement="search")

    none = said(client, advertiser)
    search = said(client, advertiser, placements=["search"])

    assert none == "Not enough was shown to such people yet to tell what to expect."
    assert search.startswith("What product search brings cannot be told")


def test_they_hang_on_whom_it_is_for(client: Client, advertiser: Advertiser) -> None:
    everybody = numbers(said(client, advertiser))
    profiled = numbers(said(client, advertiser, ages=["25-34", "35-44"]))

    assert profiled[1] < everybody[0]
    few = said(client, advertiser, regions="NY")
    assert few == "Not enough was shown to such people yet to tell what to expect."
    assert said(client, advertiser, interests="#lamps").startswith("At most about ")

    assert said(client, advertiser, bid_minor="2") == (
        "At this bid nothing is likely: others pay more for the same people."
    )


def test_what_cannot_be_is_no_forecast() -> None:
    advertiser = making.advertiser(put_minor=0)
    client = signed_in(making.owner_of(advertiser))

    texts = [
        said(client, advertiser, **typed)
        for typed in ({"daily_minor": ""}, {"daily_minor": "five"}, {"regions": "Atlantis"})
    ]

    assert texts == [
        "Say what it may cost, and here is what to expect.",
        "Say what it may cost, and here is what to expect.",
        "Of whom it is for, something cannot be as it is typed.",
    ]


def test_who_is_not_profiled_is_not_reckoned_with(advertiser: Advertiser) -> None:
    now, young = timezone.now(), Audience(ages=("35-44",))
    before = landscape.market(young, None, plain=Habit.plain_among, at=now)
    Habit.unprofile(Person.objects.get(public_id=Showing.objects.order_by("pk")[0].viewer), at=now)

    after = landscape.market(young, None, plain=Habit.plain_among, at=now)

    assert len(before.viewers) - len(after.viewers) == 4 * DAYS


def test_a_group_and_a_boost_say_it_too(client: Client, advertiser: Advertiser) -> None:
    clip = make.clip(making.owner_of(advertiser))
    campaign = making.campaign(advertiser, budget_minor=30_00)
    pages = {
        "group-forecast": [advertiser.public_id, campaign.public_id],
        "boost-forecast": [clip.public_id],
    }
    typed = {"most_shown": "3", "within_days": "1", "daily_minor": "1", "days": "5"}

    for name, args in pages.items():
        text = client.post(reverse(f"promote:{name}", args=args), typed).content.decode()
        assert numbers(text)[0] > 0
    boost = client.get(reverse("promote:boost", args=[clip.public_id])).content.decode()
    assert f'hx-post="{reverse("promote:boost-forecast", args=[clip.public_id])}"' in boost


def test_of_many_showings_some_viewers_stand_for_all(
    advertiser: Advertiser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(landscape, "MOST_KEPT", 1_000)

    some = landscape.market(Audience(), None, plain=Habit.plain_among, at=timezone.now())

    assert some.scale == 2
    assert 0 < len(some.viewers) < 4 * DAYS * (VIEWERS + 100)
    assert set(np.bincount(some.viewers)) == {4 * DAYS}  # all of a viewer's, or none
