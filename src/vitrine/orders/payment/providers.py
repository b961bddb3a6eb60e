"""The providers of this cell, by name."""

from functools import cache
from importlib import import_module

from django.conf import settings

from vitrine.orders.models import MoveKind
from vitrine.orders.payment.payer import Payer
from vitrine.orders.payment.provider import Provider

_MODULES = {"sandbox": "sandbox", "stripe": "stripe"}
_PAYERS = {"stripe": "stripe_connect"}
PAYERS = tuple(_PAYERS)


@cache
def named(name: str) -> Provider:
    """Return a provider. Raises: KeyError for a name that no code ever wrote.

    Each is loaded when it is first asked for: a cell that takes no cards does not pay for the
    library of one that does, a third of a second at each start.
    """
    module = import_module(f"vitrine.orders.payment.{_MODULES[name]}")
    provider: Provider = module.PROVIDER
    return provider


def ask(name: str, kind: str, *, key: str, reference: str, amount_minor: int) -> None:
    """Have a provider move a charge's money. kind: a MoveKind.

    Raises: ProviderRefused, OutcomeUnknown; KeyError as ``named``.
    """
    provider = named(name)
    verb = {
        MoveKind.CAPTURE: provider.capture,
        MoveKind.VOID: provider.void,
        MoveKind.REFUND: provider.refund,
    }[MoveKind(kind)]
    verb(key=key, reference=reference, amount_minor=amount_minor)


@cache
def payer(name: str) -> Payer | None:
    """Return how a provider pays payees out; None for one that does not, and for a bank's file."""
    if name not in _PAYERS:
        return None
    found: Payer = import_module(f"vitrine.orders.payment.{_PAYERS[name]}").PAYER
    return found


def default() -> Provider:
    """Return the provider that new purchases use."""
    return named("stripe" if settings.VITRINE_STRIPE_SECRET_KEY else "sandbox")
