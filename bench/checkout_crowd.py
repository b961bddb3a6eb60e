"""Buyers who press the button as soon as they have their answer, and pgbench beside them."""

import random
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from vitrine.ops.postgres import Cluster, programs

SECONDS = 6
TPCB_SCALE = 10
TPCB_CLIENTS = 8
HEAD = (
    "POST /checkout HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: {cookies}\r\nHX-Request: true\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "
)
MOST_BYTES = 1 << 20

Thing = tuple[str, str]
Choose = Callable[[Sequence[Thing]], Thing]


def any_of(things: Sequence[Thing]) -> Thing:
    """Choose evenly."""
    return random.choice(things)


def mostly_hot(things: Sequence[Thing]) -> Thing:
    """Choose one of ten hot things nine times of ten."""
    return random.choice(things[:10] if random.random() < 0.9 else things)


@dataclass
class Crowd:
    """Buyers at one shop. choose: what each buys next."""

    url: str
    buyers: Sequence[Any]
    things: Sequence[Thing]
    choose: Choose = any_of
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

    def slowest_ms(self) -> float:
        """Return what 95 of 100 orders took less than."""
        ordered = sorted(self.took_ms)
        return ordered[len(ordered) * 95 // 100]

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
        port = urlsplit(self.url).port or 80
        head = HEAD.format(port=port, cookies=buyer.cookies).encode()
        with closing(socket.create_connection(("127.0.0.1", port), timeout=60)) as line:
            gate.wait()
            while time.monotonic() < deadline[0]:
                body = buyer.body(self.choose(self.things))
                began = time.perf_counter()
                line.sendall(b"%b%d\r\n\r\n%b" % (head, len(body), body))
                said = answer(line)
                if not said.startswith(b"HTTP/1.1 200") or b"Thank you" not in said:
                    raise RuntimeError(f"The shop answered {said[:600]!r}")
                self.took_ms.append((time.perf_counter() - began) * 1000)


def answer(line: socket.socket) -> bytes:
    """Read one answer. A library would take as long for it as a core can spare."""
    said = b""
    while len(said) < MOST_BYTES:
        got = line.recv(1 << 16)
        if not got:
            break
        said += got
        head, end, body = said.partition(b"\r\n\r\n")
        if end:
            _, _, rest = head.lower().partition(b"content-length:")
            if len(body) >= int(rest.split(b"\r\n", 1)[0]):
                return said
    raise RuntimeError(f"The shop hung up: {said[:300]!r}")


class Tpcb:
    """pgbench's TPC-B transactions, in a database of their own on the cell's server."""

    def __init__(self, cluster: Cluster) -> None:
        cluster.create_database("tpcb")
        self.target = ["-h", str(cluster.socket_directory), "-U", "vitrine", "tpcb"]
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
