"""Print what everything that is shared out among processors comes to: run by test_compiled."""

import hashlib

import numpy as np

from vitrine.recommend import blend, factors, line_fitting, neighbours
from vitrine.recommend.reach import Reach
from vitrine.recommend.rows import Rows

VIEWERS, ITEMS = 300, 80


def main() -> None:
    """Compute tables, scores, factors, a blend and lines by chance, and print their digest."""
    dice = np.random.default_rng(4)
    lists = [dice.permutation(ITEMS)[: dice.integers(2, 30)].tolist() for _viewer in range(VIEWERS)]
    histories = Rows.of(lists, ITEMS)
    table = neighbours.counted(histories, Reach.fading())
    scores = [
        neighbours.scores(histories, neighbours.strengths(table, histories.popularity())),
        neighbours.peer_scores(histories, histories),
    ]
    vectors = factors.fitted(histories, factors.Penalties(8), rounds=2)
    named = blend.gathered(scores, Rows.of([[]] * VIEWERS, ITEMS), 20)
    trust = blend.weights(named, histories)
    signs = dice.standard_normal((20_000, 8))
    came = (dice.random((20_000, 1)) < 1 / (1 + np.exp(-signs[:, :1]))).astype(np.float64)
    lines = line_fitting.fitted(signs, came, np.ones(len(signs)))
    digest = hashlib.sha256()
    for array in (table.ids, table.counts, *scores, vectors, named.ids, named.said, trust, lines):
        digest.update(np.ascontiguousarray(array).tobytes())
    print(digest.hexdigest())  # noqa: T201 (it is what the test reads)


if __name__ == "__main__":
    main()
