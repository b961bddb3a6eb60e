"""The gate: registered, logged before it leaves, and the only way out."""

import ast
import hashlib
from collections.abc import Iterator, Sequence
from email import message_from_bytes
from pathlib import Path
from typing import ClassVar

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import IntegrityError, connection, transaction
from pytest_django import Settings

from vitrine.orders.payment import stripe_line
from vitrine.sovereignty import destinations, gate
from vitrine.sovereignty.datamap import DataClass
from vitrine.sovereignty.models import Leaving

SOURCE = Path(gate.__file__).resolve().parents[1]
GATE = SOURCE / "sovereignty" / "gate.py"
CLIENTS = {
    "aiohttp",
    "boto3",
    "django.core.mail",
    "ftplib",
    "http.client",
    "httpx",
    "imaplib",
    "nntplib",
    "poplib",
    "pycurl",
    "requests",
    "smtplib",
    "stripe",
    "telnetlib",
    "urllib.request",
    "urllib3",
    "websockets",
    "xmlrpc.client",
}
"""Modules that reach out over a network. Sockets themselves are the machine's (ops)."""


class Refusing(BaseEmailBackend):
    """A relay that is down."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        raise ConnectionError("the relay is down")


class Counting(BaseEmailBackend):
    """A relay that hangs up at the second letter, and counts who calls."""

    calls: ClassVar[list[str]] = []
    is_open = False

    def open(self) -> bool:
        is_new, self.is_open = not self.is_open, True
        if is_new:
            Counting.calls.append("open")
        return is_new

    def close(self) -> None:
        self.is_open = False

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        assert self.is_open
        (message,) = email_messages
        Counting.calls.append(message.to[0])
        if len(Counting.calls) == len(["open", "a", "b"]):
            raise ConnectionError("hung up")
        return 1


@pytest.fixture
def outbox(settings: Settings, tmp_path: Path) -> Path:
    settings.EMAIL_BACKEND = "vitrine.sovereignty.gate.MailBackend"
    settings.VITRINE_MAIL_BACKEND = "vitrine.sovereignty.gate.Letterbox"
    settings.EMAIL_FILE_PATH = tmp_path
    return tmp_path


def send(purpose: str = "receipt", to: str = "ana@example.org") -> None:
    gate.send_mail(to=to, subject="Hello", text="A lamp.", html="<p>A lamp.</p>", purpose=purpose)


@pytest.mark.django_db
def test_a_mail_leaves_and_its_digest_is_in_the_log(outbox: Path) -> None:
    send()

    (file,) = outbox.iterdir()
    release = Leaving.objects.get()
    body = file.read_bytes()
    assert message_from_bytes(body)["To"] == "ana@example.org"
    assert message_from_bytes(body)["X-Purpose"] is None
    assert (release.destination, release.purpose) == ("mail", "receipt")
    assert release.classes == ["LOCAL_PUBLIC", "MONEY", "PERSONAL", "PUBLIC"]
    assert release.size == len(body)
    assert bytes(release.digest) == hashlib.sha256(body).digest()


@pytest.mark.django_db
def test_the_log_is_written_before_the_bytes_go(outbox: Path, settings: Settings) -> None:
    settings.VITRINE_MAIL_BACKEND = f"{__name__}.Refusing"

    with pytest.raises(gate.NotSent) as refused:
        send()
    assert isinstance(refused.value.__cause__, ConnectionError)

    assert Leaving.objects.count() == 1


@pytest.mark.django_db
def test_letters_that_go_together_are_a_file_each(outbox: Path) -> None:
    told = [gate.Letter(f"{who}@example.org", "Hello", "A lamp.", "receipt") for who in "ab"]

    assert gate.send_mails(told) == [None, None]

    said = sorted(str(message_from_bytes(one.read_bytes())["To"]) for one in outbox.iterdir())
    assert said == ["a@example.org", "b@example.org"]
    assert Leaving.objects.count() == 2


@pytest.mark.django_db
def test_letters_share_a_connection_until_one_breaks_it(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "vitrine.sovereignty.gate.MailBackend"
    settings.VITRINE_MAIL_BACKEND = f"{__name__}.Counting"
    Counting.calls.clear()

    faults = gate.send_mails([gate.Letter(who, "Hello", "A lamp.", "receipt") for who in "abcd"])

    assert [fault is None for fault in faults] == [True, False, True, True]
    assert Counting.calls == ["open", "a", "b", "open", "c", "d"]


@pytest.mark.django_db
def test_an_unregistered_purpose_stays_inside(outbox: Path) -> None:
    with pytest.raises(
        destinations.NotRegistered, match="not registered for the purpose 'advertising'"
    ):
        send(purpose="advertising")

    assert not list(outbox.iterdir())
    assert not Leaving.objects.exists()


@pytest.mark.django_db
def test_one_bad_mail_of_a_batch_keeps_all_of_them_inside(outbox: Path) -> None:
    good = EmailMessage("Hello", "A lamp.", to=["ana@example.org"])
    bad = EmailMessage("Hello", "Buy!", to=["b@example.org"], headers={"X-Purpose": "spam"})

    with pytest.raises(destinations.NotRegistered):
        mail.get_connection().send_messages([good, bad])

    assert not list(outbox.iterdir())


@pytest.mark.django_db
@pytest.mark.parametrize(
    "destination, purpose, classes, sentence",
    [
        ("elsewhere", "account", [DataClass.PUBLIC], "not in the register"),
        ("mail", "gossip", [DataClass.PERSONAL], "purpose 'gossip'"),
        ("mail", "receipt", [DataClass.SECRET], "may not be told SECRET for 'receipt'"),
        ("mail", "account", [DataClass.MONEY], "may not be told MONEY for 'account'"),
        ("payments:sandbox", "refund", [DataClass.PERSONAL], "may not be told PERSONAL"),
    ],
)
def test_what_the_register_does_not_allow_stays_inside(
    destination: str, purpose: str, classes: list[DataClass], sentence: str
) -> None:
    with pytest.raises(destinations.NotRegistered, match=sentence):
        gate.note_leaving(destination, purpose=purpose, classes=classes, body=b"x")

    assert not Leaving.objects.exists()


@pytest.mark.django_db
def test_a_leaving_inside_a_transaction_that_may_roll_back_is_refused(outbox: Path) -> None:
    with pytest.raises(RuntimeError, match="no transaction is open"), transaction.atomic():
        send()

    assert not list(outbox.iterdir())


@pytest.mark.django_db
def test_a_leaving_that_somebody_else_writes_is_refused_as_one_written_here_is() -> None:
    with pytest.raises(RuntimeError, match="no transaction is open"), transaction.atomic():
        gate.leaving("mail", purpose="account", classes=[DataClass.PERSONAL], body=b"x")
    with pytest.raises(destinations.NotRegistered):
        gate.leaving("mail", purpose="account", classes=[DataClass.MONEY], body=b"x")

    assert not Leaving.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE sovereignty_release SET purpose = 'other'",
        "DELETE FROM sovereignty_release",
    ],
)
def test_what_has_left_cannot_be_unwritten(change: str) -> None:
    gate.note_leaving("mail", purpose="account", classes=[DataClass.PERSONAL], body=b"x")

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        connection.cursor().execute(change)

    assert Leaving.objects.get().purpose == "account"


STRIPE = set(SOURCE.glob("orders/payment/stripe*.py"))
"""They import a library that could call out by itself; the next test holds its way out."""


def test_the_library_of_a_payment_provider_has_no_way_out_of_its_own() -> None:
    assert isinstance(stripe_line.client()._requestor._get_http_client(), stripe_line.GateClient)
    for file in STRIPE:
        others = [one for one in filter(reaches_out, imported(file)) if "stripe" not in one]
        assert others == []


def imported(file: Path) -> Iterator[str]:
    """Yield the modules that a file imports, and what it takes from them."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def reaches_out(module: str) -> bool:
    return any(module == client or module.startswith(client + ".") for client in CLIENTS)


