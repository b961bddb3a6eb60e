"""NACHA: what banks of the United States take credits from. 94 characters a line, blocks of ten.

Source: the NACHA Operating Rules, appendix on ACH record formats; entries are CCD credits.
"""

from vitrine.orders.payouts.formats.batch import Batch, Payment, figures, plain

CREDIT_TO_CHECKING = "22"
CREDITS_ONLY = "220"


def write(batch: Batch) -> bytes:
    """Return the file. Raises: Unwritable."""
    payer, dfi = batch.payer, batch.payer.routing[:8]
    entries = [_entry(place, one, dfi) for place, one in enumerate(batch.payments, start=1)]
    # The sum of the banks' numbers without their check digits: its last ten digits.
    banks = figures(sum(int(one.routing[:8]) for one in batch.payments) % 10**10, 10, "the hash")
    total = figures(batch.total_minor, 12, "the total")
    count = len(entries)
    lines = [
        f"101 {payer.routing:>9}{plain(payer.ident, 10)}{batch.made_at:%y%m%d%H%M}"
        f"{_modifier(batch.number)}094101{plain(payer.bank, 23)}{plain(payer.name, 23)}"
        f"{figures(batch.number % 10**8, 8, 'the number')}",
        f"5{CREDITS_ONLY}{plain(payer.name, 16)}{' ' * 20}{plain(payer.ident, 10)}CCD"
        f"{plain('PAYOUT', 10)}{batch.on:%y%m%d}{batch.on:%y%m%d}   1{dfi}0000001",
        *entries,
        f"8{CREDITS_ONLY}{figures(count, 6, 'the count')}{banks}{'0' * 12}{total}"
        f"{plain(payer.ident, 10)}{' ' * 25}{dfi}0000001",
        f"9000001{figures(-(-(count + 4) // 10), 6, 'the blocks')}{figures(count, 8, 'the count')}"
        f"{banks}{'0' * 12}{total}{' ' * 39}",
    ]
    lines += ["9" * 94] * (-len(lines) % 10)
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _entry(place: int, one: Payment, dfi: str) -> str:
    return (
        f"6{CREDIT_TO_CHECKING}{one.routing}{one.number:<17}"
        f"{figures(one.amount_minor, 10, 'a payment')}{plain(one.reference, 15)}"
        f"{plain(one.name, 22)}  0{dfi}{figures(place, 7, 'the count')}"
    )


def _modifier(number: int) -> str:
    """Return what tells files of one day apart: A to Z."""
    return chr(ord("A") + (number - 1) % 26)
