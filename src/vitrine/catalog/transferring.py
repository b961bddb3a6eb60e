"""Bring goods from one place to another: written down, sent, received with what was different.

A step is one transaction. What is sent has left its origin and is nowhere available until it is
received; a deferred trigger holds that the movements between places of a line sum to what is on
the way, and to zero once it has ended. What came in otherwise than it was sent is lost or found.
Source: docs/adr/0066-stock-and-stores.md.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext

from vitrine.accounts.models import Person
from vitrine.catalog.models import (
    Location,
    MovementReason,
    Stock,
    StockMovement,
    Transfer,
    TransferLine,
    TransferState,
    Variant,
)
from vitrine.catalog.stockkeeping import StockPromised
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty.cell import home


class TransferMoved(Refusal):
    """The transfer was sent, received or called off meanwhile."""

    code = "transfer_moved"
    message = "This transfer is not where you saw it. Reload the page to see where it stands."


class NothingToSend(Refusal):
    """A transfer without lines."""

    code = "nothing_to_send"
    message = "Nothing is on the list yet. Add what you send first."


class TooFewToSend(Refusal):
    """Fewer are free at the origin than are to be sent."""

    code = "too_few_to_send"
    message = "Fewer are free there than you want to send. Send fewer, or count again."


@dataclass(frozen=True)
class Plan:
    """From where to where, and by when. key: of the form, so that it is made once."""

    origin: Location
    destination: Location
    key: str
    expected_on: date | None = None
    note: str = ""


def draft(plan: Plan, *, by: Person | None, at: datetime) -> Transfer:
    """Begin a transfer, once per key. The places are of one merchant."""
    if plan.origin.merchant_id != plan.destination.merchant_id:
        raise ValueError("a transfer stays within a merchant")
    transfer, _ = Transfer.objects.get_or_create(
        key=plan.key,
        defaults={
            "merchant": plan.origin.merchant,
            "origin": plan.origin,
            "destination": plan.destination,
            "expected_on": plan.expected_on,
            "note": plan.note,
            "made_by": by,
            "made_at": at,
        },
    )
    return transfer


def put(transfer: Transfer, variant: Variant, quantity: int) -> None:
    """Set how many of a variant go; 0 takes it off the list. Raises: TransferMoved."""
    with _in_state(transfer, TransferState.DRAFT) as fresh:
        if quantity <= 0:
            fresh.lines.filter(variant=variant).delete()
            return
        fresh.lines.update_or_create(variant=variant, defaults={"quantity": quantity})


def send(transfer: Transfer, *, by: Person, at: datetime) -> None:
    """See the goods leave their origin. Raises: TransferMoved, NothingToSend, TooFewToSend."""
    with _in_state(transfer, TransferState.DRAFT) as fresh:
        lines = _lines(fresh)
        if not lines:
            raise NothingToSend
        shelves = _shelves(fresh.origin, lines)
        for line in lines:
            stock = shelves[line.variant_id]
            if stock.available < line.quantity:
                raise TooFewToSend(_too_few(line, stock))
            stock.on_hand -= line.quantity
        Stock.objects.bulk_update(shelves.values(), ["on_hand"])
        _shelves(fresh.destination, lines)  # so that what comes can be promised there
        fresh.state, fresh.sent_at = TransferState.SENT, at
        fresh.save(update_fields=["state", "sent_at"])
        _write(shelves, MovementReason.MOVED_OUT, _all(lines, -1), by=by, at=at)


def receive(transfer: Transfer, received: Mapping[int, int], *, by: Person, at: datetime) -> None:
    """Take the goods in. received: by line key, what was counted; a line left out came whole.

    What is missing counts as lost, what is too many as found, at the destination. What was promised
    is reserved there.
    Raises: TransferMoved, StockPromised where less is there then than was promised.
    """
    with _in_state(transfer, TransferState.SENT) as fresh:
        lines = _lines(fresh)
        for line in lines:
            line.received = received.get(line.pk, line.quantity)
        TransferLine.objects.bulk_update(lines, ["received"])
        shelves = _arrive(fresh.destination, {line: line.received or 0 for line in lines})
        for line in lines:
            if shelves[line.variant_id].available < line.promised:
                raise StockPromised(_too_many_promised(line, shelves[line.variant_id]))
        fresh.state, fresh.ended_at = TransferState.RECEIVED, at
        fresh.save(update_fields=["state", "ended_at"])
        _write(shelves, MovementReason.MOVED_IN, _all(lines, 1), by=by, at=at)
        missing = {line: line.difference for line in lines if line.difference < 0}
        surplus = {line: line.difference for line in lines if line.difference > 0}
        _write(shelves, MovementReason.LOST, missing, by=by, at=at)
        _write(shelves, MovementReason.FOUND, surplus, by=by, at=at)


def call_off(transfer: Transfer, *, by: Person, at: datetime) -> None:
    """End a transfer that is not received; what was sent lies at its origin again.

    Raises: TransferMoved, StockPromised where some of it is promised to buyers.
    """
    with _in_state(transfer, TransferState.DRAFT, TransferState.SENT) as fresh:
        was_sent = fresh.state == TransferState.SENT
        if promised := [line for line in _lines(fresh) if line.promised]:
            raise StockPromised(_called_for(promised[0]))
        fresh.state, fresh.ended_at = TransferState.CANCELLED, at
        fresh.save(update_fields=["state", "ended_at"])
        if was_sent:
            lines = _lines(fresh)
            shelves = _arrive(fresh.origin, {line: line.quantity for line in lines})
            _write(shelves, MovementReason.MOVED_IN, _all(lines, 1), by=by, at=at)


@contextmanager
def _in_state(transfer: Transfer, *states: TransferState) -> Iterator[Transfer]:
    """Hold a transfer that is in one of the states. Opens a transaction; locks: the transfer."""
    with transaction.atomic():
        held = Transfer.objects.select_for_update(of=("self",), no_key=True)
        fresh = held.select_related("origin", "destination").get(pk=transfer.pk)
        if fresh.state not in states:
            raise TransferMoved
        yield fresh


def _lines(transfer: Transfer) -> list[TransferLine]:
    return list(transfer.lines.select_related("variant__product").order_by("pk"))


def _all(lines: list[TransferLine], sign: int) -> dict[TransferLine, int]:
    return {line: sign * line.quantity for line in lines}


def _shelves(place: Location, lines: Iterable[TransferLine]) -> dict[int, Stock]:
    """Return the shelves of a place by variant, held in key order; missing ones begin empty."""
    variants = [line.variant for line in lines]
    Stock.objects.bulk_create(
        (Stock(variant=one, location=place) for one in variants), ignore_conflicts=True
    )
    held = Stock.objects.select_for_update(no_key=True).filter(location=place, variant__in=variants)
    return {stock.variant_id: stock for stock in held.order_by("pk")}


def _arrive(place: Location, quantities: Mapping[TransferLine, int]) -> dict[int, Stock]:
    shelves = _shelves(place, quantities)
    for line, quantity in quantities.items():
        shelves[line.variant_id].on_hand += quantity
    Stock.objects.bulk_update(shelves.values(), ["on_hand"])
    return shelves


def _write(
    shelves: Mapping[int, Stock],
    reason: MovementReason,
    quantities: Mapping[TransferLine, int],
    *,
    by: Person,
    at: datetime,
) -> None:
    """Write the movements of one step of a transfer. Queries: 1."""
    StockMovement.objects.bulk_create(
        StockMovement(
            home_cell=home(),
            stock=shelves[line.variant_id],
            reason=reason,
            quantity=quantity,
            key=f"transfer:{line.pk}:{reason}",
            transfer_line=line,
            by=by,
            at=at,
        )
        for line, quantity in quantities.items()
    )


def _too_few(line: TransferLine, stock: Stock) -> str:
    said = gettext("{title}: {free} are free there, and you want to send {quantity}.")
    title = line.variant.product.title
    return said.format(title=title, free=stock.available, quantity=line.quantity)


def _too_many_promised(line: TransferLine, stock: Stock) -> str:
    said = gettext(
        "“{title}”: {promised} of these are promised to buyers, and only {left} would be there. "
        "Cancel orders first, or count again."
    )
    return said.format(
        title=line.variant.product.title, promised=line.promised, left=max(stock.available, 0)
    )


def _called_for(line: TransferLine) -> str:
    said = gettext("“{title}”: {promised} of these are promised to buyers. Cancel orders first.")
    return said.format(title=line.variant.product.title, promised=line.promised)