def test_only_the_gate_imports_mail_and_http_clients() -> None:
    found = {
        str(file.relative_to(SOURCE)): sorted(filter(reaches_out, imported(file)))
        for file in SOURCE.rglob("*.py")
        if file != GATE and file not in STRIPE
    }

    assert {file: modules for file, modules in found.items() if modules} == {}
    assert any(map(reaches_out, imported(GATE)))


@pytest.mark.parametrize(
    "subject, text",
    [
        ("Your order abc123 at Vitrine", "Thank you, Ana.\n\n  1 × Lamp  $20.00\nFrom us\n"),
        ("Votre commande est payée", "Merci"),
        ("Plain", "all in ASCII"),
    ],
)
def test_a_simple_letter_is_written_as_django_writes_it(subject: str, text: str) -> None:
    message = gate.Letter("ana@example.org", subject, text, "receipt").message().message()

    assert gate.as_it_stands(message) == message.as_bytes()


@pytest.mark.parametrize(
    "subject, text",
    [
        ("A subject that is folded " * 4, "A lamp."),
        ("Two  blanks", "A lamp."),
        ("", "A lamp."),
        ("Hello", "A lamp.\r\n"),
        ("Hello", "A line that is too long " * 50),
    ],
)
def test_what_is_folded_or_encoded_is_left_to_django(subject: str, text: str) -> None:
    message = gate.Letter("ana@example.org", subject, text, "receipt").message().message()

    assert gate.as_it_stands(message) is None
