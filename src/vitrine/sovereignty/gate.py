"""The only way out. Destinations are registered; each leaving is logged before it leaves.

Nothing else in Vitrine may import a mail or HTTP client (held by the linter).
"""

import contextlib
import hashlib
import http.client
import re
import secrets
import socket
import ssl
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage
from django.db import connection
from django.utils import timezone

from vitrine.kernel import prepared
from vitrine.sovereignty import datamap, destinations, outside
from vitrine.sovereignty.bounds import Bounds
from vitrine.sovereignty.datamap import DataClass
from vitrine.sovereignty.models import Leaving

PATIENCE_S = 10

LONGEST_HEADER = 78
"""Longer ones are folded."""
_SIMPLE = re.compile(r"[!-~]+( [!-~]+)*")

datamap.file_root(
    "mail",
    "PERSONAL",
    purpose="Mails of a cell that has no relay yet, one file each",
    retention="until the operator deletes them",
    subject="accounts.Person",
    place="disk",
)


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
    destinations.refuse_unknown(destination, purpose, classes)
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
    if destinations.push(url) != destination:
        raise destinations.NotRegistered(f"{url!r} is not at {destination!r}")
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
    destination = destinations.payments(url)
    _note_question(destination, url, purpose=purpose, classes=classes, body=body)
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
    destination = destinations.postage(url)
    _note_question(destination, url, purpose=purpose, classes=classes, body=body)
    return _exchange(method, url, body=body, headers=headers)


def ask_demand(
    method: str,
    url: str,
    *,
    body: bytes,
    headers: Mapping[str, str],
    purpose: str,
    classes: Collection[DataClass],
    bounds: Bounds,
) -> Reply:
    """Log a leaving, then ask a demand partner, like ``ask_payments``.

    Raises: NotRegistered; TimeoutError, where the whole answer is not there in time, however much
    of it trickles in; OSError, where none comes.
    """
    destination = destinations.demand(url)
    _note_question(destination, url, purpose=purpose, classes=classes, body=body)
    begun_s = time.monotonic()
    try:
        reply = _exchange(method, url, body=body, headers=headers, bounds=bounds)
    except OSError as why:
        if time.monotonic() - begun_s >= bounds.within_s:
            raise TimeoutError("the answer was not there in time") from why
        raise
    if time.monotonic() - begun_s >= bounds.within_s:
        raise TimeoutError("the answer was not whole in time")
    return reply


def _note_question(
    destination: str | None, url: str, *, purpose: str, classes: Collection[DataClass], body: bytes
) -> None:
    if destination is None:
        raise destinations.NotRegistered(f"nobody who may be asked this is set up at {url!r}")
    note_leaving(destination, purpose=purpose, classes=classes, body=url.encode() + b"\n" + body)


def _exchange(
    method: str,
    url: str,
    *,
    body: bytes,
    headers: Mapping[str, str],
    bounds: Bounds | None = None,
) -> Reply:
    parts = urlsplit(url)
    patience_s = PATIENCE_S if bounds is None else bounds.within_s
    if parts.scheme == "https":
        trust = ssl.create_default_context()
        line: http.client.HTTPConnection = http.client.HTTPSConnection(
            parts.netloc, timeout=patience_s, context=trust
        )
    else:
        line = http.client.HTTPConnection(parts.netloc, timeout=patience_s)
    try:
        with contextlib.nullcontext() if bounds is None else bounds.kept(line):
            line.request(method, parts._replace(scheme="", netloc="").geturl(), body, dict(headers))
            answer = line.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            read = answer.read() if bounds is None else answer.read(bounds.most_bytes + 1)
            return Reply(answer.status, told, read)
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


