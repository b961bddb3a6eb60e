"""Which handles may be taken."""

import pytest
from django.db import IntegrityError, transaction

from tests import make
from vitrine.accounts import handles
from vitrine.accounts.models import Person


@pytest.mark.parametrize("handle", ["ana", "ana.lamp", "a1b", "studio_9", "x" * 24])
def test_an_ordinary_handle_may_be_taken(handle: str) -> None:
    assert handles.objection(handle) is None


@pytest.mark.parametrize(
    "handle, sentence",
    [
        ("ab", "3 to 24"),
        ("x" * 25, "3 to 24"),
        (".ana", "begin and end"),
        ("ana_", "begin and end"),
        ("a na", "letters, digits"),
        ("a..b", "Two dots"),
        ("аna", "plain letters"),  # a Cyrillic a
        ("admin", "kept for Vitrine"),
        ("adm1n", "kept for Vitrine"),
        ("0ff1c1a1", "kept for Vitrine"),
        ("v1tr1ne", "kept for Vitrine"),
        ("rnoderator", "kept for Vitrine"),
        ("5upp0rt", "kept for Vitrine"),
        ("vitrines", None),
        ("madmin", None),
        ("v.itrine", "kept for Vitrine"),
        ("r00t", "kept for Vitrine"),
    ],
)
def test_a_handle_that_misleads_is_refused_with_a_sentence(
    handle: str, sentence: str | None
) -> None:
    objection = handles.objection(handle)

    assert (objection is None) if sentence is None else (sentence in str(objection))


def test_what_people_type_is_made_normal() -> None:
    assert handles.normal("  @Ana.Lamp ") == "ana.lamp"


@pytest.mark.django_db
@pytest.mark.parametrize("second", ["anna1", "an.nal", "annal"])
def test_the_database_refuses_two_handles_that_read_alike(second: str) -> None:
    make.person("anna_l")

    with pytest.raises(IntegrityError), transaction.atomic():
        make.person(second)

    assert Person.objects.resembling(second).exists()
    assert Person.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "first, second", [("modern", "modem"), ("warm.lamp", "war_rn.lamp"), ("vvillow", "willow")]
)
def test_letters_that_run_together_are_one(first: str, second: str) -> None:
    make.person(first)

    with pytest.raises(IntegrityError), transaction.atomic():
        make.person(second)

    assert Person.objects.resembling(second).exists()
