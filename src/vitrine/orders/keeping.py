"""Keep what a returning buyer need not type again: the last address and way to pay."""

from dataclasses import asdict
from datetime import datetime

from vitrine.accounts.models import Person
from vitrine.orders.checkout import Means, Recipient
from vitrine.orders.models import Address, PaymentMethod


def remember(person: Person, recipient: Recipient, means: Means, *, at: datetime) -> None:
    """Keep an address, if there is one, and a reference to a way to pay. Queries: 2 to 5."""
    PaymentMethod.objects.update_or_create(
        person=person,
        provider=means.provider,
        reference=means.token,
        defaults={"label": means.label, "used_at": at},
    )
    if recipient.line1:
        place = {key: value for key, value in asdict(recipient).items() if key != "email"}
        Address.objects.update_or_create(person=person, **place, defaults={"used_at": at})


def latest_address(person: Person) -> Address | None:
    """Return where a person last had things sent. Queries: 1."""
    return Address.objects.filter(person=person).order_by("-used_at", "-pk").first()


def latest_method(person: Person, provider: str) -> PaymentMethod | None:
    """Return how a person last paid with a provider. Queries: 1."""
    kept = PaymentMethod.objects.filter(person=person, provider=provider)
    return kept.order_by("-used_at", "-pk").first()
