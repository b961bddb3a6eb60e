"""Reposts: on one's own profile, and before one's followers."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests import make
from tests.watch.test_feed import shown, signed_in
from vitrine.accounts.models import Block, Mute
from vitrine.surfaces.watch import articles, page
from vitrine.videos.models import NotToRepost, Repost, Visibility

pytestmark = pytest.mark.django_db
LATER = make.NOON.replace(hour=13)


def test_a_repost_comes_to_followers_once_and_says_by_whom() -> None:
    one, two, viewer = make.person("ana"), make.person("ben"), make.person()
    old = make.clip(one, published_at=make.NOON.replace(hour=10))
    clip = make.clip(published_at=make.NOON.replace(hour=8))
    for followed in (one, two):
        viewer.follow(followed, at=make.NOON)
        Repost.give(clip, by=followed, at=make.NOON if followed == one else LATER)

    client = signed_in(viewer)

    assert shown(client, "/following") == [clip.public_id, old.public_id]
    html = client.get("/following").content.decode()
    assert html.count("Reposted by @ana") == 1
    assert "@ben" not in html


def test_following_goes_on_where_it_ended_with_reposts_among_the_clips(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    maker, passer, viewer = make.person(), make.person(), make.person()
    viewer.follow(maker, at=make.NOON)
    viewer.follow(passer, at=make.NOON)
    clips = [make.clip(maker, published_at=make.NOON.replace(minute=n)) for n in range(0, 20, 2)]
    for minute in range(1, 20, 2):
        clip = make.clip()
        Repost.give(clip, by=passer, at=make.NOON.replace(minute=minute))
        clips.append(clip)

    client = signed_in(viewer)
    first = client.get("/following").content.decode()
    more = first.split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
    seen = shown(client, "/following") + shown(client, more)

    assert len(seen) == len(set(seen)) == 20
    articles.ready([clip.pk for clip in clips], at=make.NOON)
    with django_assert_num_queries(1):
        page.following(viewer, cursor=None, size=page.SLATE, first=1, at=make.NOON)


def test_a_repost_of_somebody_followed_moves_nothing() -> None:
    maker, passer, viewer = make.person(), make.person(), make.person()
    for followed in (maker, passer):
        viewer.follow(followed, at=make.NOON)
    clip, newer = make.clip(maker), make.clip(maker, published_at=LATER)
    Repost.give(clip, by=passer, at=LATER.replace(hour=15))

    assert shown(signed_in(viewer), "/following") == [newer.public_id, clip.public_id]


def test_what_is_not_public_own_or_closed_is_not_reposted() -> None:
    maker, viewer = make.person(), make.person()
    for clip, by in (
        (make.clip(maker), maker),
        (make.clip(maker, visibility=Visibility.FOLLOWERS), viewer),
        (make.clip(maker, visibility=Visibility.UNLISTED), viewer),
        (make.clip(maker, draft=True), viewer),
        (make.clip(maker, reposts_open=False), viewer),
    ):
        with pytest.raises(NotToRepost):
            Repost.give(clip, by=by, at=make.NOON)

    assert not Repost.objects.exists()
    closed = make.clip(maker, reposts_open=False)
    client = signed_in(viewer)
    assert client.post(f"/v/{closed.public_id}/repost").status_code == 409
    assert "/repost" not in client.get(f"/v/{closed.public_id}/options").content.decode()


def test_a_repost_ends_where_its_clip_does_and_when_it_is_taken_back() -> None:
    passer, clip, fan = make.person("passer"), make.clip(), make.person()
    fan.follow(passer, at=make.NOON)
    client = signed_in(passer)
    client.post(f"/v/{clip.public_id}/repost")
    client.post(f"/v/{clip.public_id}/repost")
    assert Repost.objects.count() == 1
    assert clip.public_id in Client().get("/@passer/reposts").content.decode()

    type(clip).objects.filter(pk=clip.pk).update(visibility=Visibility.PRIVATE)
    assert clip.public_id not in Client().get("/@passer/reposts").content.decode()
    assert shown(signed_in(fan), "/following") == []

    type(clip).objects.filter(pk=clip.pk).update(visibility=Visibility.PUBLIC)
    client.post(f"/v/{clip.public_id}/repost", {"method": "delete"})
    assert not Repost.objects.exists()


def test_blocks_and_mutes_hold_on_reposts() -> None:
    maker, passer, viewer = make.person(), make.person("passer"), make.person()
    clip = make.clip(maker)
    viewer.follow(passer, at=make.NOON)
    Repost.give(clip, by=passer, at=make.NOON)
    client = signed_in(viewer)
    assert shown(client, "/following") == [clip.public_id]

    Mute.put(by=viewer, on=passer, at=make.NOON)
    assert shown(client, "/following") == []
    Mute.lift(by=viewer, on=passer)
    Block.put(by=maker, on=viewer, at=make.NOON)
    assert shown(client, "/following") == []
    assert clip.public_id not in client.get("/@passer/reposts").content.decode()
