"""Log files stay bounded, and their last words are found."""

from pathlib import Path

from vitrine.ops import logfiles


def test_a_large_log_is_set_aside_and_its_writer_goes_on_in_the_empty_one(tmp_path: Path) -> None:
    path = tmp_path / "web.log"
    with path.open("ab", buffering=0) as writer:
        writer.write(b"old\n" * (logfiles.LARGEST_BYTES // 4 + 1))

        logfiles.rotate(tmp_path)
        writer.write(b"new\n")

    assert path.read_bytes() == b"new\n"
    assert (tmp_path / "web.log.1").stat().st_size > logfiles.LARGEST_BYTES


def test_a_small_log_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "web.log").write_text("one\n")

    logfiles.rotate(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["web.log"]


def test_the_last_words_are_the_last_line_that_says_something(tmp_path: Path) -> None:
    path = tmp_path / "web.log"
    path.write_text("starting\nValueError: no such colour\n\n")

    assert logfiles.last_words(path) == f"web failed: ValueError: no such colour (see {path})"


def test_a_full_disk_is_called_that(tmp_path: Path) -> None:
    path = tmp_path / "log" / "migrate.log"
    path.parent.mkdir()
    path.write_text("OSError: [Errno 28] No space left on device\n")

    assert logfiles.last_words(path) == (
        f"The disk that holds {tmp_path} is full: make room and start again."
    )
