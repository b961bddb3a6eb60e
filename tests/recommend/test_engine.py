"""Rows made by stretches: the same as all at once, to the last bit."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.recommend import logs
from vitrine.recommend import factors, neighbours
from vitrine.recommend.engine import Work, here, stretches
from vitrine.recommend.factors import Penalties
from vitrine.recommend.reach import Reach


@given(rows=st.integers(0, 500), count=st.integers(1, 40))
def test_stretches_cover_every_row_once_and_are_of_one_length(rows: int, count: int) -> None:
    found = stretches(rows, count)

    assert [row for first, until in found for row in range(first, until)] == list(range(rows))
    lengths = {until - first for first, until in found}
    assert len(found) == max(1, min(rows, count))
    assert max(lengths) - min(lengths) <= 1


def in_stretches(work: Work, rows: int, shared: Sequence[Any]) -> list[Any]:
    """Make rows in seven stretches, the last one first."""
    found = stretches(rows, 7)
    made = {where: work(*shared, *where) for where in reversed(found)}
    return [made[where] for where in found]


@pytest.mark.parametrize("seed", range(3))
def test_tables_do_not_tell_how_they_were_shared_out(seed: int) -> None:
    rows, by = logs.rows(seed), Penalties(size=8)

    one, other = (
        neighbours.counted(rows, Reach.fading(), nearest=5, engine=engine)
        for engine in (here, in_stretches)
    )
    assert np.array_equal(one.ids, other.ids)
    assert np.array_equal(one.counts, other.counts)
    vectors = [factors.fitted(rows, by, rounds=3, engine=engine) for engine in (here, in_stretches)]
    assert vectors[0].tobytes() == vectors[1].tobytes()
