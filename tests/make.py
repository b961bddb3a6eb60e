"""Rows for tests: say only what the test is about."""

import itertools
import os
import sys
from datetime import UTC, datetime
from typing import Any

from vitrine.accounts.models import Person
from vitrine.catalog.models import (
    DeliveryOption,
    Location,
    LocationKind,
    Membership,
    Merchant,
    MovementReason,
    Product,
    Role,
    Stock,
    StockMovement,
    Tag,
    Variant,
)
from vitrine.orders import checkout, handing_over, moving, quote, reviewing
from vitrine.orders.checkout import Attempt, Means, Recipient
from vitrine.orders.handing_over import Parcel
from vitrine.orders.models import Order, Payment, Review
from vitrine.orders.payment import sandbox
from vitrine.orders.reviewing import Draft
from vitrine.orders.splitting import Choice
from vitrine.orders.wanted import Wanted
from vitrine.videos.models import (
    Clip,
    Encoding,
    EncodingState,
    Remix,
    RemixKind,
    Rendition,
    Sound,
)

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PASSWORD = "a brass lamp in a case"
OPEN: dict[str, Any] = {"duets": "everyone", "stitches": "everyone", "sound_uses": "everyone"}
"""Of a clip of which everyone may make anything, and sell nothing with it."""
_numbers = itertools.count(1 if "pytest" in sys.modules else os.getpid() * 1_000)
"""Processes that fill one running cell, one after another, must not make the same things twice."""


def person(handle: str = "", **fields: Any) -> Person:
    """Make a person who can sign in with PASSWORD (hashed only when signing in is tested)."""
    handle = handle or f"person{next(_numbers)}"
    made = Person(email=fields.pop("email", f"{handle}@example.org"), handle=handle, **fields)
    made.display_name = made.display_name or handle.title()
    made.set_unusable_password()
    made.save()
    return made


def clip(creator: Person | None = None, *, draft: bool = False, **fields: Any) -> Clip:
    """Make a clip with a (not really existing) verified 540 rendition, published at NOON."""
    number = next(_numbers)
    made = Clip.objects.create(
        creator=creator or person(),
        title=fields.pop("title", f"Clip {number}"),
        created_at=NOON,
        published_at=None if draft else fields.pop("published_at", NOON),
        duration_ms=fields.pop("duration_ms", 9_000),
        width=fields.pop("width", 540),
        height=fields.pop("height", 960),
        **fields,
    )
    Encoding.objects.create(clip=made, state=EncodingState.READY, created_at=NOON, finished_at=NOON)
    rendition(made)
    return made


def rendition(of: Clip, name: str = "540", **fields: Any) -> Rendition:
    """Make a rendition row of a clip."""
    return Rendition.objects.create(
        clip=of,
        name=name,
        width=int(name),
        height=int(name) * 16 // 9,
        bitrate_bps=fields.pop("bitrate_bps", 900_000),
        codecs="avc1.64001f, mp4a.40.2",
        size=fields.pop("size", 1_000_000),
        sha256=bytes(32),
        key=fields.pop("key", f"renditions/{of.public_id}/{name}.mp4"),
        verified_at=NOON,
        **fields,
    )


def sound(of: Clip, **fields: Any) -> Sound:
    """Make the (not really existing) sound of a clip."""
    key = fields.pop("key", f"sounds/{of.public_id}/1/sound.m4a")
    return Sound.objects.create(
        origin=of, key=key, size=4, sha256=bytes(32), duration_ms=9_000, made_at=NOON, **fields
    )


def remix(of: Clip, kind: RemixKind = RemixKind.DUET, **fields: Any) -> Clip:
    """Make a published clip that is made with another."""
    until_ms = 3_000 if kind == RemixKind.STITCH else 0
    made = clip(fields.pop("creator", None), **fields)
    Remix.objects.create(clip=made, origin=of, kind=kind, until_ms=until_ms, created_at=NOON)
    return made


def merchant(name: str = "", *, owner: Person | None = None, **fields: Any) -> Merchant:
    """Make a merchant with an owner and one delivery option."""
    name = name or f"Shop {next(_numbers)}"
    made = Merchant.objects.create(
        name=name,
        slug=name.lower().replace(" ", "-"),
        currency=fields.pop("currency", "USD"),
        opened_at=NOON,
        approved_at=fields.pop("approved_at", NOON),
        **fields,
    )
    member(made, owner or person(), Role.OWNER)
    DeliveryOption.objects.create(merchant=made, name="Standard", price_minor=495)
    return made


