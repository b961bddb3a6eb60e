"""Saving clips into collections, and who sees what is in them."""

import pytest
from django.test import Client

from tests import make, races
from tests.watch.test_feed import shown, signed_in
from vitrine.accounts.models import Block, Person
from vitrine.videos.models import Clip, Collection, Save, Visibility

pytestmark = pytest.mark.django_db


def kept(collection: Collection, viewer: Person) -> list[Clip]:
    return list(collection.clips(viewer))


def collection(owner: Person, *clips: Clip, is_public: bool = True) -> Collection:
    made = Collection.make("Lamps", by=owner, is_public=is_public, at=make.NOON)
    for clip in clips:
        Save.put(clip, into=made, at=make.NOON)
    return made


def test_one_tap_saves_and_another_takes_back_out_of_all_collections() -> None:
    clip, viewer = make.clip(), make.person()
    client = signed_in(viewer)

    client.post(f"/v/{clip.public_id}/save", headers={"HX-Request": "true"})
    client.post(f"/v/{clip.public_id}/save")

    saved = Save.objects.get()
    assert (saved.collection.name, saved.collection.is_public) == ("Saved", False)
    button = f'formaction="/v/{clip.public_id}/save" aria-pressed="true" name="method"'
    assert button in client.get("/").content.decode()
    Save.put(clip, into=collection(viewer), at=make.NOON)
    client.post(f"/v/{clip.public_id}/save", {"method": "delete"})
    assert not Save.objects.exists()


def test_a_clip_counts_each_person_who_saved_it_once() -> None:
    clip, viewer = make.clip(), make.person()
    for name in ("One", "Two"):
        into = Collection.make(name, by=viewer, is_public=False, at=make.NOON)
        Save.put(clip, into=into, at=make.NOON)

    assert (
        'class="count num" data-count="1"' in Client().get(f"/v/{clip.public_id}").content.decode()
    )


def test_the_sheet_makes_a_collection_and_says_what_is_wrong_with_a_name() -> None:
    clip, viewer = make.clip(), make.person()
    client = signed_in(viewer)
    url = f"/v/{clip.public_id}/collections"

    client.post(f"{url}/new", {"name": " Brass  lamps "})
    twice = client.post(f"{url}/new", {"name": "Brass lamps", "is_public": "on"})
    empty = client.post(f"{url}/new", {"name": ""})

    assert (twice.status_code, empty.status_code) == (409, 422)
    assert "You have a collection of that name already" in twice.content.decode()
    assert 'value="Brass lamps"' in twice.content.decode()
    assert "Give the collection a name." in empty.content.decode()
    made = Collection.objects.get(is_default=False)
    assert (made.name, kept(made, viewer)) == ("Brass lamps", [clip])
    client.post(f"{url}/{made.public_id}", {"method": "delete"})
    assert kept(made, viewer) == []


def test_a_collection_is_arranged_moved_between_and_deleted_after_a_question() -> None:
    viewer, (one, two, three) = make.person(), (make.clip(), make.clip(), make.clip())
    lamps = collection(viewer, one, two, three)
    other = Collection.make("Other", by=viewer, is_public=False, at=make.NOON)
    client = signed_in(viewer)
    assert kept(lamps, viewer) == [three, two, one]

    client.post(f"/collections/{lamps.public_id}/clips/{one.public_id}", {"to": "up"})
    client.post(f"/collections/{lamps.public_id}/clips/{three.public_id}", {"to": "up"})
    assert kept(lamps, viewer) == [three, one, two]
    client.post(f"/collections/{lamps.public_id}/clips/{three.public_id}", {"to": "down"})
    assert kept(lamps, viewer) == [one, three, two]
    into = {"into": other.public_id}
    client.post(f"/collections/{lamps.public_id}/clips/{three.public_id}", into)
    assert (kept(lamps, viewer), kept(other, viewer)) == ([one, two], [three])

    asked = client.get(f"/collections/{lamps.public_id}/deletion").content.decode()
    assert "Delete “Lamps”?" in asked
    client.post(f"/collections/{lamps.public_id}/deletion")
    assert set(Collection.objects.values_list("name", flat=True)) == {"Saved", "Other"}


def test_nobody_moves_a_clip_into_another_s_collection() -> None:
    viewer, stranger, clip = make.person(), make.person(), make.clip()
    own, theirs = collection(viewer, clip), collection(stranger)

    into = {"into": theirs.public_id}
    answer = signed_in(viewer).post(f"/collections/{own.public_id}/clips/{clip.public_id}", into)

    assert answer.status_code == 404
    assert (kept(own, viewer), kept(theirs, stranger)) == ([clip], [])


def test_others_see_an_open_collection_without_what_is_not_listed_for_them() -> None:
    owner, maker = make.person("keeper"), make.person()
    listed = make.clip(maker)
    by_link = make.clip(maker, visibility=Visibility.UNLISTED)
    lamps = collection(owner, listed, by_link)
    hidden = Collection.make("Secret", by=owner, is_public=False, at=make.NOON)
    gone = make.clip(maker)
    Save.put(gone, into=lamps, at=make.NOON)
    gone.unpublish()

    page = Client().get(f"/collections/{lamps.public_id}").content.decode()

    assert listed.public_id in page
    assert by_link.public_id not in page
    assert gone.public_id not in page
    assert kept(lamps, owner) == [by_link, listed]
    assert Client().get(f"/collections/{hidden.public_id}").status_code == 404
    profile = Client().get("/@keeper/collections").content.decode()
    assert "Lamps" in profile
    assert "Secret" not in profile


def test_a_block_closes_collections_and_empties_them() -> None:
    owner, viewer, maker = make.person(), make.person(), make.person()
    lamps = collection(owner, make.clip(maker))
    assert len(kept(lamps, viewer)) == 1

    Block.put(by=maker, on=viewer, at=make.NOON)
    assert kept(lamps, viewer) == []
    Block.put(by=viewer, on=owner, at=make.NOON)
    assert signed_in(viewer).get(f"/collections/{lamps.public_id}").status_code == 404


def test_the_default_collection_is_never_shown_to_others() -> None:
    viewer, clip = make.person(), make.clip()
    client = signed_in(viewer)
    client.post(f"/v/{clip.public_id}/save")
    saved = Collection.objects.get()

    client.post(f"/collections/{saved.public_id}/settings", {"name": "Kept", "is_public": "on"})

    saved.refresh_from_db()
    assert (saved.name, saved.is_public) == ("Kept", False)
    assert shown(client, "/saved") == []


@pytest.mark.django_db(transaction=True)
def test_clips_that_are_saved_at_once_get_a_place_each() -> None:
    lamps = collection(make.person())
    clips = [make.clip() for _ in range(4)]

    races.race(4, lambda number: Save.put(clips[number], into=lamps, at=make.NOON))

    assert sorted(Save.objects.values_list("place", flat=True)) == [1, 2, 3, 4]
