"""Clips that creators are paid for: noted as they are shown, told to everybody, gone in a year."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests import make
from tests.ads import making
from tests.ads.making import lives
from tests.feed import telling
from tests.safety import judged
from vitrine.accounts.models import Person
from vitrine.ads.models import Authorisation
from vitrine.commission.models import Deal
from vitrine.feed import counting, paid_posts
from vitrine.feed.models import ClipDay, PaidPost, PostReach
from vitrine.safety.policy import Measure
from vitrine.sovereignty.cell import local_day
from vitrine.videos.models import Clip, Visibility

pytestmark = pytest.mark.django_db
NOW = make.NOON + timedelta(hours=1)
TODAY = local_day(make.NOON)


def seen(clip: Clip, *, by: str = "v_visitor", viewer: Any = telling.NOBODY) -> Clip:
    """Let a clip be watched at noon, and its views be counted."""
    telling.watch(clip, to=by, viewer=viewer)
    counting.roll_up(at=NOW)
    return clip


def note(*, at: Any = NOW) -> list[tuple[str, str, date, date]]:
    """Note what is paid for; return all that is told."""
    paid_posts.note(at=at)
    rows = PaidPost.objects.order_by("paid_for", "payer")
    return [(one.paid_for, one.payer, one.first_on, one.last_on) for one in rows]


def test_what_is_declared_lent_or_earns_commission_is_noted_once_it_is_shown() -> None:
    creator = make.person("mia")
    declared = seen(make.clip(creator, paid_by="Brass and sons"))
    lent = seen(make.clip(creator))
    Authorisation.objects.create(
        clip=lent, advertiser=making.advertiser(name="Glass works"), given_at=make.NOON,
        taken_at=make.NOON,
    )  # fmt: skip
    shop = make.merchant("Lamps")
    earns = seen(make.clip(creator))
    make.tag(earns, make.product(shop))
    deal = Deal.offer(shop, product=None, creator=None, rate_bp=500, by=make.person(), at=make.NOON)
    deal.take(by=creator, at=make.NOON)
    seen(make.clip(creator))  # that nobody pays for
    make.clip(creator, paid_by="Nobody saw it")
    seen(make.clip(creator, paid_by="Followers saw it", visibility=Visibility.FOLLOWERS))

    assert (
        note()
        == note()
        == [
            ("commission", "Lamps", TODAY, TODAY),
            ("declared", "Brass and sons", TODAY, TODAY),
            ("lent", "Glass works", TODAY, TODAY),
        ]
    )
    clips = set(PaidPost.objects.values_list("clip", flat=True))
    assert clips == {declared.pk, lent.pk, earns.pk}


def test_its_days_go_on_as_it_is_shown_and_stand_when_it_is_paid_for_no_more() -> None:
    clip = make.clip(paid_by="Brass and sons")
    for day in (TODAY, TODAY + timedelta(days=5)):
        ClipDay.objects.create(
            clip=clip, day=day, source="for_you", reach=9, qualified=9, watched_ms=9, skipped=0,
            finished=0, taps=0, shares=0, follows=0, seen=[],
        )  # fmt: skip
    assert note() == [("declared", "Brass and sons", TODAY, TODAY)]

    later = NOW + timedelta(days=5)
    both = ("declared", "Brass and sons", TODAY, TODAY + timedelta(days=5))
    assert note(at=later) == [both]
    clip.revise(paid_by="")
    assert note(at=later) == [both]
    assert note(at=later + timedelta(days=365)) == [both]
    assert note(at=later + timedelta(days=366)) == []


def test_people_are_counted_once_by_age_and_region_from_when_it_is_paid_for() -> None:
    clip = make.clip(paid_by="Brass and sons")
    one = lives(make.person(born_on=date(2000, 1, 1)), "NY")
    for who, viewer in ((one.public_id, one), ("v_other", telling.NOBODY)):
        for _ in range(2):
            seen(clip, by=who, viewer=viewer)
    seen(clip, by=clip.creator.public_id, viewer=clip.creator)

    for _ in range(2):
        note()

    counted = PostReach.objects.values_list("clip", "day", "band", "region", "viewers")
    assert set(counted) == {(clip.pk, TODAY, "25-34", "NY", 1), (clip.pk, TODAY, "", "", 1)}
    (told,) = paid_posts.tell(paid_posts.shown(at=NOW), at=NOW)
    assert told.reached.total is None  # too few to be told of


@pytest.fixture
def post() -> PaidPost:
    """Return a post by @mia that reached 75 people of one age and 49 of another."""
    clip = make.clip(make.person("mia"), title="Polishing", paid_by="Brass and sons")
    day = _today() - timedelta(days=2)
    for band, viewers in (("18-24", 75), ("25-34", 49), ("35-44", 60), ("", 300)):
        PostReach.objects.create(clip=clip, day=day, band=band, region="NY", viewers=viewers)
    PostReach.objects.create(clip=clip, day=_today(), band="55+", region="NY", viewers=900)
    return PaidPost.objects.create(
        clip=clip, paid_for="declared", payer="Brass and sons", first_on=day, last_on=_today()
    )


def _today() -> date:
    return local_day(timezone.now())


def test_everybody_finds_it_by_payer_clip_or_creator(client: Client, post: PaidPost) -> None:
    found = {
        typed: "Polishing"
        in client.get(reverse("transparency_posts"), {"q": typed}).content.decode()
        for typed in ("", "brass sons", "polish", "@mia", "mia", "@mi", "glass")
    }

    assert [typed for typed, is_there in found.items() if not is_there] == ["@mi", "glass"]


def test_its_page_and_its_export_tell_who_paid_and_whom_it_reached(
    client: Client, post: PaidPost
) -> None:
    page = client.get(reverse("transparency_post", args=[post.public_id])).content.decode()
    told = client.get(reverse("transparency_posts_document")).json()

    for said in ("Paid for by Brass and sons.", "Paid partnership, as its creator says", ">70<"):
        assert said in page
    (one,) = told["posts"]
    assert (one["url"], one["state"], one["why"]) == (
        reverse("transparency_post", args=[post.public_id]), "out", None,
    )  # fmt: skip
    assert (one["payer"], one["paid_for"]) == ("Brass and sons", "declared")
    assert one["clip"] == {
        "id": post.clip.public_id, "title": "Polishing", "creator": "mia",
        "url": post.clip.get_absolute_url(),
    }  # fmt: skip
    assert one["reach"]["total"] == 480
    assert one["reach"]["by_age"] == {
        "18-24": 70, "25-34": None, "35-44": None, "45-54": None, "55+": None, "unknown": 300
    }  # fmt: skip
    assert (told["next"], told["fewest_told"]) == (None, 50)


def test_a_clip_that_is_private_now_is_named_by_its_creator_alone(
    client: Client, post: PaidPost
) -> None:
    Clip.objects.update(visibility=Visibility.PRIVATE)

    listed = client.get(reverse("transparency_posts")).content.decode()
    page = client.get(reverse("transparency_post", args=[post.public_id])).content.decode()
    (told,) = client.get(reverse("transparency_posts_document")).json()["posts"]

    for said in (listed, page):
        assert "Its clip is not public any more" in said
        assert "@mia" in said
        assert "Polishing" not in said
    assert (told["state"], told["clip"]["title"], told["clip"]["url"]) == ("taken_back", None, None)
    searched = client.get(reverse("transparency_posts"), {"q": "polish"}).content.decode()
    assert "No paid post fits what you are looking for" in searched


def test_a_clip_that_moderators_removed_says_so_and_why(client: Client, post: PaidPost) -> None:
    judged.decided(post.clip, Measure.REMOVE, reason="deceit")

    page = client.get(reverse("transparency_post", args=[post.public_id])).content.decode()
    (told,) = client.get(reverse("transparency_posts_document")).json()["posts"]

    assert "Moderators removed it: Scam, or somebody else&#x27;s name" in page
    assert "Polishing" not in page
    assert (told["state"], told["why"]["code"]) == ("removed", "deceit")


def test_it_is_found_by_payer_and_by_the_days_on_which_it_was_shown(
    client: Client, post: PaidPost
) -> None:
    def found(**asked: str) -> int:
        listed = client.get(reverse("transparency_posts"), asked).content.decode()
        sent = client.get(reverse("transparency_posts_document"), asked).json()["posts"]
        assert listed.count("<td>Brass and sons") == len(sent)
        return len(sent)

    day = timedelta(days=1)
    assert [found(payer=typed) for typed in ("brass", "glass")] == [1, 0]
    assert [found(since=str(on)) for on in (post.last_on, post.last_on + day)] == [1, 0]
    assert [found(until=str(on)) for on in (post.first_on, post.first_on - day)] == [1, 0]
    wrong = client.get(reverse("transparency_posts_document"), {"since": "never"})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "?since")


def test_a_page_of_them_takes_a_few_queries_however_many_there_are(
    client: Client, post: PaidPost, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(9):
        PaidPost.objects.create(
            clip=post.clip, paid_for="lent", payer=f"P{n}", first_on=_today(), last_on=_today()
        )
    with django_assert_num_queries(2):
        assert len(client.get(reverse("transparency_posts_document")).json()["posts"]) == 10


def test_a_program_gets_all_of_them_page_by_page(
    client: Client, post: PaidPost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vitrine.surfaces.transparency.views.SENT", 2)
    for payer in ("Glass", "Wood"):
        PaidPost.objects.create(
            clip=post.clip, paid_for="lent", payer=payer, first_on=_today(), last_on=_today()
        )

    first = client.get(reverse("transparency_posts_document")).json()
    second = client.get(reverse("transparency_posts_document") + first["next"]).json()

    payers = [one["payer"] for one in (*first["posts"], *second["posts"])]
    assert payers == ["Wood", "Glass", "Brass and sons"]
    assert second["next"] is None


def test_a_year_after_it_was_shown_last_it_is_gone(client: Client, post: PaidPost) -> None:
    long_ago = _today() - timedelta(days=366)
    PaidPost.objects.update(first_on=long_ago, last_on=long_ago)

    assert client.get(reverse("transparency_post", args=[post.public_id])).status_code == 404
    assert client.get(reverse("transparency_posts_document")).json()["posts"] == []


def test_postgres_keeps_no_post_without_payer_or_out_of_its_time(post: PaidPost) -> None:
    for change in ({"payer": ""}, {"last_on": post.first_on - timedelta(days=1)}):
        with pytest.raises(IntegrityError, match="paid_post_sane"), transaction.atomic():
            PaidPost.objects.update(**change)


def test_a_person_who_deletes_their_clip_takes_it_out(post: PaidPost) -> None:
    Person.objects.filter(pk=post.clip.creator_id).delete()

    assert not PaidPost.objects.exists()
    assert not PostReach.objects.exists()
