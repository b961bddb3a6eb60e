"""What any payment provider can do for us, and how it may answer.

Every call names its own idempotency key, made and stored before the call: asking again with the
same key never moves money twice. Calls are made outside database transactions, and each is
released through the gate first.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from vitrine.kernel.errors import Refusal


class Outcome(StrEnum):
    """What is known of an authorisation."""

    AUTHORISED = "authorised"
    DECLINED = "declined"
    CHALLENGE = "challenge"


@dataclass(frozen=True)
class Answer:
    """A provider's answer to an authorisation.

    reference: the provider's name for the charge. reason: for people, when declined; it is kept
    as it is and translated, where we know the sentence, when it is shown.
    challenge_url: where the buyer proves who they are, when challenged.
    """

    outcome: Outcome
    reference: str
    reason: str = ""
    challenge_url: str = ""


@dataclass(frozen=True)
class Event:
    """A verified webhook. It only says that something happened: the truth is asked for again."""

    id: str
    payment_key: str


@dataclass(frozen=True)
class Method:
    """A way to pay that the buyer may pick. token: what the provider knows it by.

    label and hint are kept as they are, and translated where we know them when they are shown.
    """

    token: str
    label: str
    hint: str


class OutcomeUnknown(Exception):
    """The provider did not answer in time: it may or may not have acted. Ask again later."""


class ProviderRefused(Refusal):
    """The provider answered and will not do it."""

    code = "payment_refused"
    message = "The payment provider refused. Nothing was charged."


class BadSignature(Refusal):
    """A webhook was not signed by the provider."""

    code = "bad_signature"
    message = "The signature does not match the message."
    status = 400


class Provider(Protocol):
    """A payment provider."""

    name: str
    label: str
    is_test: bool

    def methods(self) -> tuple[Method, ...]:
        """Return the ways to pay that may be shown to a buyer."""
        ...

    def authorise(self, *, key: str, amount_minor: int, currency: str, token: str) -> Answer:
        """Set money aside. Raises: OutcomeUnknown."""
        ...

    def find(self, *, key: str) -> Answer | None:
        """Return what became of an authorisation, or None if it never arrived."""
        ...

    def capture(self, *, key: str, reference: str, amount_minor: int) -> None:
        """Take money that was set aside; in parts, as parcels leave.

        Raises: OutcomeUnknown, ProviderRefused.
        """
        ...

    def void(self, *, key: str, reference: str, amount_minor: int) -> None:
        """Let go of money that was set aside. Raises: OutcomeUnknown, ProviderRefused."""
        ...

    def refund(self, *, key: str, reference: str, amount_minor: int) -> None:
        """Give back money that was taken. Raises: OutcomeUnknown, ProviderRefused."""
        ...

    def verify(self, body: bytes, signature: str) -> Event:
        """Read a webhook. Raises: BadSignature."""
        ...
