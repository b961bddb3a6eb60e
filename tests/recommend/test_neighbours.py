"""Counts of pairs, against the plainest way to count them."""

from collections import Counter

import numpy as np
import pytest

from tests.recommend import logs
from vitrine.recommend import neighbours
from vitrine.recommend.neighbours import NOBODY, Table
from vitrine.recommend.reach import UNIT, Reach
from vitrine.recommend.rows import Rows


def plainly(histories: list[list[int]], window: int = 10) -> dict[int, Counter[int]]:
    """Count S[a, b] += 1/d and S[b, a] += .3/d as the design says it, in units."""
    pairs: dict[int, Counter[int]] = {item: Counter() for item in range(logs.ITEMS)}
    for history in histories:
        for place, earlier in enumerate(history):
            for distance, later in enumerate(history[place + 1 : place + 1 + window], start=1):
                if earlier != later:
                    pairs[earlier][later] += UNIT // distance
                    pairs[later][earlier] += UNIT * 3 // 10 // distance
    return pairs


def lines(table: Table) -> list[list[tuple[int, int]]]:
    return [
        [(item, count) for item, count in zip(*line, strict=True) if item != NOBODY]
        for line in zip(table.ids.tolist(), table.counts.tolist(), strict=True)
    ]


def nearest(pairs: dict[int, Counter[int]], size: int) -> list[list[tuple[int, int]]]:
    return [
        sorted(pairs[item].items(), key=lambda pair: (-pair[1], pair[0]))[:size]
        for item in range(logs.ITEMS)
    ]


@pytest.mark.parametrize("size", [3, 200])
def test_a_table_holds_the_nearest_by_count_then_id(size: int) -> None:
    histories = logs.histories()

    table = neighbours.counted(Rows.of(histories, logs.ITEMS), Reach.fading(), nearest=size)

    assert lines(table) == nearest(plainly(histories), size)


def test_every_way_of_sharing_out_the_unit_is_whole() -> None:
    reach = Reach.fading()

    assert all(UNIT % d == 0 and UNIT * 3 % (10 * d) == 0 for d in range(1, 11))
    assert reach.onward.tolist() == [UNIT // d for d in range(1, 11)]
    assert reach.back.tolist() == [UNIT * 3 // 10 // d for d in range(1, 11)]


def test_viewers_in_another_order_give_the_same_table() -> None:
    histories = logs.histories()

    one = neighbours.counted(Rows.of(histories, logs.ITEMS), Reach.fading())
    other = neighbours.counted(Rows.of(histories[::-1], logs.ITEMS), Reach.fading())

    assert np.array_equal(one.ids, other.ids)
    assert np.array_equal(one.counts, other.counts)


def test_scores_add_up_neighbours_less_popularity_and_age() -> None:
    histories, rows = logs.histories(), logs.rows()
    popularity = rows.popularity()
    pairs = plainly(histories)
    expected = np.zeros((len(rows), logs.ITEMS))
    for row, history in enumerate(histories):
        for age, item in enumerate(reversed(history[-20:])):
            for other, count in pairs[item].items():
                worth = count / UNIT / (popularity[item] * popularity[other]) ** 0.3
                expected[row, other] += 0.7**age * worth

    near = neighbours.strengths(neighbours.counted(rows, Reach.fading()), popularity)
    scores = neighbours.scores(rows.latest(20).fading(0.7), near)

    np.testing.assert_allclose(scores, expected, rtol=1e-4)


def test_together_counts_each_pair_of_a_history_by_its_length() -> None:
    rows = Rows.of([[0, 1], [0, 1, 2, 3]], 4)

    table = neighbours.counted_together(rows)

    assert lines(table)[0] == [(1, UNIT // 2 + UNIT // 4), (2, UNIT // 4), (3, UNIT // 4)]


def test_peers_who_watched_the_same_rare_things_count_most() -> None:
    histories = [sorted(set(one)) for one in logs.histories()]
    rows = Rows.of(histories, logs.ITEMS)
    popularity = rows.popularity()
    expected = np.zeros((len(rows), logs.ITEMS))
    for row, history in enumerate(histories):
        for other in histories:
            common = sum(popularity[item] ** -0.5 for item in set(history) & set(other))
            for item in other:
                expected[row, item] += (common * len(other) ** -0.5) ** 1.5

    np.testing.assert_allclose(neighbours.peer_scores(rows, rows), expected, rtol=1e-4)


def test_what_faded_to_nothing_says_nothing() -> None:
    long = Rows.of([[0] * 3_000 + [1]], 3).fading(0.5)
    others = Rows.of([[0, 2]] * 500 + [[1, 2]], 3)

    scores = neighbours.peer_scores(long, others, rare=0, long=0, sharpness=1)

    np.testing.assert_allclose(scores, [[500, 1, 501]], rtol=1e-3)
