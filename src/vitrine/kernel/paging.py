"""Keyset paging: a cursor names the last row seen, so that new rows never shift a page."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec
from django.db.models import Model, Q, QuerySet

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Page(Generic[M]):
    """One page of rows. next_cursor: None on the last page."""

    rows: Sequence[M]
    next_cursor: str | None


def newest_first(rows: "QuerySet[M]", *, by: str, cursor: str | None, size: int) -> Page[M]:
    """Return one page of rows, newest first by a timestamp field, ties by primary key.

    A cursor that cannot be read starts from the top: it is only ever a place to resume.
    Queries: 1.
    """
    ordered = rows.order_by(f"-{by}", "-pk")
    place = _decode(cursor)
    if place is not None:
        at, pk = place
        ordered = ordered.filter(Q(**{f"{by}__lt": at}) | Q(**{by: at, "pk__lt": pk}))
    found = list(ordered[: size + 1])
    page, more = found[:size], len(found) > size
    return Page(page, _encode(getattr(page[-1], by).isoformat(), page[-1].pk) if more else None)


def _encode(*place: Any) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def _decode(cursor: str | None) -> tuple[str, int] | None:
    if not cursor:
        return None
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        at, pk = msgspec.json.decode(raw, type=tuple[str, int])
    except (ValueError, binascii.Error, msgspec.DecodeError):
        return None
    return at, pk
