"""The transparency pages show what the code declares."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from vitrine.sovereignty import datamap, destinations, gate
from vitrine.sovereignty.datamap import DataClass

pytestmark = pytest.mark.django_db
DATA = "/transparency/data"


def page(client: Client, **asked: str) -> str:
    response = client.get(DATA, asked)
    assert response.status_code == 200
    return response.content.decode()


def test_every_declared_field_is_on_the_page(client: Client) -> None:
    shown = page(client)

    for entry in datamap.ENTRIES.values():
        assert f'id="{entry.model_label}"' in shown
        for field in entry.fields:
            assert f"<code>{field}</code>" in shown
    for root in datamap.FILE_ROOTS:
        assert f"<code>{root}/</code>" in shown
    for destination in destinations.KNOWN:
        assert f"<code>{destination}</code>" in shown


def test_words_a_class_and_people_narrow_the_map(client: Client) -> None:
    by_word = page(client, q="Follow feed")
    by_class = page(client, **{"class": "SENSITIVE"})
    by_person = page(client, about="people")
    nothing = page(client, q="unicorn")

    assert 'id="accounts.Follow"' in by_word
    assert 'id="accounts.Person"' not in by_word
    assert 'id="orders.PaymentMethod"' in by_class
    assert 'id="accounts.Person"' not in by_class
    assert 'id="auth.Permission"' not in by_person
    assert "Nothing fits" in nothing


def test_htmx_gets_the_shelves_alone(client: Client) -> None:
    response = client.get(DATA, {"q": "follow"}, headers={"HX-Request": "true"})

    assert response.content.decode().lstrip().startswith("<section")


def test_an_unknown_class_shows_all(client: Client) -> None:
    assert 'id="accounts.Person"' in page(client, **{"class": "WHATEVER"})


def test_what_was_searched_for_is_only_ever_text(client: Client) -> None:
    assert "<script>alert" not in page(client, q='"><script>alert(1)</script>')


def test_leavings_are_counted_for_each_destination(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for body in (b"one", b"three"):
        gate.note_leaving("mail", purpose="account", classes=[DataClass.PERSONAL], body=body)

    with django_assert_num_queries(1):
        exits = client.get("/transparency/data.json").json()["destinations"]

    assert (exits["mail"]["leavings"], exits["mail"]["bytes"]) == (2, 8)
    assert exits["payments:sandbox"]["leavings"] == 0
    assert "2 leavings" in page(client)


def test_a_program_gets_the_same_map(client: Client) -> None:
    document = client.get(DATA, headers={"Accept": "application/json"}).json()

    assert document == client.get("/transparency/data.json").json()
    assert document["models"]["accounts.Person"]["fields"]["password"] == "SECRET"
    assert set(document["models"]) == set(datamap.ENTRIES)


def test_the_index_names_what_is_there(client: Client) -> None:
    index = client.get("/transparency/").content.decode()

    assert f'href="{DATA}"' in index
    assert "#limits" in index
