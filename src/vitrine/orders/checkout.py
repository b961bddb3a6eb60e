"""Buy: hold the stock, write the order, then ask the provider, then settle.

A purchase is two short transactions with the provider's call between them. The first takes the
stock and commits the order with its charge's key (state ``held``); the second, in ``settling``,
places it or lets the stock go. Wherever a process dies between them, the key finds the truth.
Source: docs/adr/0003-checkout.md.
"""

import hashlib
import hmac
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
from django.db import IntegrityError
from django.utils.translation import gettext

from vitrine.accounts.models import Person
from vitrine.catalog.models import Product, Variant
from vitrine.catalog.stockkeeping import SoldOut
from vitrine.kernel import chance
from vitrine.kernel.errors import Refusal
from vitrine.kernel.prepared import made
from vitrine.ledger.posting import KeyReused
from vitrine.orders import (
    carrying,
    charging,
    claiming,
    covering,
    drafting,
    expiring,
    keeping,
    placing,
    promoting,
    quote,
    redeeming,
    reserving,
    settling,
    spending,
)
from vitrine.orders.claiming import Claim
from vitrine.orders.covering import NO_COVER, NOTHING_ELSE, CardDoesNotPay, Cover, Wish
from vitrine.orders.delivering import Offered
from vitrine.orders.household import Household
from vitrine.orders.models import (
    Address,
    Destination,
    OrderGroup,
    Payment,
    PaymentState,
)
from vitrine.orders.payment import providers
from vitrine.orders.payment.provider import Answer, Outcome, OutcomeUnknown
from vitrine.orders.placing import Draft, Left, StockBusy
from vitrine.orders.quote import Quote
from vitrine.orders.splitting import Choice
from vitrine.orders.wanted import Wanted

HOLD = timedelta(minutes=15)
"""How long stock is held while a buyer pays; long enough to prove who you are to your bank."""
PLANS = 16
"""How often stock is looked for again when somebody else took what was planned: each time
somebody had it, so that few are asked for where much is left."""


Write = Callable[[Draft], Left | None]

REFUSALS: Mapping[Left, type[Refusal]] = {
    Left.BUSY: StockBusy,
    Left.OUT_OF_TURN: claiming.OnlyInTurn,
    Left.TOO_MANY: claiming.TooMany,
    Left.ONE_EACH: claiming.OneEach,
}
"""What is said of a purchase that was not written, unless its stock is gone."""


class TotalChanged(Refusal):
    """What would be charged is not what the buyer saw."""

    code = "total_changed"
    message = "The total has changed since you saw it. Look at the new one before you pay."


@dataclass(frozen=True)
class Recipient:
    """Who gets it and where. The address is empty when everything is collected."""

    email: str
    name: str
    line1: str = ""
    line2: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Means:
    """How the buyer pays: token is what the provider knows the method by."""

    provider: str
    token: str
    label: str


@dataclass(frozen=True)
class Attempt:
    """One press of the order button. key: made with the form, so that a second press is the same.

    It is not to be guessed: whoever repeats it with the same body gets the answer again.
    shown_total_minor: what it comes to, and shown_asked_minor: what of that the button said the
    bank is asked for; None: all of it. wish: what else is paid with. addresses: of the buyer's
    book, by mark, where choices send single lines. offered: the ways of delivery, if they were
    just read.
    """

    key: str
    buyer: Person | None
    wanted: Sequence[Wanted]
    choices: Mapping[str, Choice]
    recipient: Recipient
    means: Means
    shown_total_minor: int
    voucher: str = ""
    addresses: Mapping[str, Address] = field(default_factory=dict)
    visitor: str = ""
    offered: Mapping[int, Offered] | None = None
    wish: Wish = NOTHING_ELSE
    shown_asked_minor: int | None = None

    def digest(self) -> bytes:
        """Fingerprint what is asked for, and by whom."""
        content = (
            self.buyer.pk if self.buyer else None,
            sorted((one.variant.pk, one.quantity, one.clip_id or 0) for one in self.wanted),
            sorted((of, vars(choice)) for of, choice in self.choices.items()),
            sorted((mark, _place(one)) for mark, one in self.addresses.items()),
            vars(self.recipient),
            vars(self.means),
            self.shown_total_minor,
            self.voucher,
            *self._paid_with(),
        )
        return hashlib.sha256(msgspec.json.encode(content)).digest()

    def _paid_with(self) -> tuple[object, ...]:
        """Return what else is paid with: nothing of it in a purchase that has none."""
        if not self.wish:
            return ()
        return (sorted(self.wish.codes), self.wish.with_credit, self.shown_asked_minor)


