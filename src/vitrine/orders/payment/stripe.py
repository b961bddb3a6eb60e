"""Stripe: cards and wallets on its own page, or a card that it keeps. No script of its runs here.

Each order of a purchase has its own authorisation, because a card's can be captured only once.
Every request that changes something carries the key that was stored before it.
Source: docs/adr/0063-stripe.md.
"""

from collections.abc import Sequence
from dataclasses import replace

from django.conf import settings
from django.utils.translation import gettext_noop
from stripe import Customer, PaymentIntent, PaymentMethod, SetupIntent
from stripe.checkout import Session
from stripe.params import PaymentIntentCreateParams
from stripe.params.checkout import SessionCreateParams

from vitrine.kernel import money
from vitrine.orders.payment import stripe_claims, stripe_events
from vitrine.orders.payment.provider import (
    Answer,
    Charge,
    Claim,
    Event,
    Method,
    Outcome,
    Part,
    ProviderRefused,
    Returned,
)
from vitrine.orders.payment.stripe_line import CardRefused, client, told_apart

NAME = "stripe"
PAGE = "page"
_DECLINED = gettext_noop("The card was declined.")
_REASONS = {
    "expired_card": gettext_noop("The card has expired."),
    "insufficient_funds": gettext_noop("There is too little money on the card."),
}
_OVER = gettext_noop("The time to pay was over. Nothing was charged.")


class Stripe:
    """The provider. A card that is kept is known as ``<customer>:<payment method>``."""

    name = NAME
    label = "Stripe"
    keeps_cards = True
    signature_header = "Stripe-Signature"

    @property
    def is_test(self) -> bool:
        """Tell whether the key is one with which no money moves."""
        return "_test_" in settings.VITRINE_STRIPE_SECRET_KEY

    def methods(self) -> tuple[Method, ...]:
        """Return the way to pay that everybody has."""
        hint = gettext_noop("You pay on the page of Stripe and then come back.")
        return (Method(PAGE, gettext_noop("Card or wallet"), hint),)

    def plain_leaving(self, charge: Charge) -> None:
        """Leave each to itself: one call of Stripe's is about one charge."""

    def authorise_plain(self, charges: Sequence[Charge]) -> Sequence[Answer | None]:
        """Answer none: each asks by itself."""
        return [None] * len(charges)

    def authorise(self, charge: Charge) -> Answer:
        """Set money aside, or send the buyer to the page. Raises: OutcomeUnknown, ProviderRefused.

        Asked again with the same key, Stripe gives its first answer again.
        """
        parts = charge.parts()
        if charge.token != PAGE:
            return _set_aside(charge, parts, charge.token)
        with told_apart():
            session = _open_page(charge, parts)
        return Answer(Outcome.CHALLENGE, session.id, challenge_url=session.url or "")

    def find(self, charge: Charge) -> Answer | None:
        """Return what became of a charge, or None if nothing came of it yet.

        A page whose address was lost is asked for again: only the buyer can pay on it. Other lost
        answers are looked for by the key, in an index that may lag a minute behind.
        Raises: OutcomeUnknown.
        """
        try:
            return self._find(charge)
        except ProviderRefused:
            return None

    def capture(self, *, key: str, reference: str, amount_minor: int) -> None:
        """Take the money of an order. Raises: OutcomeUnknown, ProviderRefused."""
        try:
            with told_apart():
                client().v1.payment_intents.capture(
                    reference, {"amount_to_capture": amount_minor}, {"idempotency_key": key}
                )
        except ProviderRefused:
            # The key may have been forgotten (Stripe keeps one for a day): was it done before?
            if _intent(reference).amount_received != amount_minor:
                raise

    def void(self, *, key: str, reference: str, amount_minor: int) -> None:
        """Let go of the money of an order. Raises: OutcomeUnknown, ProviderRefused."""
        _cancel(reference, key)

    def refund(self, *, key: str, reference: str, amount_minor: int) -> None:
        """Give back money of an order, once per key. Raises: OutcomeUnknown, ProviderRefused."""
        with told_apart():
            refunds = client().v1.refunds
            given = refunds.list({"payment_intent": reference, "limit": 100})
            if any((one.to_dict()["metadata"] or {}).get("move") == key for one in given.data):
                return
            refunds.create(
                {"payment_intent": reference, "amount": amount_minor, "metadata": {"move": key}},
                {"idempotency_key": key},
            )

    def returned(self, *, reference: str) -> Returned | None:
        """Tell whether a refund came back. Raises: OutcomeUnknown, ProviderRefused."""
        with told_apart():
            found = client().v1.refunds.retrieve(reference)
        if found.status != "failed":
            return None
        key = str((found.to_dict()["metadata"] or {}).get("move", ""))
        return Returned(key, str(found.failure_reason or ""))

    def claim(self, *, reference: str) -> Claim:
        """Ask what became of a dispute. Raises: OutcomeUnknown, ProviderRefused."""
        return stripe_claims.read(reference)

    def submit_evidence(self, *, key: str, reference: str, text: str) -> None:
        """Answer a dispute, for good. Raises: OutcomeUnknown, ProviderRefused."""
        stripe_claims.submit(key=key, reference=reference, text=text)

    def verify(self, body: bytes, signature: str) -> Event:
        """Read a webhook. Raises: BadSignature."""
        return stripe_events.read(body, signature)

    def forget_card(self, *, token: str) -> None:
        """Have Stripe forget a card that it keeps. Raises: OutcomeUnknown, ProviderRefused."""
        method = token.partition(":")[2]
        with told_apart():
            if client().v1.payment_methods.retrieve(method).customer is not None:
                client().v1.payment_methods.detach(method)

    def _find(self, charge: Charge) -> Answer | None:
        if charge.reference.startswith("cs_"):
            with told_apart():
                session = client().v1.checkout.sessions.retrieve(
                    charge.reference,
                    {"expand": ["payment_intent.payment_method", "setup_intent.payment_method"]},
                )
            return _of_session(charge, session)
        if charge.token == PAGE and not charge.reference and charge.is_wanted:
            return self.authorise(charge)
        parts = charge.parts()
        if charge.reference and len(parts) > 1:
            return _rest(charge, parts, charge.token)
        if charge.reference:
            return _of_intent(_intent(charge.reference))
        found = _search(charge.key)
        if found and len(parts) > 1:
            return _rest(charge, parts, charge.token)
        return _of_intent(found[0]) if found else None


