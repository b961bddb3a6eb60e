"""Cells for tests: have one up without a first start, kill its parts, ask it, check it."""

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from bench import cells
from bench.cells import ROOT, Cell, clean_environment

RECOVERY_SECONDS = 90
AT_ONCE = {"VITRINE_CANCEL_MINUTES": "0"}
"""What is bought can be sent at once: nobody waits an hour in a test."""


@contextlib.contextmanager
def up(data: Path) -> Iterator[Cell]:
    """Have a cell up in a new folder until the block ends; see ``like_new``."""
    with cells.up(like_new(data), "--no-demo", environment=AT_ONCE) as cell:
        yield cell


def like_new(data: Path) -> Path:
    """Put in a folder what a first start without demo content leaves, owners kept; return it.

    A first start takes its time; it is made once for all workers of the run.
    """
    home = Path(os.environ["VITRINE_TEST_HOME"])
    made = home / "made-cell"
    with (home / "made-cell.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            unfinished = home / "cell"
            with cells.up(unfinished, "--no-demo"):
                pass
            unfinished.rename(made)
    subprocess.run(["cp", "-a", str(made), str(data)], check=True)
    return data


def loopback(cell: Cell) -> str:
    """Return where the site answers, by number: "localhost" may first try IPv6."""
    return cell.url.replace("localhost", "127.0.0.1")


def kill(cell: Cell, name: str) -> bool:
    """Kill -9 a part (web, postgres, encoder, worker) with what it started.

    Returns False if it is not back from the last time.
    """
    part = next((part for part in cell.running.children if part.name == name), None)
    process = part.process() if part else None
    if process is None:
        return False
    with contextlib.suppress(ProcessLookupError):
        if name == "postgres":
            os.kill(process.pid, signal.SIGKILL)
        else:
            os.killpg(process.pid, signal.SIGKILL)
    return True


def wait_answering(cell: Cell) -> None:
    """Wait until a page that reads the database is served again."""
    deadline = time.monotonic() + RECOVERY_SECONDS
    while not _answers(f"{loopback(cell)}/@nobody.here"):
        assert time.monotonic() < deadline, f"no answer within {RECOVERY_SECONDS} s"
        time.sleep(0.05)


def _answers(page: str) -> bool:
    try:
        urllib.request.urlopen(page, timeout=10).close()
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False
    return True


def connect(cell: Cell) -> "psycopg.Connection[tuple[object, ...]]":
    """Return a connection to the cell's database."""
    return psycopg.connect(cell.directory.cluster.url())


def python(cell: Cell, *arguments: str) -> str:
    """Run Python with the cell's settings, and the tests in reach; return what it printed."""
    done: subprocess.CompletedProcess[str] = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        **settled(cell),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def settled(cell: Cell) -> dict[str, Any]:
    """Return where a process has the cell's settings and the tests in reach, for subprocess."""
    settings = cell.directory.environment(origin=cell.url)
    reach = {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    return {"env": {**clean_environment(), **settings, **AT_ONCE, **reach}, "cwd": ROOT}


def assert_sound(cell: Cell) -> None:
    """Run ``vitrine check``: every invariant holds."""
    python(cell, "-m", "vitrine.ops", "check", "--data", str(cell.directory.path))
