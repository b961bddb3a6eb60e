"""The data sets that `bench recommend` reads, each cut as its README says."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from bench.figures import NotMeasurable
from vitrine.recommend import likeness
from vitrine.recommend.arrays import Floats
from vitrine.recommend.rows import Rows

HELD_OUT = 0.15
"""The share of each viewer's items that is cut from the training part to choose by."""


@dataclass(frozen=True)
class Question:
    """What sources may learn from, what they are shown of each viewer, and what came next."""

    known: Rows
    shown: Rows
    after: Rows


@dataclass(frozen=True)
class DataSet:
    """choosing: what every choice is made by. judged: what is reported, and looked at once."""

    choosing: Question
    judged: Question
    is_ordered: bool
    page: int
    looks: list[Floats] = field(default_factory=list)
    published: dict[str, tuple[str, float]] = field(default_factory=dict)


def read(folder: Path) -> DataSet:
    """Read a folder by the files that it has."""
    if (folder / "sequences.txt").is_file():
        return sequences(folder)
    if (folder / "train.txt").is_file():
        return splits(folder)
    raise NotMeasurable(f"{folder} has neither sequences.txt nor train.txt.")


def sequences(folder: Path) -> DataSet:
    """Leave one out: the last item is judged, the one before it is for choosing."""
    lists = list(lines(folder / "sequences.txt").values())
    described = attributes(folder)
    width = 1 + max(max((max(one, default=0) for one in lists), default=0), *described, 0)
    known = Rows.of([one[:-2] for one in lists], width)
    choosing = Question(known, known, Rows.of([one[-2:-1] for one in lists], width))
    judged = Question(
        known,
        Rows.of([one[:-1] for one in lists], width),
        Rows.of([one[-1:] for one in lists], width),
    )
    looks = []
    if described:
        kinds = 1 + max(max(one, default=0) for one in described.values())
        rows = Rows.of([described.get(item, []) for item in range(width)], kinds)
        looks = [likeness.described(rows)]
    return DataSet(choosing, judged, True, 10, looks, published(folder))


def splits(folder: Path) -> DataSet:
    """Judge by test.txt where it is, else by valid.txt; choose by what neither of them has.

    Where both are there, valid.txt is for choosing, as its name says.
    """
    train = lines(folder / "train.txt")
    parts = [
        lines(folder / name) for name in ("test.txt", "valid.txt") if (folder / name).is_file()
    ]
    if not parts:
        raise NotMeasurable(f"{folder} has neither test.txt nor valid.txt.")
    looks = [
        likeness.unit(np.load(path).astype(np.float32))
        for path in sorted(folder.glob("*_feat.npy"))
    ]
    everything = [train, *parts]
    viewers = 1 + max(max(part, default=0) for part in everything)
    largest = max(max(one, default=0) for part in everything for one in part.values())
    width = max(1 + largest, *(len(look) for look in looks), 0)
    rows = [Rows.of([part.get(v, []) for v in range(viewers)], width) for part in everything]
    judged = Question(rows[0], rows[0], rows[1])
    if len(rows) > 2:
        choosing = Question(rows[0], rows[0], rows[2])
    else:
        kept, held_out = cut(rows[0])
        choosing = Question(kept, kept, held_out)
    fitting = [look for look in looks if len(look) == width]
    return DataSet(choosing, judged, False, 20, fitting, published(folder))


def cut(rows: Rows, share: float = HELD_OUT) -> tuple[Rows, Rows]:
    """Hold out a share of each row, by lot; each keeps one at least."""
    chance = np.random.default_rng(0)
    lot = chance.random(len(rows.ids))
    owners = np.repeat(np.arange(len(rows)), rows.lengths)
    wanted = np.floor(rows.lengths * share + chance.random(len(rows))).astype(np.int64)
    wanted = np.minimum(wanted, np.maximum(rows.lengths - 1, 0))
    order = np.lexsort((lot, owners))
    place = np.arange(len(order)) - np.repeat(rows.starts[:-1], rows.lengths)
    out = np.zeros(len(order), np.bool_)
    out[order] = place < np.repeat(wanted, rows.lengths)
    return _only(rows, ~out), _only(rows, out)


def _only(rows: Rows, which: np.ndarray) -> Rows:
    owners = np.repeat(np.arange(len(rows)), rows.lengths)[which]
    starts = np.zeros(len(rows) + 1, np.int64)
    np.cumsum(np.bincount(owners, minlength=len(rows)), out=starts[1:])
    return Rows(starts, rows.ids[which], rows.weights[which], rows.width)


def lines(path: Path) -> dict[int, list[int]]:
    """Read "viewer item item ..."; later lines of a viewer go on."""
    lists: dict[int, list[int]] = {}
    for line in path.read_text().splitlines():
        numbers = [int(word) for word in line.split()]
        if numbers:
            lists.setdefault(numbers[0], []).extend(numbers[1:])
    return lists


def attributes(folder: Path) -> dict[int, list[int]]:
    """Read what items are described by; empty where nothing says."""
    path = folder / "item2attributes.json"
    said = json.loads(path.read_text()) if path.is_file() else {}
    return {int(item): kinds for item, kinds in said.items()}


def published(folder: Path) -> dict[str, tuple[str, float]]:
    """Read the best published figures from the README: metric -> whose, and how much.

    Formats: "Published (Recall@20 / NDCG@20): NAME .1234/.1234, ..." and the same for HR@10.
    """
    path = folder / "README.md"
    found = re.search(r"Published[^:]*?\(?((?:Recall|HR)@\d+(?: ?/ ?\w+@\d+)+)(.*)", _flat(path))
    if not found:
        return {}
    metrics = [name.strip().lower().replace("@", "_at_") for name in found[1].split("/")]
    best: dict[str, tuple[str, float]] = {}
    for name, values in re.findall(
        r"([\w+.-]+(?: [A-Z]\w+)?) ((?:-|\.\d+)(?:/(?:-|\.\d+))+)", found[2]
    ):
        for metric, value in zip(metrics, values.split("/"), strict=False):
            if value != "-" and float(value) > best.get(metric, ("", 0.0))[1]:
                best[metric] = (name, float(value))
    return best


def _flat(path: Path) -> str:
    text = path.read_text() if path.is_file() else ""
    return next((line for line in text.splitlines() if "Published" in line), "")
