"""Searching as oneself: of what has the words, what one's watching speaks for goes up."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from tests import make
from tests.feed.learned import learn, watch_all
from vitrine.accounts import visitors
from vitrine.accounts.models import Person
from vitrine.feed import affinity, weights
from vitrine.feed.learning import rebuilding, served
from vitrine.feed.models import Habit
from vitrine.search.finding import FoundClip, Kind
from vitrine.surfaces.search import page
from vitrine.videos.models import Clip, Viewer, Visibility

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _learnt_here(settings: Settings, tmp_path: Path) -> None:
    settings.VITRINE_DATA = tmp_path
    served.forget()


def titles(typed: str, key: str | None, viewer: Viewer | None = None, number: int = 1) -> list[str]:
    """Return the titles of the clips that somebody finds, the best first."""
    found = page.results(
        typed,
        viewer or AnonymousUser(),
        key=key,
        language="en",
        kind=Kind.CLIPS,
        page=number,
        at=make.NOON,
    ).found
    return [clip.title for clip in found.rows if isinstance(clip, FoundClip)]


def lamp(title: str, *, days: int = 1, description: str = "") -> Clip:
    return make.clip(title=title, published_at=make.NOON - days * DAY, description=description)


def watched_after(boat: Clip, *clips: Clip, viewers: int = 6) -> None:
    """Have others watch some clips after the boat, and learn it."""
    for n in range(viewers):
        watch_all([boat, *clips], to=f"v_other{n}")
    learn()


def sailor() -> tuple[Person, Clip]:
    """Return somebody who watched a boat, and the boat."""
    who, boat = make.person(), make.clip(title="A boat")
    watch_all([boat], to=who.public_id)
    return who, boat


def test_of_equals_what_one_s_watching_speaks_for_comes_first() -> None:
    who, boat = sailor()
    mine, newer = lamp("Lamp at sea", days=20), lamp("Lamp at home")
    watched_after(boat, mine)

    assert titles("lamp", None) == titles("lamp", "v_new") == [newer.title, mine.title]
    assert titles("lamp", who.public_id, who) == [mine.title, newer.title]


def test_tables_say_the_same_as_news() -> None:
    who, boat = sailor()
    mine = lamp("Lamp at sea", days=20)
    lamp("Lamp at home")
    watched_after(boat, mine)
    rebuilding.rebuild()

    assert titles("lamp", who.public_id, who)[0] == mine.title


def test_a_title_with_the_word_stays_before_whatever_one_likes() -> None:
    who, boat = sailor()
    mine = lamp("At sea", description="With a lamp.")
    lamp("Lamp", days=2)
    watched_after(boat, mine)

    assert affinity.of(who.public_id, who).amounts.max() == 1.0
    assert titles("lamp", who.public_id, who) == ["Lamp", "At sea"]


def test_who_wants_no_personal_order_finds_as_a_stranger_does() -> None:
    who, boat = sailor()
    watched_after(boat, lamp("Lamp at sea", days=20))
    lamp("Lamp at home")

    Habit.unprofile(who, at=make.NOON)
    assert titles("lamp", who.public_id, who) == titles("lamp", None)
    Habit.profile(who)
    assert titles("lamp", who.public_id, who) != titles("lamp", None)
    Habit.pause(who, at=make.NOON)
    assert titles("lamp", who.public_id, who) == titles("lamp", None)


def test_what_may_not_be_seen_is_not_found_whatever_speaks_for_it() -> None:
    who, boat = sailor()
    mine = lamp("Lamp at sea")
    watched_after(boat, mine)
    Clip.objects.filter(pk=mine.pk).update(visibility=Visibility.PRIVATE)

    assert mine.pk in affinity.of(who.public_id, who).clips
    assert titles("lamp", who.public_id, who) == []


def test_pages_follow_each_other_without_repeats() -> None:
    who, boat = sailor()
    lamps = [lamp(f"Lamp {n}", days=n) for n in range(40)]
    watched_after(boat, *lamps[30:])

    found = [titles("lamp", who.public_id, who, number) for number in (1, 2)]

    assert sorted(found[0] + found[1]) == sorted(clip.title for clip in lamps)
    assert lamps[30].title in found[0][:5]  # right after the boat; a month old


def test_affinity_costs_one_query_and_none_where_nothing_is_known(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    who, boat = sailor()
    with django_assert_num_queries(0):
        assert affinity.of(who.public_id, who) is affinity.NONE
    watched_after(boat, lamp("Lamp"))
    served.learnt()

    with django_assert_num_queries(1):
        assert len(affinity.of(who.public_id, who).clips)
    with django_assert_num_queries(0):
        assert affinity.of(None, AnonymousUser()) is affinity.NONE


def test_a_visitor_is_known_by_their_cookie() -> None:
    boat = make.clip(title="A boat")
    watch_all([boat], to="v_sailor")
    mine = lamp("Lamp at sea", days=20)
    lamp("Lamp at home")
    watched_after(boat, mine)
    client = Client()
    client.cookies[visitors.COOKIE] = visitors._signer.sign("v_sailor")

    rows = client.get("/search?q=lamp").context["results"].found.rows

    assert rows[0].title == mine.title
    assert client.get("/search?q=lamp&in=products").status_code == 200


def test_the_declared_weight_says_how_much(monkeypatch: pytest.MonkeyPatch) -> None:
    who, boat = sailor()
    mine, newer = lamp("Lamp at sea", days=20), lamp("Lamp at home")
    watched_after(boat, mine)

    monkeypatch.setattr(weights, "IN_SEARCH", 0.0)

    assert titles("lamp", who.public_id, who) == [newer.title, mine.title]
