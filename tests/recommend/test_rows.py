"""Histories as flat arrays."""

import numpy as np
import pytest

from tests.recommend import logs
from vitrine.recommend.rows import Rows


def lists(rows: Rows) -> list[list[int]]:
    return [part.tolist() for part in np.split(rows.ids, rows.starts[1:-1])]


def test_rows_are_picked_and_shortened_in_their_order() -> None:
    rows = Rows.of([[1, 2, 3], [], [4]], 5)

    assert lists(rows.picked(np.array([2, 0]))) == [[4], [1, 2, 3]]
    assert lists(rows.latest(2)) == [[2, 3], [], [4]]


def test_what_is_older_weighs_less() -> None:
    rows = Rows.of([[1, 2, 3], [4]], 5).fading(0.5)

    assert rows.weights.tolist() == [0.25, 0.5, 1.0, 1.0]


def test_turned_twice_they_are_as_they_were_but_in_ascending_order() -> None:
    histories = logs.histories()

    twice = Rows.of(histories, logs.ITEMS).turned().turned()

    assert lists(twice) == [sorted(one) for one in histories]


def test_a_product_is_that_of_the_full_matrices() -> None:
    rows, columns = logs.rows().fading(0.9), np.random.default_rng(1).random((logs.ITEMS, 3))
    full = np.zeros((len(rows), logs.ITEMS))
    np.add.at(full, (np.repeat(np.arange(len(rows)), rows.lengths), rows.ids), rows.weights)

    product = rows.times(columns.astype(np.float32))

    np.testing.assert_allclose(product, full @ columns, rtol=1e-4)


@pytest.mark.parametrize("odd", [[-1], [5]])
def test_an_id_outside_is_a_bug(odd: list[int]) -> None:
    with pytest.raises(ValueError, match="from 0 up to 4"):
        Rows.of([odd], 5)
