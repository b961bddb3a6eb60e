"""Days as they are written: each language's way, in the cell's own time."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from vitrine.sovereignty.cell import dated


@pytest.mark.parametrize("language, said", [("en", "December 4, 2026"), ("de", "4. Dezember 2026")])
def test_a_day_is_written_as_its_language_does(language: str, said: str) -> None:
    with translation.override(language):
        assert dated(date(2026, 12, 4)) == said


def test_an_instant_is_on_the_day_that_it_is_here() -> None:
    assert dated(datetime(2026, 12, 5, 3, tzinfo=UTC)) == "December 4, 2026"
