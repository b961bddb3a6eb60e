"""Search and profile pages among a million clips of a hundred thousand people.

One web process and one viewer who asks for one page after another, so that what is measured is the
work and not the queue; an empty view through the same middleware is asked for in between. Filling
the cell takes some minutes and about 3 GB of disk.
"""

import http.client
import itertools
import time
from collections.abc import Iterator
from urllib.parse import urlencode

from bench import cells
from bench.figures import Figure
from vitrine.ops import inside

ROUNDS = 12
PROFILES = 25
KINDS = ("clips", "people", "hashtags")
EMPTY = "/bench/empty"


def run() -> Iterator[Figure]:
    """Fill a cell, then search it and look at profiles."""
    with cells.scratch() as folder, cells.up(folder / "data", "--no-demo") as cell:
        with inside.cell(folder / "data"):
            began = time.monotonic()
            words = inside.call("bench.scale_fill.fill")
            yield Figure("filled_s", time.monotonic() - began, "s")
            yield Figure("clips", inside.call("bench.scale_fill.clips_on_show"), "")
            cookie = inside.call("bench.scale_fill.viewer")
            pages = {
                "search": searches(words),
                "profile": inside.call("bench.scale_fill.profiles", PROFILES),
            }
            for name, urls in pages.items():
                most = inside.call("bench.scale_fill.most_queries", urls)
                yield Figure(f"{name}_queries", most, "", goal="<= 4")
        environment = cell.directory.environment(origin=cell.url)
        with cells.one_web_process(folder, environment) as (_, port):
            for name, urls in pages.items():
                yield from _measured(name, urls, port, cookie)


def searches(words: list[str]) -> list[str]:
    """Return searches of each kind: one word, two, a beginning, a slip, a tag, and none at all.

    words: from the most to the least common.
    """
    typed = [
        *words,
        *(f"{one} {other}" for one, other in itertools.pairwise(words)),
        f"{words[0]} {words[1]} {words[2]}",
        words[3][:3],
        words[4][:-1] + "x",
        f"#{words[0]}",
        "qqqqqqqq",
    ]
    return [f"/search?{urlencode({'q': text, 'in': kind})}" for text in typed for kind in KINDS]


def _measured(name: str, urls: list[str], port: int, cookie: str) -> Iterator[Figure]:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for url in (*urls, EMPTY):
        _ask(connection, url, cookie)
    took, nothing, slowest = [], [], (0.0, "")
    for _ in range(ROUNDS):
        for url in urls:
            took.append(_ask(connection, url, cookie))
            slowest = max(slowest, (took[-1], url))
            nothing.append(_ask(connection, EMPTY, cookie))
    connection.close()
    p50, p95, empty = _at(took, 50), _at(took, 95), _at(nothing, 95)
    yield Figure(f"{name}_p50_ms", p50, "ms")
    yield Figure(
        f"{name}_p95_ms",
        p95,
        "ms",
        goal="<= 50",
        reference="empty view, p95 in ms",
        reference_value=empty,
        ratio=p95 / empty,
    )
    yield Figure(f"{name}_slowest_ms ({slowest[1]})", slowest[0], "ms")


def _ask(connection: http.client.HTTPConnection, url: str, cookie: str) -> float:
    """Return how many ms an answer took."""
    began = time.perf_counter()
    connection.request("GET", url, headers={"Cookie": cookie})
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{url} answered {answer.status}.")
    return (time.perf_counter() - began) * 1000


def _at(took: list[float], percent: int) -> float:
    return sorted(took)[len(took) * percent // 100]
