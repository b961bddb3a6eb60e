"""A whole cell, up for the length of a bench, in a data directory of its own."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import psutil

from vitrine.ops.datadir import DataDir, Running
from vitrine.ops.running import SITE_CONNECTIONS

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_SECONDS = 180


@dataclass(frozen=True)
class Cell:
    """A cell that is up. seconds_to_answer: from the command to the first answered page."""

    directory: DataDir
    seconds_to_answer: float

    @property
    def running(self) -> Running:
        """Return what its supervisor wrote about itself."""
        running = self.directory.running()
        if running is None:
            raise RuntimeError("The cell is no longer up.")
        return running

    @property
    def url(self) -> str:
        """Return where the site answers."""
        return self.running.origin


def clean_environment() -> dict[str, str]:
    """Return our environment without the settings of any cell."""
    return {name: value for name, value in os.environ.items() if not name.startswith("VITRINE_")}


@contextlib.contextmanager
def up(
    data: Path,
    *options: str,
    command: tuple[str, ...] = (sys.executable, "-m", "vitrine.ops"),
    user: str | None = None,
    environment: dict[str, str] | None = None,
) -> Iterator[Cell]:
    """Run ``vitrine up`` on a data directory and a free port, until the block ends.

    user: whose processes they are; only root can choose. environment: settings of this cell.
    """
    directory = DataDir(data)
    began = time.monotonic()
    with (data.parent / f"{data.name}.out").open("w+b") as said:
        process = subprocess.Popen(
            [*command, "up", "--data", str(data), "--port", "0", *options],
            env={**clean_environment(), **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            **(_identity(user) if user else {}),
        )
        try:
            _await_answer(directory, process, began + PATIENCE_SECONDS)
            yield Cell(directory, time.monotonic() - began)
        except BaseException:
            said.seek(0)
            sys.stderr.buffer.write(said.read())
            raise
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def _identity(user: str) -> dict[str, Any]:
    """Return how a process starts as somebody else, in that user's own group alone."""
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def _await_answer(directory: DataDir, process: "subprocess.Popen[bytes]", deadline: float) -> None:
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"vitrine up ended with status {process.returncode}.")
        running = directory.running()
        if running is not None and running.supervisor.pid == process.pid:
            # The loopback address itself: "localhost" may first try IPv6, which nobody answers.
            try:
                urlopen(running.origin.replace("localhost", "127.0.0.1"), timeout=30).read()
            except HTTPError:
                raise  # it answers, and badly
            except (URLError, ConnectionError):
                pass
            else:
                return
        time.sleep(0.01)
    raise RuntimeError(f"The site did not answer within {PATIENCE_SECONDS} s.")


@contextlib.contextmanager
def one_web_process(
    folder: Path, environment: dict[str, str]
) -> Iterator[tuple[psutil.Process, int]]:
    """Run one web process of a cell, with an empty view beside the site; yield it and its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    web = subprocess.Popen(
        [sys.executable, "-m", "vitrine.ops", "web", "--port", str(port)],
        env={
            **clean_environment(),
            **environment,
            "DJANGO_SETTINGS_MODULE": "bench.empty_settings",
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
            "VITRINE_DATABASE_POOL": str(SITE_CONNECTIONS),
        },
        cwd=folder,
    )
    try:
        deadline = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            if web.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("The web process does not answer.")
            time.sleep(0.1)
        yield psutil.Process(web.pid), port
    finally:
        web.terminate()
        web.wait()


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """Return a folder that is gone afterwards, database and all."""
    folder = Path(tempfile.mkdtemp(prefix="vitrine-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
