"""The line to Stripe: its own library, whose every request leaves through the gate.

What the library says went wrong is told apart here: refused for good, or not known.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from http import HTTPStatus
from typing import Any

import stripe
import structlog
from django.conf import settings
from stripe import APIConnectionError, HTTPClient, StripeClient, StripeError

from vitrine.orders.payment.provider import OutcomeUnknown, ProviderRefused
from vitrine.sovereignty import destinations, gate
from vitrine.sovereignty.datamap import DataClass

log = structlog.get_logger(__name__)
stripe.enable_telemetry = False
logging.getLogger("stripe").setLevel(logging.WARNING)  # else each address it asks is logged

_TOLD = {
    *("authorization", "content-type", "idempotency-key"),
    *("stripe-version", "stripe-account", "user-agent"),
}
"""The headers that leave. The library would also describe this machine and its Python."""

_CHARGE = (DataClass.MONEY, DataClass.SENSITIVE)
_BUYER = (*_CHARGE, DataClass.PERSONAL)
_MERCHANT = (DataClass.MONEY, DataClass.BUSINESS, DataClass.PERSONAL)
_PURPOSES = (
    (r"post /v1/payment_intents/\w+/capture", "capture", _CHARGE),
    (r"post /v1/payment_intents/\w+/cancel", "void", _CHARGE),
    (r"post /v1/checkout/sessions/\w+/expire", "void", _CHARGE),
    (r"post /v1/(payment_intents|checkout/sessions)", "authorise", _BUYER),
    (r"post /v1/refunds", "refund", _CHARGE),
    (r"post /v1/(customers|payment_methods/\w+/detach)", "keep card", _BUYER),
    (r"post /v1/disputes/\w+", "dispute", _BUYER),
    (r"post /v1/(accounts|account_links)", "merchant account", _MERCHANT),
    (r"post /v1/transfers(/\w+/reversals)?", "transfer", _MERCHANT),
    (r"post /v1/payouts", "payout", _MERCHANT),
    (r"get /v1/.*", "look up", _CHARGE),
)


class CardRefused(ProviderRefused):
    """The card's bank said no. decline: its code, in Stripe's words."""

    def __init__(self, message: str | None, *, decline: str) -> None:
        super().__init__(message)
        self.decline = decline


class GateClient(HTTPClient):
    """The library's way out: each request is noted, with its purpose, and then made."""

    name = "gate"

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        """Make one request. Raises: APIConnectionError, where no whole answer comes."""
        purpose, classes = _purpose(f"{method} {url.removeprefix(settings.VITRINE_STRIPE_API)}")
        told = {name: value for name, value in (headers or {}).items() if name.lower() in _TOLD}
        try:
            reply = gate.ask_payments(
                method.upper(),
                url,
                body=(post_data or "").encode(),
                headers=told,
                purpose=purpose,
                classes=classes,
            )
        except OSError as lost:
            raise APIConnectionError(str(lost)) from lost  # type: ignore[no-untyped-call]
        return reply.body.decode(), reply.status, reply.headers

    def close(self) -> None:
        """Do nothing: each request has its own connection."""


def client() -> StripeClient:
    """Return the library's client for the key that is set."""
    return _client(settings.VITRINE_STRIPE_SECRET_KEY, settings.VITRINE_STRIPE_API)


@contextmanager
def told_apart() -> Iterator[None]:
    """Turn the library's errors into ours. What may yet have happened is unknown, not refused.

    A key that Stripe does not take decides nothing about a charge either: it is logged, and the
    question is asked again. Raises: OutcomeUnknown, ProviderRefused.
    """
    try:
        yield
    except (stripe.AuthenticationError, stripe.PermissionError) as closed:
        log.warning("stripe does not take the key", reason=str(closed.code))
        raise OutcomeUnknown from closed
    except stripe.CardError as no:
        decline = no.error.decline_code if no.error else None
        raise CardRefused(no.user_message, decline=decline or no.code or "") from no
    except (stripe.InvalidRequestError, stripe.IdempotencyError) as no:
        if no.http_status == HTTPStatus.CONFLICT:  # the same is being asked at this moment
            raise OutcomeUnknown from no
        raise ProviderRefused(no.user_message) from no
    except StripeError as unclear:
        raise OutcomeUnknown from unclear


@cache
def _client(key: str, api: str) -> StripeClient:
    return StripeClient(
        key,
        http_client=GateClient(),
        base_addresses={"api": api, "connect": api, "files": api, "meter_events": api},
        max_network_retries=0,  # the poller asks again, with the same key
    )


def _purpose(asked: str) -> tuple[str, tuple[DataClass, ...]]:
    path = asked.partition("?")[0]
    for pattern, purpose, classes in _PURPOSES:
        if re.fullmatch(pattern, path):
            return purpose, classes
    raise destinations.NotRegistered(f"no purpose is registered for {path!r}")
