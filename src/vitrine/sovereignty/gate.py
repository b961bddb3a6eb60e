"""The only way out. Each destination is registered here; each leaving is logged before it leaves.

Nothing else in Vitrine may import a mail or HTTP client (held by the linter).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage
from django.utils import timezone

from vitrine.sovereignty.datamap import DataClass
from vitrine.sovereignty.models import Release


@dataclass(frozen=True)
class Destination:
    """Somebody outside the cell's own processes. classes: what may be told to them."""

    name: str
    operator: str
    purposes: tuple[str, ...]
    classes: frozenset[DataClass]


DESTINATIONS = {
    destination.name: destination
    for destination in (
        Destination(
            "mail",
            "the mail relay that the operator sets (console or file by default)",
            ("account", "receipt", "order news"),
            frozenset({DataClass.PERSONAL, DataClass.MONEY, DataClass.PUBLIC}),
        ),
        Destination(
            "payments:sandbox",
            "the built-in test bank: no money moves",
            ("authorise", "capture", "void", "refund", "look up"),
            frozenset({DataClass.MONEY, DataClass.SENSITIVE}),
        ),
    )
}


class NotRegistered(RuntimeError):
    """Code tried to reach a destination, or tell it a class, that the register does not allow."""


def release(destination: str, *, purpose: str, classes: Sequence[DataClass], body: bytes) -> None:
    """Log that a body is about to leave; only its digest is kept. Raises: NotRegistered.

    Call it before sending, outside the transaction that may roll back. Queries: 1.
    """
    allowed = DESTINATIONS.get(destination)
    if allowed is None:
        raise NotRegistered(f"{destination!r} is not in the register of destinations")
    if purpose not in allowed.purposes:
        raise NotRegistered(f"{destination!r} is not registered for the purpose {purpose!r}")
    if not set(classes) <= allowed.classes:
        raise NotRegistered(f"{destination!r} may not be told {sorted(set(classes))}")
    Release.objects.create(
        destination=destination,
        purpose=purpose,
        classes=sorted(classes),
        digest=hashlib.sha256(body).digest(),
        size=len(body),
        at=timezone.now(),
    )


def send_mail(*, to: str, subject: str, text: str, html: str | None = None, purpose: str) -> None:
    """Send one message to one person. purpose: one of the register's for "mail"."""
    message = EmailMultiAlternatives(subject, text, to=[to], headers={"X-Purpose": purpose})
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
            release(
                "mail",
                purpose=purpose,
                classes=[DataClass.PERSONAL],
                body=message.message().as_bytes(),
            )
        return int(onward.send_messages(email_messages) or 0)
