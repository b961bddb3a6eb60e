"""``kill -9`` of web, workers and Postgres in the middle of uploads, encodes and purchases.

Thirty random moments on one real cell. What the cell had acknowledged is there afterwards, what
it had not can be sent again with the same key, and every invariant holds (R1, V1, V2, M2, S2).
"""

import base64
import hashlib
import json
import os
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import LiteralString
from urllib.parse import urlsplit

import psycopg
import pytest

from bench.cells import Cell
from tests import cells, films
from tests.kills.browser import PATIENCE_SECONDS, Answer, Browser, Unanswered
from tests.make import PASSWORD
from vitrine.orders.payment import sandbox

KILLS = 30
SEED = int(os.environ.get("VITRINE_KILL_SEED", "0")) or random.SystemRandom().randrange(10**6)
VICTIMS = ("web", "postgres", "encoder", "worker")
SERVES = {"web", "postgres"}
"""Whose death breaks what a client has open."""
ENCODES = {"encoder", "postgres"}
PART_BYTES = 96 * 1024
PART_SECONDS = 0.3
"""Between parts: a phone, not a data centre, so that kills meet uploads in flight."""
GUEST_SECONDS = 0.5
"""Between guests: something of theirs is under way most of the time all the same."""
QUIET_SECONDS = 300
"""Each job of a killed worker ends within two minutes; they queue for one encoder here."""

pytestmark = pytest.mark.machine


@dataclass
class Told:
    """What the cell acknowledged to its clients."""

    purchases: list[str] = field(default_factory=list)
    uploads: dict[str, str] = field(default_factory=dict)
    """Upload id -> SHA-256 of the file that was sent whole."""
    shipped: list[str] = field(default_factory=list)
    hit: Counter[str] = field(default_factory=Counter)
    """What kills found open that they broke: purchases, uploads, handovers, encodes."""
    open: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def opened(self, what: str) -> Iterator[None]:
        """Count something as under way, from its first request to its acknowledgement."""
        with self._lock:
            self.open[what] += 1
        try:
            yield
        finally:
            with self._lock:
                self.open[what] -= 1

    def broken_by(self, victim: str, *, encodes: int) -> None:
        """Count what was open at the moment of a kill."""
        with self._lock:
            self.hit += Counter({"encode": encodes}) if victim in ENCODES else Counter()
            self.hit += self.open if victim in SERVES else Counter()


