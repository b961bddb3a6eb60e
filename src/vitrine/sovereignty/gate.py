"""The only way out. Each destination is registered here; each leaving is logged before it leaves.

Nothing else in Vitrine may import a mail or HTTP client (held by the linter).
"""

import hashlib
import http.client
import socket
import ssl
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage
from django.db import connection
from django.utils import timezone

from vitrine.kernel import prepared
from vitrine.sovereignty import datamap, outside
from vitrine.sovereignty.datamap import DataClass
from vitrine.sovereignty.models import Leaving
from vitrine.sovereignty.push_services import PushService

datamap.file_root(
    "mail",
    "PERSONAL",
    purpose="Mails of a cell that has no relay yet, one file each",
    retention="until the operator deletes them",
    subject="accounts.Person",
    place="disk",
)


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

DESTINATIONS = {
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


def payments_destination(url: str) -> str | None:
    """Return the destination that a payment provider's address belongs to; None: none is set up."""
    api = settings.VITRINE_STRIPE_API
    if not settings.VITRINE_STRIPE_SECRET_KEY or not url.startswith(f"{api}/"):
        return None
    stripe = Destination(_STRIPE, "Stripe, which takes the payments", "US", _STRIPE_PURPOSES)
    return DESTINATIONS.setdefault(_STRIPE, stripe).name


payments_destination(f"{settings.VITRINE_STRIPE_API}/")


_EASYPOST = "postage:easypost"
_PARCEL = frozenset({DataClass.PERSONAL, DataClass.LOCAL_PUBLIC, DataClass.MONEY})


def postage_destination(url: str) -> str | None:
    """Return the destination that a label service's address belongs to; None: none is set up."""
    api = settings.VITRINE_EASYPOST_API
    if not settings.VITRINE_EASYPOST_KEY or not url.startswith(f"{api}/"):
        return None
    purposes = dict.fromkeys(("quote", "buy", "look up"), _PARCEL)
    service = Destination(_EASYPOST, "EasyPost, which sells labels of carriers", "US", purposes)
    return DESTINATIONS.setdefault(_EASYPOST, service).name


postage_destination(f"{settings.VITRINE_EASYPOST_API}/")


_PUSH = {"notice": frozenset({DataClass.PERSONAL})}
PATIENCE_S = 10


def push_destination(endpoint: str) -> str | None:
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
    return DESTINATIONS.setdefault(name, Destination(name, operator, service.country, _PUSH))


for _service in settings.VITRINE_PUSH_HOSTS:
    _registered(_service)


class NotRegistered(RuntimeError):
    """Code tried to reach a destination, or tell it a class, that the register does not allow."""


def note_leaving(
    destination: str, *, purpose: str, classes: Collection[DataClass], body: bytes
) -> None:
    """Log that a body is about to leave; only its digest is kept. Raises: NotRegistered.

    The row is committed before this returns: inside a transaction, which could still roll back
    and leave a leaving unlogged, it is a RuntimeError. Queries: 1.
    """
    row = leaving(destination, purpose=purpose, classes=classes, body=body)
    prepared.run(
        "INSERT INTO sovereignty_release (destination, purpose, classes, digest, size, at)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        [row.destination, row.purpose, row.classes, row.digest, row.size, row.at],
    )


def leaving(
    destination: str, *, purpose: str, classes: Collection[DataClass], body: bytes
) -> Leaving:
    """Return the row of a leaving, for whoever writes it with what it is about.

    The body may leave once that statement, which has no transaction around it, has returned.
    Raises: NotRegistered. Queries: 0.
    """
    _refuse_unregistered(destination, purpose, classes)
    _refuse_transaction()
    return prepared.made(
        Leaving,
        destination=destination,
        purpose=purpose,
        classes=sorted(one.value for one in classes),
        digest=hashlib.sha256(body).digest(),
        size=len(body),
        at=timezone.now(),
    )


def _refuse_transaction() -> None:
    """Refuse what ``atomic(durable=True)`` refuses, without opening a transaction for one row."""
    blocks: list[Any] = connection.atomic_blocks
    if blocks and not blocks[-1]._from_testcase:
        raise RuntimeError("a leaving is logged for good before it leaves: no transaction is open")


def post(
    destination: str,
    url: str,
    *,
    body: bytes,
    headers: Mapping[str, str],
    purpose: str,
    classes: Collection[DataClass],
) -> int:
    """Log a leaving, then post it; return the status. No redirect is followed.

    Raises: NotRegistered; OSError, where nobody answers.
    """
    if push_destination(url) != destination:
        raise NotRegistered(f"{url!r} is not at {destination!r}")
    note_leaving(destination, purpose=purpose, classes=classes, body=body)
    return _exchange("POST", url, body=body, headers=headers).status


@dataclass(frozen=True)
class Reply:
    """What an outside service answered. headers: names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def ask_payments(
    method: str,
    url: str,
    *,
    body: bytes,
    headers: Mapping[str, str],
    purpose: str,
    classes: Collection[DataClass],
) -> Reply:
    """Log a leaving, then ask a payment provider. No redirect is followed.

    What is logged is the address with the body: a question may be all in its address.
    Raises: NotRegistered; OSError, where no whole answer comes.
    """
    destination = payments_destination(url)
    if destination is None:
        raise NotRegistered(f"no payment provider is set up at {url!r}")
    note_leaving(destination, purpose=purpose, classes=classes, body=url.encode() + b"\n" + body)
    return _exchange(method, url, body=body, headers=headers)


def ask_postage(
    method: str,
    url: str,
    *,
    body: bytes,
    headers: Mapping[str, str],
    purpose: str,
    classes: Collection[DataClass],
) -> Reply:
    """Log a leaving, then ask a label service, like ``ask_payments``.

    Raises: NotRegistered; OSError, where no whole answer comes.
    """
    destination = postage_destination(url)
    if destination is None:
        raise NotRegistered(f"no label service is set up at {url!r}")
    note_leaving(destination, purpose=purpose, classes=classes, body=url.encode() + b"\n" + body)
    return _exchange(method, url, body=body, headers=headers)


def _exchange(method: str, url: str, *, body: bytes, headers: Mapping[str, str]) -> Reply:
    parts = urlsplit(url)
    if parts.scheme == "https":
        trust = ssl.create_default_context()
        line: http.client.HTTPConnection = http.client.HTTPSConnection(
            parts.netloc, timeout=PATIENCE_S, context=trust
        )
    else:
        line = http.client.HTTPConnection(parts.netloc, timeout=PATIENCE_S)
    try:
        line.request(method, parts._replace(scheme="", netloc="").geturl(), body, dict(headers))
        answer = line.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return Reply(answer.status, told, answer.read())
    except http.client.HTTPException as broken:
        raise OSError(f"no whole answer: {broken!r}") from broken
    finally:
        line.close()


class _Pinned(http.client.HTTPSConnection):
    """A connection to the address that was checked, by the name that its certificate has."""

    def __init__(self, place: outside.Place) -> None:
        super().__init__(place.host, place.port, timeout=PATIENCE_S)
        self._place, self._trust = place, ssl.create_default_context()

    def connect(self) -> None:
        """Connect; the name is not asked for again."""
        address = self._place.address, self._place.port
        self.sock = socket.create_connection(address, self.timeout)
        if self._place.is_secure:
            self.sock = self._trust.wrap_socket(self.sock, server_hostname=self._place.host)


def tell_program(
    url: str, *, body: bytes, headers: Mapping[str, str], classes: Collection[DataClass]
) -> int:
    """Log a leaving, then post it to a merchant's program; return the status. No redirects.

    Raises: NotRegistered; outside.Inside, before anything is sent; OSError, where nobody answers.
    """
    place = outside.place(url)
    note_leaving("programs", purpose="event", classes=classes, body=body)
    line = _Pinned(place)
    try:
        line.request("POST", place.path, body, dict(headers))
        return line.getresponse().status
    except http.client.HTTPException as why:
        raise OSError(f"no answer that HTTP knows: {type(why).__name__}") from why
    finally:
        line.close()


def _refuse_unregistered(destination: str, purpose: str, classes: Collection[DataClass]) -> None:
    registered = DESTINATIONS.get(destination)
    if registered is None:
        raise NotRegistered(f"{destination!r} is not in the register of destinations")
    allowed = registered.purposes.get(purpose)
    if allowed is None:
        raise NotRegistered(f"{destination!r} is not registered for the purpose {purpose!r}")
    if not set(classes) <= allowed:
        forbidden = ", ".join(sorted(set(classes) - allowed))
        raise NotRegistered(f"{destination!r} may not be told {forbidden} for {purpose!r}")


def send_mail(
    *,
    to: str,
    subject: str,
    text: str,
    html: str | None = None,
    purpose: str,
    headers: Mapping[str, str] | None = None,
) -> None:
    """Send one message to one person. purpose: one of the register's for "mail"."""
    all_headers = {**(headers or {}), "X-Purpose": purpose}
    message = EmailMultiAlternatives(subject, text, to=[to], headers=all_headers)
    if html is not None:
        message.attach_alternative(html, "text/html")
    message.send()


class MailBackend(BaseEmailBackend):
    """Django's mail back end for the whole project: log the leaving, then hand over.

    The real back end is ``VITRINE_MAIL_BACKEND`` (console, file or SMTP).
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Log and send; returns how many were handed over."""
        onward: Any = get_connection(settings.VITRINE_MAIL_BACKEND, fail_silently=False)
        for message in email_messages:
            purpose = message.extra_headers.pop("X-Purpose", "account")
            registered = DESTINATIONS["mail"].purposes.get(purpose, frozenset())
            written = message.message()
            body = written.as_bytes()
            # Written once: a second writing has another date and other boundaries, and what is
            # in the log would not be what left.
            message.message = lambda written=written, **_: written  # type: ignore[method-assign]
            note_leaving("mail", purpose=purpose, classes=registered, body=body)
        return int(onward.send_messages(email_messages) or 0)
