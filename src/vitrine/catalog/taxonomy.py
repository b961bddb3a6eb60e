"""The tree of categories that a new cell begins with: ``taxonomy.toml``, read."""

import tomllib
from collections.abc import Sequence
from importlib.resources import files

import msgspec

from vitrine.kernel.text import folded


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that is said of goods in a category. kind: as in ``Attribute.kind``."""

    key: str
    name: str
    kind: str
    unit: str = ""
    choices: tuple[str, ...] = ()


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A category. words: what feeds call it, besides its name."""

    key: str
    name: str
    words: tuple[str, ...] = ()
    attribute: tuple[Said, ...] = ()

    @property
    def folded_words(self) -> list[str]:
        """The words by which a feed may call it, as they are compared."""
        return sorted({folded(word) for word in (self.name, *self.words)})


def tree() -> Sequence[Place]:
    """Return every category, each after the one above it."""
    text = files("vitrine.catalog").joinpath("taxonomy.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text)["category"], type=list[Place])
