"""New Zealand: direct credits as BNZ's Internet Banking for Business imports them, lines of commas.

Source: BNZ, Internet Banking for Business, file format guide, direct credits. Other banks there
import the same file or one that their own tools make of it.
"""

from vitrine.orders.payouts.formats.batch import Batch, Payment, figures, words

CREDITS = "7"
CREDIT = "50"
HASHED = 10**11


def write(batch: Batch) -> bytes:
    """Return the file: who pays, the payments, their total and hash. Raises: Unwritable."""
    payer = batch.payer
    head = ["1", "", "", "", payer.routing + payer.number, CREDITS]
    lines = [
        [*head, f"{batch.on:%y%m%d}", f"{batch.made_at:%y%m%d}", ""],
        *([*_payment(one), *_payer(payer.name, one)] for one in batch.payments),
        [
            "3",
            str(batch.total_minor),
            str(len(batch.payments)),
            figures(sum(map(_hashed, batch.payments)) % HASHED, 11, "the hash"),
        ],
    ]
    return "".join(f"{','.join(line)}\r\n" for line in lines).encode("ascii")


def _payment(one: Payment) -> list[str]:
    amount = str(int(figures(one.amount_minor, 12, "a payment")))
    payee = [one.routing + one.number, CREDIT, amount, words(one.name, 20)]
    return ["2", *payee, words(one.reference, 12), "", "", "PAYOUT"]


def _payer(name: str, one: Payment) -> list[str]:
    return [words(name, 20), "", words(one.reference, 12), "PAYOUT"]


def _hashed(one: Payment) -> int:
    """Return branch and account without the bank before them and the suffix behind."""
    return int((one.routing + one.number)[2:13])
