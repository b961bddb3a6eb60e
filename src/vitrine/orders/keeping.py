"""Keep what a returning buyer need not type again: the last address and way to pay."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Subquery

from vitrine.accounts.models import Person
from vitrine.kernel import prepared
from vitrine.kernel.errors import Refusal
from vitrine.orders.models import Address, OrderGroup, PaymentMethod, Purse
from vitrine.orders.payment import providers
from vitrine.orders.payment.provider import Method, Provider
from vitrine.orders.settling import later

MOST = 20
"""The most addresses that are kept for one person."""
PLACE = ("name", "line1", "line2", "city", "region", "postcode", "phone")
REGION = """(
    SELECT region FROM orders_address WHERE person_id = {person} AND region <> ''
    ORDER BY first_at DESC NULLS LAST, used_at DESC, id DESC LIMIT 1
)"""
"""SQL for the region of the address of a person that is filled in first, as in ``addresses``."""
METHOD_IS_KEPT = """ON CONFLICT (person_id, provider, reference)
DO UPDATE SET label = EXCLUDED.label, used_at = EXCLUDED.used_at"""
ADDRESS_IS_KEPT = f"""ON CONFLICT (person_id, {", ".join(PLACE)})
DO UPDATE SET used_at = EXCLUDED.used_at"""


class AddressBookFull(Refusal):
    """More addresses than anybody sends things to."""

    code = "address_book_full"
    message = "You keep as many addresses as fit. Remove one first."


def remember(groups: Iterable[OrderGroup], *, at: datetime) -> None:
    """Keep where signed-in buyers' purchases go and how they are paid. Queries: 0 to 2.

    groups: with their payments. Written in one order everywhere, so that two jobs that keep the
    same never wait for each other in a circle.
    """
    mine = [(group.buyer_id, group) for group in groups if group.buyer_id is not None]
    methods = {
        (person, group.payment.provider, group.payment.method_token): prepared.made(
            PaymentMethod,
            person_id=person,
            provider=group.payment.provider,
            reference=group.payment.method_token,
            label=group.payment.method_label,
            used_at=at,
        )
        for person, group in mine
        if group.payment.asked_minor or not group.payment.stored_minor
    }
    prepared.insert([methods[key] for key in sorted(methods)], otherwise=METHOD_IS_KEPT)
    places = {
        (person, *place.values()): prepared.made(Address, person_id=person, **place, used_at=at)
        for person, group in mine
        if group.line1 and (place := {name: getattr(group, name) for name in PLACE})
    }
    prepared.insert([places[key] for key in sorted(places)], otherwise=ADDRESS_IS_KEPT)


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


def means(person: Person, provider: str) -> tuple[str, bool]:
    """Return how a person last paid with a provider ("": never), and whether they have credit.

    Queries: 1 for both.
    """
    kept = PaymentMethod.objects.filter(person=OuterRef("pk"), provider=provider)
    credit = Purse.objects.filter(person=OuterRef("pk"), put_minor__gt=F("spent_minor"))
    found = Person.objects.filter(pk=person.pk).values_list(
        Subquery(kept.order_by("-used_at", "-pk").values("reference")[:1]), Exists(credit)
    )
    reference, has_credit = found.get()
    return reference or "", has_credit


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
