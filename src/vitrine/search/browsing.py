"""Products by what they are: category, brand, shop, what is said of them, price; with words or not.

Each entry carries codes of everything it can be filtered by, so that a filter is one condition on
one index. How many there are of each further value is counted among the best MOST_COUNTED that were
found, which keeps the cost of any search bounded; a bigger number is shown with a plus. What nobody
typed words for is counted anew after COUNTS_LAST. Source: docs/adr/0062-catalogue.md.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.utils.translation import gettext, gettext_noop

from vitrine.accounts import stand_in
from vitrine.catalog.models import Product
from vitrine.kernel import prepared
from vitrine.search.dictionary import Reading
from vitrine.search.finding import FoundProduct
from vitrine.search.lasting import Lasting

PAGE = 24
MOST_COUNTED = 1_000
ENOUGH_IN_FRONT = 200
MOST_VALUES = 12
"""Values of one facet that a page offers; the most frequent."""
COUNTS_LAST = timedelta(seconds=30)


class Sort(StrEnum):
    """In which order."""

    BEST = "best"
    NEW = "new"
    CHEAP = "cheap"
    DEAR = "dear"

    @property
    def label(self) -> str:
        """Its name in the language of the page."""
        return gettext(_SORTED[self])


_SORTED = {
    Sort.BEST: gettext_noop("Best first"),
    Sort.NEW: gettext_noop("Newest first"),
    Sort.CHEAP: gettext_noop("Cheapest first"),
    Sort.DEAR: gettext_noop("Dearest first"),
}
_ORDERS = {
    Sort.BEST: ("score", "DESC"),
    Sort.NEW: ("pk", "DESC"),
    Sort.CHEAP: ("price_minor", "ASC"),
    Sort.DEAR: ("price_minor", "DESC"),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to see. attributes: name and value of each, all of which must be.

    reading: words that were typed, or None. after: where the page before ended.
    """

    reading: Reading | None = None
    category: str = ""
    brand: str = ""
    shop: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    from_minor: int | None = None
    until_minor: int | None = None
    in_stock: bool = False
    sort: Sort = Sort.BEST
    after: str = ""

    @property
    def has_words(self) -> bool:
        """Tell whether words were typed that can be searched."""
        return self.reading is not None and bool(self.reading.words)

    def codes(self) -> list[tuple[str, str, str]]:
        """Return kind, name and value of everything that must be."""
        chosen = [("category", self.category, ""), ("shop", self.shop, "")]
        found = [one for one in chosen if one[1]]
        found += [("brand", "", self.brand)] if self.brand else []
        return found + [("attr", name, value) for name, value in self.attributes]


class FacetValue(msgspec.Struct, frozen=True):
    """One value that products have, and how many of those found."""

    kind: str
    name: str
    value: str
    n: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What the products found are like. total: at most MOST_COUNTED + 1."""

    total: int = 0
    in_stock: int = 0
    values: tuple[FacetValue, ...] = ()

    @property
    def is_bounded(self) -> bool:
        """Tell whether there are more than were counted."""
        return self.total > MOST_COUNTED


class Card(FoundProduct, frozen=True):
    """A product as the shop lists it. has_dearer: other choices cost more."""

    place: int | float = 0
    pk: int = 0
    has_dearer: bool = False
    is_in_stock: bool = True


@dataclass(frozen=True, slots=True)
class Shelf:
    """One page of products. next_cursor: None on the last."""

    rows: Sequence[Card]
    next_cursor: str | None
    counts: Counts = field(default_factory=Counts)


_counted: Lasting[tuple[Any, ...], Counts] = Lasting(lasts=COUNTS_LAST, most=500)

CARDS = """
SELECT coalesce(jsonb_agg(jsonb_build_object('public_id', product.public_id, 'slug', product.slug,
  'title', product.title, 'brand', product.brand, 'merchant', merchant.name,
  'currency', merchant.currency, 'price_minor', cost.lowest,
  'has_dearer', cost.highest > cost.lowest,
  'is_in_stock', top.in_stock, 'place', top.place, 'pk', top.pk,
  'picture', (SELECT key FROM catalog_picture WHERE product_id = product.id
    ORDER BY position, id LIMIT 1)
  ) ORDER BY top.number), '[]')
