"""Say what a thing for sale is, before there is a database."""

from dataclasses import dataclass

from vitrine.ops.demo.drawing.film import Subject


@dataclass(frozen=True)
class Item:
    """A product. price: whole US dollars. options: a name with its values, or none.

    steps: dollars that each further value of the first option costs more.
    """

    slug: str
    title: str
    price: int
    description: str
    category: str
    subject: Subject
    options: tuple[tuple[str, tuple[str, ...]], ...] = ()
    steps: int = 0
    grams: int = 500


@dataclass(frozen=True)
class Shop:
    """A merchant, its owner's handle and what it sells. has_store: people can collect."""

    name: str
    owner: str
    about: str
    items: tuple[Item, ...]
    has_store: bool
    code: str
    delivery: tuple[tuple[str, int, int | None, int, int], ...]
