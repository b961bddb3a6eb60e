"""What a watch says of its clip."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrine.feed import weights
from vitrine.feed.worth import BONUSES, Deed, worth

deeds = st.integers(0, sum(Deed))
times = st.integers(0, 200_000)
gains = st.floats(0, 1)


def said(gain: float, watched_ms: int, duration_ms: int, deed: int = 0) -> float:
    """Return what one watch says."""
    (found,) = worth(
        np.array([gain]), np.array([watched_ms]), np.array([duration_ms]), np.array([deed])
    )
    return float(found)


@given(gains, gains, times, st.integers(500, 180_000), deeds)
def test_it_stays_within_bounds_and_never_falls_with_the_gain(
    one: float, other: float, watched_ms: int, duration_ms: int, deed: int
) -> None:
    less, more = (said(gain, watched_ms, duration_ms, deed) for gain in sorted((one, other)))

    assert weights.LEAST_WORTH <= less <= more <= weights.MOST_WORTH


@given(gains, times, st.integers(500, 180_000), deeds, st.sampled_from(sorted(BONUSES)))
def test_what_else_was_done_never_makes_it_less(
    gain: float, watched_ms: int, duration_ms: int, deed: int, more: Deed
) -> None:
    assert said(gain, watched_ms, duration_ms, deed | more) >= said(
        gain, watched_ms, duration_ms, deed & ~more
    )


@given(gains, times, st.integers(500, 180_000), deeds)
def test_of_no_interest_outweighs_all(
    gain: float, watched_ms: int, duration_ms: int, deed: int
) -> None:
    assert said(gain, watched_ms, duration_ms, deed | Deed.HIDDEN) == weights.HIDDEN


@pytest.mark.parametrize(
    "watched_ms, duration_ms, expected",
    [
        (900, 30_000, weights.SKIPPED),
        (3_500, 30_000, 0.1 - weights.INDIFFERENT),
        (5_000, 30_000, weights.STAYED),
        (2_000, 4_000, weights.STAYED),
        (1_900, 4_000, weights.SKIPPED),
    ],
)
def test_a_watch_that_went_on_speaks_for_a_clip_though_others_watch_longer(
    watched_ms: int, duration_ms: int, expected: float
) -> None:
    assert said(0.1, watched_ms, duration_ms) == pytest.approx(expected)
