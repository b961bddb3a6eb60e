"""The reads of the shop's list: what was asked for, what is there, and the ways to narrow it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from vitrine.catalog.models import Category
from vitrine.kernel import money
from vitrine.search import beside, browsing, dictionary
from vitrine.search.beside import ProductAd
from vitrine.search.browsing import Shelf, Sort, Wish
from vitrine.search.lasting import Lasting
from vitrine.sovereignty.cell import this_cell
from vitrine.surfaces.shop import tiles
from vitrine.surfaces.shop.address import Asked
from vitrine.surfaces.shop.narrowing import SAID, Link, Narrowing
from vitrine.videos.models import Viewer

MOST_CHARACTERS = 100
MOST_ATTRIBUTES = 6
_tree: Lasting[str, dict[str, Category]] = Lasting(lasts=browsing.COUNTS_LAST, most=1)


@dataclass(frozen=True)
class List:
    """Everything the page shows. ads: that stand among the products."""

    address: Asked
    wish: Wish
    shelf: Shelf
    tree: dict[str, Category]
    ads: Sequence[ProductAd] = ()

    @property
    def asked(self) -> dict[str, str]:
        """What the address says."""
        return self.address.said

    @cached_property
    def narrowing(self) -> Narrowing:
        """The ways to narrow it, alike on all its pages."""
        said = tuple(pair for pair in self.asked.items() if pair[0] != "after")
        return Narrowing(said, self.wish, self.shelf.counts)

    @property
    def typed(self) -> str:
        """The words that were typed."""
        return self.asked.get("q", "")

    @property
    def category(self) -> Category | None:
        """The category that is looked at."""
        return self.tree.get(self.wish.category)

    @property
    def above(self) -> list[Link]:
        """The way down to the category, from the top."""
        parts = self.wish.category.split("/")[:-1]
        keys = ["/".join(parts[: number + 1]) for number in range(len(parts))]
        above = [self.tree[key] for key in keys if key in self.tree]
        return [Link(one.name, self.address.url(**{"in": one.key})) for one in above]

    @property
    def title(self) -> str:
        """What is looked at."""
        return self.category.name if self.category else gettext("Shop")

    @property
    def cards(self) -> SafeString:
        """The tiles."""
        return tiles.drawn(beside.woven(self.shelf.rows, self.ads))

    @property
    def total(self) -> str:
        """Say how many were found, "1,000+" where there are more than are counted."""
        found = self.shelf.counts.total
        said = ngettext("{number} product", "{number} products", found)
        return said.format(number=self.narrowing.number(found))

    @property
    def chosen(self) -> list[Link]:
        """What narrows the list, each with the list without it."""
        names = {"brand": self.wish.brand, "shop": self._shop_name(), "q": self.typed}
        links = [
            Link(label, self.address.url(**{key: ""})) for key, label in names.items() if label
        ]
        links += [
            Link(f"{name}: {value}", self.address.url(**{SAID + name: ""}))
            for name, value in self.wish.attributes
        ]
        if self.wish.from_minor is not None or self.wish.until_minor is not None:
            links.append(Link(self._price_range(), self.address.url(**{"from": "", "until": ""})))
        if self.wish.in_stock:
            links.append(Link(gettext("In stock"), self.address.url(stock="")))
        return links

    @property
    def categories(self) -> list[Link]:
        """The categories below the one that is looked at, those with goods."""
        counted = {one.name: one.n for one in self.shelf.counts.values if one.kind == "category"}
        parent = self.category.pk if self.category else None
        below = [one for one in self.tree.values() if one.parent_id == parent]
        return [
            Link(
                one.name,
                self.address.url(**{"in": one.key}),
                self.narrowing.number(counted[one.key]),
            )
            for one in below
            if counted.get(one.key)
        ]

    @property
    def next_url(self) -> str:
        """The page after this one, or ""."""
        cursor = self.shelf.next_cursor
        return self.address.url(after=cursor) if cursor else ""

    def _shop_name(self) -> str:
        for one in self.shelf.counts.values:
            if one.kind == "shop" and one.name == self.wish.shop:
                return one.value
        return self.wish.shop

    def _price_range(self) -> str:
        return " – ".join((self.asked.get("from") or "0", self.asked.get("until") or "∞"))


def browse(
    asked: QueryDict, viewer: Viewer, *, key: str | None, language: str, at: datetime
) -> List:
    """Read what was asked for and find it. Queries: 1 to 4; the tree lasts a while.

    key: the viewer's. Where words were typed ads may stand, for those of ``ads_beside``.
    """
    known = {key: str(value).strip() for key, value in asked.items() if str(value).strip()}
    tree = _tree.get("tree", lambda: {one.key: one for one in Category.objects.all()}, at=at)
    wish = _wish(known, tree)
    shelf = browsing.browse(wish, at=at)
    ads = beside.ads_beside(
        wish, viewer, key=key, language=language, results=len(shelf.rows), at=at
    )
    return List(Asked(known), wish, shelf, tree, ads)


def _wish(asked: dict[str, str], tree: dict[str, Category]) -> Wish:
    typed = asked.get("q", "")[:MOST_CHARACTERS]
    said = [
        (key.removeprefix(SAID).lower()[:40], value[:100])
        for key, value in asked.items()
        if key.startswith(SAID)
    ]
    category, sort = asked.get("in", ""), asked.get("sort", "")
    return Wish(
        reading=dictionary.read(typed) if typed else None,
        category=category if category in tree else "",
        brand=asked.get("brand", "")[:80],
        shop=asked.get("shop", "")[:80],
        attributes=tuple(said[:MOST_ATTRIBUTES]),
        from_minor=_minor(asked.get("from", "")),
        until_minor=_minor(asked.get("until", "")),
        in_stock="stock" in asked,
        sort=Sort(sort) if sort in set(Sort) else Sort.BEST,
        after=asked.get("after", "")[:200],
    )


def _minor(typed: str) -> int | None:
    """Read a price as typed; what is none narrows nothing."""
    try:
        return money.parse_minor(typed, currency=this_cell().currency) if typed else None
    except money.BadAmount:
        return None
