"""How fast 100 MB come in, beside a bare socket whose other end writes the same bytes to disk.

Sent as the studio's page does: one connection, resumable parts with their digests that grow with
the line, and the digest of the whole at the end. The film has arrived when its last part is
acknowledged, each part synced; it is accepted once read again as a whole, its digest compared and
its pictures looked at. The bare end syncs once; told beside it are one that syncs and answers parts
of the least size, and one that keeps nothing.
"""

import base64
import hashlib
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import psutil

from bench import cells
from bench.encode import Memory
from bench.figures import Compared, Figure, interleaved
from vitrine.ops import inside
from vitrine.videos import jail

FILM_BYTES = 100_000_000
LEAST_PART_BYTES, MOST_PART_BYTES = 4 * 1024 * 1024, 32 * 1024 * 1024
BRISK_SECONDS, SLOW_SECONDS = 1, 4
"""Below the one, the studio's page doubles its parts; above the other it halves them."""
ROUNDS = 5
DRAWN = "testsrc2=s=360x640:r=30:d=2"


def run() -> Iterator[Figure]:
    """Send the film to a running cell and to a bare socket, in turn."""
    with cells.scratch() as folder, cells.up(folder / "data", "--no-demo") as cell:
        film = film_of(FILM_BYTES, folder)
        with inside.cell(folder / "data"):
            cookies = inside.call("bench.upload_creator.signed_in")
            sender = Sender(cell.url, cookies, film)
            web = next(child for child in cell.running.children if child.name == "web")
            sender.send()
            sender.forget()
            # The probe's ffmpeg is a grandchild, and gone again: it is not the site's memory.
            with Memory(psutil.Process(web.pid), with_grandchildren=False) as memory:
                time.sleep(1)
                before = memory.most_bytes
                compared, others = _compared(sender, folder / "bare")
        yield Figure(
            "upload_vs_socket",
            compared.ratio,
            "×",
            goal=">= 0.5",
            reference="socket to synced file (MB/s)",
            reference_value=compared.reference,
            ratio=compared.ratio,
        )
        yield Figure(
            "upload_vs_socket_in_parts",
            compared.value / others["in parts"],
            "×",
            reference="the same, each 4 MiB synced and answered (MB/s)",
            reference_value=others["in parts"],
            ratio=compared.value / others["in parts"],
        )
        yield Figure(
            "upload_vs_socket_kept_nowhere",
            compared.value / others["nowhere"],
            "×",
            reference="socket to nothing (MB/s)",
            reference_value=others["nowhere"],
            ratio=compared.value / others["nowhere"],
        )
        yield Figure("upload_mb_per_s", compared.value, "MB/s")
        yield sender.accepting(compared.reference)
        yield Figure("web_rss_growth_mb", (memory.most_bytes - before) / 2**20, "MB", goal="<= 32")


def _compared(sender: "Sender", path: Path) -> tuple[Compared, dict[str, float]]:
    """Send in turn as the studio does, and to bare sockets: at once, in parts, to be dropped."""
    others: dict[str, list[float]] = {"in parts": [], "nowhere": []}
    whole = len(sender.film) + 1

    def bare() -> float:
        others["in parts"].append(bare_rate(sender.film, path, part_bytes=LEAST_PART_BYTES))
        others["nowhere"].append(bare_rate(sender.film, Path(os.devnull), part_bytes=whole))
        return bare_rate(sender.film, path, part_bytes=whole)

    compared = interleaved(sender.rate, bare, rounds=ROUNDS)
    return compared, {name: median(rates) for name, rates in others.items()}


def film_of(size: int, folder: Path) -> bytes:
    """Draw a short film, and fill it up to a size with a box of noise that players pass over."""
    drawn = folder / "drawn.mp4"
    subprocess.run(
        [jail.binary(), *("-v", "error", "-y", "-f", "lavfi", "-i", DRAWN), str(drawn)], check=True
    )
    content = drawn.read_bytes()
    filling = size - len(content)
    return content + filling.to_bytes(4) + b"free" + random.Random(100).randbytes(filling - 8)


