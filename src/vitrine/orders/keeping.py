"""Keep what a returning buyer need not type again: the last address and way to pay."""

import hashlib
from datetime import datetime

from vitrine.accounts.models import Person
from vitrine.orders.models import Address, OrderGroup, PaymentMethod
from vitrine.orders.payment.provider import Method, Provider

PLACE = ("name", "line1", "line2", "city", "region", "postcode", "phone")


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


def latest_address(person: Person) -> Address | None:
    """Return where a person last had things sent. Queries: 1."""
    return Address.objects.filter(person=person).order_by("-used_at", "-pk").first()


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
        *Address.objects.filter(person=person).order_by("-used_at", "-pk"),
        *PaymentMethod.objects.filter(person=person).order_by("-used_at", "-pk"),
    ]


def mark_of(one: Address | PaymentMethod) -> str:
    """Name something kept, for its person only."""
    return hashlib.sha256(f"{one._meta.label} {one.pk}".encode()).hexdigest()[:16]


def forget(person: Person, mark: str) -> bool:
    """Remove something kept for a person; False if there is none. Queries: 3."""
    found = [one for one in kept(person) if mark_of(one) == mark]
    for one in found:
        one.delete()
    return bool(found)
