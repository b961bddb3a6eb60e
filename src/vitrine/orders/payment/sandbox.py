"""The sandbox: a built-in test bank that answers as real ones do, well or badly. No money moves.

Time is the bank's own: like a real provider it reads its own clock.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from typing import cast

import msgspec
from django.conf import settings
from django.db import transaction
from django.db.models import Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from procrastinate.contrib.django import app

from vitrine.kernel import chance, prepared
from vitrine.orders.payment.bank import BankCharge, BankMove
from vitrine.orders.payment.provider import (
    Answer,
    BadSignature,
    Charge,
    Claim,
    Event,
    Method,
    Outcome,
    OutcomeUnknown,
    ProviderRefused,
    Returned,
)
from vitrine.sovereignty import gate
from vitrine.sovereignty.cell import home
from vitrine.sovereignty.datamap import DataClass
from vitrine.sovereignty.models import Leaving

NAME = "sandbox"
_HERE = f"payments:{NAME}"
_TOLD = (DataClass.MONEY, DataClass.SENSITIVE)

SUCCEEDS, DECLINES, CHALLENGES, TIMES_OUT, TWICE = (
    "test-succeeds",
    "test-declines",
    "test-challenges",
    "test-times-out",
    "test-twice",
)
_METHODS = (
    Method(SUCCEEDS, gettext_noop("Test card that succeeds"), gettext_noop("Answers at once.")),
    Method(
        CHALLENGES,
        gettext_noop("Test card that asks who you are"),
        gettext_noop("Opens the bank’s confirmation page."),
    ),
    Method(
        DECLINES,
        gettext_noop("Test card that is declined"),
        gettext_noop("Refused for lack of funds."),
    ),
    Method(
        TIMES_OUT,
        gettext_noop("Test card whose bank falls silent"),
        gettext_noop("Succeeds, but the answer is lost."),
    ),
    Method(
        TWICE,
        gettext_noop("Test card whose bank answers twice"),
        gettext_noop("Succeeds, and says so again and again."),
    ),
)
_OUTCOME = {
    SUCCEEDS: Outcome.AUTHORISED,
    CHALLENGES: Outcome.CHALLENGE,
    DECLINES: Outcome.DECLINED,
    TIMES_OUT: Outcome.AUTHORISED,
    TWICE: Outcome.AUTHORISED,
}
_EVENTS = {TIMES_OUT: 1, TWICE: 3}
"""How many webhooks the bank sends by itself for a card, after its answer."""


class Sandbox:
    """The provider whose bank is ``payment.bank``."""

    name = NAME
    label = "Test bank"
    is_test = True
    keeps_cards = False
    signature_header = "Payment-Signature"

    def methods(self) -> tuple[Method, ...]:
        """Return the test cards."""
        return _METHODS

    def authorise(self, charge: Charge) -> Answer:
        """Set money aside once per key. Raises: OutcomeUnknown, ProviderRefused. Queries: 2."""
        if charge.token not in _OUTCOME:
            raise ProviderRefused(gettext("The test bank does not know that card."))
        _note_leaving("authorise", charge.key, charge.amount_minor)
        made = _set_aside(charge.key, charge.amount_minor, charge.currency, charge.token)
        if (made.amount_minor, made.currency) != (charge.amount_minor, charge.currency):
            raise ProviderRefused(gettext("That key was used for another amount."))
        for _ in range(_EVENTS.get(charge.token, 0)):
            announce(made)
        if charge.token == TIMES_OUT:
            raise OutcomeUnknown
        return _answer(made)

    def plain_leaving(self, charge: Charge) -> Leaving | None:
        """Return what leaves for the card that succeeds."""
        if charge.token != SUCCEEDS:
            return None
        said = _said(charge.key, charge.amount_minor)
        return gate.leaving(_HERE, purpose="authorise", classes=_TOLD, body=said)

    def authorise_plain(self, charges: Sequence[Charge]) -> list[Answer | None]:
        """Set money aside for several at once; None: ask for that one by itself. Queries: 1."""
        made = _set_aside_new([charge for charge in charges if charge.token == SUCCEEDS])
        return [made.get(charge.key) for charge in charges]

    def find(self, charge: Charge) -> Answer | None:
        """Return what became of an authorisation, or None if it never arrived. Queries: 2."""
        _note_leaving("look up", charge.key, 0)
        made = BankCharge.objects.filter(key=charge.key).first()
        return _answer(made) if made is not None else None

    def capture(self, *, key: str, reference: str, amount_minor: int) -> None:
        """Take money that was set aside. Raises: ProviderRefused."""
        _note_leaving("capture", key, amount_minor)
        _move("capture", key=key, reference=reference, amount_minor=amount_minor)

    def void(self, *, key: str, reference: str, amount_minor: int) -> None:
        """Let go of money that was set aside. Raises: ProviderRefused."""
        _note_leaving("void", key, amount_minor)
        _move("void", key=key, reference=reference, amount_minor=amount_minor)

    def refund(self, *, key: str, reference: str, amount_minor: int) -> None:
        """Give back money that was taken. Raises: ProviderRefused."""
        _note_leaving("refund", key, amount_minor)
        _move("refund", key=key, reference=reference, amount_minor=amount_minor)

    def forget_card(self, *, token: str) -> None:
        """Do nothing: the test bank keeps no cards."""

    def returned(self, *, reference: str) -> Returned | None:
        """Say no: what the test bank gives back stays there."""
        return None

    def claim(self, *, reference: str) -> Claim:
        """Refuse: nobody disputes a charge of the test bank. Raises: ProviderRefused."""
        raise ProviderRefused(gettext("The test bank has no disputes."))

    def submit_evidence(self, *, key: str, reference: str, text: str) -> None:
        """Refuse: nobody disputes a charge of the test bank. Raises: ProviderRefused."""
        raise ProviderRefused(gettext("The test bank has no disputes."))

    def verify(self, body: bytes, signature: str) -> Event:
        """Read a webhook of the test bank. Raises: BadSignature."""
        if not hmac.compare_digest(sign(body), signature):
            raise BadSignature
        try:
            return msgspec.json.decode(body, type=Event)
        except msgspec.DecodeError:
            raise BadSignature(gettext("The message is not one of the bank’s.")) from None


PROVIDER = Sandbox()


def answer_challenge(reference: str, *, approved: bool) -> str:
    """Record what the buyer said on the bank's page; the first word counts. Returns the key."""
    settled = Outcome.AUTHORISED if approved else Outcome.DECLINED
    waiting = BankCharge.objects.filter(reference=reference, outcome=Outcome.CHALLENGE)
    waiting.update(outcome=settled)
    charge = BankCharge.objects.get(reference=reference)
    announce(charge)
    return charge.key


