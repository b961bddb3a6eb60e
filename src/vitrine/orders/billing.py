"""Issue invoices and credit notes, in the transaction that takes or gives back the money.

So what was never paid for takes no number, and a number that is taken is never given back: the
merchant's counter is held until the transaction ends. Source: docs/adr/0070-after-the-order.md.
"""

from datetime import datetime

from django.db.models import F

from vitrine.catalog.models import Merchant
from vitrine.catalog.models.application import Application
from vitrine.orders.models import Bill, BillCount, BillKind, Order, Refund
from vitrine.sovereignty.cell import home


def invoice(order: Order, *, at: datetime) -> None:
    """Issue an order's invoice, once; what was sent instead of something has none. Queries: 4."""
    if order.goods_minor and not Bill.objects.filter(order=order, kind=BillKind.INVOICE).exists():
        _issue(order, BillKind.INVOICE, at=at)


def credit(refund: Refund, order: Order, *, at: datetime) -> None:
    """Issue the credit note of a refund, once. Queries: 4."""
    if not Bill.objects.filter(refund=refund).exists():
        _issue(order, BillKind.CREDIT, refund=refund, at=at)


def _issue(order: Order, kind: BillKind, *, refund: Refund | None = None, at: datetime) -> None:
    merchant = order.merchant
    name, address, numbers = _seller(merchant)
    Bill.objects.create(
        merchant=merchant,
        kind=kind,
        number=_next(merchant, kind),
        order=order,
        refund=refund,
        seller_name=name,
        seller_address=address,
        seller_numbers=numbers,
        issued_at=at,
    )


def _next(merchant: Merchant, kind: BillKind) -> int:
    """Take the next number. Locks: the merchant's counter, until the transaction ends."""
    BillCount.objects.bulk_create(
        [BillCount(home_cell=home(), merchant=merchant, kind=kind, last=0)], ignore_conflicts=True
    )
    mine = BillCount.objects.filter(merchant=merchant, kind=kind)
    mine.update(last=F("last") + 1)
    return int(mine.values_list("last", flat=True).get())


def _seller(merchant: Merchant) -> tuple[str, str, str]:
    """Return who sells, in law: name, address and numbers, as far as they were told."""
    told = Application.objects.filter(merchant=merchant).first()
    if told is None:
        return merchant.name, "", ""
    place = (told.street, told.city, told.region, told.postcode)
    numbers = [f"{one.number.title} {one.shown}" for one in told.public_numbers]
    return (
        told.legal_name or merchant.name,
        ", ".join(filter(None, place))[:300],
        ", ".join(numbers)[:300],
    )
