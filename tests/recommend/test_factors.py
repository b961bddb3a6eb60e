"""Vectors of items, and that of a viewer folded in."""

import numpy as np

from tests.recommend import logs
from vitrine.recommend import factors
from vitrine.recommend.factors import Penalties
from vitrine.recommend.rows import Rows

BY = Penalties(size=8)


def test_a_viewer_is_folded_in_by_the_normal_equations() -> None:
    items = factors.first(logs.ITEMS, 8) * 10
    history = [3, 5, 20]
    left = 0.1 * items.T @ items + items[history].T @ items[history]
    left += 0.003 * (0.1 * logs.ITEMS + 3) * np.eye(8)

    vector = factors.folded(Rows.of([history], logs.ITEMS), items, BY)[0]

    np.testing.assert_allclose(vector, np.linalg.solve(left, items[history].sum(0)), rtol=1e-3)


def test_who_watched_nothing_is_at_zero() -> None:
    items = factors.first(logs.ITEMS, 8)

    assert not factors.folded(Rows.of([[]], logs.ITEMS), items, BY).any()


def test_the_same_log_gives_the_same_vectors() -> None:
    one, other = (factors.fitted(logs.rows(), BY) for _ in range(2))

    assert np.array_equal(one, other)


def test_a_warm_start_is_nearer_after_one_round_than_a_cold_one() -> None:
    rows = logs.rows()
    settled = factors.fitted(rows, BY, rounds=40)

    warm = factors.fitted(rows, BY, rounds=1, start=factors.fitted(rows, BY, rounds=20))
    cold = factors.fitted(rows, BY, rounds=1)

    assert np.abs(warm - settled).max() < np.abs(cold - settled).max()


def test_new_items_join_those_of_last_time() -> None:
    fewer = factors.fitted(Rows.of([[0, 1], [1, 2]], 3), BY)

    more = factors.fitted(Rows.of([[0, 1], [1, 2], [3, 4]], 5), BY, rounds=1, start=fewer)

    assert more.shape == (5, 8)
