"""What is said about a feed: sentences that are written once and read in any language."""

from typing import Any

from django.utils.translation import gettext

from vitrine.kernel import text

LONGEST_FACT = 200


class Said(str):
    """A sentence in English that remembers how it was put together.

    It is a ``str``, so that whoever only passes it on, or compares it, needs no second word. Its
    facts may be sentences themselves.
    """

    sentence: str
    facts: dict[str, object]

    def __new__(cls, sentence: str, **facts: object) -> "Said":
        """Put a marked sentence and its facts together; without facts, braces are letters."""
        made = super().__new__(cls, sentence.format(**facts) if facts else sentence)
        made.sentence, made.facts = sentence, facts
        return made


def kept(said: str) -> dict[str, Any]:
    """Return a sentence as JSON can keep it: how it was put together."""
    if not isinstance(said, Said):
        return {"says": said}
    facts = {name: _fact(fact) for name, fact in said.facts.items()}
    return {"says": said.sentence, "facts": facts} if facts else {"says": said.sentence}


def _fact(fact: object) -> Any:
    if isinstance(fact, Said):
        return kept(fact)
    return fact if isinstance(fact, int) else text.line(str(fact))[:LONGEST_FACT]


def said_again(kept: dict[str, Any]) -> str:
    """Return what was kept in the language of whoever reads it."""
    facts = {
        name: said_again(fact) if isinstance(fact, dict) else fact
        for name, fact in kept.get("facts", {}).items()
    }
    sentence = gettext(kept["says"]) if kept["says"] else ""
    return sentence.format(**facts) if facts else sentence
