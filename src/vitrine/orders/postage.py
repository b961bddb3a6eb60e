"""EasyPost: what a label costs, the label, and what carriers tell. Only where its key is set.

One shipment of theirs is asked about and bought once: they refuse to sell a second label for it, so
that buying again after a lost answer is harmless. Every request leaves through the gate.
Source: docs/adr/0070-after-the-order.md.
"""

import base64
import hashlib
import hmac
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, TypeVar

import msgspec
from django.conf import settings
from django.utils.translation import gettext

from vitrine.kernel import money
from vitrine.kernel.errors import Refusal
from vitrine.kernel.money import BadAmount
from vitrine.orders.models import ScanKind
from vitrine.orders.payment.provider import BadSignature, OutcomeUnknown
from vitrine.sovereignty import gate
from vitrine.sovereignty.datamap import DataClass

NAME = "easypost"
SIGNATURE = "X-Hmac-Signature"
TOLD = (DataClass.PERSONAL, DataClass.LOCAL_PUBLIC, DataClass.MONEY)
GRAMS_IN_OUNCE = 28.349523125
CM_IN_INCH = 2.54
NOT_KNOWN = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}
KINDS = {
    "in_transit": ScanKind.ON_THE_WAY,
    "out_for_delivery": ScanKind.OUT,
    "available_for_pickup": ScanKind.OUT,
    "delivered": ScanKind.DELIVERED,
    "return_to_sender": ScanKind.HELD_UP,
    "failure": ScanKind.HELD_UP,
    "error": ScanKind.HELD_UP,
}
"""What a carrier's word means here. Before it has the parcel it has seen nothing."""
T = TypeVar("T")


class PostageRefused(Refusal):
    """EasyPost answered and will not do it."""

    code = "postage_refused"
    message = "The label service refused. Nothing was bought."


@dataclass(frozen=True)
class Size:
    """How heavy and how large a parcel is."""

    weight_g: int
    length_cm: int
    width_cm: int
    height_cm: int


@dataclass(frozen=True)
class Address:
    """Where a parcel leaves from, or goes to."""

    name: str
    line1: str
    line2: str
    city: str
    region: str
    postcode: str
    country: str
    phone: str = ""


class Rate(msgspec.Struct, frozen=True):
    """What one way to send a parcel costs. days: until it arrives, if the carrier says."""

    id: str
    carrier: str
    service: str
    amount_minor: int
    days: int | None = None


@dataclass(frozen=True)
class Quote:
    """A parcel that they know now, and what it may cost."""

    reference: str
    rates: list[Rate]


@dataclass(frozen=True)
class Bought:
    """A label that is paid for."""

    url: str
    tracking: str
    carrier: str
    amount_minor: int


@dataclass(frozen=True)
class Seen:
    """What a carrier told of a parcel."""

    kind: ScanKind
    place: str
    at: datetime


@dataclass(frozen=True)
class Told:
    """What their message tells. reference: of which parcel of theirs."""

    reference: str
    seen: list[Seen]


class _Rate(msgspec.Struct):
    id: str
    carrier: str
    service: str
    rate: str
    currency: str
    delivery_days: int | None = None


class _Paper(msgspec.Struct):
    label_url: str


class _Shipment(msgspec.Struct):
    id: str
    rates: list[_Rate] = []
    selected_rate: _Rate | None = None
    postage_label: _Paper | None = None
    tracking_code: str | None = None


class _Place(msgspec.Struct):
    city: str | None = None
    state: str | None = None


class _Detail(msgspec.Struct):
    status: str | None
    datetime: datetime
    tracking_location: _Place | None = None


class _Tracker(msgspec.Struct):
    shipment_id: str | None = None
    tracking_details: list[_Detail] = []


class _Event(msgspec.Struct):
    description: str
    result: msgspec.Raw


class _Wrong(msgspec.Struct):
    message: Any = ""


class _Problem(msgspec.Struct):
    error: _Wrong


def is_there() -> bool:
    """Tell whether the operator has set a key."""
    return bool(settings.VITRINE_EASYPOST_KEY)


def quote(size: Size, *, key: str, sender: Address, to: Address, currency: str) -> Quote:
    """Ask what a parcel costs; nothing is bought. Raises: OutcomeUnknown, PostageRefused."""
    asked = {
        "reference": key,
        "from_address": _address(sender),
        "to_address": _address(to),
        "parcel": {
            "weight": round(size.weight_g / GRAMS_IN_OUNCE, 1) or 0.1,
            "length": round(size.length_cm / CM_IN_INCH, 1),
            "width": round(size.width_cm / CM_IN_INCH, 1),
            "height": round(size.height_cm / CM_IN_INCH, 1),
        },
    }
    said = _ask("POST", "/v2/shipments", {"shipment": asked}, "quote")
    priced = [_read(one) for one in said.rates if one.currency == currency]
    return Quote(said.id, sorted(priced, key=lambda one: (one.amount_minor, one.id)))


