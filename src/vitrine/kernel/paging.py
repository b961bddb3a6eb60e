"""Keyset paging: a cursor names the last row seen, so that new rows never shift a page."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec
from django.db.models import Model, Q, QuerySet

from vitrine.kernel import ids

M = TypeVar("M", bound=Model)
P = TypeVar("P")


@dataclass(frozen=True)
class Page(Generic[M]):
    """One page of rows. next_cursor: None on the last page."""

    rows: Sequence[M]
    next_cursor: str | None


def newest_first(rows: "QuerySet[M]", *, by: str, cursor: str | None, size: int) -> Page[M]:
    """Return one page of rows, newest first by a timestamp field, ties by public id.

    A cursor that cannot be read starts from the top: it is only ever a place to resume.
    Queries: 1.
    """
    found = list(rows.filter(beyond(cursor, by=by)).order_by(f"-{by}", "-public_id")[: size + 1])
    page, more = found[:size], len(found) > size
    return Page(page, _encode(page[-1], by) if more else None)


def oldest_first(rows: "QuerySet[M]", *, by: str, cursor: str | None, size: int) -> Page[M]:
    """Return one page of rows, oldest first by a timestamp field, ties by public id. Queries: 1."""
    place = _decode(cursor)
    if place is not None:
        at, public_id = place
        rows = rows.filter(Q(**{f"{by}__gt": at}) | Q(**{by: at, "public_id__gt": public_id}))
    found = list(rows.order_by(by, "public_id")[: size + 1])
    page, more = found[:size], len(found) > size
    return Page(page, _encode(page[-1], by) if more else None)


def highest_first(rows: "QuerySet[M]", *, by: str, cursor: str | None, size: int) -> Page[M]:
    """Return one page of rows, highest first by a whole number, the newest of equals first.

    Queries: 1.
    """
    place = place_of(cursor, tuple[int, str])
    if place is not None and ids.PATTERN.match(place[1]):
        number, public_id = place
        rows = rows.filter(
            Q(**{f"{by}__lt": number}) | Q(**{by: number, "public_id__lt": public_id})
        )
    found = list(rows.order_by(f"-{by}", "-public_id")[: size + 1])
    page, more = found[:size], len(found) > size
    return Page(page, _encode(page[-1], by) if more else None)


def last_made_first(rows: "QuerySet[M]", *, after: str, size: int) -> Page[M]:
    """Return one page of rows, the last made first. Cursors are public ids, for people to read.

    after: that of the last row seen; after a wrong one come all. Queries: 1.
    """
    if ids.PATTERN.match(after):
        of: Any = rows.model._default_manager.filter(public_id=after)
        rows = rows.filter(pk__lt=of.values("pk"))
    found: list[Any] = list(rows.order_by("-pk")[: size + 1])
    page, more = found[:size], len(found) > size
    return Page(page, page[-1].public_id if more else None)


def beyond(cursor: str | None, *, by: str) -> Q:
    """Return the condition that a row comes after the last one seen; all do, without a cursor."""
    place = _decode(cursor)
    if place is None:
        return Q()
    at, public_id = place
    return Q(**{f"{by}__lt": at}) | Q(**{by: at, "public_id__lt": public_id})


def _encode(row: Any, by: str) -> str:
    return cursor_of(getattr(row, by), row.public_id)


def cursor_of(*place: Any) -> str:
    """Return the cursor that names a place in a list."""
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def _decode(cursor: str | None) -> tuple[datetime, str] | None:
    place = place_of(cursor, tuple[datetime, str])
    if place is None:
        return None
    at, public_id = place
    return (at, public_id) if at.tzinfo and ids.PATTERN.match(public_id) else None


def place_of(cursor: str | None, kind: type[P]) -> P | None:
    """Return the place that a cursor names; None where it cannot be read."""
    if not cursor:
        return None
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return msgspec.json.decode(raw, type=kind)
    except (ValueError, binascii.Error, msgspec.DecodeError):
        return None
