"""The register of who outside the cell may be told what, and for what purpose."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from vitrine.sovereignty.datamap import DataClass
from vitrine.sovereignty.demand_partners import DemandPartner
from vitrine.sovereignty.push_services import PushService


class NotRegistered(RuntimeError):
    """Code tried to reach a destination, or tell it a class, that the register does not allow."""


@dataclass(frozen=True)
class Destination:
    """Somebody outside the cell's own processes. purposes: what for -> what may be told."""

    name: str
    operator: str
    country: str
    purposes: Mapping[str, frozenset[DataClass]]


_PERSONAL = frozenset({DataClass.PERSONAL})
_SALE = frozenset({DataClass.PERSONAL, DataClass.MONEY, DataClass.PUBLIC, DataClass.LOCAL_PUBLIC})
_NEWS = frozenset({DataClass.PERSONAL, DataClass.PUBLIC})
_CHARGE = frozenset({DataClass.MONEY, DataClass.SENSITIVE})
_HOME = "the cell's own"

KNOWN = {
    destination.name: destination
    for destination in (
        Destination(
            "mail",
            "the mail relay that the operator sets; by default a folder on the cell's own disk",
            _HOME,
            {
                "account": _PERSONAL,
                "receipt": _SALE,
                "order news": _SALE,
                "gift card": _SALE | {DataClass.COMMS},
                "digest": _NEWS,
                "shop": _PERSONAL | {DataClass.LOCAL_PUBLIC},
                "statement": _PERSONAL | {DataClass.PUBLIC, DataClass.LOCAL_PUBLIC},
            },
        ),
        Destination(
            "programs",
            "merchants' own programs, at the addresses that the merchants give",
            "wherever a merchant runs them",
            {"event": frozenset({DataClass.BUSINESS, DataClass.LOCAL_PUBLIC, DataClass.MONEY})},
        ),
        Destination(
            "payments:sandbox",
            "the built-in test bank: it runs inside the cell, and no money moves",
            _HOME,
            dict.fromkeys(("authorise", "capture", "void", "refund", "look up"), _CHARGE),
        ),
    )
}


_STRIPE = "payments:stripe"
_BUYER = _CHARGE | _PERSONAL
_MERCHANT = frozenset({DataClass.MONEY, DataClass.BUSINESS, DataClass.PERSONAL})
_STRIPE_PURPOSES = {
    **dict.fromkeys(("authorise", "keep card", "dispute"), _BUYER),
    **dict.fromkeys(("capture", "void", "refund", "look up"), _CHARGE),
    **dict.fromkeys(("merchant account", "transfer", "payout"), _MERCHANT),
}


def payments(url: str) -> str | None:
    """Return the destination that a payment provider's address belongs to; None: none is set up."""
    api = settings.VITRINE_STRIPE_API
    if not settings.VITRINE_STRIPE_SECRET_KEY or not url.startswith(f"{api}/"):
        return None
    stripe = Destination(_STRIPE, "Stripe, which takes the payments", "US", _STRIPE_PURPOSES)
    return KNOWN.setdefault(_STRIPE, stripe).name


payments(f"{settings.VITRINE_STRIPE_API}/")


_EASYPOST = "postage:easypost"
_PARCEL = frozenset({DataClass.PERSONAL, DataClass.LOCAL_PUBLIC, DataClass.MONEY})


def postage(url: str) -> str | None:
    """Return the destination that a label service's address belongs to; None: none is set up."""
    api = settings.VITRINE_EASYPOST_API
    if not settings.VITRINE_EASYPOST_KEY or not url.startswith(f"{api}/"):
        return None
    purposes = dict.fromkeys(("quote", "buy", "look up"), _PARCEL)
    service = Destination(_EASYPOST, "EasyPost, which sells labels of carriers", "US", purposes)
    return KNOWN.setdefault(_EASYPOST, service).name


postage(f"{settings.VITRINE_EASYPOST_API}/")


_PUSH = {"notice": frozenset({DataClass.PERSONAL})}


def push(endpoint: str) -> str | None:
    """Return the destination that a browser's push address belongs to; None: nothing may go there.

    Only hosts that the operator named may be told anything (``VITRINE_PUSH_HOSTS``), over TLS.
    """
    try:
        parts = urlsplit(endpoint)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return None
    is_here = host == "127.0.0.1"  # a service on the cell's own machine needs no TLS
    if parts.username is not None or parts.scheme != ("http" if is_here else "https"):
        return None
    if port is not None and not is_here:
        return None
    for service in settings.VITRINE_PUSH_HOSTS:
        if service.has(host):
            return _registered(service).name
    return None


def _registered(service: PushService) -> Destination:
    name = f"push:{service.host}"
    operator = f"{service.operator}; encrypted, so that only the person's browser can read it"
    return KNOWN.setdefault(name, Destination(name, operator, service.country, _PUSH))


for _service in settings.VITRINE_PUSH_HOSTS:
    _registered(_service)


_DEMAND = {
    "bid request": frozenset({DataClass.PUBLIC, DataClass.BUSINESS}),
    "notice of a bid": frozenset({DataClass.BUSINESS, DataClass.MONEY}),
}
"""A place for an ad and what it costs at least; what became of a partner's own bid. No people."""


def demand(url: str) -> str | None:
    """Return the destination that a demand partner's address belongs to; None: it is nobody's."""
    for partner in settings.VITRINE_RTB:
        if partner.has(url):
            return _bidding(partner).name
    return None


def _bidding(partner: DemandPartner) -> Destination:
    name = f"demand:{partner.account}"
    operator = f"{partner.operator}, which bids for ads; it is told of no viewer"
    return KNOWN.setdefault(name, Destination(name, operator, partner.country, _DEMAND))


for _partner in settings.VITRINE_RTB:
    _bidding(_partner)


def refuse_unknown(destination: str, purpose: str, classes: Collection[DataClass]) -> None:
    """Refuse what the register does not allow. Raises: NotRegistered."""
    registered = KNOWN.get(destination)
    if registered is None:
        raise NotRegistered(f"{destination!r} is not in the register of destinations")
    allowed = registered.purposes.get(purpose)
    if allowed is None:
        raise NotRegistered(f"{destination!r} is not registered for the purpose {purpose!r}")
    if not set(classes) <= allowed:
        forbidden = ", ".join(sorted(set(classes) - allowed))
        raise NotRegistered(f"{destination!r} may not be told {forbidden} for {purpose!r}")