@pytest.fixture(scope="module")
def cell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cell]:
    with cells.up(tmp_path_factory.mktemp("kills") / "cell") as running:
        yield running


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Return two films to upload."""
    folder = tmp_path_factory.mktemp("films")
    wanted = {
        "derived/rotated-phone-juggle-m90.mp4": "mended-bowl",
        "tutorial-asl-milk.mkv": "claw-ring",
    }
    return [films.real_or_drawn(name, slug, folder).read_bytes() for name, slug in wanted.items()]


def test_nothing_acknowledged_is_lost_whatever_is_killed(cell: Cell, clips: list[bytes]) -> None:
    stage = json.loads(cells.python(cell, "-m", "tests.kills.stage", "2"))
    creators = [_signed_in(cell, email) for email in stage["creators"]]
    owner = _signed_in(cell, stage["owner"])
    url, products, stop, told = cells.loopback(cell), stage["products"], threading.Event(), Told()
    buyers = (_buy_one_thing, _buy_a_bag_through_the_bank)
    clients = [
        *(_client(told, stop, _for_ever, buy, url, products, stop, told) for buy in buyers),
        *(_client(told, stop, _upload_each, creator, clips, told) for creator in creators),
        _client(told, stop, _hand_over_for_ever, owner, stage["counter"], stop, told),
    ]

    _kill_at_random(cell, told)
    stop.set()
    for client in clients:
        client.join(PATIENCE_SECONDS + 30)

    assert not any(client.is_alive() for client in clients)
    assert told.wrong == [], f"VITRINE_KILL_SEED={SEED} repeats these moments"
    assert len(told.purchases) >= 10
    assert len(told.uploads) == 4
    assert told.shipped
    assert min(told.hit[what] for what in ("purchase", "upload", "encode")) > 0, told.hit
    _assert_purchases_are_kept(cell, told.purchases)
    _assert_handovers_are_kept(cell, told.shipped)
    _assert_uploads_are_kept(cell, told.uploads)
    _assert_encodings_end(cell)
    cells.assert_sound(cell)


# The clients ----------------------------------------------------------------------------------


def _client(
    told: Told, stop: threading.Event, work: Callable[..., None], *arguments: object
) -> threading.Thread:
    def run() -> None:
        try:
            work(*arguments)
        except BaseException as error:  # noqa: BLE001 (reported by the test itself)
            told.wrong.append(f"{work.__name__}: {error!r}")
            stop.set()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


Buy = Callable[[Browser, list[str], Told], Answer]


def _for_ever(buy: Buy, url: str, products: list[str], stop: threading.Event, told: Told) -> None:
    """Buy as a new guest each time, pressing again with the same key until there is an answer."""
    while not stop.is_set():
        answer = buy(Browser(url), products, told)
        if answer.status != 200 or "/o/" not in answer.url:
            told.wrong.append(f"{buy.__name__} was answered {answer.status} {answer.body[:2000]}")
            return
        told.purchases.append(urlsplit(answer.url).path.removeprefix("/o/"))
        time.sleep(GUEST_SECONDS)


def _buy_one_thing(guest: Browser, products: list[str], told: Told) -> Answer:
    fields = _filled_in(guest, products[0])
    with told.opened("purchase"):
        return guest.send("/checkout", fields)


def _buy_a_bag_through_the_bank(guest: Browser, products: list[str], told: Told) -> Answer:
    """Buy from two merchants at once with a card whose bank asks who is paying."""
    for product in products:
        guest.send("/cart/lines", guest.form(product, "/cart/lines"))
    fields = _filled_in(guest, "/cart") | {"card": sandbox.CHALLENGES}
    with told.opened("purchase"):
        bank = guest.send("/checkout", fields)
        if "/challenge/" not in bank.url:
            return bank
        return guest.send(urlsplit(bank.url).path, {"approve": "1"})


def _filled_in(guest: Browser, page: str) -> dict[str, str]:
    fields = guest.form(page, "/checkout") | {
        "email": "guest@example.org",
        "name": "A Guest",
        "line1": "1 Main Street",
        "city": "New York",
        "region": "NY",
        "postcode": "10001",
    }
    fields.pop("update", None)
    guest.send("/checkout", fields | {"update": "1"})  # choosing a state redraws the total
    redrawn = guest.form(page, "/checkout")
    return fields | {"key": redrawn["key"], "shown_total": redrawn["shown_total"]}


def _hand_over_for_ever(owner: Browser, counter: str, stop: threading.Event, told: Told) -> None:
    """Ship whatever waits at the counter, and note what its page then says is shipped."""
    while not stop.is_set():
        listing = owner.ask_until_answered("GET", counter).body
        for page in re.findall(rf'href="({re.escape(counter)}[a-z]+_[0-9A-Z]+/)"', listing)[:3]:
            with told.opened("handover"):
                owner.send(f"{page}dispatch/", {"carrier": "Post", "tracking": "1"})
            shown = owner.ask_until_answered("GET", page).body
            if "/dispatch/" not in shown and "waiting for the bank" not in shown:
                told.shipped.append(page.rstrip("/").rpartition("/")[2])
        time.sleep(0.2)


def _signed_in(cell: Cell, email: str) -> Browser:
    creator = Browser(cells.loopback(cell))
    log_in = creator.form("/account/login/", "/account/login/")
    answer = creator.send("/account/login/", log_in | {"login": email, "password": PASSWORD})
    assert "login" not in answer.url, answer.body
    return creator


def _upload_each(creator: Browser, clips: list[bytes], told: Told) -> None:
    """Send each clip in parts, asking for the offset after each break."""
    sent = 0
    while sent < 2 and not told.wrong:
        content = clips[sent % len(clips)]
        digest = hashlib.sha256(content)
        try:
            opened = creator.ask("POST", "/uploads/", b"", {"Upload-Length": str(len(content))})
        except Unanswered:
            time.sleep(0.1)
            continue
        assert opened.status == 201, opened.body
        place = opened.headers["Location"]
        with told.opened("upload"):
            _send_parts(creator, place, content, digest.digest())
        told.uploads[place.rsplit("/", 1)[-1]] = digest.hexdigest()
        sent += 1


def _send_parts(creator: Browser, place: str, content: bytes, digest: bytes) -> None:
    acknowledged = 0
    while True:
        offset = int(creator.ask_until_answered("HEAD", place).headers["Upload-Offset"])
        assert offset >= acknowledged, f"{acknowledged - offset} acknowledged bytes are gone"
        part = content[offset : offset + PART_BYTES]
        is_last = offset + len(part) == len(content)
        headers = {
            "Content-Type": "application/partial-upload",
            "Upload-Offset": str(offset),
            "Upload-Complete": "?1" if is_last else "?0",
        }
        if is_last:
            headers["Repr-Digest"] = f"sha-256=:{base64.b64encode(digest).decode()}:"
        try:
            answer = creator.ask("PATCH", place, part, headers)
        except Unanswered:
            time.sleep(0.05)
            continue
        assert answer.status in (204, 409), f"{answer.status} {answer.body}"
        if answer.status == 204:
            acknowledged = offset + len(part)
            if is_last:
                return
        time.sleep(PART_SECONDS)


# The killer -----------------------------------------------------------------------------------


def _kill_at_random(cell: Cell, told: Told) -> None:
    """Kill parts at random moments, after one of each that is sure to break what it should."""
    chance = random.Random(SEED)
    sure = [("web", "upload"), ("postgres", "purchase"), ("encoder", "encode")]
    kills = 0
    while kills < KILLS:
        victim, prey = sure.pop(0) if sure else (chance.choice(VICTIMS), "")
        time.sleep(chance.uniform(0.3, 3.0))
        _wait_for(prey, cell, told)
        encodes = _encodes_under_way(cell)
        if cells.kill(cell, victim):
            told.broken_by(victim, encodes=encodes)
            kills += 1
        cells.wait_answering(cell)


def _wait_for(prey: str, cell: Cell, told: Told) -> None:
    """Wait until something of that kind is under way. "": do not wait."""
    deadline = time.monotonic() + QUIET_SECONDS
    while prey and not (_encodes_under_way(cell) if prey == "encode" else told.open[prey]):
        assert time.monotonic() < deadline, f"no {prey} began"
        assert told.wrong == []
        time.sleep(0.01)


# The truth ------------------------------------------------------------------------------------


def _encodes_under_way(cell: Cell) -> int:
    """Count what is being encoded; none while Postgres is coming back from the last kill."""
    try:
        return len(_query(cell, "SELECT id FROM videos_encoding WHERE state = 'running'"))
    except psycopg.OperationalError:
        return 0


def _assert_purchases_are_kept(cell: Cell, purchases: list[str]) -> None:
    rows = _query(cell, "SELECT public_id FROM orders_ordergroup WHERE state = 'placed'")
    placed = {str(public_id) for (public_id,) in rows}

    assert set(purchases) <= placed
    assert len(purchases) == len(set(purchases))


def _assert_handovers_are_kept(cell: Cell, shipped: list[str]) -> None:
    rows = _query(cell, "SELECT public_id FROM orders_order WHERE state = 'shipped'")

    assert set(shipped) <= {str(public_id) for (public_id,) in rows}


def _assert_uploads_are_kept(cell: Cell, uploads: dict[str, str]) -> None:
    rows = _query(
        cell,
        "SELECT u.public_id, encode(c.original_sha256, 'hex') FROM videos_upload u "
        "JOIN videos_clip c ON c.upload_id = u.id",
    )
    kept = {str(upload): str(digest) for upload, digest in rows}

    assert {upload: kept.get(upload) for upload in uploads} == uploads


def _assert_encodings_end(cell: Cell) -> None:
    deadline = time.monotonic() + QUIET_SECONDS
    unfinished: LiteralString = (
        "SELECT c.public_id, e.state FROM videos_encoding e JOIN videos_clip c ON c.id = e.clip_id "
        "WHERE e.state IN ('waiting', 'running')"
    )
    while left := _query(cell, unfinished):
        assert time.monotonic() < deadline, f"still preparing: {left}"
        time.sleep(0.5)
    failed = _query(cell, "SELECT reason FROM videos_encoding WHERE state = 'failed'")
    assert all(reason for (reason,) in failed)


def _query(cell: Cell, sql: LiteralString) -> list[tuple[object, ...]]:
    with cells.connect(cell) as connection:
        return connection.execute(sql).fetchall()
