"""What products that ads lead to are like, as a process holds it: for most searches there is none.

Read anew every minute. Whatever is named here is asked for in the search's own index before it is
shown (``browsing.fitting``): this says what there is no need to ask for.
Source: docs/adr/0124-an-ad-in-the-pages-own-write.md.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from vitrine.kernel import prepared
from vitrine.search.browsing import Wish
from vitrine.search.text import Term

LASTS = timedelta(minutes=1)
MOST_CODES = 4_096
"""Of what is filtered by, so many codes are remembered."""


@dataclass(frozen=True)
class Advertised:
    """Products by the words that they have. words: all of them, ascending.

    codes: of what each can be filtered by (``Facet``).
    """

    by_word: dict[str, set[int]] = field(default_factory=dict)
    words: Sequence[str] = ()
    codes: dict[int, frozenset[int]] = field(default_factory=dict)
    prices_minor: dict[int, int | None] = field(default_factory=dict)

    def among(self, wish: Wish) -> list[int]:
        """Return the products that a search may find. Queries: 0, or 1 for each new filter."""
        if wish.reading is None:
            return []
        found: set[int] | None = None
        for choices in wish.reading.terms:
            having = set[int]().union(*(one for term in choices for one in self._having(term)))
            found = having if found is None else found & having
            if not found:
                return []
        asked = {_code(*one) for one in wish.codes()}
        return [one for one in found or () if asked <= self.codes[one] and self._costs(one, wish)]

    def _having(self, term: Term) -> Iterator[set[int]]:
        word, is_begun = term
        if not is_begun:
            yield self.by_word.get(word, set())
            return
        for n in range(bisect_left(self.words, word), len(self.words)):
            if not self.words[n].startswith(word):
                return
            yield self.by_word[self.words[n]]

    def _costs(self, product: int, wish: Wish) -> bool:
        if wish.from_minor is None and wish.until_minor is None:
            return True
        price_minor = self.prices_minor[product]
        return (
            price_minor is not None
            and (wish.from_minor is None or price_minor >= wish.from_minor)
            and (wish.until_minor is None or price_minor <= wish.until_minor)
        )


@dataclass
class _Kept:
    """What was read last, and of which products."""

    of: Iterable[int] = ()
    products: frozenset[int] = frozenset()
    at: datetime | None = None
    known: Advertised = field(default_factory=Advertised)


_kept = _Kept()


def known(products: Iterable[int], *, at: datetime) -> Advertised:
    """Return what products are like. Queries: 0, or 1 every minute and where there are others.

    products: the same object while they are the same, which spares comparing thousands of them.
    """
    kept = _kept
    is_late = kept.at is None or not kept.at <= at < kept.at + LASTS
    if not is_late and products is kept.of:
        return kept.known
    asked = frozenset(int(one) for one in products)
    if is_late or asked != kept.products:
        _keep(_Kept(products, asked, at, _read(asked)))
    else:
        _keep(_Kept(products, asked, kept.at, kept.known))
    return _kept.known


def forget() -> None:
    """Read all anew: for whoever cannot wait."""
    _keep(_Kept())


def _keep(kept: _Kept) -> None:
    global _kept
    _kept = kept


@lru_cache(maxsize=MOST_CODES)
def _code(kind: str, name: str, value: str) -> int:
    """Return the code of a filter: what is the same to the search is so here. Queries: 1."""
    ((code,),) = prepared.rows("SELECT search_facet_code(%s, %s, %s)", [kind, name, value])
    return int(code)


def _read(products: Iterable[int]) -> Advertised:
    by_word: dict[str, set[int]] = {}
    codes: dict[int, frozenset[int]] = {}
    prices_minor: dict[int, int | None] = {}
    for pk, words, facets, price_minor in prepared.rows(_READ, [prepared.array(products)]):
        for word in words:
            by_word.setdefault(word, set()).add(pk)
        codes[pk] = frozenset(facets)
        prices_minor[pk] = price_minor
    return Advertised(by_word, sorted(by_word), codes, prices_minor)


_READ = """
SELECT product_id, tsvector_to_array(words), facets, price_minor FROM search_productentry
WHERE product_id = ANY (%s::bigint[])
"""
