"""The studio's list and editor, over HTTP."""

import re
from datetime import timedelta
from fractions import Fraction

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests import make
from vitrine.accounts.models import Person
from vitrine.catalog.models import Tag
from vitrine.feed.models import ClipDay
from vitrine.videos.models import (
    Caption,
    Clip,
    Comment,
    Encoding,
    EncodingState,
    Like,
    NotDescribed,
    Upload,
    UploadState,
    Visibility,
)
from vitrine.videos.probe import Probe

pytestmark = pytest.mark.django_db


def signed_in(person: Person) -> Client:
    """Return a browser that a person is signed in to."""
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
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

    with django_assert_num_queries(4):
        client.get("/studio/")


def test_the_editor_takes_the_queries_it_says(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    creator = make.person()
    clip = make.clip(creator)
    for _ in range(3):
        make.tag(clip, make.variant().product)
    client = signed_in(creator)

    with django_assert_num_queries(9):  # one of them for a line to propose: the clip has none
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


def test_a_clip_that_does_not_play_yet_is_not_published() -> None:
    creator = make.person()
    clip = draft(creator)

    answer = signed_in(creator).post(
        f"/studio/clips/{clip.public_id}/publication/", headers={"HX-Request": "true"}
    )

    clip.refresh_from_db()
    assert answer.status_code == 409
    assert "still being prepared" in answer.content.decode()
    assert clip.published_at is None


def test_a_refused_publication_leaves_the_button_and_says_why() -> None:
    creator = make.person()
    clip = draft(creator)

    answer = signed_in(creator).post(
        f"/studio/clips/{clip.public_id}/publication/", headers={"HX-Request": "true"}
    )

    html = answer.content.decode()
    assert answer.status_code == 409
    assert 'id="standing"' in html
    assert 'role="alert"' in html


@pytest.mark.parametrize("verb", ["DELETE", "POST"])
def test_a_clip_is_published_and_taken_back(verb: str) -> None:
    creator = make.person()
    clip = make.clip(creator, draft=True, description="Boats come in.")
    client = signed_in(creator)
    url = f"/studio/clips/{clip.public_id}/publication/"

    published = client.post(url)
    clip.refresh_from_db()
    was_out = clip.published_at is not None
    client.delete(url) if verb == "DELETE" else client.post(url, {"method": "delete"})

    clip.refresh_from_db()
    assert published.status_code == 302
    assert was_out
    assert clip.published_at is None


def test_a_clip_is_published_only_with_a_line_that_says_what_happens() -> None:
    creator = make.person()
    clip = make.clip(creator, draft=True)
    client = signed_in(creator)
    url = f"/studio/clips/{clip.public_id}/publication/"
    typed = {"title": "Lamp", "language": "en", "visibility": "public"}

    refused = client.post(url, {**typed, "description": " "}, headers={"HX-Request": "true"})
    without_scripts = client.post(url)
    clip.refresh_from_db()
    kept = (clip.title, clip.published_at)
    client.post(url, {**typed, "description": "A lamp turns."}, headers={"HX-Request": "true"})

    clip.refresh_from_db()
    assert (refused.status_code, without_scripts.status_code) == (409, 409)
    for answer in (refused, without_scripts):
        assert "One line that says what happens is missing" in answer.content.decode()
    assert kept == ("Lamp", None)
    assert clip.description == "A lamp turns."
    assert clip.published_at is not None


def test_a_wrong_field_keeps_a_clip_from_being_published_and_stays_typed() -> None:
    creator = make.person()
    clip = make.clip(creator, draft=True, description="Before.")
    typed = {"title": "long " * 40, "description": "After.", "language": "en"}
    url = f"/studio/clips/{clip.public_id}/publication/"

    answers = [
        signed_in(creator).post(url, {**typed, "visibility": "public"}, headers=headers)
        for headers in ({"HX-Request": "true"}, {})
    ]

    clip.refresh_from_db()
    assert [answer.status_code for answer in answers] == [422, 422]
    assert "Not published" in answers[0].content.decode()
    assert 'id="saved" role="status" hx-swap-oob="true"' in answers[0].content.decode()
    assert "long long" in answers[1].content.decode()
    assert (clip.description, clip.published_at) == ("Before.", None)


def test_the_line_of_a_clip_that_is_out_is_changed_and_not_taken_away() -> None:
    creator = make.person()
    clip, old = make.clip(creator, description="A lamp."), make.clip(creator)
    client = signed_in(creator)
    typed = {"title": "Lamp", "language": "en", "visibility": "private"}

    emptied = client.post(f"/studio/clips/{clip.public_id}/", {**typed, "description": ""})
    with pytest.raises(NotDescribed):
        clip.revise(description="", visibility="private")
    without = client.post(f"/studio/clips/{old.public_id}/", {**typed, "description": ""})

    clip.refresh_from_db()
    old.refresh_from_db()
    assert emptied.status_code == 422
    assert "people who cannot see it need this line" in emptied.content.decode()
    assert (clip.description, clip.visibility) == ("A lamp.", "public")
    assert without.status_code == 302  # it went out before a line was asked for
    assert old.visibility == "private"


def test_a_line_is_proposed_from_what_is_said_while_there_is_none() -> None:
    creator = make.person()
    clip = make.clip(creator, draft=True, title="Tea")
    Caption.write(clip, "en", "WEBVTT\n\n00:00.000 --> 00:02.000\nWater first. Then\n")
    client, url = signed_in(creator), f"/studio/clips/{clip.public_id}/"
    typed = {"title": "Tea", "language": "en", "visibility": "public"}

    html = client.get(url).content.decode()
    # As a browser without scripts sends it: the button's value after the field's.
    client.post(url, {**typed, "description": ["", "Water first. Then"]})

    clip.refresh_from_db()
    assert 'name="description" value="Water first. Then" data-fills="id_description"' in html
    assert clip.description == "Water first. Then"
    assert "data-fills" not in client.get(url).content.decode()


def test_enter_in_a_field_saves_and_never_publishes() -> None:
    clip = make.clip(draft=True)

    html = signed_in(clip.creator).get(f"/studio/clips/{clip.public_id}/").content.decode()

    buttons = re.findall(r'<button[^>]*form="details"[^>]*>', html)
    assert "formaction" not in buttons[0]
    assert any("formaction" in button for button in buttons[1:])


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


def test_a_failed_clip_says_why_and_takes_another_file() -> None:
    creator = make.person()
    clip = draft(creator, state=UploadState.REFUSED, reason="This file has no picture.")

    html = signed_in(creator).get(f"/studio/clips/{clip.public_id}/").content.decode()

    assert "This file has no picture." in html
    assert f'data-clip="{clip.public_id}"' in html


def test_an_encoding_clip_is_asked_about_again_and_a_finished_one_is_not() -> None:
    creator = make.person()
    clip = draft(creator, state=UploadState.ACCEPTED, offset=40)
    Clip.objects.filter(pk=clip.pk).update(duration_ms=9000)
    job = Encoding.objects.create(
        clip=clip, state=EncodingState.RUNNING, progress=12, created_at=make.NOON
    )
    client = signed_in(creator)
    url = f"/studio/clips/{clip.public_id}/standing/"

    moving = client.get(f"{url}?known=1").content.decode()
    make.rendition(clip)
    playable = client.get(f"{url}?known=1").content.decode()
    Encoding.objects.filter(pk=job.pk).update(state=EncodingState.READY, finished_at=make.NOON)
    ready = client.get(f"{url}?known=2").content.decode()

    assert "prepared: 12 %" in moving
    assert "every 1500ms" in moving
    assert "<video" not in moving
    assert 'id="preview" hx-swap-oob="true"' in playable
    assert "every 1500ms" in playable
    assert "every" not in ready
    assert "<video" not in ready


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


def test_a_creator_reads_how_the_clip_was_prepared() -> None:
    clip = make.clip()
    make.rendition(clip, "720", bitrate_bps=2_100_000, size=4_200_000)
    make.rendition(clip, "541", bitrate_bps=600_000, encoder="libsvtav1")
    found = Probe(
        width=2160,
        height=3840,
        duration_ms=9_000,
        frame_rate=Fraction(30000, 1001),
        codec="hevc",
        pixel_format="yuv420p10le",
        matrix="bt2020nc",
        transfer="arib-std-b67",
        has_sound=True,
        loudness_lufs=-23.4,
        peak_dbfs=-3.0,
    )
    Clip.objects.filter(pk=clip.pk).update(width=2160, height=3840, original_bytes=52_000_000)
    Encoding.objects.filter(clip=clip).update(
        found=found.remembered(),
        created_at=make.NOON - timedelta(seconds=21),
        started_at=make.NOON - timedelta(seconds=18),
        refined_from=make.NOON - timedelta(seconds=7),
        attempts=2,
    )

    html = signed_in(clip.creator).get(f"/studio/clips/{clip.public_id}/").content.decode()

    came = "2160 × 3840 · 52.0 MB · HEVC · 29.97 pictures a second · HDR, shown as SDR"
    assert f"Your file: {came} · sound at -23 LUFS, levelled to −14." in html
    assert "It waited 3 s for its turn and took 2 tries." in html
    told = re.findall(r"<dt>(\d+ \S+)</dt><dd class=\"num\">(.*?)</dd>", html)
    assert told == [
        ("540 H.264", "540 × 960 · 900 kbit/s · 1.0 MB, ready after 21 s"),
        ("541 AV1", "541 × 961 · 600 kbit/s · 1.0 MB, ready after 7 s"),
        ("720 H.264", "720 × 1280 · 2100 kbit/s · 4.2 MB, ready after 21 s"),
    ]

    client = signed_in(clip.creator)
    client.cookies["language"] = "de"
    german = client.get(f"/studio/clips/{clip.public_id}/").content.decode()
    assert "52,0 MB · HEVC · 29,97 " in german


def test_a_clip_that_is_being_prepared_has_no_report_yet() -> None:
    clip = make.clip(draft=True)
    Encoding.objects.filter(clip=clip).update(state=EncodingState.RUNNING, finished_at=None)

    html = signed_in(clip.creator).get(f"/studio/clips/{clip.public_id}/").content.decode()

    assert "How it was prepared" not in html
    assert "Sharper versions are being made" in html
