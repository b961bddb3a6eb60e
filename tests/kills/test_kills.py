"""``kill -9`` of web, workers and Postgres in the middle of uploads, encodes and purchases.

Thirty random moments on one real cell. What the cell had acknowledged is there afterwards, what
it had not can be sent again with the same key, and every invariant holds (R1, V1, V2, M2, S2).
"""

import base64
import hashlib
import json
import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import LiteralString
from urllib.parse import urlsplit

import pytest

from bench.cells import Cell, up
from tests import cells
from tests.kills.browser import Browser, Unanswered
from tests.make import PASSWORD

KILLS = 32
SEED = int(os.environ.get("VITRINE_KILL_SEED", "0")) or random.SystemRandom().randrange(10**6)
VICTIMS = ("web", "postgres", "encoder", "worker")
PART_BYTES = 96 * 1024
QUIET_SECONDS = 300
"""Each job of a killed worker ends within two minutes; they queue for one encoder here."""

pytestmark = pytest.mark.machine


@dataclass
class Told:
    """What the cell acknowledged to its clients."""

    purchases: list[str] = field(default_factory=list)
    uploads: dict[str, str] = field(default_factory=dict)
    """Upload id -> SHA-256 of the file that was sent whole."""
    wrong: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def cell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cell]:
    with up(tmp_path_factory.mktemp("kills") / "cell", "--no-demo") as running:
        yield running


def test_nothing_acknowledged_is_lost_whatever_is_killed(cell: Cell, shared: Path) -> None:
    stage = json.loads(cells.python(cell, "-m", "tests.kills.stage", "2"))
    clips = [
        (shared / "media" / name).read_bytes()
        for name in ("derived/rotated-phone-juggle-m90.mp4", "tutorial-asl-milk.mkv")
    ]
    creators = [_signed_in(cell, email) for email in stage["creators"]]
    told, stop = Told(), threading.Event()
    clients = [
        _client(told, stop, _buy_for_ever, cells.loopback(cell), stage["product"], stop, told),
        *(_client(told, stop, _upload_each, creator, clips, told) for creator in creators),
    ]

    _kill_at_random(cell)
    stop.set()
    for client in clients:
        client.join(180)

    assert not any(client.is_alive() for client in clients)
    assert told.wrong == [], f"VITRINE_KILL_SEED={SEED} repeats these moments"
    assert len(told.purchases) >= 10
    assert len(told.uploads) == 4
    _assert_purchases_are_kept(cell, told.purchases)
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


def _buy_for_ever(url: str, product: str, stop: threading.Event, told: Told) -> None:
    """Buy as a new guest each time, pressing again with the same key until there is an answer."""
    while not stop.is_set():
        guest = Browser(url)
        fields = guest.form(product, "/checkout") | {
            "email": "guest@example.org",
            "name": "A Guest",
            "line1": "1 Main Street",
            "city": "New York",
            "region": "NY",
            "postcode": "10001",
        }
        fields.pop("update", None)
        guest.send("/checkout", fields | {"update": "1"})  # choosing a state redraws the total
        redrawn = guest.form(product, "/checkout")
        fields |= {"key": redrawn["key"], "shown_total": redrawn["shown_total"]}
        answer = guest.send("/checkout", fields)
        if answer.status != 200 or "/o/" not in answer.url:
            told.wrong.append(f"a purchase was answered {answer.status} {answer.body[:2000]}")
            return
        told.purchases.append(urlsplit(answer.url).path.removeprefix("/o/"))


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
        time.sleep(0.02)  # a phone, not a data centre: so that kills meet uploads in flight


# The killer -----------------------------------------------------------------------------------


def _kill_at_random(cell: Cell) -> None:
    chance = random.Random(SEED)
    kills = 0
    while kills < KILLS:
        time.sleep(chance.uniform(0.3, 3.0))
        if cells.kill(cell, chance.choice(VICTIMS)):
            kills += 1
        cells.wait_answering(cell)


# The truth ------------------------------------------------------------------------------------


def _assert_purchases_are_kept(cell: Cell, purchases: list[str]) -> None:
    rows = _query(cell, "SELECT public_id FROM orders_ordergroup WHERE state = 'placed'")
    placed = {str(public_id) for (public_id,) in rows}

    assert set(purchases) <= placed
    assert len(purchases) == len(set(purchases))


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
