"""Statements that are compiled once, and rows of which only some was read."""

from typing import Any

import pytest
from django.db.models import QuerySet
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests import make
from vitrine.accounts.models import Person
from vitrine.kernel import prepared
from vitrine.sovereignty.models import Leaving
from vitrine.videos.models import Clip


def titles() -> "QuerySet[Clip, Any]":
    """Return the titles of what is out."""
    return Clip.objects.published().order_by().values_list("pk", "title")


def young() -> "QuerySet[Person, Any]":
    """Return what is not the same tomorrow."""
    return Person.objects.filter(joined_at__lt=timezone.now()).values_list("pk")


@pytest.mark.django_db
def test_a_query_that_is_compiled_once_answers_for_the_keys_it_is_given() -> None:
    one, two, draft = make.clip(title="One"), make.clip(title="Two"), make.clip(draft=True)

    assert prepared.of_keys(titles, [one.pk, draft.pk]) == [(one.pk, "One")]
    assert prepared.of_keys(titles, [two.pk]) == [(two.pk, "Two")]
    assert prepared.of_keys(titles, []) == []


@pytest.mark.django_db
def test_a_query_that_names_a_moment_is_not_compiled_once() -> None:
    with pytest.raises(TypeError, match="young is compiled once, and names a day or a moment"):
        prepared.of_keys(young, [1])


@pytest.mark.parametrize(
    "sql, text, names",
    [
        ("SELECT 1", b"SELECT 1", 0),
        ("SELECT %s, '%%s', %s", b"SELECT $1, '%s', $2", 2),
        ("SELECT %(one)s, %(two)s, %(one)s", b"SELECT $1, $2, $1", ("one", "two")),
    ],
)
def test_values_are_numbered_and_a_name_is_one_value(
    sql: str, text: bytes, names: int | tuple[str, ...]
) -> None:
    found = prepared.numbered(sql)

    assert found[0] == text
    assert names in (found[1], len(found[1]))


@pytest.mark.django_db
def test_a_statement_of_any_length_takes_its_values_by_name_or_in_order() -> None:
    long = f"/* {'x' * 5_000} */"

    assert prepared.rows(f"SELECT %s || %s::text, '100%%' {long}", ["a", "b"]) == [("ab", "100%")]
    asked: dict[str, Any] = {"two": "b", "one": "a", "more": 1}
    sql = f"SELECT %(one)s || %(two)s || %(one)s::text {long}"
    assert prepared.rows(sql, asked) == [("aba",)]
    with prepared.cursor() as running:
        running.execute(sql, asked)
        assert running.fetchall() == [("aba",)]


@pytest.mark.django_db
def test_what_was_not_read_of_a_row_is_read_when_it_is_asked_for(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    maker = make.person()
    clip = make.clip(maker, title="Whole")

    read = prepared.partly(Clip, id=clip.pk, public_id=clip.public_id, creator=maker)

    with django_assert_num_queries(0):
        assert (read, read.get_absolute_url()) == (clip, f"/v/{clip.public_id}")
        assert read.creator is maker
    with django_assert_num_queries(1):
        assert read.title == "Whole"


@pytest.mark.django_db
def test_rows_are_inserted_as_they_say(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    rows = [
        prepared.made(
            Leaving,
            destination="mail",
            purpose="receipt",
            classes=["MONEY", "PUBLIC"],
            digest=bytes(range(32)),
            size=size,
            at=make.NOON,
        )
        for size in (3, 4)
    ]

    with django_assert_num_queries(1):
        prepared.insert(rows)
    prepared.insert([])

    written = Leaving.objects.order_by("pk").values_list("classes", "digest", "size", "at")
    assert [(classes, bytes(digest), *rest) for classes, digest, *rest in written] == [
        (["MONEY", "PUBLIC"], bytes(range(32)), size, make.NOON) for size in (3, 4)
    ]
