"""What tests of the machine share: commands, waiting, and looking at processes."""

import subprocess
import sys
import time
from collections.abc import Callable
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import psutil

from bench import cells

PATIENCE_SECONDS = 60


def vitrine(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run one command to its end, without the settings of the test run."""
    return subprocess.run(
        [sys.executable, "-m", "vitrine.ops", *arguments],
        env={**cells.clean_environment(), "COLUMNS": "200"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for something that must come true."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def lives(process: psutil.Process) -> bool:
    """Tell whether a process runs still; a zombie does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def family(pid: int) -> list[psutil.Process]:
    """Return a process and all its descendants."""
    leader = psutil.Process(pid)
    return [leader, *leader.children(recursive=True)]


def answers(origin: str) -> bool:
    """Tell whether the site serves a page that needs the database, without an error of its own."""
    try:
        urlopen(f"{origin.replace('localhost', '127.0.0.1')}/@nobody.here", timeout=10).close()
    except HTTPError as error:
        return error.code < 500
    except (URLError, ConnectionError, TimeoutError):
        return False
    return True
