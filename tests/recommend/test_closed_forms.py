"""The slow waves and the ridge, against textbook ways to find them."""

import numpy as np
import pytest

from tests.recommend import logs
from vitrine.recommend import ridge, spectrum
from vitrine.recommend.rows import Rows


def once_each() -> Rows:
    return Rows.of([sorted({*one, 0}) for one in logs.histories()], logs.ITEMS)


def test_waves_are_the_singular_vectors_of_the_normalised_matrix() -> None:
    rows = once_each()
    full = ridge.dense(rows)
    even = full / np.sqrt(full.sum(1))[:, None] / np.sqrt(np.maximum(full.sum(0), 1))
    levels, shapes = np.linalg.svd(even, full_matrices=False)[1:]

    found = spectrum.waves(rows, 6)

    np.testing.assert_allclose(found.levels, levels[:6], rtol=1e-3)
    np.testing.assert_allclose(np.abs(found.shapes.T @ shapes[:6].T), np.eye(6), atol=0.02)


def test_a_filter_passes_the_slowest_waves() -> None:
    rows = once_each()
    waves = spectrum.waves(rows, 6)
    shapes = waves.shapes[:, :3]
    expected = (ridge.dense(rows) / waves.loudness) @ shapes @ shapes.T * waves.loudness

    np.testing.assert_allclose(waves.scores(rows, size=3), expected, rtol=1e-3, atol=1e-5)


def test_the_same_log_gives_the_same_waves() -> None:
    one, other = (spectrum.waves(once_each(), 6) for _ in range(2))

    assert np.array_equal(one.shapes, other.shapes)


def test_ridge_is_each_item_regressed_on_all_others() -> None:
    rows = once_each()
    full = ridge.dense(rows).astype(np.float64)

    weights = ridge.fitted(rows, 5.0)

    for item in (0, 7, 39):
        others = np.delete(full, item, axis=1)
        left = others.T @ others + 5.0 * np.eye(logs.ITEMS - 1)
        expected = np.insert(np.linalg.solve(left, others.T @ full[:, item]), item, 0)
        np.testing.assert_allclose(weights[:, item], expected, rtol=1e-3, atol=1e-5)


def test_ridge_refuses_a_catalogue_whose_square_has_no_room() -> None:
    with pytest.raises(ValueError, match="at most 4000 items"):
        ridge.fitted(Rows.of([[0]], 4_001), 1.0)