def buy(*, reference: str, rate: str) -> Bought:
    """Buy a label, once for each reference. Raises: OutcomeUnknown, PostageRefused."""
    try:
        said = _ask("POST", f"/v2/shipments/{reference}/buy", {"rate": {"id": rate}}, "buy")
    except PostageRefused:
        # They sell one label for a parcel: was it this one, and the answer was lost?
        said = _ask("GET", f"/v2/shipments/{reference}", None, "look up")
        if said.postage_label is None:
            raise
    return _bought(said)


def verify(body: bytes, signature: str) -> Told | None:
    """Return what a message of theirs tells of a parcel; None: of something else.

    Raises: BadSignature.
    """
    secret = unicodedata.normalize("NFKD", settings.VITRINE_EASYPOST_WEBHOOK_SECRET).encode()
    wanted = "hmac-sha256-hex=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
    if not secret or not hmac.compare_digest(wanted.encode(), signature.encode()):
        raise BadSignature
    try:
        event = msgspec.json.decode(body, type=_Event)
        if not event.description.startswith("tracker."):
            return None
        tracker = msgspec.json.decode(event.result, type=_Tracker)
    except msgspec.DecodeError:
        return None  # signed by them, and about nothing that we know
    return Told(tracker.shipment_id or "", _seen(tracker.tracking_details))


def _seen(details: list[_Detail]) -> list[Seen]:
    """Return the carrier's words as ours. They tell the whole story each time."""
    found: list[Seen] = []
    for one in details:
        kind, where = KINDS.get(one.status or ""), one.tracking_location or _Place()
        if kind is None:
            continue
        if not found and kind is ScanKind.ON_THE_WAY:
            kind = ScanKind.TAKEN
        at = one.datetime if one.datetime.tzinfo else one.datetime.replace(tzinfo=UTC)
        found.append(Seen(kind, ", ".join(filter(None, (where.city, where.state))), at))
    return found


def _address(of: Address) -> dict[str, str]:
    return {
        "name": of.name,
        "street1": of.line1,
        "street2": of.line2,
        "city": of.city,
        "state": of.region,
        "zip": of.postcode,
        "country": of.country,
        "phone": of.phone,
    }


def _read(one: _Rate) -> Rate:
    try:
        amount = money.parse_minor(one.rate, currency=one.currency)
    except BadAmount as bad:
        raise OutcomeUnknown(f"no amount: {one.rate!r}") from bad
    return Rate(one.id, one.carrier, one.service, amount, one.delivery_days)


def _bought(said: _Shipment) -> Bought:
    if said.postage_label is None or said.selected_rate is None:
        raise OutcomeUnknown("bought, and no label yet")
    if not said.postage_label.label_url.startswith("https://"):
        raise OutcomeUnknown("the label is nowhere that a browser may go")
    rate = _read(said.selected_rate)
    return Bought(
        said.postage_label.label_url[:300],
        (said.tracking_code or "")[:80],
        f"{rate.carrier} {rate.service}"[:40],
        rate.amount_minor,
    )


def _ask(method: str, path: str, asked: Mapping[str, Any] | None, purpose: str) -> _Shipment:
    """Ask, and tell apart what was refused for good from what is not known."""
    who = base64.b64encode(f"{settings.VITRINE_EASYPOST_KEY}:".encode()).decode()
    try:
        reply = gate.ask_postage(
            method,
            f"{settings.VITRINE_EASYPOST_API}{path}",
            body=b"" if asked is None else msgspec.json.encode(asked),
            headers={"Authorization": f"Basic {who}", "Content-Type": "application/json"},
            purpose=purpose,
            classes=TOLD,
        )
    except OSError as silent:
        raise OutcomeUnknown(str(silent)) from silent
    if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR or reply.status in NOT_KNOWN:
        raise OutcomeUnknown(f"answered {reply.status}")
    if reply.status >= HTTPStatus.BAD_REQUEST:
        raise PostageRefused(_sentence(reply.body))
    try:
        return msgspec.json.decode(reply.body, type=_Shipment)
    except msgspec.DecodeError as unread:
        raise OutcomeUnknown(str(unread)) from unread


def _sentence(body: bytes) -> str:
    try:
        why = str(msgspec.json.decode(body, type=_Problem).error.message)[:200]
    except msgspec.DecodeError:
        return gettext(PostageRefused.message)
    return gettext("The label service refused: {why}").format(why=why)
