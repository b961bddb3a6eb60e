"""Bank files: payouts that leave together, once. Written anew from their rows when asked for."""

import hashlib
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Sum
from django.utils.translation import gettext

from vitrine.accounts.models import Person
from vitrine.kernel.errors import Refusal
from vitrine.orders.models import Payout, PayoutFile, PayoutFileReading, PayoutState
from vitrine.orders.models.payout import PayoutQuerySet
from vitrine.orders.payouts.formats import aba, cpa005, ib4b, nacha
from vitrine.orders.payouts.formats.batch import Batch, Payer, Payment, Unwritable
from vitrine.orders.workdays import holidays_of
from vitrine.sovereignty.cell import local_day, this_cell

FORMATS: dict[str, tuple[str, str, Callable[[Batch], bytes]]] = {
    "US": ("nacha", "ach", nacha.write),
    "CA": ("cpa005", "txt", cpa005.write),
    "AU": ("aba", "aba", aba.write),
    "NZ": ("ib4b", "csv", ib4b.write),
}
"""Country -> the format's name, how its files end, and its writer."""
REFERENCE = 12
AT_A_TIME = 5_000
SATURDAY = 5


class NothingWaits(Refusal):
    """No payout waits for the bank."""

    code = "no_payout_waits"
    message = "No payout waits for the bank. Perhaps somebody made a file a moment ago."


class NoBank(Refusal):
    """The operator's own account is not set."""

    code = "no_bank"
    message = "The account to pay from is not set: name it in VITRINE_BANK."


def waiting() -> PayoutQuerySet:
    """Return the payouts that wait for a bank file: no provider's, and not held."""
    planned = Payout.objects.payable().filter(
        state=PayoutState.PLANNED, bank__method="file", bank__refused_at=None
    )
    return planned.order_by("pk")


@transaction.atomic
def make(*, by: Person, at: datetime) -> PayoutFile:
    """Gather the payouts that wait, and mark them as sent.

    Raises: NothingWaits, NoBank, Refusal where the format has no room. Locks: the files, so that
    each has the number after the last; the payouts.
    """
    if settings.VITRINE_BANK is None:
        raise NoBank
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE orders_payoutfile IN SHARE ROW EXCLUSIVE MODE")
    payouts = list(waiting().locked().select_related("bank")[:AT_A_TIME])
    if not payouts:
        raise NothingWaits
    country = this_cell().country
    made = PayoutFile(
        number=(PayoutFile.objects.aggregate(last=Max("number"))["last"] or 0) + 1,
        format=FORMATS[country][0],
        payer=asdict(settings.VITRINE_BANK),
        pay_on=next_banking_day(local_day(at), country),
        payments=len(payouts),
        total_minor=sum(one.amount_minor for one in payouts),
        at=at,
        by=by,
    )
    try:
        made.sha256 = hashlib.sha256(_write(made, payouts)).digest()
    except Unwritable as why:
        said = gettext("The bank’s file cannot be written: {why}.")
        raise Refusal(said.format(why=why)) from None
    made.save()
    kept = Payout.objects.filter(pk__in=[one.pk for one in payouts])
    kept.update(state=PayoutState.SENT, sent_at=at, file=made)
    return made


def fetch(file: PayoutFile, *, by: Person, at: datetime) -> bytes:
    """Note who is given a file's account numbers, then return its text. Raises: ValueError."""
    PayoutFileReading.objects.create(file=file, by=by, at=at)
    return content(file)


def content(file: PayoutFile) -> bytes:
    """Return a file's text, the same each time. Raises: ValueError if what it says was changed."""
    written = _write(file, list(file.payouts.select_related("bank").order_by("pk")))
    if hashlib.sha256(written).digest() != bytes(file.sha256 or b""):
        raise ValueError(f"{file} is not what it was when it was made")
    return written


def name(file: PayoutFile) -> str:
    """Return what a file is called when it is fetched."""
    ending = next(end for kind, end, _ in FORMATS.values() if kind == file.format)
    return f"payouts-{this_cell().code}-{file.number:05d}.{ending}"


def reference(payout: Payout) -> str:
    """Return what a payout is called at banks: the end of its public id."""
    return str(payout.public_id)[-REFERENCE:]


def total_waiting() -> tuple[int, int]:
    """Return how many payouts wait for a file, and their sum. Queries: 2."""
    found = waiting()
    return found.count(), int(found.aggregate(sum=Sum("amount_minor"))["sum"] or 0)


def next_banking_day(after: date, country: str) -> date:
    """Return the first day after a day on which banks of a country work."""
    is_holiday = holidays_of(country, "")
    day = after + timedelta(days=1)
    while day.weekday() >= SATURDAY or is_holiday(day):
        day += timedelta(days=1)
    return day


def _write(file: PayoutFile, payouts: list[Payout]) -> bytes:
    write = next(writer for kind, _, writer in FORMATS.values() if kind == file.format)
    payments = [
        Payment(
            reference(one), one.bank.holder, one.bank.routing, one.bank.number, one.amount_minor
        )
        for one in payouts
    ]
    if file.payer is None or file.pay_on is None:
        raise ValueError(f"{file} says not who pays")
    made_at = file.at.astimezone(ZoneInfo(this_cell().time_zone))  # the bank's day, not Greenwich's
    return write(Batch(file.number, made_at, file.pay_on, Payer(**file.payer), payments))
