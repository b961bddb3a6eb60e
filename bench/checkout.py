"""How many orders a second a shop takes through HTTP, beside pgbench on the same server.

Each order is a whole press of the button by a signed-in buyer: session, CSRF, quote, stock held,
order written, test bank asked, purchase placed, answer drawn. Postgres, the web processes and the
buyers share the machine.
"""

import random
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from bench import cells
from bench.figures import Compared, Figure, interleaved
from vitrine.ops import inside
from vitrine.ops.postgres import Cluster, programs

OPTIONS = ("--no-demo", "--web-processes", "2")
"""A web process for each core: Python runs one thread at a time."""
SECONDS = 6
ROUNDS = 3
CROWDS = (8, 64)
TPCB_SCALE = 10
TPCB_CLIENTS = 8
HEADERS = {
    "Content-Type": "application/x-www-form-urlencoded",
    "HX-Request": "true",
    "Connection": "keep-alive",
}


def run() -> Iterator[Figure]:
    """Buy with 8 and with 64 buyers at once; check every invariant afterwards."""
    with cells.scratch() as folder, cells.up(folder / "data", *OPTIONS) as cell:
        reference = Tpcb(cell.directory.cluster)
        with inside.cell(folder / "data"):
            things = inside.call("bench.checkout_buyers.shop")
            buyers = inside.call("bench.checkout_buyers.buyers", max(CROWDS))
            before = inside.call("bench.checkout_buyers.placed")
            measured = [Crowd(cell.url, buyers[:count], things) for count in CROWDS]
            for crowd in measured:
                crowd.buy(seconds=2)
                crowd.forget()
            for crowd in measured:
                yield crowd.figure(interleaved(crowd.rate, reference.rate, rounds=ROUNDS))
            yield measured[0].slowest()
            _agree(before, measured)


def _agree(before: int, crowds: "Sequence[Crowd]") -> None:
    """Fail the bench if an answered order is missing, or any invariant is broken."""
    answered = sum(crowd.answered for crowd in crowds)
    placed = inside.call("bench.checkout_buyers.placed") - before
    if placed < answered:
        raise RuntimeError(f"{answered} orders were answered, and only {placed} are placed.")
    broken = inside.call("bench.checkout_buyers.violations")
    if broken:
        raise RuntimeError(f"{len(broken)} violations, the first: {broken[0]}")


@dataclass
class Crowd:
    """Buyers who press the button as soon as they have their answer."""

    url: str
    buyers: Sequence[Any]
    things: Sequence[tuple[str, str]]
    took_ms: list[float] = field(default_factory=list)
    answered: int = 0

    def rate(self) -> float:
        """Return placed orders a second over a while."""
        return self.buy(seconds=SECONDS)

    def buy(self, *, seconds: float) -> float:
        """Let everybody buy at once for so long; each connection is open beforehand."""
        gate = threading.Barrier(len(self.buyers) + 1)
        deadline: list[float] = []
        faults: list[BaseException] = []
        threads = [
            threading.Thread(target=self._shop, args=(buyer, gate, deadline, faults), daemon=True)
            for buyer in self.buyers
        ]
        for thread in threads:
            thread.start()
        began, first = time.monotonic(), len(self.took_ms)
        deadline.append(began + seconds)
        gate.wait()
        for thread in threads:
            thread.join()
        if faults:
            raise faults[0]
        orders = len(self.took_ms) - first
        self.answered += orders
        return orders / (time.monotonic() - began)

    def forget(self) -> None:
        """Drop what was measured while caches were cold."""
        self.took_ms.clear()

    def figure(self, compared: Compared) -> Figure:
        """Return the rate beside pgbench's."""
        return Figure(
            f"orders_per_s_{len(self.buyers)}",
            compared.value,
            "1/s",
            reference=f"pgbench tpc-b, {TPCB_CLIENTS} clients (1/s)",
            reference_value=compared.reference,
            ratio=compared.ratio,
        )

    def slowest(self) -> Figure:
        """Return what 95 of 100 orders took less than."""
        ordered = sorted(self.took_ms)
        return Figure(f"p95_ms_{len(self.buyers)}", ordered[len(ordered) * 95 // 100], "ms")

    def _shop(
        self,
        buyer: Any,
        gate: threading.Barrier,
        deadline: list[float],
        faults: list[BaseException],
    ) -> None:
        try:
            self._press(buyer, gate, deadline)
        except BaseException as fault:  # noqa: BLE001  (raised again by whoever waits)
            faults.append(fault)
            gate.abort()

    def _press(self, buyer: Any, gate: threading.Barrier, deadline: list[float]) -> None:
        at = urlsplit(self.url)
        headers = {**HEADERS, "Cookie": buyer.cookies, "Host": f"localhost:{at.port}"}
        with closing(HTTPConnection("127.0.0.1", at.port, timeout=60)) as connection:
            connection.connect()
            gate.wait()
            while time.monotonic() < deadline[0]:
                body = buyer.body(random.choice(self.things))
                began = time.perf_counter()
                connection.request("POST", "/checkout", body, headers)
                answer = connection.getresponse()
                said = answer.read()
                if answer.status != 200 or b"Thank you" not in said:
                    raise RuntimeError(f"The shop answered {answer.status}: {said[:300]!r}")
                self.took_ms.append((time.perf_counter() - began) * 1000)


class Tpcb:
    """pgbench's TPC-B transactions, in a database of their own on the cell's server."""

    def __init__(self, cluster: Cluster) -> None:
        cluster.create_database("tpcb")
        self.target = [
            "-h",
            str(cluster.socket_directory),
            "-U",
            "vitrine",
            "tpcb",
        ]
        self._pgbench("-i", "-q", "-s", str(TPCB_SCALE))

    def rate(self) -> float:
        """Return transactions a second, over as long as the orders are counted."""
        clients = str(TPCB_CLIENTS)
        said = self._pgbench("-n", "-c", clients, "-j", "2", "-T", str(SECONDS))
        line = next(line for line in said.splitlines() if line.startswith("tps"))
        return float(line.split()[2])

    def _pgbench(self, *options: str) -> str:
        command = [str(programs() / "pgbench"), *options, *self.target]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout
