"""A drop to wait for, a thousand who can sign in, and what became of them.

Imported only once Django is set up on the cell.
"""

import statistics
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from bench import checkout_buyers
from bench.checkout_buyers import Buyer
from vitrine.accounts.models import Person
from vitrine.catalog.models import Product, Stock
from vitrine.kernel.invariants import REGISTER
from vitrine.orders import dropping
from vitrine.orders.models import Drop, OrderGroup, Place


def buyers(count: int) -> list[Buyer]:
    """Open a shop; return browsers of people, each signed in, with one form for them all.

    The form's token fits the cookie beside it, whoever's session comes with them.
    """
    checkout_buyers.shop()
    first = checkout_buyers.buyers(1)[0]
    cookies = dict(part.split("=", 1) for part in first.cookies.split("; "))
    made = []
    for number in range(count):
        name = f"waiter{number}"
        person = Person(email=f"{name}@example.org", handle=name, display_name=name)
        person.set_unusable_password()
        person.save()
        EmailAddress.objects.create(user=person, email=person.email, verified=True)
        store = SessionStore()
        store[SESSION_KEY] = str(person.pk)
        store[BACKEND_SESSION_KEY] = "vitrine.accounts.backend.Backend"
        store[HASH_SESSION_KEY] = person.get_session_auth_hash()
        store.create()
        own = cookies | {settings.SESSION_COOKIE_NAME: str(store.session_key)}
        lives = first.form | {"line1": f"{number} Elm Street"}
        made.append(Buyer("; ".join(f"{key}={value}" for key, value in own.items()), lives))
    return made


def announce(stock: int) -> tuple[str, tuple[str, str]]:
    """Announce a drop of one thing, an hour ahead; return the ids of drop, product, variant."""
    product = Product.objects.filter(merchant__name="Bench").order_by("pk")[0]
    variant = product.variants.get()
    Stock.objects.filter(variant=variant).update(on_hand=stock)
    now = datetime.now(UTC)
    drop = dropping.announce(
        product,
        starts_at=now + timedelta(hours=1),
        ends_at=now + timedelta(hours=2),
        minutes=5,
        most_each=1,
        at=now,
    )
    return drop.public_id, (product.public_id, variant.public_id)


def begin(drop_id: str) -> None:
    """Let it begin in two seconds, and return then: what was seen of it before is old by that."""
    starts_at = datetime.now(UTC) + timedelta(seconds=2)
    Drop.objects.filter(public_id=drop_id).update(starts_at=starts_at, advanced_at=starts_at)
    time.sleep(2)


def fairness(drop_id: str) -> dict[str, Any]:
    """Say how many came and bought, how many out of turn, and whether being early paid."""
    drop = Drop.objects.get(public_id=drop_id)
    places = list(Place.objects.filter(drop=drop).order_by("pk"))
    keys = OrderGroup.objects.filter(state="placed").values_list("key", flat=True)
    sold = [place for place in places if place.used_key in set(keys)]
    let_in = [place.number for place in places if place.admitted_until]
    broken = [found for each in REGISTER for found in each.check().violations]
    # The bench itself set the stock, so that S1 finds no movement for it.
    others = [found for found in broken if "stock" not in str(found)]
    if others:
        raise RuntimeError(f"{len(others)} violations, the first: {others[0]}")
    numbers = [float(place.number or 0) for place in places]
    return {
        "came": len(places),
        "sold": len(sold),
        "out_of_turn": sum((place.number or 0) > drop.admitted for place in sold)
        + len(set(range(1, drop.admitted + 1)) ^ set(let_in)),
        "correlation": statistics.correlation([float(n) for n in range(len(numbers))], numbers),
    }
