"""Carry purchases of one moment through: stock and rows, the charges, the placing, each for all.

Only what is plain is carried further than the rows: a provider that answers several charges at
once, and says yes. Whatever else there is to do is left to each purchase's own thread, which goes
on from where its payment stands. Source: docs/adr/0079-thin-presses.md.
"""

from collections.abc import Sequence
from dataclasses import replace

import structlog

from vitrine.kernel.batching import Batcher
from vitrine.orders import charging, placing, settling
from vitrine.orders.models import Payment
from vitrine.orders.payment import providers
from vitrine.orders.payment.provider import Charge
from vitrine.orders.placing import Draft, Left
from vitrine.orders.settling import Answered

log = structlog.get_logger(__name__)


def carry(draft: Draft) -> Left | None:
    """Write a purchase, and charge and place it where that is plain, together with others.

    Returns what kept it from being written. No transaction is open. Queries: 2 to 5, for all.
    """
    return _BATCHER.ask(draft)


def _carry_all(drafts: Sequence[Draft]) -> list[Left | None]:
    """Carry purchases as far as they go. Raises only what left all of them unwritten."""
    charges = [charging.of(draft.payment) for draft in drafts]
    drafts = [_with_leaving(*one) for one in zip(drafts, charges, strict=True)]
    lefts = placing.place_all(drafts)
    try:
        _charge(
            [
                (draft.payment, charge)
                for draft, charge, left in zip(drafts, charges, lefts, strict=True)
                if left is None and draft.leaving
            ]
        )
    except Exception:
        # They are written: each thread asks for its own charge, by the key that it has.
        log.exception("charging together failed")
    return lefts


_BATCHER: Batcher[Draft, Left | None] = Batcher(_carry_all, gathers=True)
coming = _BATCHER.coming


def _with_leaving(draft: Draft, charge: Charge) -> Draft:
    """Have a purchase say what leaves with it, where its charge is asked for with the others'."""
    if not draft.payment.amount_minor:
        return draft
    provider = providers.named(draft.payment.provider)
    return replace(draft, leaving=provider.plain_leaving(charge))


def _charge(written: Sequence[tuple[Payment, Charge]]) -> None:
    """Ask for the money of those whose leaving is written, and place the paid."""
    for name in {payment.provider for payment, _ in written}:
        asked = [one for one in written if one[0].provider == name]
        answers = providers.named(name).authorise_plain([charge for _, charge in asked])
        settling.place_answered(
            [
                Answered(payment, answer, payment.created_at)
                for (payment, _), answer in zip(asked, answers, strict=True)
                if answer is not None
            ]
        )
