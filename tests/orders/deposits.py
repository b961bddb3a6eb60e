"""What tests of wallets do: open one, pay in, hold, look at all rules."""

from dataclasses import replace
from typing import Any

import pytest

from tests import make
from tests.orders.cards import sound as all_sound
from vitrine.accounts.models import Person
from vitrine.kernel.invariants import Finding
from vitrine.orders import wallets
from vitrine.orders.checkout import Means
from vitrine.orders.deposits import invariants, paying_in
from vitrine.orders.deposits.giving_back import Returning
from vitrine.orders.deposits.paying_in import DepositAttempt
from vitrine.orders.models import Deposit, Wallet
from vitrine.orders.payment import sandbox
from vitrine.sovereignty.cell import CELLS

HUNDRED = 10_000
"""A hundred: what is paid into a wallet here."""


def wallet() -> Wallet:
    return wallets.open_wallet(at=make.NOON)


def press(into: Wallet, token: str = sandbox.SUCCEEDS, **fields: Any) -> DepositAttempt:
    """Make one press of the button that pays into a wallet."""
    return DepositAttempt(
        key=fields.pop("key", f"deposit-key-{Deposit.objects.count()}"),
        wallet=into,
        by=fields.pop("by", None) or make.person(),
        amount_minor=fields.pop("amount_minor", HUNDRED),
        payer_name="Lamps and Sons",
        region=fields.pop("region", "NY"),
        means=fields.pop("means", Means("sandbox", token, "Test card")),
    )


def paid(into: Wallet, **fields: Any) -> Deposit:
    return paying_in.pay_in(press(into, **fields), at=make.NOON)


def returning(of: Wallet, amount_minor: int, key: str = "back", by: Person | None = None) -> Any:
    return Returning(key, of, amount_minor, by or make.person())


def fresh(of: Wallet) -> Wallet:
    return Wallet.objects.get(pk=of.pk)


def in_country(country: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CELLS, "us", replace(CELLS["us"], country=country))


def sound() -> bool:
    """Tell whether every invariant of charges and wallets holds."""
    found: Finding = invariants.wallets_are_funded()
    assert found.violations == []
    return all_sound()
