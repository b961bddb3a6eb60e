"""A page of For you, ten clips chosen for one of ten thousand viewers out of two hundred thousand.

Through HTTP with one web process and one viewer at a time, so that what is measured is the work and
not the queue; an empty view through the same middleware is asked for in between. Each viewer has
watched a hundred clips. Then the same among 20,000 clips and among two million. What is chosen for
one viewer was seldom drawn for another a moment ago, and drawing ten articles anew is most of a
page: so the choosing alone is told, too. Filling and learning take a quarter of an hour, some
gigabytes of disk, and memory for the learner.
"""

import http.client
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench import cells
from bench.cells import Cell
from bench.figures import Figure
from vitrine.ops import inside

SIZES = (20_000, 200_000, 2_000_000)
MEASURED = 200_000
VIEWERS = 500
"""Who page, of ten thousand who watched."""
PAGES = 1_000
FEED, EMPTY = "/for-you/more?from=1", "/bench/empty"


def run() -> Iterator[Figure]:
    """Fill a cell further and further, learn, and page through it."""
    p50: dict[int, float] = {}
    with (
        cells.scratch() as folder,
        cells.up(folder / "data", "--no-demo") as cell,
        inside.cell(folder / "data"),
    ):
        environment = cell.directory.environment(origin=cell.url)
        for size in SIZES:
            inside.call("bench.feed_fill.clips", size)
            inside.call("bench.feed_fill.watches", size)
            began = time.monotonic()
            inside.call("vitrine.feed.learning.rebuilding.rebuild")
            yield Figure(f"learnt_s_{size // 1000}k", time.monotonic() - began, "s")
            cookies = inside.call("bench.feed_fill.cookies", VIEWERS)
            with cells.one_web_process(folder, environment) as (process, port):
                paged = Paged.through(port, cookies, process, _supervisor(cell))
            p50[size] = statistics.median(paged.took_ms)
            chosen = sorted(inside.call("bench.feed_fill.chosen_ms", PAGES)[PAGES // 10 :])
            yield Figure(f"chosen_p50_ms_{size // 1000}k", statistics.median(chosen), "ms")
            if size == MEASURED:
                among = inside.call("bench.feed_fill.ranked", VIEWERS)
                yield Figure("candidates", among, "", goal=">= 1000")
                yield from _figures(paged, folder / "data" / "learnt")
    growth = p50[SIZES[-1]] / p50[SIZES[0]]
    yield Figure("p50_growth_20k_2m", growth, "x", goal="<= 2")


def _figures(paged: "Paged", learnt: Path) -> Iterator[Figure]:
    ordered = sorted(paged.took_ms)
    empty_ms = statistics.median(paged.empty_ms)
    p50 = statistics.median(ordered)
    yield Figure(
        "page_p50_ms",
        p50,
        "ms",
        goal="<= 8",
        reference="empty view (ms)",
        reference_value=empty_ms,
        ratio=p50 / empty_ms,
    )
    yield Figure("page_p99_ms", ordered[len(ordered) * 99 // 100], "ms", goal="<= 25")
    yield Figure(
        "pages_per_s_core",
        1 / paged.cpu_s,
        "1/s",
        goal=">= 150",
        reference="of it Postgres (ms)",
        reference_value=paged.postgres_cpu_s * 1000,
    )
    size = sum(path.stat().st_size for path in learnt.rglob("*") if path.is_file())
    yield Figure("shared_mb", size / 1e6, "MB", goal="<= 600")


@dataclass(frozen=True)
class Paged:
    """What some pages took; cpu_s: of a page, the web process and Postgres together."""

    took_ms: list[float]
    empty_ms: list[float]
    cpu_s: float
    postgres_cpu_s: float

    @classmethod
    def through(
        cls, port: int, cookies: list[str], web: psutil.Process, supervisor: psutil.Process
    ) -> "Paged":
        """Ask for pages, each by the next viewer, and for nothing in between."""
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for cookie in cookies[:100]:  # the web process maps, and its plans grow warm
            _asked(line, FEED, cookie)
        took = [_asked(line, FEED, cookies[n % len(cookies)]) for n in range(PAGES // 2)]
        web_s, postgres_s = _cpu_s(web), _cpu_s(supervisor, "postgres")
        took += [_asked(line, FEED, cookies[n % len(cookies)]) for n in range(PAGES // 2)]
        web_s = _cpu_s(web) - web_s
        postgres_s = _cpu_s(supervisor, "postgres") - postgres_s
        empty = [_asked(line, EMPTY, cookies[0]) for _ in range(PAGES // 2)]
        line.close()
        pages = PAGES // 2
        return cls(took, empty, (web_s + postgres_s) / pages, postgres_s / pages)


def _asked(line: http.client.HTTPConnection, url: str, cookie: str) -> float:
    began = time.perf_counter()
    line.request("GET", url, headers={"Cookie": cookie, "HX-Request": "true"})
    answer = line.getresponse()
    content = answer.read()
    took_ms = (time.perf_counter() - began) * 1000
    if answer.status != 200 or (url == FEED and content.count(b"<article") != 10):
        raise RuntimeError(f"{url} answered {answer.status} {content[:200]!r}")
    return took_ms


def _cpu_s(process: psutil.Process, name: str = "") -> float:
    """Return the processor time of a process and those below it, of some name alone."""
    family = [process, *process.children(recursive=True)]
    return sum(sum(one.cpu_times()[:2]) for one in family if one.name().startswith(name))


def _supervisor(cell: Cell) -> psutil.Process:
    found = cell.running.supervisor.process()
    if found is None:
        raise RuntimeError("The cell is no longer up.")
    return found
