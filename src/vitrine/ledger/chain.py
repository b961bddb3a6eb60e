"""A chain of hashes over what was posted, so that nobody changes the past unseen.

Each seal covers the transfers after the last one's, up to an id that no open transaction can come
below: whoever draws an id holds a lock on the table before and until the end, so that those who
hold it now are waited for, and nobody else. Posting is never held up. Whoever keeps a hash outside
the database (each is logged, and the export names the last) can prove what the books said then.
"""

import hashlib
import logging
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec
from django.db import connection, transaction
from django.db.models import Max

from vitrine.ledger.models import Posting, Seal, Transfer

log = logging.getLogger(__name__)

GENESIS = bytes(32)
AT_A_TIME = 2_000
"""Transfers of one seal at most."""
PATIENCE_S = 5.0
LOOKS_EVERY_S = 0.05

WRITERS = """
    SELECT coalesce(array_agg(DISTINCT virtualtransaction), '{}') FROM pg_locks
    WHERE relation = 'ledger_transfer'::regclass AND mode = 'RowExclusiveLock' AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND pid <> pg_backend_pid()
"""


def seal(*, at: datetime) -> list[Seal]:
    """Seal everything that can no longer get a neighbour before it. Safe to call again.

    Where a writer takes long, all waits for the next call.
    """
    newest = Transfer.objects.aggregate(newest=Max("pk"))["newest"]
    if newest is None or not _settled():
        return []
    sealed = []
    while (made := _seal_next(newest, at=at)) is not None:
        sealed.append(made)
        log.info("ledger sealed: number %d, hash %s", made.number, bytes(made.hash).hex())
    return sealed


def last() -> Seal | None:
    """Return the newest link. Queries: 1."""
    return Seal.objects.order_by("-number").first()


def content(transfers: list[Transfer]) -> Iterator[bytes]:
    """Yield one canonical line for each transfer: JSON of everything it and its postings say.

    transfers: in the order of their ids. Queries: 1.
    """
    legs: dict[int, list[tuple[int, str, str, int]]] = {}
    rows = Posting.objects.filter(transfer__in=transfers).order_by("pk")
    for pk, transfer, code, currency, amount in rows.values_list(
        "pk", "transfer_id", "account__code", "currency", "amount_minor"
    ):
        legs.setdefault(transfer, []).append((pk, code, currency, amount))
    for each in transfers:
        line = (
            *(each.pk, each.public_id, each.home_cell, each.key, bytes(each.digest).hex()),
            *(each.reason_kind, each.reason_id, each.legs),
            each.at.astimezone(UTC).isoformat(timespec="microseconds"),
            legs.get(each.pk, []),
        )
        yield msgspec.json.encode(line) + b"\n"


def link(previous: bytes, transfers: list[Transfer]) -> bytes:
    """Return the hash of the link that covers some transfers. Queries: 1."""
    hashed = hashlib.sha256(previous)
    for line in content(transfers):
        hashed.update(line)
    return hashed.digest()


def breaks() -> Iterator[str]:
    """Derive every link again from what is posted; yield a sentence for each that differs."""
    previous, after, number = GENESIS, 0, 0
    for each in Seal.objects.order_by("number").iterator():
        number += 1
        if each.number != number or each.after_transfer != after:
            yield f"seal {each.number} does not follow the one before it"
        covered = _between(each.after_transfer, each.until_transfer)
        if bytes(each.previous) != previous or len(covered) != each.transfers:
            yield f"seal {each.number} covers other transfers than it did"
        elif link(previous, covered) != bytes(each.hash):
            yield f"seal {each.number} does not fit what is posted"
        previous, after, number = bytes(each.hash), each.until_transfer, each.number


@transaction.atomic
def _seal_next(newest: int, *, at: datetime) -> Seal | None:
    """Write the next link; None where nothing is left up to that id, or a rival wrote it."""
    before = last()
    after = before.until_transfer if before else 0
    previous = bytes(before.hash) if before else GENESIS
    covered = list(Transfer.objects.filter(pk__gt=after, pk__lte=newest).order_by("pk")[:AT_A_TIME])
    if not covered:
        return None
    made = Seal(
        number=before.number + 1 if before else 1,
        after_transfer=after,
        until_transfer=covered[-1].pk,
        transfers=len(covered),
        previous=previous,
        hash=link(previous, covered),
        at=at,
    )
    Seal.objects.bulk_create([made], ignore_conflicts=True)
    return Seal.objects.filter(hash=made.hash).first()


def _between(after: int, until: int) -> list[Transfer]:
    return list(Transfer.objects.filter(pk__gt=after, pk__lte=until).order_by("pk"))


def _settled() -> bool:
    """Wait until those who write transfers right now have ended; tell whether they did."""
    waited_for = _writers()
    until = time.monotonic() + PATIENCE_S
    while waited_for and time.monotonic() < until:
        time.sleep(LOOKS_EVERY_S)
        waited_for &= _writers()
    return not waited_for


def _writers() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(WRITERS)
        return set(cursor.fetchone()[0])
