"""Give money of an order back: for units of its lines, an amount, or all that is left of it.

What a refund comes to is worked out and frozen under the lock on the payment, and is posted as it
was frozen once the provider has moved the money. Source: docs/adr/0070-after-the-order.md.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils.translation import gettext

from vitrine.accounts.models import Person
from vitrine.kernel.errors import Refusal
from vitrine.ledger import accounts
from vitrine.ledger.posting import KeyReused
from vitrine.orders import asking, refund_sums, tendering
from vitrine.orders.models import (
    MoveKind,
    MoveState,
    Order,
    OrderLine,
    OrderState,
    Payment,
    Purse,
    Refund,
    RefundKind,
    RefundLine,
)
from vitrine.orders.refund_sums import Line, Sums

GIVEN_OUT = (OrderState.SHIPPED, OrderState.COLLECTED)


class NothingLeft(Refusal):
    """All of it was given back, or less is left than was asked for."""

    code = "nothing_left"
    message = "No more can be given back than was paid."


@dataclass(frozen=True)
class Unit:
    """Units of a line, and what they came to as they were sold."""

    line: OrderLine
    quantity: int
    sums: Sums


class Account:
    """What an order comes to, piece by piece, and what is left of it after its refunds.

    Refunds that the bank has not made yet count, those that it refused do not. Queries: 6.
    """

    def __init__(self, order: Order) -> None:
        self.order = order
        self.lines = list(order.lines.order_by("pk"))
        taxes = list(order.taxes.all())
        self.liable = {one.authority for one in taxes if one.platform_liable is not False}
        *pieces, self.delivery = self._pieces({one.authority: one.amount_minor for one in taxes})
        self._piece = {line.pk: piece for line, piece in zip(self.lines, pieces, strict=True)}
        self.whole = refund_sums.together([*pieces, self.delivery])
        self.refunds = list(Refund.objects.of(order))

    @cached_property
    def left(self) -> Sums:
        """Return what can still be given back."""
        return self.whole - refund_sums.together(one.sums for one in self.refunds)

    @cached_property
    def given_units(self) -> Counter[int]:
        """Return how many units of each line money was given back for."""
        units: Counter[int] = Counter()
        for one in self.refunds:
            units.update({line.line_id: line.quantity for line in one.lines.all()})
        return units

    @property
    def delivery_left(self) -> Sums:
        """Return the delivery, or nothing where it was given back."""
        return Sums() if any(one.delivery_minor for one in self.refunds) else self.delivery

    @property
    def is_closed(self) -> bool:
        """Tell whether the bank has given everything back."""
        done = [one for one in self.refunds if one.move.state == MoveState.DONE]
        given = refund_sums.together(one.sums for one in done)
        whole = self.whole
        return (given.amount_minor, given.made_good_minor) == (
            whole.amount_minor,
            whole.made_good_minor,
        )

    def units(self, wanted: Mapping[int, int]) -> list[Unit]:
        """Return so many more units of lines. Raises: NothingLeft for more than were sold."""
        found = []
        for line in self.lines:
            more, before = wanted.get(line.pk, 0), self.given_units[line.pk]
            if before + more > line.quantity:
                raise NothingLeft
            if more:
                piece = self._piece[line.pk]
                sums = refund_sums.of_units(piece, before=before, more=more, of=line.quantity)
                found.append(Unit(line, more, sums))
        return found

    def still_paid(self, wanted: Mapping[int, int]) -> dict[int, int]:
        """Return so many units of lines, without those that money was given back for."""
        given = self.given_units
        return {
            one.pk: min(wanted.get(one.pk, 0), one.quantity - given[one.pk]) for one in self.lines
        }

    def all_units(self) -> list[Unit]:
        """Return every unit that no money was given back for."""
        return self.units({one.pk: one.quantity - self.given_units[one.pk] for one in self.lines})

    def _pieces(self, by_authority: Mapping[str, int]) -> list[Sums]:
        order, lines = self.order, self.lines
        delivery_tax = order.tax_minor - sum(line.tax_minor for line in lines)
        taxes: list[dict[str, int] | None] = [line.taxes for line in lines]
        if None in taxes:  # sold before a line knew its authorities
            parts = [*(line.tax_minor for line in lines), delivery_tax]
            *spread, brought = refund_sums.spread_taxes(by_authority, parts)
            taxes = list(spread)
        else:
            sold: Counter[str] = Counter()
            for line_taxes in taxes:
                sold.update(line_taxes or {})
            brought = {name: amount - sold[name] for name, amount in by_authority.items()}
        off = order.discount_minor - sum(line.discount_minor for line in lines)
        made_good = order.discount_platform_minor
        made_good -= sum(line.discount_platform_minor for line in lines)
        paid = order.delivery_minor - off - made_good
        return refund_sums.pieces(
            [
                Line(line.quantity, line.paid_minor, line.discount_platform_minor, each or {})
                for line, each in zip(lines, taxes, strict=True)
            ],
            Line(1, paid, made_good, brought),
            included=order.tax_included,
            fee_minor=order.fee_minor,
            fee_taxes={one.authority: one.amount_minor for one in order.fee_taxes.all()},
        )


def amount(
    order: Order, amount_minor: int, *, key: str, by: Person, at: datetime, reason: str
) -> str:
    """Give a part of the price back; the buyer keeps the goods. key: one effect each.

    Returns the key of the move to make after commit. Raises: NothingLeft, KeyReused, TooLong.
    """
    asking.refuse_long(reason)
    with asking.locked(order.pk) as (fresh, payment):
        earlier = Refund.objects.filter(key=key).select_related("move").first()
        if earlier is not None:
            if (earlier.move.order_id, earlier.amount_minor) != (fresh.pk, amount_minor):
                raise KeyReused
            return earlier.move.key
        if fresh.state not in GIVEN_OUT:
            raise NothingLeft(gettext("Nothing was taken for this order yet; cancel it instead."))
        account = Account(fresh)
        if not 0 < amount_minor <= account.left.amount_minor:
            raise NothingLeft
        wanted = refund_sums.in_proportion(account.left, amount_minor)
        made = _ask(
            account,
            payment,
            wanted,
            kind=RefundKind.GOODWILL,
            key=key,
            by=by,
            at=at,
            reason=reason,
        )
        return made.move.key if made else ""


def goods(
    order: Order, wanted: Mapping[int, int], *, key: str, by: Person, at: datetime, reason: str
) -> str:
    """Give the price of units back that are not sent back: lost, or not worth their postage.

    wanted: line -> how many. key: one effect each. Returns the key of the move to make after
    commit, or "". Raises: NothingLeft, TooLong.
    """
    asking.refuse_long(reason)
    with asking.locked(order.pk) as (fresh, payment):
        if fresh.state not in GIVEN_OUT:
            raise NothingLeft(gettext("Nothing was taken for this order yet; cancel it instead."))
        if fresh.returns.open().exists():
            raise NothingLeft(gettext("Something of it is on its way back. Settle that first."))
        made = units(
            fresh, payment, wanted, kind=RefundKind.LINES, key=key, by=by, at=at, reason=reason
        )
        return made.move.key if made else ""


def rest(order: Order, payment: Payment, *, by: Person, at: datetime, reason: str) -> str:
    """Give all back that is left of an order. The payment is held. Raises: NothingLeft."""
    account = Account(order)
    if not (account.left.amount_minor or account.left.made_good_minor):
        raise NothingLeft
    made = _ask(
        account,
        payment,
        account.left,
        account.all_units(),
        account.delivery_left,
        kind=RefundKind.WHOLE,
        key=f"whole:{order.public_id}:{order.moves.filter(kind=MoveKind.REFUND).count()}",
        by=by,
        at=at,
        reason=reason,
    )
    return made.move.key if made else ""


def units(
    order: Order,
    payment: Payment,
    wanted: Mapping[int, int],
    *,
    kind: RefundKind = RefundKind.RETURN,
    key: str,
    by: Person,
    at: datetime,
    reason: str,
    into: Purse | None = None,
) -> Refund | None:
    """Give the price of units back, each at what was paid for it. The payment is held.

    The last units bring the delivery. wanted: line -> how many. None: nothing was paid for
    them, or nothing is left of it. into: the credit that the buyer wants it as.
    """
    account = Account(order)
    found = account.units(wanted)
    goes_whole = all(
        account.given_units[one.pk] + wanted.get(one.pk, 0) == one.quantity for one in account.lines
    )
    delivery = account.delivery_left if goes_whole else None
    sums = refund_sums.together([*(one.sums for one in found), delivery or Sums()])
    return _ask(
        account,
        payment,
        sums,
        found,
        delivery,
        kind=kind,
        key=key,
        by=by,
        at=at,
        reason=reason,
        into=into,
    )


def legs(
    refund: Refund, order: Order, *, provider: str, stored: Mapping[str, int]
) -> dict[str, int]:
    """Return the legs of a refund: its parts go back out of where the sale has put them.

    stored: what goes to gift cards and credit, by account; the rest is the provider's.
    """
    taxes = list(order.taxes.all())
    liable = {one.authority for one in taxes if one.platform_liable is not False}
    sums = refund.sums
    found: Counter[str] = Counter()
    for name, due in sums.taxes.items():
        if name in liable:
            found[accounts.tax(name)] -= due
    for name, due in sums.fee_taxes.items():
        found[accounts.tax(name)] -= due
    return {
        accounts.provider(provider): sums.amount_minor - sum(stored.values()),
        accounts.merchant_pending(order.merchant.public_id): -sums.merchant_minor(liable),
        accounts.PLATFORM_FEES: -sums.fee_minor,
        accounts.PLATFORM_PROMOTIONS: sums.made_good_minor,
        **found,
        **stored,
    }


def _ask(
    account: Account,
    payment: Payment,
    wanted: Sums,
    goods: Sequence[Unit] = (),
    delivery: Sums | None = None,
    *,
    kind: RefundKind,
    key: str,
    by: Person,
    at: datetime,
    reason: str,
    into: Purse | None = None,
) -> Refund | None:
    """Freeze a refund and ask for its move."""
    order = account.order
    is_last = not goods or kind == RefundKind.WHOLE or delivery is not None
    sums = refund_sums.fitted(wanted, account.left, liable=account.liable, is_last=is_last)
    move = asking.ask(
        MoveKind.REFUND,
        order,
        payment,
        amount_minor=sums.amount_minor,
        stored_minor=_stored(account, sums.amount_minor, into),
        made_good_minor=sums.made_good_minor,
        by=by,
        at=at,
        reason=reason,
    )
    if move is None:
        return None
    made = Refund.objects.create(
        key=key,
        move=move,
        kind=kind,
        purse=into,
        amount_minor=sums.amount_minor,
        delivery_minor=delivery.amount_minor if delivery else 0,
        fee_minor=sums.fee_minor,
        made_good_minor=sums.made_good_minor,
        taxes=_some(sums.taxes),
        fee_taxes=_some(sums.fee_taxes),
    )
    RefundLine.objects.bulk_create(_lines(made, goods))
    return made


def _stored(account: Account, amount_minor: int, into: Purse | None) -> int:
    """Return what of a refund is not the provider's: all of it, where it becomes credit."""
    if into is not None:
        return amount_minor
    order = account.order
    if not order.stored_minor:
        return 0
    back = sum(one.move.asked_minor for one in account.refunds)
    return tendering.given_back(amount_minor, asked_left_minor=order.asked_minor - back)[1]


def _lines(of: Refund, goods: Iterable[Unit]) -> list[RefundLine]:
    return [
        RefundLine(
            refund=of, line=one.line, quantity=one.quantity, amount_minor=one.sums.amount_minor
        )
        for one in goods
    ]


def _some(amounts: Mapping[str, int]) -> dict[str, int]:
    return {name: amount for name, amount in amounts.items() if amount}