FROM top JOIN catalog_product product ON product.id = top.pk
JOIN catalog_merchant merchant ON merchant.id = product.merchant_id
CROSS JOIN LATERAL (
  SELECT min(price) AS lowest, max(price) AS highest FROM (
    SELECT catalog_price_at(price_minor, sale_minor, sale_from, sale_until, next_minor, next_from,
      %(at)s) AS price
    FROM catalog_variant WHERE product_id = product.id AND withdrawn_at IS NULL) AS prices
) AS cost"""
_TOP = """
top AS MATERIALIZED (
  SELECT pk, {value} AS place, in_stock,
    row_number() OVER (ORDER BY {value} {way}, pk {way}) AS number
  FROM {source} WHERE {conditions} AND pk IN ({scope}) {after}
  ORDER BY {value} {way}, pk {way} LIMIT {size}
)"""
_ENTRIES = (
    "(SELECT product_id AS pk, hot AS score, price_minor, in_stock, facets FROM search_productentry"
    ") AS entry"
)
_FITTING = """
SELECT product_id FROM search_productentry
WHERE product_id = ANY (%(products)s::bigint[]) AND words @@ %(query)s::tsquery AND {conditions}"""
_NAME = re.compile(r"%\((\w+)\)s")
NAMED = """
top AS (
  SELECT product_id AS pk, in_stock, 0 AS place, product_id AS number FROM search_productentry
  WHERE product_id = ANY (%(products)s::bigint[])
)"""
"""Some products, as a part of the statement that ``CARDS`` is of."""
_FOUND = """
near AS MATERIALIZED (
  SELECT product_id AS pk, hot, words, price_minor, in_stock, facets FROM search_productentry
  WHERE is_front AND words @@ %(query)s::tsquery AND {conditions}
  ORDER BY hot DESC LIMIT {most}
), far AS MATERIALIZED (
  SELECT product_id AS pk, hot, words, price_minor, in_stock, facets FROM search_productentry
  WHERE NOT is_front AND words @@ %(query)s::tsquery AND {conditions}
    AND (SELECT count(*) FROM near) < {enough} LIMIT {most}
), found AS MATERIALIZED (
  SELECT pk, price_minor, in_stock, facets,
    ts_rank(words, %(query)s::tsquery) * power(2, hot) AS score
  FROM (SELECT * FROM near UNION ALL SELECT * FROM far) AS both_kinds LIMIT {most}
)"""
_BROWSED = """
found AS MATERIALIZED (
  SELECT facets, in_stock FROM search_productentry WHERE {conditions} ORDER BY hot DESC LIMIT {most}
)"""
_COUNTS = """
counted AS (SELECT code, count(*) AS n FROM found, unnest(facets) AS code GROUP BY code),
offered AS (
  SELECT kind, name, value, n, row_number() OVER (
    PARTITION BY kind, CASE kind WHEN 'attr' THEN name END ORDER BY n DESC, value) AS place
  FROM counted JOIN search_facet USING (code)
)"""
_COUNTED = """
(SELECT count(*) FROM found), (SELECT count(*) FROM found WHERE in_stock),
(SELECT coalesce(jsonb_agg(jsonb_build_object('kind', kind, 'name', name, 'value', value, 'n', n)
   ORDER BY kind, name, place), '[]') FROM offered WHERE place <= {values})"""


def browse(wish: Wish, *, at: datetime) -> Shelf:
    """Return one page of products, and what all that were found are like.

    Queries: 1 with words; without, 1 or 2.
    """
    if wish.reading is not None and not wish.has_words:
        return Shelf([], None)
    parameters: dict[str, Any] = {"at": at}
    conditions = _conditions(wish, parameters)
    if wish.has_words:
        return _with_words(wish, conditions, parameters)
    source = _ENTRIES
    (cards,) = _ask(f"WITH {_top(wish, source, conditions, parameters)} {CARDS}", parameters)
    rows = msgspec.json.decode(cards, type=list[Card])
    counts = _counted.get(_key(wish), lambda: _count(conditions, parameters), at=at)
    return _page(wish, rows, counts)


def fitting(wish: Wish, products: Sequence[int]) -> tuple[str, list[Any]]:
    """Return the statement that says which of some products a search finds, however far down.

    And its parameters, in their order.
    """
    if wish.reading is None:
        raise ValueError("there are no words")
    parameters: dict[str, Any] = {
        "query": wish.reading.query,
        "products": prepared.array(products),
    }
    sql = _FITTING.format(conditions=_conditions(wish, parameters))
    return _NAME.sub("%s", sql), [parameters[name] for name in _NAME.findall(sql)]


def read_cards(found: str) -> dict[int, Card]:
    """Read products as they are listed, from what ``CARDS`` answers."""
    return {card.pk: card for card in msgspec.json.decode(found, type=list[Card])}


def forget() -> None:
    """Forget what was counted: for whoever cannot wait."""
    _counted.clear()


def _with_words(wish: Wish, conditions: str, parameters: dict[str, Any]) -> Shelf:
    if wish.reading is None:
        raise ValueError("there are no words")
    parameters["query"] = wish.reading.query
    found = _FOUND.format(conditions=conditions, most=MOST_COUNTED + 1, enough=ENOUGH_IN_FRONT)
    top = _top(wish, "found", "true", parameters)
    counted = _COUNTED.format(values=MOST_VALUES)
    row = _ask(f"WITH {found},{top},{_COUNTS} SELECT ({CARDS}), {counted}", parameters)
    rows = msgspec.json.decode(row[0], type=list[Card])
    return _page(wish, rows, _counts(row[1:]))


def _count(conditions: str, parameters: dict[str, Any]) -> Counts:
    found = _BROWSED.format(conditions=conditions, most=MOST_COUNTED + 1)
    counted = _COUNTED.format(values=MOST_VALUES)
    return _counts(_ask(f"WITH {found},{_COUNTS} SELECT {counted}", parameters))


def _conditions(wish: Wish, parameters: dict[str, Any]) -> str:
    written = ["true"]
    if codes := wish.codes():
        listed = []
        for number, (kind, name, value) in enumerate(codes):
            listed.append(f"search_facet_code(%(k{number})s, %(n{number})s, %(v{number})s)")
            parameters |= {f"k{number}": kind, f"n{number}": name, f"v{number}": value}
        written.append(f"facets @> ARRAY[{', '.join(listed)}]")
    for name, sign in (("from_minor", ">="), ("until_minor", "<=")):
        if (bound := getattr(wish, name)) is not None:
            parameters[name] = bound
            written.append(f"price_minor {sign} %({name})s")
    if wish.in_stock:
        written.append("in_stock")
    return " AND ".join(written)


def _top(wish: Wish, source: str, conditions: str, parameters: dict[str, Any]) -> str:
    value, way = _ORDERS[wish.sort]
    scope, values = stand_in.compiled(_scope, AnonymousUser())
    names = [f"scope_{number}" for number in range(len(values))]
    parameters.update(zip(names, values, strict=True))
    after = ""
    if (place := _decoded(wish.after)) is not None:
        parameters |= {"place": place[0], "pk": place[1]}
        sign = "<" if way == "DESC" else ">"
        after = f"AND ({value}, pk) {sign} (%(place)s, %(pk)s)"
    return _TOP.format(
        value=value,
        way=way,
        source=source,
        conditions=conditions,
        scope=scope % tuple(f"%({name})s" for name in names),
        after=after,
        size=PAGE + 1,
    )


def _scope(viewer: Any) -> Any:
    return Product.objects.on_sale().values("pk")


def _page(wish: Wish, rows: list[Card], counts: Counts) -> Shelf:
    shown = rows[:PAGE]
    more = len(rows) > PAGE
    return Shelf(shown, _encoded(shown[-1]) if more else None, counts)


def _counts(row: Sequence[Any]) -> Counts:
    total, in_stock, values = row
    return Counts(total, in_stock, tuple(msgspec.json.decode(values, type=list[FacetValue])))


def _ask(sql: str, parameters: dict[str, Any]) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        (row,) = cursor.fetchall()
    return tuple(row)


def _key(wish: Wish) -> tuple[Any, ...]:
    return (
        tuple(wish.codes()),
        wish.from_minor,
        wish.until_minor,
        wish.in_stock,
    )


def _encoded(card: Card) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode((card.place, card.pk))).decode().rstrip("=")


def _decoded(cursor: str) -> tuple[float, int] | None:
    """Read a cursor; one that cannot be read starts from the top."""
    if not cursor:
        return None
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        place, pk = msgspec.json.decode(raw, type=tuple[int | float, int])
    except (ValueError, binascii.Error, msgspec.DecodeError):
        return None
    return (place, pk) if 0 < pk < 2**63 else None
