"""The ways to narrow a list of products, and to order it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from vitrine.search import browsing
from vitrine.search.browsing import Counts, FacetValue, Sort, Wish
from vitrine.surfaces.shop.address import Asked

SAID = "is."
"""What stands before the name of an attribute in the address."""


@dataclass(frozen=True, slots=True)
class Link:
    """A way to another list. n: how many there are there; "" where it is not known."""

    label: str
    url: str
    n: str = ""
    is_chosen: bool = False


@dataclass(frozen=True)
class Narrowing:
    """All that these ways hang on, so that they are drawn once where no words were typed.

    Its dozens of links are written in Python: in a template they cost more than the rest of a page.
    said: pairs of the address.
    """

    said: tuple[tuple[str, str], ...]
    wish: Wish
    counts: Counts

    @cached_property
    def address(self) -> Asked:
        return Asked(dict(self.said))

    @property
    def asked(self) -> dict[str, str]:
        """What the address says."""
        return self.address.said

    @property
    def facets(self) -> SafeString:
        """The questions that still part the list, each with its answers, drawn."""
        grouped: dict[tuple[str, str], list[FacetValue]] = {}
        for one in self.counts.values:
            grouped.setdefault((one.kind, one.name if one.kind == "attr" else ""), []).append(one)
        drawn = [
            self._facet(label, found)
            for key, label in (("brand", gettext("Brand")), ("shop", gettext("Seller")))
            if len(found := grouped.pop((key, ""), [])) > 1
        ]
        grouped.pop(("category", ""), None)
        chosen = dict(self.wish.attributes)
        drawn += [
            self._facet(name.capitalize(), found)
            for (_, name), found in sorted(grouped.items())
            if len(found) > 1 and name not in chosen
        ]
        return _joined(drawn)

    @property
    def sorts(self) -> SafeString:
        """The orders in which the list can be, drawn."""
        return _joined(self._sort(one) for one in Sort)

    @property
    def kept(self) -> SafeString:
        """What is asked for but for the price, as hidden fields of the price's form."""
        return _joined(
            f'<input type="hidden" name="{escape(key)}" value="{escape(value)}">'
            for key, value in self.asked.items()
            if key not in {"from", "until", "after"}
        )

    @property
    def in_stock(self) -> SafeString:
        """The way to the same list of what is in stock, where that makes a difference."""
        counts = self.counts
        if self.wish.in_stock or counts.in_stock in (0, counts.total):
            return SafeString()
        url, label = escape(self.address.url(stock="1")), escape(gettext("In stock"))
        number = self.number(counts.in_stock)
        return _joined(
            [
                f'<p><a class="chip" href="{url}">{label} <span class="muted num">{number}</span>'
                "</a></p>"
            ]
        )

    def number(self, n: int) -> str:
        """Write how many there are, with a plus where more than are counted."""
        if n > browsing.MOST_COUNTED:
            return f"{browsing.MOST_COUNTED:,}+"
        return f"{n:,}+" if self.counts.is_bounded else f"{n:,}"

    def _sort(self, one: Sort) -> str:
        url = escape(self.address.url(sort="" if one is Sort.BEST else one))
        current = ' aria-current="true"' if one is self.wish.sort else ""
        return f'<li><a href="{url}"{current}>{escape(one.label)}</a></li>'

    def _facet(self, label: str, found: Sequence[FacetValue]) -> str:
        answers = "".join(map(self._answer, found))
        return (
            f'<section class="stack tight"><h2 class="label">{escape(label)}</h2>'
            f"<ul>{answers}</ul></section>"
        )

    def _answer(self, one: FacetValue) -> str:
        key = {"brand": "brand", "shop": "shop"}.get(one.kind, SAID + one.name)
        said = one.name if one.kind == "shop" else one.value
        chosen = {"brand": self.wish.brand, "shop": self.wish.shop}.get(one.kind, "")
        is_chosen = bool(chosen) and chosen.casefold() == said.casefold()
        current = ' aria-current="true"' if is_chosen else ""
        return (
            f'<li><a class="row spread" href="{escape(self.address.url(**{key: said}))}"{current}>'
            f'<span class="truncate">{escape(one.value)}</span>'
            f'<span class="muted num small">{self.number(one.n)}</span></a></li>'
        )


def _joined(drawn: Iterable[str]) -> SafeString:
    return mark_safe("".join(drawn))  # noqa: S308  (each part is escaped)
