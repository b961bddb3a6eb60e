"""Take a bank's file of returns: all that came back, or nothing where a line is not understood."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext

from vitrine.kernel.errors import Refusal
from vitrine.orders.models import Payout, PayoutState
from vitrine.orders.payouts import files, paying
from vitrine.orders.payouts.formats import returned
from vitrine.orders.payouts.formats.returned import Returned, Unreadable

LOOKED_BACK = timedelta(days=90)
"""How old a payout may be that still comes back."""


class BadReturns(Refusal):
    """The file cannot be taken; the message says which row and why."""

    code = "bad_returns"
    status = 422


@transaction.atomic
def take(text: str, *, at: datetime) -> tuple[int, int]:
    """Give back what a file says came back; return how many did, and how many had before.

    Raises: BadReturns, with nothing changed. The same file again changes nothing.
    """
    try:
        lines = returned.read(text)
    except Unreadable as bad:
        said = gettext("Row {row} is not a line of a file of returns.")
        raise BadReturns(said.format(row=bad.row)) from None
    if not lines:
        raise BadReturns(gettext("The file names no payment that came back."))
    found = [(line, _payout(line, at=at)) for line in lines]
    rows: dict[int, int] = {}
    for line, payout in found:
        if (first := rows.setdefault(payout.pk, line.row)) != line.row:
            said = gettext("Row {row}: the payout is in row {first} already.")
            raise BadReturns(said.format(row=line.row, first=first))
    fresh = [(line, one) for line, one in found if one.state != PayoutState.BOUNCED]
    for line, payout in fresh:
        paying.bounce(payout, reason=line.reason, at=at)
    return len(fresh), len(found) - len(fresh)


def _payout(line: Returned, *, at: datetime) -> Payout:
    sent = Payout.objects.filter(file__isnull=False, sent_at__gte=at - LOOKED_BACK)
    found = list(sent.filter(public_id__endswith=line.reference)[:2])
    if len(line.reference) != files.REFERENCE or len(found) != 1:
        said = gettext("Row {row}: no payout that was sent is called “{reference}”.")
        raise BadReturns(said.format(row=line.row, reference=line.reference[:40]))
    if str(found[0].amount_minor) != line.amount:
        raise BadReturns(
            gettext("Row {row}: the payout is of another amount.").format(row=line.row)
        )
    return found[0]
