"""A worker on another machine: nothing of the cell but its database and its object store."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests import films, make
from vitrine.kernel import storage
from vitrine.videos import importing
from vitrine.videos.models import Encoding, EncodingState

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 120


@pytest.fixture
def far(tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a worker with a data folder of its own, until the test ends."""
    database = connection.settings_dict
    url = "postgresql://{USER}@/{NAME}?host={HOST}&port={PORT}".format_map(database)
    process = subprocess.Popen(
        [sys.executable, "-m", "vitrine.ops", "worker", "--queues", "encode"],
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT / "src"),
            "VITRINE_DATABASE_URL": url,
            "VITRINE_STORE_URL": settings.VITRINE_STORE_URL,
            "VITRINE_DATA": str(tmp_path / "elsewhere"),
        },
        cwd=tmp_path,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.django_db(transaction=True)
def test_a_worker_elsewhere_prepares_clips_with_store_and_database_alone(
    far: "subprocess.Popen[bytes]", tmp_path: Path
) -> None:
    film = films.real_or_drawn("odd/fragmented.mp4", "mended-bowl", tmp_path)
    ours = settings.VITRINE_DATA / "scratch"
    clip = importing.import_file(film, make.person(), at=datetime.now(UTC))
    touched = ours.stat().st_mtime_ns

    deadline = time.monotonic() + PATIENCE_SECONDS
    while Encoding.objects.get(clip=clip).state != EncodingState.READY:
        assert far.poll() is None, "the worker has ended"
        assert time.monotonic() < deadline, Encoding.objects.get(clip=clip).reason
        time.sleep(0.05)
    far.send_signal(signal.SIGTERM)

    assert far.wait(30) == 0
    assert ours.stat().st_mtime_ns == touched, "it worked in the folder of this machine"
    assert list((tmp_path / "elsewhere" / "scratch").iterdir()) == []
    for rendition in clip.renditions.all():
        assert storage.stat(rendition.key).size == rendition.size
    assert clip.renditions.count() >= 2
    storage.delete(*storage.list_keys(""))
