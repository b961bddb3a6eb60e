"""A page of the feed: each rule by itself, against anything that can come, and by brute force."""

import itertools
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitrine.recommend.mixing import Before, Pick, Pool, Rules, Turn, page

SURE = Rules(chance=0.0, new=0.0)


def pool(
    creators: list[int], *, seed: int = 1, size: int = 6, new: list[float] | None = None
) -> Pool:
    """Make clips of creators, with values and likenesses by chance."""
    dice = np.random.default_rng(seed)
    vectors = dice.standard_normal((len(creators), size))
    return Pool(
        creators=np.array(creators, np.int64),
        values=dice.random(len(creators)),
        vectors=vectors / np.linalg.norm(vectors, axis=1, keepdims=True),
        new=np.array(new if new is not None else [0.0] * len(creators)),
    )


def mixed(
    of: Pool, *, size: int = 10, before: Before | None = None, rules: Rules = SURE, seed: int = 3
) -> list[Pick]:
    """Mix a page."""
    dice = np.random.default_rng(seed)
    return page(of, size=size, before=before or Before(), rules=rules, dice=dice)


def lines(picks: list[Pick]) -> list[int]:
    return [pick.line for pick in picks]


pools = st.builds(
    lambda creators, seed, new: pool(
        creators,
        seed=seed,
        new=[weight if is_new else 0.0 for is_new, weight in new][: len(creators)],
    ),
    st.lists(st.integers(1, 9), min_size=1, max_size=40),
    st.integers(0, 99),
    st.lists(st.tuples(st.booleans(), st.floats(0.1, 5)), min_size=40, max_size=40),
)
rules = st.builds(
    Rules,
    worth=st.floats(0, 0.99),
    over=st.integers(1, 50),
    new=st.floats(0, 1),
    chance=st.floats(0, 1),
)


@given(pools, rules, st.integers(0, 99), st.lists(st.integers(1, 9), max_size=12))
def test_nothing_comes_twice_and_a_page_is_as_full_as_can_be(
    of: Pool, by: Rules, seed: int, creators: list[int]
) -> None:
    before = Before(creators, of.vectors[:2])

    picks = mixed(of, rules=by, seed=seed, before=before)

    assert len(set(lines(picks))) == len(picks) == min(10, len(of))
    assert all(0 < pick.chance <= 1 + 1e-12 for pick in picks)
    assert picks == mixed(of, rules=by, seed=seed, before=before)


@given(pools, rules, st.integers(0, 99), st.lists(st.integers(1, 9), max_size=12))
def test_creators_keep_their_distance_while_others_are_left(
    of: Pool, by: Rules, seed: int, before: list[int]
) -> None:
    picks = mixed(of, rules=by, seed=seed, before=Before(before))

    shown = [*before]
    left = Counter(of.creators.tolist())
    for pick in picks:
        creator = int(of.creators[pick.line])

        def keeps(one: int, shown: list[int] = shown) -> bool:
            return one not in shown[-4:] and shown[-9:].count(one) < 2

        assert keeps(creator) or not any(keeps(one) for one in left)
        assert creator not in shown[-1:] or set(left) == {creator}
        shown.append(creator)
        left = left - Counter([creator])


@given(pools, st.integers(0, 99))
def test_new_clips_have_their_share(of: Pool, seed: int) -> None:
    picks = mixed(of, rules=Rules(chance=0.0, new=0.2, apart=0, most=99), seed=seed)

    meant = [pick for pick in picks if pick.turn is Turn.NEW]
    assert all(of.new[pick.line] > 0 for pick in meant)
    turns = len(picks) // 5
    assert len(meant) >= min(turns, int(np.count_nonzero(of.new)) - (len(picks) - len(meant)))
    assert len(meant) <= turns + 1


