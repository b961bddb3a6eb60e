"""The auction against brute force, and against everybody who bids something else than they mean."""

import itertools
import random
from fractions import Fraction

import numpy as np
import pytest

from tests.nightly import IS_NIGHT
from vitrine.ads.auction import CERTAIN, MOST_BID_MICROS, Award, Entrants, awarded

CASES = 1_000_000 if IS_NIGHT else 5_000
DEVIATIONS = 100_000 if IS_NIGHT else 2_000
PLENTY = 10**12


def entrants(
    bids: list[int],
    chances: list[int] | None = None,
    *,
    ids: list[int] | None = None,
    costs: list[int] | None = None,
    left: list[int] | None = None,
    is_open: list[bool] | None = None,
) -> Entrants:
    """Return ads that pay by the view, numbered in their order, without limits, unless told."""
    count = len(bids)
    return Entrants(
        ids=np.array(ids or range(count), np.int64),
        bids_micros=np.array(bids, np.int64),
        chances=np.array(chances or [CERTAIN] * count, np.int64),
        costs_micros=np.array(costs or [0] * count, np.int64),
        left_micros=np.array(left or [PLENTY] * count, np.int64),
        is_open=np.array(is_open or [True] * count, np.bool_),
    )


def drawn(dice: random.Random) -> Entrants:
    """Draw a few ads that are often worth the same."""
    count = dice.randint(0, 5)
    return entrants(
        [dice.randint(0, 6) for _ in range(count)],
        [dice.choice((0, CERTAIN // 3, CERTAIN // 2, CERTAIN)) for _ in range(count)],
        ids=dice.sample(range(10), count),
        costs=[dice.choice((0, 0, 1, -1)) for _ in range(count)],
        left=[dice.choice((PLENTY, PLENTY, 3)) for _ in range(count)],
        is_open=[dice.random() < 0.9 for _ in range(count)],
    )


def worth(of: Entrants, line: int) -> Fraction:
    """Return what one showing of an ad is worth, in micros."""
    chance = Fraction(int(of.chances[line]), CERTAIN)
    return int(of.bids_micros[line]) * chance - int(of.costs_micros[line])


def runs(of: Entrants, line: int, reserve: int) -> bool:
    """Tell whether an ad may get a place at all."""
    affords = of.bids_micros[line] <= of.left_micros[line]
    return bool(of.is_open[line] and of.chances[line] and affords) and worth(of, line) >= reserve


def best_without(
    of: Entrants, places: list[int], reserve: int, without: int | None
) -> tuple[Fraction, tuple[int, ...]]:
    """Try every way to fill the places; return the most that can be had, and by whom, in order."""
    lines = [n for n in range(len(of.ids)) if n != without and runs(of, n, reserve)]
    found = []
    for count in range(min(len(lines), len(places)) + 1):
        for order in itertools.permutations(lines, count):
            had = sum((p * worth(of, n) for p, n in zip(places, order, strict=False)), Fraction(0))
            had += sum(places[count:]) * reserve
            ids = [int(of.ids[n]) for n in order]
            found.append((had, count, [-i for i in ids], order))
    had, _, _, order = max(found)
    return had, order


def brute(of: Entrants, places: list[int], reserve: int) -> list[Award]:
    """Award by trying: each pays what the others lose by its being there."""
    had, order = best_without(of, places, reserve, None)
    awards = []
    for place, line in enumerate(order):
        others_with = had - places[place] * worth(of, line)
        without, _ = best_without(of, places, reserve, line)
        lost = (without - others_with) / places[place] + int(of.costs_micros[line])
        exact = lost * CERTAIN / int(of.chances[line])
        awards.append(Award(line, max(exact, Fraction(0))))
    return awards


def least_winning_bid(of: Entrants, line: int, reserve: int) -> int:
    """Find the lowest bid with which an ad still gets the one place."""
    for bid in range(int(of.bids_micros[line]) + 1):
        bids = of.bids_micros.copy()
        bids[line] = bid
        lower = Entrants(of.ids, bids, of.chances, of.costs_micros, of.left_micros, of.is_open)
        _, order = best_without(lower, [1], reserve, None)
        if order == (line,):
            return bid
    raise AssertionError("not even its own bid wins")


@pytest.mark.parametrize("seed", range(4))
def test_one_place_goes_to_the_best_who_pays_the_least_that_would_have_won(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(CASES // 8):
        of, reserve = drawn(dice), dice.randint(-1, 2)

        awards = awarded(of, [1], reserve_micros=reserve)

        _, order = best_without(of, [1], reserve, None)
        assert tuple(award.line for award in awards) == order, (of, reserve)
        for award in awards:
            assert award.price_micros == least_winning_bid(of, award.line, reserve), (of, reserve)


@pytest.mark.parametrize("seed", range(4))
def test_several_places_are_filled_and_paid_as_by_trying_all_ways(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(CASES // 8):
        of, reserve = drawn(dice), dice.randint(0, 2)
        places = sorted((dice.randint(1, 9) for _ in range(dice.randint(2, 3))), reverse=True)

        awards = awarded(of, places, reserve_micros=reserve)

        # As sets: between places that are seen equally often the order is nobody's matter.
        assert set(awards) == set(brute(of, places, reserve)), (of, places, reserve)
        for award in awards:
            assert 0 <= award.price_micros <= of.bids_micros[award.line]


@pytest.mark.parametrize("places", [[1], [9, 5, 2]])
def test_nobody_gains_by_bidding_something_else_than_they_mean(places: list[int]) -> None:
    dice = random.Random(7)
    gains = 0
    for _ in range(DEVIATIONS):
        count = dice.randint(1, 6)
        of = entrants(
            [dice.randint(0, 3_000_000) for _ in range(count)],
            [dice.randint(1, CERTAIN) for _ in range(count)],
            costs=[dice.randint(0, 1_000) for _ in range(count)],
        )
        one = dice.randrange(count)
        meant = int(of.bids_micros[one])
        bids = of.bids_micros.copy()
        bids[one] = dice.choice((meant + 1, max(meant - 1, 0), dice.randint(0, 6_000_000)))
        other = Entrants(of.ids, bids, of.chances, of.costs_micros, of.left_micros, of.is_open)

        gains += gained(other, one, meant, places) > gained(of, one, meant, places)

    assert gains == 0


def gained(of: Entrants, one: int, meant: int, places: list[int]) -> Fraction:
    """Return what an auction brings to somebody to whom what they pay for is worth so much."""
    for place, award in enumerate(awarded(of, places, reserve_micros=100)):
        if award.line == one:
            paid = Fraction(award.price_micros) if len(places) == 1 else award.exact
            return places[place] * int(of.chances[one]) * (meant - paid)
    return Fraction(0)


def test_an_ad_that_takes_more_from_the_viewer_has_to_be_worth_more() -> None:
    of = entrants([100, 90], costs=[20, 0])

    (award,) = awarded(of, [1], reserve_micros=0)

    assert (award.line, award.price_micros) == (1, 81)  # with 80 the first would come first


def test_no_one_gets_a_place_below_the_reserve_closed_unlikely_or_without_money() -> None:
    of = entrants(
        [9, 50, 50, 50],
        [CERTAIN, CERTAIN, 0, CERTAIN],
        left=[PLENTY, PLENTY, PLENTY, 49],
        is_open=[True, False, True, True],
    )

    assert awarded(of, [1], reserve_micros=10) == []
    assert awarded(entrants([]), [1], reserve_micros=10) == []


def test_the_highest_bids_fit() -> None:
    (award,) = awarded(entrants([MOST_BID_MICROS, MOST_BID_MICROS]), [1], reserve_micros=0)

    assert (award.line, award.price_micros) == (0, MOST_BID_MICROS)