PROVIDER = Stripe()


def _open_page(charge: Charge, parts: Sequence[Part]) -> Session:
    """Open a page on which the buyer pays, or leaves a card when several shops are to be paid."""
    is_one = len(parts) == 1
    metadata = {"charge": charge.key}
    asked: SessionCreateParams = {
        "mode": "payment" if is_one else "setup",
        "allowed_payment_method_types": ["card"],
        "success_url": f"{charge.back_url}/outcome",
        "cancel_url": charge.back_url,
        "client_reference_id": charge.key,
        "metadata": metadata,
    }
    if charge.is_kept or not is_one:
        asked["customer"] = _customer(charge).id
    else:
        asked["customer_email"] = charge.email
    if is_one:
        asked["line_items"] = [
            {
                "quantity": 1,
                "price_data": {
                    "currency": charge.currency.lower(),
                    "unit_amount": charge.amount_minor,
                    "product_data": {"name": settings.VITRINE_ORIGIN.partition("://")[2]},
                },
            }
        ]
        asked["payment_intent_data"] = {
            "capture_method": "manual",
            "metadata": {**metadata, "order": parts[0].id},
        }
        if charge.is_kept:
            asked["payment_intent_data"]["setup_future_usage"] = "on_session"
    else:
        asked["currency"] = charge.currency.lower()
        # In English for everyone: the same key must ask the same, whoever asks again.
        total = money.format_minor(charge.amount_minor, charge.currency)
        said = f"You pay {len(parts)} shops, {total} in all."
        asked["custom_text"] = {"submit": {"message": said}}
    return client().v1.checkout.sessions.create(asked, {"idempotency_key": charge.key})


def _customer(charge: Charge) -> Customer:
    return client().v1.customers.create(
        {"email": charge.email, "metadata": {"charge": charge.key}},
        {"idempotency_key": f"{charge.key}:customer"},
    )


def _of_session(charge: Charge, session: Session) -> Answer | None:
    """Read a page. One that nobody paid on ends with the wish for it."""
    if session.status == "open":
        if charge.is_wanted:
            return Answer(Outcome.CHALLENGE, session.id, challenge_url=session.url or "")
        with told_apart():
            client().v1.checkout.sessions.expire(session.id)
        return None
    if session.status == "expired":
        return Answer(Outcome.DECLINED, session.id, reason=_OVER)
    if isinstance(session.payment_intent, PaymentIntent):
        return _of_intent(session.payment_intent)
    setup = session.setup_intent
    if not isinstance(setup, SetupIntent):
        return None
    token = f"{_id(setup.customer)}:{_id(setup.payment_method)}"
    return _rest(charge, charge.parts(), token)


