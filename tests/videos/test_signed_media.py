"""Media that the browser reads from the object store itself, by signed URLs."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.http.response import ResponseHeaders
from django.test import Client

from tests import make
from tests.fakes import s3
from vitrine.accounts.models import Person
from vitrine.kernel import storage
from vitrine.videos.models import Clip, Visibility

pytestmark = pytest.mark.django_db
Headers = ResponseHeaders | Message
FILM = bytes(range(256)) * 64
SOURCE = Path(__file__).resolve().parents[2] / "src"
TELL_POLICY = """
import json
from django.conf import settings
print(json.dumps(settings.CONTENT_SECURITY_POLICY["DIRECTIVES"], default=str))
"""


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> Iterator[s3.Bucket]:
    with s3.running() as running:
        for name, value in running.environment.items():
            monkeypatch.setenv(name, value)
        # A name of its own: an opened store is remembered by it.
        settings.VITRINE_STORE_URL = f"s3://films-{running.origin.rpartition(':')[2]}"
        settings.VITRINE_MEDIA_MODE = "signed"
        yield running


def filmed(**fields: object) -> Clip:
    clip = make.clip(**fields)  # type: ignore[arg-type]
    storage.put(clip.renditions.get().key, FILM, content_type="video/mp4")
    return clip


def ask(method: str, url: str, person: Person | None = None) -> tuple[int, Headers, bytes]:
    """Ask the site, and then the store where the site sends us."""
    client = Client()
    if person:
        client.force_login(person)
    sent = client.generic(method, url)
    if sent.status_code != 302:
        return sent.status_code, sent.headers, sent.content
    request = urllib.request.Request(sent["Location"], method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, b""


def booted(**environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", TELL_POLICY],
        env={**os.environ, "PYTHONPATH": str(SOURCE), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_film_is_read_from_the_store_by_get_and_by_head(bucket: s3.Bucket) -> None:
    rendition = filmed().renditions.get()

    got = ask("GET", rendition.url)
    head = ask("HEAD", rendition.url)

    assert (got[0], got[2], got[1]["Content-Type"]) == (200, FILM, "video/mp4")
    assert (head[0], head[2], head[1]["Content-Length"]) == (200, b"", str(len(FILM)))
    assert [method for method, _ in bucket.asked] == ["GET", "HEAD"]


def test_a_way_into_the_store_is_kept_by_nobody_but_its_browser(bucket: s3.Bucket) -> None:
    answer = Client().get(filmed().renditions.get().url)

    assert answer.status_code == 302
    assert answer["Location"].startswith(f"{bucket.origin}/")
    assert answer["Cache-Control"] == "private, max-age=450"


def test_a_stranger_gets_no_way_into_the_store(bucket: s3.Bucket) -> None:
    creator = make.person()
    rendition = filmed(creator=creator, visibility=Visibility.PRIVATE).renditions.get()

    for method in ("GET", "HEAD"):
        assert ask(method, rendition.url, creator)[0] == 200
        assert ask(method, rendition.url, make.person())[0] == 404
        assert ask(method, rendition.url)[0] == 404


def test_an_original_comes_out_of_the_store_as_a_download(bucket: s3.Bucket, shared: Path) -> None:
    creator = make.person()
    path = shared / "media" / "odd" / "fragmented.mp4"
    with path.open("rb") as file:
        browser = Client()
        browser.force_login(creator)
        browser.post("/uploads/", {"file": file})
    clip = Clip.objects.get(creator=creator)

    status, headers, content = ask("GET", f"/m/originals/{clip.public_id}", creator)

    assert (status, content) == (200, path.read_bytes())
    assert headers["Content-Disposition"] == f'attachment; filename="{clip.public_id}"'


def test_pages_let_media_in_from_the_store_and_nothing_else() -> None:
    with s3.running() as bucket:
        told = booted(
            **bucket.environment, VITRINE_STORE_URL="s3://films", VITRINE_MEDIA_MODE="signed"
        )

    policy = json.loads(told.stdout)
    assert policy["media-src"] == ["'self'", "blob:", bucket.origin]
    assert policy["img-src"] == ["'self'", "data:", "blob:", bucket.origin]
    assert [name for name, sources in policy.items() if bucket.origin in sources] == [
        "img-src",
        "media-src",
    ]


def test_a_folder_cannot_sign_and_the_boot_says_so_in_a_sentence(tmp_path: Path) -> None:
    ended = booted(VITRINE_STORE_URL=f"file://{tmp_path}/store", VITRINE_MEDIA_MODE="signed")

    assert ended.returncode != 0
    assert (
        "VITRINE_MEDIA_MODE cannot be signed: a file: store cannot sign URLs; use serve or accel."
        in ended.stderr
    )
