"""A public id shows its home, sorts by time, and nothing else fits its URL."""

import re
import time

import pytest
from django.test import override_settings
from ulid import ULID

from vitrine.kernel import ids


def test_an_id_shows_the_cell_it_was_made_in() -> None:
    with override_settings(VITRINE_CELL="nz"):
        made = ids.new()

    assert made.startswith("nz_")
    assert len(made) == ids.LENGTH
    assert ids.PATTERN.match(made)


def test_ids_do_not_repeat() -> None:
    assert len({ids.new() for _ in range(10_000)}) == 10_000


def test_ids_of_one_millisecond_sort_as_they_were_made() -> None:
    made = [ids.new() for _ in range(10_000)]
    assert made == sorted(made)


def test_the_time_of_an_id_is_the_time_it_was_made() -> None:
    before_ms = time.time_ns() // 1_000_000
    made_ms = int(ULID.from_str(ids.new().removeprefix("us_")).milliseconds)
    assert before_ms <= made_ms <= time.time_ns() // 1_000_000


@pytest.mark.parametrize("text", ["7", "us_", "us_" + "I" * 26, "US_" + "0" * 26, "us_" + "0" * 27])
def test_the_url_converter_takes_nothing_else(text: str) -> None:
    assert not re.fullmatch(ids.PublicIdConverter.regex, text)
