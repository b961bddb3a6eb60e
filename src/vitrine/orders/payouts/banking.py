"""Where a payee is paid. Another account waits a day: time for somebody to see it is not theirs."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop
from procrastinate.contrib.django import app

from vitrine.accounts.models import Person
from vitrine.kernel.errors import Refusal
from vitrine.ledger.accounts import Payee
from vitrine.orders.models import BankAccount, Payout, PayoutState
from vitrine.orders.payouts import notices, paying, terms
from vitrine.sovereignty.cell import this_cell

REPLACED = gettext_noop("Another account was named before it was sent.")


class SameAccount(Refusal):
    """The account that was typed is the one that is paid."""

    code = "same_bank_account"
    message = "This is the account that you are paid to already. Nothing was changed."


def pause() -> timedelta:
    """Return how long nothing is paid to an account that was just named."""
    return timedelta(hours=settings.VITRINE_BANK_CHANGE_HOURS)


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
    """Pay a payee to this account once the pause is over, and tell their people.

    What was planned to the old one and not sent is available again.
    routing, number: as ``bank_details.read`` returns them; with another method than the bank's
    file, the number is the payee's account at that provider.
    Raises: SameAccount. Locks: the payee's terms, the old account, the payouts that are called off.
    """
    terms.locked(payee, at=at)
    old = BankAccount.objects.of(payee).first()
    named = (method, holder, routing, number, None)
    if old and (old.method, old.holder, old.routing, old.number, old.refused_at) == named:
        raise SameAccount
    waiting = Payout.objects.to(payee).filter(state=PayoutState.PLANNED, bank__method="file")
    for payout in waiting.order_by("pk"):
        paying.call_off(payout, reason=REPLACED, at=at)
    BankAccount.objects.of(payee).update(replaced_at=at)
    made = BankAccount.objects.create(
        payee_kind=payee.kind,
        payee_id=payee.public_id,
        country=this_cell().country,
        method=method,
        holder=holder,
        routing=routing,
        number=number,
        by=by,
        at=at,
        usable_at=at + pause(),
    )
    notices.tell_of_account(made, at=at)
    # By name: the tasks import the verbs, not the reverse.
    mail = app.configure_task("vitrine.orders.tasks.send_bank_news", queue="mail")
    mail.defer(account_id=made.pk)
    return made
