"""How well the product's own retrieval predicts what people watch next, on public data.

Nothing is chosen by what is judged: settings and weights come from a cut of the training part, by
one search over one space for every data set (docs/adr/0090).
"""

import time
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from bench import recommend_search as search
from bench import recommend_sets
from bench.figures import Figure, NotMeasurable

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "recsys"
GOALS = {
    "gowalla": (">= 0.192", ">= 0.160"),
    "tiktok": (">= 0.113", ">= 0.046"),
    "ml1m_m1": (">= 0.284", ">= 0.272"),
    "beauty": (">= 0.095", ">= 0.057"),
    "sports": (">= 0.057", ">= 0.034"),
}
"""Recall or hit rate, and NDCG, of the data sets that the issue names."""
LONGEST = {"gowalla": "<= 300"}
"""Seconds, search and answers together."""


def run(data: Path = DATA, dataset: str = "") -> Iterator[Figure]:
    """Yield the figures of one data set; of all that are in the folder, each with its name."""
    if not data.is_dir():
        raise NotMeasurable(f"There is no folder {data}: name one with --data.")
    if dataset:
        yield from figures(data / dataset)
        return
    for folder in sorted(path for path in data.iterdir() if path.is_dir()):
        for figure in figures(folder):
            yield Figure(**{**vars(figure), "metric": f"{folder.name}_{figure.metric}"})


def figures(folder: Path) -> Iterator[Figure]:
    """Choose, answer, and judge."""
    started = time.monotonic()
    of = recommend_sets.read(folder)
    choice = search.choose(of, Console(stderr=True, soft_wrap=True, highlight=False).print)
    known = search.Known(of.judged.known, of.is_ordered, of.looks)
    pages = choice.pages(known, of.judged, of.page)
    fit_s = time.monotonic() - started
    after = of.judged.after.picked(search.asked(of.judged, len(of.judged.after)))
    names = (f"hr_at_{of.page}" if of.is_ordered else f"recall_at_{of.page}", f"ndcg_at_{of.page}")
    goals = GOALS.get(folder.name, ("", ""))
    for name, value, goal in zip(names, search.measured(pages, after), goals, strict=True):
        whose, published = of.published.get(name, ("", None))
        yield Figure(
            name, value, "", goal, whose and f"{whose}, published", published,
            value / published if published else None,
        )  # fmt: skip
    yield Figure("fit_s", fit_s, "s", LONGEST.get(folder.name, ""))
