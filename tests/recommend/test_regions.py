"""The best of many vectors, by looking at a few."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vitrine.recommend import regions
from vitrine.recommend.arrays import Floats


def vectors(seed: int, lines: int, size: int = 8) -> Floats:
    """Draw vectors around a dozen tastes."""
    dice = np.random.default_rng(seed)
    tastes = dice.standard_normal((12, size))
    drawn = tastes[dice.integers(0, 12, lines)] + 0.3 * dice.standard_normal((lines, size))
    return drawn.astype(np.float32)


@given(st.integers(0, 9), st.integers(0, 400))
def test_each_line_is_in_one_region_and_the_same_each_time(seed: int, lines: int) -> None:
    drawn = vectors(seed, lines)
    which = np.arange(0, lines, 2, dtype=np.int32)

    found = regions.divided(drawn, which)

    assert sorted(found.ids.tolist()) == which.tolist()
    assert (found.vectors == drawn[found.ids]).all()
    again = regions.divided(drawn, which)
    assert found.ids.tobytes() == again.ids.tobytes()
    assert found.centres.tobytes() == again.centres.tobytes()


def test_nearly_all_of_the_best_are_found_in_a_tenth() -> None:
    drawn = vectors(3, 4_000)
    found = regions.divided(drawn, np.arange(4_000, dtype=np.int32))
    hits = 0
    for wanted in vectors(4, 40):
        best = set(np.argsort(-(drawn @ wanted))[:20].tolist())
        looked_at, scores = regions.probed(found, wanted, most=400)
        assert np.allclose(scores, drawn[looked_at] @ wanted, atol=1e-5)
        assert len(looked_at) < 800
        hits += len(best & set(looked_at.tolist()))

    assert hits >= 0.9 * 40 * 20


def test_nothing_is_found_in_nothing() -> None:
    none = regions.divided(np.zeros((0, 8), np.float32), np.zeros(0, np.int32))

    lines, scores = regions.probed(none, np.ones(8, np.float32), most=10)

    assert (len(lines), len(scores)) == (0, 0)