def digest_of(content: bytes) -> str:
    """Return a SHA-256 as HTTP writes it."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"


@dataclass
class Sender:
    """A creator's page. Digests are no part of the time taken: they are the browser's work."""

    url: str
    cookies: str
    film: bytes
    accepted_rates: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.whole = digest_of(self.film)

    def rate(self) -> float:
        """Return MB/s from opening the upload to its last byte, and wait for the film's encoder."""
        rate = self.send()
        inside.call("bench.upload_creator.wait_until_encoded")
        return rate

    def send(self) -> float:
        """Send the film; return MB/s until the last byte is acknowledged."""
        at = urlsplit(self.url)
        with closing(HTTPConnection("127.0.0.1", at.port, timeout=120)) as connection:
            connection.connect()
            began = time.perf_counter()
            place = self._ask(connection, "POST", "/uploads/", b"", self._opening())
            took = time.perf_counter() - began + self._send_parts(connection, place)
            began = time.perf_counter()
            self._ask(connection, "PATCH", place, b"", self._last(len(self.film)))
            accepted = took + time.perf_counter() - began
        self.accepted_rates.append(len(self.film) / 1e6 / accepted)
        return len(self.film) / 1e6 / took

    def _send_parts(self, connection: HTTPConnection, place: str) -> float:
        """Return how many seconds the parts took."""
        offset, size, took = 0, LEAST_PART_BYTES, 0.0
        while part := self.film[offset : offset + size]:
            headers = self._part(offset, digest_of(part))
            began = time.perf_counter()
            self._ask(connection, "PATCH", place, part, headers)
            seconds = time.perf_counter() - began
            offset, took = offset + len(part), took + seconds
            if seconds < BRISK_SECONDS:
                size = min(size * 2, MOST_PART_BYTES)
            if seconds > SLOW_SECONDS:
                size = max(size // 2, LEAST_PART_BYTES)
        return took

    def forget(self) -> None:
        """Drop what was measured while the cell was cold."""
        self.accepted_rates.clear()

    def accepting(self, reference: float) -> Figure:
        """Return the rate until the film was looked into and kept."""
        rate = sorted(self.accepted_rates)[len(self.accepted_rates) // 2]
        return Figure(
            "accepted_vs_socket",
            rate / reference,
            "×",
            reference="socket to synced file (MB/s)",
            reference_value=reference,
            ratio=rate / reference,
        )

    def _opening(self) -> dict[str, str]:
        return {"Upload-Length": str(len(self.film))}

    def _part(self, offset: int, digest: str) -> dict[str, str]:
        return {
            "Content-Type": "application/partial-upload",
            "Upload-Offset": str(offset),
            "Upload-Complete": "?0",
            "Content-Digest": digest,
        }

    def _last(self, offset: int) -> dict[str, str]:
        return {
            "Content-Type": "application/partial-upload",
            "Upload-Offset": str(offset),
            "Upload-Complete": "?1",
            "Repr-Digest": self.whole,
        }

    def _ask(
        self,
        connection: HTTPConnection,
        method: str,
        path: str,
        body: bytes,
        headers: dict[str, str],
    ) -> str:
        at = urlsplit(self.url)
        token = self.cookies.split("csrftoken=")[1].split(";")[0]
        ours = {"Host": at.netloc, "Cookie": self.cookies, "X-CSRFToken": token}
        connection.request(method, path, body, ours | headers)
        answer = connection.getresponse()
        said = answer.read()
        if answer.status not in (201, 204):
            raise RuntimeError(f"{method} {path} answered {answer.status}: {said[:300]!r}")
        return answer.headers.get("Location", path)


def bare_rate(content: bytes, path: Path, *, part_bytes: int) -> float:
    """Return MB/s of a socket whose other end, a process of its own, writes and syncs a file.

    part_bytes: after so many the other end syncs and says so, and only then is more sent.
    """
    with subprocess.Popen(
        [sys.executable, "-m", "bench.upload_bare", str(path), str(part_bytes)],
        cwd=cells.ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        port = int(other.stdout.readline()) if other.stdout else 0
        with socket.create_connection(("127.0.0.1", port)) as line:
            began = time.perf_counter()
            for start in range(0, len(content), part_bytes):
                line.sendall(content[start : start + part_bytes])
                if start + part_bytes <= len(content):
                    line.recv(1)
            line.shutdown(socket.SHUT_WR)
            line.recv(1)
            seconds = time.perf_counter() - began
    if path.is_file():
        path.unlink()
    return len(content) / 1e6 / seconds
