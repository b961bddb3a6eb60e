"""One upload through everything that a network, a server and a person can do to it."""

import base64
import hashlib
import json
import random
import socket
import struct
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bench.cells import Cell
from tests import cells, films
from tests.kills.browser import Answer, Browser
from tests.make import PASSWORD

pytestmark = pytest.mark.machine

CUTS = 50
SIZE = 6 * 1024 * 1024
JSON = {"Accept": "application/json"}


@pytest.fixture
def cell(tmp_path: Path) -> Iterator[Cell]:
    with cells.up(tmp_path / "cell") as running:
        yield running


@pytest.fixture
def film(tmp_path: Path) -> bytes:
    """Return a film that a box of noise, which players pass over, fills up to a size."""
    clip = films.real_or_drawn("odd/moov-at-end.mp4", "mended-bowl", tmp_path).read_bytes()
    filling = SIZE - len(clip)
    return clip + filling.to_bytes(4) + b"free" + random.Random(50).randbytes(filling - 8)


def test_an_upload_cut_fifty_times_ends_with_the_same_bytes(cell: Cell, film: bytes) -> None:
    dice = random.Random(1507)
    (email,) = json.loads(cells.python(cell, "-m", "tests.kills.stage", "1"))["creators"]
    creator = signed_in(cell, email)
    place = begun(creator, film)
    acknowledged = 0

    for cut in range(CUTS):
        if cut == CUTS // 4:
            assert cells.kill(cell, "web")
            cells.wait_answering(cell)
        if cut == CUTS // 2:
            with cells.connect(cell) as connection:
                connection.execute("DELETE FROM django_session")
            refused = creator.ask("PATCH", place, film[:10], part_headers(acknowledged) | JSON)
            assert (refused.status, json.loads(refused.body)["code"]) == (401, "sign_in_first")
            creator = signed_in(cell, email)
        if cut == 3 * CUTS // 4:
            creator = signed_in(cell, email)  # the page was closed: nothing is known but the place
        offset = int(creator.ask_until_answered("HEAD", place).headers["Upload-Offset"])
        assert offset >= acknowledged
        part = film[offset : offset + dice.randint(2, SIZE // CUTS)]
        cut_off(creator, place, part, offset, after=dice.randrange(len(part)), hard=cut % 2 == 0)
        acknowledged = offset

    statuses = finish(creator, place, film)
    assert set(statuses) <= {204, 409}
    with cells.connect(cell) as connection:
        row = connection.execute(
            "SELECT encode(c.original_sha256, 'hex'), c.original_bytes FROM videos_clip c "
            "JOIN videos_upload u ON u.id = c.upload_id WHERE u.public_id = %s",
            [place.rpartition("/")[2]],
        ).fetchone()
    assert row == (hashlib.sha256(film).hexdigest(), len(film))


def signed_in(cell: Cell, email: str) -> Browser:
    """Return a browser of its own, signed in."""
    creator = Browser(cells.loopback(cell))
    log_in = creator.form("/account/login/", "/account/login/")
    answer = creator.send("/account/login/", log_in | {"login": email, "password": PASSWORD})
    assert "login" not in answer.url, answer.body
    return creator


def begun(creator: Browser, film: bytes) -> str:
    """Open an upload; return its URL."""
    opened = creator.ask("POST", "/uploads/", b"", {"Upload-Length": str(len(film))})
    assert opened.status == 201, opened.body
    return str(opened.headers["Location"])


def part_headers(offset: int, *, last: bool = False) -> dict[str, str]:
    """Return the headers of a part."""
    return {
        "Content-Type": "application/partial-upload",
        "Upload-Offset": str(offset),
        "Upload-Complete": "?1" if last else "?0",
    }


def cut_off(
    creator: Browser, place: str, part: bytes, offset: int, *, after: int, hard: bool
) -> None:
    """Send a part and break the line in its middle. hard: by a reset instead of an end."""
    origin = urlsplit(creator.origin)
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in creator.cookies)
    token = next(cookie.value for cookie in creator.cookies if cookie.name == "csrftoken")
    headers = part_headers(offset) | {
        "Host": origin.netloc,
        "Cookie": cookies,
        "X-CSRFToken": str(token),
        "Content-Length": str(len(part)),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    with socket.create_connection((origin.hostname or "", origin.port or 0), timeout=30) as line:
        line.sendall(f"PATCH {place} HTTP/1.1\r\n{head}\r\n".encode() + part[:after])
        if hard:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def finish(creator: Browser, place: str, film: bytes) -> list[int]:
    """Send what is missing, asking anew where a cut-off part is still being stored."""
    digest = base64.b64encode(hashlib.sha256(film).digest()).decode()
    statuses: list[int] = []
    while not statuses or statuses[-1] != 204:
        answer = _rest(creator, place, film, f"sha-256=:{digest}:")
        statuses.append(answer.status)
        assert len(statuses) < CUTS, answer.body
    return statuses


def _rest(creator: Browser, place: str, film: bytes, digest: str) -> Answer:
    offset = int(creator.ask_until_answered("HEAD", place).headers["Upload-Offset"])
    assert len(film) - offset > 0, "the cuts left nothing to finish"
    part = film[offset : offset + 4 * 1024 * 1024]
    is_last = offset + len(part) == len(film)
    headers = part_headers(offset, last=is_last) | ({"Repr-Digest": digest} if is_last else {})
    answer = creator.ask("PATCH", place, part, headers)
    if answer.status == 204 and not is_last:
        return _rest(creator, place, film, digest)
    return answer
