"""A search with facets that has ads beside one without: one cell, the same searches, by turns.

Two thousand ads stand for product search. All campaigns are paused in between, which each process
knows within ten seconds. Each viewer asks once, so that nobody has met too many.
"""

import http.client
import statistics
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil

from bench import cells
from bench.cells import Cell
from bench.figures import Figure
from vitrine.ops import inside

CREATORS, ROUNDS, ASKED, WARM = 5_000, 3, 300, 20
LEASED = 800
"""Searches after which most campaigns have a lease: eight statements, once in ten minutes."""
KNOWN_S = 11
"""A second more than ``ads.standing.READ_EVERY``."""


def beside(folder: Path, cell: Cell, urls: Sequence[str]) -> Iterator[Figure]:
    """Yield what a search takes where ads stand, beside where none does."""
    inside.call("bench.feed_fill.clips", CREATORS)
    inside.call("bench.ads_fill.product_ads")
    cookies = inside.call("bench.feed_fill.cookies", LEASED + 2 * ROUNDS * (ASKED + WARM))
    took: dict[bool, list[float]] = {True: [], False: []}
    computed: dict[bool, list[float]] = {True: [], False: []}
    share = 0.0
    environment = cell.directory.environment(origin=cell.url)
    with cells.one_web_process(folder, environment) as (process, port):
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for url in urls[:LEASED]:
            _ask(line, cookies.pop(), url)
        line.close()
        for _ in range(ROUNDS):
            for is_on in (True, False):
                inside.call("bench.ads_fill.run", is_on)
                time.sleep(KNOWN_S)
                mine = [cookies.pop() for _ in range(ASKED + WARM)]
                ms, cpu_ms, with_ads = _searched(port, urls, mine, process)
                took[is_on].append(ms)
                computed[is_on].append(cpu_ms)
                share = max(share, with_ads)
                if with_ads and not is_on:
                    raise RuntimeError("A paused campaign was shown.")
    yield Figure("search_with_ads_share", share, "", ">= 0.3")
    for name, told in (("search_with_ads", took), ("search_with_ads_cpu", computed)):
        ratios = [own / bare for own, bare in zip(told[True], told[False], strict=True)]
        ratio, without_ms = statistics.median(ratios), statistics.median(told[False])
        yield Figure(name, ratio, "x", "<= 1.2", "the same without (ms)", without_ms, ratio)


def _searched(
    port: int, urls: Sequence[str], cookies: Sequence[str], web: psutil.Process
) -> tuple[float, float, float]:
    """Return the mean time of a search, that of the web process, and how many had an ad."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    asked = list(zip(cookies, urls, strict=False))
    for cookie, url in asked[:WARM]:  # what is standing is read anew
        _ask(line, cookie, url)
    began, before = time.perf_counter(), _cpu_ms(web)
    with_ads = sum(_ask(line, cookie, url) for cookie, url in asked[WARM:])
    number = len(asked) - WARM
    line.close()
    ms = (time.perf_counter() - began) * 1000 / number
    return ms, (_cpu_ms(web) - before) / number, with_ads / number


def _ask(line: http.client.HTTPConnection, cookie: str, url: str) -> bool:
    line.request("GET", url, headers={"Cookie": cookie})
    answer = line.getresponse()
    content = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{url} answered {answer.status} {content[:200]!r}")
    return b"data-ad=" in content


def _cpu_ms(process: psutil.Process) -> float:
    family = [process, *process.children(recursive=True)]
    return 1000 * sum(sum(one.cpu_times()[:2]) for one in family)
