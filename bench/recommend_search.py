"""One search for every data set: each source alone, axis by axis, then the blend of all."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar, cast

import numpy as np

from bench.recommend_sets import DataSet, Question
from vitrine.recommend import blend, factors, likeness, neighbours, ridge, spectrum
from vitrine.recommend.arrays import Counts, Floats, Ids
from vitrine.recommend.reach import Reach
from vitrine.recommend.rows import Rows

Setting = dict[str, float]
Source = Callable[["Known", Rows, Setting], Floats]
Made = TypeVar("Made")

LATEST = 20
NAMED = 150
"""How many each source names."""
ASKED = 1_500
"""How many viewers are asked to compare settings."""
BLENDED = 6_000
"""How many are asked for the weights of the blend."""
BATCH = 500


@dataclass
class Known:
    """What sources learn from, and what they made of it, kept so that settings share it."""

    histories: Rows
    is_ordered: bool
    looks: list[Floats]
    _kept: dict[tuple[object, ...], object] = field(default_factory=dict)

    def kept(self, key: tuple[object, ...], make: Callable[[], Made]) -> Made:
        """Return what was made under a key before, or make it."""
        if key not in self._kept:
            self._kept[key] = make()
        return cast(Made, self._kept[key])

    @property
    def popularity(self) -> Counts:
        """How often each item was watched."""
        return self.kept(("popularity",), self.histories.popularity)


def in_order(known: Known, shown: Rows, by: Setting) -> Floats:
    """What comes soon after the latest."""
    reach = Reach.fading(int(by["window"]), decay=by["decay"], back=by["back"])
    table = known.kept(
        ("order", by["window"], by["decay"], by["back"]),
        lambda: neighbours.counted(known.histories, reach),
    )
    near = neighbours.strengths(table, known.popularity, own=by["own"], other=by["other"])
    return neighbours.scores(shown.latest(LATEST).fading(by["keep"]), near)


def together(known: Known, shown: Rows, by: Setting) -> Floats:
    """What the same people watch."""
    table = known.kept(
        ("together", by["share"]),
        lambda: neighbours.counted_together(known.histories, share=by["share"], nearest=800),
    )
    near = neighbours.strengths(
        table, known.popularity, own=by["own"], other=by["other"], sharpness=by["sharpness"]
    )
    return neighbours.scores(_aged(known, shown, by), near)


def peers(known: Known, shown: Rows, by: Setting) -> Floats:
    """What those watch who are alike."""
    return neighbours.peer_scores(
        _aged(known, shown, by), known.histories,
        rare=by["rare"], long=by["long"], sharpness=by["sharpness"],
    )  # fmt: skip


def waves(known: Known, shown: Rows, by: Setting) -> Floats:
    """What belongs to the same slow waves."""
    fitted = known.kept(("waves",), lambda: spectrum.waves(known.histories, 768))
    return fitted.scores(_aged(known, shown, by), size=int(by["size"]), damping=by["damping"])


def slow_waves(known: Known, shown: Rows, by: Setting) -> Floats:
    """What belongs to the very slowest waves: taste at large."""
    return waves(known, shown, {**by, "damping": 0.0})


def factored(known: Known, shown: Rows, by: Setting) -> Floats:
    """What lies near the viewer's vector."""
    penalties = factors.Penalties(64, by["unwatched"], by["penalty"])
    items = known.kept(
        ("factors", by["unwatched"], by["penalty"]),
        lambda: factors.fitted(known.histories, penalties, rounds=6),
    )
    return np.asarray(factors.folded(_aged(known, shown, by), items, penalties) @ items.T)


def closed(known: Known, shown: Rows, by: Setting) -> Floats:
    """What the closed form says."""
    weights = known.kept(
        ("ridge", by["penalty"]), lambda: ridge.fitted(known.histories, by["penalty"])
    )
    return _aged(known, shown, by).times(weights)


def alike(known: Known, shown: Rows, by: Setting) -> Floats:
    """What is described, looks or sounds like it."""
    near = known.kept(("alike",), lambda: likeness.alike(known.looks))
    sharp = likeness.sharpened(near, known.popularity, sharpness=by["sharpness"], known=by["known"])
    return neighbours.scores(_aged(known, shown, by), sharp)


def popular(known: Known, shown: Rows, by: Setting) -> Floats:
    """What many watch, as a logarithm."""
    line = np.log1p(known.popularity).astype(np.float32)
    return np.repeat(line[None], len(shown), axis=0)


def _aged(known: Known, shown: Rows, by: Setting) -> Rows:
    return shown.fading(by["keep"]) if known.is_ordered else shown


