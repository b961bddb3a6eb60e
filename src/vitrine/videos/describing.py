"""One line that says what happens in a clip, proposed from what is known of it. Pure."""

import re
from collections.abc import Iterable

from vitrine.videos import transcript

MOST_LETTERS = 300
_SENTENCE = re.compile(r"\S.*?[.!?…。！？](?=\s|$)|\S.*$", re.DOTALL)


def suggestion(title: str, captions: Iterable[str]) -> str:
    """Return a line from the first captions that say anything, else from the title, else nothing.

    captions: WebVTT, the best first.
    """
    said = next(filter(None, map(transcript.of, captions)), "")
    return first_sentences(said) or first_sentences(title)


def first_sentences(text: str) -> str:
    """Return as many whole sentences as fit into a line; of one too long, its first words."""
    line = ""
    for sentence in _SENTENCE.findall(" ".join(text.split())):
        longer = f"{line} {sentence}".strip()
        if len(longer) > MOST_LETTERS:
            return line or _first_words(sentence)
        line = longer
    return line


def _first_words(sentence: str) -> str:
    """Cut at a word; where there is no space in reach, as in Japanese, at a letter."""
    room = sentence[: MOST_LETTERS - 1]
    words, space, _ = room.rpartition(" ")
    return f"{words if space else room}…"
