"""Pages of For you with ads in them, beside those without: one cell, the same viewers, by turns.

Each viewer asks for a first page, which has one ad, and for the next, which may have two. Two
thousand ads of all kinds stand for them (``ads_fill.py``). All campaigns are paused in between,
which each process knows within ten seconds.
"""

import html
import http.client
import re
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from bench import cells
from bench.figures import Figure
from vitrine.ops import inside

CLIPS, VIEWERS, ROUNDS = 50_000, 600, 4
VISITORS = 10_000
"""Whose watches some people take over: see ``feed_fill.VIEWERS``."""
FIRST = "/for-you/more?from=1"
NEXT = re.compile(rb'hx-get="(/for-you/more\?[^"]*)"')
KNOWN_S = 11
"""A second more than ``ads.standing.READ_EVERY``."""


def run(folder: Path, cell: cells.Cell) -> Iterator[Figure]:
    """Yield what a page with an ad takes beside one without, on the wall and of the processor."""
    inside.call("bench.feed_fill.clips", CLIPS)
    inside.call("bench.feed_fill.watches", CLIPS)
    inside.call("bench.ads_fill.ads")
    cookies = inside.call("bench.ads_fill.people", VIEWERS, VISITORS // VIEWERS)
    inside.call("vitrine.feed.learning.rebuilding.rebuild")
    inside.call("bench.ads_fill.alike")
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
    """Ask for two pages of each viewer; return the mean of their medians, and the processor's time.

    Both for one page.
    """
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for cookie in cookies[:20]:  # what is standing is read anew
        _asked(line, cookie, FIRST)
    began, took, ads = _cpu_ms(web), (list[float](), list[float]()), [0, 0]
    for cookie in cookies[20:]:
        address = FIRST
        for nth in range(2):
            ms, found, address = _asked(line, cookie, address)
            took[nth].append(ms)
            ads[nth] += found
    line.close()
    if min(ads) < len(took[0]) * has_ad * 0.95 or (any(ads) and not has_ad):
        raise RuntimeError(f"{ads} ads on {len(took[0])} first and next pages")
    cpu_ms = (_cpu_ms(web) - began) / 2 / len(took[0])
    return statistics.mean(map(statistics.median, took)), cpu_ms


def _asked(line: http.client.HTTPConnection, cookie: str, address: str) -> tuple[float, int, str]:
    """Ask for a page; return how long it took, how many ads it has, and where the next one is."""
    began = time.perf_counter()
    line.request("GET", address, headers={"Cookie": cookie, "HX-Request": "true"})
    answer = line.getresponse()
    content = answer.read()
    took_ms = (time.perf_counter() - began) * 1000
    following = NEXT.search(content)
    if answer.status != 200 or following is None:
        raise RuntimeError(f"{address} answered {answer.status} {content[:200]!r}")
    return took_ms, content.count(b"data-ad="), html.unescape(following[1].decode())


def _cpu_ms(process: psutil.Process) -> float:
    family = [process, *process.children(recursive=True)]
    return 1000 * sum(sum(one.cpu_times()[:2]) for one in family)