def _rest(charge: Charge, parts: Sequence[Part], token: str) -> Answer | None:
    """Carry on with a charge of several orders, or, if nobody waits for it, undo what there is."""
    if charge.is_wanted:
        return _set_aside(charge, parts, token)
    for intent in _search(charge.key):
        if intent.status != "canceled":
            _cancel(intent.id, f"{charge.key}:undo:{intent.id}")
    return None


def _set_aside(charge: Charge, parts: Sequence[Part], token: str) -> Answer:
    """Set each order's money aside, all of it or nothing.

    Each has its own key, so that whoever carries on after a death finds what was done.
    """
    made: list[PaymentIntent] = []
    answers: list[Answer] = []
    for part in parts:
        try:
            made.append(_confirm(charge, part, token))
        except CardRefused as no:
            answers.append(Answer(Outcome.DECLINED, charge.reference, reason=_why(no)))
        else:
            answers.append(_of_intent(made[-1]))
        if answers[-1].outcome is not Outcome.AUTHORISED:
            break
    last = answers[-1]
    if last.outcome is Outcome.DECLINED:
        for intent in made:
            _cancel(intent.id, f"{charge.key}:undo:{intent.id}")
    if last.outcome is Outcome.CHALLENGE:
        return replace(last, reference=charge.reference or last.reference)
    if last.outcome is Outcome.DECLINED or len(parts) == 1:
        return last
    names = {part.id: intent.id for part, intent in zip(parts, made, strict=True)}
    return replace(last, reference=made[0].id, parts=names)


def _confirm(charge: Charge, part: Part, token: str) -> PaymentIntent:
    """Set one order's money aside with a card that is kept. Raises: CardRefused."""
    customer, _, method = token.partition(":")
    asked: PaymentIntentCreateParams = {
        "amount": part.amount_minor,
        "currency": charge.currency.lower(),
        "customer": customer,
        "payment_method": method,
        "allowed_payment_method_types": ["card"],
        "capture_method": "manual",
        "confirm": True,
        "return_url": f"{charge.back_url}/outcome",
        "metadata": {"charge": charge.key, "order": part.id},
        "expand": ["payment_method"],
    }
    with told_apart():
        intent = client().v1.payment_intents.create(
            asked, {"idempotency_key": f"{charge.key}:{part.id}"}
        )
    # The same key gives the first answer again: what the bank asked for may be done by now.
    return intent if intent.status == "requires_capture" else _intent(intent.id)


def _of_intent(intent: PaymentIntent) -> Answer:
    """Read an authorisation."""
    match intent.status:
        case "requires_capture" | "succeeded":
            return Answer(Outcome.AUTHORISED, intent.id, method=_kept(intent))
        case "requires_action" | "requires_confirmation" | "processing":
            action = intent.next_action
            where = action.redirect_to_url if action else None
            url = (where.url or "") if where else ""
            return Answer(Outcome.CHALLENGE, intent.id, challenge_url=url)
        case _:
            return Answer(Outcome.DECLINED, intent.id, reason=_DECLINED)


def _kept(intent: PaymentIntent) -> Method | None:
    """Return the card that Stripe keeps for the buyer, as we name it."""
    method = intent.payment_method
    if not isinstance(method, PaymentMethod) or not (method.customer and method.card):
        return None
    label = f"{method.card.brand.title()} •••• {method.card.last4}"
    return Method(f"{_id(method.customer)}:{method.id}", label)


def _cancel(reference: str, key: str) -> None:
    try:
        with told_apart():
            client().v1.payment_intents.cancel(reference, {}, {"idempotency_key": key})
    except ProviderRefused:
        if _intent(reference).status != "canceled":
            raise


def _intent(reference: str) -> PaymentIntent:
    with told_apart():
        return client().v1.payment_intents.retrieve(reference, {"expand": ["payment_method"]})


def _search(key: str) -> list[PaymentIntent]:
    query = f"metadata['charge']:'{key}'"
    with told_apart():
        found = client().v1.payment_intents.search(
            {"query": query, "limit": 100, "expand": ["data.payment_method"]}
        )
    return list(found.data)


def _why(no: CardRefused) -> str:
    """Return a sentence for people: Stripe writes its own in English only."""
    return _REASONS.get(no.decline, _DECLINED)


def _id(one: object) -> str:
    return one if isinstance(one, str) else str(getattr(one, "id", ""))
