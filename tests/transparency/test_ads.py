"""The public repository of ads: in it, found, told of, and left again after a year."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests import make
from tests.ads import making
from tests.safety import judged
from vitrine.ads import reviewing
from vitrine.ads.models import Ad, AdDay, AdGroup, AdReach, AdRecord, Placement
from vitrine.kernel import storage
from vitrine.safety.policy import Measure
from vitrine.sovereignty.cell import local_day
from vitrine.videos.models import Cause, Clip, Takedown, Visibility

pytestmark = pytest.mark.django_db
LIST, DOCUMENT = reverse("transparency_ads"), reverse("transparency_ads_document")


def shown(ad: Ad, on: date, placement: Placement = Placement.FEED) -> Ad:
    """Let an ad have been shown on a day."""
    AdDay.objects.create(ad=ad, day=on, placement=placement, shown=9, expected=9, views=9, clicks=0)
    return ad


def today() -> date:
    return local_day(timezone.now())


def counted() -> date:
    """Return a day that is counted anew no more."""
    return today() - timedelta(days=2)


def ad_of(name: str, clip: Clip | None = None, **fields: Any) -> Ad:
    return making.ad(making.group(making.campaign(making.advertiser(name=name)), **fields), clip)


def listed(client: Client, **asked: str) -> set[str]:
    """Return who paid for what a page lists: the same as programs are sent."""
    page = client.get(LIST, asked).content.decode()
    sent = {str(one["payer"]) for one in client.get(DOCUMENT, asked).json()["ads"]}
    assert {payer for payer in AdRecord.objects.values_list("payer", flat=True)
            if f"<td>{payer}</td>" in page} == sent  # fmt: skip
    return sent


def told(client: Client, ad: Ad) -> tuple[str, dict[str, Any]]:
    """Return the page of an ad, and what programs are told of it."""
    page = client.get(reverse("transparency_ad", args=[ad.public_id])).content.decode()
    (sent,) = [one for one in client.get(DOCUMENT).json()["ads"] if one["id"] == ad.public_id]
    return page, sent


def test_what_was_shown_is_found_by_its_words_by_pages_and_programs_alike(client: Client) -> None:
    lamp = shown(ad_of("Brass and sons"), today())
    vase = shown(ad_of("Glass works"), today() - timedelta(days=3))
    ad_of("Never shown")
    both = {"Brass and sons", "Glass works"}

    assert listed(client) == both
    assert listed(client, q="brass SONS") == {"Brass and sons"}
    assert listed(client, q=vase.clip.title) == {"Glass works"}
    assert listed(client, q=f"@{lamp.clip.creator.handle}") == {"Brass and sons"}
    assert listed(client, payer="glass") == {"Glass works"}
    assert listed(client, payer="nobody") == set()
    assert "No ad fits what you are looking for" in client.get(LIST, {"q": "no"}).text


def test_it_is_found_by_the_days_on_which_it_was_shown(client: Client) -> None:
    shown(shown(ad_of("Early"), date(2026, 11, 3)), date(2026, 11, 5))
    shown(ad_of("Late"), date(2026, 11, 9))

    assert listed(client, since="2026-11-05") == {"Early", "Late"}
    assert listed(client, since="2026-11-06") == {"Late"}
    assert listed(client, until="2026-11-08") == {"Early"}
    assert listed(client, since="2026-11-06", until="2026-11-08") == set()


def test_it_is_found_by_where_it_stood_and_by_the_region_it_was_for(client: Client) -> None:
    shown(ad_of("Brass", regions=["NY"], aimed_at=noon(1)), date(2026, 11, 3))
    AdGroup.objects.update(regions=["OH"], aimed_at=noon(5))
    shown(ad_of("Glass"), today(), Placement.SEARCH)

    assert listed(client, placement="search") == {"Glass"}
    assert listed(client, placement="for_you") == {"Brass"}
    assert listed(client, region="NY") == {"Brass"}
    assert listed(client, region="OH") == set()  # only after it was shown last


@pytest.mark.parametrize(
    "asked, sentence",
    [
        ({"since": "yesterday"}, "Write the day as year-month-day: 2026-11-30."),
        ({"since": "2026-11-02", "until": "2026-11-01"}, "must not be before the first"),
        ({"placement": "feed"}, "Choose one of: for_you, search."),
        ({"region": "ZZ"}, "ZZ is no region of this country."),
        ({"q": "a" * 101}, "at most 100 characters"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field_and_in_a_problem_document(
    client: Client, asked: dict[str, str], sentence: str
) -> None:
    shown(ad_of("Brass"), today())

    page, sent = client.get(LIST, {"payer": "typed", **asked}), client.get(DOCUMENT, asked)

    assert (page.status_code, sent.status_code) == (422, 422)
    assert sentence in page.text
    assert 'value="typed"' in page.text
    assert "<td>Brass</td>" not in page.text
    assert sent["Content-Type"] == "application/problem+json"
    (wrong,) = sent.json()["errors"]
    assert (wrong["pointer"][1:] in asked, sentence in wrong["detail"]) == (True, True)


def test_an_ad_tells_who_paid_when_and_for_whom(client: Client) -> None:
    ad = ad_of("Brass and sons", ages=["25-34"], interests=["lamps"], languages=["es"])
    shown(shown(ad, date(2026, 11, 3)), date(2026, 11, 9))

    page, _ = told(client, ad)

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

    page, sent = told(client, ad)

    assert [(one["from"], one["until"], one["ages"]) for one in sent["targeting_by_day"]] == [
        ("2026-11-06", "2026-11-09", ["25-34"]),
        ("2026-11-03", "2026-11-06", ["45-54"]),
    ]
    assert sent["targeting"]["ages"] == ["25-34"]
    assert "November 3, 2026 to November 6, 2026: 45-54" in page
    assert "55+" not in re.sub("(?s)<section.*", "", page.split("Whom it is for")[1])


def noon(day: int) -> datetime:
    return datetime(2026, 11, day, 18, tzinfo=UTC)


def test_pages_and_programs_are_told_the_same(client: Client) -> None:
    payer = making.advertiser(name="Brass and sons")
    clip = make.clip(making.owner_of(payer), title="A lamp", description="A lamp turns.")
    lamp = make.product(title="Lantern")
    group = making.group(making.campaign(payer), ages=["55+"])
    ad = shown(making.ad(group, clip, product=lamp, call="shop"), today())
    AdRecord.objects.update(former=["A torch"])

    page, sent = told(client, ad)

    assert sent["url"] == reverse("transparency_ad", args=[ad.public_id])
    assert (sent["payer"], sent["state"], sent["why"]) == ("Brass and sons", "out", None)
    assert sent["clip"] == {
        "id": clip.public_id, "title": "A lamp", "description": "A lamp turns.",
        "creator": clip.creator.handle, "url": clip.get_absolute_url(),
        "film": None, "picture": None,
    }  # fmt: skip
    assert (sent["button"], sent["product"]) == ("shop", "Lantern")
    assert sent["leads_to"] == lamp.get_absolute_url()
    assert sent["former_names"] == ["A torch"]
    assert sent["targeting"] == {
        "languages": [], "ages": ["55+"], "interests": [], "regions": [], "dealings": [],
        "left_out": [], "alike": [], "alike_percent": 0, "beside": [],
    }  # fmt: skip
    assert sent["first_shown_on"] == today().isoformat()
    assert (sent["placements"], sent["reach"]["by_placement"]) == (["for_you"], {})
    for said in ("A lamp", "Shop now", "Lantern", "A torch", lamp.get_absolute_url()):
        assert said in page


@pytest.fixture
def kept() -> Ad:
    """Return an ad whose film and picture are kept, shown today."""
    clip = make.clip(title="A lamp")
    Clip.objects.update(poster_key=f"renditions/{clip.public_id}/poster.webp")
    clip.refresh_from_db()
    storage.put(clip.poster_key, b"its first frame")
    storage.put(clip.renditions.get().key, b"its film")
    payer = making.advertiser(clip.creator, name="Brass and sons")
    ad = making.ad(making.group(making.campaign(payer)), clip, is_approved=False)
    reviewing.judge(ad, by=judged.moderator(), at=make.NOON)
    return shown(ad, today())


def files(client: Client, ad: Ad) -> list[tuple[int, bytes]]:
    answers = [
        client.get(reverse(f"transparency_ad_{file}", args=[ad.public_id]))
        for file in ("film", "picture")
    ]
    return [(one.status_code, one.content if one.status_code == 200 else b"") for one in answers]


BOTH = [(200, b"its film"), (200, b"its first frame")]
NEITHER = [(404, b""), (404, b"")]


def test_what_its_creator_takes_back_or_deletes_is_told_as_it_was_shown(
    client: Client, kept: Ad
) -> None:
    for takes_back in (
        lambda: Clip.objects.update(visibility=Visibility.PRIVATE),
        kept.clip.unpublish,
        lambda: kept.clip.delete(at=make.NOON),
        lambda: Clip.objects.update(title="", poster_key=""),
    ):
        takes_back()
        page, sent = told(client, kept)

        assert "A lamp" in page
        assert "Its clip is not public any more" in page
        assert f'href="{kept.clip.get_absolute_url()}"' not in page
        assert f'src="{sent["clip"]["film"]}"' in page
        assert (sent["state"], sent["clip"]["title"]) == ("taken_back", "A lamp")
        assert sent["clip"]["url"] is None
        assert files(client, kept) == BOTH


def test_its_film_is_seekable_and_kept_by_no_cache_for_long(client: Client, kept: Ad) -> None:
    url = reverse("transparency_ad_film", args=[kept.public_id])

    answer = client.get(url, headers={"Range": "bytes=4-7"})

    assert (answer.status_code, answer.content) == (206, b"film")
    assert answer["Content-Type"] == "video/mp4"
    assert answer["Cache-Control"] == "private, max-age=600"


def hidden(client: Client, ad: Ad, state: str, said: str, why: dict[str, str] | None) -> None:
    """Assert that of an ad is told that it is not shown, and why, and nothing of its content."""
    page, sent = told(client, ad)
    listing = client.get(LIST).text

    for text in (page, listing):
        assert said in text
        assert "A lamp" not in text
        assert "Brass and sons" in text
    assert "<video" not in page
    assert (sent["state"], sent["why"], sent["payer"]) == (state, why, "Brass and sons")
    assert (sent["clip"]["title"], sent["clip"]["film"], sent["button"]) == (None, None, None)
    assert files(client, ad) == NEITHER
    assert listed(client, q="lamp") == set()
    assert listed(client, q="brass") == {"Brass and sons"}


def test_an_ad_that_moderators_hid_says_so_and_why_without_its_picture(
    client: Client, kept: Ad
) -> None:
    judged.decided(kept, Measure.HIDE, reason="deceit")

    why = {"code": "deceit", "words": "Scam, or somebody else's name"}
    hidden(client, kept, "removed", "Moderators removed it: Scam", why)
    assert told(client, kept)[1]["withheld_at"] == make.NOON.isoformat()


def test_so_does_one_whose_clip_they_took_down_and_then_was_deleted(
    client: Client, kept: Ad
) -> None:
    judged.decided(kept.clip, Measure.REMOVE, reason="illegal")
    kept.clip.delete(at=make.NOON)

    why = {"code": "illegal", "words": "Illegal or dangerous goods"}
    hidden(client, kept, "removed", "Moderators removed it: Illegal", why)


def test_so_does_one_that_reviewers_refused_after_it_was_shown(client: Client, kept: Ad) -> None:
    ground = reviewing.GROUNDS["health"]
    first = kept.verdicts.get()
    reviewing.judge(kept, by=judged.moderator(), at=make.NOON, ground=ground, instead_of=first.pk)

    why = {"code": "health", "words": str(ground.words)}
    hidden(client, kept, "refused", "Reviewers refused it after it was shown: It claims", why)


def test_so_does_one_whose_clip_waits_for_a_moderator_or_is_for_adults(
    client: Client, kept: Ad
) -> None:
    Clip.objects.update(is_mature=True)
    hidden(client, kept, "adults", "It is for adults, and not shown here", None)
    Takedown.objects.create(clip=kept.clip, cause=Cause.HELD, at=make.NOON)
    hidden(client, kept, "held", "A moderator looks at it", None)


def test_only_regions_with_many_are_told_of(client: Client) -> None:
    ad = shown(ad_of("Brass", regions=["NY", "OH"]), today())
    for region, viewers in (("NY", 309), ("OH", 49), ("CA", 50), ("", 1_200)):
        AdReach.objects.create(ad=ad, day=counted(), band="25-34", region=region, viewers=viewers)
    AdReach.objects.create(ad=ad, day=today(), band="25-34", region="TX", viewers=900)

    page, sent = told(client, ad)

    by_region = {place: n for place, n in sent["reach"]["by_region"].items() if n}
    assert (sent["reach"]["total"], by_region) == (1_600, {"NY": 300, "unknown": 1_200})
    assert "New York, Ohio" in page
    places = re.findall(r"muted\">([^<]*)</dt><dd class=\"num\">([^<]*)<", page)
    assert places[-3:] == [
        ("Place not known", "1,200"),
        ("New York", "300"),
        ("Anywhere else", "not told"),
    ]


def test_an_ad_leaves_a_year_after_it_was_shown_last(client: Client) -> None:
    old = shown(ad_of("Old"), today() - timedelta(days=366))
    shown(ad_of("Kept"), today() - timedelta(days=365))

    assert listed(client) == {"Kept"}
    assert client.get(reverse("transparency_ad", args=[old.public_id])).status_code == 404


def test_a_program_gets_all_that_it_looks_for_page_by_page(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for size in ("SENT", "SHOWN"):
        monkeypatch.setattr(f"vitrine.surfaces.transparency.views.{size}", 2)
    for n in range(3):
        shown(ad_of(f"Payer {n}"), today())
    shown(ad_of("Somebody"), today())

    asked = {"payer": "Payer", "since": today().isoformat()}
    first = client.get(DOCUMENT, asked).json()
    second = client.get(DOCUMENT + first["next"]).json()

    payers = [one["payer"] for one in (*first["ads"], *second["ads"])]
    assert payers == ["Payer 2", "Payer 1", "Payer 0"]
    assert second["next"] is None
    (older,) = re.findall(r'href="(\?[^"]*after[^"]*)"', client.get(LIST, asked).text)
    assert "<td>Payer 0</td>" in client.get(LIST + older.replace("&amp;", "&")).text


def test_a_page_takes_a_few_queries_however_many_ads_are_on_it(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(12):
        ad = shown(ad_of(f"Payer {n}"), today())
        AdReach.objects.create(ad=ad, day=counted(), band="25-34", viewers=60)
        if n % 3 == 0:
            judged.decided(ad, Measure.HIDE)
    client.get(DOCUMENT)

    with django_assert_num_queries(5):
        assert len(client.get(DOCUMENT).json()["ads"]) == 12
    with django_assert_num_queries(5):
        client.get(LIST)


def test_where_an_ad_stood_is_told_and_by_where_people_saw_it_first(client: Client) -> None:
    ad = shown(shown(ad_of("Brass"), today()), today(), Placement.SEARCH)
    for placement, viewers in ((Placement.FEED, 1_300), (Placement.SEARCH, 70)):
        AdReach.objects.create(ad=ad, day=counted(), placement=placement, viewers=viewers)

    page, sent = told(client, ad)

    assert "In the feed, In product search" in page
    assert re.findall(r"muted\">([^<]*)</dt><dd class=\"num\">([^<]*)<", page)[6:8] == [
        ("In the feed", "1,300"),
        ("In product search", "70"),
    ]
    assert sent["placements"] == ["for_you", "search"]
    assert sent["reach"]["by_placement"] == {"for_you": 1_300, "search": 70}
