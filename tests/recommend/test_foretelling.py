"""What is foretold of a showing by its signs."""

import numpy as np
import pytest

from vitrine.recommend import foretelling, line_fitting
from vitrine.recommend.arrays import Doubles

SHOWINGS = 6_000


def showings(seed: int = 0, *, says: float = 1.5, begins: float = -1.0) -> tuple[Doubles, Doubles]:
    """Return signs, of which the first says something, and what came."""
    dice = np.random.default_rng(seed)
    signs = dice.standard_normal((SHOWINGS, 3))
    chance = 1 / (1 + np.exp(-(says * signs[:, 0] + begins)))
    return signs, (dice.random(SHOWINGS) < chance).astype(np.float64)[:, None]


def fitted(signs: Doubles, came: Doubles) -> Doubles:
    return line_fitting.fitted(signs, came, np.ones(len(signs)))


def test_a_line_finds_the_sign_that_foretells_and_how_much_it_says() -> None:
    (line,) = fitted(*showings())

    assert line[0] == pytest.approx(1.5, abs=0.15)
    assert line[1:3] == pytest.approx([0, 0], abs=0.1)
    assert line[3] == pytest.approx(-1, abs=0.15)


def test_what_is_foretold_comes_as_often_as_it_says() -> None:
    lines = fitted(*showings())
    signs, came = showings(1)

    said = foretelling.foretold(signs, lines)[:, 0]

    for low, high in ((0, 0.2), (0.2, 0.5), (0.5, 1)):
        those = (said >= low) & (said < high)
        assert came[those, 0].mean() == pytest.approx(said[those].mean(), abs=0.04)


def test_shares_are_foretold_as_well_as_what_is_or_is_not() -> None:
    signs, _ = showings()
    share = 1 / (1 + np.exp(-signs[:, :1]))

    lines = fitted(signs, share)

    assert foretelling.foretold(signs, lines) == pytest.approx(share, abs=0.02)


def test_what_hardly_ever_happens_is_foretold_by_its_mean() -> None:
    signs, came = showings(begins=-12)
    came[:5] = 1

    lines = fitted(signs, came)

    assert not foretelling.knows(lines).any()
    assert foretelling.foretold(signs, lines)[0] == pytest.approx(came.mean(), rel=0.01)


def test_a_sign_that_no_longer_foretells_is_not_used() -> None:
    signs, came = showings()
    later = int(SHOWINGS * (1 - line_fitting.LATER))
    came[later:] = 1 - came[later:]

    lines = fitted(signs, came)

    assert not foretelling.knows(lines).any()


def test_noise_foretells_nothing() -> None:
    signs, _ = showings()
    _, came = showings(1)

    assert not foretelling.knows(fitted(signs, came)).any()


def test_the_same_showings_give_the_same_line_to_the_last_bit() -> None:
    signs, came = showings()

    assert (fitted(signs, came) == fitted(signs.copy(), came.copy())).all()


def test_old_showings_count_less() -> None:
    signs, came = showings()
    half = SHOWINGS // 2
    came[:half] = 1 - came[:half]
    counts = np.concatenate([np.full(half, 1e-6), np.ones(half)])

    (line,) = line_fitting.fitted(signs, came, counts)

    assert line[0] == pytest.approx(1.5, abs=0.2)