def announce(charge: BankCharge) -> None:
    """Send a webhook about a charge: the body and signature travel to our own endpoint's task."""
    body = msgspec.json.encode(Event(id=f"ev_{secrets.token_urlsafe(12)}", payment_key=charge.key))
    app.configure_task("vitrine.orders.tasks.receive_webhook", queue="settle").defer(
        provider=NAME, body=body.decode(), signature=sign(body)
    )


def sign(body: bytes) -> str:
    """Sign a webhook as the test bank does."""
    secret = hashlib.sha256(b"sandbox-bank:" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(secret, body, hashlib.sha256).hexdigest()


def _answer(charge: BankCharge) -> Answer:
    outcome = Outcome(charge.outcome)
    return Answer(
        outcome,
        charge.reference,
        reason=gettext_noop("The card was declined.") if outcome is Outcome.DECLINED else "",
        challenge_url=reverse("payments:challenge", args=[charge.reference])
        if outcome is Outcome.CHALLENGE
        else "",
    )


def _set_aside(key: str, amount_minor: int, currency: str, token: str) -> BankCharge:
    """Write a charge, or return the one that its key made before. Queries: 1 or 2."""
    charge = BankCharge(
        home_cell=home(),
        key=key,
        reference=f"sb_{secrets.token_urlsafe(18)}",
        card=token,
        currency=currency,
        amount_minor=amount_minor,
        outcome=_OUTCOME[token],
        at=timezone.now(),  # noqa: TID251 (the bank’s own clock)
    )
    # Not bulk_create: it would open a transaction for this one statement.
    made = prepared.run(
        "INSERT INTO sandbox_bank_charge "
        "(home_cell, key, reference, card, currency, amount_minor, outcome, at) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (key) DO NOTHING",
        [
            charge.home_cell,
            key,
            charge.reference,
            token,
            currency,
            amount_minor,
            charge.outcome,
            charge.at,
        ],
    )
    return charge if made else BankCharge.objects.get(key=key)


def _set_aside_new(charges: Sequence[Charge]) -> dict[str, Answer]:
    """Write authorised charges whose keys are new, and return their answers. Queries: 1."""
    if not charges:
        return {}
    ordered = sorted(charges, key=lambda one: one.key)  # so that nobody waits in a circle
    made = prepared.rows(
        "INSERT INTO sandbox_bank_charge "
        "(home_cell, key, reference, card, currency, amount_minor, outcome, at) "
        "SELECT %s, key, reference, card, currency, amount_minor, %s, %s "
        "FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[]) "
        "AS asked (key, reference, card, currency, amount_minor) "
        "ON CONFLICT (key) DO NOTHING RETURNING key, reference",
        [
            home(),
            Outcome.AUTHORISED.value,
            timezone.now(),  # noqa: TID251 (the bank’s own clock)
            [one.key for one in ordered],
            [f"sb_{chance.token(18)}" for _ in ordered],
            [one.token for one in ordered],
            [one.currency for one in ordered],
            [one.amount_minor for one in ordered],
        ],
    )
    return {key: Answer(Outcome.AUTHORISED, reference) for key, reference in made}


@transaction.atomic
def _move(kind: str, *, key: str, reference: str, amount_minor: int) -> None:
    """Move money of a charge once per key, and never more than there is. Locks: the charge."""
    charge = BankCharge.objects.select_for_update().filter(reference=reference).first()
    if charge is None or charge.outcome != Outcome.AUTHORISED:
        raise ProviderRefused(gettext("The bank has no such money set aside."))
    again = BankMove.objects.filter(key=key).first()
    if again is not None:
        if (again.charge_id, again.kind, again.amount_minor) != (charge.pk, kind, amount_minor):
            raise ProviderRefused(gettext("That key was used for something else."))
        return
    moved = cast(
        "dict[str, int | None]",
        charge.moves.aggregate(
            capture=Sum("amount_minor", filter=Q(kind="capture")),
            void=Sum("amount_minor", filter=Q(kind="void")),
            refund=Sum("amount_minor", filter=Q(kind="refund")),
        ),
    )
    captured, voided, refunded = (moved[one] or 0 for one in ("capture", "void", "refund"))
    room = captured - refunded if kind == "refund" else charge.amount_minor - captured - voided
    if amount_minor > room:
        raise ProviderRefused(gettext("That is more than the bank holds for this charge."))
    BankMove.objects.create(
        charge=charge,
        key=key,
        kind=kind,
        amount_minor=amount_minor,
        at=timezone.now(),  # noqa: TID251 (the bank’s own clock)
    )


def _note_leaving(purpose: str, key: str, amount_minor: int) -> None:
    gate.note_leaving(_HERE, purpose=purpose, classes=_TOLD, body=_said(key, amount_minor))


def _said(key: str, amount_minor: int) -> bytes:
    return f"{key} {amount_minor}".encode()
