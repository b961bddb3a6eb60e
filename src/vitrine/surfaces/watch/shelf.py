"""Clips as HTML, ready to be served: rendered once, kept in the process for some seconds.

Ten articles rendered anew for each request would cost many times what the rest of it does. An
article is the same for everybody; what differs from viewer to viewer is a slot, filled at serving.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.template.loader import render_to_string

from vitrine.surfaces.watch import exhibits

KEPT_FOR = timedelta(seconds=15)
"""How long a changed title, count or price may stay as it was."""
MOST_KEPT = 5_000

SLOT = "\x00"
"""Marks a slot. No text field can hold it: Postgres has no NUL in text."""
SLOTS = ("position", "reason", "liked", "followed", "poster", "preload", "more")


@dataclass(frozen=True, slots=True)
class Article:
    """A clip's HTML, cut at its slots: words, slot, words, slot, … words."""

    pieces: tuple[str, ...]
    rendered_at: datetime

    def filled(self, slots: Mapping[str, str]) -> str:
        """Return the HTML with every slot filled."""
        pieces = list(self.pieces)
        pieces[1::2] = [slots[name] for name in pieces[1::2]]
        return "".join(pieces)


_kept: dict[int, Article] = {}


def articles(clips: Sequence[int], *, at: datetime) -> Mapping[int, Article]:
    """Return the articles of clips, by primary key. Queries: 0 when all are kept, else 4."""
    found = {pk: kept for pk in clips if (kept := _kept.get(pk)) and _is_good(kept, at)}
    missing = [pk for pk in clips if pk not in found]
    if missing:
        made = dict(_render(missing, at))
        if len(_kept) + len(made) > MOST_KEPT:
            _kept.clear()
        _kept.update(made)
        found.update(made)
    return found


def forget() -> None:
    """Render every article anew."""
    _kept.clear()


def _is_good(article: Article, at: datetime) -> bool:
    return abs(at - article.rendered_at) < KEPT_FOR


def _render(clips: Sequence[int], at: datetime) -> Iterable[tuple[int, Article]]:
    slot = {name: f"{SLOT}{name}{SLOT}" for name in SLOTS}
    for exhibit in exhibits.of_clips(clips):
        html = render_to_string("watch/article.html", {"clip": exhibit, "slot": slot})
        yield exhibit.pk, Article(tuple(html.split(SLOT)), at)
