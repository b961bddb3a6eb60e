"""Changing many products at once: first what would change, then all of it or nothing."""

import contextlib
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext_lazy

from vitrine.catalog import rounding, turning
from vitrine.catalog.models import (
    Category,
    Collection,
    CollectionItem,
    Merchant,
    Product,
    Variant,
)
from vitrine.catalog.models.product import NothingToSell, ProductBarred
from vitrine.catalog.rounding import Rounding
from vitrine.kernel.errors import Refusal

MOST = 10_000
"""Products of one change."""
AT_A_TIME = 500
PRICES = ["price_minor", "sale_minor", "sale_from", "sale_until", "next_minor", "next_from"]


class TooMany(Refusal):
    """More products than one change takes."""

    code = "too_many_products"
    message = "That is more than ten thousand products. Narrow the list first."


class ChangedMeanwhile(Refusal):
    """What was shown is no longer what would change."""

    code = "changed_meanwhile"
    message = "Something changed since this was shown. Look at it again."


@dataclass(frozen=True)
class Change:
    """What becomes of each product. What is not said stays.

    price: the regular price is changed at once, or from the day ``since`` on. sale: it is sold for
    less between since and until. percent, amount_minor, to: by how much, and to what rounded.
    """

    price: bool = False
    sale: bool = False
    ends_sale: bool = False
    percent: Decimal = Decimal(0)
    amount_minor: int = 0
    to: Rounding = Rounding.EXACT
    since: datetime | None = None
    until: datetime | None = None
    category: Category | None = None
    collection: Collection | None = None
    publish: bool = False
    withdraw: bool = False

    @property
    def prices(self) -> bool:
        """Tell whether any price changes."""
        return self.price or self.sale or self.ends_sale

    def apply_to(self, variant: Variant) -> bool:
        """Change one variant's pricing, unsaved; tell whether anything is different."""
        before = [getattr(variant, name) for name in PRICES]
        new = rounding.changed(
            variant.price_minor,
            percent=self.percent,
            amount_minor=self.amount_minor,
            rounding=self.to,
        )
        if self.ends_sale:
            variant.sale_minor = variant.sale_from = variant.sale_until = None
        elif self.sale:
            variant.sale_minor, variant.sale_from = new, self.since
            variant.sale_until = self.until
        elif self.price and self.since is not None:
            variant.next_minor, variant.next_from = new, self.since
        elif self.price:
            variant.price_minor, variant.next_minor, variant.next_from = new, None, None
        return before != [getattr(variant, name) for name in PRICES]


@dataclass(frozen=True)
class Line:
    """One variant as it would change. minor: what it will cost."""

    variant: Variant
    before_minor: int
    minor: int


@dataclass(frozen=True)
class Preview:
    """What would change. mark: a number that is equal while the same would change."""

    products: int
    variants: int
    lines: Sequence[Line]
    mark: str
    dearer_sales: int = 0


def chosen(merchant: Merchant, rows: "QuerySet[Product]") -> list[int]:
    """Return the keys of the products that are changed, in order. Raises: TooMany. Queries: 1."""
    keys = list(rows.filter(merchant=merchant).order_by("pk").values_list("pk", flat=True))
    unique = sorted(set(keys))
    if len(unique) > MOST:
        raise TooMany
    return unique


def preview(keys: Sequence[int], change: Change, *, shown: int) -> Preview:
    """Tell what would change, the first lines of it one by one. Queries: 1 for AT_A_TIME."""
    lines: list[Line] = []
    count, dearer = 0, 0
    named = [one and one.pk for one in (change.category, change.collection)]
    seen = hashlib.blake2b(repr((keys, change, named)).encode(), digest_size=12)
    for variant in _variants(keys) if change.prices else ():
        before = variant.price_minor
        was = tuple(getattr(variant, name) for name in PRICES)
        if not change.apply_to(variant):
            continue
        count += 1
        seen.update(repr((variant.pk, was, [getattr(variant, n) for n in PRICES])).encode())
        minor = _after(variant)
        dearer += change.sale and minor >= before
        if len(lines) < shown:
            lines.append(Line(variant, before, minor))
    return Preview(len(keys), count, lines, seen.hexdigest(), dearer)


@transaction.atomic
def apply(
    keys: Sequence[int], change: Change, *, merchant: Merchant, mark: str, at: datetime
) -> int:
    """Change all, or none. Returns how many products were meant. Raises: ChangedMeanwhile.

    mark: of the preview that was shown. Locks: the merchant's row, as imports and edits do.
    """
    Merchant.objects.select_for_update(no_key=True).only("pk").get(pk=merchant.pk)
    turning.settle(merchant=merchant, at=at)
    if preview(keys, change, shown=0).mark != mark:
        raise ChangedMeanwhile
    if change.prices:
        changed = [each for each in _variants(keys) if change.apply_to(each)]
        Variant.objects.bulk_update(changed, PRICES, batch_size=AT_A_TIME)
    rows = Product.objects.filter(pk__in=keys)
    if change.category is not None:
        rows.update(listed_in=change.category)
    if change.collection is not None:
        _collect(keys, change.collection)
    for product in rows.order_by("pk") if change.publish or change.withdraw else ():
        if change.withdraw:
            product.withdraw(at=at)
            continue
        # What cannot be sold stays as it is; the others go on sale.
        with contextlib.suppress(NothingToSell, ProductBarred):
            product.publish(at=at)
    return len(keys)


def _variants(keys: Sequence[int]) -> "list[Variant]":
    found: list[Variant] = []
    for first in range(0, len(keys), AT_A_TIME):
        rows = Variant.objects.filter(
            product__in=keys[first : first + AT_A_TIME], withdrawn_at=None
        )
        found += rows.select_related("product").order_by("product_id", "position", "pk")
    return found


def _after(variant: Variant) -> int:
    """Return what it will cost once the change has come into force."""
    said = [variant.price_minor, variant.next_minor, variant.sale_minor]
    return next(each for each in reversed(said) if each is not None)


def _collect(keys: Sequence[int], collection: Collection) -> None:
    last = collection.items.aggregate(last=Max("position"))["last"] or 0
    CollectionItem.objects.bulk_create(
        [
            CollectionItem(collection=collection, product_id=key, position=last + number)
            for number, key in enumerate(keys, 1)
        ],
        ignore_conflicts=True,
    )


ROUNDINGS = {
    Rounding.EXACT: gettext_lazy("To the cent"),
    Rounding.WHOLE: gettext_lazy("To whole units"),
    Rounding.NINETY_NINE: gettext_lazy("To prices that end in .99"),
    Rounding.NINETY_FIVE: gettext_lazy("To prices that end in .95"),
}
