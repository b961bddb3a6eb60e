"""Pages, mails and scripts in the language of whoever reads them."""

import json
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from tests import make
from vitrine.sovereignty import cell

pytestmark = pytest.mark.django_db


def page(client: Client, url: str = "/account/login/", accept: str = "") -> str:
    return client.get(url, headers={"Accept-Language": accept}).content.decode()


@pytest.mark.parametrize(
    "accept, lang, words",
    [
        ("", "en", "Sign in"),
        ("es-MX,es;q=0.9,en;q=0.5", "es", "Iniciar sesión"),
        ("fr-FR,fr;q=0.8", "fr-ca", "Se connecter"),
        ("de-AT", "de", "Anmelden"),
        ("mi", "mi", "Takiuru"),
        ("xx,ja;q=0.9", "en", "Sign in"),
    ],
)
def test_a_page_is_in_the_language_that_the_browser_asks_for(
    client: Client, accept: str, lang: str, words: str
) -> None:
    shown = page(client, accept=accept)

    assert f'<html lang="{lang}"' in shown
    assert words in shown


def test_the_switch_wins_over_the_browser_and_comes_back_to_the_page(client: Client) -> None:
    answer = client.post(reverse("account_language"), {"language": "de", "next": "/search?q=lampe"})

    assert answer.headers["Location"] == "/search?q=lampe"
    assert '<html lang="de"' in page(client, accept="es")


def test_a_language_that_we_do_not_speak_is_refused_and_changes_nothing(client: Client) -> None:
    answer = client.post(
        reverse("account_language"), {"language": "tlh"}, headers={"Accept": "application/json"}
    )

    assert answer.status_code == 409
    assert answer.json()["code"] == "language_not_spoken"
    assert "language" not in client.cookies


def test_a_persons_language_comes_along_to_another_device(client: Client) -> None:
    person = make.person()
    person.set_password(make.PASSWORD)
    person.save()
    client.force_login(person)
    client.post(reverse("account_language"), {"language": "es"})
    elsewhere = Client()

    elsewhere.post("/account/login/", {"login": person.email, "password": make.PASSWORD})

    person.refresh_from_db()
    assert person.language == "es"
    assert '<html lang="es"' in page(elsewhere, "/account/")


def test_a_draft_says_that_it_is_one(client: Client) -> None:
    draft = "kāore anō he kaikōrero i arowhai"

    assert draft in page(client, accept="mi")
    assert draft not in page(client, accept="de")


def test_a_refusal_speaks_the_language_of_the_page(client: Client) -> None:
    answer = client.post(
        reverse("account_language"),
        {"language": "tlh"},
        headers={"Accept": "application/json", "Accept-Language": "de"},
    )

    assert answer.json()["detail"] == (
        "In dieser Sprache gibt es unsere Seiten nicht. Wähle eine der angebotenen."
    )


def test_scripts_get_their_words_where_the_page_is_not_in_english(client: Client) -> None:
    found = re.search(
        r'<script type="application/json" id="words">(.*?)</script>', page(client, accept="de")
    )

    assert found is not None
    assert json.loads(found[1])["Copied."] == "Kopiert."
    assert 'id="words"' not in page(client, accept="en")


@pytest.mark.parametrize(
    "language, expected",
    [("en", "en_US"), ("es", "es_US"), ("de", "de"), ("fr-ca", "fr_CA"), ("mi", "mi")],
)
def test_money_and_days_are_written_as_the_language_does_in_this_country(
    language: str, expected: str
) -> None:
    with translation.override(language):
        assert cell.locale() == expected