def _place(address: Address) -> dict[str, str]:
    return {name: getattr(address, name) for name in keeping.PLACE}


coming = carrying.coming
"""Around whatever leads to ``buy``: who presses at the same moment waits for it."""


def buy(attempt: Attempt, *, at: datetime) -> Payment:
    """Carry an attempt through, once per key; asked again, carry on from where it stands.

    Returns the payment with its group, in whatever state is known.
    Raises: KeyReused, TotalChanged, SoldOut, NotForSale, NoDelivery, UnknownPlace,
    CodeDoesNotCount, CardDoesNotPay, SpentMeanwhile, StockBusy, TooFast, OnlyInTurn, TooMany,
    OneEach.
    """
    try:
        payment = place(attempt, at=at, write=carrying.carry)
    except Refusal:
        # What was bought by this key may be gone or dearer since: that is no reason to refuse.
        earlier = _earlier(attempt)
        if earlier is None:
            raise
        payment = earlier
    if payment.state in (PaymentState.STARTED, PaymentState.UNKNOWN):
        return charge(payment, at=at)
    return payment


def place(attempt: Attempt, *, at: datetime, write: Write = placing.place) -> Payment:
    """Hold the stock and commit the order, before any money is asked for.

    write: may go on to charge and place it, where that is plain.

    Two at once with one key: the second waits for the first's commit and returns its payment.
    Queries: 1 for the quote, and 2 for all who place one at this moment.
    """
    offer = quote.build(
        attempt.wanted,
        choices=attempt.choices,
        region=attempt.recipient.region,
        postcode=attempt.recipient.postcode,
        addresses=attempt.addresses,
        voucher=attempt.voucher,
        buyer=attempt.buyer,
        at=at,
        with_stores=False,
        offered=attempt.offered,
    )
    if offer.voucher_refusal:
        raise redeeming.CodeDoesNotCount(offer.voucher_refusal)
    if offer.total_minor != attempt.shown_total_minor:
        raise TotalChanged(total_minor=offer.total_minor)
    cover = _cover(attempt, offer, at=at)
    _redeem(attempt, offer, at=at)
    drafted = draft(attempt, offer, cover, at=at)
    refusal: Refusal = SoldOut(gettext(reserving.SOMEBODY_WAS_QUICKER))
    for _ in range(PLANS):
        left = _written(drafted, offer, write, at=at)
        if left is None:
            return drafted.payment
        if left is Left.KEY_USED and (earlier := _earlier(attempt)) is not None:
            return earlier
        if not _is_worth_another_try(left, drafted, at=at):
            refusal = REFUSALS[left]() if left in REFUSALS else refusal
            break
    if offer.vouchers:
        redeeming.let_go(attempt.key)
    raise refusal


def _is_worth_another_try(left: Left, drafted: Draft, *, at: datetime) -> bool:
    """Make room where something is held that came to nothing. Returns whether it may fit now."""
    if left is Left.SOLD_OUT:
        return bool(expiring.end_overdue(drafted.needs, at=at))
    if left is Left.ONE_EACH:
        return claiming.make_room(drafted.claims)
    return left not in REFUSALS


def _cover(attempt: Attempt, offer: Quote, *, at: datetime) -> Cover:
    """Return what gift cards and credit pay. Raises: CardDoesNotPay, TotalChanged."""
    cover = covering.plan(offer, attempt.wish, attempt.buyer, at=at)
    if cover.why:
        raise CardDoesNotPay(cover.why)
    shown = attempt.shown_asked_minor
    if cover.asked_minor != (attempt.shown_total_minor if shown is None else shown):
        raise TotalChanged(total_minor=cover.asked_minor)
    return cover


def _written(drafted: Draft, offer: Quote, write: Write, *, at: datetime) -> Left | None:
    """Write it as it is asked for; what cards or credit pay is written alone."""
    try:
        return spending.place(drafted, at=at) if drafted.tenders else write(drafted)
    except IntegrityError as fault:
        if claiming.is_of_household(fault):
            return Left.ONE_EACH
        quote.refuse_shut(offer)
        raise


