"""Find clips, people, products and hashtags: the best of what the viewer may see.

Who may see what is not decided here: each kind's scope is the QuerySet of its package, compiled
into the search. Common words are answered from the *front*, the hottest entries; the rest is
searched only when the front has too little, and then the word is rare: a search reads a bounded
number of rows. Source: docs/adr/0031-search.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext, gettext_noop

from vitrine.accounts import stand_in
from vitrine.accounts.models import Person
from vitrine.catalog.models import Picture, Product
from vitrine.feed import affinity, weights
from vitrine.feed.affinity import Affinity
from vitrine.search import text
from vitrine.search.dictionary import AFTER_ALL_WORDS, Reading
from vitrine.search.models import ClipEntry
from vitrine.videos.models import Clip, Viewer

PAGE = 24
MOST_PAGES = 10
ENOUGH_IN_FRONT = 200
MOST_IN_FRONT = 400
MOST_OF_THE_REST = 2_000
MOST_COUNTED = 100
"""Hits that a tab counts; more are "100+"."""


class Kind(StrEnum):
    """What can be found. Each has its tab."""

    CLIPS = "clips"
    PEOPLE = "people"
    PRODUCTS = "products"
    HASHTAGS = "hashtags"

    @property
    def label(self) -> str:
        """The tab's name, in the language of the page."""
        return gettext(TABS[self])

    @property
    def nothing(self) -> str:
        """What stands before the words that nothing was found for."""
        return gettext(NOTHING[self])


TABS = {
    Kind.CLIPS: gettext_noop("Clips"),
    Kind.PEOPLE: gettext_noop("People"),
    Kind.PRODUCTS: gettext_noop("Products"),
    Kind.HASHTAGS: gettext_noop("Hashtags"),
}
NOTHING = {
    Kind.CLIPS: gettext_noop("No clips for"),
    Kind.PEOPLE: gettext_noop("No people for"),
    Kind.PRODUCTS: gettext_noop("No products for"),
    Kind.HASHTAGS: gettext_noop("No hashtags for"),
}


class FoundClip(msgspec.Struct, frozen=True):
    """A clip as it is listed."""

    public_id: str
    title: str
    description: str
    cover_key: str
    width: int
    height: int
    duration_ms: int
    published_at: datetime
    handle: str
    maker: str

    @property
    def url(self) -> str:
        """Return the clip page's URL."""
        return f"/v/{self.public_id}"

    @property
    def cover_url(self) -> str:
        """Return where the picture that stands for it is, or ""."""
        return f"/m/{self.cover_key}" if self.cover_key else ""


class FoundPerson(msgspec.Struct, frozen=True):
    """A person as they are listed. followers: as of the last hour."""

    handle: str
    display_name: str
    bio: str
    picture_key: str
    followers: int

    @property
    def face_url(self) -> str:
        """Return the small picture's URL, or ""."""
        return Person(picture_key=self.picture_key).face_url


class FoundProduct(msgspec.Struct, frozen=True):
    """A product as it is listed. picture: a key, or None. price_minor: of its cheapest variant."""

    public_id: str
    slug: str
    title: str
    brand: str
    merchant: str
    currency: str
    price_minor: int | None
    picture: str | None

    @property
    def url(self) -> str:
        """Return the product page's URL."""
        return f"/p/{self.public_id}-{self.slug}"

    @property
    def picture_url(self) -> str:
        """Return where the picture for lists is, or ""."""
        return Picture(key=self.picture).src if self.picture else ""


class FoundHashtag(msgspec.Struct, frozen=True):
    """A hashtag, and how many public texts have it."""

    name: str
    texts: int


Found = FoundClip | FoundPerson | FoundProduct | FoundHashtag