def member(of: Merchant, who: Person, role: Role) -> Membership:
    """Make a person a member of a merchant."""
    return Membership.objects.create(merchant=of, person=who, role=role, since_at=NOON)


def location(of: Merchant, kind: LocationKind = LocationKind.WAREHOUSE, **fields: Any) -> Location:
    """Make a warehouse or store of a merchant, in New York."""
    return Location.objects.create(
        merchant=of,
        kind=kind,
        name=fields.pop("name", f"{kind.label} {next(_numbers)}"),
        street="1 Main Street",
        city="New York",
        region=fields.pop("region", "NY"),
        postcode="10001",
        **fields,
    )


def product(of: Merchant | None = None, **fields: Any) -> Product:
    """Make a product on sale, without variants."""
    number = next(_numbers)
    return Product.objects.create(
        merchant=of or merchant(),
        source_id=fields.pop("source_id", f"product-{number}"),
        slug=f"product-{number}",
        title=fields.pop("title", f"Product {number}"),
        created_at=NOON,
        published_at=fields.pop("published_at", NOON),
        **fields,
    )


def variant(of: Product | None = None, *, stock: int = 0, **fields: Any) -> Variant:
    """Make a variant at 20.00 with that much stock in a warehouse."""
    of = of or product()
    number = next(_numbers)
    made = Variant.objects.create(
        product=of,
        merchant=of.merchant,
        sku=fields.pop("sku", f"SKU-{number}"),
        option_values=fields.pop("option_values", [f"Choice {number}"]),
        price_minor=fields.pop("price_minor", 2_000),
        **fields,
    )
    if stock:
        stocked(made, stock)
    return made


def stocked(of: Variant, on_hand: int, *, at: Location | None = None) -> Stock:
    """Put received stock of a variant in a location."""
    made = Stock.objects.create(variant=of, location=at or location(of.merchant), on_hand=on_hand)
    StockMovement.objects.create(
        stock=made,
        reason=MovementReason.RECEIVED,
        quantity=on_hand,
        key=f"make:{next(_numbers)}",
        at=NOON,
    )
    return made


def tag(on: Clip, of: Product, *, from_ms: int = 0, until_ms: int | None = None) -> Tag:
    """Tag a product on a clip, for its whole length by default."""
    return Tag.objects.create(
        clip=on, product=of, from_ms=from_ms, until_ms=until_ms or on.duration_ms
    )


def attempt(*variants: Variant, token: str = sandbox.SUCCEEDS, **fields: Any) -> Attempt:
    """Make one press of the order button: one of each variant, sent within New York.

    quantity, clip: of every line. store: where everything is collected. line1: of the address.
    """
    quantity, on = fields.pop("quantity", 1), fields.pop("clip", None)
    wanted = [Wanted(one, quantity, on.pk if on else None) for one in variants]
    store = fields.pop("store", None)
    choices = {one.merchant.public_id: Choice(store=store.public_id) for one in variants if store}
    region = fields.pop("region", "NY")
    line1 = fields.pop("line1", "5 Elm Street")
    recipient = Recipient("bea@example.org", "Bea", line1, "", "Albany", region, "12207")
    shown = quote.build(wanted, choices=choices, region=region, at=NOON, with_stores=False)
    return Attempt(
        key=fields.pop("key", f"key-{next(_numbers)}"),
        buyer=fields.pop("buyer", None),
        wanted=wanted,
        choices=choices,
        recipient=recipient,
        means=Means(sandbox.NAME, token, "Test card"),
        shown_total_minor=fields.pop("shown_total_minor", shown.total_minor),
        **fields,
    )


def handed_over(*variants: Variant, buyer: Person | None = None, **fields: Any) -> Order:
    """Make an order that was shipped, with its money taken."""
    order = purchase(*variants, buyer=buyer, **fields).group.orders.get()
    key = handing_over.ship(order, Parcel(), by=person(), at=NOON)
    moving.make(key, at=NOON)
    order.refresh_from_db()
    return order


def review(of: Variant, by: Person | None = None, stars: int = 4, text: str = "Good") -> Review:
    """Make a review by somebody who bought a variant and got it."""
    by = by or person()
    handed_over(of, buyer=by)
    draft = Draft(stars, text)
    return reviewing.review(of.product, draft, by=by, at=NOON)


def purchase(*variants: Variant, **fields: Any) -> Payment:
    """Make a purchase, carried through as far as its test card goes."""
    return checkout.buy(attempt(*variants, **fields), at=NOON)
