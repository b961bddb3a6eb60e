"""Buy labels for parcels: ask what they cost, choose, buy once, and pay out of the shop's money.

What is chosen is stored before the service hears of it. No transaction is open while it is asked.
Locks: the purchase's payment. Source: docs/adr/0070-after-the-order.md.
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from django.utils.translation import gettext

from vitrine.accounts.models import Person
from vitrine.catalog.models import Variant
from vitrine.kernel.errors import Refusal
from vitrine.ledger import accounts, posting
from vitrine.ledger.posting import Reason
from vitrine.orders import asking, postage, shipping
from vitrine.orders.handing_over import NotOpen, Parcel, StillCancellable
from vitrine.orders.models import Label, LabelState, Order, OrderState, Shipment
from vitrine.orders.payment.provider import OutcomeUnknown
from vitrine.orders.postage import Address, Bought, PostageRefused, Rate, Size, Told
from vitrine.sovereignty.cell import this_cell

SIZES = ("weight_g", "length_cm", "width_cm", "height_cm")
LEAVES = (OrderState.PLACED, OrderState.SHIPPED)


class NoPostage(Refusal):
    """This cell has no label service."""

    code = "no_postage"
    message = "This cell buys no labels. Print the one on this page, and frank it yourself."


class NoSender(Refusal):
    """Nobody said where the parcel leaves from."""

    code = "no_sender"
    message = "Pack the parcel at one of your places: the label says where it leaves from."


class LabelBought(Refusal):
    """A parcel has one label."""

    code = "label_bought"
    message = "The label of this parcel is bought, or is being bought. Reload the page."


class RateGone(Refusal):
    """The rate is none of those that were offered last."""

    code = "rate_gone"
    message = "Choose one of the rates on the page, or ask for them again."


class PostageSilent(Refusal):
    """Nobody answers at the label service."""

    code = "postage_silent"
    message = "The label service does not answer. Nothing was bought; try again in a minute."


def ask(parcel: Shipment, size: Size, *, by: Person, at: datetime) -> Label:
    """Ask what a label for a parcel costs. Nothing is bought.

    Raises: NoPostage, NotOpen, StillCancellable, NoSender, LabelBought, PostageRefused,
    PostageSilent.
    """
    if not postage.is_there():
        raise NoPostage
    with asking.locked(parcel.order_id) as (order, _payment):
        _refuse_where_nothing_leaves(order, parcel, at=at)
        currency, known = order.group.currency, Label.objects.filter(shipment=parcel)
        asked = {**_sizes(size), "by": by, "asked_at": at, "rates": [], "reference": ""}
        label, _ = Label.objects.get_or_create(
            shipment=parcel, defaults={**asked, "currency": currency}
        )
        if not known.filter(state=LabelState.QUOTED).update(**asked, trouble=""):
            raise LabelBought
    sender, to = _addresses(parcel, at=at)
    try:
        said = postage.quote(size, key=label.public_id, sender=sender, to=to, currency=currency)
    except OutcomeUnknown:
        raise PostageSilent from None
    known.filter(state=LabelState.QUOTED, asked_at=at).update(
        reference=said.reference, rates=msgspec.to_builtins(said.rates)
    )
    label.refresh_from_db()
    return label


def buy(label: Label, rate_id: str, *, by: Person, at: datetime) -> Label:
    """Buy a label at one of the rates that were offered. Raises: NotOpen, LabelBought, RateGone.

    Refused by the service it is as before, with the reason; without an answer the poller goes on.
    """
    parcel = label.shipment
    with asking.locked(parcel.order_id) as (order, _payment):
        _refuse_where_nothing_leaves(order, parcel, at=at)
        held = Label.objects.get(pk=label.pk)
        if held.state != LabelState.QUOTED:
            raise LabelBought
        chosen = next((one for one in offered(held) if one.id == rate_id), None)
        if chosen is None or not held.reference:
            raise RateGone
        Label.objects.filter(pk=held.pk).update(
            state=LabelState.BUYING, rate=chosen.id, amount_minor=chosen.amount_minor,
            by=by, asked_at=at, trouble="",
        )  # fmt: skip
    return carry_on(label.pk, at=at)


def carry_on(label_id: int, *, at: datetime) -> Label:
    """Buy what is stored as being bought, and settle what the service says. Safe to call again."""
    label = Label.objects.select_related("shipment").get(pk=label_id)
    if label.state != LabelState.BUYING or not postage.is_there():
        return label
    try:
        bought = postage.buy(reference=label.reference, rate=label.rate)
    except OutcomeUnknown:
        return label
    except PostageRefused as refused:
        Label.objects.filter(pk=label.pk, state=LabelState.BUYING).update(
            state=LabelState.QUOTED, trouble=refused.text[:250]
        )
    else:
        _settle(label, bought, at=at)
    label.refresh_from_db()
    return label


def offered(label: Label) -> list[Rate]:
    """Return what was offered last, the cheapest first."""
    return msgspec.convert(label.rates, list[Rate])


def size_of(
    parcel: Shipment, label: Label | None, typed: Mapping[str, str]
) -> dict[str, int | str]:
    """Return what a form begins with: what was typed, was asked about last, or lies in the parcel.

    parcel: with its lines. Queries: 0 to 1.
    """
    if label is not None:
        known: dict[str, int | str] = {name: getattr(label, name) for name in SIZES}
    else:
        units = {row.line.variant_id: row.quantity for row in parcel.lines.all()}
        weights = Variant.objects.filter(pk__in=units).values_list("pk", "weight_g")
        known = {"weight_g": sum(grams * units[pk] for pk, grams in weights) or ""}
    return {name: typed.get(name, known.get(name, "")) for name in SIZES}


def hear(told: Told, *, at: datetime) -> None:
    """Keep what a carrier told of a parcel whose label was bought here. Again is no error."""
    bought = Label.objects.filter(state=LabelState.BOUGHT, reference=told.reference)
    label = bought.select_related("shipment").first()
    if label is None:
        return
    for one in told.seen:
        seen_at = min(one.at, at)
        try:
            shipping.scan(label.shipment, one.kind, one.place, seen_at=seen_at, by=None, at=at)
        except (NotOpen, StillCancellable):
            return  # the order was cancelled meanwhile: nothing of it is sent


def _refuse_where_nothing_leaves(order: Order, parcel: Shipment, *, at: datetime) -> None:
    if order.state not in LEAVES:
        raise NotOpen
    if order.is_withheld(at=at):
        raise StillCancellable
    if parcel.location is None:
        raise NoSender
    if Shipment.objects.filter(pk=parcel.pk).exclude(sent_at=None).exists():
        raise NotOpen(gettext("This parcel has left already."))


def _settle(label: Label, bought: Bought, *, at: datetime) -> None:
    """Keep a label that is paid for, once: the parcel travels under it, and the shop pays it."""
    parcel = label.shipment
    with asking.locked(parcel.order_id) as (order, _payment):
        buying = Label.objects.filter(pk=label.pk, state=LabelState.BUYING)
        if not buying.update(
            state=LabelState.BOUGHT, url=bought.url, carrier=bought.carrier,
            amount_minor=bought.amount_minor, bought_at=at,
        ):  # fmt: skip
            return
        if order.state != OrderState.CANCELLED:
            travels = Parcel(bought.carrier, bought.tracking)
            shipping.correct(parcel, travels, by=label.by, at=at)
        if bought.amount_minor:
            posting.post(
                key=f"label:{label.public_id}",
                legs={
                    accounts.merchant(order.merchant.public_id).available: -bought.amount_minor,
                    accounts.provider(postage.NAME): bought.amount_minor,
                },
                currency=label.currency,
                reason=Reason("label", label.public_id),
                at=at,
            )


def _sizes(size: Size) -> dict[str, int]:
    return {name: getattr(size, name) for name in SIZES}


def _addresses(parcel: Shipment, *, at: datetime) -> tuple[Address, Address]:
    """Return where a parcel leaves from and where it goes. Queries: 1."""
    order = Order.objects.addressed(at=at).select_related("merchant").get(pk=parcel.order_id)
    country, place, who = this_cell().country, parcel.location, order.addressee
    if place is None:
        raise NoSender
    sender = Address(
        order.merchant.name, place.street, "", place.city, place.region, place.postcode, country
    )
    return sender, Address(**who, country=country)
