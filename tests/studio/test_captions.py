"""Captions from a file."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import make
from tests.studio.test_clips import signed_in
from vitrine.videos.models import Caption

pytestmark = pytest.mark.django_db

SAID = "WEBVTT\r\n\r\n00:00.000 --> 00:02.000\r\nWatch the lamp.\r\n"


def vtt(content: bytes) -> SimpleUploadedFile:
    """Return a caption file as a browser sends it."""
    return SimpleUploadedFile("said.vtt", content, content_type="text/vtt")


def test_captions_are_added_replaced_and_removed() -> None:
    creator = make.person()
    clip = make.clip(creator)
    client = signed_in(creator)
    url = f"/studio/clips/{clip.public_id}/captions/"

    client.post(url, {"language": "en", "file": vtt(b"WEBVTT\n\n00:00 --> 00:01\nOld\n")})
    client.post(url, {"language": "en", "file": vtt(SAID.encode())})
    kept = list(Caption.objects.values_list("clip", "language", "webvtt"))
    page = client.get(f"/studio/clips/{clip.public_id}/").content.decode()
    client.delete(f"{url}en/")

    assert kept == [(clip.pk, "en", SAID.replace("\r\n", "\n"))]
    assert '<track kind="captions" srclang="en" label="English"' in page
    assert not Caption.objects.exists()


@pytest.mark.parametrize(
    "content, sentence",
    [
        (b"1\n00:00:00,000 --> 00:00:02,000\nSRT\n", "first line must be WEBVTT"),
        (b"WEBVTT\n\nnothing here\n", "no captions in it"),
        (b"WEBVTT\n\n00:00 --> 00:01\n\xff\xfe", "not text in UTF-8"),
        (b"WEBVTT\n\n00:00 --> 00:01\n\0", "not text in UTF-8"),
        (b"WEBVTT\n\n00:00 --> 00:01\n" + b"a" * 300_000, "larger than 256 KB"),
        (b"", "empty"),
    ],
)
def test_a_wrong_file_is_refused_with_the_reason(content: bytes, sentence: str) -> None:
    creator = make.person()
    clip = make.clip(creator)

    answer = signed_in(creator).post(
        f"/studio/clips/{clip.public_id}/captions/", {"language": "es", "file": vtt(content)}
    )

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Caption.objects.exists()


def test_a_strangers_clip_takes_no_captions() -> None:
    clip = make.clip()

    answer = signed_in(make.person()).post(
        f"/studio/clips/{clip.public_id}/captions/", {"language": "en", "file": vtt(SAID.encode())}
    )

    assert answer.status_code == 404
    assert not Caption.objects.exists()
