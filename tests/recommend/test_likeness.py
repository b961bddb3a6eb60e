"""What is alike by what is said of it."""

import numpy as np

from vitrine.recommend import likeness
from vitrine.recommend.rows import Rows


def test_rare_attributes_say_more_than_common_ones() -> None:
    vectors = likeness.described(Rows.of([[0, 1], [1], [0], [0], []], 2))

    near = likeness.alike([vectors], nearest=2)

    assert near.ids[0].tolist() == [1, 2]
    assert near.values[0][0] > near.values[0][1] > 0


def test_the_mean_of_all_kinds_counts() -> None:
    one, other = np.eye(3, dtype=np.float32), np.ones((3, 1), np.float32)

    near = likeness.alike([one, other])

    assert near.ids.tolist() == [[1, 2], [0, 2], [0, 1]]
    assert np.allclose(near.values, 0.5)


def test_sharpening_keeps_the_neighbours_and_favours_the_known() -> None:
    near = likeness.alike([np.ones((3, 1), np.float32)])

    sharp = likeness.sharpened(near, np.array([1, 4, 9]), sharpness=2, known=0.5)

    assert sharp.values[0].tolist() == [2, 3]
