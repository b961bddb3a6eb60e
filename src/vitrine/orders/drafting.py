"""The rows of a purchase that is not written yet: orders, lines, taxes and needs. Queries: 0."""

from collections.abc import Mapping

from vitrine.kernel.prepared import made
from vitrine.orders import codes, routing
from vitrine.orders.models import Destination, Order, OrderGroup, OrderLine, OrderTax
from vitrine.orders.quote import Part
from vitrine.orders.routing import Need
from vitrine.orders.tax import TaxAmount
from vitrine.orders.wanted import Wanted


def need(part: Part, one: Wanted) -> Need:
    """Return what stock a line needs: from its store, or for where it goes."""
    if part.store is not None:
        return Need(one.variant.pk, one.quantity, part.store.pk)
    to = routing.Destination(part.to.region, part.to.postcode)
    return Need(one.variant.pk, one.quantity, to=to)


def order(
    group: OrderGroup, part: Part, destinations: Mapping[str, Destination], *, stored_minor: int
) -> Order:
    """Return the order of a part. stored: what gift cards and credit pay of it."""
    figures = part.figures
    order = made(
        Order,
        group=group,
        merchant=part.merchant,
        delivery_option=part.delivery.option if part.delivery else None,
        delivery_name=part.delivery_name[:60],
        returns_text=part.merchant.returns_line[:400],
        returns_days=part.merchant.returns_days,
        pickup_location=part.store,
        destination=destinations[part.address.mark] if part.address else None,
        goods_minor=figures.goods_minor,
        delivery_minor=figures.delivery_minor,
        discount_minor=figures.off.merchant_minor,
        discount_platform_minor=figures.off.platform_minor,
        tax_minor=figures.tax_minor,
        tax_included=figures.tax_on_top_minor != figures.tax_minor,
        total_minor=figures.total_minor,
        stored_minor=stored_minor,
        fee_minor=figures.fee_minor,
        arrives_from_on=part.arrives.from_on if part.arrives else None,
        arrives_until_on=part.arrives.until_on if part.arrives else None,
    )
    if part.store:
        order.pickup_code_digest = codes.digest(order.public_id, codes.new(order.public_id))
    return order


def taxes(order: Order, part: Part) -> list[OrderTax]:
    """Return what an order owes each authority."""
    named = {one.authority: one for one in _all_taxes(part)}
    return [
        made(
            OrderTax,
            order=order,
            authority=authority,
            name=named[authority].name,
            amount_minor=amount,
            platform_liable=named[authority].platform_liable,
        )
        for authority, amount in part.figures.tax_by_authority.items()
    ]


def _all_taxes(part: Part) -> list[TaxAmount]:
    on_goods = [tax for line in part.figures.lines for tax in line.taxes]
    return [*on_goods, *part.figures.delivery_taxes]


def lines(order: Order, part: Part) -> list[OrderLine]:
    """Return the lines of an order, frozen as quoted."""
    priced = {line.item.key: line for line in part.figures.lines}
    return [
        made(
            OrderLine,
            order=order,
            variant=one.variant,
            clip_id=one.clip_id,
            met_at=one.met_at,
            title=one.variant.product.title,
            options=" / ".join(one.variant.option_values)[:250],
            sku=one.variant.sku,
            quantity=one.quantity,
            unit_minor=priced[one.variant.pk].item.unit_price_minor,
            goods_minor=priced[one.variant.pk].item.goods_minor,
            discount_minor=priced[one.variant.pk].item.off.merchant_minor,
            discount_platform_minor=priced[one.variant.pk].item.off.platform_minor,
            tax_minor=priced[one.variant.pk].tax_minor,
            taxes=priced[one.variant.pk].by_authority,
            platform_liable=priced[one.variant.pk].platform_liable,
        )
        for one in part.wanted
    ]
