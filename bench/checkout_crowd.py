"""Buyers who press the button as soon as they have their answer, and pgbench beside them."""

import contextlib
import random
import selectors
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
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
PATIENCE_S = 60

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
        """Let everybody buy at once for so long; each connection is open beforehand.

        One thread looks after all of them: what the buyers take of the processor, the shop lacks.
        """
        with contextlib.ExitStack() as stack, selectors.DefaultSelector() as ready:
            lines = [stack.enter_context(self._line(buyer)) for buyer in self.buyers]
            for line in lines:
                ready.register(line.socket, selectors.EVENT_READ, line)
            began, first = time.monotonic(), len(self.took_ms)
            for line in lines:
                line.press(self.choose(self.things))
            waiting = len(lines)
            while waiting:
                found = ready.select(PATIENCE_S)
                if not found:
                    raise RuntimeError(f"The shop was silent for {PATIENCE_S} s.")
                for key, _ in found:
                    if (took_ms := key.data.heard()) is None:
                        continue
                    self.took_ms.append(took_ms)
                    if time.monotonic() < began + seconds:
                        key.data.press(self.choose(self.things))
                    else:
                        waiting -= 1
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

    @contextlib.contextmanager
    def _line(self, buyer: Any) -> Iterator["Line"]:
        port = urlsplit(self.url).port or 80
        head = HEAD.format(port=port, cookies=buyer.cookies).encode()
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as line:
            yield Line(line, buyer, head)


@dataclass
class Line:
    """One buyer's connection, and what was said on it since the button was pressed."""

    socket: socket.socket
    buyer: Any
    head: bytes
    pressed_at: float = 0
    said: bytes = b""

    def press(self, thing: Thing) -> None:
        """Send one order."""
        body = self.buyer.body(thing)
        self.said, self.pressed_at = b"", time.perf_counter()
        self.socket.sendall(b"%b%d\r\n\r\n%b" % (self.head, len(body), body))

    def heard(self) -> float | None:
        """Take in what has come. Returns how long the order took in ms once it is answered."""
        got = self.socket.recv(1 << 16)
        self.said += got
        if not is_whole(self.said):
            if not got or len(self.said) > MOST_BYTES:
                raise RuntimeError(f"The shop hung up: {self.said[:300]!r}")
            return None
        if not self.said.startswith(b"HTTP/1.1 200") or b"Thank you" not in self.said:
            raise RuntimeError(f"The shop answered {self.said[:600]!r}")
        return (time.perf_counter() - self.pressed_at) * 1000


def answer(line: socket.socket) -> bytes:
    """Read one answer. A library would take as long for it as a core can spare."""
    said = b""
    while len(said) < MOST_BYTES:
        got = line.recv(1 << 16)
        if not got:
            break
        said += got
        if is_whole(said):
            return said
    raise RuntimeError(f"The shop hung up: {said[:300]!r}")


def is_whole(said: bytes) -> bool:
    """Tell whether all of an answer is there."""
    head, end, body = said.partition(b"\r\n\r\n")
    _, _, rest = head.lower().partition(b"content-length:")
    return bool(end) and len(body) >= int(rest.split(b"\r\n", 1)[0])


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
