"""Blocks and mutes, on every surface where two people could meet."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from tests import make, races
from tests.watch.test_feed import signed_in
from vitrine.accounts.models import Block, Blocked, Follow, Mute, Person
from vitrine.videos.models import Clip

pytestmark = pytest.mark.django_db


SURFACES: dict[str, Callable[[Clip], str]] = {
    "for you": lambda clip: "/",
    "clip": lambda clip: clip.get_absolute_url(),
    "comments": lambda clip: f"{clip.get_absolute_url()}/talk",
    "profile": lambda clip: f"/@{clip.creator.handle}",
    "search for clips": lambda clip: "/search?q=zebrafish",
    "search for people": lambda clip: f"/search?q=%40{clip.creator.handle}",
    "suggestions": lambda clip: f"/search/suggestions?q=%40{clip.creator.handle}",
    "hashtag": lambda clip: "/tags/zebrafish",
}


def shows(surface: str, clip: Clip, viewer: Person) -> bool:
    answer = signed_in(viewer).get(SURFACES[surface](clip))
    if answer.status_code == 404:
        return False
    html = answer.content.decode()
    names = (f"/@{clip.creator.handle}", f"/v/{clip.public_id}", clip.title)
    return any(name in html for name in names)


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("is_the_blocker", [True, False])
def test_a_block_holds_on_every_surface_both_ways(surface: str, is_the_blocker: bool) -> None:
    maker, viewer = make.person("aquarist"), make.person()
    clip = make.clip(maker, title="Zebrafish", description="#zebrafish")

    by, on = (viewer, maker) if is_the_blocker else (maker, viewer)
    Block.put(by=by, on=on, at=make.NOON)

    assert not shows(surface, clip, viewer)
    assert shows(surface, clip, make.person())


def test_a_block_ends_follows_both_ways_and_no_new_one_begins() -> None:
    one, other = make.person(), make.person()
    one.follow(other, at=make.NOON)
    other.follow(one, at=make.NOON)

    Block.put(by=one, on=other, at=make.NOON)

    assert not Follow.objects.exists()
    for follower, followed in ((one, other), (other, one)):
        with pytest.raises(Blocked):
            follower.follow(followed, at=make.NOON)
    assert not Follow.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_a_follow_and_a_block_at_once_no_follow_is_left() -> None:
    one, other = make.person(), make.person()

    races.race(
        2,
        lambda number: (
            Block.put(by=one, on=other, at=make.NOON) if number else other.follow(one, at=make.NOON)
        ),
    )

    assert Block.objects.count() == 1
    assert not Follow.objects.exists()


def test_a_mute_empties_the_feeds_and_the_profile_stays() -> None:
    maker, viewer = make.person("aquarist"), make.person()
    clip = make.clip(maker, title="Zebrafish")
    viewer.follow(maker, at=make.NOON)
    client = signed_in(viewer)
    assert clip.public_id in client.get("/following").content.decode()

    client.post("/account/mutes/aquarist/", {"next": "/@aquarist"})

    assert clip.public_id not in client.get("/following").content.decode()
    assert clip.public_id not in client.get("/").content.decode()
    profile = client.get("/@aquarist").content.decode()
    assert clip.public_id in profile
    assert "Mute no more" in profile
    assert Follow.objects.exists()


def test_blocks_and_mutes_are_listed_and_lifted() -> None:
    viewer = make.person()
    make.person("rude")
    client = signed_in(viewer)

    blocked = client.post("/account/blocks/rude/")
    client.post("/account/blocks/rude/")

    assert blocked.headers["Location"] == "/account/distance/"
    assert Block.objects.count() == 1
    assert "@rude" in client.get("/account/distance/").content.decode()
    client.post("/account/blocks/rude/", {"method": "delete"})
    assert not Block.objects.exists()
    assert client.get("/@rude").status_code == 200


def test_nobody_blocks_or_mutes_themselves() -> None:
    one = make.person()

    Block.put(by=one, on=one, at=make.NOON)
    Mute.put(by=one, on=one, at=make.NOON)

    assert not Block.objects.exists()
    assert not Mute.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Block.objects.create(by=one, on=one, at=make.NOON)
