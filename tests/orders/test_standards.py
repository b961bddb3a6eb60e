"""Scores as sums: rounded for eyes, judged by the sum itself, and only from enough facts."""

from decimal import Decimal

import pytest

from vitrine.orders.standards import STANDARDS, Fact, Score


def _score(against: int, of: int, code: str = "late") -> Score:
    facts = [Fact(f"order-{number}", number < against) for number in range(of)]
    return Score(STANDARDS[code], facts)


@pytest.mark.parametrize(
    "against, of, percent, is_judged, is_past",
    [
        (0, 0, "0.0", False, False),
        (9, 9, "100.0", False, False),
        (0, 10, "0.0", True, False),
        (1, 25, "4.0", True, False),  # the threshold itself is fine
        (1, 24, "4.2", True, True),
        (401, 10_000, "4.0", True, True),  # rounded it looks fine, and is not
    ],
)
def test_a_score_is_its_sum(
    against: int, of: int, percent: str, is_judged: bool, is_past: bool
) -> None:
    score = _score(against, of)

    assert (len(score.against), score.of) == (against, of)
    assert score.percent == Decimal(percent)
    assert (score.is_judged, score.is_past) == (is_judged, is_past)


def test_each_score_has_its_own_threshold() -> None:
    assert _score(1, 38, "cancelled").is_past
    assert not _score(1, 40, "cancelled").is_past
    assert not _score(1, 10, "refunded").is_past
