"""Tell a shop's people once that something runs low; again only after there was more.

Watched by a job rather than in the sale: a purchase waits for no notice. A shelf that is low has
a row; who inserts it tells, in the same transaction.
"""

from datetime import datetime

from django.db import transaction

from vitrine.accounts import telling
from vitrine.accounts.telling import Kind
from vitrine.catalog.models import LowStock, Membership, Merchant, Role, Stock

CONCERNED = [Role.OWNER, Role.CATALOGUE, Role.ORDERS]
AT_A_TIME = 2_000


def look(*, at: datetime) -> int:
    """Note what has become low and what no longer is. Returns how many shelves are newly low.

    Queries: 2, and for each shop with something new 3 and 1 for each of its people.
    """
    low = Stock.objects.low()
    LowStock.objects.exclude(stock__in=low.values("pk")).delete()
    known = LowStock.objects.values("stock")
    fresh = low.exclude(pk__in=known).order_by("location__merchant", "pk")
    by_merchant: dict[int, list[int]] = {}
    for merchant, stock in fresh.values_list("location__merchant", "pk")[:AT_A_TIME]:
        by_merchant.setdefault(merchant, []).append(stock)
    return sum(_note(pk, stocks, at=at) for pk, stocks in by_merchant.items())


@transaction.atomic
def _note(merchant_id: int, stocks: list[int], *, at: datetime) -> int:
    """Write the rows of one shop and tell its people of them together."""
    noted = LowStock.objects.bulk_create(
        (LowStock(stock_id=pk, since_at=at) for pk in stocks), ignore_conflicts=True
    )
    merchant = Merchant.objects.get(pk=merchant_id)
    people = Membership.objects.filter(merchant=merchant, role__in=CONCERNED)
    for person in people.order_by("person").values_list("person", flat=True).distinct():
        telling.tell(
            Kind.LOW_STOCK,
            whom=person,
            by=None,
            path=f"/market/{merchant.slug}/stock/?low=1",
            item=f"{merchant.public_id}:{at:%m%d%H%M}",
            at=at,
        )
    return len(noted)
