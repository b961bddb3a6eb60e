"""Postings without orders, for tests of the books themselves."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection

from tests import make
from vitrine.ledger import posting
from vitrine.ledger.models import Transfer

ORDER = posting.Reason("order", "us_1")


def without_reasons() -> None:
    """Set aside the rule that money moves for an order. Rolled back with the test."""
    execute("ALTER TABLE ledger_transfer DISABLE TRIGGER ledger_transfer_has_its_reason")


@contextmanager
def reasons_set_aside() -> Iterator[None]:
    """Set the rule aside in a test that commits, and put it back."""
    without_reasons()
    try:
        yield
    finally:
        connection.close()  # a test that failed in a transaction leaves it open
        execute("ALTER TABLE ledger_transfer ENABLE TRIGGER ledger_transfer_has_its_reason")


def post(
    key: str = "sale:1",
    legs: dict[str, int] | None = None,
    *,
    at: datetime = make.NOON,
    currency: str = "USD",
    **more: int,
) -> Transfer:
    """Post a transfer. more: legs whose accounts are plain words."""
    both = {**(legs or {}), **more}
    return posting.post(key=key, legs=both, currency=currency, reason=ORDER, at=at)


def execute(sql: str) -> None:
    """Run a statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
