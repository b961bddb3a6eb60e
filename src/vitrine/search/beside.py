"""Ads among products that were searched for: of products that the search finds itself.

What was found is as it would be without them. Source: docs/adr/0122-ads-in-product-search.md.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from typing import TypeVar

from vitrine.accounts.models import Person
from vitrine.ads import load, showing, standing
from vitrine.ads.models import Ad, Placement
from vitrine.ads.serving import Shown, ads_for
from vitrine.ads.showing import Ads, Said
from vitrine.ads.viewing import Asking
from vitrine.feed import lookalikes, serving
from vitrine.feed.models import Habit
from vitrine.kernel import prepared
from vitrine.search import ad_products, browsing
from vitrine.search.browsing import Card, Wish
from vitrine.videos.models import Viewer

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class ProductAd:
    """An ad among results, and the product that it leads to as it is listed."""

    shown: Shown
    card: Card


def ads_beside(
    wish: Wish, viewer: Viewer, *, key: str | None, language: str, results: int, at: datetime
) -> list[ProductAd]:
    """Return the ads of the first page of a search, noted as shown; none on later pages.

    key: None for a stranger, of whom it is not known what they met: they get none. results: how
    many are on the page. Queries: 0 where no ad stands for search that leads to what was searched
    for; else those of ``ads_for``, 1 for whether anything is picked for a person, 1 or 2 where ads
    are for people by what they watch, as hashtags and as look-alikes, and 1 every minute
    (``ad_products.known``).
    """
    if key is None or not wish.has_words or wish.after or not load.among_results(results):
        return []
    of = standing.current(at=at, placement=Placement.SEARCH)
    products = ad_products.known(of.products, at=at).among(wish) if of.lines else []
    if not products:
        return []
    asking = Asking(
        key,
        viewer,
        language,
        first=1,
        clips=(),
        results=results,
        is_plain=isinstance(viewer, Person) and bool(Habit.plain_among([viewer.pk])),
        watched=partial(serving.watched, key, viewer),
        taste=partial(lookalikes.taste_of, key, viewer),
        placement=Placement.SEARCH,
        products=products,
        fitting=partial(browsing.fitting, wish),
    )
    writing = _Writing(at)
    ads = ads_for(asking, at=at, put=writing.put)
    cards = writing.cards
    return [ProductAd(ad, cards[ad.product]) for ad in ads if ad.product in cards]


def listed(ad: Ad, *, at: datetime) -> ProductAd | None:
    """Return an ad as a search shows it, told of nothing; None where it is not listed. Queries: 1.

    ad: with who pays for it.
    """
    products = prepared.array([ad.product_id or 0])
    sql = f"WITH {browsing.NAMED} {browsing.CARDS}"
    ((found,),) = prepared.rows(sql, {"at": at, "products": products})
    card = browsing.read_cards(found).get(ad.product_id or 0)
    shown = Shown(0, ad.public_id, ad.clip_id, ad.advertiser.name, ad.call, "", "", ad.product_id)
    return ProductAd(shown, card) if card else None


@dataclass
class _Writing:
    """Ads that are noted as shown, with their products as these are listed."""

    at: datetime
    cards: dict[int, Card] = field(default_factory=dict)

    def put(self, ads: Ads) -> Said:
        """Note ads as shown. Queries: 1."""
        products = prepared.array(one.line.product or 0 for one in ads.made)
        found = prepared.rows(_show(), ads.parameters | {"at": self.at, "products": products})
        rows = [(ad, is_shown) for ad, is_shown, cards in found if cards is None]
        (self.cards,) = [browsing.read_cards(cards) for _, _, cards in found if cards is not None]
        return showing.said(rows)


@cache
def _show() -> str:
    parts = f"{showing.parts(Placement.SEARCH, 'true')}, {browsing.NAMED}"
    answer = showing.ANSWER.format(more=", NULL::jsonb")
    return f"WITH {parts} {answer} UNION ALL SELECT NULL, NULL, ({browsing.CARDS})"


def woven(rows: Sequence[Row], ads: Sequence[ProductAd]) -> Iterator[Row | ProductAd]:
    """Yield results with ads before some of them; without the ads they are the rows."""
    before = {ad.shown.after: ad for ad in ads}
    for number, row in enumerate(rows):
        if number in before:
            yield before[number]
        yield row
