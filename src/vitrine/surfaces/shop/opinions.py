"""The reads of what people say of a product: its stars, its reviews, its questions."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Prefetch, QuerySet
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy

from vitrine.accounts.models import Person, Viewer
from vitrine.catalog.models import Product, Question, Wish
from vitrine.kernel import paging
from vitrine.kernel.rows import HasRow
from vitrine.orders.models import HelpfulVote, Rating, Review

REVIEWS_A_PAGE = 10
QUESTIONS_A_PAGE = 10
ESCAPED = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})
SORTS = {
    "newest": gettext_lazy("Newest"),
    "helpful": gettext_lazy("Most helpful"),
    "stars": gettext_lazy("Most stars"),
}


@dataclass(frozen=True)
class Row:
    """One line of the histogram. percent: of all reviews."""

    stars: int
    count: int
    percent: int


@dataclass(frozen=True)
class Opinions:
    """One page of a product's reviews. only: the stars that were asked for, or None."""

    rating: Rating
    rows: Sequence[Review]
    next_cursor: str | None
    sort: str
    only: int | None

    @property
    def sorts(self) -> Mapping[str, Promise]:
        """Return the ways to sort them, with their names."""
        return SORTS

    @property
    def histogram(self) -> list[Row]:
        """Return how many reviews gave how many stars, the most stars first."""
        total = self.rating.reviews or 1
        return [
            Row(stars, count, round(100 * count / total)) for stars, count in self.rating.counts
        ]


def rating(product: Product) -> Rating:
    """Return what a product's stars come to. Queries: 1."""
    return Rating.objects.filter(product=product).first() or Rating(product=product)


def with_wish(products: "QuerySet[Product]", viewer: Viewer) -> "QuerySet[Product]":
    """Return products, each with whether it is on a person's wish list. Queries: 0 more."""
    if not isinstance(viewer, Person):
        return products
    return products.annotate(is_wished=HasRow(Wish, product="pk", person=viewer))


def with_vote(reviews: "QuerySet[Review]", viewer: Viewer) -> "QuerySet[Review]":
    """Return reviews, each with whether a person finds it helpful. Queries: 0 more."""
    if not isinstance(viewer, Person):
        return reviews
    return reviews.annotate(is_helpful=HasRow(HelpfulVote, review="pk", person=viewer))


def reviews(
    product: Product, viewer: Viewer, *, sort: str, only: int | None, cursor: str | None
) -> Opinions:
    """Return one page of a product's reviews. Queries: 3."""
    sort = sort if sort in SORTS else "newest"
    rows: QuerySet[Review] = Review.objects.filter(product=product).shown_to(viewer)
    if only is not None:
        rows = rows.filter(stars=only)
    rows = rows.select_related("author", "line__order").prefetch_related("pictures")
    rows = with_vote(rows, viewer)
    if sort == "newest":
        page = paging.newest_first(rows, by="at", cursor=cursor, size=REVIEWS_A_PAGE)
    else:
        page = paging.highest_first(rows, by=sort, cursor=cursor, size=REVIEWS_A_PAGE)
    return Opinions(rating(product), page.rows, page.next_cursor, sort, only)


def questions(product: Product, viewer: Viewer, *, cursor: str | None) -> "paging.Page[Question]":
    """Return one page of a product's questions with their answers, the newest first. Queries: 2."""
    shown = Question.objects.shown_to(viewer).select_related("author")
    answers = Prefetch("answers", shown.order_by(F("voice").desc(), "at"), to_attr="said")
    asked = shown.asked().filter(product=product).prefetch_related(answers)
    return paging.newest_first(asked, by="at", cursor=cursor, size=QUESTIONS_A_PAGE)


def structured(product: Product, rating: Rating, pictures: Iterable[Any]) -> SafeString:
    """Return what search engines read of a product with reviews, as JSON-LD; "" without any."""
    if not rating.reviews:
        return SafeString()
    told: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": product.title,
        "aggregateRating": {
            "@type": "AggregateRating",
            "ratingValue": rating.average,
            "reviewCount": rating.reviews,
            "bestRating": 5,
            "worstRating": 1,
        },
    }
    if product.brand:
        told["brand"] = {"@type": "Brand", "name": product.brand}
    told["image"] = [picture.large for picture in pictures]
    written = json.dumps(told, ensure_ascii=False).translate(ESCAPED)
    return mark_safe(written)  # noqa: S308 (what could end the script is escaped)
