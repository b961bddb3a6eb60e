"""Public ids: ``<cell>_<ULID>``, made in the cell, so that an id shows its home."""

import re
import time

from django.conf import settings
from django.db import models
from ulid import ULID

from vitrine.kernel import chance

PATTERN = re.compile(r"[a-z]{2}_[0-9A-HJKMNP-TV-Z]{26}\Z")
LENGTH = 29


def new() -> str:
    """Return a fresh public id of this cell; what a process makes later sorts later.

    A ULID is 48 bits of ms and 80 that are free. Here 16 of those go on with the time, in 15 ns,
    because what comes in together is listed by its ids: within one ms an import would lose the
    order of its file. 64 bits by chance are left.
    """
    moment = ((time.time_ns() << 16) // 1_000_000).to_bytes(8, "big")
    return f"{settings.VITRINE_CELL}_{ULID(moment + chance.taken(8))}"


class PublicIdField(models.CharField):  # type: ignore[type-arg]
    """The only name of a row that leaves the process. Primary keys never do."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(
            **{
                "max_length": LENGTH,
                "unique": True,
                "default": new,
                "editable": False,
                "db_collation": "C",
                **kwargs,
            }  # type: ignore[arg-type]
        )


class PublicIdConverter:
    """URL converter ``<public_id:name>``: anything else is a 404 before a query is made."""

    regex = r"[a-z]{2}_[0-9A-HJKMNP-TV-Z]{26}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
