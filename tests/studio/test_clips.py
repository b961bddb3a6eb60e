"""The studio's list and editor, over HTTP."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests import make
from vitrine.accounts.models import Person
from vitrine.catalog.models import Tag
from vitrine.feed.models import ClipDay
from vitrine.surfaces.watch import articles
from vitrine.videos.models import Caption, Clip, Comment, Like, Upload, UploadState, Visibility

pytestmark = pytest.mark.django_db


def signed_in(person: Person) -> Client:
    """Return a browser that a person is signed in to."""
    client = Client()
    client.force_login(person, backend="vitrine.accounts.backend.Backend")
    return client


def draft(creator: Person, **upload: object) -> Clip:
    """Make a draft whose file is still on its way: 30 of 40 bytes have arrived."""
    fields = {"length": 40, "offset": 30, "filename": "harbour.mov", **upload}
    sent = Upload.objects.create(
        owner=creator, created_at=make.NOON, touched_at=make.NOON, **fields
    )
    return Clip.objects.create(creator=creator, upload=sent, created_at=make.NOON)


def test_a_creator_sees_own_clips_with_their_states_and_counts() -> None:
    creator, fan = make.person(), make.person()
    out = make.clip(creator, title="Harbour at six")
    uploading = draft(creator)
    make.clip(make.person(), title="Somebody else's")
    Like.objects.create(clip=out, person=fan, at=make.NOON)
    Comment.objects.create(clip=out, author=fan, text="Lovely", at=make.NOON)
    sums = dict.fromkeys("watched_ms skipped finished taps shares follows".split(), 0)
    for source, views in (("for_you", 2), ("link", 1)):
        ClipDay.objects.create(
            clip=out, day=make.NOON, source=source, reach=9, qualified=views, seen=[], **sums
        )

    page = signed_in(creator).get("/studio/")

    rows = {row.clip: row for row in page.context["clips"].rows}
    assert set(rows) == {out, uploading}
    assert (rows[out].views, rows[out].likes, rows[out].comments) == (3, 1, 1)
    assert rows[out].standing.stage == "Published"
    assert rows[uploading].standing.percent == 75
    assert "Somebody else" not in page.content.decode()


def test_the_list_says_what_people_who_cannot_see_or_hear_still_miss() -> None:
    creator = make.person()
    mute = make.clip(creator, description="A lamp.")
    bare, silent, whole = (make.clip(creator, has_sound=True) for _ in range(3))
    silent.mark_speechless(at=make.NOON)
    Caption.write(whole, "en", "WEBVTT")

    rows = {row.clip: row for row in signed_in(creator).get("/studio/").context["clips"].rows}

    assert rows[mute].lacking == ""
    assert rows[bare].lacking == "No description and no captions"
    assert rows[silent].lacking == rows[whole].lacking == "No description"


def test_the_list_takes_one_query_however_many_clips(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    creator = make.person()
    for _ in range(5):
        make.clip(creator)
    client = signed_in(creator)

    with django_assert_num_queries(3):
        client.get("/studio/")


def test_the_editor_takes_the_queries_it_says(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    creator = make.person()
    clip = make.clip(creator)
    for _ in range(3):
        make.tag(clip, make.variant().product)
    client = signed_in(creator)

    with django_assert_num_queries(13):  # one of them for a line to propose: the clip has none
        client.get(f"/studio/clips/{clip.public_id}/")


@pytest.mark.parametrize(
    "path",
    ["", "row/", "standing/", "publication/", "deletion/", "products/", "captions/", "silence/"],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_strangers_clip_does_not_exist(path: str, method: str) -> None:
    clip = make.clip(draft=True)
    stranger = signed_in(make.person())

    answer = getattr(stranger, method)(f"/studio/clips/{clip.public_id}/{path}")

    assert answer.status_code in {404, 405}
    assert method == "post" or answer.status_code == 404 or path in {"publication/", "silence/"}
    clip.refresh_from_db()
    assert (clip.published_at, clip.deleted_at) == (None, None)


def test_somebody_signed_out_is_asked_to_sign_in_and_comes_back() -> None:
    answer = Client().get("/studio/upload/")

    assert answer.status_code == 302
    assert answer["Location"].endswith("?next=/studio/upload/")


def test_details_are_saved_as_they_are_typed() -> None:
    creator = make.person()
    clip = draft(creator)
    typed = {"title": "Harbour", "description": " Boats \n at six ", "language": "es"}

    answer = signed_in(creator).post(
        f"/studio/clips/{clip.public_id}/",
        {**typed, "visibility": "followers"},
        headers={"HX-Request": "true"},
    )

    clip.refresh_from_db()
    assert answer.status_code == 200
    assert "Saved" in answer.content.decode()
    assert (clip.title, clip.description, clip.language) == ("Harbour", "Boats at six", "es")
    assert (clip.visibility, clip.comments_open) == (Visibility.FOLLOWERS, False)


def test_who_paid_for_a_clip_is_typed_and_read_on_it_by_everybody() -> None:
    creator = make.person()
    clip = make.clip(creator, title="Lamp", description="A lamp turns.")
    typed = {"title": "Lamp", "description": "A lamp turns.", "language": "en"}
    client, path = signed_in(creator), f"/studio/clips/{clip.public_id}/"

    client.post(path, {**typed, "visibility": "public", "paid_by": " Brass & \n sons "})

    clip.refresh_from_db()
    assert clip.paid_by == "Brass & sons"
    assert 'value="Brass &amp; sons"' in client.get(path).content.decode()
    articles.forget()
    for page in (clip.get_absolute_url(), f"/v/{clip.public_id}/embed", "/"):
        html = Client().get(page).content.decode()
        assert re.search("Paid partnership[^<]{1,4}Brass &amp; sons", html), page
    client.post(path, {**typed, "visibility": "public", "paid_by": ""})
    assert "Paid partnership" not in Client().get(clip.get_absolute_url()).content.decode()


def test_a_wrong_form_keeps_what_was_typed_and_saves_nothing() -> None:
    creator = make.person()
    clip = make.clip(creator, title="Before")
    typed = {"title": "A title too long " * 20, "language": "en", "visibility": "public"}

    answer = signed_in(creator).post(
        f"/studio/clips/{clip.public_id}/", {**typed, "description": "Kept"}
    )

    clip.refresh_from_db()
    assert answer.status_code == 422
    assert clip.title == "Before"
    html = answer.content.decode()
    assert "A title too long A title too long" in html
    assert "Kept" in html


def test_deleting_asks_first() -> None:
    creator = make.person()
    clip = make.clip(creator)
    client = signed_in(creator)
    url = f"/studio/clips/{clip.public_id}/deletion/"

    asked = client.get(url)
    clip.refresh_from_db()
    kept = clip.deleted_at is None
    client.post(url)

    clip.refresh_from_db()
    assert "be undone" in asked.content.decode()
    assert kept
    assert clip.deleted_at is not None
    assert client.get(f"/studio/clips/{clip.public_id}/").status_code == 404


def test_products_can_be_tagged_once_the_length_is_known() -> None:
    creator = make.person()
    clip = draft(creator, state=UploadState.ACCEPTED, offset=40)
    client = signed_in(creator)
    url = f"/studio/clips/{clip.public_id}/standing/"

    before = client.get(f"{url}?known=0").content.decode()
    Clip.objects.filter(pk=clip.pk).update(duration_ms=9000)
    after = client.get(f"{url}?known=0").content.decode()

    assert 'id="tags"' not in before
    assert 'id="tags"' in after
    assert not Tag.objects.exists()


def test_a_title_is_kept_without_what_hides_and_judged_by_what_is_kept() -> None:
    creator = make.person()
    clip = make.clip(creator)
    url = f"/studio/clips/{clip.public_id}/"
    said = {"description": "", "language": "en", "visibility": "public"}

    kept = signed_in(creator).post(url, {**said, "title": "Har\u202ebour\u200b at six"})
    refused = signed_in(creator).post(url, {**said, "title": "\u0958" * 150})  # two letters each

    assert (kept.status_code, refused.status_code) == (302, 422)
    assert Clip.objects.get(pk=clip.pk).title == "Harbour at six"
