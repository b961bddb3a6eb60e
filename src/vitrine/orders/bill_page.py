"""What an invoice or a credit note says, line by line: arithmetic over rows that were read."""

from dataclasses import dataclass

from django.utils.translation import gettext

from vitrine.orders.models import Bill, BillKind
from vitrine.orders.models.payment import method_said
from vitrine.sovereignty.cell import operator, this_cell


@dataclass(frozen=True)
class Row:
    """One line of a bill. off: what came off it. note: what it is of."""

    title: str
    note: str = ""
    quantity: int | None = None
    unit_minor: int | None = None
    off_minor: int = 0
    amount_minor: int = 0


@dataclass(frozen=True)
class Tax:
    """What one authority is owed. by: who hands it on."""

    label: str
    authority: str
    amount_minor: int
    by: str


@dataclass(frozen=True)
class Page:
    """All that is printed. included: tax is inside the amounts.

    stored: what of the total was paid by, or went to, gift cards and credit: payment, no discount.
    method: what the total was paid with, or went to.
    """

    title: str
    rows: list[Row]
    taxes: list[Tax]
    total_minor: int
    included: bool
    stored_minor: int
    method: str


def of(bill: Bill) -> Page:
    """Return what a bill says. It comes ``whole``. Queries: 0."""
    return _invoice(bill) if bill.kind == BillKind.INVOICE else _credit(bill)


def _invoice(bill: Bill) -> Page:
    order = bill.order
    rows = [
        Row(
            line.title,
            line.options,
            line.quantity,
            line.unit_minor,
            line.discount_minor + line.discount_platform_minor,
            line.paid_minor,
        )
        for line in order.lines.all()
    ]
    off = order.off_minor - sum(row.off_minor for row in rows)
    if order.delivery_minor:
        paid = order.delivery_minor - off
        rows.append(Row(gettext("Delivery"), order.delivery_name, off_minor=off, amount_minor=paid))
    title = gettext("Tax invoice") if this_cell().tax_inclusive else gettext("Invoice")
    taxes = {one.authority: one.amount_minor for one in order.taxes.all()}
    return Page(
        title,
        rows,
        _taxes(bill, taxes),
        order.total_minor,
        included=order.tax_included,
        stored_minor=order.stored_minor,
        method=method_said(
            order.group.payment.method_label, order.stored_minor, of_minor=order.total_minor
        ),
    )


def _credit(bill: Bill) -> Page:
    refund = bill.refund
    if refund is None:
        raise ValueError("a credit note is of a refund")
    rows = [
        Row(one.line.title, one.line.options, one.quantity, amount_minor=one.amount_minor)
        for one in refund.lines.all()
    ]
    if refund.delivery_minor:
        said, amount = gettext("Delivery"), refund.delivery_minor
        rows.append(Row(said, bill.order.delivery_name, amount_minor=amount))
    rest = refund.amount_minor - sum(row.amount_minor for row in rows)
    if rest:
        said = gettext("A part of the price") if rest > 0 else gettext("Given back before")
        rows.append(Row(said, refund.move.reason, amount_minor=rest))
    # Amounts are those that the buyer gets, with their tax in them.
    return Page(
        gettext("Credit note"),
        rows,
        _taxes(bill, refund.taxes),
        refund.amount_minor,
        included=True,
        stored_minor=refund.move.stored_minor,
        method=method_said(
            bill.order.group.payment.method_label,
            refund.move.stored_minor,
            of_minor=refund.amount_minor,
        ),
    )


def _taxes(bill: Bill, amounts: dict[str, int]) -> list[Tax]:
    names = {one.authority: one for one in bill.order.taxes.all()}
    return [
        Tax(
            names[authority].label,
            authority,
            amount,
            bill.seller_name if names[authority].platform_liable is False else operator()[0],
        )
        for authority, amount in amounts.items()
        if amount and authority in names
    ]
