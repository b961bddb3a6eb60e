"""Have the demo's people buy, through the real checkout and the sandbox's test cards."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from vitrine.accounts.models import Person
from vitrine.catalog.models import LocationKind, Merchant, Variant
from vitrine.ops.demo.cast import ROLES
from vitrine.ops.demo.places import COUNTRIES
from vitrine.orders import checkout, codes, handing_over, moving, quote
from vitrine.orders.checkout import Attempt, Means
from vitrine.orders.handing_over import Parcel
from vitrine.orders.models import Order, OrderGroup, OrderState, PaymentState
from vitrine.orders.payment import sandbox
from vitrine.orders.splitting import Choice
from vitrine.orders.wanted import Wanted
from vitrine.sovereignty.cell import this_cell


@dataclass(frozen=True)
class Errand:
    """One purchase. items: (slug, quantity). until: how far the shop has got with it.

    store: collect in the shop's store. ago: hours since. card: of the sandbox.
    """

    buyer: str
    items: tuple[tuple[str, int], ...]
    ago: int
    until: OrderState = OrderState.PLACED
    store: bool = False
    card: str = sandbox.SUCCEEDS


ERRANDS = (
    Errand("nell.ferris", (("mended-bowl-night", 1), ("morning-mug", 2)), 2),
    Errand("otis.brandt", (("roll-pack-rust", 1),), 5),
    Errand("bea.lindqvist", (("dome-lamp-vermilion", 1), ("tumbler-candle-fig", 2)), 9),
    Errand("theo.okonjo", (("hour-watch-midnight", 1),), 14),
    Errand("slowkitchen", (("cooks-knife-oak", 1),), 20, OrderState.READY, store=True),
    Errand("joss.carries", (("speckled-mug", 2),), 27, OrderState.READY, store=True),
    Errand("quietobjects", (("moon-jar-ink", 1),), 33, OrderState.SHIPPED),
    Errand(
        "nell.ferris", (("long-scarf-harbour", 1), ("field-book-forest", 1)), 51, OrderState.SHIPPED
    ),
    Errand("halflight", (("claw-ring-smoke", 1),), 60, OrderState.SHIPPED),
    Errand("bea.lindqvist", (("flask-moss", 1),), 76, OrderState.SHIPPED),
    Errand(
        "amara.keeps.time", (("serving-bowl-celadon", 1),), 90, OrderState.COLLECTED, store=True
    ),
    Errand("otis.brandt", (("kitchen-radio-oak", 1),), 99, OrderState.CANCELLED),
    Errand("theo.okonjo", (("deck-low-tide", 1),), 120, OrderState.REFUNDED),
    Errand(
        "ines.fires", (("arc-headphones-black", 1),), 130, OrderState.FAILED, card=sandbox.DECLINES
    ),
)
CARRIERS = ("Swiftline", "Bluebird Post", "Harbour Couriers")


def buy(cast: dict[str, Person], shops: dict[str, Merchant], *, at: datetime) -> None:
    """Make each purchase once, and bring its orders as far as they should be."""
    members = {shop.pk: shop.memberships.earliest("pk").person for shop in shops.values()}
    for number, errand in enumerate(ERRANDS):
        key = f"demo:purchase:{number}"
        began_at = at - timedelta(hours=errand.ago)
        group = OrderGroup.objects.filter(key=key).first()
        if group is None:
            payment = checkout.buy(_attempt(errand, number, key, cast, at=began_at), at=began_at)
            if payment.state != PaymentState.AUTHORISED:
                continue
            group = payment.group
        for order in group.orders.select_related("merchant").order_by("pk"):
            _bring(order, errand, by=members[order.merchant_id], at=began_at)


def _attempt(
    errand: Errand, number: int, key: str, cast: dict[str, Person], *, at: datetime
) -> Attempt:
    role = ROLES[errand.buyer]
    wanted = [Wanted(_variant(slug), quantity) for slug, quantity in errand.items]
    choices = {}
    if errand.store:
        merchant = wanted[0].variant.merchant
        store = merchant.locations.filter(kind=LocationKind.STORE).earliest("pk")
        choices = {merchant.public_id: Choice(store=store.public_id)}
    recipient = COUNTRIES[this_cell().code].recipient(number, email=role.email, name=role.name)
    shown = quote.build(wanted, choices=choices, region=recipient.region, at=at, with_stores=False)
    labels = {method.token: method.label for method in sandbox.Sandbox().methods()}
    return Attempt(
        key=key,
        buyer=cast[errand.buyer],
        wanted=wanted,
        choices=choices,
        recipient=recipient,
        means=Means(sandbox.NAME, errand.card, labels[errand.card]),
        shown_total_minor=shown.total_minor,
    )


def _variant(slug: str) -> Variant:
    found = Variant.objects.select_related("product", "merchant").filter(
        product__source_id=f"demo:{slug}", withdrawn_at=None
    )
    return found.earliest("position", "pk")


def _bring(order: Order, errand: Errand, *, by: Person, at: datetime) -> None:
    """Do what the shop would do next, until the order is where it should be.

    What people have done to it since is left alone.
    """
    later = at + timedelta(hours=min(errand.ago - 1, 8))
    handed_over = {OrderState.SHIPPED, OrderState.COLLECTED, OrderState.REFUNDED}
    if order.state == OrderState.PLACED and errand.until == OrderState.CANCELLED:
        _move(handing_over.cancel(order, by=by, at=later, reason="Changed their mind"), at=later)
        return
    if order.state == OrderState.PLACED and errand.store and errand.until != OrderState.PLACED:
        handing_over.make_ready(order, by=by, at=later)
        order.refresh_from_db()
    if order.is_open and errand.until in handed_over:
        if errand.store:
            code = codes.of_order(order)
            _move(handing_over.collect(order, code, by=by, at=later), at=later)
        else:
            parcel = Parcel(CARRIERS[order.pk % len(CARRIERS)], f"{order.public_id[-10:]}")
            _move(handing_over.ship(order, parcel, by=by, at=later), at=later)
        order.refresh_from_db()
    if errand.until == OrderState.REFUNDED and order.state == OrderState.SHIPPED:
        asked = handing_over.refund(order, by=by, at=later, reason="Arrived scratched")
        _move(asked, at=later)


def _move(key: str, *, at: datetime) -> None:
    if key:
        moving.make(key, at=at)
