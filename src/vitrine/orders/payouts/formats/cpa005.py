"""CPA-005: what banks of Canada take credits from. 1,464 characters a line, six payments in each.

Source: Payments Canada, Standard 005, logical records A, C and Z.
"""

from collections.abc import Sequence
from datetime import date
from itertools import islice

from vitrine.orders.payouts.formats.batch import Batch, Payer, Payment, figures, plain

WIDTH = 1_464
A_RECORD = 6
ACCOUNTS_PAYABLE = "460"


def write(batch: Batch) -> bytes:
    """Return the file: a header, the payments, a trailer with their total. Raises: Unwritable."""
    payer, payments = batch.payer, iter(batch.payments)
    number = figures((batch.number - 1) % 9_999 + 1, 4, "the number")
    lines = [
        f"A{figures(1, 9, 'the record')}{payer.ident:>10}{number}{_day(batch.made_at.date())}"
        f"{payer.centre}{' ' * 20}CAD"
    ]
    while some := list(islice(payments, A_RECORD)):
        head = f"C{figures(len(lines) + 1, 9, 'the record')}{payer.ident:>10}{number}"
        lines.append(head + _segments(some, payer, batch.on))
    lines.append(
        f"Z{figures(len(lines) + 1, 9, 'the record')}{payer.ident:>10}{number}{'0' * 22}"
        f"{figures(batch.total_minor, 14, 'the total')}"
        f"{figures(len(batch.payments), 8, 'the count')}{'0' * 44}"
    )
    return "".join(f"{line.ljust(WIDTH)}\r\n" for line in lines).encode("ascii")


def _segments(payments: Sequence[Payment], payer: Payer, on: date) -> str:
    return "".join(_segment(one, payer, on) for one in payments)


def _segment(one: Payment, payer: Payer, on: date) -> str:
    return (
        f"{ACCOUNTS_PAYABLE}{figures(one.amount_minor, 10, 'a payment')}{_day(on)}"
        f"0{one.routing}{one.number:<12}{'0' * 25}{plain(payer.bank or payer.name, 15)}"
        f"{plain(one.name, 30)}{plain(payer.name, 30)}{payer.ident:>10}{plain(one.reference, 19)}"
        f"0{payer.routing}{payer.number:<12}{' ' * 15}{' ' * 22}{' ' * 2}{'0' * 11}"
    )


def _day(on: date) -> str:
    """Write a day as 0YYDDD."""
    return f"0{on:%y%j}"
