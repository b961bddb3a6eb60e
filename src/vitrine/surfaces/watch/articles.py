"""Clips as HTML, ready to be served: rendered once, kept in the process for some seconds.

Ten articles rendered anew for each request would cost many times what the rest of it does. An
article is the same for all who read a language; what differs from viewer to viewer is a slot,
filled at serving.
"""

import itertools
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.template.loader import render_to_string
from django.utils.translation import get_language

from vitrine.surfaces.watch import exhibits
from vitrine.surfaces.watch.exhibits import Exhibit

KEPT_FOR = timedelta(seconds=30)
"""How long a changed title, count or price may stay as it was."""
RENEWED_AT_ONCE = 50
"""When something must be read anyway, the oldest articles are read again with it."""
FEW = 300
"""Beyond so many nobody may ask for the oldest again: each viewer is shown others."""
MOST_KEPT = 5_000
"""In each language."""

SLOT = "\x00"
"""Marks a slot. No text field can hold it: Postgres has no NUL in text."""
SLOTS = (
    *("position", "why", "liked", "saved", "followed"),
    *("poster", "preload", "more", "token", "call"),
)


@dataclass(frozen=True, slots=True)
class Article:
    """A clip's HTML, cut at its slots: words, slot, words, slot, … words."""

    exhibit: Exhibit
    pieces: tuple[str, ...]
    read_at: datetime

    def filled(self, slots: Mapping[str, str]) -> str:
        """Return the HTML with every slot filled."""
        pieces = list(self.pieces)
        pieces[1::2] = [slots[name] for name in pieces[1::2]]
        return "".join(pieces)


_lock = threading.Lock()
_kept: dict[str, dict[int, Article]] = {}
"""By language, then by the clip's primary key, the least recently read first."""


def ready(clips: Sequence[int], *, at: datetime) -> Mapping[int, Article]:
    """Return the articles of clips, by primary key. Queries: 0 if all are kept, else 1 or 2."""
    kept = _kept_here()
    found = {pk: one for pk in clips if (one := kept.get(pk)) and not _is_due(one, at)}
    if len(found) < len(clips):
        found |= _read({pk for pk in clips if pk not in found} | _due(at), at)
    return found


def forget() -> None:
    """Read every clip anew."""
    with _lock:
        _kept.clear()


def _kept_here() -> dict[int, Article]:
    """Return what is kept in the language of the page."""
    return _kept.setdefault(get_language() or "", {})


def _is_due(article: Article, at: datetime) -> bool:
    return abs(at - article.read_at) > KEPT_FOR


def _due(at: datetime) -> set[int]:
    if len(_kept_here()) > FEW:
        return set()
    with _lock:
        oldest = list(itertools.islice(_kept_here().items(), RENEWED_AT_ONCE))
    return {pk for pk, article in oldest if _is_due(article, at)}


def _read(clips: set[int], at: datetime) -> dict[int, Article]:
    """Read clips; return them: what is kept, other threads change at any moment."""
    read = {exhibit.pk: _article(exhibit, at) for exhibit in exhibits.of_clips(sorted(clips))}
    kept = _kept_here()
    with _lock:
        for pk in clips:
            kept.pop(pk, None)
        kept.update(read)
        for pk in list(itertools.islice(kept, max(len(kept) - MOST_KEPT, 0))):
            del kept[pk]
    return read


def _article(exhibit: Exhibit, at: datetime) -> Article:
    known = _kept_here().get(exhibit.pk)
    if known is not None and known.exhibit == exhibit:
        return Article(exhibit, known.pieces, at)
    slot = {name: f"{SLOT}{name}{SLOT}" for name in SLOTS}
    html = render_to_string("watch/article.html", {"clip": exhibit, "slot": slot})
    return Article(exhibit, tuple(html.split(SLOT)), at)
