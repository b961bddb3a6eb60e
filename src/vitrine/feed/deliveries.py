"""Which device a clip's bytes were sent to: noted in memory as they go, written in batches.

Media URLs are the same for everybody, so that browsers keep what they have; what tells devices
apart is the cookie that comes with the request. Where a proxy or an object store sends the bytes
(``VITRINE_MEDIA_MODE`` accel or signed) each request passes here all the same before it is sent on:
what it asks for is noted instead.
"""

import hashlib
import hmac
import re
from collections.abc import Callable
from datetime import datetime
from functools import cache
from http import HTTPStatus

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from vitrine.accounts import visitors
from vitrine.kernel.batches import Batch
from vitrine.sovereignty.cell import home

LEAST_BYTES = 32 * 1024
"""Less than this of a clip is its head, and no picture."""
WITHIN_S = 60
"""A report may come so long before the batch with its delivery is written."""
_PREFIX, _ENDING = "/m/renditions/", ".mp4"
_RANGE = re.compile(r"bytes=(\d{1,15})-(\d{1,15})")
MOST_KNOWN = 50_000
CARRIES = (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT, HTTPStatus.FOUND)
"""Statuses of answers that carry a film's bytes, or say where they are."""

Key = tuple[bytes, str]


def are_sent_here() -> bool:
    """Tell whether this cell sends the bytes itself; if not, it knows what was asked for alone."""
    return bool(settings.VITRINE_MEDIA_MODE == "serve")


def device_of(request: HttpRequest) -> bytes:
    """Return a keyed digest of the cookie that a device is known by. Queries: 0.

    A visitor's cookie first: it outlives signing in, and a session may begin in between.
    """
    cookies = request.COOKIES
    cookie = cookies.get(visitors.COOKIE) or cookies.get(settings.SESSION_COOKIE_NAME) or ""
    return hashlib.blake2b(cookie.encode(), digest_size=8, key=_key(settings.SECRET_KEY)).digest()


@cache
def _key(secret: str) -> bytes:
    return hmac.digest(secret.encode(), b"vitrine.feed.deliveries", "sha256")


class DeliveryMiddleware:
    """Note the answers that carry a clip's bytes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        path = request.path_info
        if path.startswith(_PREFIX) and path.endswith(_ENDING):
            _note(request, response)
        return response


def _note(request: HttpRequest, response: HttpResponseBase) -> None:
    if request.method == "GET" and response.status_code in CARRIES:
        clip = request.path_info[len(_PREFIX) :].partition("/")[0]
        weight = _weight(response) if are_sent_here() else _asked(request)
        batch.add((device_of(request), clip), weight)


def _asked(request: HttpRequest) -> int:
    """Return how many bytes a request names; one that names no end wants enough."""
    named = _RANGE.fullmatch(request.headers.get("Range", ""))
    return max(int(named[2]) - int(named[1]) + 1, 0) if named else LEAST_BYTES


def _weight(response: HttpResponseBase) -> int:
    """Return how many bytes an answer carries; a film that is small and came whole is enough."""
    size = int(response.headers["Content-Length"])
    whole = int(response.headers.get("Content-Range", f"/{size}").rpartition("/")[2])
    return max(size, LEAST_BYTES) if size == whole else size


_known: dict[Key, None] = {}
"""What was written, so that a clip that is played on and on is written once."""


def _write(sent: dict[Key, int], at: datetime) -> dict[Key, int]:
    """Write the deliveries that are large enough; the others may grow. Queries: 1."""
    whole = sorted(key for key, size in sent.items() if size >= LEAST_BYTES and key not in _known)
    if whole:
        devices, clips = zip(*whole, strict=True)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO feed_delivery (home_cell, device, clip_id, first_at)"
                " SELECT %s, new.device, clip.id, %s"
                " FROM unnest(%s::bytea[], %s::text[]) AS new (device, public_id)"
                " JOIN videos_clip clip USING (public_id)"
                " ON CONFLICT (device, clip_id) DO NOTHING",
                [home(), at, list(devices), list(clips)],
            )
        _known.update(dict.fromkeys(whole))
    for key in list(_known)[: max(len(_known) - MOST_KNOWN, 0)]:
        del _known[key]
    return {key: size for key, size in sent.items() if size < LEAST_BYTES}


def forget(*, before: datetime) -> int:
    """Delete deliveries older than an instant that no kept fact needs; return how many. Queries: 1.

    A browser keeps a clip for long: whoever watches it again is sent nothing again.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM feed_delivery sent WHERE first_at < %s AND NOT EXISTS ("
            " SELECT FROM feed_telling t"
            " WHERE t.device = sent.device AND t.clips @> ARRAY[sent.clip_id]"
            ")",
            [before],
        )
        return int(cursor.rowcount)


def drop() -> None:
    """Forget what is noted in this process and not written."""
    batch.drop()
    _known.clear()


batch: Batch[Key] = Batch(_write)
