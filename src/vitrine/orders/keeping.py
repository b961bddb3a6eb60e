"""Keep what a returning buyer need not type again: the last address and way to pay."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F

from vitrine.accounts.models import Person
from vitrine.kernel.errors import Refusal
from vitrine.orders.models import Address, OrderGroup, PaymentMethod
from vitrine.orders.payment import providers
from vitrine.orders.payment.provider import Method, Provider
from vitrine.orders.settling import later

MOST = 20
"""The most addresses that are kept for one person."""
PLACE = ("name", "line1", "line2", "city", "region", "postcode", "phone")


class AddressBookFull(Refusal):
    """More addresses than anybody sends things to."""

    code = "address_book_full"
    message = "You keep as many addresses as fit. Remove one first."


def remember(group: OrderGroup, *, at: datetime) -> None:
    """Keep where a signed-in buyer's purchase goes and how it is paid. Queries: 0 to 10."""
    if group.buyer is None:
        return
    payment = group.payment
    PaymentMethod.objects.update_or_create(
        person=group.buyer,
        provider=payment.provider,
        reference=payment.method_token,
        defaults={"label": payment.method_label, "used_at": at},
    )
    if group.line1:
        place = {name: getattr(group, name) for name in PLACE}
        Address.objects.update_or_create(person=group.buyer, **place, defaults={"used_at": at})


def addresses(person: Person) -> list[Address]:
    """Return where a person has things sent, what is filled in first in front. Queries: 1."""
    kept = Address.objects.filter(person=person)
    return list(kept.order_by(F("first_at").desc(nulls_last=True), "-used_at", "-pk")[:MOST])


@transaction.atomic
def write(
    person: Person,
    place: Mapping[str, str],
    *,
    address: Address | None = None,
    is_first: bool = False,
    at: datetime,
) -> None:
    """Keep an address, or change the one that is given; one that is kept already stays one.

    Raises: AddressBookFull. Locks: the person, so that one address comes first.
    """
    Person.objects.select_for_update(no_key=True).only("pk").get(pk=person.pk)
    same = Address.objects.filter(person=person, **{"line2": "", **place}).first()
    if same is None and address is None:
        if Address.objects.filter(person=person).count() >= MOST:
            raise AddressBookFull
        same = Address(person=person, used_at=at)
    elif same is not None and address is not None and same.pk != address.pk:
        address.delete()
    kept = same or address
    assert kept is not None  # noqa: S101 (tells mypy)
    for name, value in place.items():
        setattr(kept, name, value)
    if is_first:
        Address.objects.filter(person=person, first_at__isnull=False).update(first_at=None)
    kept.first_at = at if is_first else None
    kept.save()


def latest_method(person: Person, provider: str) -> PaymentMethod | None:
    """Return how a person last paid with a provider. Queries: 1."""
    kept = PaymentMethod.objects.filter(person=person, provider=provider)
    return kept.order_by("-used_at", "-pk").first()


def cards(person: Person | None, provider: Provider) -> list[Method]:
    """Return the cards that a provider keeps for a person, the latest first. Queries: 0 or 1."""
    if person is None or not provider.keeps_cards:
        return []
    found = PaymentMethod.objects.filter(person=person, provider=provider.name)
    return [Method(one.reference, one.label) for one in found.order_by("-used_at", "-pk")]


def kept(person: Person) -> list[Address | PaymentMethod]:
    """Return all that is kept for a person's next purchase, the latest first. Queries: 2."""
    return [
        *addresses(person),
        *PaymentMethod.objects.filter(person=person).order_by("-used_at", "-pk"),
    ]


def mark_of(one: Address | PaymentMethod) -> str:
    """Name something kept, for its person only."""
    if isinstance(one, Address):
        return one.mark
    return hashlib.sha256(f"{one._meta.label} {one.pk}".encode()).hexdigest()[:16]


def forget(person: Person, mark: str) -> bool:
    """Remove something kept for a person, a card at its provider too; False if there is none.

    Queries: 3, and a job for a card.
    """
    found = [one for one in kept(person) if mark_of(one) == mark]
    with transaction.atomic():
        for one in found:
            one.delete()
            if isinstance(one, PaymentMethod) and providers.named(one.provider).keeps_cards:
                later("forget_card", provider=one.provider, token=one.reference)
    return bool(found)
