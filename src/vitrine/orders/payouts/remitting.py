"""Pay payees through a provider that keeps accounts for them, instead of by the bank's file.

A payout's own key names it at the provider. What is not known is asked again by the hourly task;
what comes back to the payee's account is taken back from there, so that the next turn pays it anew.
"""

from datetime import datetime

import structlog
from django.db.models import Q, QuerySet

from vitrine.accounts.models import Person
from vitrine.ledger import accounts
from vitrine.ledger.accounts import Payee
from vitrine.orders.models import BankAccount, Payout, PayoutState
from vitrine.orders.payment import providers
from vitrine.orders.payment.payer import Account, Outcome, Payer, Sent
from vitrine.orders.payment.provider import OutcomeUnknown, Provider, ProviderRefused
from vitrine.orders.payouts import banking, paying
from vitrine.sovereignty.cell import this_cell

log = structlog.get_logger(__name__)


def open_account(
    payee: Payee, provider: str, *, holder: str, by: Person, at: datetime
) -> BankAccount:
    """Open a payee's account at a provider, once, and pay them there from a day later on.

    Who had one before is paid there again. No transaction is open.
    Raises: OutcomeUnknown, ProviderRefused, ValueError for a provider that pays nobody out.
    """
    mine = BankAccount.objects.filter(
        payee_kind=payee.kind, payee_id=payee.public_id, method=provider
    )
    earlier = mine.order_by("-pk").first()
    if earlier is not None and earlier.replaced_at is None and earlier.refused_at is None:
        return earlier
    key = f"account:{payee.kind}:{payee.public_id}"
    number = (
        earlier.number  # the provider forgets the key after a day, and would open another one
        if earlier is not None
        else _payer(provider).create_account(key=key, country=this_cell().country, email=by.email)
    )
    return banking.name_account(
        payee, holder=holder, routing="", number=number, by=by, at=at, method=provider
    )


def paying_out() -> Provider | None:
    """Return the provider that pays payees out in this cell; None where none does."""
    provider = providers.default()
    return provider if providers.payer(provider.name) else None


def standing(account: BankAccount) -> Account:
    """Ask how far a payee's account is at its provider. Raises: OutcomeUnknown, ProviderRefused."""
    return _payer(account.method).find_account(account.number)


def onboarding_link(account: BankAccount, *, back_url: str) -> str:
    """Return the provider's page on which a payee says who they are.

    Raises: OutcomeUnknown, ProviderRefused.
    """
    return _payer(account.method).onboarding_link(account.number, back_url=back_url)


def unfinished() -> "QuerySet[Payout]":
    """Return payouts that wait to be sent through a provider, or for its last word.

    What was planned for a shop that was suspended since waits as well.
    """
    planned = Payout.objects.payable().filter(state=PayoutState.PLANNED)
    waiting = Payout.objects.filter(Q(state=PayoutState.SENT) | Q(pk__in=planned))
    mine = waiting.filter(bank__method__in=providers.PAYERS)
    return mine.select_related("bank").order_by("pk")


def carry_on(payout: Payout, *, at: datetime) -> None:
    """Send a payout, or ask what became of it, and write that down. No transaction is open.

    A provider that will not is asked again: mostly it waits for the payee, or for sales to clear.
    """
    payer = _payer(payout.bank.method)
    try:
        sent = _asked(payer, payout)
        _settle(payer, payout, sent, at=at)
    except OutcomeUnknown:
        return
    except ProviderRefused as refused:
        log.warning("payout refused", provider=payout.bank.method, reason=refused.text)


def hear(provider: str, reference: str, *, at: datetime) -> bool:
    """Act on a message about a payout; False if it is none of ours."""
    mine = Payout.objects.filter(bank__method=provider, reference=reference)
    payout = mine.select_related("bank").first()
    if payout is None:
        return False
    carry_on(payout, at=at)
    return True


def _asked(payer: Payer, payout: Payout) -> Sent:
    if payout.reference:
        return payer.find_payout(payout.reference, account=payout.bank.number)
    return payer.remit(
        key=payout.key,
        account=payout.bank.number,
        amount_minor=payout.amount_minor,
        currency=payout.currency,
    )


def _settle(payer: Payer, payout: Payout, sent: Sent, *, at: datetime) -> None:
    """Write down what a provider says. Whoever comes second changes nothing."""
    source = accounts.provider(payout.bank.method)
    try:
        if payout.state == PayoutState.PLANNED:
            paying.send(payout, at=at, ref=sent.reference)
        if sent.outcome is Outcome.BOUNCED:
            payer.take_back(key=payout.key, account=payout.bank.number)
            paying.bounce(payout, reason=sent.reason, at=at, through=source)
        elif sent.outcome is Outcome.PAID and payout.state != PayoutState.PAID:
            paying.confirm(payout, at=at, source=source)
    except paying.NotThere:
        return


def _payer(provider: str) -> Payer:
    found = providers.payer(provider)
    if found is None:
        raise ValueError(f"{provider!r} pays nobody out")
    return found
