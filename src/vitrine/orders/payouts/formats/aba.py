"""The "direct entry" file of Australian banks, also called ABA or Cemtex. 120 characters a line.

Source: the Australian Payments Network's BECS procedures, direct entry user file.
"""

from vitrine.orders.payouts.formats.batch import Batch, Payer, Payment, figures, plain

CREDIT = "50"


def write(batch: Batch) -> bytes:
    """Return the file: a descriptive record, the payments, a total. Raises: Unwritable."""
    payer = batch.payer
    total = figures(batch.total_minor, 10, "the total")
    lines = [
        f"0{' ' * 17}01{plain(payer.bank, 3)}{' ' * 7}{plain(payer.name, 26)}"
        f"{figures(int(payer.ident), 6, 'the user id')}{plain('PAYOUTS', 12)}{batch.on:%d%m%y}"
        f"{' ' * 40}",
        *(_payment(one, payer) for one in batch.payments),
        f"7999-999{' ' * 12}{total}{total}{'0' * 10}{' ' * 24}"
        f"{figures(len(batch.payments), 6, 'the count')}{' ' * 40}",
    ]
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _payment(one: Payment, payer: Payer) -> str:
    return (
        f"1{_bsb(one.routing)}{one.number:>9} {CREDIT}"
        f"{figures(one.amount_minor, 10, 'a payment')}{plain(one.name, 32)}"
        f"{plain(one.reference, 18)}{_bsb(payer.routing)}{payer.number:>9}"
        f"{plain(payer.name, 16)}{'0' * 8}"
    )


def _bsb(digits: str) -> str:
    return f"{digits[:3]}-{digits[3:]}"
