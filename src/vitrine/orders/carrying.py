"""Carry purchases of one moment through: stock and rows, the charges, the placing, each for all.

Only what is plain is carried further than the rows: a provider that answers several charges at
once, and says yes. Whatever else there is to do is left to each purchase's own thread, which goes
on from where its payment stands. Source: docs/adr/0079-thin-presses.md.
"""

from collections.abc import Sequence

import structlog

from vitrine.orders import charging, placing, settling
from vitrine.orders.batching import Batcher
from vitrine.orders.models import Payment
from vitrine.orders.payment import providers
from vitrine.orders.placing import Draft, Left
from vitrine.orders.settling import Answered

log = structlog.get_logger(__name__)


def carry(draft: Draft) -> Left | None:
    """Write a purchase, and charge and place it where that is plain, together with others.

    Returns what kept it from being written. No transaction is open. Queries: 2 to 6, for all.
    """
    return _BATCHER.ask(draft)


def _carry_all(drafts: Sequence[Draft]) -> list[Left | None]:
    """Carry purchases as far as they go. Raises only what left all of them unwritten."""
    lefts = placing.place_all(drafts)
    written = [draft.payment for draft, left in zip(drafts, lefts, strict=True) if left is None]
    try:
        _charge([payment for payment in written if payment.amount_minor])
    except Exception:
        # They are written: each thread asks for its own charge, by the key that it has.
        log.exception("charging together failed")
    return lefts


_BATCHER: Batcher[Draft, Left | None] = Batcher(_carry_all, gathers=True)
coming = _BATCHER.coming


def _charge(payments: Sequence[Payment]) -> None:
    """Ask for the money of those whose provider answers several at once, and place the paid."""
    for name in {payment.provider for payment in payments}:
        asked = [payment for payment in payments if payment.provider == name]
        answers = providers.named(name).authorise_plain([charging.of(one) for one in asked])
        settling.place_answered(
            [
                Answered(payment, answer, payment.created_at)
                for payment, answer in zip(asked, answers, strict=True)
                if answer is not None
            ]
        )
