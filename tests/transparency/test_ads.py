"""The public repository of ads: in it, found, told of, and left again after a year."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import make
from tests.ads import making
from tests.ads.making import lives
from vitrine.ads import leasing, repository
from vitrine.ads.models import Ad, AdDay, AdGroup, AdReach, Placement, Response, Showing
from vitrine.sovereignty.cell import local_day

pytestmark = pytest.mark.django_db


def shown(ad: Ad, on: date, times: int = 9) -> Ad:
    """Let an ad have been shown on a day."""
    AdDay.objects.create(ad=ad, day=on, shown=times, expected=times, views=times, clicks=0)
    return ad


def today() -> date:
    return local_day(timezone.now())


def ad_of(name: str, **fields: Any) -> Ad:
    return making.ad(making.group(making.campaign(making.advertiser(name=name)), **fields))


def test_what_was_shown_is_listed_and_found_by_who_paid_or_what_it_shows(client: Client) -> None:
    lamp = shown(ad_of("Brass and sons"), today())
    vase = shown(ad_of("Glass works"), today() - timedelta(days=3))
    ad_of("Never shown")

    pages = {
        typed: client.get(reverse("transparency_ads"), {"q": typed}).content.decode()
        for typed in ("", "brass", vase.clip.title, f"@{lamp.clip.creator.handle}", "nothing")
    }

    found = {
        typed: [name for name in ("Brass and sons", "Glass works") if name in page]
        for typed, page in pages.items()
    }
    assert list(found.values()) == [
        ["Brass and sons", "Glass works"],
        ["Brass and sons"],
        ["Glass works"],
        ["Brass and sons"],
        [],
    ]
    assert "Never shown" not in pages[""]
    assert "No ad has that in its name" in pages["nothing"]


def test_an_ad_tells_who_paid_when_and_for_whom(client: Client) -> None:
    ad = ad_of("Brass and sons", ages=["25-34"], interests=["lamps"], languages=["es"])
    shown(shown(ad, date(2026, 11, 3)), date(2026, 11, 9))

    page = client.get(reverse("transparency_ad", args=[ad.public_id])).content.decode()

    for said in ("Paid for by Brass and sons.", "November 3, 2026", "November 9, 2026", "25-34"):
        assert said in page
    assert "#lamps" in page
    assert "Español" in page
    assert "Fewer than 50 viewers" in page


def test_whom_an_ad_was_for_is_told_for_the_days_on_which_it_was_shown(client: Client) -> None:
    ad = ad_of("Brass", ages=["55+"], aimed_at=noon(1))
    shown(shown(ad, date(2026, 11, 3)), date(2026, 11, 9))
    for day, ages in ((2, ["45-54"]), (6, ["25-34"]), (12, [])):
        AdGroup.objects.update(ages=ages, aimed_at=noon(day))

    (told,) = client.get(reverse("transparency_ads_document")).json()["ads"]
    page = client.get(reverse("transparency_ad", args=[ad.public_id])).content.decode()

    assert [(one["from"], one["until"], one["ages"]) for one in told["targeting_by_day"]] == [
        ("2026-11-06", "2026-11-09", ["25-34"]),
        ("2026-11-03", "2026-11-06", ["45-54"]),
    ]
    assert told["targeting"]["ages"] == ["25-34"]
    assert "November 3, 2026 to November 6, 2026: 45-54" in page
    assert "55+" not in re.sub("(?s)<section.*", "", page.split("Whom it is for")[1])


def noon(day: int) -> datetime:
    return datetime(2026, 11, day, 18, tzinfo=UTC)


def test_only_many_people_are_told_of() -> None:
    ad = ad_of("Brass")
    for band, viewers in (("18-24", 300), ("25-34", 49), ("35-44", 80), ("", 500)):
        AdReach.objects.create(ad=ad, day=today(), band=band, viewers=viewers)

    told = repository.reached(ad)

    assert told.total == 929
    assert told.bands == {
        "18-24": 300, "25-34": None, "35-44": 80, "45-54": None, "55+": None, "": 500
    }  # fmt: skip


def test_only_regions_with_many_are_told_of(client: Client) -> None:
    ad = shown(ad_of("Brass", regions=["NY", "OH"]), today())
    for region, viewers in (("NY", 300), ("OH", 49), ("CA", 50), ("", 1_200)):
        AdReach.objects.create(ad=ad, day=today(), band="25-34", region=region, viewers=viewers)

    told = repository.reached(ad)

    assert {place: n for place, n in told.regions.items() if n} == {"NY": 300, "CA": 50, "": 1_200}
    page = client.get(reverse("transparency_ad", args=[ad.public_id])).content.decode()
    assert "New York, Ohio" in page
    places = re.findall(r"muted\">([^<]*)</dt><dd class=\"num\">([^<]*)<", page)
    assert places[-4:] == [
        ("Place not known", "1,200"),
        ("New York", "300"),
        ("California", "50"),
        ("Anywhere else", "fewer than 50 each"),
    ]


def test_one_band_alone_is_not_reckoned_from_the_sum() -> None:
    ad = ad_of("Brass")
    bands = (("18-24", 300), ("25-34", 49), ("35-44", 80), ("45-54", 70), ("55+", 90), ("", 500))
    for band, viewers in bands:
        AdReach.objects.create(ad=ad, day=today(), band=band, viewers=viewers)

    told = repository.reached(ad).bands

    assert [band for band, viewers in told.items() if viewers is None] == ["25-34", "45-54"]


def test_an_ad_leaves_a_year_after_it_was_shown_last(client: Client) -> None:
    old = shown(ad_of("Old"), today() - timedelta(days=366))
    shown(ad_of("Kept"), today() - timedelta(days=365))

    page = client.get(reverse("transparency_ads")).content.decode()

    assert "Kept" in page
    assert "Old" not in page
    assert client.get(reverse("transparency_ad", args=[old.public_id])).status_code == 404


def test_a_program_gets_all_of_it_page_by_page(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vitrine.surfaces.transparency.views.SENT", 2)
    ads = [shown(ad_of(f"Payer {n}", ages=["55+"]), today()) for n in range(3)]

    first = client.get(reverse("transparency_ads_document")).json()
    second = client.get(reverse("transparency_ads_document") + first["next"]).json()

    payers = [one["payer"] for one in (*first["ads"], *second["ads"])]
    assert payers == ["Payer 2", "Payer 1", "Payer 0"]
    assert second["next"] is None
    one = first["ads"][0]
    assert one["targeting"] == {
        "languages": [], "ages": ["55+"], "interests": [], "regions": [], "dealings": [],
        "left_out": [], "alike": [], "alike_percent": 0,
    }  # fmt: skip
    assert one["clip"]["url"] == ads[2].clip.get_absolute_url()
    assert one["first_shown_on"] == today().isoformat()
    assert one["reach"]["total"] is None
    assert (one["placements"], one["reach"]["by_placement"]) == (["for_you"], {})


def test_where_an_ad_stood_is_told_and_by_where_people_saw_it_first(client: Client) -> None:
    ad = shown(ad_of("Brass"), today())
    AdDay.objects.create(
        ad=ad, day=today(), placement=Placement.SEARCH, shown=9, expected=9, views=9, clicks=0
    )
    for placement, viewers in ((Placement.FEED, 1_300), (Placement.SEARCH, 70)):
        AdReach.objects.create(ad=ad, day=today(), placement=placement, viewers=viewers)

    page = client.get(reverse("transparency_ad", args=[ad.public_id])).content.decode()
    (told,) = client.get(reverse("transparency_ads_document")).json()["ads"]

    assert "In the feed, In product search" in page
    assert re.findall(r"muted\">([^<]*)</dt><dd class=\"num\">([^<]*)<", page)[6:8] == [
        ("In the feed", "1,300"),
        ("In product search", "70"),
    ]
    assert told["placements"] == ["for_you", "search"]
    assert told["reach"]["by_placement"] == {"for_you": 1_300, "search": 70}
    AdReach.objects.filter(placement=Placement.SEARCH).update(viewers=49)
    assert set(repository.reached(ad).placements.values()) == {None}  # the sum would tell of them


def test_people_are_counted_once_in_thirty_days_and_by_their_age() -> None:
    ad = ad_of("Brass")
    young = make.person(born_on=date(2004, 1, 1))
    rows = [
        (young.public_id, make.NOON),
        (young.public_id, make.NOON + timedelta(hours=2)),
        ("v_visitor", make.NOON),
        ("v_unseen", make.NOON),
    ]
    seen_by(ad, rows, unseen="v_unseen")

    since = make.NOON - timedelta(days=1)
    for region in ("NY", "OH"):
        lives(young, region)
        repository.count(since=since, before=make.NOON + timedelta(days=1))

    named = ("band", "region", "placement", "viewers")
    counted = AdReach.objects.values_list(*named).order_by("band")
    assert list(counted) == [("", "", "feed", 1), ("18-24", "OH", "feed", 1)]
    Showing.objects.filter(at=make.NOON).update(placement=Placement.SEARCH)
    repository.count(since=since, before=make.NOON + timedelta(days=1))
    assert list(counted.all()) == [("", "", "search", 1), ("18-24", "OH", "search", 1)]


def seen_by(ad: Ad, rows: list[tuple[str, Any]], *, unseen: str) -> None:
    """Let an ad have been put before viewers, of whom one did not see it."""
    held = leasing.take(ad.group.campaign, least_micros=20_000, at=make.NOON)
    assert held is not None
    for viewer, at in rows:
        one = Showing.objects.create(
            showing=uuid4(), viewer=viewer, ad=ad, lease_id=held.lease, price_micros=1, chance=0.5,
            at=at,
        )  # fmt: skip
        if viewer != unseen:
            Response.objects.create(
                showing=one.showing, ad=ad, what="view", day=local_day(at), at=at
            )
