"""The reads of a shop's figures: from what was seen to what was paid, and by what it came."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from vitrine.accounts.models import Person
from vitrine.catalog.feeds import extras
from vitrine.catalog.models import Merchant, Product, Tag
from vitrine.feed import counting
from vitrine.kernel.money import plain_decimal
from vitrine.orders import figures
from vitrine.orders.models import ShopDay
from vitrine.sovereignty.cell import shortly
from vitrine.videos.models import Clip, Visibility

LISTED = 50
"""Clips, products and creators that are listed; the file has them all."""


@dataclass(slots=True)
class Steps:
    """How many got how far. views, taps: of clips that show the shop's things."""

    views: int = 0
    taps: int = 0
    bagged: int = 0
    orders: int = 0
    units: int = 0
    paid_minor: int = 0

    def add(self, other: "Steps | ShopDay") -> None:
        """Add what was counted elsewhere."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name, 0))

    @property
    def cells(self) -> list[int]:
        """Return the numbers in their order, money last."""
        return [getattr(self, name) for name in self.__slots__]


@dataclass(frozen=True, slots=True)
class Day:
    """One day."""

    day: date
    steps: Steps

    @property
    def name(self) -> str:
        """Say which day, shortly."""
        return shortly(self.day)


@dataclass(frozen=True)
class Figures:
    """Everything that the page shows. by_clip, by_creator, by_product: what brought most first."""

    days: Sequence[Day]
    total: Steps
    by_clip: Sequence[tuple[Clip, Steps]] = field(default_factory=list)
    by_creator: Sequence[tuple[Person, Steps]] = field(default_factory=list)
    by_product: Sequence[tuple[Product, Steps]] = field(default_factory=list)

    @property
    def views(self) -> list[int]:
        """Return the views of each day."""
        return [day.steps.views for day in self.days]

    @property
    def money(self) -> list[int]:
        """Return what was paid on each day."""
        return [day.steps.paid_minor for day in self.days]

    @property
    def most_views(self) -> int:
        """Return the number at the top of the views."""
        return max(self.views)

    @property
    def most_minor(self) -> int:
        """Return the amount at the top of the money."""
        return max(self.money)

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to show."""
        return not any(self.total.cells)


def of(merchant: Merchant, *, since: date, until: date) -> Figures:
    """Return a shop's figures from one day to another, both included. Queries: 6."""
    days = {since + timedelta(days=n): Steps() for n in range((until - since).days + 1)}
    by_clip: dict[int, Steps] = defaultdict(Steps)
    by_product: dict[int, Steps] = defaultdict(Steps)
    products: dict[int, Product] = {}
    for row in figures.of(merchant, since=since, until=until):
        if row.product is not None:
            products[row.product.pk] = row.product
            by_product[row.product.pk].add(row)
        elif row.clip_id is not None:
            by_clip[row.clip_id].add(row)
        else:
            days[row.day].add(row)
    shown = Tag.objects.filter(product__merchant=merchant).values_list("clip", flat=True)
    clips = {*by_clip, *shown}
    for seen in counting.rows(list(clips), since=since, until=until):
        steps = Steps(views=seen.count.qualified, taps=seen.count.taps)
        days[seen.day].add(steps)
        by_clip[seen.clip].add(steps)
    total = Steps()
    for steps in days.values():
        total.add(steps)
    found = Clip.objects.filter(pk__in=by_clip).select_related("creator")
    shown_to_all = set(_shown_to_all(by_clip).values_list("pk", flat=True))
    for clip in found:
        if clip.pk not in shown_to_all:
            clip.title = ""  # what it is called is its creator's own again
    told = [(clip, by_clip[clip.pk]) for clip in found if any(by_clip[clip.pk].cells)]
    return Figures(
        [Day(day, steps) for day, steps in days.items()],
        total,
        _most(told),
        _most(_creators(told)),
        _most([(products[pk], steps) for pk, steps in by_product.items()]),
    )


def _shown_to_all(clips: Iterable[int]) -> "QuerySet[Clip]":
    is_open = {"visibility__in": [Visibility.PUBLIC, Visibility.UNLISTED]}
    return Clip.objects.published().filter(pk__in=clips, **is_open)


def _creators(told: Sequence[tuple[Clip, Steps]]) -> list[tuple[Person, Steps]]:
    people: dict[int, tuple[Person, Steps]] = {}
    for clip, steps in told:
        people.setdefault(clip.creator_id, (clip.creator, Steps()))[1].add(steps)
    return list(people.values())


def _most(told: Sequence[tuple[Any, Steps]]) -> list[tuple[Any, Steps]]:
    """Put what brought most first."""
    return sorted(told, key=lambda one: (-one[1].paid_minor, -one[1].views, one[0].pk))


HEAD = "by what day views product_taps bagged orders units paid currency".split()


def table(found: Figures, merchant: Merchant) -> Iterator[list[str]]:
    """Yield the rows of a CSV file: the days, then clips, creators and products."""
    yield HEAD
    yield from (_row("day", "", each.day.isoformat(), each.steps, merchant) for each in found.days)
    for by, told in (
        ("clip", [(clip.title or clip.public_id, steps) for clip, steps in found.by_clip]),
        ("creator", [(who.handle, steps) for who, steps in found.by_creator]),
        ("product", [(product.title, steps) for product, steps in found.by_product]),
    ):
        yield from (_row(by, what, "", steps, merchant) for what, steps in told)


def _row(by: str, what: str, day: str, steps: Steps, merchant: Merchant) -> list[str]:
    *counts, paid_minor = steps.cells
    numbers = ["" if by == "product" and n < 2 else str(one) for n, one in enumerate(counts)]
    paid = plain_decimal(paid_minor, merchant.currency)
    return [by, extras.neutral(what), day, *numbers, paid, merchant.currency]
