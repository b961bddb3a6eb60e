"""Sums and spans of arrays, against plain Python."""

from collections import defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vitrine.recommend import speaking
from vitrine.recommend.arrays import ascending, spans, summed


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 9))))
def test_spans_are_ranges_one_after_the_other(given: list[tuple[int, int]]) -> None:
    firsts = np.array([first for first, _ in given], np.int64)
    sizes = np.array([size for _, size in given], np.int64)

    found = spans(firsts, sizes)

    assert found.tolist() == [first + n for first, size in given for n in range(size)]


@given(st.lists(st.tuples(st.integers(0, 2**40 - 1) | st.integers(0, 5), st.integers(-9, 9))))
def test_each_key_has_the_sum_of_its_amounts(given: list[tuple[int, int]]) -> None:
    plain: dict[int, float] = defaultdict(float)
    for key, amount in given:
        plain[key] += amount

    keys, sums = summed(
        np.array([key for key, _ in given], np.int64), np.array([float(n) for _, n in given])
    )

    assert dict(zip(keys.tolist(), sums.tolist(), strict=True)) == plain
    assert keys.tolist() == sorted(plain)


@given(st.lists(st.integers(-9, 9)), st.lists(st.integers(0, 99)))
def test_numbers_of_several_arrays_come_once(one: list[int], other: list[int]) -> None:
    found = ascending(np.array(one, np.int64), np.array(other, np.int32))

    assert found.tolist() == sorted({*one, *other})


@given(st.lists(st.floats(-9, 9, width=32), min_size=1))
def test_what_is_said_to_one_is_what_is_said_to_each_of_many(given: list[float]) -> None:
    scores = np.array(given, np.float32)

    share, root = speaking.spoken_to_one(scores)

    many = speaking.spoken(scores, np.array([0, len(scores)], np.int64))
    assert np.allclose(np.stack([share, root], axis=1), many, atol=1e-3)
