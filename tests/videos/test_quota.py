"""How much one creator may send and keep, and a disk without room."""

import hashlib
import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from tests import films, make
from vitrine.accounts.models import Person
from vitrine.videos.models import Clip, Upload, UploadState

ROOT = Path(__file__).resolve().parents[2]
MEGABYTE = 2**20


def phone(creator: Person) -> Client:
    client = Client(headers={"accept": "application/json"})
    client.force_login(creator)
    return client


def begin(client: Client, length: int) -> Any:
    return client.post("/uploads/", {"length": length}, content_type="application/json")


@pytest.mark.django_db
def test_a_day_takes_so_many_uploads_and_says_when_the_next_may_begin(
    settings: Settings,
) -> None:
    settings.VITRINE_UPLOADS_PER_DAY = 2
    creator = make.person()
    client = phone(creator)
    old = timezone.now() - timedelta(hours=25)
    Upload.objects.create(owner=creator, length=1, created_at=old, touched_at=old)

    answers = [begin(client, 10) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [201, 201, 429]
    refused = answers[2].json()
    assert refused["code"] == "uploads_per_day"
    assert "You have sent 2 videos in a day." in refused["detail"]
    assert 0 < refused["retry_after"] <= 24 * 3600
    assert Upload.objects.filter(owner=creator).count() == 3
    assert Clip.objects.filter(creator=creator).count() == 2
    assert client.options("/uploads/")["Vitrine-Uploads-Left"] == "0"
    assert begin(phone(make.person()), 10).status_code == 201


@pytest.mark.django_db
def test_what_is_kept_and_what_is_on_its_way_fill_a_creators_space(
    settings: Settings,
) -> None:
    settings.VITRINE_CREATOR_MAX_BYTES = 10 * MEGABYTE
    creator = make.person()
    client = phone(creator)
    make.clip(creator)
    Clip.objects.filter(creator=creator).update(original_bytes=4 * MEGABYTE)

    first, second = begin(client, 5 * MEGABYTE), begin(client, 2 * MEGABYTE)

    assert (first.status_code, second.status_code) == (201, 413)
    assert second.json()["code"] == "creator_space"
    assert "This file has 2.0 MB and 1.0 MB are left of your space." in second.json()["detail"]
    assert client.options("/uploads/")["Upload-Limit"].startswith(f"max-size={MEGABYTE},")
    client.delete(first["Location"])
    assert begin(client, 2 * MEGABYTE).status_code == 201


@pytest.mark.django_db
def test_the_upload_page_tells_what_is_left_before_a_file_is_chosen(
    settings: Settings,
) -> None:
    settings.VITRINE_CREATOR_MAX_BYTES = 10 * MEGABYTE
    settings.VITRINE_UPLOADS_PER_DAY = 1
    creator = make.person()
    client = Client()
    client.force_login(creator)

    before = client.get("/studio/upload/").content.decode()
    begin(phone(creator), 10)
    after = client.get("/studio/upload/").content.decode()

    assert "10 MB are left of your space." in before
    assert f'data-max-bytes="{10 * MEGABYTE}"' in before
    assert "You can send the next one after" in after
    assert "data-chooser" not in after


ON_A_SMALL_DISK = """
import json, os, sys
import django
django.setup()
from django.conf import settings
from django.test import Client
from vitrine.accounts.models import Person
from vitrine.videos.models import Upload

film = open(sys.argv[1], "rb").read()
client = Client(headers={"accept": "application/json"})
client.force_login(Person.objects.get(pk=int(sys.argv[2])))
place = client.post("/uploads/", {"length": len(film)}, content_type="application/json")["Location"]

def patch(content, offset, last=False, **headers):
    told = {"Upload-Offset": str(offset), "Upload-Complete": "?1" if last else "?0",
            "Content-Length": str(len(content)), **headers}
    return client.patch(place, content, content_type="application/partial-upload", headers=told)

filler = open(settings.VITRINE_DATA / "filler", "wb", buffering=0)

def leave(room):
    try:
        while filler.write(bytes(4096)):
            pass
    except OSError:
        filler.truncate(max(0, filler.tell() - room))
        filler.seek(0, os.SEEK_END)

half = len(film) // 2
told = [patch(film[:half], 0).status_code]
leave(0)
storing = patch(film[half:], half, last=True)
told += [storing.status_code, storing.json()["code"], storing["Upload-Offset"] == str(half)]
filler.truncate(0)
filler.seek(0)
leave(len(film))  # room for the rest of the film, but not to look into the whole
reading = patch(film[half:], half, last=True)
told += [reading.status_code, reading.json()["code"], Upload.objects.get().state]
filler.truncate(0)
told.append(patch(b"", len(film), last=True).status_code)
print(json.dumps(told))
"""


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_stops_an_upload_until_there_is_room_again(tmp_path: Path) -> None:
    apart = ["unshare", "-m" if os.geteuid() == 0 else "-Urm"]
    mounted = f"mount -t tmpfs -o size=8m small {tmp_path}"
    if subprocess.run([*apart, *mounted.split()], capture_output=True, check=False).returncode:
        pytest.skip("A small disk has to be mounted, and this machine does not let us.")
    film = films.real_or_drawn("odd/moov-at-end.mp4", "mended-bowl", tmp_path)
    creator = make.person()
    disk = tmp_path / "disk"
    disk.mkdir()
    url = "postgresql://{USER}@/{NAME}?host={HOST}&port={PORT}".format_map(connection.settings_dict)
    inside = f'mount -t tmpfs -o size=8m small {disk} && mkdir {disk}/static && exec "$@"'

    ended = subprocess.run(
        [
            *(*apart, "sh", "-c", inside, "sh"),
            *(sys.executable, "-c", ON_A_SMALL_DISK, str(film), str(creator.pk)),
        ],
        env={
            **os.environ,
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
            "VITRINE_DATABASE_URL": url,
            "VITRINE_DATA": str(disk),
            "VITRINE_STORE_URL": f"file://{disk}/store",
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout) == [
        204,
        *(507, "store_full", True),
        *(507, "store_full", "complete"),
        204,
    ]
    upload = Upload.objects.get(owner=creator)
    assert upload.state == UploadState.ACCEPTED
    digest = hashlib.sha256(film.read_bytes()).digest()
    assert bytes(Clip.objects.get(creator=creator).original_sha256 or b"") == digest
