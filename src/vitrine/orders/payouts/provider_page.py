"""The reads of the page on which a payee is registered with a provider that pays them out."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

from vitrine.ledger.accounts import Payee
from vitrine.orders.models import BankAccount
from vitrine.orders.payment.provider import OutcomeUnknown, ProviderRefused
from vitrine.orders.payouts import remitting

_WANTS = {
    "external_account": gettext_noop("The bank account that it pays to"),
    "tos_acceptance": gettext_noop("That you agree to its terms"),
    "business_type": gettext_noop("Whether you are a person or a company"),
    "business_profile": gettext_noop("What you sell, and where"),
    "company": gettext_noop("Your company: its name, number and address"),
    "individual": gettext_noop("Who you are: name, address and date of birth"),
    "representative": gettext_noop("Who acts for your company"),
    "owners": gettext_noop("Who owns your company"),
    "directors": gettext_noop("Who directs your company"),
}
"""What a provider asks for, by the first word of its own name for it."""


@dataclass(frozen=True)
class Registration:
    """How far a payee is. account None: not registered, or paid elsewhere.

    wants: what the provider asks for still. trouble: why it could not be asked.
    """

    label: str
    account: BankAccount | None = None
    is_payable: bool = False
    wants: tuple[str, ...] = ()
    trouble: str = ""


def account_of(payee: Payee) -> BankAccount | None:
    """Return where a payee is paid, if that is through the provider of this cell. Queries: 1."""
    provider = remitting.paying_out()
    if provider is None:
        return None
    return BankAccount.objects.of(payee).filter(method=provider.name).first()


def of(payee: Payee) -> Registration | None:
    """Ask how far a payee is; None where no provider pays anybody out. No transaction is open."""
    provider = remitting.paying_out()
    if provider is None:
        return None
    account = account_of(payee)
    if account is None:
        return Registration(provider.label)
    try:
        found = remitting.standing(account)
    except OutcomeUnknown:
        silent = gettext("{provider} does not answer at the moment. Look again in a minute.")
        return Registration(provider.label, account, trouble=silent.format(provider=provider.label))
    except ProviderRefused as refused:
        return Registration(provider.label, account, trouble=refused.text)
    return Registration(provider.label, account, found.is_payable, _said(found.wants))


def _said(wants: Iterable[str]) -> tuple[str, ...]:
    """Say what is wanted, each once; what has no sentence here by the provider's own name."""
    first = (one.partition(".")[0] for one in wants)
    return tuple(gettext(_WANTS[one]) if one in _WANTS else one for one in dict.fromkeys(first))