AXES: dict[Source, dict[str, tuple[float, ...]]] = {
    in_order: {
        "window": (10, 50), "decay": (1.0, 0.5), "back": (0.3, 0.6),
        "own": (0.3, 0.5), "other": (0.3, 0.1), "keep": (0.7, 0.6, 0.8),
    },
    together: {
        "share": (1.0, 0.5), "own": (0.4, 0.3, 0.5), "other": (0.4, 0.3, 0.5),
        "sharpness": (1.0, 0.7), "keep": (0.8, 1.0, 0.6),
    },
    peers: {
        "rare": (0.5, 0.25, 0.75), "long": (0.5, 0.25), "sharpness": (1.5, 1.0, 2.0, 3.0),
        "keep": (0.8, 1.0, 0.6),
    },
    waves: {
        "size": (768, 384, 192, 64), "damping": (0.0, 1.0), "keep": (0.8, 1.0, 0.6),
    },
    slow_waves: {"size": (48, 24), "keep": (0.8, 1.0, 0.6)},
    factored: {
        "unwatched": (0.1, 0.3), "penalty": (0.003, 0.01), "keep": (0.8, 1.0, 0.6),
    },
    closed: {"penalty": (1000, 300, 3000), "keep": (0.8, 1.0, 0.6)},
    alike: {"sharpness": (4, 2, 8), "known": (0.0, 0.3), "keep": (0.8, 1.0, 0.6)},
    popular: {},
}  # fmt: skip
"""The whole space: the first of each axis is where the search begins."""


@dataclass(frozen=True)
class Choice:
    """The settings of each source, and the weights of the blend."""

    settings: dict[Source, Setting]
    trust: Floats

    def pages(self, known: Known, question: Question, size: int) -> Ids:
        """Return a page for every viewer that something came after."""
        which = asked(question, len(question.after))
        pages = [
            blend.ranked(one, self.trust, size)
            for one in named(known, question, self.settings, which)
        ]
        return np.concatenate(pages)


def sources(of: DataSet) -> list[Source]:
    """Name the sources that have what they need in a data set."""
    needs: dict[Source, bool] = {
        in_order: of.is_ordered,
        closed: of.judged.known.width <= ridge.LARGEST,
        alike: bool(of.looks),
    }
    return [source for source in AXES if needs.get(source, True)]


def choose(of: DataSet, say: Callable[[str], None] = lambda _: None) -> Choice:
    """Choose settings and weights by what was held out, never by what is judged."""
    question = of.choosing
    known = Known(question.known, of.is_ordered, of.looks)
    settings = {}
    for source in sources(of):
        settings[source], found = settled(source, known, question, of.page)
        say(f"{source.__name__}: {found:.4f} with {settings[source]}")
    which = asked(question, BLENDED)
    gathered = joined(list(named(known, question, settings, which)))
    trust = blend.weights(gathered, question.after.picked(which))
    say(f"weights: {np.round(trust, 2).tolist()}")
    return Choice(settings, trust)


def settled(source: Source, known: Known, question: Question, page: int) -> tuple[Setting, float]:
    """Go along each axis once, and stay where the NDCG is highest; the first wins a draw."""
    which = asked(question, ASKED)
    shown, after = question.shown.picked(which), question.after.picked(which)

    def worth(setting: Setting) -> float:
        pages = blend.best(source(known, shown, setting), shown, page)
        return measured(pages, after)[1]

    setting = {name: values[0] for name, values in AXES[source].items()}
    best = worth(setting)
    for name, values in AXES[source].items():
        if name == "keep" and not known.is_ordered:
            continue
        for value in values[1:]:
            there = worth({**setting, name: value})
            if there > best:
                best, setting = there, {**setting, name: value}
    return setting, best


def named(
    known: Known, question: Question, settings: dict[Source, Setting], which: Counts
) -> Iterator[blend.Candidates]:
    """Gather candidates, some viewers at a time."""
    for start in range(0, len(which), BATCH):
        shown = question.shown.picked(which[start : start + BATCH])
        scores = [source(known, shown, setting) for source, setting in settings.items()]
        yield blend.gathered(scores, shown, NAMED)


def joined(parts: list[blend.Candidates]) -> blend.Candidates:
    """Put candidates one after the other."""
    ends = np.cumsum([0, *(len(part.ids) for part in parts)])
    starts = [part.starts[1:] + end for part, end in zip(parts, ends[:-1], strict=True)]
    return blend.Candidates(
        np.concatenate([[0], *starts]).astype(np.int64),
        np.concatenate([part.ids for part in parts]),
        np.concatenate([part.said for part in parts]),
    )


def asked(question: Question, most: int) -> Counts:
    """Return viewers that something came after: all, or as many by lot."""
    able = np.flatnonzero(question.after.lengths)
    if len(able) <= most:
        return able
    return np.sort(np.random.default_rng(0).permutation(able)[:most])


def measured(pages: Ids, after: Rows) -> tuple[float, float]:
    """Return recall and NDCG at the length of a page, averaged over viewers."""
    size = pages.shape[1]
    wide = np.int64(after.width) + 1
    owners = np.repeat(np.arange(len(after)), after.lengths)
    lines = np.arange(len(pages))[:, None] * wide
    hits = np.isin(lines + pages, owners * wide + after.ids) & (pages >= 0) & (pages < after.width)
    worth = 1 / np.log2(np.arange(2, size + 2))
    ideal = np.concatenate([[0.0], np.cumsum(worth)])[np.minimum(after.lengths, size)]
    recall = hits.sum(axis=1) / after.lengths
    return float(recall.mean()), float(((hits * worth).sum(axis=1) / ideal).mean())
