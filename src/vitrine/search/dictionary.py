"""The words that public texts have: to complete what is being typed, and to see what was meant."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from vitrine.search import text, typos

RARE = 20
"""A word is doubted when its neighbour is in this many times more texts."""
AFTER_ALL_WORDS = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Reading:
    """What somebody typed, as it is searched.

    words: each with what may stand in for it. corrected: how it should have been typed, where a
    word is in no text. doubted: what was perhaps meant by words that are in hardly any.
    """

    typed: str
    words: Sequence[Sequence[str]]
    corrected: str = ""
    doubted: str = ""

    @property
    def shown(self) -> list[str]:
        """Every word that may have been found; the unfinished one last."""
        others = [choice for choices in self.words for choice in choices[1:]]
        return others + [choices[0] for choices in self.words]

    @property
    def query(self) -> str:
        """The words, as Postgres reads a ``tsquery``."""
        return text.query(self.words, is_finished=self._is_finished)

    @property
    def terms(self) -> list[list[text.Term]]:
        """The words as they are searched: one of each line has to be there."""
        return text.terms(self.words, is_finished=self._is_finished)

    @property
    def _is_finished(self) -> bool:
        return self.typed.endswith(" ")


def read(typed: str) -> Reading:
    """Look up each word; put the nearest known word beside one that nobody has written.

    Beside it and not in its place: a text of the last minutes may have a new word. Queries: 0 or 1.
    """
    words = text.tokens(typed)[: text.MOST_WORDS]
    if not words:
        return Reading(typed, [])
    known = _near(words)
    unfinished = words[-1] if text.may_be_unfinished(words[-1]) else ""
    choices, doubts = [], []
    for word in words:
        is_begun = word == unfinished and any(
            other != word and other.startswith(word) for other in known
        )
        nearest = None
        if len(word) >= typos.SHORTEST and not is_begun:
            nearest = typos.meant(word, known)
        texts = known.get(word, 0)
        is_rare = bool(nearest and texts and known[nearest] >= RARE * texts)
        choices.append([word, nearest] if nearest and not texts else [word])
        doubts.append(nearest if nearest and is_rare else word)
    corrected = [each[-1] for each in choices]
    return Reading(
        typed,
        choices,
        corrected=" ".join(corrected) if corrected != words else "",
        doubted=" ".join(doubts) if doubts != words else "",
    )


def completions(typed: str, *, most: int) -> list[str]:
    """Return what is being typed with its last word completed, the most frequent first.

    Queries: 0 or 1.
    """
    *before, last = text.tokens(typed)[: text.MOST_WORDS] or [""]
    if typed.endswith(" ") or not last:
        return []
    return [" ".join([*before, word]) for word in _beginning(last, most=most)]


def popular_hashtags(*, most: int) -> list[str]:
    """Return the hashtags that most public texts have, each with its ``#``. Queries: 1."""
    return _beginning("#", most=most)


def _beginning(letters: str, *, most: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word FROM search_word WHERE word >= %s AND word < %s"
            " ORDER BY texts DESC, word LIMIT %s",
            [letters, letters + AFTER_ALL_WORDS, most],
        )
        return [word for (word,) in cursor.fetchall()]


def _near(words: Sequence[str]) -> dict[str, int]:
    """Return the known words near to any of these, and one that the last begins.

    Each piece is looked up by itself: asked for all at once, Postgres guesses that a third of the
    dictionary will match, and reads the whole of it.
    """
    pieces = sorted({variant for word in words for variant in typos.variants(word)})
    with connection.cursor() as cursor:
        cursor.execute(
            "(SELECT near.word, near.texts FROM unnest(%s::varchar[]) AS piece CROSS JOIN LATERAL"
            " (SELECT word, texts FROM search_word WHERE nearby @> ARRAY[piece] LIMIT 200) AS near)"
            " UNION (SELECT word, texts FROM search_word WHERE word >= %s AND word < %s"
            " ORDER BY word LIMIT 1)",
            [pieces, words[-1], words[-1] + AFTER_ALL_WORDS],
        )
        return dict(cursor.fetchall())
