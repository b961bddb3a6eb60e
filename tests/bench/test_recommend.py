"""The data sets are cut as their READMEs say, and nothing is chosen by what is judged."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from bench import recommend, recommend_search, recommend_sets
from bench.figures import NotMeasurable
from tests.nightly import IS_NIGHT
from vitrine.recommend.rows import Rows


def lists(rows: Rows) -> list[list[int]]:
    return [part.tolist() for part in np.split(rows.ids, rows.starts[1:-1])]


def test_of_a_sequence_the_last_is_judged_and_the_one_before_is_for_choosing(
    tmp_path: Path,
) -> None:
    (tmp_path / "sequences.txt").write_text("1 1 2 3 4\n2 5 6 7\n")

    found = recommend_sets.read(tmp_path)

    assert lists(found.choosing.known) == lists(found.judged.known) == [[1, 2], [5]]
    assert (lists(found.choosing.shown), lists(found.choosing.after)) == ([[1, 2], [5]], [[3], [6]])
    assert (lists(found.judged.shown), lists(found.judged.after)) == (
        [[1, 2, 3], [5, 6]],
        [[4], [7]],
    )


def test_without_order_choices_are_made_by_a_cut_of_the_training_part(tmp_path: Path) -> None:
    train = {viewer: list(range(viewer, viewer + 20)) for viewer in range(30)}
    (tmp_path / "train.txt").write_text(
        "".join(f"{v} {' '.join(map(str, items))}\n" for v, items in train.items())
    )
    (tmp_path / "test.txt").write_text("0 60 61\n1\n")

    found = recommend_sets.read(tmp_path)

    kept, held_out = lists(found.choosing.shown), lists(found.choosing.after)
    assert [sorted(a + b) for a, b in zip(kept, held_out, strict=True)] == list(train.values())
    assert all(len(part) == 3 for part in held_out)
    assert lists(found.judged.after)[:2] == [[60, 61], []]
    assert recommend_search.asked(found.judged, 10).tolist() == [0]


def test_a_validation_part_is_judged_only_while_the_test_is_kept_back(tmp_path: Path) -> None:
    (tmp_path / "train.txt").write_text("0 1 2\n1 2 3\n")
    (tmp_path / "valid.txt").write_text("0 3\n")
    without = recommend_sets.read(tmp_path)
    (tmp_path / "test.txt").write_text("1 1\n")

    beside = recommend_sets.read(tmp_path)

    assert lists(without.judged.after) == lists(beside.choosing.after) == [[3], []]
    assert lists(beside.judged.after) == [[], [1]]


def test_a_folder_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotMeasurable, match=r"neither sequences\.txt nor train\.txt"):
        recommend_sets.read(tmp_path)


def test_recall_and_ndcg_are_those_of_the_papers() -> None:
    pages = np.array([[4, 1, 2], [0, 3, -1]], np.int32)
    after = Rows.of([[1, 2, 5, 6], [3]], 7)
    first = (1 / math.log2(3) + 1 / math.log2(4)) / (1 + 1 / math.log2(3) + 1 / math.log2(4))

    recall, ndcg = recommend_search.measured(pages, after)

    assert recall == pytest.approx((2 / 4 + 1) / 2)
    assert ndcg == pytest.approx((first + 1 / math.log2(3)) / 2)


def test_published_figures_are_read_from_the_readme(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(
        "- Published (Recall@20 / NDCG@20 / F1@20): LightGCN .2576/.2427/-, ENMF -/.2656/.1640.\n"
    )

    assert recommend_sets.published(tmp_path) == {
        "recall_at_20": ("LightGCN", 0.2576),
        "ndcg_at_20": ("ENMF", 0.2656),
        "f1_at_20": ("ENMF", 0.1640),
    }


def folder_of_rounds(tmp_path: Path) -> Path:
    """Write a data set whose viewers go round in one of three circles of items."""
    chance = np.random.default_rng(0)
    rows = []
    for viewer in range(150):
        start, circle = int(chance.integers(10)), viewer % 3
        rows.append([circle * 10 + (start + step) % 10 for step in range(7)])
    folder = tmp_path / "rounds"
    folder.mkdir()
    (folder / "sequences.txt").write_text(
        "".join(f"{v} {' '.join(map(str, row))}\n" for v, row in enumerate(rows))
    )
    (folder / "item2attributes.json").write_text(
        json.dumps({str(item): [item // 10] for item in range(30)})
    )
    return folder


@pytest.mark.skipif(not IS_NIGHT, reason="Compiles all of it, half a minute: VITRINE_NIGHTLY=1.")
def test_a_folder_never_seen_is_measured_and_twice_alike(tmp_path: Path) -> None:
    folder = folder_of_rounds(tmp_path)

    one, other = ({f.metric: f for f in recommend.run(tmp_path, folder.name)} for _ in range(2))

    assert set(one) == {"hr_at_10", "ndcg_at_10", "fit_s"}
    assert one["hr_at_10"].value == 1.0
    assert one["ndcg_at_10"].value > 0.9
    assert one["ndcg_at_10"].value == other["ndcg_at_10"].value


@pytest.mark.parametrize(
    "name,viewers,width,page",
    [("lastfm_s3", 1_090, 3_647, 10), ("tiktok", 9_308, 6_710, 20)],
)
def test_the_public_sets_are_read_whole(
    shared: Path, name: str, viewers: int, width: int, page: int
) -> None:
    found = recommend_sets.read(shared / "recsys" / name)

    assert (len(found.judged.known), found.judged.known.width) == (viewers, width)
    assert found.page == page
    assert found.looks
    assert len(found.published) >= 2
