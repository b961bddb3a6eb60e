"""The shop among a hundred thousand products: its list, a product's page, a search with facets.

Through HTTP, with two web processes and 8 visitors who ask for one page after another; the site's
own "not found" page, which asks the database nothing, is asked for in between. Then the same
questions in bare SQL, and through HTTP with ads among what is found.
"""

import random
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import psutil

from bench import catalogue_ads, cells
from bench.cells import Cell
from bench.figures import Compared, Figure, interleaved
from vitrine.ops import inside

OPTIONS = ("--no-demo", "--web-processes", "2")
PRODUCTS = 100_000
VISITORS = 8
SECONDS = 4
ROUNDS = 3
NOTHING = ["/nothing-here"]
GOALS = {"list": ">= 300", "page": ">= 400", "search": ">= 150"}


def run() -> Iterator[Figure]:
    """Fill a shop, look at it, and search it."""
    with (
        cells.scratch() as folder,
        cells.up(folder / "data", *OPTIONS) as cell,
        inside.cell(folder / "data"),
    ):
        began = time.monotonic()
        inside.call("bench.catalogue_fill.fill", PRODUCTS)
        yield Figure("filled_s", time.monotonic() - began, "s")
        urls = inside.call("bench.catalogue_fill.urls")
        for name, pages in urls.items():
            most = inside.call("bench.catalogue_fill.most_statements", pages[:20])
            yield Figure(f"{name}_statements", most, "", goal="<= 4" if name == "list" else "")
        for name, pages in urls.items():
            yield from _measured(name, pages, cell)
        yield Figure("search_bare_sql_ms", inside.call("bench.catalogue_fill.bare_ms"), "ms")
        yield from catalogue_ads.beside(folder, cell, urls["search"])


def _measured(name: str, pages: Sequence[str], cell: Cell) -> Iterator[Figure]:
    crowd = Crowd(cell, pages)
    nobody = Crowd(cell, NOTHING, status=404)
    for each in (crowd, nobody):
        each.rate()
        each.forget()
    compared = interleaved(crowd.rate, nobody.rate, rounds=ROUNDS)
    yield _rate(f"{name}_rps", compared, GOALS[name])
    ordered = sorted(crowd.took_ms)
    p95 = ordered[len(ordered) * 95 // 100]
    yield Figure(f"{name}_p95_ms", p95, "ms", goal="<= 100" if name == "search" else "")
    yield Figure(
        f"{name}_cpu_ms",
        crowd.cpu_ms,
        "ms",
        reference="the page that says there is none (ms)",
        reference_value=nobody.cpu_ms,
        ratio=crowd.cpu_ms / nobody.cpu_ms,
    )


def _rate(metric: str, compared: Compared, goal: str) -> Figure:
    return Figure(
        metric,
        compared.value,
        "1/s",
        goal=goal,
        reference="the page that says there is none (1/s)",
        reference_value=compared.reference,
        ratio=compared.ratio,
    )


@dataclass
class Crowd:
    """Visitors who ask for a page as soon as they have the one before."""

    cell: Cell
    urls: Sequence[str]
    status: int = 200
    took_ms: list[float] = field(default_factory=list)
    cpu_s: float = 0

    @property
    def cpu_ms(self) -> float:
        """What a page costs all processes together, ours too: steadier than a rate."""
        return self.cpu_s * 1000 / len(self.took_ms)

    def forget(self) -> None:
        """Drop what was measured while caches got warm."""
        self.took_ms.clear()
        self.cpu_s = 0

    def rate(self) -> float:
        """Return pages a second over a while."""
        faults: list[BaseException] = []
        first, began, before = len(self.took_ms), time.monotonic(), _cpu_s(self.cell)
        threads = [
            threading.Thread(target=self._look, args=(began + SECONDS, faults), daemon=True)
            for _ in range(VISITORS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if faults:
            raise faults[0]
        self.cpu_s += _cpu_s(self.cell) - before
        return (len(self.took_ms) - first) / (time.monotonic() - began)

    def _look(self, until: float, faults: list[BaseException]) -> None:
        try:
            port = urlsplit(self.cell.url).port or 80
            with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
                while time.monotonic() < until:
                    url = random.choice(self.urls)
                    began = time.perf_counter()
                    self._ask(connection, url, port)
                    self.took_ms.append((time.perf_counter() - began) * 1000)
        except BaseException as fault:  # noqa: BLE001  (raised again by whoever waits)
            faults.append(fault)

    def _ask(self, connection: socket.socket, url: str, port: int) -> None:
        """Ask by hand: a client library takes as long as the answer."""
        connection.sendall(f"GET {url} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode())
        said = b""
        while b"\r\n\r\n" not in said:
            said += self._some(connection)
        head, _, body = said.partition(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        if int(head.split(None, 2)[1]) != self.status:
            raise RuntimeError(f"{url} was answered with {head[:200]!r}")
        length = next(line for line in lines if line.startswith(b"content-length:"))
        left = int(length.partition(b":")[2]) - len(body)
        while left > 0:
            left -= len(self._some(connection))

    def _some(self, connection: socket.socket) -> bytes:
        if not (some := connection.recv(1 << 18)):
            raise RuntimeError("The site hung up.")
        return some


def _cpu_s(cell: Cell) -> float:
    """Return the CPU time of the site, its server of the database, and of this process."""
    pid = (cell.directory.path / "postgres" / "postmaster.pid").read_text().split()[0]
    heads = [psutil.Process(cell.running.supervisor.pid), psutil.Process(int(pid))]
    family = {one.pid: one for head in heads for one in [head, *head.children(recursive=True)]}
    return sum(sum(one.cpu_times()[:2]) for one in [psutil.Process(), *family.values()])
