"""Post transfers: the only door through which money moves."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.db import transaction

from vitrine.kernel.errors import Refusal
from vitrine.ledger.models import Account, Posting, Transfer
from vitrine.sovereignty.cell import home


class KeyReused(Refusal):
    """The idempotency key was used before, with other money."""

    code = "idempotency_key_reused"
    message = "This request was already made with different content. Start again with a new one."


@dataclass(frozen=True)
class Reason:
    """The row that money moves for: kind "order", "refund", … and its public id."""

    kind: str
    id: str


def digest(legs: Mapping[str, int], currency: str, reason: Reason) -> bytes:
    """Fingerprint what a transfer says, so that a reused key can be told from a replay."""
    content = (sorted(legs.items()), currency, reason.kind, reason.id)
    return hashlib.sha256(msgspec.json.encode(content)).digest()


@transaction.atomic
def post(
    *, key: str, legs: Mapping[str, int], currency: str, reason: Reason, at: datetime
) -> Transfer:
    """Move money once. The same key with the same legs returns the first transfer.

    legs: account code -> signed minor units; they sum to zero; zeros are dropped.
    Raises: KeyReused for the same key with other legs. ValueError for legs that are no transfer.
    Locks: the key, until the transaction ends: a second caller waits and replays. Queries: 5.
    Source: invariants M1, M2 (also held by the database: unique key, deferred sum trigger).
    """
    moving = {code: amount for code, amount in legs.items() if amount}
    if sum(moving.values()) or not moving:
        raise ValueError(f"the legs of {key!r} must sum to zero and not be empty")
    fingerprint = digest(moving, currency, reason)
    made = Transfer.objects.bulk_create(
        [
            Transfer(
                key=key,
                digest=fingerprint,
                reason_kind=reason.kind,
                reason_id=reason.id,
                legs=len(moving),
                at=at,
            )
        ],
        ignore_conflicts=True,
    )
    transfer = Transfer.objects.get(key=key)
    if transfer.public_id != made[0].public_id:
        if bytes(transfer.digest) != fingerprint:
            raise KeyReused
        return transfer
    accounts = open_accounts(sorted(moving), currency=currency, at=at)
    Posting.objects.bulk_create(
        Posting(
            transfer=transfer, account_id=accounts[code], currency=currency, amount_minor=amount
        )
        for code, amount in sorted(moving.items())
    )
    return transfer


def open_accounts(codes: list[str], *, currency: str, at: datetime) -> dict[str, int]:
    """Return code -> primary key, opening accounts that do not exist yet. Queries: 1 or 2."""
    found = _known(codes, currency)
    missing = [code for code in codes if code not in found]
    if missing:
        Account.objects.bulk_create(
            [
                Account(code=code, currency=currency, opened_at=at, home_cell=home())
                for code in missing
            ],
            ignore_conflicts=True,
        )
        found = _known(codes, currency)
    return found


def _known(codes: list[str], currency: str) -> dict[str, int]:
    rows = Account.objects.filter(code__in=codes, currency=currency)
    return dict(rows.values_list("code", "pk"))
