"""The auction against brute force, and against everybody who bids something else than they mean."""

import itertools
import random
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests.nightly import IS_NIGHT
from vitrine.ads.auction import CERTAIN, MOST_BID_MICROS, Award, Entrants, Places, awarded

CASES = 1_000_000 if IS_NIGHT else 5_000
DEVIATIONS = 100_000 if IS_NIGHT else 2_000


def entrants(
    bids: list[int],
    chances: list[int] | None = None,
    *,
    ids: list[int] | None = None,
    costs: list[int] | None = None,
) -> Entrants:
    """Return ads that pay by the view, numbered in their order, unless told."""
    count = len(bids)
    return Entrants(
        ids=np.array(ids or range(count), np.int64),
        bids_micros=np.array(bids, np.int64),
        chances=np.array(chances or [CERTAIN] * count, np.int64),
        costs_micros=np.array(costs or [0] * count, np.int64),
    )


def drawn(dice: random.Random) -> Entrants:
    """Draw a few ads that are often worth the same."""
    count = dice.randint(0, 5)
    return entrants(
        [dice.randint(0, 6) for _ in range(count)],
        [dice.choice((0, CERTAIN // 3, CERTAIN // 2, CERTAIN)) for _ in range(count)],
        ids=dice.sample(range(10), count),
        costs=[dice.choice((0, 0, 1, -1)) for _ in range(count)],
    )


def worth(of: Entrants, line: int) -> Fraction:
    """Return what one showing of an ad is worth, in micros."""
    chance = Fraction(int(of.chances[line]), CERTAIN)
    return int(of.bids_micros[line]) * chance - int(of.costs_micros[line])


def runs(of: Entrants, line: int, reserve: int) -> bool:
    """Tell whether an ad may get a place at all."""
    return bool(of.chances[line]) and worth(of, line) >= reserve


def best_without(
    of: Entrants, places: Places, reserve: int, without: int | None
) -> tuple[Fraction, tuple[tuple[int, int], ...]]:
    """Try every way to fill the places; return the most that can be had, and who then has which."""
    lines = [n for n in range(len(of.ids)) if n != without and runs(of, n, reserve)]
    found: list[tuple[Fraction, int, list[int], tuple[tuple[int, int], ...]]]
    found = [(Fraction(0), 0, [0], ())]
    for chosen in places.sets:
        for order in itertools.permutations(lines, len(chosen)):
            had = sum(
                (
                    places.seen[p] * (worth(of, n) - reserve - places.costs_micros[p])
                    for p, n in zip(chosen, order, strict=True)
                ),
                Fraction(0),
            )
            ids = [-int(of.ids[n]) for n in order]
            found.append((had, len(chosen), ids, tuple(zip(chosen, order, strict=True))))
    had, _, _, filled = max(found, key=lambda one: one[:3])
    return had, filled


def paid_by_trying(of: Entrants, places: Places, reserve: int, award: Award) -> Fraction:
    """Return what somebody pays who pays what the others lose by their being there."""
    had, _ = best_without(of, places, reserve, None)
    without, _ = best_without(of, places, reserve, award.line)
    lost = worth(of, award.line) - (had - without) / places.seen[award.place]
    lost += int(of.costs_micros[award.line])
    return max(lost * CERTAIN / int(of.chances[award.line]), Fraction(0))


ONE = Places.any_of([1])


def several(dice: random.Random) -> Places:
    """Draw places, all or some of which may be filled at once, and that cost this or that."""
    count = dice.randint(2, 4)
    seen = sorted(dice.sample(range(1, 20), count), reverse=True)
    any_of = Places.any_of(seen)
    most, apart = dice.randint(1, 3), dice.choice((1, 1, 2))
    sets = [
        one
        for one in any_of.sets
        if len(one) <= most and all(b - a >= apart for a, b in itertools.pairwise(one))
    ]
    return Places(seen, [dice.choice((0, 0, 1, 2)) for _ in seen], sets)


def least_winning_bid(of: Entrants, line: int, reserve: int) -> int:
    """Find the lowest bid with which an ad still gets the one place."""
    for bid in range(int(of.bids_micros[line]) + 1):
        bids = of.bids_micros.copy()
        bids[line] = bid
        lower = replace(of, bids_micros=bids)
        _, filled = best_without(lower, ONE, reserve, None)
        if filled == ((0, line),):
            return bid
    raise AssertionError("not even its own bid wins")


@pytest.mark.parametrize("seed", range(4))
def test_one_place_goes_to_the_best_who_pays_the_least_that_would_have_won(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(CASES // 8):
        of, reserve = drawn(dice), dice.randint(-1, 2)

        awards = awarded(of, ONE, reserve_micros=reserve)

        _, filled = best_without(of, ONE, reserve, None)
        assert tuple((award.place, award.line) for award in awards) == filled, (of, reserve)
        for award in awards:
            assert award.price_micros == least_winning_bid(of, award.line, reserve), (of, reserve)


@pytest.mark.parametrize("seed", range(4))
def test_several_places_are_filled_and_paid_as_by_trying_all_ways(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(CASES // 8):
        of, reserve, places = drawn(dice), dice.randint(0, 2), several(dice)

        awards = awarded(of, places, reserve_micros=reserve)

        check(awards, of, places, reserve)


def check(awards: Sequence[Award], of: Entrants, places: Places, reserve: int) -> None:
    """Compare awards with all ways to fill the places."""
    had, _ = best_without(of, places, reserve, None)
    gained = sum(
        places.seen[one.place] * (worth(of, one.line) - reserve - places.costs_micros[one.place])
        for one in awards
    )
    assert gained == had, (of, places, reserve)
    assert tuple(one.place for one in awards) in {(), *places.sets}
    for award in awards:
        paid = paid_by_trying(of, places, reserve, award)
        least = reserve + places.costs_micros[award.place] + int(of.costs_micros[award.line])
        assert paid * int(of.chances[award.line]) >= least * CERTAIN
        assert award.exact >= paid
        assert award.exact == paid or places.most == 1  # an equal would have come first
        assert 0 <= award.price_micros <= of.bids_micros[award.line]


def test_an_ad_stands_where_least_is_taken_for_it_and_nowhere_for_more_than_it_brings() -> None:
    of = entrants([10])

    def placed(*costs: int) -> list[tuple[int, int]]:
        places = Places([10, 9], costs, [(0,), (1,)])
        return [(one.place, one.price_micros) for one in awarded(of, places, reserve_micros=1)]

    assert placed(2, 2) == [(0, 3)]
    assert placed(6, 2) == [(1, 3)]  # 9 x (10 - 3) is more than 10 x (10 - 7)
    assert placed(10, 9) == [(1, 10)]
    assert placed(10, 10) == []


@pytest.mark.parametrize(
    "places",
    [
        ONE,
        Places.any_of([9, 5, 2]),
        Places([10, 9, 8], [300_000, 100, 0], [(0,), (1,), (2,)]),
        Places([10, 9, 8, 3], [90_000, 0, 200_000, 100], [(0,), (1,), (2,), (3,), (0, 3), (1, 3)]),
    ],
)
def test_nobody_gains_by_bidding_something_else_than_they_mean(places: Places) -> None:
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
        other = replace(of, bids_micros=bids)

        gains += gained(other, one, meant, places) > gained(of, one, meant, places)

    assert gains == 0


def gained(of: Entrants, one: int, meant: int, places: Places) -> Fraction:
    """Return what an auction brings to somebody to whom what they pay for is worth so much."""
    for award in awarded(of, places, reserve_micros=100):
        if award.line == one:
            paid = Fraction(award.price_micros) if len(places.seen) == 1 else award.exact
            return places.seen[award.place] * int(of.chances[one]) * (meant - paid)
    return Fraction(0)


def test_an_ad_that_takes_more_from_the_viewer_has_to_be_worth_more() -> None:
    of = entrants([100, 90], costs=[20, 0])

    (award,) = awarded(of, ONE, reserve_micros=0)

    assert (award.line, award.price_micros) == (1, 81)  # with 80 the first would come first


def test_no_one_gets_a_place_below_the_reserve_or_whom_nobody_would_act_on() -> None:
    of = entrants([9, 50], [CERTAIN, 0])

    assert awarded(of, ONE, reserve_micros=10) == []
    assert awarded(entrants([]), ONE, reserve_micros=10) == []


def test_the_highest_bids_fit() -> None:
    (award,) = awarded(entrants([MOST_BID_MICROS, MOST_BID_MICROS]), ONE, reserve_micros=0)

    assert (award.line, award.price_micros) == (0, MOST_BID_MICROS)
