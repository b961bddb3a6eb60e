"""Opening a shop, and letting people work in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext

from vitrine.accounts.models import Person
from vitrine.catalog.models import (
    DeliveryOption,
    Location,
    LocationKind,
    Membership,
    Merchant,
    Role,
)
from vitrine.catalog.models.merchant import USUAL_RETURNS
from vitrine.catalog.tariffs import Bracket, Kind, Zone
from vitrine.sovereignty.cell import this_cell

MAX_SLUG = 40
NOT_SLUGS = frozenset({"open"})
"""Words that the seller's own URLs begin with."""


@dataclass(frozen=True)
class Place:
    """Where a location is. kind: of LocationKind. region: state or province code."""

    name: str
    street: str
    city: str
    region: str
    postcode: str
    kind: str = LocationKind.WAREHOUSE
    opening_hours: str = ""


@transaction.atomic
def open_shop(
    name: str,
    *,
    place: Place | None = None,
    about: str = "",
    by: Person,
    approved: bool,
    at: datetime,
) -> Merchant:
    """Make a merchant in the cell's currency, with its owner and its first location.

    approved: it may sell at once; else what it puts on sale waits for its application.
    """
    merchant = Merchant.objects.create(
        name=name,
        slug=free_slug(name),
        about=about,
        currency=this_cell().currency,
        returns_policy=gettext(USUAL_RETURNS),
        region=place.region if place else "",
        opened_at=at,
        approved_at=at if approved else None,
    )
    Membership.objects.create(merchant=merchant, person=by, role=Role.OWNER, since_at=at)
    if place is not None:
        add_location(merchant, place)
    return merchant


def free_slug(name: str) -> str:
    """Return a slug for the name that no shop has. A rival for it meets the unique constraint."""
    base = slugify(name)[:MAX_SLUG].strip("-") or "shop"
    alike = Merchant.objects.filter(slug__startswith=base[:30])
    taken = NOT_SLUGS.union(alike.values_list("slug", flat=True))
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base[: MAX_SLUG - len(str(number)) - 1]}-{number}"
    return slug


def add_location(merchant: Merchant, place: Place) -> Location:
    """Give a merchant a place that holds stock."""
    return Location.objects.create(
        merchant=merchant,
        kind=place.kind,
        name=place.name,
        street=place.street,
        city=place.city,
        region=place.region,
        postcode=place.postcode,
        opening_hours=place.opening_hours,
    )


def offer_delivery(
    merchant: Merchant,
    *,
    name: str,
    price_minor: int,
    free_from_minor: int | None = None,
    days_from: int = 2,
    days_until: int = 5,
    kind: Kind = Kind.FLAT,
    brackets: Sequence[Bracket] = (),
    zones: Sequence[Zone] = (),
    option: DeliveryOption | None = None,
) -> DeliveryOption:
    """Let buyers choose a way of delivery; one that was withdrawn comes back as it is now.

    option: the one that is changed. Prices and days of rows stand for its own.
    """
    if prices := [row.price_minor for row in brackets] + [zone.price_minor for zone in zones]:
        price_minor = min(prices)
    if zones:
        days_from = min(zone.days_from for zone in zones)
        days_until = max(zone.days_until for zone in zones)
    offered = {
        "kind": kind.value,
        "price_minor": price_minor,
        "free_from_minor": free_from_minor,
        "days_from": days_from,
        "days_until": days_until,
        "brackets": msgspec.to_builtins(brackets),
        "zones": msgspec.to_builtins(zones),
        "withdrawn_at": None,
    }
    if option is None:
        made, _ = DeliveryOption.objects.update_or_create(
            merchant=merchant, name=name, defaults=offered
        )
        return made
    for field, value in {"name": name, **offered}.items():
        setattr(option, field, value)
    option.save(update_fields=["name", *offered])
    return option
