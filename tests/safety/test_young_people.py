"""Under-age protection: who may have an account, and what is kept from and off young people."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils import timezone

from tests import make
from tests.safety import judged
from tests.search.finders import titles
from vitrine.accounts import ages
from vitrine.accounts.models import Notice, Person
from vitrine.feed import serving
from vitrine.kernel import storage
from vitrine.safety.policy import Measure
from vitrine.surfaces.watch import naming
from vitrine.videos import receiving
from vitrine.videos.models import Clip, Comment, CommentRules, ForFollowersOnly, Visibility

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()


def aged(years: int, handle: str = "") -> Person:
    """Make somebody who turned that many years yesterday."""
    yesterday = timezone.localdate() - timedelta(days=1)
    return make.person(handle, born_on=ages.birthday(yesterday, -years))


def test_children_are_told_politely_and_nothing_is_kept(client: Client) -> None:
    born_on = ages.birthday(timezone.localdate() + timedelta(days=1), -13)
    typed = {"email": "kid@example.org", "handle": "kid", "password1": make.PASSWORD}

    answer = client.post("/account/signup/", {**typed, "born_on": born_on.isoformat()})

    page = answer.content.decode()
    assert "Accounts are for people of 13 and older. You can watch without one" in page
    assert 'value="kid@example.org"' in page
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    "born_on, objection",
    [
        (date(2013, 11, 20), None),
        (date(2013, 11, 21), "Accounts are for people of 13"),
        (date(2026, 11, 21), "cannot be the day"),
        (date(1890, 1, 1), "cannot be the day"),
        (date(2012, 2, 29), None),
    ],
)
def test_an_account_may_be_had_from_the_thirteenth_birthday(
    born_on: date, objection: str | None
) -> None:
    said = ages.objection(born_on, on=date(2026, 11, 20), least=13)

    assert (said is None) if objection is None else (objection in (said or ""))


def test_who_is_born_on_a_leap_day_is_grown_up_on_the_first_of_march() -> None:
    assert ages.birthday(date(2008, 2, 29), 18) == date(2026, 3, 1)
    assert ages.age(date(2008, 2, 29), on=date(2026, 2, 28)) == 17


def test_a_clip_for_adults_is_for_adults_on_pages_bytes_and_lists(client: Client) -> None:
    by_creator, by_moderator = make.clip(title="Late", is_mature=True), make.clip(title="Late too")
    judged.decided(by_moderator, Measure.MATURE, reason="adult")
    young, adult, unknown = aged(17), aged(18), make.person()

    for viewer in (NOBODY, young):
        assert not Clip.objects.visible_to(viewer).exists()
        assert not Clip.objects.unasked_for(viewer).exists()
        assert not serving.next_clips("young", viewer, size=9, at=make.NOON)
        assert not titles("late", by=viewer)
    for viewer in (adult, unknown):
        assert Clip.objects.visible_to(viewer).count() == 2
        assert Clip.objects.unasked_for(viewer).count() == 2
        assert len(serving.next_clips(viewer.public_id, viewer, size=9, at=make.NOON)) == 2
        assert len(titles("late", by=viewer)) == 2
    key = by_creator.renditions.get().key
    storage.put(key, b"film")
    assert client.get(f"/m/{key}").status_code == 404
    client.force_login(adult)
    answer = client.get(f"/m/{key}")
    assert answer.status_code == 200
    assert answer["Cache-Control"].startswith("private")


def test_what_is_made_with_a_clip_for_adults_is_for_adults(client: Client) -> None:
    origin = make.clip(**make.OPEN)
    duet = make.remix(origin)
    assert duet in Clip.objects.unasked_for(NOBODY)

    judged.decided(origin, Measure.MATURE, reason="adult")

    for viewer in (NOBODY, aged(17)):
        assert not Clip.objects.visible_to(viewer).exists()
        assert not Clip.objects.unasked_for(viewer).exists()
    assert duet in Clip.objects.unasked_for(aged(18))
    key = duet.renditions.get().key
    storage.put(key, b"film")
    assert client.get(f"/m/{key}").status_code == 404
    assert client.get(f"{duet.get_absolute_url()}/embed").status_code == 404
    client.force_login(duet.creator)
    assert client.get(f"/m/{key}")["Cache-Control"].startswith("private")


def test_young_creators_begin_among_followers(client: Client) -> None:
    young, adult = aged(15), aged(30)

    for owner in (young, adult):
        receiving.begin(owner, length=9, filename="a.mp4", at=timezone.now())

    usual = {clip.creator: clip.visibility for clip in Clip.objects.all()}
    assert usual == {young: Visibility.FOLLOWERS, adult: Visibility.PUBLIC}


def test_strangers_do_not_comment_on_young_creators_unless_they_say_so() -> None:
    clip, stranger = make.clip(aged(15)), make.person()

    with pytest.raises(ForFollowersOnly):
        Comment.say(clip, "Hello", by=stranger, at=make.NOON)
    CommentRules.put(by=clip.creator, audience="everyone", holding="listed", words=[])

    assert Comment.say(clip, "Hello", by=stranger, at=make.NOON).text == "Hello"


def test_mentions_lead_to_nobody_under_age() -> None:
    aged(15, "young.one"), aged(30, "grown.up")

    assert naming.named_in(["Ask @young.one or @grown.up"], NOBODY) == {"grown.up"}


def test_strangers_reach_nobody_under_age_by_naming_them() -> None:
    young, friend, clip = aged(15, "young.one"), make.person(), make.clip()
    young.follow(friend, at=make.NOON)

    for author in (make.person(), friend):
        Comment.say(clip, "Come here, @young.one", by=author, at=make.NOON)
    Comment.say(make.clip(is_mature=True), "And @young.one", by=friend, at=make.NOON)

    assert [notice.actor for notice in Notice.objects.filter(person=young)] == [friend]


def test_the_desk_says_that_somebody_is_under_age_and_no_more(client: Client) -> None:
    clip = make.clip(aged(15))
    judged.case(clip, "minor")
    client.force_login(judged.moderator())

    page = client.get("/desk/").content.decode()

    assert "Under 18" in page
    assert clip.creator.born_on is not None
    assert str(clip.creator.born_on.year) not in page
