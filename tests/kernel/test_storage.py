"""The object store keeps what it is given, whole.

The objects here lie under a declared root: tests that judge the whole store share it.
"""

import errno
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from vitrine.kernel import storage


def test_an_object_reads_back_whole_and_in_part() -> None:
    storage.put("renditions/tests/a", b"0123456789")

    assert storage.get("renditions/tests/a") == b"0123456789"
    assert storage.read_range("renditions/tests/a", start=2, end=5) == b"234"
    assert b"".join(storage.stream("renditions/tests/a")) == b"0123456789"
    assert storage.stat("renditions/tests/a").size == 10


def test_a_file_goes_in_and_comes_out(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(b"x" * 3_000_000)

    storage.put("renditions/tests/file", source)
    storage.fetch_to("renditions/tests/file", target)

    assert target.read_bytes() == source.read_bytes()


def test_what_is_not_there_is_said_to_be_missing() -> None:
    for read in (storage.get, storage.stat, lambda key: list(storage.stream(key))):
        with pytest.raises(storage.Missing):
            read("renditions/tests/nowhere")
    assert not storage.exists("renditions/tests/nowhere")


def test_deleting_twice_is_no_error() -> None:
    storage.put("renditions/tests/gone", b"x")

    storage.delete("renditions/tests/gone", "renditions/tests/gone")

    assert not storage.exists("renditions/tests/gone")


def test_a_file_store_says_that_it_cannot_sign() -> None:
    with pytest.raises(storage.NoSigning, match="serve or accel"):
        storage.signed_url("renditions/tests/a", lifetime=timedelta(minutes=1))


def test_a_broken_writing_leaves_nothing_and_the_old_object_stands() -> None:
    class Broken(Exception):
        """What the writer's own source raises."""

    def half() -> Iterator[bytes]:
        yield b"half"
        raise Broken

    storage.put("renditions/tests/broken/it", b"whole")
    with pytest.raises(Broken):
        storage.put("renditions/tests/broken/it", half())

    assert storage.get("renditions/tests/broken/it") == b"whole"
    assert list(storage.list_keys("renditions/tests/broken/")) == ["renditions/tests/broken/it"]


def test_a_file_is_adopted_without_a_copy_and_outlives_its_first_name(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"film")

    storage.adopt("renditions/tests/adopted", source)

    assert source.stat().st_nlink == 2
    source.unlink()
    assert storage.get("renditions/tests/adopted") == b"film"


def test_a_disk_without_links_gets_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"film")

    def no_links(*_: object) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    with monkeypatch.context() as patch:
        patch.setattr(os, "link", no_links)
        storage.adopt("renditions/tests/copied", source)

    assert source.stat().st_nlink == 1
    assert storage.get("renditions/tests/copied") == b"film"


def test_an_object_has_a_second_key_that_outlives_the_first() -> None:
    storage.put("renditions/tests/first/film.mp4", b"film")

    storage.copy("renditions/tests/first/film.mp4", "adverts/tests/film.mp4")
    storage.delete("renditions/tests/first/film.mp4")

    assert storage.get("adverts/tests/film.mp4") == b"film"
    with pytest.raises(storage.Missing):
        storage.copy("renditions/tests/first/film.mp4", "adverts/tests/other.mp4")
    assert list(storage.list_keys("adverts/tests/")) == ["adverts/tests/film.mp4"]
    storage.delete("adverts/tests/film.mp4")