@dataclass(frozen=True)
class Letter:
    """A message to one person. purpose: one of the register's for "mail"."""

    to: str
    subject: str
    text: str
    purpose: str

    def message(self) -> EmailMultiAlternatives:
        """Return it as Django sends it."""
        headers = {"X-Purpose": self.purpose}
        return EmailMultiAlternatives(self.subject, self.text, to=[self.to], headers=headers)


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
    message = Letter(to, subject, text, purpose).message()
    message.extra_headers |= headers or {}
    if html is not None:
        message.attach_alternative(html, "text/html")
    message.send()


def send_mails(letters: Sequence[Letter]) -> list[Exception | None]:
    """Send several messages, logged together; return of each what kept it from going, if anything.

    Raises: NotRegistered. Queries: 1.
    """
    try:
        get_connection().send_messages([letter.message() for letter in letters])
    except NotSent as some:
        return [some.faults.get(number) for number in range(len(letters))]
    return [None] * len(letters)


class NotSent(Exception):
    """The relay did not take some messages. faults: why, by their place among those given."""

    def __init__(self, faults: Mapping[int, Exception]) -> None:
        super().__init__(f"{len(faults)} did not go")
        self.faults = faults


class MailBackend(BaseEmailBackend):
    """Django's mail back end for the whole project: log the leaving, then hand over.

    The real back end is ``VITRINE_MAIL_BACKEND`` (console, file or SMTP).
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Log all and send each; returns how many were handed over. Raises: NotSent."""
        prepared.insert([_sealed(message) for message in email_messages])
        faults: dict[int, Exception] = {}
        relay: Any = get_connection(settings.VITRINE_MAIL_BACKEND, fail_silently=False)
        for number, message in enumerate(email_messages):
            try:
                relay.open()  # no second time, while it is
                relay.send_messages([message])
            except Exception as fault:  # noqa: BLE001 (raised below)
                faults[number] = fault
                _close(relay)  # whatever state it is in, the next letter begins anew
        _close(relay)
        if faults:
            raise NotSent(faults) from next(iter(faults.values()))
        return len(email_messages)


class Letterbox(BaseEmailBackend):
    """Where letters go of a cell without a relay: into ``EMAIL_FILE_PATH``, a file each.

    Any mail program opens one. Django's own writes all that go together into one file.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write each as it would be sent; return how many. Raises: OSError."""
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{timezone.now():%Y%m%d-%H%M%S}-{secrets.token_hex(8)}.eml"
            with (folder / name).open("xb") as file:
                file.write(message.message().as_bytes())
        return len(email_messages)


def _close(relay: Any) -> None:
    with contextlib.suppress(Exception):
        relay.close()


def _sealed(message: EmailMessage) -> Leaving:
    """Write a message for good, and return the row of its leaving."""
    purpose = message.extra_headers.pop("X-Purpose", "account")
    registered = destinations.KNOWN["mail"].purposes.get(purpose, frozenset())
    written = message.message()
    body: bytes = as_it_stands(written) or written.as_bytes()

    def as_bytes(*, linesep: str = "\n") -> bytes:
        return body.replace(b"\n", linesep.encode())

    # Written once: a second writing has another date and other boundaries, and what is
    # in the log would not be what left.
    written.as_bytes = as_bytes  # type: ignore[method-assign, assignment]
    message.message = lambda **_: written  # type: ignore[method-assign]
    return leaving("mail", purpose=purpose, classes=registered, body=body)


def as_it_stands(message: "Message[str, str]") -> bytes | None:
    """Return what ``as_bytes`` would write, where nothing of a message has to be folded or encoded.

    None: ask ``as_bytes``, which looks through each word of each header, and takes longer for a
    receipt than all that is written in it.
    """
    said = [f"{name}: {value}" for name, value in message.items()]
    if message["Content-Transfer-Encoding"] not in {"7bit", "8bit"} or not all(
        len(line) <= LONGEST_HEADER and _SIMPLE.fullmatch(line) for line in said
    ):
        return None
    text = message.get_payload(decode=True)
    if not isinstance(text, bytes) or b"\r" in text:
        return None
    return "\n".join((*said, "", "")).encode() + text