def _in_turn(attempt: Attempt, *, at: datetime) -> list[Claim]:
    """Return what of an attempt is sold in turn, to whom, and where it goes. Queries: 0."""
    quantities: Counter[Product] = Counter()
    going = {}
    for one in attempt.wanted:
        quantities[one.variant.product] += one.quantity
        going[one.variant.product_id] = _going(attempt, one.variant)
    return claiming.of(quantities, going, person=attempt.buyer, visitor=attempt.visitor, at=at)


def _going(attempt: Attempt, variant: Variant) -> Household:
    """Return where a variant goes: to an address of the book, or where the purchase goes."""
    chosen = [attempt.choices.get(of) for of in (variant.public_id, variant.merchant.public_id)]
    marks = [choice.address for choice in chosen if choice and choice.address]
    place = (attempt.addresses.get(marks[0]) if marks else None) or attempt.recipient
    return Household(f"{place.line1} {place.line2} {place.postcode}", place.phone)


def _redeem(attempt: Attempt, offer: Quote, *, at: datetime) -> None:
    """Hold a use of each voucher before the purchase is written, like its stock.

    Raises: CodeDoesNotCount.
    """
    if offer.vouchers:
        redeeming.redeem(
            offer.vouchers,
            key=attempt.key,
            person=attempt.buyer,
            email=attempt.recipient.email,
            at=at,
            until=at + HOLD,
        )


def charge(payment: Payment, *, at: datetime) -> Payment:
    """Ask the provider to set the money aside and settle its answer. No transaction is open.

    Nothing to ask for needs no provider.
    """
    answer = Answer(Outcome.AUTHORISED, "")
    if payment.asked_minor:
        try:
            answer = providers.named(payment.provider).authorise(charging.of(payment))
        except OutcomeUnknown:
            return settling.mark_unknown(payment, at=at)
    if settling.place_paid(payment, answer, at=at):
        return payment
    return settling.settle(payment, answer, at=at)


def _earlier(attempt: Attempt) -> Payment | None:
    """Return what this key already did. Raises: KeyReused for the same key, other content."""
    payment = Payment.objects.select_related("group").filter(group__key=attempt.key).first()
    if payment is None:
        return None
    if not hmac.compare_digest(bytes(payment.group.digest), attempt.digest()):
        raise KeyReused
    return payment


def draft(attempt: Attempt, offer: Quote, cover: Cover = NO_COVER, *, at: datetime) -> Draft:
    """Return the rows of a purchase: key, orders, lines, taxes and the charge. Queries: 0."""
    group = _group(attempt, offer, at=at)
    destinations = {
        one.mark: Destination(group=group, **_place(one))
        for part in offer.parts
        if (one := part.address)
    }
    parts = [
        (drafting.order(group, part, destinations, stored_minor=cover.of_part(number)), part)
        for number, part in enumerate(offer.parts)
    ]
    group.written_orders = [order for order, _ in parts]
    return Draft(
        group=group,
        destinations=list(destinations.values()),
        orders=group.written_orders,
        lines=[(order, line) for order, part in parts for line in drafting.lines(order, part)],
        taxes=[(order, tax) for order, part in parts for tax in drafting.taxes(order, part)],
        payment=made(
            Payment,
            group=group,
            provider=attempt.means.provider,
            key=f"charge:{group.public_id}",
            method_token=attempt.means.token,
            method_label=attempt.means.label,
            amount_minor=group.total_minor,
            stored_minor=cover.stored_minor,
            created_at=at,
        ),
        needs=[drafting.need(part, one) for part in offer.parts for one in part.wanted],
        tenders=[(group.written_orders[one.part], one) for one in cover.shares],
        claims=_in_turn(attempt, at=at),
    )


def _group(attempt: Attempt, offer: Quote, *, at: datetime) -> OrderGroup:
    return made(
        OrderGroup,
        key=attempt.key,
        digest=attempt.digest(),
        buyer=attempt.buyer,
        link_token=chance.token(32),
        currency=offer.currency,
        goods_minor=offer.figures.goods_minor,
        delivery_minor=offer.figures.delivery_minor,
        discount_minor=offer.figures.discount_minor,
        promotion_on_goods_id=offer.given.of_platform.get(promoting.PLATFORM_ON_GOODS),
        promotion_on_delivery_id=offer.given.of_platform.get(promoting.PLATFORM_ON_DELIVERY),
        tax_minor=offer.figures.tax_minor,
        total_minor=offer.total_minor,
        created_at=at,
        expires_at=at + HOLD,
        **vars(attempt.recipient),
    )
