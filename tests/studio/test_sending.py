"""Files on their way into the studio, over HTTP."""

from pathlib import Path

import pytest
from django.test import Client

from tests import make
from tests.studio.test_clips import draft, signed_in
from vitrine.videos.models import Clip, Encoding, EncodingState, Upload, UploadState

pytestmark = pytest.mark.django_db


def begin(client: Client, clip: Clip) -> int:
    """Open an upload into a draft, as the page does; return the status."""
    told = {"length": 1_000, "filename": "again.mov", "clip": clip.public_id}
    return client.post("/uploads/", told, content_type="application/json").status_code


def test_limits_are_told_before_the_first_byte() -> None:
    html = signed_in(make.person()).get("/studio/upload/").content.decode()

    assert "Up to 180 seconds and 500 MB." in html
    assert f'data-max-bytes="{500 * 2**20}"' in html


def test_a_whole_file_from_a_plain_form_becomes_a_draft(shared: Path) -> None:
    creator = make.person()
    film = shared / "media" / "derived" / "rotated-phone-juggle-m90.mp4"

    with film.open("rb") as file:
        answer = signed_in(creator).post("/uploads/", {"file": file, "next": "/studio/clips/CLIP/"})

    clip = Clip.objects.get(creator=creator)
    assert answer.status_code == 302
    assert answer["Location"] == f"/studio/clips/{clip.public_id}/"
    assert (clip.width < clip.height, clip.published_at) == (True, None)
    assert Encoding.objects.get(clip=clip).state == EncodingState.WAITING


def test_a_refused_draft_takes_another_file_and_keeps_its_words() -> None:
    creator = make.person()
    clip = draft(creator, state=UploadState.REFUSED, reason="No picture.")
    Clip.objects.filter(pk=clip.pk).update(title="Harbour")

    status = begin(signed_in(creator), clip)

    clip.refresh_from_db()
    assert status == 201
    assert clip.upload is not None
    assert (clip.upload.filename, clip.title) == ("again.mov", "Harbour")


@pytest.mark.parametrize("has_film", [True, False])
def test_a_draft_takes_one_film(has_film: bool) -> None:
    creator = make.person()
    clip = draft(creator)
    if has_film:
        Clip.objects.filter(pk=clip.pk).update(original_key="originals/one")

    status = begin(signed_in(creator), clip)

    assert status == 409
    assert Upload.objects.count() == 1


def test_a_clip_that_could_not_be_prepared_says_why_and_offers_a_new_one() -> None:
    creator = make.person()
    clip = draft(creator, state=UploadState.ACCEPTED, offset=40)
    Clip.objects.filter(pk=clip.pk).update(original_key="originals/one")
    Encoding.objects.create(
        clip=clip,
        state=EncodingState.FAILED,
        reason="The picture breaks off after 2 s.",
        created_at=make.NOON,
        finished_at=make.NOON,
    )

    html = signed_in(creator).get(f"/studio/clips/{clip.public_id}/").content.decode()

    assert "The picture breaks off after 2 s. Export it again" in html
    assert "Choose another video" in html
    assert "data-clip=" not in html
