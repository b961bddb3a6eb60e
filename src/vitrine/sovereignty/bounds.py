"""How long somebody outside may take to answer, and how much they may say."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


class Line(Protocol):
    """A connection that can be opened, as those of ``http.client``."""

    sock: socket.socket

    def connect(self) -> None:
        """Open it."""


@dataclass(frozen=True)
class Bounds:
    """How long a whole answer may take once it is connected, and how many bytes it may have.

    Of a larger one, most_bytes and one more are read.
    """

    within_s: float
    most_bytes: int

    @contextlib.contextmanager
    def kept(self, line: Line) -> Iterator[None]:
        """Connect, and hang up when the time is over: a socket's patience begins anew at each byte.

        What is read then ends as if the other side had hung up.
        """
        line.connect()
        clock = threading.Timer(self.within_s, _hang_up, [line.sock])
        clock.start()
        try:
            yield
        finally:
            clock.cancel()


def _hang_up(wire: socket.socket) -> None:
    with contextlib.suppress(OSError):
        socket.socket.shutdown(wire, socket.SHUT_RDWR)  # below TLS: who reads it is not disturbed