@dataclass(frozen=True, slots=True)
class Findings:
    """One page of a kind, and how much there is of each. totals: bounded by MOST_COUNTED + 1."""

    rows: Sequence[Found]
    totals: dict[Kind, int]
    has_more: bool

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing of any kind."""
        return not any(self.totals.values())


@dataclass(frozen=True, slots=True)
class _Shape:
    """What differs between kinds. now: where hotness stands.

    bonus: what the score is multiplied by. beside: what is joined to the candidates for it.
    card: a JSON object, from top and its row.
    """

    table: str
    key: str
    now: str
    bonus: str
    card: str
    found: type[Any]
    beside: str = ""


_SHAPES = {
    Kind.CLIPS: _Shape(
        "search_clipentry",
        "clip_id",
        "search_hot(%(at)s, 0)",
        "power(2, coalesce(%(in_search)s * spoken.amount, 0))",
        "SELECT top.place, jsonb_build_object('public_id', clip.public_id, 'title', clip.title,"
        " 'description', clip.description, "
        " 'cover_key', coalesce(nullif(clip.cover_key, ''), clip.poster_key), 'width', clip.width,"
        " 'height', clip.height, 'duration_ms', clip.duration_ms,"
        " 'published_at', clip.published_at, 'handle', maker.handle,"
        " 'maker', maker.display_name) AS card"
        " FROM top JOIN videos_clip clip ON clip.id = top.pk"
        " JOIN accounts_person maker ON maker.id = clip.creator_id",
        FoundClip,
        "LEFT JOIN unnest(%(spoken_for)s::bigint[], %(amounts)s::float8[])"
        " AS spoken (clip, amount) ON spoken.clip = pk",
    ),
    Kind.PEOPLE: _Shape(
        "search_personentry",
        "person_id",
        "0",
        "(SELECT CASE WHEN handle = %(handle)s THEN 1000 ELSE 1 END"
        " FROM accounts_person WHERE id = pk)",
        "SELECT top.place, jsonb_build_object('handle', handle, 'display_name', display_name,"
        " 'bio', bio, 'picture_key', picture_key, 'followers', top.received) AS card"
        " FROM top JOIN accounts_person ON id = top.pk",
        FoundPerson,
    ),
    Kind.PRODUCTS: _Shape(
        "search_productentry",
        "product_id",
        "search_hot(%(at)s, 0) / 4",
        "1",
        "SELECT top.place, jsonb_build_object('public_id', product.public_id,"
        " 'slug', product.slug, 'title', product.title, 'brand', product.brand,"
        " 'merchant', merchant.name, 'currency', merchant.currency, 'price_minor',"
        " (SELECT min(catalog_price_at(price_minor, sale_minor, sale_from, sale_until, next_minor,"
        "    next_from, %(at)s)) FROM catalog_variant"
        "  WHERE product_id = product.id AND withdrawn_at IS NULL), 'picture',"
        " (SELECT key FROM catalog_picture WHERE product_id = product.id"
        "  ORDER BY position, id LIMIT 1)) AS card"
        " FROM top JOIN catalog_product product ON product.id = top.pk"
        " JOIN catalog_merchant merchant ON merchant.id = product.merchant_id",
        FoundProduct,
    ),
}

_CANDIDATES = """
{kind}_near AS MATERIALIZED (
  SELECT pk, hot, received, ts_rank(words, %(query)s::tsquery) AS rank FROM (
    SELECT {key} AS pk, hot, received, words FROM {table}
    WHERE is_front AND words @@ %(query)s::tsquery ORDER BY hot DESC LIMIT {most_near}) AS near
), {kind}_far AS MATERIALIZED (
  SELECT pk, hot, received, ts_rank(words, %(query)s::tsquery) AS rank FROM (
    SELECT {key} AS pk, hot, received, words FROM {table}
    WHERE NOT is_front AND words @@ %(query)s::tsquery
      AND (SELECT count(*) FROM {kind}_near) < {enough} LIMIT {most_far}) AS far
), {kind} AS MATERIALIZED (
  SELECT pk, received, rank * power(2, hot - {now}) * {bonus} AS score
  FROM (SELECT * FROM {kind}_near UNION ALL SELECT * FROM {kind}_far) AS candidates
  {beside}
  WHERE pk IN ({scope})
)"""

_TOP = """,
top AS MATERIALIZED (
  SELECT pk, received, row_number() OVER (ORDER BY score DESC, pk DESC) AS place
  FROM {kind} ORDER BY score DESC, pk DESC LIMIT {size} OFFSET %(offset)s
), cards AS ({card})"""

_HASHTAGS = """
hashtags AS MATERIALIZED (
  SELECT word, texts FROM search_word WHERE word >= %(tag)s AND word < %(tag_until)s
  ORDER BY texts DESC, word LIMIT {most_counted}
)"""
_HASHTAG_CARDS = """,
cards AS (
  SELECT row_number() OVER (ORDER BY texts DESC, word) AS place,
    jsonb_build_object('name', substr(word, 2), 'texts', texts) AS card
  FROM (SELECT * FROM hashtags ORDER BY texts DESC, word LIMIT {size} OFFSET %(offset)s) AS shown
)"""


def find(
    reading: Reading,
    viewer: Viewer,
    *,
    kind: Kind,
    page: int,
    at: datetime,
    by: Affinity = affinity.NONE,
) -> Findings:
    """Return one page of a kind, the best first, and the totals of all. Queries: 0 or 1.

    by: of clips that have the words, those that it speaks for go up.
    """
    if not reading.words:
        return Findings([], dict.fromkeys(Kind, 0), has_more=False)
    first = reading.words[0][0].lstrip("#")
    parameters: dict[str, Any] = {
        "query": reading.query,
        "at": at,
        "handle": reading.typed.strip().lstrip("@").lower(),
        "offset": (page - 1) * PAGE,
        "tag": f"#{first}",
        "tag_until": f"#{first}{AFTER_ALL_WORDS}",
        "in_search": weights.IN_SEARCH,
        "spoken_for": _array(by.clips.tolist()),
        "amounts": _array(by.amounts.round(4).tolist()),
    }
    ctes = [_candidates(each, viewer, parameters) for each in _SHAPES]
    ctes.append(_HASHTAGS.format(most_counted=MOST_COUNTED + 1))
    cards = _HASHTAG_CARDS.format(size=PAGE + 1)
    if kind in _SHAPES:
        cards = _TOP.format(kind=kind, size=PAGE + 1, card=_SHAPES[kind].card)
    totals = ", ".join(
        f"(SELECT count(*) FROM (SELECT FROM {each} LIMIT {MOST_COUNTED + 1}) AS counted)"
        for each in Kind
    )
    sql = (
        f"WITH {','.join(ctes)}{cards} SELECT {totals},"
        " (SELECT coalesce(jsonb_agg(card ORDER BY place), '[]') FROM cards)"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        (row,) = cursor.fetchall()
    found = _SHAPES[kind].found if kind in _SHAPES else FoundHashtag
    rows: list[Found] = msgspec.json.decode(row[-1], type=list[found])  # type: ignore[valid-type]
    return Findings(
        rows[:PAGE],
        dict(zip(Kind, row, strict=False)),
        has_more=len(rows) > PAGE and page < MOST_PAGES,
    )


def _array(numbers: Sequence[float]) -> str:
    """Write an array as one word: Postgres reads a list of hundreds of words more slowly."""
    return f"{{{','.join(map(str, numbers))}}}"


def people_called(reading: Reading, viewer: Viewer, *, most: int) -> list[FoundPerson]:
    """Return people whose handle or name begins so, the most followed first. Queries: 0 or 1."""
    if not reading.words:
        return []
    shape = _SHAPES[Kind.PEOPLE]
    parameters: dict[str, Any] = {
        "query": reading.query,
        "at": None,
        "handle": reading.typed.strip().lstrip("@").lower(),
        "offset": 0,
    }
    candidates = _candidates(Kind.PEOPLE, viewer, parameters)
    top = _TOP.format(kind=Kind.PEOPLE, size=most, card=shape.card)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {candidates}{top}"
            " SELECT coalesce(jsonb_agg(card ORDER BY place), '[]') FROM cards",
            parameters,
        )
        row = cursor.fetchone() or ("[]",)
    return msgspec.json.decode(row[0], type=list[FoundPerson])


def tagged(hashtag: str, viewer: Viewer) -> "QuerySet[Clip]":
    """Return the clips with a hashtag, as it is searched, that a viewer may see listed.

    Written in Han or kana a hashtag is searched as its characters: all of them must be there.
    """
    query = text.query([[word] for word in text.tokens(f"#{hashtag}")], is_finished=True)
    if not query:
        return Clip.objects.none()
    has_it = Q(words=SearchQuery(query, config="simple", search_type="raw"))
    entries = ClipEntry.objects.filter(Q(has_it, is_front=True) | Q(has_it, is_front=False))
    return Clip.objects.listed_for(viewer).filter(pk__in=entries.values("clip"))


def _candidates(kind: Kind, viewer: Viewer, parameters: dict[str, Any]) -> str:
    """Write the candidates of a kind as CTEs; its scope's parameters are added to the others."""
    shape = _SHAPES[kind]
    scope, values = stand_in.compiled(_SCOPES[kind], viewer)
    names = [f"{kind}_{number}" for number in range(len(values))]
    parameters.update(zip(names, values, strict=True))
    return _CANDIDATES.format(
        kind=kind,
        key=shape.key,
        table=shape.table,
        now=shape.now,
        bonus=shape.bonus,
        beside=shape.beside,
        most_near=MOST_IN_FRONT,
        enough=ENOUGH_IN_FRONT,
        most_far=MOST_OF_THE_REST,
        scope=scope % tuple(f"%({name})s" for name in names),
    )


def _clips(viewer: Viewer) -> "QuerySet[Any, Any]":
    return Clip.objects.listed_for(viewer).values("pk")


def _people(viewer: Viewer) -> "QuerySet[Any, Any]":
    return Person.objects.visible_to(viewer).values("pk")


def _products(viewer: Viewer) -> "QuerySet[Any, Any]":
    return Product.objects.on_sale().values("pk")


_SCOPES = {Kind.CLIPS: _clips, Kind.PEOPLE: _people, Kind.PRODUCTS: _products}
