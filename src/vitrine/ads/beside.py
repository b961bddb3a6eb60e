"""Which clips ads stand before and after, and beside which they do not.

No ad stands beside a clip for adults, or one that moderators have yet to judge. An advertiser whose
words or categories are on a clip beside any place of a page is left out of its whole auction: one
page has two places at most, and one auction for both has one price for each. A group that stands
beside clips that sell something bids where any place is beside one; if it wins another place, the
auction is held again without whatever does not stand where ads won.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from vitrine.ads.aiming import lines_of
from vitrine.ads.models import Advertiser, Avoidance
from vitrine.kernel import prepared
from vitrine.recommend.arrays import Flags

_WORD = re.compile(r"\w+")


def words_of(text: str) -> set[str]:
    """Return the words of a text, in small letters; a hashtag is a word."""
    return set(_WORD.findall(text.casefold()))


@dataclass(frozen=True)
class Avoided:
    """Lines by a word or category that they do not stand beside."""

    words: dict[str, list[int]]
    categories: dict[int, list[int]]

    @classmethod
    def of(cls, payers: Sequence[int]) -> Self:
        """Read it of the payers of all lines, in their order. Queries: 1, or 0 of none."""
        rows = Avoidance.objects.filter(advertiser__in=set(payers)) if payers else ()
        found = {one.advertiser_id: one for one in rows}
        lines = [(n, found[payer]) for n, payer in enumerate(payers) if payer in found]
        return cls(
            lines_of((n, one.words) for n, one in lines),
            lines_of((n, one.categories) for n, one in lines),
        )

    def __bool__(self) -> bool:
        return bool(self.words or self.categories)

    def keep_off(self, mask: Flags, near: "Near") -> None:
        """Take away those who do not stand beside what is near."""
        for word in near.words & self.words.keys():
            mask[self.words[word]] = False
        for category in near.categories & self.categories.keys():
            mask[self.categories[category]] = False


@dataclass
class Near:
    """What stands beside the places of a page. unfit: clips beside which there is no ad.

    words, categories: read where somebody avoids any. sold: by clip what it sells, read where
    somebody stands beside such clips alone.
    """

    unfit: set[int] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    categories: set[int] = field(default_factory=set)
    sold: dict[int, set[str]] = field(default_factory=dict)

    def sold_around(self, place: int, clips: Sequence[int]) -> set[str]:
        """Return what is sold on the clips before and after a place."""
        return set[str]().union(*(self.sold.get(clip, ()) for clip in around(place, clips)))

    def places(self, places: Iterable[int], clips: Sequence[int]) -> list[int]:
        """Return the places of a page that are fit for an ad."""
        return [place for place in places if self.unfit.isdisjoint(around(place, clips))]


def around(place: int, clips: Sequence[int]) -> Sequence[int]:
    """Return the clips before and after a place."""
    return clips[place - 1 : place + 1]


def names(sold: str) -> set[str]:
    """Return what ``SOLD`` says of a product: its category, those above it, and itself."""
    key, product = sold.split(" ")
    parts = key.split("/")
    return {"/".join(parts[:n]) for n in range(1, len(parts) + 1)} | {product}


def put(advertiser: Advertiser, *, words: Sequence[str], categories: Sequence[int]) -> None:
    """Let an advertiser's ads stand beside no clip with these, from the next seconds on.

    Queries: 1.
    """
    said = {"words": list(words), "categories": list(categories)}
    Avoidance.objects.update_or_create(advertiser=advertiser, defaults=said)


def parameters(places: Iterable[int], clips: Sequence[int], parts: int) -> list[Any]:
    """Return those of UNFIT, and of each other part that is asked: the clips near places."""
    near = prepared.array({clip for place in places for clip in around(place, clips)})
    return [near] * parts


UNFIT = """
SELECT c.id, NULL FROM videos_clip c
LEFT JOIN videos_remix r ON r.clip_id = c.id LEFT JOIN videos_clip o ON o.id = r.origin_id
WHERE c.id = ANY (%s::bigint[]) AND (
    c.is_mature OR c.mature_at IS NOT NULL OR o.is_mature OR o.mature_at IS NOT NULL
    OR EXISTS (SELECT FROM ads_questioned q WHERE q.clip_id = c.id)
)
"""
WORDS = "SELECT id, title || ' ' || description FROM videos_clip WHERE id = ANY (%s::bigint[])"
SOLD = """
SELECT t.clip_id, coalesce(c.key, '') || ' ' || p.public_id FROM catalog_tag t
JOIN catalog_product p ON p.id = t.product_id
LEFT JOIN catalog_category c ON c.id = p.listed_in_id
WHERE t.clip_id = ANY (%s::bigint[])
"""
CATEGORIES = """
SELECT DISTINCT unnest(c.line), NULL FROM catalog_tag t
JOIN catalog_product p ON p.id = t.product_id JOIN catalog_category c ON c.id = p.listed_in_id
WHERE t.clip_id = ANY (%s::bigint[])
"""
