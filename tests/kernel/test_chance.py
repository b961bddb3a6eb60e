"""What nobody can guess."""

import string
from collections import Counter

import pytest
from django.http import HttpRequest
from django.middleware import csrf

from vitrine.kernel import (
    chance,
    requests,  # noqa: F401 (as Django does for its middleware)
)

ALL = string.ascii_letters + string.digits


@pytest.mark.parametrize("allowed", [ALL, "ab", "x"])
def test_letters_are_all_as_likely(allowed: str) -> None:
    drawn = Counter(chance.letters(60_000, allowed))

    expected = 60_000 / len(allowed)
    assert set(drawn) == set(allowed)
    assert all(abs(n - expected) < 7 * expected**0.5 for n in drawn.values())


def test_there_are_as_many_as_are_asked_for() -> None:
    assert [len(chance.letters(length, ALL)) for length in (0, 1, 32, 5_000)] == [0, 1, 32, 5_000]


def test_the_marks_of_forms_are_made_of_them_and_of_no_other() -> None:
    request = HttpRequest()

    marks = {csrf.get_token(request) for _ in range(50)}

    assert vars(csrf)["get_random_string"] is chance.letters
    assert len(marks) == 50
    fits = vars(csrf)["_does_token_match"]
    assert all(fits(mark, request.META["CSRF_COOKIE"]) for mark in marks)
