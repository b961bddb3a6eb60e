"""Passkeys: add, sign in, second step, remove. The authenticator is a fake, the rest is real."""

import json
import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator as Stored
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests import make
from tests.fakes.authenticator import Authenticator
from vitrine.accounts.models import Person

pytestmark = pytest.mark.django_db
NEW, LOGIN = "/account/passkeys/new/", "/account/passkeys/login/"


@pytest.fixture(autouse=True)
def _no_counts_from_other_tests() -> None:
    cache.clear()


@pytest.fixture
def ana() -> Person:
    return Person.objects.create_user("ana@example.org", make.PASSWORD, handle="ana")


@pytest.fixture
def phone() -> Authenticator:
    return Authenticator("testserver", "http://testserver")


def sign_in(client: Client, person: Person) -> Any:
    return client.post(reverse("account_login"), {"login": person.email, "password": make.PASSWORD})


def prove_again(client: Client) -> None:
    client.post(reverse("account_reauthenticate"), {"password": make.PASSWORD})


def options_of(client: Client, url: str) -> dict[str, Any]:
    page = client.get(url).content.decode()
    found = re.search(r'id="passkey-options" type="application/json">(.*?)</script>', page)
    assert found, client.get(url).headers
    options: dict[str, Any] = json.loads(found[1])
    return options


def add(client: Client, phone: Authenticator) -> Any:
    prove_again(client)
    answer = phone.make(options_of(client, NEW))
    return client.post(NEW, {"name": "My phone", "credential": answer})


def log_in_with(client: Client, phone: Authenticator, next_url: str = "") -> Any:
    challenge = client.get(LOGIN, headers={"Accept": "application/json"}).json()
    answer = phone.use(challenge["request_options"])
    return client.post(LOGIN, {"credential": answer, "next": next_url})


def test_a_passkey_is_added_and_signs_in_without_a_password(
    client: Client, ana: Person, phone: Authenticator
) -> None:
    sign_in(client, ana)
    added = add(client, phone)
    client.logout()

    response = log_in_with(client, phone, "/studio/")

    assert added.headers["Location"] == reverse("mfa_view_recovery_codes")
    assert response.headers["Location"] == "/studio/"
    assert client.session["_auth_user_id"] == str(ana.pk)


def test_the_passkey_is_bound_to_the_cells_own_domain_whatever_the_request_names(
    client: Client, ana: Person
) -> None:
    sign_in(client, ana)
    prove_again(client)

    page = client.get(NEW, headers={"Host": "localhost"}).content.decode()

    assert '"rp": {"name": "Vitrine", "id": "testserver"}' in page


def test_the_authenticator_is_told_the_public_id_and_never_the_primary_key(
    client: Client, ana: Person, phone: Authenticator
) -> None:
    sign_in(client, ana)
    add(client, phone)

    assert phone.user_handle == ana.public_id.encode()


def test_a_passkey_of_another_domain_opens_nothing(client: Client, ana: Person) -> None:
    sign_in(client, ana)
    prove_again(client)
    elsewhere = Authenticator("vitrine.example", "https://vitrine.example")

    response = client.post(
        NEW, {"name": "x", "credential": elsewhere.make(options_of(client, NEW))}
    )

    assert response.status_code == 422
    assert not Stored.objects.exists()


def test_a_strangers_signature_opens_nothing(
    client: Client, ana: Person, phone: Authenticator
) -> None:
    sign_in(client, ana)
    add(client, phone)
    client.logout()
    thief = Authenticator("testserver", "http://testserver")
    thief.credential_id, thief.user_handle = phone.credential_id, phone.user_handle

    log_in_with(client, thief)

    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "answer", ["", "{}", "null", "[]", '{"id": 1}', '{"id": "x", "rawId": "x"}', "1"]
)
def test_nonsense_is_refused_and_breaks_nothing(client: Client, ana: Person, answer: str) -> None:
    came_in = client.post(LOGIN, {"credential": answer})
    was_in = "_auth_user_id" in client.session
    sign_in(client, ana)
    prove_again(client)
    added = client.post(NEW, {"credential": answer})
    again = client.post(reverse("mfa_reauthenticate_webauthn"), {"credential": answer})

    assert (came_in.status_code, was_in) == (302, False)
    assert (added.status_code, again.status_code) == (422, 302)
    assert not Stored.objects.exists()


def test_with_a_passkey_a_password_alone_does_not_open_the_account(
    client: Client, ana: Person, phone: Authenticator
) -> None:
    sign_in(client, ana)
    add(client, phone)
    client.logout()
    second_step = reverse("mfa_authenticate")

    response = sign_in(client, ana)
    was_in = "_auth_user_id" in client.session
    client.post(second_step, {"credential": phone.use(options_of(client, second_step))})

    assert response.headers["Location"] == second_step
    assert not was_in
    assert "_auth_user_id" in client.session


def test_a_recovery_code_is_a_second_step_once(
    client: Client, ana: Person, phone: Authenticator
) -> None:
    sign_in(client, ana)
    add(client, phone)
    codes = client.get(reverse("mfa_download_recovery_codes")).content.decode().split()
    client.logout()
    code = next(word for word in codes if word.isdigit())

    def try_code() -> int:
        sign_in(client, ana)
        return client.post(reverse("mfa_authenticate"), {"code": code}).status_code

    first = try_code()
    client.logout()
    second = try_code()

    assert (first, second) == (302, 422)


def test_a_passkey_is_removed_by_its_owner_alone(
    client: Client, ana: Person, phone: Authenticator
) -> None:
    sign_in(client, ana)
    add(client, phone)
    page = client.get(reverse("mfa_list_webauthn")).content.decode()
    found = re.search(r'href="(/account/passkeys/[0-9a-f]{16}/)"', page)
    assert found
    other = Client()
    other.force_login(make.person())

    stranger = other.post(found[1]).status_code
    asked = client.get(found[1]).status_code
    client.post(found[1])

    assert (stranger, asked) == (404, 200)
    assert not Stored.objects.filter(type=Stored.Type.WEBAUTHN).exists()


def test_adding_a_passkey_asks_for_the_password_again_after_a_while(
    client: Client, ana: Person
) -> None:
    client.force_login(ana)

    response = client.get(NEW)

    assert response.headers["Location"].startswith(reverse("account_reauthenticate"))
