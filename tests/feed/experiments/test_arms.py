"""Who is in which arm: by share, independent of other experiments, and moved only if need be."""

import math
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitrine.feed.experiments.arms import arm_of

VIEWERS = [f"v_{n}" for n in range(2_500)]
SALTS = st.text("0123456789abcdef", min_size=8, max_size=32)
FEW = settings(max_examples=10, deadline=None)


@st.composite
def shares(draw: st.DrawFn) -> dict[str, int]:
    """Divide a hundred between two and five arms."""
    cuts = sorted(draw(st.sets(st.integers(1, 99), min_size=1, max_size=4)))
    parts = [after - before for before, after in zip([0, *cuts], [*cuts, 100], strict=True)]
    return {f"arm {n}": part for n, part in enumerate(parts)}


def off_by(share: float) -> float:
    """Return how far a count may be off by chance: five standard deviations, and a few."""
    return 5 * math.sqrt(len(VIEWERS) * share * (1 - share)) + 5


def divided(salt: str, by: dict[str, int]) -> list[str]:
    return [arm_of(viewer, salt=salt, shares=by) for viewer in VIEWERS]


@FEW
@given(SALTS, shares())
def test_each_arm_has_its_share(salt: str, by: dict[str, int]) -> None:
    counted = Counter(divided(salt, by))

    for arm, share in by.items():
        assert counted[arm] == pytest.approx(len(VIEWERS) * share / 100, abs=off_by(share / 100))


@FEW
@given(st.lists(SALTS, min_size=2, max_size=2, unique=True), shares())
def test_another_salt_divides_as_if_nothing_had_been(salts: list[str], by: dict[str, int]) -> None:
    both = Counter(zip(divided(salts[0], by), divided(salts[1], by), strict=True))

    for one, share in by.items():
        for other, elsewhere in by.items():
            likely = share * elsewhere / 10_000
            assert both[one, other] == pytest.approx(len(VIEWERS) * likely, abs=off_by(likely))


@FEW
@given(SALTS, shares(), st.data())
def test_the_same_viewer_stays_in_whatever_order_arms_are_named(
    salt: str, by: dict[str, int], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(list(by)))

    assert divided(salt, by) == divided(salt, {name: by[name] for name in order})


@FEW
@given(SALTS, shares(), st.integers(1, 50))
def test_an_arm_that_grows_takes_viewers_and_nobody_else_moves(
    salt: str, by: dict[str, int], more: int
) -> None:
    grown = by | {"arm 0": by["arm 0"] + more}  # out of more than a hundred: the rest keep theirs

    moved_to = {
        after
        for before, after in zip(divided(salt, by), divided(salt, grown), strict=True)
        if before != after
    }

    assert moved_to <= {"arm 0"}


@FEW
@given(SALTS, shares(), shares())
def test_any_two_divisions_differ_in_little_more_than_must_be(
    salt: str, by: dict[str, int], other: dict[str, int]
) -> None:
    names = by.keys() | other.keys()
    least = sum(abs(by.get(name, 0) - other.get(name, 0)) for name in names) / 200

    moved = sum(
        before != after
        for before, after in zip(divided(salt, by), divided(salt, other), strict=True)
    )

    promised = 2 * least / (1 + least)
    assert len(VIEWERS) * least - off_by(least) <= moved
    assert moved <= len(VIEWERS) * promised + off_by(promised)
