"""Cases of properties: by day few, which shrink when one fails; by night a million, from seeds."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any, Protocol, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.nightly import IS_NIGHT

T = TypeVar("T")
BY_NIGHT = 1_000_000
SHARES = 20
"""Parts of a night's cases, so that every worker has some."""


class Draw(Protocol):
    """What a case is made of."""

    def whole(self, least: int, most: int) -> int:
        """Return a whole number, both ends included."""

    def one_of(self, these: Sequence[T]) -> T:
        """Return one of these."""

    def many(self, least: int, most: int, make: Callable[[], T]) -> list[T]:
        """Return so many of what is made."""


class Seeded:
    """Draws by a seed: numbers of any length alike, and the ends often, where sums go wrong."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)

    def whole(self, least: int, most: int) -> int:
        """Return a whole number, both ends included."""
        kind = self._chance.randrange(16)
        if kind < 2:
            return least if kind else most
        length = self._chance.randrange((most - least).bit_length() + 1)
        return min(least + self._chance.getrandbits(length), most) if length else least

    def one_of(self, these: Sequence[T]) -> T:
        """Return one of these, each as likely."""
        return these[self._chance.randrange(len(these))]

    def many(self, least: int, most: int, make: Callable[[], T]) -> list[T]:
        """Return so many of what is made, each number as likely."""
        return [make() for _ in range(self._chance.randint(least, most))]


class Shrinking:
    """Draws that are made smaller when a case fails."""

    def __init__(self, data: st.DataObject) -> None:
        self._data = data

    def whole(self, least: int, most: int) -> int:
        """Return a whole number, both ends included."""
        return self._data.draw(st.integers(least, most))

    def one_of(self, these: Sequence[T]) -> T:
        """Return one of these."""
        return self._data.draw(st.sampled_from(these))

    def many(self, least: int, most: int, make: Callable[[], T]) -> list[T]:
        """Return so many of what is made."""
        return [make() for _ in range(self.whole(least, most))]


def for_any_case(by_day: int) -> Callable[[Callable[[Draw], None]], Any]:
    """Make a test of what must be true of any case that is drawn."""

    def decorate(check: Callable[[Draw], None]) -> Any:
        @settings(max_examples=by_day, deadline=None)
        @given(st.data())
        def few(data: st.DataObject) -> None:
            check(Shrinking(data))

        @pytest.mark.parametrize("part", range(SHARES))
        def many(part: int) -> None:
            each = BY_NIGHT // SHARES
            for seed in range(part * each, (part + 1) * each):
                try:
                    check(Seeded(seed))
                except Exception as error:
                    error.add_note(f"The case is Seeded({seed}).")
                    raise

        test = many if IS_NIGHT else few
        test.__name__, test.__qualname__ = check.__name__, check.__qualname__
        test.__module__, test.__doc__ = check.__module__, check.__doc__
        return test

    return decorate
