"""Mails about the account: all through the gate, to the person alone, with our own address."""

import re
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from tests import make
from vitrine.accounts.models import Person
from vitrine.sovereignty.models import Leaving

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def outbox(settings: Settings, tmp_path: Path) -> Path:
    """Send as production does, through the gate, into a folder."""
    cache.clear()
    settings.EMAIL_BACKEND = "vitrine.sovereignty.gate.MailBackend"
    settings.VITRINE_MAIL_BACKEND = "vitrine.sovereignty.gate.Letterbox"
    settings.EMAIL_FILE_PATH = tmp_path
    return tmp_path


def only_mail(outbox: Path) -> tuple[str, str]:
    """Return the recipient and the text of the one mail that left."""
    (file,) = outbox.iterdir()
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    return str(mail["To"]), mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def forget(outbox: Path) -> None:
    for file in outbox.iterdir():
        file.unlink()


def test_sign_up_asks_to_confirm_the_address_on_the_cells_own_domain(
    client: Client, outbox: Path
) -> None:
    client.post(
        "/account/signup/",
        {
            "email": "ana@example.org",
            "handle": "ana",
            "born_on": "1990-12-31",
            "password1": make.PASSWORD,
        },
        headers={"Host": "localhost"},
    )

    to, text = only_mail(outbox)
    link = re.search(r"http://testserver(/account/email/\w{64}/)", text)
    assert to == "ana@example.org"
    assert link
    assert client.get(link[1]).status_code == 200
    client.post(link[1])
    assert client.get("/account/email/").content.decode().count("Confirmed") == 1
    assert client.get(link[1]).status_code == 404
    assert Leaving.objects.get().purpose == "account"


def test_an_unknown_confirmation_key_is_a_404_with_a_way_on(client: Client) -> None:
    response = client.get("/account/email/" + "x" * 64 + "/")

    assert response.status_code == 404
    assert "used up" in response.content.decode()


def test_a_forgotten_password_is_replaced_with_the_code_from_the_mail(
    client: Client, outbox: Path
) -> None:
    ana = Person.objects.create_user("ana@example.org", "the old password", handle="ana")

    client.post("/account/password/forgotten/", {"email": "ana@example.org"})
    _, text = only_mail(outbox)
    code = re.search(r"^ {4}(\S+)$", text, re.MULTILINE)
    assert code
    wrong = client.post("/account/password/forgotten/code/", {"code": "AAAA-AAAA"}).status_code
    client.post("/account/password/forgotten/code/", {"code": code[1]})
    client.post(
        "/account/password/forgotten/new/",
        {"password1": make.PASSWORD, "password2": make.PASSWORD},
    )

    ana.refresh_from_db()
    assert wrong == 422
    assert ana.check_password(make.PASSWORD)
    assert str(ana.pk) not in re.findall(r"\d+", text.replace(code[1], ""))


def test_nobody_learns_here_who_has_an_account(client: Client, outbox: Path) -> None:
    response = client.post("/account/password/forgotten/", {"email": "nobody@example.org"})

    to, text = only_mail(outbox)
    assert response.headers["Location"] == "/account/password/forgotten/code/"
    assert to == "nobody@example.org"
    assert "no account" in text


def test_a_changed_password_is_told_to_the_person_and_ends_other_sessions(
    client: Client, outbox: Path
) -> None:
    ana = Person.objects.create_user("ana@example.org", "the old password", handle="ana")
    other = Client()
    other.force_login(ana)
    client.force_login(ana)

    client.post(
        "/account/password/",
        {
            "oldpassword": "the old password",
            "password1": make.PASSWORD,
            "password2": make.PASSWORD,
        },
    )

    assert "was changed" in only_mail(outbox)[1]
    assert client.get("/account/").status_code == 200
    assert other.get("/account/").status_code == 302
    assert settings.VITRINE_ORIGIN in only_mail(outbox)[1]
