"""How soon a cell answers, and what it costs while nobody comes."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from bench import cells
from bench.figures import Figure, interleaved

STARTS = 3
SETTLE_SECONDS = 5
IDLE_SECONDS = 30


def run() -> Iterator[Figure]:
    """Start a fresh checkout, then the same data again and again, then watch it idle.

    Reference: the same interpreter, in turn with each start, only setting Django up.
    """
    with cells.scratch() as folder:
        checkout = folder / "checkout"
        clone(checkout)
        data = folder / "data"
        launcher = (str(checkout / "vitrine"),)
        with cells.up(data, "--no-demo", command=launcher) as cell:
            first = cell.seconds_to_answer
        yield Figure("first_start_s", first, "s", goal="<= 120")

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
            processes = family(cell)
            yield Figure("idle_cpu_percent", cpu_percent(processes), "%", goal="<= 2")
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


def cpu_percent(processes: list[psutil.Process]) -> float:
    """Return how much of one core all of them use together, over a while."""
    before = sum(map(cpu_seconds, processes))
    began = time.monotonic()
    time.sleep(IDLE_SECONDS)
    used = sum(map(cpu_seconds, processes)) - before
    return used / (time.monotonic() - began) * 100


def cpu_seconds(process: psutil.Process) -> float:
    """Return the processor time of a process; none for one that has ended."""
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return times.user + times.system


def web_rss_mb(cell: cells.Cell) -> float:
    """Return the resident memory of the largest web process, what it shares counted in full."""
    web = next(child for child in cell.running.children if child.name == "web")
    leader = psutil.Process(web.pid)
    largest = max(process.memory_info().rss for process in [leader, *leader.children()])
    return largest / 2**20
