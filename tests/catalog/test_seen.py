"""Which names a file has used."""

import sys

from hypothesis import given
from hypothesis import strategies as st

from vitrine.catalog.feeds.seen import Seen

NAMES = st.text(st.characters(codec="utf-8"), max_size=3)


@given(st.lists(st.tuples(NAMES, st.integers(1, 2**32 - 1)), max_size=60))
def test_a_name_keeps_the_number_that_it_got_first(said: list[tuple[str, int]]) -> None:
    seen, known = Seen(), dict[str, int]()

    got = [seen.setdefault(name, number) for name, number in said]

    assert got == [known.setdefault(name, number) for name, number in said]


def test_many_names_stay_apart_and_take_little() -> None:
    seen = Seen()

    fresh = [seen.setdefault(f"thing-{number}", number) for number in range(100_000)]
    again = [seen.setdefault(f"thing-{number}", 7) for number in range(100_000)]

    assert fresh == again == list(range(100_000))
    assert sum(map(sys.getsizeof, (seen._digests, seen._numbers))) < 2 * 1024 * 1024


def test_what_is_counted_up_is_counted_down() -> None:
    seen = Seen()
    for name in "abca" * 5_000:
        seen.count(name, 1)

    left = [seen.count(name, -10_000) for name in "a"] + [seen.count(name, -1) for name in "bc"]

    assert left == [0, 4_999, 4_999]
