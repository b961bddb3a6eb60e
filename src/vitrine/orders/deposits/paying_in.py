"""Pay into a wallet: write the deposit with its tax, ask the provider, settle.

Source: docs/adr/0113-paid-ahead.md.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec
from django.db import transaction
from django.utils.translation import gettext

from vitrine.accounts.models import Person
from vitrine.kernel import ids, money
from vitrine.kernel.errors import Refusal
from vitrine.ledger.posting import KeyReused
from vitrine.orders import tax
from vitrine.orders.charges import settling
from vitrine.orders.checkout import Means
from vitrine.orders.models import Deposit, Wallet
from vitrine.orders.tax import Place, Taxed
from vitrine.sovereignty.cell import local_day, locale, this_cell

LEAST_MINOR = 500
"""Below five, what a provider keeps of a charge (about 0.30 and 3 %) is a tenth of it."""
MOST_MINOR = 5_000_000
"""Above fifty thousand a card is the wrong way, and one stolen card a loss that closes a cell."""


class NotADeposit(Refusal):
    """It is too little, or too much."""

    code = "deposit_amount"
    message = "A deposit of that amount cannot be made."


@dataclass(frozen=True)
class DepositAttempt:
    """One press of the button. key: made with the form, so that a second press is the same.

    payer_name, region: whom the invoice names, and where they are.
    """

    key: str
    wallet: Wallet
    by: Person
    amount_minor: int
    payer_name: str
    region: str
    means: Means

    def digest(self) -> bytes:
        """Fingerprint what is asked for, and by whom."""
        said = (
            self.wallet.pk,
            self.by.pk,
            self.amount_minor,
            self.payer_name,
            self.region,
            vars(self.means),
        )
        return hashlib.sha256(msgspec.json.encode(said)).digest()


def taxes_on(amount_minor: int, region: str, *, on: date) -> list[dict[str, Any]]:
    """Return the taxes on a service that is paid ahead, as a deposit keeps them.

    Tax on what is paid ahead is due as it is paid. Raises: UnknownPlace.
    """
    rates = tax.service_rates(Place(this_cell().country, region), on=on)
    due = zip(rates, tax.on_line(Taxed(amount_minor), rates), strict=True)
    return [
        {
            "authority": one.authority,
            "name": one.name,
            "rate": str(rate.rate.normalize()),
            "amount_minor": one.amount_minor,
        }
        for rate, one in due
        if one.amount_minor
    ]


def pay_in(attempt: DepositAttempt, *, at: datetime) -> Deposit:
    """Carry an attempt through, once per key; asked again, carry on from where it stands.

    No transaction is open while the provider is asked. Raises: KeyReused, NotADeposit,
    UnknownPlace.
    """
    return settling.carry_on(place(attempt, at=at), at=at)


@transaction.atomic
def place(attempt: DepositAttempt, *, at: datetime) -> Deposit:
    """Write a deposit with the key of its charge, before any money is asked for.

    Two at once with one key: the second waits for the first's commit. Raises: as ``pay_in``.
    """
    earlier = _earlier(attempt)
    if earlier is not None:
        return earlier
    if not LEAST_MINOR <= attempt.amount_minor <= MOST_MINOR:
        raise NotADeposit(limits())
    public_id = ids.new()
    taxes = taxes_on(attempt.amount_minor, attempt.region, on=local_day(at))
    asked = Deposit(
        public_id=public_id,
        key=attempt.key,
        digest=attempt.digest(),
        wallet=attempt.wallet,
        by=attempt.by,
        email=attempt.by.email,
        payer_name=attempt.payer_name,
        region=attempt.region,
        amount_minor=attempt.amount_minor,
        tax_minor=sum(one["amount_minor"] for one in taxes),
        taxes=taxes,
        currency=attempt.wallet.currency,
        provider=attempt.means.provider,
        charge_key=f"charge:{public_id}",
        method_token=attempt.means.token,
        method_label=attempt.means.label,
        created_at=at,
    )
    Deposit.objects.bulk_create([asked], ignore_conflicts=True)
    made = _earlier(attempt)
    assert made is not None  # noqa: S101 (written here, or by whoever was quicker)
    return made


def limits() -> str:
    """Say how much a deposit can be."""
    least, most = (
        money.format_minor(each, this_cell().currency, locale=locale())
        for each in (LEAST_MINOR, MOST_MINOR)
    )
    return gettext("Write an amount from {least} to {most}.").format(least=least, most=most)


def _earlier(attempt: DepositAttempt) -> Deposit | None:
    """Return what this key already did. Raises: KeyReused for the same key, other content."""
    deposit = Deposit.objects.select_related("wallet").filter(key=attempt.key).first()
    if deposit is None:
        return None
    if not hmac.compare_digest(bytes(deposit.digest), attempt.digest()):
        raise KeyReused
    return deposit
