"""The studio: opening a clip to others, beginning a remix, and what to do where one failed."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import make
from tests.studio.test_clips import signed_in
from vitrine.videos.models import (
    Clip,
    Encoding,
    EncodingState,
    Remix,
    RemixKind,
    Sound,
    Upload,
    UploadState,
)

pytestmark = pytest.mark.django_db


def opening(client: Client, **told: object) -> tuple[int, dict[str, object]]:
    answer = client.post(
        "/uploads/",
        json.dumps({"length": 9, "filename": "own.mp4", **told}),
        content_type="application/json",
        headers={"Accept": "application/json"},
    )
    return answer.status_code, answer.json()


def test_a_creator_opens_a_clip_and_names_its_sound() -> None:
    clip = make.clip()
    make.sound(clip)
    browser = signed_in(clip.creator)
    url = f"/studio/clips/{clip.public_id}/remixing/"
    typed = {"duets": "everyone", "stitches": "followers", "sound_uses": "nobody"}

    saved = browser.post(url, {**typed, "commercial_use": "on", "sound_title": "Rain"})
    wrong = browser.post(url, {**typed, "duets": "robots", "sound_title": "Hail"})

    assert saved.status_code == 302
    clip.refresh_from_db()
    kept = clip.duets, clip.stitches, clip.sound_uses, clip.commercial_use
    assert kept == ("everyone", "followers", "nobody", True)
    assert Sound.objects.get().title == "Rain"
    assert wrong.status_code == 422
    assert "Hail" in wrong.content.decode()  # what was typed is not lost
    assert signed_in(make.person()).post(url, typed).status_code == 404


@pytest.mark.parametrize("kind", RemixKind)
def test_the_page_of_a_new_clip_shows_what_it_is_made_with(kind: RemixKind) -> None:
    clip = make.clip(make.person("ana"), **make.OPEN)
    of = make.sound(clip).public_id if kind == RemixKind.SOUND else clip.public_id
    bea = make.person()

    page = signed_in(bea).get(f"/studio/upload/?{kind}={of}").content.decode()

    assert "@ana" in page
    assert f'name="kind" value="{kind}"' in page
    assert f'name="of" value="{of}"' in page
    assert " multiple" not in page
    Clip.objects.filter(pk=clip.pk).update(duets="nobody", stitches="nobody", sound_uses="nobody")
    refused = signed_in(bea).get(f"/studio/upload/?{kind}={of}")
    assert refused.status_code == 409
    assert "its creator has not opened it to you" in refused.content.decode()


def test_an_upload_says_what_it_is_to_be_made_with() -> None:
    clip, bea = make.clip(stitches="everyone"), make.person()
    browser = signed_in(bea)
    wish = {"kind": "stitch", "of": clip.public_id, "from_seconds": "1.5", "seconds": "2"}

    status, told = opening(browser, remix=wish)

    assert status == 201
    remix = Remix.objects.get(clip__public_id=told["clip"])
    assert (remix.origin, remix.from_ms, remix.until_ms) == (clip, 1_500, 3_500)


@pytest.mark.parametrize(
    "wish, status, said",
    [
        ({"kind": "stitch", "seconds": "9"}, 422, "half a second and 5 seconds"),
        ({"kind": "stitch", "seconds": "soon"}, 422, "in seconds where the part begins"),
        ({"kind": "duet"}, 409, "not opened it to you"),
        ({"kind": "poem"}, 409, "nothing of that name"),
        ({"kind": "duet", "of": "us_01ARZ3NDEKTSV4RRFFQ69G5FAV"}, 409, "not there any more"),
    ],
)
def test_a_wish_that_cannot_be_met_begins_nothing(
    wish: dict[str, str], status: int, said: str
) -> None:
    clip = make.clip(stitches="everyone")

    answered, told = opening(signed_in(make.person()), remix={"of": clip.public_id, **wish})

    assert answered == status
    assert said in str(told["detail"])
    assert not Upload.objects.exists()
    assert not Remix.objects.exists()


def test_a_form_without_script_carries_the_wish() -> None:
    clip = make.clip()
    form = {"kind": "duet", "of": clip.public_id, "next": "/studio/clips/CLIP/"}
    film = SimpleUploadedFile("own.mp4", b"this is no film", content_type="video/mp4")

    answer = signed_in(make.person()).post("/uploads/", {**form, "file": film})

    assert answer.status_code == 409
    assert "not opened it to you" in answer.content.decode()


def test_a_failed_remix_says_why_and_offers_both_ways_on() -> None:
    clip = make.clip(make.person("ana"), duets="everyone")
    bea = make.person()
    draft = Clip.objects.create(creator=bea, created_at=make.NOON, original_key="originals/x/y")
    Remix.objects.create(clip=draft, origin=clip, kind="duet", created_at=make.NOON)
    failed = Encoding.objects.create(
        clip=draft,
        state=EncodingState.FAILED,
        reason="The clip of @ana has been deleted.",
        created_at=make.NOON,
        finished_at=make.NOON,
    )
    browser, url = signed_in(bea), f"/studio/clips/{draft.public_id}/remix/"

    page = browser.get(f"/studio/clips/{draft.public_id}/").content.decode()
    assert "The clip of @ana has been deleted. Try again, or go on without it" in page
    assert len(re.findall(rf'action="{url}"', page)) == 2

    assert browser.post(url).status_code == 302
    failed.refresh_from_db()
    assert (failed.state, failed.attempts) == (EncodingState.WAITING, 0)
    assert browser.post(url).status_code == 409  # it is in line already
    assert browser.post(url, {"method": "delete"}).status_code == 302
    assert not Remix.objects.exists()
    assert browser.post(url, {"method": "delete"}).status_code == 302  # again is no error


def test_there_is_nothing_to_try_again_while_a_film_arrives_or_after_a_failed_refinement() -> None:
    arriving, refined = (
        Clip.objects.create(creator=make.person(), created_at=make.NOON),
        make.clip(),
    )
    Encoding.objects.filter(clip=refined).update(
        state=EncodingState.FAILED, reason="No.", refined_from=make.NOON
    )

    for clip in (arriving, refined):
        url = f"/studio/clips/{clip.public_id}/remix/"
        assert signed_in(clip.creator).post(url).status_code == 409
    assert Encoding.objects.get(clip=refined).state == EncodingState.FAILED


def test_publishing_what_has_been_closed_meanwhile_offers_to_go_on_without_it() -> None:
    duet = make.remix(make.clip(duets="nobody"), draft=True, description="A duet.")
    browser = signed_in(duet.creator)

    answer = browser.post(
        f"/studio/clips/{duet.public_id}/publication/", headers={"HX-Request": "true"}
    )

    assert answer.status_code == 409
    said = answer.content.decode()
    assert "does not open it to you any more" in said
    assert "Go on without it" in said


def test_a_refused_film_for_a_remix_can_be_sent_again() -> None:
    clip, bea = make.clip(duets="everyone"), make.person()
    upload = Upload.objects.create(
        owner=bea,
        length=9,
        state=UploadState.REFUSED,
        reason="This file is a picture, not a video.",
        created_at=make.NOON,
        touched_at=make.NOON,
    )
    draft = Clip.objects.create(creator=bea, upload=upload, created_at=make.NOON)
    Remix.objects.create(clip=draft, origin=clip, kind="duet", created_at=make.NOON)

    page = signed_in(bea).get(f"/studio/clips/{draft.public_id}/").content.decode()

    assert "This file is a picture" in page
    assert f'data-clip="{draft.public_id}"' in page
    assert "Go on without it" not in page
