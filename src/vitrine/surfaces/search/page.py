"""The reads for searching."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from vitrine.feed import affinity
from vitrine.kernel import paging
from vitrine.search import beside, dictionary, finding
from vitrine.search.beside import ProductAd
from vitrine.search.browsing import Wish
from vitrine.search.dictionary import Reading
from vitrine.search.finding import MOST_COUNTED, Findings, Found, FoundPerson, Kind
from vitrine.videos.models import Clip, Viewer

MOST_CHARACTERS = 100
SUGGESTED_WORDS = 6
SUGGESTED_PEOPLE = 4
POPULAR = 12


def link(typed: str, kind: Kind = Kind.CLIPS, page: int = 1) -> str:
    """Return the URL of a search."""
    query = {"q": typed}
    if kind is not Kind.CLIPS:
        query["in"] = kind
    if page > 1:
        query["page"] = str(page)
    return f"/search?{urlencode(query)}"


@dataclass(frozen=True, slots=True)
class Tab:
    """A kind of thing that was found. total: "100+" where there are more than are counted."""

    kind: Kind
    url: str
    total: str


@dataclass(frozen=True, slots=True)
class Results:
    """One page of what was found. ads: that stand among products."""

    reading: Reading
    kind: Kind
    found: Findings
    page: int
    ads: Sequence[ProductAd] = ()

    @property
    def products(self) -> list[Found | ProductAd]:
        """The products that were found, with ads between them."""
        return list(beside.woven(self.found.rows, self.ads))

    @property
    def tabs(self) -> list[Tab]:
        """Each kind with its total."""
        return [
            Tab(kind, link(self.reading.typed, kind), _bounded(total))
            for kind, total in self.found.totals.items()
        ]

    @property
    def is_nothing(self) -> bool:
        """Tell whether this kind has nothing, whatever the others have."""
        return not self.found.totals[self.kind]

    @property
    def elsewhere(self) -> list[Tab]:
        """The other kinds that have something."""
        return [
            tab for tab in self.tabs if tab.kind is not self.kind and self.found.totals[tab.kind]
        ]

    @property
    def word_by_word(self) -> list[tuple[str, str]]:
        """Each word with its search, where several together find nothing."""
        words = [choices[-1] for choices in self.reading.words]
        return [(word, link(word, self.kind)) for word in words] if len(words) > 1 else []

    @property
    def doubted_url(self) -> str:
        """The search for what was perhaps meant."""
        return link(self.reading.doubted, self.kind)

    @property
    def earlier_url(self) -> str:
        """The page before, or ""."""
        return link(self.reading.typed, self.kind, self.page - 1) if self.page > 1 else ""

    @property
    def further_url(self) -> str:
        """The page after, or ""."""
        more = self.found.has_more
        return link(self.reading.typed, self.kind, self.page + 1) if more else ""


def results(
    typed: str,
    viewer: Viewer,
    *,
    key: str | None,
    language: str,
    kind: Kind,
    page: int,
    at: datetime,
) -> Results:
    """Read what was typed and find it. Queries: 0 or 2, and 1 for clips where much is watched.

    key: the viewer's in the feed. Clips that their watching speaks for go up. On the first page of
    products ads may stand, for those of ``ads_beside``.
    """
    reading = dictionary.read(typed)
    is_personal = kind is Kind.CLIPS and bool(reading.words)
    by = affinity.of(key, viewer) if is_personal else affinity.NONE
    found = finding.find(reading, viewer, kind=kind, page=page, at=at, by=by)
    ads: Sequence[ProductAd] = ()
    if kind is Kind.PRODUCTS and page == 1:
        wish, number = Wish(reading=reading), len(found.rows)
        ads = beside.ads_beside(wish, viewer, key=key, language=language, results=number, at=at)
    return Results(reading, kind, found, page, ads)


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What is perhaps being typed. words: each with its search."""

    reading: Reading
    words: Sequence[tuple[str, str]]
    people: Sequence[FoundPerson]


def suggestions(typed: str, viewer: Viewer) -> Suggestions:
    """Complete what is being typed: words, hashtags, people. At most ten. Queries: 0 to 3."""
    reading = dictionary.read(typed)
    words = [] if typed.lstrip().startswith("@") else _completed(typed, reading)
    people = [] if "#" in typed else finding.people_called(reading, viewer, most=SUGGESTED_PEOPLE)
    return Suggestions(reading, [(word, link(word)) for word in words], people)


def _completed(typed: str, reading: Reading) -> list[str]:
    corrected = [reading.corrected] if reading.corrected else []
    return (corrected or dictionary.completions(typed, most=SUGGESTED_WORDS))[:SUGGESTED_WORDS]


def tagged(hashtag: str, viewer: Viewer, *, cursor: str | None) -> paging.Page[Clip]:
    """Return a page of the clips with a hashtag, newest first. Queries: 1."""
    clips = finding.tagged(hashtag, viewer).select_related("creator")
    return paging.newest_first(clips, by="published_at", cursor=cursor, size=finding.PAGE)


def popular_hashtags() -> list[tuple[str, str]]:
    """Return the hashtags that most texts have, each with its search. Queries: 1."""
    return [(name, link(name)) for name in dictionary.popular_hashtags(most=POPULAR)]


def _bounded(total: int) -> str:
    return f"{MOST_COUNTED}+" if total > MOST_COUNTED else str(total)
