"""The words of an offer: what they hang on, and the figures and days that are filled in."""

from typing import NamedTuple

from vitrine.catalog.models import Merchant
from vitrine.kernel.money import format_minor
from vitrine.orders.arrival import Window
from vitrine.orders.quote import Quote
from vitrine.sovereignty.cell import days, locale


class Shape(NamedTuple):
    """What the words around an offer's figures hang on: the same for most products there are.

    is_met: on a clip. is_free: its delivery. has_stored: gift cards or credit pay some of it.
    has_region: whose tax it is is said. compares: the price stands beside another.
    """

    is_bag: bool
    is_sheet: bool
    is_met: bool
    is_refused: bool
    is_many: bool
    is_free: bool
    is_reduced: bool
    is_sent: bool
    is_sold_out: bool
    is_covered: bool
    is_few: bool
    is_test: bool
    has_stored: bool
    has_region: bool
    tax_included: bool
    compares: bool
    is_recommended: bool


class Said(NamedTuple):
    """What is filled in, as people read it. before: what the price is compared with."""

    unit: str
    before: str
    goods: str
    delivery: str
    tax: str
    taxes: str
    region: str
    asked: str
    arrives: str
    returns: str

    @classmethod
    def of(
        cls,
        quote: Quote,
        *,
        unit_minor: int,
        before_minor: int,
        asked_minor: int,
        arrives: Window | None,
        shop: Merchant | None,
    ) -> "Said":
        """Write the figures of a quote. shop: whose terms of return are told."""
        told, figures = locale(), quote.figures

        def money(amount_minor: int) -> str:
            return format_minor(amount_minor, quote.currency, locale=told)

        return cls(
            unit=money(unit_minor),
            before=money(before_minor),
            goods=money(figures.goods_minor),
            delivery=money(figures.delivery_minor),
            tax=money(figures.tax_minor),
            taxes=quote.tax_names,
            region=quote.place.region,
            asked=money(asked_minor),
            arrives=days(arrives.from_on, arrives.until_on) if arrives else "",
            returns=f"{shop.returns_line} {shop.delivery_policy}".rstrip() if shop else "",
        )
