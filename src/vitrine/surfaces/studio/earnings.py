"""The reads of a creator's earnings: sums, each sale, and every cent of one."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from babel.numbers import format_decimal, get_currency_precision
from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils.translation import gettext

from vitrine.accounts.models import Person
from vitrine.commission.models import Commission, CommissionStep, Reckoning
from vitrine.commission.models.earned import CommissionQuerySet
from vitrine.commission.rates import WHOLE_BP
from vitrine.kernel import paging
from vitrine.ledger import accounts, balances
from vitrine.ledger.accounts import Payee
from vitrine.orders.models import OrderState, Payout, PayoutState
from vitrine.sovereignty.cell import dated, locale, this_cell

SALES_A_PAGE = 30
MOST_SUMS = 20


@dataclass(frozen=True)
class Money:
    """What a creator has where."""

    pending_minor: int
    available_minor: int
    transit_minor: int
    paid_minor: int


@dataclass(frozen=True)
class Line:
    """A sum: of a clip or of a product."""

    name: str
    url: str
    sales: int
    minor: int


@dataclass(frozen=True)
class Sale:
    """One commission with where it stands."""

    one: Commission
    stands_minor: int
    state: str
    tone: str


@dataclass(frozen=True)
class Moved:
    """One step of a commission's money, in words. minor: signed; None where nothing moves."""

    at: datetime
    words: str
    minor: int | None = None


def money(payee: Payee) -> Money:
    """Return what a creator has: the sums of postings, and what was paid. Queries: 2."""
    currency = this_cell().currency
    held = balances.of(payee.all, currency=currency)
    paid = Payout.objects.to(payee).filter(state=PayoutState.PAID, currency=currency)
    return Money(
        held[payee.pending],
        held[payee.available],
        held[payee.in_transit],
        paid.aggregate(sum=Sum("amount_minor"))["sum"] or 0,
    )


def by_clip(creator: Person) -> list[Line]:
    """Return what each clip earned, the most first. Queries: 1."""
    rows = _sums(creator, "commission__clip__public_id", "commission__clip__title")
    untitled = gettext("Untitled clip")
    return [Line(title or untitled, f"/v/{clip}", sales, sum_) for clip, title, sales, sum_ in rows]


def by_product(creator: Person) -> list[Line]:
    """Return what each product earned, the most first. Queries: 1."""
    product = "commission__line__variant__product"
    rows = _sums(creator, f"{product}__public_id", f"{product}__title")
    return [Line(title, f"/p/{public_id}", sales, sum_) for public_id, title, sales, sum_ in rows]


def sales(creator: Person, *, cursor: str | None) -> tuple[list[Sale], str | None]:
    """Return one page of what a creator sold, newest first. Queries: 3."""
    rows = _detailed(Commission.objects.earned_by(creator))
    page = paging.newest_first(rows, by="placed_at", cursor=cursor, size=SALES_A_PAGE)
    payouts = _payouts(accounts.creator(creator.public_id))
    return [_sale(one, payouts) for one in page.rows], page.next_cursor


def sale(one: Commission) -> Sale:
    """Return where one stands. Queries: 1."""
    return _sale(one, _payouts(one.payee))


def one_of(creator: Person, public_id: str) -> Commission | None:
    """Return one of a creator's, with all that explains it. Queries: 2."""
    mine = _detailed(Commission.objects.earned_by(creator).refunded())
    mine = mine.select_related("link__deal__product", "line__order__fulfilment")
    return mine.filter(public_id=public_id).first()


def course(one: Commission) -> list[Moved]:
    """Return what happened to the money of a commission, oldest first. Queries: 2."""
    words = {
        "sold": gettext("The shop sent it and was paid: yours, but not available yet"),
        "given_back": gettext("Money went back to the buyer, and your share of it to the shop"),
        "released": gettext("It became available"),
    }
    found = [Moved(one.placed_at, gettext("Somebody bought it"))]
    for step in one.steps.order_by("pk"):
        moves = step.pending_minor + step.available_minor
        found.append(Moved(step.at, words[step.kind], moves or None))
    payout = payout_of(one, _payouts(one.payee))
    if payout is not None:
        said = gettext("It went with a payout of everything that was available")
        found.append(Moved(payout.planned_at, said))
        if payout.paid_at:
            found.append(Moved(payout.paid_at, gettext("The payout was paid to your bank")))
    return found


def payout_of(one: Commission, payouts: Sequence[Payout]) -> Payout | None:
    """Return the payout that it went with: the first that was planned since it is available."""
    if one.released_at is None or one.stands_minor <= 0:
        return None
    place = bisect_left(payouts, one.released_at, key=lambda payout: payout.planned_at)
    return payouts[place] if place < len(payouts) else None


def _payouts(payee: Payee) -> list[Payout]:
    mine = Payout.objects.to(payee).exclude(state=PayoutState.BOUNCED)
    return list(mine.order_by("planned_at", "pk"))


def _sums(creator: Person, *fields: str) -> list[tuple[str, str, int, int]]:
    mine = CommissionStep.objects.filter(commission__creator=creator)
    moved = F("pending_minor") + F("available_minor")
    sold = Count("pk", Q(kind="sold"))
    rows = mine.values(*fields).annotate(sales=sold, sum=Sum(moved)).order_by("-sum", fields[0])
    return list(rows.values_list(*fields, "sales", "sum")[:MOST_SUMS])


def _detailed(rows: CommissionQuerySet) -> QuerySet[Commission]:
    return rows.standing().select_related(
        "creator", "clip", "line__order__merchant", "line__variant__product", "link__deal"
    )


def _sale(one: Commission, payouts: Sequence[Payout]) -> Sale:
    return Sale(one, one.stands_minor if one.due_at else one.amount_minor, *_state(one, payouts))


def _state(one: Commission, payouts: Sequence[Payout]) -> tuple[str, str]:
    """Return where it stands, in words, and the tone of its badge."""
    if one.due_at is None:
        if one.line.order.state == OrderState.CANCELLED:
            return gettext("Cancelled"), ""
        return gettext("Not sent yet"), "info"
    if one.stands_minor <= 0:
        return gettext("Given back"), "bad"
    if one.released_at is None:
        return gettext("Pending until {day}").format(day=dated(one.due_at)), "info"
    payout = payout_of(one, payouts)
    if payout is None:
        return gettext("Available"), "brass"
    if payout.state == PayoutState.PAID:
        return gettext("Paid"), "good"
    return gettext("On its way to your bank"), "brass"


@dataclass(frozen=True)
class Sums:
    """What of a line's price the commission is on, and how it is rounded.

    exact: before it was rounded, in the currency's units. kept_minor: what of the paid amount the
    buyer does not have again.
    """

    tax_inside_minor: int
    exact: str
    kept_minor: int
    kept_exact: str


def sums(one: Commission) -> Sums:
    """Return what explains a commission's amount. Queries: 1."""
    known = Reckoning.objects.filter(order=one.line.order_id).first()
    left = one.paid_minor
    if known is not None and one.due_at is not None:
        left = one.kept_minor(known)
    inside = one.line.tax_minor if one.line.order.tax_included else 0
    return Sums(inside, _exact(one, one.paid_minor), left, _exact(one, left))


def _exact(one: Commission, paid_minor: int) -> str:
    value = Decimal(paid_minor * one.rate_bp) / WHOLE_BP
    exponent = get_currency_precision(one.currency)
    told = format_decimal(
        value.scaleb(-exponent).normalize(), "#,##0.00####", locale=locale(), group_separator=True
    )
    return str(told)
