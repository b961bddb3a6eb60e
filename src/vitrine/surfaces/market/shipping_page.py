"""Many parcels at once: the orders that were chosen, what is typed for each, and what became."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q, QuerySet
from django.db.models.functions import Right
from django.http import QueryDict
from django.utils.translation import gettext, ngettext

from vitrine.catalog.models import Merchant
from vitrine.kernel import text
from vitrine.orders.dispatching import Sent
from vitrine.orders.handing_over import Parcel
from vitrine.orders.models import Order
from vitrine.surfaces.market import tracking_list
from vitrine.surfaces.market.tracking_list import Line

MOST = 100
"""Orders that are shipped or printed at one press."""
ENDING = 6
"""So many letters of a reference are shown in lists, and are enough to name an order."""


@dataclass
class Row:
    """One order with what is typed for its parcel, and what became of it."""

    order: Order
    carrier: str = ""
    tracking: str = ""
    sent: Sent | None = None

    @property
    def is_marked(self) -> bool:
        """Tell whether there is nothing left to do for it."""
        return self.sent is not None and self.sent.is_marked

    @property
    def parcel(self) -> Parcel:
        """Return how it travels."""
        return Parcel(self.carrier, self.tracking)


@dataclass
class Sheet:
    """The whole page. pasted: what was typed or sent as a list. faults: why nothing was shipped."""

    rows: list[Row]
    carrier: str = ""
    pasted: str = ""
    faults: list[str] = field(default_factory=list)
    left_out: int = 0

    @property
    def waiting(self) -> list[Row]:
        """Return the rows with something left to do."""
        return [row for row in self.rows if not row.is_marked]

    @property
    def marked(self) -> list[Row]:
        """Return the rows that are done with."""
        return [row for row in self.rows if row.is_marked]

    @property
    def is_refused(self) -> bool:
        """Tell whether an order was tried and refused."""
        return any(row.sent and not row.is_marked for row in self.rows)

    @property
    def said(self) -> str:
        """Say how many were marked by this press."""
        count = len(self.marked)
        return ngettext(
            "{count} order is marked as shipped.", "{count} orders are marked as shipped.", count
        ).format(count=count)


def orders(merchant: Merchant, *, at: datetime) -> "QuerySet[Order]":
    """Return a shop's orders with what a parcel needs. Queries: 4."""
    return (
        Order.objects.sold_by(merchant)
        .addressed(at=at)
        .select_related("merchant", "pickup_location")
        .prefetch_related("lines__reservations__stock__location")
        .order_by("placed_at", "pk")
    )


def chosen(merchant: Merchant, ids: Sequence[str], *, at: datetime) -> list[Order]:
    """Return the orders that were ticked, the oldest first."""
    return list(orders(merchant, at=at).filter(public_id__in=ids[:MOST]))


def sheet(merchant: Merchant, ids: Sequence[str], *, at: datetime) -> Sheet:
    """Return the page for orders that were ticked; those that cannot be shipped are left out."""
    found = chosen(merchant, ids, at=at)
    rows = [Row(order) for order in found if _can_leave(order, at=at)]
    return Sheet(rows, left_out=len(found) - len(rows))


def _can_leave(order: Order, *, at: datetime) -> bool:
    return order.is_open and not order.is_pickup and not order.is_withheld(at=at)


def typed(
    merchant: Merchant, post: QueryDict, file: "UploadedFile[bytes] | None", *, at: datetime
) -> Sheet:
    """Return the page as it was typed, with what was pasted or sent put into its rows.

    A file's lines stand in the field afterwards, so that they can be put right there.
    """
    carrier = text.line(post.get("carrier", ""))
    rows = [
        Row(
            order,
            text.line(post.get(f"carrier-{order.public_id}", "")),
            text.line(post.get(f"tracking-{order.public_id}", "")),
        )
        for order in chosen(merchant, post.getlist("order"), at=at)
    ]
    page = Sheet(rows, carrier=carrier, pasted=post.get("pasted", "")[: tracking_list.MOST_BYTES])
    if file is not None:
        sent = tracking_list.decoded(file.read(tracking_list.MOST_BYTES + 1))
        if sent is None:
            page.faults.append(
                gettext("That file is no CSV. Save it as CSV (UTF-8), then send it.")
            )
        else:
            page.pasted = "\n".join(part for part in (page.pasted.strip(), sent.strip()) if part)
    _put_in(merchant, page, at=at)
    for row in page.rows:
        row.carrier = row.carrier or carrier
    if not page.rows and not page.faults:
        page.faults.append(gettext("Choose at least one order, or give a list."))
    return page


def _put_in(merchant: Merchant, page: Sheet, *, at: datetime) -> None:
    """Put the lines of the list into the rows. A list that does not fit changes nothing."""
    found = tracking_list.read(page.pasted)
    page.faults += found.faults
    column = found.column
    if column and len(column) != len(found.lines):
        page.faults.append(
            gettext("Give either numbers alone or a reference on each line, not both.")
        )
    elif column and len(column) != len(page.rows):
        said = gettext("There are {numbers} numbers for {orders} orders. Give one for each.")
        page.faults.append(said.format(numbers=len(column), orders=len(page.rows)))
    if page.faults:
        return
    if column:
        for row, line in zip(page.rows, column, strict=True):
            row.tracking = line.tracking
    else:
        _by_reference(merchant, page, found.lines, at=at)


def _by_reference(merchant: Merchant, page: Sheet, lines: Sequence[Line], *, at: datetime) -> None:
    """Put lines into the rows that they name; an order of the shop that has no row gets one."""
    by_name = _named(merchant, [line.reference for line in lines], at=at)
    rows = {row.order.pk: row for row in page.rows}
    seen: dict[int, int] = {}
    for line in lines:
        fits = by_name.get(line.reference, [])
        if len(fits) != 1:
            said = (
                gettext("Line {number}: several orders end in {typed}. Write the whole reference.")
                if fits
                else gettext("Line {number}: there is no order {typed} in this shop.")
            )
            page.faults.append(said.format(number=line.number, typed=line.reference))
            continue
        order = fits[0]
        if order.pk in seen:
            said = gettext("Lines {first} and {number} name the same order.")
            page.faults.append(said.format(first=seen[order.pk], number=line.number))
            continue
        seen[order.pk] = line.number
        if order.pk not in rows:
            rows[order.pk] = Row(order)
            page.rows.append(rows[order.pk])
        row = rows[order.pk]
        row.tracking, row.carrier = line.tracking, line.carrier or row.carrier


def _named(
    merchant: Merchant, references: Sequence[str], *, at: datetime
) -> dict[str, list[Order]]:
    """Return the shop's orders by what each was named; of those that end alike, the open ones.

    Queries: 5.
    """
    named = orders(merchant, at=at).annotate(ending=Right("public_id", ENDING))
    endings = [one for one in references if len(one) == ENDING]
    whole = [one[:2].lower() + one[2:] for one in references if len(one) != ENDING]
    by_name: dict[str, list[Order]] = {}
    for order in named.filter(Q(public_id__in=whole) | Q(ending__in=endings)):
        public_id = str(order.public_id)
        for name in (public_id.upper(), public_id[-ENDING:]):
            by_name.setdefault(name, []).append(order)
    for name, fits in by_name.items():
        waiting = [order for order in fits if order.is_open]
        if len(fits) > 1 and len(waiting) == 1:
            by_name[name] = waiting
    return by_name
