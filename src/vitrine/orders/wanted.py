"""What somebody asks for, and whether it is sold here."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from vitrine.catalog.models import Merchant, Product, Variant
from vitrine.catalog.tariffs import Parcel
from vitrine.kernel import prepared
from vitrine.kernel.errors import Refusal
from vitrine.orders.tax import Place
from vitrine.sovereignty.cell import this_cell

VARIANT = (
    f"SELECT {prepared.columns((Variant, 'v'), (Product, 'p'), (Merchant, 'm'))} "  # noqa: S608 (our own names)
    "FROM catalog_variant v JOIN catalog_product p ON p.id = v.product_id "
    "JOIN catalog_merchant m ON m.id = v.merchant_id WHERE v.public_id = ANY (%s)"
)


class NotForSale(Refusal):
    """Something in the purchase is no longer sold."""

    code = "not_for_sale"
    message = "Something you chose is no longer sold. Take it out and try again."


@dataclass(frozen=True)
class Wanted:
    """One variant as asked for. clip_id, met_at: where and when it was met, for the creator's sake.

    met_at None: just now. unit_minor: what one costs at the moment of its quote.
    """

    variant: Variant
    quantity: int
    clip_id: int | None = None
    unit_minor: int | None = None
    met_at: datetime | None = None

    @property
    def price_minor(self) -> int:
        if self.unit_minor is None:
            raise ValueError("what is wanted has no price before it is quoted")
        return self.unit_minor

    @property
    def goods_minor(self) -> int:
        return self.price_minor * self.quantity

    def priced(self, *, at: datetime) -> "Wanted":
        """Return it with what it costs at a moment."""
        return replace(self, unit_minor=self.variant.price_at(at))


def variants(public_ids: Sequence[str]) -> dict[str, Variant]:
    """Return variants by public id, with what a quote asks of them. Queries: 1."""
    return {one.public_id: one for one in map(_whole, prepared.rows(VARIANT, [public_ids]))}


def _whole(row: Sequence[Any]) -> Variant:
    found: Variant
    found, found.product, found.merchant = prepared.instances(row, Variant, Product, Merchant)
    return found


def is_sold(variant: Variant) -> bool:
    """Tell whether a variant is for sale here. Queries: 0 with product and merchant loaded."""
    return (
        variant.withdrawn_at is None
        and variant.product.is_on_sale
        and variant.merchant.shut_at is None
        and variant.merchant.currency == this_cell().currency
    )


def by_merchant(wanted: Sequence[Wanted]) -> dict[int, list[Wanted]]:
    """Group what is wanted by merchant key, each variant once. Raises: NotForSale."""
    if not wanted:
        raise NotForSale(gettext("There is nothing to buy. Choose something first."))
    found: defaultdict[int, list[Wanted]] = defaultdict(list)
    seen: set[int] = set()
    for one in wanted:
        if not is_sold(one.variant):
            said = gettext("“{title}” is no longer sold. Take it out and try again.")
            raise NotForSale(said.format(title=one.variant.product.title))
        if one.variant.pk in seen:
            raise ValueError("a variant is wanted once, with a quantity")
        seen.add(one.variant.pk)
        found[one.variant.merchant_id].append(one)
    return dict(sorted(found.items()))


def parcel(lines: Sequence[Wanted], to: Place) -> Parcel:
    """Return what some lines come to as one parcel."""
    return Parcel(
        goods_minor=sum(one.goods_minor for one in lines),
        weight_g=sum(one.variant.weight_g * one.quantity for one in lines),
        region=to.region,
        postcode=to.postcode,
    )
