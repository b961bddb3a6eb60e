"""Candidates of all sources, and one order of them."""

import numpy as np
from hypothesis import given
from hypothesis import settings as trying
from hypothesis import strategies as st

from vitrine.recommend import blend
from vitrine.recommend.arrays import Floats
from vitrine.recommend.rows import Rows


def scores(seed: int, *, viewers: int = 200, items: int = 30) -> Floats:
    return np.random.default_rng(seed).random((viewers, items)).astype(np.float32)


@trying(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=12), st.sets(st.integers(0, 11)))
def test_the_best_go_by_score_then_id_without_what_was_seen(
    values: list[int], seen: set[int]
) -> None:
    seen = {item for item in seen if item < len(values)}
    order = sorted(set(range(len(values))) - seen, key=lambda item: (-values[item], item))

    found = blend.best(np.array([values], np.float32), Rows.of([sorted(seen)], len(values)), 5)

    assert found[0].tolist() == (order + [len(values)] * 5)[:5]


def test_every_source_speaks_of_what_any_source_names() -> None:
    one = np.array([[9, 8, 0, 0, 1]], np.float32)
    other = np.array([[0, 0, 7, 5, 3]], np.float32)

    named = blend.gathered([one, other], Rows.of([[0]], 5), 1)

    assert named.ids.tolist() == [1, 2]
    assert named.said[:, 0].tolist() == [1.0, 0.0]
    assert named.said[:, 2].tolist() == [0.0, 1.0]


def test_weights_trust_the_source_that_foretells() -> None:
    wise, noise = scores(0), scores(1)
    seen = Rows.of([[]] * len(wise), 30)
    named = blend.gathered([noise, wise], seen, 30)
    watched = Rows.of([[int(line.argmax())] for line in wise], 30)

    trust = blend.weights(named, watched)

    found = blend.ranked(named, trust, 1)[:, 0]
    assert trust[2] > 5 * abs(trust[0])
    assert (found == watched.ids).mean() > 0.95


def test_weights_are_where_the_slope_is_flat() -> None:
    named = blend.gathered([scores(0), scores(1)], Rows.of([[]] * 200, 30), 10)
    watched = Rows.of([[int(named.ids[start])] for start in named.starts[:-1]], 30)
    hits = blend._hits(named, watched)

    trust = blend.weights(named, watched)

    slope = blend._choice(named.starts, named.said, hits, trust.astype(np.float64))[1]
    np.testing.assert_allclose(slope, blend.STEADY * trust, atol=0.05)


def test_equal_candidates_go_to_the_lower_id() -> None:
    named = blend.gathered([np.ones((1, 6), np.float32)], Rows.of([[2]], 6), 6)

    page = blend.ranked(named, np.ones(2, np.float32), 7)

    assert page.tolist() == [[0, 1, 3, 4, 5, -1, -1]]


def test_a_viewer_without_candidates_gets_an_empty_page() -> None:
    named = blend.gathered([np.ones((2, 2), np.float32)], Rows.of([[0, 1], []], 2), 2)

    page = blend.ranked(named, np.ones(2, np.float32), 2)

    assert page.tolist() == [[-1, -1], [0, 1]]
