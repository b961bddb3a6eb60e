"""A page of For you with an ad in it, beside one without: one cell, the same viewers, by turns.

Two thousand ads stand for it. All campaigns are paused in between, which each process knows within
ten seconds.
"""

import http.client
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from bench import cells
from bench.figures import Figure
from vitrine.ops import inside

CLIPS, VIEWERS, ROUNDS = 50_000, 500, 4
FIRST = "/for-you/more?from=1"
CLIPS_OF_A_PAGE = 10
KNOWN_S = 11
"""A second more than ``ads.standing.READ_EVERY``."""


def run(folder: Path, cell: cells.Cell) -> Iterator[Figure]:
    """Yield what a page with an ad takes beside one without, on the wall and of the processor."""
    inside.call("bench.feed_fill.clips", CLIPS)
    inside.call("bench.feed_fill.watches", CLIPS)
    inside.call("vitrine.feed.learning.rebuilding.rebuild")
    inside.call("bench.ads_fill.ads")
    cookies = inside.call("bench.feed_fill.cookies", VIEWERS)
    environment = cell.directory.environment(origin=cell.url)
    with cells.one_web_process(folder, environment) as (process, port):
        pages = {True: list[float](), False: list[float]()}
        computed = {True: list[float](), False: list[float]()}
        for _ in range(ROUNDS):
            for is_on in (True, False):
                inside.call("bench.ads_fill.run", is_on)
                time.sleep(KNOWN_S)
                took, cpu_ms = _paged(port, cookies, process, has_ad=is_on)
                pages[is_on].append(took)
                computed[is_on].append(cpu_ms)
    for name, told in (("page_with_ad", pages), ("page_with_ad_cpu", computed)):
        ratios = [own / bare for own, bare in zip(told[True], told[False], strict=True)]
        ratio = statistics.median(ratios)
        without_ms = statistics.median(told[False])
        yield Figure(name, ratio, "x", "<= 1.2", "a page without (ms)", without_ms, ratio)


def _paged(
    port: int, cookies: list[str], web: psutil.Process, *, has_ad: bool
) -> tuple[float, float]:
    """Ask for the first page of each viewer; return the median of it, and the processor's time."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for cookie in cookies[:20]:  # what is standing is read anew
        _asked(line, cookie)
    began, took, with_ad = _cpu_ms(web), [], 0
    for cookie in cookies[20:]:
        ms, articles = _asked(line, cookie)
        took.append(ms)
        with_ad += articles > CLIPS_OF_A_PAGE
    line.close()
    if with_ad < len(took) * has_ad * 0.95 or (with_ad and not has_ad):
        raise RuntimeError(f"{with_ad} of {len(took)} pages had an ad")
    return statistics.median(took), (_cpu_ms(web) - began) / len(took)


def _asked(line: http.client.HTTPConnection, cookie: str) -> tuple[float, int]:
    began = time.perf_counter()
    line.request("GET", FIRST, headers={"Cookie": cookie, "HX-Request": "true"})
    answer = line.getresponse()
    content = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{FIRST} answered {answer.status} {content[:200]!r}")
    return (time.perf_counter() - began) * 1000, content.count(b"<article")


def _cpu_ms(process: psutil.Process) -> float:
    family = [process, *process.children(recursive=True)]
    return 1000 * sum(sum(one.cpu_times()[:2]) for one in family)
