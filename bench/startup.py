"""How soon a cell answers, and what it costs while nobody comes."""

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from bench import cells
from bench.figures import Figure, interleaved

STARTS = 3
SETTLE_SECONDS = 60
"""Workers start after the site, and do first what came due while the cell was down."""
IDLE_SECONDS = 120
"""Twice each timer of a minute, wherever in the minute this begins."""
NO_CACHE = ("UV_NO_CACHE", "PIP_NO_CACHE_DIR")


def run() -> Iterator[Figure]:
    """Start a fresh checkout, then the same data again and again, then watch it idle.

    References: the bare installer fetching the same locked packages into an empty environment,
    and the same interpreter, in turn with each start, only setting Django up.
    """
    with cells.scratch() as folder, nothing_cached():
        checkout = folder / "checkout"
        clone(checkout)
        data = folder / "data"
        launcher = (str(checkout / "vitrine"),)
        install_s = seconds([*launcher, "--help"])
        fetch_s = bare_install(checkout, folder / "bare")
        with cells.up(data, "--no-demo", command=launcher) as cell:
            ours_s = cell.seconds_to_answer
        yield Figure(
            "first_start_s",
            install_s + ours_s,
            "s",
            goal="<= 120",
            reference="uv pip install of the lock alone",
            reference_value=fetch_s,
            ratio=(install_s + ours_s) / fetch_s,
        )
        yield Figure("first_start_ours_s", install_s - fetch_s + ours_s, "s", goal="<= 20")

        def start() -> float:
            with cells.up(data, "--no-demo", command=launcher) as cell:
                return cell.seconds_to_answer

        second = interleaved(start, lambda: bare_django(checkout), rounds=STARTS)
        yield Figure(
            "second_start_s",
            second.value,
            "s",
            goal="<= 4",
            reference="django.setup() alone",
            reference_value=second.reference,
            ratio=second.ratio,
        )

        with cells.up(data, "--no-demo", command=launcher) as cell:
            time.sleep(SETTLE_SECONDS)
            yield Figure("idle_cpu_percent", cpu_percent(cell), "%", goal="<= 2")
            yield Figure("web_rss_mb", web_rss_mb(cell), "MB", goal="<= 200")


def clone(checkout: Path) -> None:
    """Copy this checkout as it is, without what is ignored: as a fresh clone would be."""
    files = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=cells.ROOT,
        capture_output=True,
        check=True,
    )
    for name in files.stdout.decode().split("\0"):
        source = cells.ROOT / name
        if name and source.is_file():
            target = checkout / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)


@contextlib.contextmanager
def nothing_cached() -> Iterator[None]:
    """Let the installers fetch everything anew, as on a fresh machine."""
    os.environ.update(dict.fromkeys(NO_CACHE, "1"))
    try:
        yield
    finally:
        for name in NO_CACHE:
            del os.environ[name]


def seconds(command: list[str]) -> float:
    """Return how long a command takes."""
    began = time.monotonic()
    subprocess.run(command, env=cells.clean_environment(), check=True, capture_output=True)
    return time.monotonic() - began


def bare_install(checkout: Path, venv: Path) -> float:
    """Return the seconds that the installer itself needs for the locked dependencies."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    uv, lock = checkout / ".venv" / "bin" / "uv", checkout / "requirements.lock"
    return seconds(
        [str(uv), "pip", "install", "--python", str(venv), "--require-hashes", "-r", str(lock)]
    )


def bare_django(checkout: Path) -> float:
    """Return the seconds that Python needs to set Django up with our settings, and leave."""
    began = time.monotonic()
    subprocess.run(
        [checkout / ".venv" / "bin" / "python", "-c", "import django; django.setup()"],
        env={
            **cells.clean_environment(),
            "DJANGO_SETTINGS_MODULE": "vitrine.settings",
            "VITRINE_SECRET_KEY": "bench",
        },
        check=True,
    )
    return time.monotonic() - began


def family(cell: cells.Cell) -> list[psutil.Process]:
    """Return all processes of a cell."""
    supervisor = psutil.Process(cell.running.supervisor.pid)
    return [supervisor, *supervisor.children(recursive=True)]


def cpu_percent(cell: cells.Cell) -> float:
    """Return how much of one core all of a cell's processes use together, over a while.

    Those that end meanwhile count: a session of Postgres is a process of its own.
    """
    before = sum(map(cpu_seconds, family(cell)))
    began = time.monotonic()
    time.sleep(IDLE_SECONDS)
    used = sum(map(cpu_seconds, family(cell))) - before
    return used / (time.monotonic() - began) * 100


def cpu_seconds(process: psutil.Process) -> float:
    """Return the processor time of a process and of its children that have ended."""
    try:
        return sum(process.cpu_times()[:4])
    except psutil.NoSuchProcess:
        return 0.0


def web_rss_mb(cell: cells.Cell) -> float:
    """Return the resident memory of the largest web process, what it shares counted in full."""
    web = next(child for child in cell.running.children if child.name == "web")
    leader = psutil.Process(web.pid)
    largest = max(process.memory_info().rss for process in [leader, *leader.children()])
    return largest / 2**20
