"""A demand partner as OpenRTB 2.6 wants it: it answers what it is asked, is late, and lies."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PATH = "/openrtb"


@dataclass
class Bidder:
    """Bids for each place. price: for a thousand views. crid: the ad that it bids for.

    bid, answer: what it says otherwise than it would. status: of its answers. body: instead of one.
    stays_silent, trickles: it takes the question, and never ends its answer.
    """

    origin: str = ""
    crid: str = ""
    price: Any = 5.0
    bid: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    notice_status: int = 204
    body: bytes | None = None
    stays_silent: bool = False
    trickles: bool = False
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)

    @property
    def endpoint(self) -> str:
        """Return where it is asked."""
        return f"{self.origin}{PATH}"

    def notice(self, kind: str) -> str:
        """Return where it wants to be told of something, with what it wants to read."""
        said = "&".join(
            f"{name}=${{AUCTION_{name.upper()}}}"
            for name in ("price", "id", "bid_id", "imp_id", "seat_id", "ad_id", "currency", "loss")
        )
        return f"{self.origin}/{kind}?{said}&sealed=${{AUCTION_PRICE:B64}}&what=${{AUCTION_ELSE}}"

    def bids(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        """Return a bid for each place."""
        return [
            {
                "id": f"bid-{asked['id']}-{place['id']}",
                "impid": place["id"],
                "price": self.price,
                "crid": self.crid,
                "adid": "ad-7",
                "nurl": self.notice("win"),
                "burl": self.notice("bill"),
                "lurl": self.notice("loss"),
                **self.bid,
            }
            for place in asked["imp"]
        ]

    def says(self, asked: dict[str, Any]) -> bytes:
        """Return its answer to a question."""
        seat = {"seat": "seat-1", "bid": self.bids(asked)}
        said = {
            "id": asked["id"],
            "bidid": "answer-1",
            "cur": asked["cur"][0],
            "seatbid": [seat],
            **self.answer,
        }
        return json.dumps(said).encode()


class _Handler(BaseHTTPRequestHandler):
    bidder: Bidder

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.bidder.asked.append(asked)
        self.bidder.headers.append(dict(self.headers.items()))
        if self.bidder.stays_silent:
            self.bidder.is_over.wait()
            return
        body = self.bidder.says(asked) if self.bidder.body is None else self.bidder.body
        self._answer(self.bidder.status, body)

    def do_GET(self) -> None:
        self.bidder.told.append(self.path)
        self._answer(self.bidder.notice_status, b"")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        if self.bidder.trickles:
            self.end_headers()
            self._trickle()
            return
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status != 204:
            self.wfile.write(body)

    def _trickle(self) -> None:
        """Send a byte again and again, so that nobody's patience with one of them ends."""
        try:
            while not self.bidder.is_over.wait(0.01):
                self.wfile.write(b" ")
        except OSError:
            pass  # they hung up

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def running() -> Iterator[Bidder]:
    """Run a bidder until the block ends."""
    made = Bidder()
    handler = type("Handler", (_Handler,), {"bidder": made})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        made.origin = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield made
        finally:
            made.is_over.set()
            server.shutdown()
            thread.join()
