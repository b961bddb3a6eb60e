"""The profile page."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests import make
from tests.watch.test_feed import signed_in
from vitrine.videos.models import Like, Visibility

pytestmark = pytest.mark.django_db


def test_a_profile_shows_what_is_listed_newest_first_with_its_numbers() -> None:
    maker, fan = make.person("lumen"), make.person()
    fan.follow(maker, at=make.NOON)
    old = make.clip(maker, published_at=make.NOON.replace(hour=8))
    new = make.clip(maker)
    make.clip(maker, visibility=Visibility.UNLISTED)
    make.clip(maker, draft=True)
    Like.give(old, by=fan, at=make.NOON)

    context = Client().get("/@lumen").context

    assert list(context["clips"].rows) == [new, old]
    creator = context["creator"]
    assert (creator.clips, creator.followers, creator.likes) == (2, 1, 1)


def test_followers_see_what_is_for_followers() -> None:
    maker, fan = make.person("lumen"), make.person()
    fan.follow(maker, at=make.NOON)
    clip = make.clip(maker, visibility=Visibility.FOLLOWERS)

    assert list(signed_in(fan).get("/@lumen").context["clips"].rows) == [clip]
    assert list(Client().get("/@lumen").context["clips"].rows) == []


def test_a_long_profile_goes_on_behind_a_link() -> None:
    maker = make.person("lumen")
    for minute in range(30):
        make.clip(maker, published_at=make.NOON.replace(minute=minute))

    first = Client().get("/@lumen").context["clips"]
    rest = Client().get(f"/@lumen?cursor={first.next_cursor}").context["clips"]

    assert (len(first.rows), len(rest.rows)) == (24, 6)
    assert not set(first.rows) & set(rest.rows)


def test_a_handle_is_found_in_any_case_and_an_unknown_one_is_a_404() -> None:
    make.person("lumen")

    assert Client().get("/@Lumen").status_code == 200
    assert Client().get("/@nobody").status_code == 404


def test_one_s_own_profile_offers_editing_instead_of_following() -> None:
    maker = make.person("lumen")

    html = signed_in(maker).get("/@lumen").content.decode()

    assert "Edit profile" in html
    assert "Follow</button>" not in html


def test_a_profile_is_read_in_two_queries_however_much_is_on_it(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    maker, fan = make.person("lumen"), make.person()
    fan.follow(maker, at=make.NOON)
    for _ in range(3):
        Like.give(make.clip(maker), by=fan, at=make.NOON)
    browser = signed_in(fan)

    with django_assert_num_queries(2):
        Client().get("/@lumen")
    with django_assert_num_queries(4):  # and the session, and whose it is
        creator = browser.get("/@lumen").context["creator"]

    assert (creator.clips, creator.likes, creator.is_followed) == (3, 3, True)
