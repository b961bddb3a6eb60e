"""The walls around ffmpeg."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from vitrine.videos import jail

SMALL = jail.Limits(wall_seconds=20, cpu_seconds=20)
ENDLESS = ["-f", "lavfi", "-i", "testsrc=r=1000:d=100000", "-f", "null", "-"]


def test_a_run_reads_its_own_folder_only(tmp_path: Path) -> None:
    outside = tmp_path / "outside.mp4"
    outside.write_bytes(b"secret")
    inside = tmp_path / "work"
    inside.mkdir()

    ended = jail.run(["-i", f"file:{outside}", "-f", "null", "-"], folder=inside, limits=SMALL)

    assert ended.status != 0
    assert "Permission denied" in ended.report


def test_a_run_writes_its_own_folder_only(tmp_path: Path) -> None:
    inside = tmp_path / "work"
    inside.mkdir()
    arguments = ["-f", "lavfi", "-i", "testsrc=d=1", "-frames:v", "1", f"file:{tmp_path}/out.png"]

    ended = jail.run(arguments, folder=inside, limits=SMALL)

    assert ended.status != 0
    assert not (tmp_path / "out.png").exists()


def test_a_run_has_no_network(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/clip.mp4"

        ended = jail.run(["-i", url, "-f", "null", "-"], folder=tmp_path, limits=SMALL)

        with pytest.raises(TimeoutError):
            server.accept()
    assert ended.status != 0


def test_a_strangers_file_opens_no_other_protocol_or_format(tmp_path: Path) -> None:
    playlist = tmp_path / "source"
    playlist.write_text("#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n")
    (tmp_path / "list").write_text("ffconcat version 1.0\nfile source\n")

    for name in ("source", "list"):
        arguments = [*jail.source(name, max_pixels=100), "-f", "null", "-"]
        ended = jail.run(arguments, folder=tmp_path, limits=SMALL)
        assert ended.status != 0
        assert "whitelist" in ended.report or "Invalid data" in ended.report


def test_a_run_that_takes_too_long_is_killed(tmp_path: Path) -> None:
    began = time.monotonic()

    with pytest.raises(jail.OutOfBounds, match=r"0\.5 seconds"):
        jail.run(ENDLESS, folder=tmp_path, limits=jail.Limits(wall_seconds=0.5, cpu_seconds=60))

    assert time.monotonic() - began < 3
    assert not _ffmpegs()


def test_a_run_that_burns_too_much_is_killed(tmp_path: Path) -> None:
    with pytest.raises(jail.OutOfBounds, match="processor time"):
        jail.run(ENDLESS, folder=tmp_path, limits=jail.Limits(wall_seconds=30, cpu_seconds=1))


def test_a_run_that_wants_too_much_memory_fails(tmp_path: Path) -> None:
    arguments = ["-f", "lavfi", "-i", "testsrc=s=8000x8000:d=1", "-f", "null", "-"]

    ended = jail.run(
        arguments,
        folder=tmp_path,
        limits=jail.Limits(wall_seconds=20, cpu_seconds=20, memory_bytes=64 << 20),
    )

    assert ended.status != 0


def test_a_file_that_grows_too_large_ends_the_run(tmp_path: Path) -> None:
    limits = jail.Limits(wall_seconds=20, cpu_seconds=20, file_bytes=1 << 20)
    arguments = ["-f", "lavfi", "-i", "testsrc=s=640x480:d=10", "-c:v", "rawvideo", "file:x.avi"]

    ended = jail.run(arguments, folder=tmp_path, limits=limits)

    assert ended.status != 0
    assert (tmp_path / "x.avi").stat().st_size <= 1 << 20


def test_a_run_inherits_neither_environment_nor_descriptors_and_its_memory_is_bound(
    tmp_path: Path,
) -> None:
    secret = os.open("/etc/hostname", os.O_RDONLY)
    os.set_inheritable(secret, True)
    environment: dict[str, str] = {}
    bounds: set[tuple[int, int]] = set()
    files: set[str] = set()

    def look(printed: bytes) -> None:
        (running,) = _ffmpegs()
        environment.update(running.environ())
        bounds.add(running.rlimit(psutil.RLIMIT_DATA))
        files.update(opened.path for opened in running.open_files())
        raise InterruptedError

    with pytest.raises(InterruptedError):
        jail.run(ENDLESS, folder=tmp_path, limits=SMALL, tick=look, tick_seconds=0.5)

    os.close(secret)
    assert set(environment) == {"LC_ALL", "AV_LOG_FORCE_NOCOLOR", "MALLOC_ARENA_MAX"}
    assert "/etc/hostname" not in files
    assert bounds == {(SMALL.memory_bytes, SMALL.memory_bytes)}


def test_what_the_tick_raises_ends_the_run(tmp_path: Path) -> None:
    def tick(printed: bytes) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        jail.run(ENDLESS, folder=tmp_path, limits=SMALL, tick=tick, tick_seconds=0.2)

    assert not _ffmpegs()


def test_a_run_dies_with_its_parent(tmp_path: Path) -> None:
    program = (
        "from pathlib import Path\n"
        "from vitrine.videos import jail\n"
        f"jail.run({ENDLESS!r}, folder=Path({str(tmp_path)!r}), limits=jail.Limits(60, 60))\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], env={"PYTHONPATH": "src"})
    try:
        child = _wait_for_ffmpeg(parent.pid)
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        psutil.wait_procs([child], timeout=5)
        assert not child.is_running()
    finally:
        parent.kill()
        parent.wait()


def _ffmpegs() -> list[psutil.Process]:
    children = psutil.Process().children(recursive=True)
    return [child for child in children if "ffmpeg" in _name(child)]


def _name(process: psutil.Process) -> str:
    try:
        return process.name()
    except psutil.NoSuchProcess:
        return ""


def _wait_for_ffmpeg(pid: int) -> psutil.Process:
    for _ in range(100):
        for child in psutil.Process(pid).children(recursive=True):
            if "ffmpeg" in _name(child):
                return child
        time.sleep(0.05)
    raise AssertionError("ffmpeg did not start")