def test_the_most_valuable_comes_first_and_then_what_is_unlike_it() -> None:
    of = Pool(
        creators=np.array([1, 2, 3]),
        values=np.array([1.0, 0.99, 0.6]),
        vectors=np.array([[1.0, 0.0], [0.995, 0.0998749], [0.0, 1.0]]),
        new=np.zeros(3),
    )

    assert lines(mixed(of)) == [0, 2, 1]
    assert lines(mixed(of, rules=Rules(worth=0.999, chance=0.0, new=0.0))) == [0, 1, 2]
    assert lines(mixed(of, before=Before(vectors=of.vectors[:1])))[0] == 2


@settings(max_examples=50)
@given(st.integers(0, 10_000), st.integers(2, 6), st.integers(0, 2))
def test_each_step_is_the_best_that_brute_force_finds(seed: int, size: int, earlier: int) -> None:
    of = pool(list(range(8)), seed=seed, size=12)
    before = Before(vectors=of.vectors[8 - earlier :])
    sharpness = SURE.worth / (2 * (1 - SURE.worth))
    weights = np.exp(sharpness * (of.values - of.values.max()) / np.ptp(of.values))
    scaled = np.concatenate([of.vectors[8 - earlier :], of.vectors * weights[:, None]])

    chosen = list(range(earlier))
    for _ in range(size):
        others = [one for one in range(earlier, len(scaled)) if one not in chosen]
        chosen.append(max(others, key=lambda one: _volume(scaled[[*chosen, one]])))

    found = lines(mixed(of, size=size, before=before))
    if earlier:  # those that came before span themselves: they add nothing, whatever rounding says
        found = [one for one in found if one < 8 - earlier]
        chosen = [one for one in chosen if one - earlier < 8 - earlier]
    assert found == [one - earlier for one in chosen[earlier:]]


def _volume(rows: np.ndarray) -> float:
    return float(np.linalg.slogdet(rows @ rows.T)[1])


def test_lines_beyond_those_looked_at_come_when_none_of_these_is_left() -> None:
    of = pool(list(range(30)))

    picks = mixed(of, size=30, rules=Rules(over=5, chance=0.0, new=0.0))

    by_value = np.argsort(-of.values).tolist()
    assert set(lines(picks)[:5]) == set(by_value[:5])
    assert lines(picks)[5:] == by_value[5:]


@pytest.mark.parametrize("by", [Rules(chance=0.3, new=0.5), Rules(chance=1.0)])
def test_each_pick_says_how_likely_it_was(by: Rules) -> None:
    of = pool([1, 2, 3, 4, 5, 6], new=[0, 2, 0, 1, 0, 0])
    rounds = 4_000
    dice = np.random.default_rng(5)
    counted: Counter[int] = Counter()
    said: dict[int, list[float]] = {}
    for _ in range(rounds):
        (pick,) = page(of, size=1, before=Before(), rules=by, dice=dice)
        counted[pick.line] += 1
        said.setdefault(pick.line, []).append(pick.chance)

    # What was likelier by 1/p is shown p times as often: the sum of 1/p is one for each round.
    for line, chances in said.items():
        weighed = sum(1 / chance for chance in chances) / rounds
        assert weighed == pytest.approx(1.0, abs=6 / np.sqrt(counted[line])), line
    assert set(counted) == set(range(6))


def test_a_creator_alone_fills_a_page() -> None:
    assert len(mixed(pool([1] * 20))) == 10


def test_all_orders_of_equal_clips_are_the_first_ones() -> None:
    same = Pool(creators=np.arange(5), values=np.ones(5), vectors=np.ones((5, 1)), new=np.zeros(5))

    assert lines(mixed(same)) == list(range(5))


def test_an_empty_pool_is_an_empty_page() -> None:
    assert mixed(pool([])) == []


def test_pairs_of_pages_go_on_from_each_other() -> None:
    of = pool([one % 12 for one in range(48)])
    first = mixed(of)
    creators = [int(of.creators[line]) for line in lines(first)]

    second = mixed(of, before=Before(creators))

    whole = creators + [int(of.creators[line]) for line in lines(second)]
    for one, other in itertools.combinations(range(len(whole)), 2):
        assert whole[one] != whole[other] or other - one > 4
