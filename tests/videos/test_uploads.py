"""The upload protocol: offsets, cuts, digests, limits, and who may touch what."""

import base64
import hashlib
import json
import random
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests import make
from vitrine.accounts.models import Person
from vitrine.kernel import storage
from vitrine.videos.models import Clip, Encoding, Upload, UploadState

pytestmark = pytest.mark.django_db

PART = 32 * 1024 * 1024


@pytest.fixture
def creator() -> Person:
    return make.person()


@pytest.fixture
def phone(creator: Person) -> Client:
    client = Client(headers={"accept": "application/json"})
    client.force_login(creator)
    return client


@pytest.fixture(scope="module")
def film(shared: Path) -> bytes:
    return (shared / "media" / "odd" / "moov-at-end.mp4").read_bytes()


def digest(content: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"


def opened(phone: Client, length: int, **told: Any) -> str:
    answer = phone.post(
        "/uploads/",
        json.dumps({"length": length, "filename": "clip.mp4", **told}),
        content_type="application/json",
    )
    assert answer.status_code == 201, answer.content
    return str(answer["Location"])


def patch(
    phone: Client, url: str, content: bytes, offset: int, *, last: bool, **headers: str
) -> Any:
    return phone.patch(
        url,
        content,
        content_type="application/partial-upload",
        headers={
            "Upload-Offset": str(offset),
            "Upload-Complete": "?1" if last else "?0",
            "Content-Length": str(len(content)),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        },
    )


def test_a_whole_upload_becomes_a_draft_with_its_original_and_a_job(
    phone: Client, creator: Person, film: bytes
) -> None:
    url = opened(phone, len(film))

    answer = patch(phone, url, film, 0, last=True, Repr_Digest=digest(film))

    assert answer.status_code == 204, answer.content
    assert answer["Upload-Offset"] == str(len(film))
    assert answer["Upload-Complete"] == "?1"
    clip = Clip.objects.get(creator=creator)
    assert answer["Link"].startswith(f"</v/{clip.public_id}>")
    assert (clip.width, clip.height, clip.duration_ms) == (540, 960, 6080)
    assert storage.get(clip.original_key) == film
    assert bytes(clip.original_sha256 or b"") == hashlib.sha256(film).digest()
    assert clip.encoding.state == "waiting"
    assert list(storage.list_keys("uploads/" + url.rsplit("/", 1)[1])) == []


def test_the_limits_are_told_before_the_first_byte(phone: Client) -> None:
    answer = phone.options("/uploads/")

    assert answer.status_code == 204
    assert answer["Upload-Limit"] == f"max-size=524288000, max-append-size={PART}"


def test_a_file_over_the_limit_is_refused_before_its_bytes(phone: Client) -> None:
    answer = phone.post("/uploads/", headers={"Upload-Length": str(600 * 1024 * 1024)})

    assert answer.status_code == 413
    assert answer.json()["code"] == "file_too_large"
    assert "This file has 600 MB; the limit is 500 MB." in answer.json()["detail"]
    assert "Upload-Limit" in answer
    assert not Upload.objects.exists()
    assert not Clip.objects.exists()


def test_a_part_out_of_place_is_told_the_true_offset(phone: Client, film: bytes) -> None:
    url = opened(phone, len(film))
    patch(phone, url, film[:1000], 0, last=False)

    again = patch(phone, url, film[:1000], 0, last=False)
    ahead = patch(phone, url, film[5000:6000], 5000, last=False)

    for answer in (again, ahead):
        assert answer.status_code == 409
        assert answer["Upload-Offset"] == "1000"
        assert answer.json()["code"] == "upload_offset_mismatch"
    assert phone.head(url)["Upload-Offset"] == "1000"
    assert len(list(storage.list_keys("uploads/" + url.rsplit("/", 1)[1]))) == 1


def test_an_upload_cut_at_random_offsets_ends_whole(
    phone: Client, creator: Person, film: bytes
) -> None:
    dice = random.Random(146)
    url = opened(phone, len(film))

    for _ in range(200):
        offset = int(phone.head(url)["Upload-Offset"])
        if offset == len(film):
            break
        size = dice.randint(1, 120_000)
        believed = offset if dice.random() < 0.8 else max(0, offset - dice.randint(1, 5000))
        patch(phone, url, film[believed : believed + size], believed, last=False)

    answer = patch(phone, url, b"", len(film), last=True, Repr_Digest=digest(film))
    assert answer.status_code == 204
    assert storage.get(Clip.objects.get(creator=creator).original_key) == film


def test_completing_twice_gives_one_clip_and_one_job(
    phone: Client, creator: Person, film: bytes
) -> None:
    url = opened(phone, len(film))

    first = patch(phone, url, film, 0, last=True)
    second = patch(phone, url, b"", len(film), last=True)

    assert (first.status_code, second.status_code) == (204, 204)
    assert Clip.objects.filter(creator=creator).count() == 1
    assert Encoding.objects.filter(clip__creator=creator).count() == 1
    clip = Clip.objects.get(creator=creator)
    assert list(storage.list_keys(f"originals/{clip.public_id}")) == [clip.original_key]


def test_a_changed_file_is_refused_by_name_and_nothing_is_kept(
    phone: Client, creator: Person, film: bytes
) -> None:
    url = opened(phone, len(film))

    answer = patch(phone, url, film, 0, last=True, Repr_Digest=digest(film + b"!"))

    assert answer.status_code == 422
    assert answer.json()["code"] == "digest_mismatch"
    upload = Upload.objects.get(owner=creator)
    assert upload.state == UploadState.REFUSED
    assert upload.reason == "The file changed on its way to us. Send it again."
    assert Clip.objects.get(creator=creator).original_key == ""
    assert list(storage.list_keys(f"uploads/{upload.public_id}")) == []


def test_a_changed_part_is_refused_and_can_be_sent_again(phone: Client, film: bytes) -> None:
    url = opened(phone, len(film))

    bad = patch(phone, url, film[:1000], 0, last=False, Content_Digest=digest(b"other"))
    good = patch(phone, url, film[:1000], 0, last=False, Content_Digest=digest(film[:1000]))

    assert bad.status_code == 422
    assert bad["Upload-Offset"] == "0"
    assert good.status_code == 204
    assert good["Upload-Offset"] == "1000"


def test_a_part_must_say_what_it_is(phone: Client, film: bytes) -> None:
    url = opened(phone, len(film))

    plain = phone.patch(url, b"x", content_type="text/plain")
    large = patch(phone, url, b"", 0, last=False, Content_Length=str(PART + 1))

    assert (plain.status_code, large.status_code) == (400, 400)
    assert plain.json()["code"] == "part_malformed"
    assert phone.head(url)["Upload-Offset"] == "0"


def test_a_part_beyond_the_length_is_refused(phone: Client) -> None:
    url = opened(phone, 10)

    answer = patch(phone, url, b"12345678901", 0, last=True)

    assert answer.status_code == 409
    assert phone.head(url)["Upload-Offset"] == "0"


def test_cancelling_leaves_nothing(phone: Client, creator: Person, film: bytes) -> None:
    url = opened(phone, len(film))
    patch(phone, url, film[:1000], 0, last=False)

    answer = phone.delete(url)

    assert answer.status_code == 204
    assert not Clip.objects.filter(creator=creator).exists()
    assert list(storage.list_keys("uploads/" + url.rsplit("/", 1)[1])) == []
    assert patch(phone, url, film[1000:2000], 1000, last=False).status_code == 409


def test_a_strangers_upload_does_not_exist(phone: Client, film: bytes) -> None:
    url = opened(phone, len(film))
    stranger = Client(headers={"accept": "application/json"})
    stranger.force_login(make.person())

    for answer in (
        stranger.head(url),
        stranger.get(url),
        stranger.delete(url),
        patch(stranger, url, film[:10], 0, last=False),
    ):
        assert answer.status_code == 404
    assert phone.head(url)["Upload-Offset"] == "0"


def test_who_is_not_signed_in_is_asked_to(film: bytes) -> None:
    answer = Client(headers={"accept": "application/json"}).post("/uploads/")

    assert answer.status_code == 401
    assert answer.json()["code"] == "sign_in_first"


def test_a_page_can_ask_how_far_the_clip_is(phone: Client, film: bytes) -> None:
    url = opened(phone, len(film))
    before = phone.get(url).json()
    patch(phone, url, film, 0, last=True)

    after = phone.get(url).json()

    assert (before["state"], before["offset"], before["length"]) == ("receiving", 0, len(film))
    assert after["state"] == "accepted"
    assert after["encoding"] == {"state": "waiting", "step": "", "progress": 0, "reason": ""}
    assert after["playable"] is False


def test_a_form_without_script_sends_the_file_whole(
    phone: Client, creator: Person, shared: Path
) -> None:
    path = shared / "media" / "odd" / "fragmented.mp4"

    with path.open("rb") as file:
        answer = phone.post("/uploads/", {"file": file, "next": "/studio/CLIP"})

    clip = Clip.objects.get(creator=creator)
    assert answer.status_code == 302
    assert answer["Location"] == f"/studio/{clip.public_id}"
    assert storage.get(clip.original_key) == path.read_bytes()


def test_a_form_cannot_send_its_sender_elsewhere(
    phone: Client, creator: Person, shared: Path
) -> None:
    with (shared / "media" / "odd" / "fragmented.mp4").open("rb") as file:
        answer = phone.post("/uploads/", {"file": file, "next": "https://evil.example/CLIP"})

    assert answer["Location"] == f"/v/{Clip.objects.get(creator=creator).public_id}"


def test_an_upload_can_fill_a_draft_of_ones_own_only(
    phone: Client, creator: Person, film: bytes
) -> None:
    draft = Clip.objects.create(creator=creator, title="Kept title", created_at=make.NOON)
    others = Clip.objects.create(creator=make.person(), created_at=make.NOON)

    url = opened(phone, len(film), clip=draft.public_id)
    patch(phone, url, film, 0, last=True)
    foreign = phone.post(
        "/uploads/",
        json.dumps({"length": 5, "clip": others.public_id}),
        content_type="application/json",
    )

    draft.refresh_from_db()
    assert draft.original_key
    assert draft.title == "Kept title"
    assert foreign.status_code == 404
