"""The providers of this cell, by name."""

from vitrine.orders.payment.provider import Provider
from vitrine.orders.payment.sandbox import Sandbox

_BY_NAME: dict[str, Provider] = {one.name: one for one in (Sandbox(),)}


def named(name: str) -> Provider:
    """Return a provider. Raises: KeyError for a name that no code ever wrote."""
    return _BY_NAME[name]


def default() -> Provider:
    """Return the provider that new purchases use."""
    return _BY_NAME["sandbox"]
