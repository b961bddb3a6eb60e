"""How many reports of watching a cell takes through HTTP, beside a bare COPY of the same rows.

Each request is a beacon of 20 events of one visitor, each with the playback token of an impression
of its own: read, believed or not, written as facts and added to what the feed knows of the viewer,
in one transaction. Postgres, the web processes and the viewers share the machine.
"""

import contextlib
import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import psycopg

from bench import cells
from bench.checkout_crowd import is_whole
from bench.figures import Figure, interleaved
from vitrine.ops import inside
from vitrine.ops.postgres import Cluster

OPTIONS = ("--no-demo", "--web-processes", "2")
"""A web process for each core: Python runs one thread at a time."""
CONNECTIONS = 64
"""As many browsers as there are threads to answer them."""
EACH = 20
"""Events in a batch."""
ROUNDS = 3
SECONDS = 5
"""Of each round. Its batches are made beforehand: making one takes as long as a core can spare."""
PROBED = 320
COPIED = 200_000
PATIENCE_S = 60


def run() -> Iterator[Figure]:
    """Report in rounds, and copy as many rows as the facts of them are, in turn."""
    with cells.scratch() as folder, cells.up(folder / "data", *OPTIONS) as cell:
        copy = Copy(cell.directory.cluster)
        with inside.cell(folder / "data"):
            inside.call("bench.feed_page_clips.fill")
            crowd = Crowd(cell.url)
            crowd.report(_made(PROBED))  # what every process does once
            rate = crowd.report(_made(PROBED))
            before = inside.call("bench.events_batches.facts")
            count = max(PROBED, int(rate * SECONDS / EACH))
            told = interleaved(lambda: crowd.report(_made(count)), copy.rate, rounds=ROUNDS)
            written = inside.call("bench.events_batches.facts") - before
        if written != ROUNDS * count * EACH:
            raise RuntimeError(f"{ROUNDS * count * EACH} events were sent, {written} are there.")
        yield Figure(
            "events_per_s",
            told.value,
            "1/s",
            goal=">= 40000",
            reference="COPY of the same rows (1/s)",
            reference_value=told.reference,
            ratio=told.ratio,
        )
        yield Figure("vs_copy", told.ratio, "", reference="COPY", reference_value=told.reference)


def _made(count: int) -> "list[Batch]":
    made: list[Batch] = inside.call("bench.events_batches.batches", count, EACH)
    return made


@dataclass(frozen=True)
class Batch:
    """A visitor's cookies, and what their browser sends."""

    cookies: str
    body: bytes


@dataclass
class Crowd:
    """Browsers that report one batch after another, over connections that stay open."""

    url: str

    def report(self, batches: Sequence[Batch]) -> float:
        """Send all batches, each connection its next once it has its answer; events a second."""
        waiting, port = list(batches), urlsplit(self.url).port or 80
        with contextlib.ExitStack() as stack, selectors.DefaultSelector() as ready:
            lines = [Line(stack.enter_context(_connected(port)), port) for _ in range(CONNECTIONS)]
            for line in lines:
                ready.register(line.socket, selectors.EVENT_READ, line)
            began, busy = time.monotonic(), len(lines)
            for line in lines:
                line.send(waiting.pop())
            while busy:
                found = ready.select(PATIENCE_S)
                if not found:
                    raise RuntimeError(f"The cell was silent for {PATIENCE_S} s.")
                for key, _ in found:
                    if not key.data.is_answered():
                        continue
                    if waiting:
                        key.data.send(waiting.pop())
                    else:
                        busy -= 1
            return len(batches) * EACH / (time.monotonic() - began)


def _connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)


@dataclass
class Line:
    """One connection, and what was said on it since it was last written to."""

    socket: socket.socket
    port: int
    said: bytes = b""

    def send(self, batch: Batch) -> None:
        """Send one batch."""
        self.said = b""
        self.socket.sendall(
            b"POST /watches/ HTTP/1.1\r\nHost: localhost:%d\r\nCookie: %b\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%b"
            % (self.port, batch.cookies.encode(), len(batch.body), batch.body)
        )

    def is_answered(self) -> bool:
        """Take in what has come; tell whether it is all, and that the batch was taken."""
        got = self.socket.recv(1 << 16)
        self.said += got
        if self.said.startswith(b"HTTP/1.1 204") and b"\r\n\r\n" in self.said:
            return True
        if not got or (b"\r\n\r\n" in self.said and is_whole(self.said)):
            raise RuntimeError(f"The cell answered {self.said[:600]!r}")
        return False


class Copy:
    """The same rows, written by COPY into a table without keys or indexes."""

    def __init__(self, cluster: Cluster) -> None:
        self.url = cluster.url()
        with psycopg.connect(self.url) as line:
            line.execute(
                "CREATE TABLE bench_facts (home_cell text, impression uuid, sequence smallint,"
                " clip_id bigint, viewer text, device bytea, source text, day date,"
                " at timestamptz, is_counted boolean, watched_ms int, loops smallint, seen bytea,"
                " taps smallint, shares smallint)"
            )

    def rate(self) -> float:
        """Return rows a second."""
        row = (
            b"us\t01890a5d-ac96-774b-bcce-b302099a8057\t1\t1234\tv_abcdefghijklmnopqrstuv\t"
            b"\\\\x0011223344556677\tfor_you\t2026-11-30\t2026-11-30 01:02:03+00\tt\t8000\t0\t"
            b"\\\\xff01\t0\t0\n"
        )
        block = row * 1_000
        with psycopg.connect(self.url, autocommit=True) as line:
            line.execute("TRUNCATE bench_facts")
            began = time.monotonic()
            with line.cursor().copy("COPY bench_facts FROM STDIN") as copy:
                for _ in range(COPIED // 1_000):
                    copy.write(block)
            return COPIED / (time.monotonic() - began)
