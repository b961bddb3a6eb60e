"""Ads among products that were searched for: of products that the search finds itself.

What was found is as it would be without them. Source: docs/adr/0122-ads-in-product-search.md.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

from vitrine.accounts.models import Person
from vitrine.ads import load, standing
from vitrine.ads.models import Placement
from vitrine.ads.serving import Shown, ads_for
from vitrine.ads.viewing import Asking
from vitrine.feed import lookalikes, serving
from vitrine.feed.models import Habit
from vitrine.search import browsing
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
    many are on the page. Queries: 0 where no ad stands for search; else those of ``ads_for``, 1
    for their cards, 1 for whether anything is picked for a person, and 1 or 2 where ads are for
    people by what they watch, as hashtags and as look-alikes.
    """
    if key is None or not wish.has_words or wish.after or not load.among_results(results):
        return []
    if not standing.current(at=at, placement=Placement.SEARCH).lines:
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
        fitting=partial(browsing.fitting, wish),
    )
    ads = ads_for(asking, at=at)
    known = browsing.cards([ad.product for ad in ads if ad.product], at=at) if ads else {}
    return [ProductAd(ad, known[ad.product]) for ad in ads if ad.product in known]


def woven(rows: Sequence[Row], ads: Sequence[ProductAd]) -> Iterator[Row | ProductAd]:
    """Yield results with ads before some of them; without the ads they are the rows."""
    before = {ad.shown.after: ad for ad in ads}
    for number, row in enumerate(rows):
        if number in before:
            yield before[number]
        yield row
