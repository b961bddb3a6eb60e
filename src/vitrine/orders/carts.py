"""What somebody means to buy: put in, changed, taken out, found again after signing in."""

import secrets
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Least

from vitrine.accounts.models import Person
from vitrine.catalog.models import Variant
from vitrine.orders.models import Cart, CartLine, OrderGroup, OrderLine
from vitrine.orders.wanted import Wanted

MOST = 99
"""The most of one variant in a cart."""


def find(person: Person | None, token: str) -> Cart | None:
    """Return a person's cart, or a guest's by the token in their session. Queries: 1."""
    if person is not None:
        return Cart.objects.filter(person=person).first()
    return Cart.objects.filter(token=token, person=None).first() if token else None


def open_for(person: Person | None, token: str, *, at: datetime) -> Cart:
    """Return the cart of a person or guest, making one if there is none."""
    cart = find(person, token)
    if cart is not None:
        return cart
    if person is None:
        return Cart.objects.create(token=secrets.token_urlsafe(24), touched_at=at)
    cart, _ = Cart.objects.get_or_create(
        person=person, defaults={"token": secrets.token_urlsafe(24), "touched_at": at}
    )
    return cart


@transaction.atomic
def adopt(person: Person, token: str, *, at: datetime) -> None:
    """Pour a guest's cart into the cart of the person they turned out to be."""
    guest = find(None, token)
    if guest is None:
        return
    cart = open_for(person, "", at=at)
    for line in guest.lines.all():
        put(cart, line.variant, line.quantity, clip_id=line.clip_id, met_at=line.met_at, at=at)
    guest.delete()


def put(
    cart: Cart,
    variant: Variant,
    quantity: int,
    *,
    clip_id: int | None,
    at: datetime,
    met_at: datetime | None = None,
) -> None:
    """Add some of a variant to a cart; a second time adds to the line. Queries: 2 or 3.

    The last clip on which it was met counts, and not where it was found without one. met_at: when
    that was; None: just now.
    """
    met = {"clip_id": clip_id, "met_at": met_at or at} if clip_id else {}
    line, made = CartLine.objects.get_or_create(
        cart=cart, variant=variant, defaults={"quantity": quantity, **met}
    )
    if not made:
        more = Least(F("quantity") + quantity, MOST)
        CartLine.objects.filter(pk=line.pk).update(quantity=more, **met)
    Cart.objects.filter(pk=cart.pk).update(touched_at=at)


def change(cart: Cart, variant_public_id: str, quantity: int, *, at: datetime) -> None:
    """Set how many of a variant a cart has; none takes it out. Queries: 2."""
    line = cart.lines.filter(variant__public_id=variant_public_id)
    if quantity < 1:
        line.delete()
    else:
        line.update(quantity=min(quantity, MOST))
    Cart.objects.filter(pk=cart.pk).update(touched_at=at)


def wanted(cart: Cart | None) -> list[Wanted]:
    """Return what a cart asks for, with products, pictures and merchants. Queries: 2."""
    if cart is None:
        return []
    lines = cart.lines.select_related("variant__product", "variant__merchant").order_by("pk")
    lines = lines.prefetch_related("variant__product__pictures")
    return [_wanted(line) for line in lines]


def bought_by(key: str) -> list[Wanted]:
    """Return what a key's purchase took out of a cart; nothing for an unused key. Queries: 1."""
    lines = OrderLine.objects.filter(order__group__key=key).order_by("pk")
    lines = lines.select_related("variant__product", "variant__merchant")
    return [_wanted(line) for line in lines]


def _wanted(line: CartLine | OrderLine) -> Wanted:
    return Wanted(line.variant, line.quantity, line.clip_id, met_at=line.met_at)


def forget_bought(cart: Cart | None, group: OrderGroup) -> None:
    """Take what was bought out of the cart. Queries: 1."""
    if cart is not None:
        bought = group.orders.values("lines__variant")
        cart.lines.filter(variant__in=bought).delete()


def forget(*, before: datetime) -> None:
    """Delete carts that were not touched since an instant, with what is in them."""
    Cart.objects.filter(touched_at__lt=before).delete()
