"""Run ffmpeg on files that strangers made, behind walls.

No shell; names of our own making, always behind ``file:``; demuxers, decoders and protocols from
short lists; no network; no file but those in its own folder; bounded CPU, memory, file size and
time; no inherited environment or descriptors; dead as soon as the worker is.
Source: docs/adr/0010-ffmpeg-jail.md.
"""

import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import imageio_ffmpeg

log = logging.getLogger(__name__)

WRAPPER = str(Path(__file__).with_name("jail_exec.py"))
OUTPUT_BYTES = 24 * 1024 * 1024
"""What a run may print before it is stopped: about 400,000 packets of a probe."""

DEVICE_FACTOR = 4
"""A driver maps the device's memory and opens its files within the process."""

TAIL_BYTES = 1024

Tick = Callable[[bytes], None]
"""Called now and then with the end of the output; what it raises ends the run."""

FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts"
PICTURE_CODECS = "h264 hevc vp8 vp9 av1 libdav1d mpeg4 h263 mjpeg mpeg2video prores dvvideo"
SOUND_CODECS = (
    "aac aac_latm mp2 mp2float mp3 mp3float opus vorbis ac3 eac3 alac flac amrnb amrwb "
    "pcm_s16le pcm_s16be pcm_s24le pcm_s24be pcm_s32le pcm_f32le pcm_f32be pcm_u8 pcm_s8 "
    "pcm_mulaw pcm_alaw"
)
CODECS = ",".join(f"{PICTURE_CODECS} {SOUND_CODECS}".split())


@dataclass(frozen=True)
class Limits:
    """What one run may use. memory_bytes: private writable memory, where the kernel counts it."""

    wall_seconds: float
    cpu_seconds: int
    memory_bytes: int = 1 << 30
    file_bytes: int = 1 << 30
    open_files: int = 64


@dataclass(frozen=True)
class Ended:
    """How a run ended. status: 0 is well, negative a signal. report: what it said."""

    status: int
    output: bytes
    report: str


class OutOfBounds(Exception):
    """The run used more time or said more than it may; it has been killed."""


@lru_cache(maxsize=1)
def binary() -> str:
    """Return the path of ffmpeg in the wheel.

    Looked up by hand: the wheel's own function runs ffmpeg to see whether it starts.
    """
    binaries = Path(imageio_ffmpeg.__file__).resolve().parent / "binaries"
    for path in sorted(binaries.glob("ffmpeg-*")):
        return str(path)
    raise RuntimeError(f"There is no ffmpeg in {binaries}; reinstall imageio-ffmpeg.")


def source(name: str, *, max_pixels: int) -> list[str]:
    """Return the input arguments for an untrusted file in the run's folder."""
    return [
        *("-protocol_whitelist", "file,pipe", "-format_whitelist", FORMATS),
        *("-codec_whitelist", CODECS, "-max_pixels", str(max_pixels), "-i", f"file:{name}"),
    ]


def run(
    arguments: list[str],
    *,
    folder: Path,
    limits: Limits,
    devices: Sequence[str] = (),
    tick: Tick | None = None,
    tick_seconds: float = 5.0,
) -> Ended:
    """Run ffmpeg in the jail and wait for it.

    folder: absolute; the only place the run can read or write, but for devices (device files).
    Raises: OutOfBounds. Whatever happens, the process is dead on return.
    """
    with started(arguments, folder=folder, limits=limits, devices=devices) as running:
        return running.wait(tick=tick, tick_seconds=tick_seconds)


@contextmanager
def started(
    arguments: list[str], *, folder: Path, limits: Limits, devices: Sequence[str] = ()
) -> Iterator["Running"]:
    """Start a run and let the caller do something else before it waits. As ``run`` otherwise."""
    order = {
        "parent": os.getpid(),
        "folder": str(folder),
        "devices": list(devices),
        "command": [binary(), "-hide_banner", "-nostdin", "-y", *arguments],
        "environment": {"LC_ALL": "C", "AV_LOG_FORCE_NOCOLOR": "1", "MALLOC_ARENA_MAX": "2"},
        "limits": {
            "RLIMIT_CPU": limits.cpu_seconds,
            "RLIMIT_DATA": limits.memory_bytes * (DEVICE_FACTOR if devices else 1),
            "RLIMIT_FSIZE": limits.file_bytes,
            "RLIMIT_NOFILE": limits.open_files * (DEVICE_FACTOR if devices else 1),
            "RLIMIT_CORE": 0,
        },
    }
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", WRAPPER, json.dumps(order)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={},
        close_fds=True,
        start_new_session=True,
    )
    try:
        yield Running(process, limits.wall_seconds, time.monotonic() + limits.wall_seconds)
    finally:
        _kill(process)


@dataclass(frozen=True)
class Running:
    """A run that goes on. until: on the monotonic clock, when its time is up."""

    process: "subprocess.Popen[bytes]"
    wall_seconds: float
    until: float

    def wait(self, *, tick: Tick | None = None, tick_seconds: float = 5.0) -> Ended:
        """Wait for the end. Raises: OutOfBounds."""
        output, report = self._listen(tick, tick_seconds)
        status = self.process.wait()
        if status == -signal.SIGKILL:
            raise OutOfBounds("processor time or memory")
        return Ended(status, output, _without_notices(report))

    def _listen(self, tick: Tick | None, tick_seconds: float) -> tuple[bytes, str]:
        """Collect both pipes until they close, ticking. Raises: OutOfBounds."""
        output, report = bytearray(), bytearray()
        next_tick = time.monotonic() + tick_seconds
        with selectors.DefaultSelector() as selector:
            for pipe, said in ((self.process.stdout, output), (self.process.stderr, report)):
                if pipe is not None:
                    selector.register(pipe, selectors.EVENT_READ, said)
            while selector.get_map():
                for key, _ in selector.select(timeout=min(tick_seconds, 1.0)):
                    chunk = os.read(key.fd, 1 << 16)
                    key.data.extend(chunk)
                    if not chunk:
                        selector.unregister(key.fileobj)
                now = time.monotonic()
                if now > self.until:
                    raise OutOfBounds(f"{self.wall_seconds:g} seconds")
                if len(output) + len(report) > OUTPUT_BYTES:
                    raise OutOfBounds("what it printed")
                if tick is not None and now >= next_tick:
                    tick(bytes(output[-TAIL_BYTES:]))
                    next_tick = now + tick_seconds
        return bytes(output), report.decode("utf-8", "replace")


def _kill(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.kill()
        process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


def _without_notices(report: str) -> str:
    """Take the wrapper's own lines out of the report, logging each kind once a process."""
    lines = report.splitlines()
    for line in lines:
        if line.startswith("jail: "):
            _note_once(line)
    return "\n".join(line for line in lines if not line.startswith("jail: "))


@lru_cache(maxsize=8)
def _note_once(line: str) -> None:
    log.warning("ffmpeg %s; its other walls stand", line)
