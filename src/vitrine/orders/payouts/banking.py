"""Where a payee is paid. Another account waits a day: time for somebody to see it is not theirs."""

from datetime import datetime

from django.db import transaction

from vitrine.accounts.models import Person
from vitrine.ledger.accounts import Payee
from vitrine.orders.models import BankAccount
from vitrine.orders.models.payout import FRAUD_GUARD
from vitrine.orders.payouts import terms
from vitrine.sovereignty.cell import this_cell


@transaction.atomic
def name_account(
    payee: Payee,
    *,
    holder: str,
    routing: str,
    number: str,
    by: Person,
    at: datetime,
    method: str = "file",
) -> BankAccount:
    """Pay a payee to this account from a day later on. Locks: the payee's terms, the old account.

    routing, number: as ``bank_details.read`` returns them; with another method than the bank's
    file, the number is the payee's account at that provider.
    """
    terms.locked(payee, at=at)
    BankAccount.objects.of(payee).update(replaced_at=at)
    return BankAccount.objects.create(
        payee_kind=payee.kind,
        payee_id=payee.public_id,
        country=this_cell().country,
        method=method,
        holder=holder,
        routing=routing,
        number=number,
        by=by,
        at=at,
        usable_at=at + FRAUD_GUARD,
    )
