"""What a provider that pays merchants out can do for us, and how it may answer."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Outcome(StrEnum):
    """Where a payout is at the provider."""

    SENT = "sent"
    PAID = "paid"
    BOUNCED = "bounced"


@dataclass(frozen=True)
class Sent:
    """A payout as the provider tells it. reason: why it bounced, in the provider's words.

    What was paid may bounce days later.
    """

    reference: str
    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True)
class Account:
    """How far a payee's account is. wants: what the provider still asks of them, in its words."""

    id: str
    is_payable: bool
    wants: tuple[str, ...]


class Payer(Protocol):
    """A provider that keeps accounts for payees. All verbs raise OutcomeUnknown, ProviderRefused.

    Those that take a key act once for it, however often and however late they are asked.
    """

    def create_account(self, *, key: str, country: str, email: str) -> str:
        """Open an account; it is paid out when we say so. Returns its id."""
        ...

    def onboarding_link(self, account: str, *, back_url: str) -> str:
        """Return the page on which a payee says who they are; it works once, for minutes."""
        ...

    def find_account(self, account: str) -> Account:
        """Ask how far an account is."""
        ...

    def remit(self, *, key: str, account: str, amount_minor: int, currency: str) -> Sent:
        """Give a payee money, and send it on to their bank."""
        ...

    def find_payout(self, reference: str, *, account: str) -> Sent:
        """Ask what became of a payout."""
        ...

    def take_back(self, *, key: str, account: str) -> None:
        """Take back what was given with a key and did not reach the payee's bank."""
        ...
