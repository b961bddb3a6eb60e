"""Which word was meant by one that nobody has written. Pure. Source: docs/adr/0031-search.md."""

from collections.abc import Iterable, Mapping

SHORTEST = 4
"""Shorter words have too many neighbours to guess at."""
TWO_FROM = 8
"""Words this long may have two slips."""


def variants(word: str) -> list[str]:
    """Return the word and what is left of it without one letter, or two in a long one.

    The dictionary keeps its words without one letter too (``search_nearby``): two words that are
    a letter too many, too few, wrong or swapped apart have a variant in common.
    """
    once = _shortened({word})
    twice = _shortened(once) if len(word) >= TWO_FROM else set()
    return sorted({word} | once | twice)


def meant(word: str, known: Mapping[str, int]) -> str | None:
    """Return the nearest known word, the more frequent of equals; None where none is near.

    known: word -> in how many texts it is.
    """
    most = 2 if len(word) >= TWO_FROM else 1
    near = [
        (slips, -texts, other)
        for other, texts in known.items()
        if other != word and (slips := distance(word, other)) <= most
    ]
    return min(near)[2] if near else None


def distance(one: str, other: str) -> int:
    """Return how many letters must be added, left out, changed or swapped with a neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]


def _shortened(words: Iterable[str]) -> set[str]:
    return {word[:i] + word[i + 1 :] for word in words for i in range(len(word))}
