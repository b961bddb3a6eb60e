"""Sign-up, log-in, log-out, and what happens to guessers."""

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from axes.models import AccessAttempt
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import reverse

from tests import make
from vitrine.accounts.adapter import AccountAdapter
from vitrine.accounts.models import HandleTaken, Person

pytestmark = pytest.mark.django_db
SIGN_UP = {
    "email": "Ana@Example.org",
    "handle": "@Ana",
    "born_on": "1990-12-31",
    "password1": make.PASSWORD,
}
JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def _no_counts_from_other_tests() -> None:
    cache.clear()


@pytest.fixture
def ana() -> Person:
    return Person.objects.create_user("ana@example.org", make.PASSWORD, handle="ana")


def guess(client: Client, password: str, **headers: str) -> HttpResponse:
    return client.post(  # type: ignore[return-value]
        reverse("account_login"),
        {"login": "Ana@example.org", "password": password},
        headers=headers,
    )


def test_a_new_person_signs_up_and_is_signed_in(client: Client) -> None:
    response = client.post(reverse("account_signup"), SIGN_UP)

    person = Person.objects.get()
    assert response.status_code == 302
    assert (person.email, person.handle, person.home_cell) == ("ana@example.org", "ana", "us")
    assert person.check_password(make.PASSWORD)
    assert person.public_id.startswith("us_")
    assert client.session["_auth_user_id"] == str(person.pk)


@pytest.mark.parametrize(
    "field, typed, sentence",
    [
        ("handle", "admin", "kept for Vitrine"),
        ("handle", "taken", "is taken, or looks like one"),
        ("handle", "t.aken", "is taken, or looks like one"),
        ("email", "TAKEN@example.org", "already registered"),
        ("email", "nobody", "valid email"),
        ("password1", "lamp", "too short"),
        ("password1", "1234567890", "too common"),
    ],
)
def test_a_wrong_answer_is_explained_and_what_was_typed_is_kept(
    client: Client, field: str, typed: str, sentence: str
) -> None:
    make.person("taken")

    response = client.post(reverse("account_signup"), {**SIGN_UP, field: typed})

    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert field == "handle" or 'value="@Ana"' in page
    assert field == "email" or 'value="Ana@Example.org"' in page
    assert make.PASSWORD not in page
    assert Person.objects.count() == 1


def test_a_program_is_told_the_same_as_a_problem_document(client: Client) -> None:
    response = client.post(reverse("account_signup"), {**SIGN_UP, "handle": "ad"}, headers=JSON)

    assert response.status_code == 422
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["errors"] == {"handle": ["A handle has 3 to 24 characters."]}


def test_a_person_logs_in_in_any_case_and_goes_on_where_they_were(
    client: Client, ana: Person
) -> None:
    response = client.post(
        reverse("account_login") + "?next=/studio/",
        {"login": "ANA@example.org", "password": make.PASSWORD},
    )

    assert response.headers["Location"] == "/studio/"
    assert client.session["_auth_user_id"] == str(ana.pk)


def test_nobody_is_sent_to_another_site_after_log_in(client: Client, ana: Person) -> None:
    response = client.post(
        reverse("account_login") + "?next=https://example.net/",
        {"login": ana.email, "password": make.PASSWORD},
    )

    assert response.headers["Location"] == "/"


def test_a_wrong_password_keeps_the_address(client: Client, ana: Person) -> None:
    response = guess(client, "not the password")

    assert response.status_code == 422
    assert 'value="Ana@example.org"' in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_the_eighth_bad_guess_locks_and_the_right_password_comes_too_late(
    client: Client, ana: Person
) -> None:
    answers = [guess(client, f"guess {number}").status_code for number in range(8)]

    late = guess(client, make.PASSWORD)

    assert answers == [422] * 7 + [429]
    assert late.status_code == 429
    assert "Try again in 15 minutes" in late.content.decode()
    assert late.headers["Retry-After"] == "900"
    assert "_auth_user_id" not in client.session


def test_a_locked_out_program_gets_a_problem_document(client: Client, ana: Person) -> None:
    for number in range(8):
        guess(client, f"guess {number}")

    response = guess(client, "guess 9", Accept="application/json")

    assert response.status_code == 429
    assert response["Content-Type"] == "application/problem+json"
    assert json.loads(response.content)["code"] == "locked_out"


def test_the_lock_ends_when_the_page_said_it_would(client: Client, ana: Person) -> None:
    for number in range(8):
        guess(client, f"guess {number}")
    AccessAttempt.objects.update(
        attempt_time=AccessAttempt.objects.get().attempt_time - timedelta(minutes=16)
    )

    assert guess(client, make.PASSWORD).status_code == 302


def test_success_before_the_lock_starts_the_count_again(client: Client, ana: Person) -> None:
    for number in range(7):
        guess(client, f"guess {number}")
    guess(client, make.PASSWORD)
    client.post(reverse("account_logout"))

    answers = [guess(client, f"guess {number}").status_code for number in range(7)]

    assert answers == [422] * 7


def test_another_account_is_not_locked_with_the_first(client: Client, ana: Person) -> None:
    Person.objects.create_user("ben@example.org", make.PASSWORD, handle="ben")
    for number in range(8):
        guess(client, f"guess {number}")

    response = client.post(
        reverse("account_login"), {"login": "ben@example.org", "password": make.PASSWORD}
    )

    assert response.status_code == 302


def test_what_guessing_leaves_behind_names_no_address_and_no_password(
    client: Client, ana: Person, caplog: pytest.LogCaptureFixture
) -> None:
    guess(client, "a secret guess")

    attempt = AccessAttempt.objects.get()
    kept = f"{attempt.username} {attempt.get_data} {attempt.post_data}"
    assert "example.org" not in kept
    assert "secret" not in kept
    assert "127.0.0.1" not in caplog.text
    assert "example.org" not in caplog.text


def test_log_out_needs_a_post(client: Client, ana: Person) -> None:
    client.force_login(ana)

    assert client.get(reverse("account_logout")).status_code == 200
    assert "_auth_user_id" in client.session

    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session


def test_of_two_who_want_a_handle_at_once_one_is_told(ana: Person) -> None:
    form = SimpleNamespace(
        cleaned_data={
            "email": "ben@example.org",
            "handle": "ana",
            "born_on": None,
            "password1": make.PASSWORD,
        }
    )

    with pytest.raises(HandleTaken):
        AccountAdapter().save_user(HttpRequest(), Person(), form)

    assert Person.objects.get() == ana


def test_too_many_sign_ups_from_one_place_are_slowed(client: Client) -> None:
    for _ in range(20):
        client.get(reverse("account_signup"))
        client.post(reverse("account_signup"), {})

    page = client.post(reverse("account_signup"), {})
    document = client.post(reverse("account_signup"), {}, headers=JSON)

    assert page.status_code == document.status_code == 429
    assert "too fast" in page.content.decode()
    assert document.json()["code"] == "too_fast"
