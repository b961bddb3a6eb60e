"""What any payment provider can do for us, and how it may answer.

Every call names its own idempotency key, made and stored before the call: asking again with the
same key never moves money twice. Calls are made outside database transactions, and each is
noted at the gate first.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from vitrine.kernel.errors import Refusal
from vitrine.sovereignty.models import Leaving


class Outcome(StrEnum):
    """What is known of an authorisation."""

    AUTHORISED = "authorised"
    DECLINED = "declined"
    CHALLENGE = "challenge"


@dataclass(frozen=True)
class Method:
    """A way to pay that the buyer may pick. token: what the provider knows it by.

    label and hint are kept as they are, and translated where we know them when they are shown.
    """

    token: str
    label: str
    hint: str = ""


@dataclass(frozen=True)
class Part:
    """One merchant's share of a charge. id: its order's public id."""

    id: str
    amount_minor: int


@dataclass(frozen=True)
class Charge:
    """What is asked of a provider for one purchase, read from stored rows alone.

    reference: what the provider answered before, or "". back_url: where its pages send the buyer.
    parts: asked for by providers that set each merchant's money aside by itself.
    is_kept: the card may be kept for the buyer's next time. is_wanted: the purchase still waits
    for the money; if not, nothing new may be set aside.
    """

    key: str
    amount_minor: int
    currency: str
    token: str
    reference: str
    email: str
    back_url: str
    is_kept: bool
    is_wanted: bool
    parts: Callable[[], Sequence[Part]]


@dataclass(frozen=True)
class Answer:
    """A provider's answer to an authorisation.

    reference: the provider's name for the charge. reason: for people, when declined; it is kept
    as it is and translated, where we know the sentence, when it is shown.
    challenge_url: where the buyer pays or proves who they are, when challenged.
    parts: order's public id -> the provider's name for its own authorisation, if it has one.
    method: the card as the provider keeps it for the buyer's next time, if it does.
    """

    outcome: Outcome
    reference: str
    reason: str = ""
    challenge_url: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    method: Method | None = None


@dataclass(frozen=True)
class Event:
    """A verified webhook. It only says that something happened: the truth is asked for again.

    payment_key, dispute, payout, refund: what it is about; all empty when it is nothing that we
    follow.
    """

    id: str
    payment_key: str = ""
    dispute: str = ""
    payout: str = ""
    refund: str = ""


@dataclass(frozen=True)
class Returned:
    """A refund that came back after it was made. key: of the move that asked for it."""

    key: str
    reason: str


@dataclass(frozen=True)
class Claim:
    """A dispute as the provider tells it. charge: the provider's name of the charge it is about.

    state: needs_response, under_review, won or lost. due_at: until when it can be answered.
    """

    reference: str
    charge: str
    amount_minor: int
    fee_minor: int
    reason: str
    state: str
    due_at: datetime | None


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
    keeps_cards: bool
    signature_header: str

    def methods(self) -> tuple[Method, ...]:
        """Return the ways to pay that may be shown to a buyer."""
        ...

    def authorise(self, charge: Charge) -> Answer:
        """Set money aside, once per key. Raises: OutcomeUnknown, ProviderRefused."""
        ...

    def plain_leaving(self, charge: Charge) -> Leaving | None:
        """Return what leaves, unsaved, if a charge is asked for among several; None: it is not.

        No transaction is open.
        """
        ...

    def authorise_plain(self, charges: Sequence[Charge]) -> Sequence[Answer | None]:
        """Set money aside for several in one go; None for each that has to ask by itself.

        Their leaving is logged.
        """
        ...

    def find(self, charge: Charge) -> Answer | None:
        """Return what became of an authorisation, or None if it never arrived.

        Raises: OutcomeUnknown.
        """
        ...

    def capture(self, *, key: str, reference: str, amount_minor: int) -> None:
        """Take money that was set aside; in parts, as parcels leave.

        reference: of the order's own authorisation if it has one, else of the charge's.
        Raises: OutcomeUnknown, ProviderRefused.
        """
        ...

    def void(self, *, key: str, reference: str, amount_minor: int) -> None:
        """Let go of money that was set aside. Raises: OutcomeUnknown, ProviderRefused."""
        ...

    def refund(self, *, key: str, reference: str, amount_minor: int) -> None:
        """Give back money that was taken. Raises: OutcomeUnknown, ProviderRefused."""
        ...

    def returned(self, *, reference: str) -> Returned | None:
        """Tell whether a refund came back. Raises: OutcomeUnknown, ProviderRefused."""
        ...

    def forget_card(self, *, token: str) -> None:
        """Forget a card that is kept for a buyer. Raises: OutcomeUnknown, ProviderRefused."""
        ...

    def claim(self, *, reference: str) -> Claim:
        """Ask what became of a dispute. Raises: OutcomeUnknown, ProviderRefused."""
        ...

    def submit_evidence(self, *, key: str, reference: str, text: str) -> None:
        """Answer a dispute, for good. Raises: OutcomeUnknown, ProviderRefused."""
        ...

    def verify(self, body: bytes, signature: str) -> Event:
        """Read a webhook. Raises: BadSignature."""
        ...
