"""Those who wait for a drop: each asks where they stand when told to, and buys when let in."""

import heapq
import re
import selectors
import socket
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

LINES = 64
"""So many questions are on their way at once, at most."""
PATIENCE_S = 240
STATE = re.compile(rb'data-again="([\d.]+)" data-state="(\w+)"(?: data-ticket="([\w-]+)")?')


class Answer(NamedTuple):
    """What the shop said, and after how long."""

    said: bytes
    took_ms: float


Browser = Generator[tuple[float, bytes], Answer, None]
"""What somebody asks, each time after so many seconds; it is sent the answers."""


class Line:
    """A connection that is kept. by: whose answer it waits for, if any's."""

    def __init__(self, port: int) -> None:
        self.connection = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.by: tuple[int, Browser] | None = None
        self.said = b""
        self.asked_at = 0.0

    def ask(self, number: int, browser: Browser, request: bytes) -> None:
        """Send what somebody asks."""
        self.by, self.said, self.asked_at = (number, browser), b"", time.perf_counter()
        self.connection.sendall(request)

    def hear(self) -> Answer | None:
        """Read what came. Returns the answer once it is whole."""
        got = self.connection.recv(1 << 16)
        if not got:
            raise RuntimeError(f"The shop hung up: {self.said[:300]!r}")
        self.said += got
        head, end, body = self.said.partition(b"\r\n\r\n")
        _, _, length = head.lower().partition(b"content-length:")
        if end and not length:
            raise RuntimeError(f"The shop said {self.said[:600]!r}")
        if not end or len(body) < int(length.split(b"\r\n", 1)[0]):
            return None
        return Answer(self.said, (time.perf_counter() - self.asked_at) * 1000)


class Loop:
    """Runs browsers in one thread, so that they take little of the machine they measure."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.due: list[tuple[float, int, bytes, Browser]] = []
        self.idle: list[Line] = []
        self.selector = selectors.DefaultSelector()

    def run(self, browsers: Sequence[Browser]) -> None:
        """Run them until each has what it wants."""
        for number, browser in enumerate(browsers):
            self._wait(number, browser, next(browser))
        for _ in range(LINES):
            self._open()
        ends = time.monotonic() + PATIENCE_S
        while self.due or len(self.idle) < LINES:
            if time.monotonic() > ends:
                raise RuntimeError(f"After {PATIENCE_S} s {len(self.due)} still wait.")
            self._ask_what_is_due()
            until_s = self.due[0][0] - time.monotonic() if self.due and self.idle else 1.0
            for key, _ in self.selector.select(max(until_s, 0)):
                self._hear(key.data)
        for key in list(self.selector.get_map().values()):
            key.data.connection.close()
        self.selector.close()

    def _open(self) -> None:
        line = Line(self.port)
        self.selector.register(line.connection, selectors.EVENT_READ, line)
        self.idle.append(line)

    def _wait(self, number: int, browser: Browser, asks: tuple[float, bytes]) -> None:
        after_s, request = asks
        heapq.heappush(self.due, (time.monotonic() + after_s, number, request, browser))

    def _ask_what_is_due(self) -> None:
        while self.idle and self.due and self.due[0][0] <= time.monotonic():
            _, number, request, browser = heapq.heappop(self.due)
            self.idle.pop().ask(number, browser, request)

    def _hear(self, line: Line) -> None:
        if line.by is None:  # HTTP lets a shop close what nobody uses
            self.selector.unregister(line.connection)
            line.connection.close()
            self.idle.remove(line)
            self._open()
            return
        answer = line.hear()
        if answer is not None:
            number, browser = line.by
            line.by = None
            self.idle.append(line)
            with suppress(StopIteration):  # they have what they want
                self._wait(number, browser, browser.send(answer))


class Crowd:
    """A thousand who wait for one thing and want it."""

    def __init__(self, url: str, drop: str, thing: tuple[str, str], buyers: Sequence[Any]) -> None:
        self.port = urlsplit(url).port or 80
        self.drop, self.thing, self.buyers = drop, thing, buyers
        self.took_ms: list[float] = []
        self.placed: list[float] = []
        self.told: list[float] = []
        self._tickets: dict[int, str] = {}

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
        """Let everybody take a place, and open the page on which they wait."""
        self._all(self._take_place)

    def wait_and_buy(self) -> None:
        """Let everybody ask and buy, until all have bought or know that nothing is left."""
        self._all(self._wait_for_it)

    def _all(self, browse: Callable[[int], Browser]) -> None:
        Loop(self.port).run([browse(number) for number in range(len(self.buyers))])

    def _take_place(self, number: int) -> Browser:
        token = urlencode({"csrfmiddlewaretoken": self.buyers[0].form["csrfmiddlewaretoken"]})
        place = f"/drops/{self.drop}/place"
        said, _ = yield 0, self._request(number, "POST", place, token.encode())
        if not said.startswith(b"HTTP/1.1 302"):
            raise RuntimeError(f"No place was given: {said[:300]!r}")
        said, _ = yield 0, self._request(number, "GET", f"/drops/{self.drop}")
        self._tickets[number] = _stands(said)[2].decode()

    def _wait_for_it(self, number: int) -> Browser:
        """Ask as the script of the page does. It begins: all ask within two seconds."""
        url = f"/drops/{self.drop}/standing?ticket={self._tickets[number]}"
        question = self._request(number, "GET", url)
        again_s, state = number % 20 / 10, b""
        while state != b"sold_out":
            said, took_ms = yield again_s, question
            self.took_ms.append(took_ms)
            again, state, _ = _stands(said)
            again_s = float(again)
            if state == b"in" and (yield from self._buy(number)):
                return
        self.told.append(time.monotonic())

    def _buy(self, number: int) -> Generator[tuple[float, bytes], Answer, bool]:
        body = self.buyers[number].body(self.thing)
        said, _ = yield 0, self._request(number, "POST", "/checkout", body)
        if b"Thank you" in said:
            self.placed.append(time.monotonic())
            return True
        if said.startswith(b"HTTP/1.1 409"):
            return False
        raise RuntimeError(f"The shop answered {said[:600]!r}")

    def _request(self, number: int, method: str, path: str, body: bytes = b"") -> bytes:
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: localhost:{self.port}\r\n"
            f"Cookie: {self.buyers[number].cookies}\r\nHX-Request: true\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def _stands(said: bytes) -> tuple[bytes, bytes, bytes]:
    """Return what a page says of where its reader stands: when to ask again, state, ticket."""
    found = STATE.search(said)
    if found is None:
        raise RuntimeError(f"Nobody said where one stands: {said[:600]!r}")
    return found[1], found[2], found[3] or b""
