"""Those who wait for a drop: each asks where they stand when told to, and buys when let in."""

import heapq
import re
import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any
from urllib.parse import urlencode, urlsplit

from bench.checkout_crowd import answer

HANDS = 64
"""So many questions are on their way at once, at most."""
PATIENCE_S = 240
STATE = re.compile(rb'data-again="(\d+)" data-state="(\w+)"(?: data-number="(\d+)")?')


Act = Callable[[socket.socket, int], None]


class Crowd:
    """A thousand browsers, driven by a few threads: each is asked when its page would ask."""

    def __init__(self, url: str, drop: str, thing: tuple[str, str], buyers: Sequence[Any]) -> None:
        self.port = urlsplit(url).port or 80
        self.drop, self.thing, self.buyers = drop, thing, buyers
        self.took_ms: list[float] = []
        self.placed: list[float] = []
        self.told: list[float] = []
        self._numbers: dict[int, str] = {}
        self._due: list[tuple[float, int]] = []
        self._lock = threading.Lock()
        self._busy = 0
        self._faults: list[BaseException] = []

    @property
    def bought(self) -> int:
        """Return how many bought."""
        return len(self.placed)

    @property
    def orders_per_s(self) -> float:
        """Return the orders a second from the first to the last."""
        return len(self.placed) / (max(self.placed) - min(self.placed))

    @property
    def slowest_ms(self) -> float:
        """Return what 95 of 100 questions took less than."""
        return sorted(self.took_ms)[len(self.took_ms) * 95 // 100]

    @property
    def told_after_s(self) -> float:
        """Return how long after the last order the last of the others knew that nothing is left."""
        return max(self.told) - max(self.placed)

    def come(self) -> None:
        """Let everybody take a place."""
        token = urlencode({"csrfmiddlewaretoken": self.buyers[0].form["csrfmiddlewaretoken"]})
        self._due = [(0.0, number) for number in range(len(self.buyers))]
        self._all(lambda line, number: self._take_place(line, number, token.encode()))

    def wait_and_buy(self) -> None:
        """Let everybody ask and buy, until all have bought or know that nothing is left."""
        now = time.monotonic()
        self._due = [(now + number % 20 / 10, number) for number in range(len(self.buyers))]
        heapq.heapify(self._due)
        self._all(self._ask)

    def _all(self, act: Act) -> None:
        self._busy = 0
        threads = [threading.Thread(target=self._work, args=(act,)) for _ in range(HANDS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self._faults:
            raise self._faults[0]

    def _work(self, act: Act) -> None:
        ends = time.monotonic() + PATIENCE_S
        try:
            with closing(socket.create_connection(("127.0.0.1", self.port), timeout=60)) as line:
                while time.monotonic() < ends and not self._faults:
                    number = self._next()
                    if number is None:
                        return
                    if number < 0:
                        time.sleep(0.01)
                        continue
                    act(line, number)
                    with self._lock:
                        self._busy -= 1
        except BaseException as fault:  # noqa: BLE001  (raised again by whoever waits)
            self._faults.append(fault)

    def _next(self) -> int | None:
        """Return whose turn to ask it is; −1 if nobody's yet, None once all are served."""
        with self._lock:
            if not self._due:
                return -1 if self._busy else None
            if self._due[0][0] > time.monotonic():
                return -1
            self._busy += 1
            return heapq.heappop(self._due)[1]

    def _take_place(self, line: socket.socket, number: int, body: bytes) -> None:
        said = self._send(line, number, "POST", f"/drops/{self.drop}/place", body)
        if not said.startswith(b"HTTP/1.1 302"):
            raise RuntimeError(f"No place was given: {said[:300]!r}")

    def _ask(self, line: socket.socket, number: int) -> None:
        began = time.perf_counter()
        asks_with = f"?number={self._numbers[number]}" if number in self._numbers else ""
        said = self._send(line, number, "GET", f"/drops/{self.drop}/standing{asks_with}")
        self.took_ms.append((time.perf_counter() - began) * 1000)
        found = STATE.search(said)
        if found is None:
            raise RuntimeError(f"Nobody said where one stands: {said[:600]!r}")
        again, state = float(found[1]), found[2].decode()
        self._numbers.pop(number, None)
        if found[3]:
            self._numbers[number] = found[3].decode()
        if state == "in" and self._buy(line, number):
            return
        if state == "sold_out":
            self.told.append(time.monotonic())
            return
        with self._lock:
            heapq.heappush(self._due, (time.monotonic() + again, number))

    def _buy(self, line: socket.socket, number: int) -> bool:
        said = self._send(line, number, "POST", "/checkout", self.buyers[number].body(self.thing))
        if b"Thank you" in said:
            self.placed.append(time.monotonic())
            return True
        if said.startswith(b"HTTP/1.1 409"):
            return False
        raise RuntimeError(f"The shop answered {said[:600]!r}")

    def _send(
        self, line: socket.socket, number: int, method: str, path: str, body: bytes = b""
    ) -> bytes:
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: localhost:{self.port}\r\n"
            f"Cookie: {self.buyers[number].cookies}\r\nHX-Request: true\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        line.sendall(head.encode() + body)
        return answer(line)
