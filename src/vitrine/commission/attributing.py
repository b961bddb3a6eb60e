"""Whose sale a line is: the last clip on which its buyer tapped the product, for a time.

Known is what the shop keeps anyway: the clip from which the buyer put the product into the bag, or
bought it at once, and when. Nothing is followed for it. Source: docs/adr/0071-commission.md.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from vitrine.catalog.models import Membership
from vitrine.commission.models import Commission, Link
from vitrine.commission.models.deal import best
from vitrine.commission.shares import commission_on, paid
from vitrine.orders.models import Order, OrderLine
from vitrine.videos.models import Clip


@dataclass(frozen=True)
class Met:
    """A line, and the clip that it was met on."""

    line: OrderLine
    clip: Clip


def shares(order: Order) -> list[Commission]:
    """Return what creators earn by an order, unsaved. Queries: 1, 3 or 4.

    order: placed, with its group.
    """
    met = list(_met(order))
    if not met or order.placed_at is None:
        return []
    links = _links(order, {one.clip.creator_id for one in met}, at=order.placed_at)
    found = (_share(order, one, links.get(one.clip.creator_id, [])) for one in met)
    return [share for share in found if share is not None]


def _met(order: Order) -> Iterator[Met]:
    """Yield the lines that may earn somebody something. Queries: 1, or 2 where there are any."""
    lines = order.lines.filter(clip__isnull=False).select_related("clip__creator", "variant")
    on_clips = list(lines.order_by("pk"))
    if not on_clips or order.placed_at is None:
        return
    members = Membership.objects.filter(merchant=order.merchant_id)
    shops_own = set(members.values_list("person", flat=True))
    window = timedelta(days=settings.VITRINE_ATTRIBUTION_DAYS)
    for line in on_clips:
        if line.clip is None:
            continue
        creator = line.clip.creator
        is_own = creator.pk == order.group.buyer_id or (
            creator.email.casefold() == order.group.email.casefold()
        )
        is_late = line.met_at is not None and order.placed_at - line.met_at > window
        if not (is_own or is_late or creator.pk in shops_own):
            yield Met(line, line.clip)


def _links(order: Order, creators: Iterable[int], *, at: datetime) -> dict[int, list[Link]]:
    """Return what each creator had taken of the shop's offers. Queries: 2."""
    stood = Link.objects.at(at).filter(creator__in=creators, deal__merchant=order.merchant_id)
    found: dict[int, list[Link]] = {}
    for link in stood.with_rates().order_by("pk"):
        found.setdefault(link.creator_id, []).append(link)
    return found


def _share(order: Order, met: Met, links: list[Link]) -> Commission | None:
    line, at = met.line, order.placed_at
    on = paid(
        goods_minor=line.goods_minor,
        off_minor=line.discount_minor + line.discount_platform_minor,
        tax_inside_minor=line.tax_minor if order.tax_included else 0,
    )
    held = best(links, line.variant.product_id, at=at) if at else None
    if held is None or at is None or not on:
        return None
    link, rate = held
    return Commission(
        line=line,
        creator_id=met.clip.creator_id,
        clip=met.clip,
        link=link,
        currency=order.group.currency,
        paid_minor=on,
        rate_bp=rate.bp,
        rate_from_at=rate.from_at,
        amount_minor=commission_on(on, rate.bp),
        placed_at=at,
    )
