"""A shop to buy from, and buyers who know what to send.

Imported only once Django is set up on the cell.
"""

import random
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from vitrine.accounts.models import Person
from vitrine.catalog import opening, stockkeeping
from vitrine.catalog.models import Location, Product, Variant
from vitrine.kernel.invariants import REGISTER
from vitrine.orders.models import OrderGroup

PRODUCTS = 1000
STOCK_EACH = 1_000_000
PRICE_MINOR = 2_000


@dataclass(frozen=True)
class Buyer:
    """A signed-in browser: its cookies, and what it posts for any variant."""

    cookies: str
    form: dict[str, str]

    def body(self, thing: tuple[str, str]) -> bytes:
        """Return one press of the order button, with a fresh key."""
        product, variant = thing
        key = f"{random.getrandbits(144):036x}"  # where nobody guesses
        return f"{self._typed}&product={product}&variant={variant}&key={key}".encode()

    @cached_property
    def _typed(self) -> str:
        """Return what is alike in every press, as it is sent."""
        return urlencode({k: v for k, v in self.form.items() if k not in ("product", "variant")})


def shop() -> list[tuple[str, str]]:
    """Open a shop with many things at one price; returns public ids: product, variant."""
    now = datetime.now(UTC)
    owner = Person.objects.create_user("seller@example.org", handle="seller")
    place = opening.Place("Warehouse", "1 Main Street", "Albany", "NY", "12207")
    merchant = opening.open_shop("Bench", place=place, by=owner, approved=True, at=now)
    opening.offer_delivery(merchant, name="Post", price_minor=495)
    location = Location.objects.get(merchant=merchant)
    products = Product.objects.bulk_create(
        Product(
            merchant=merchant,
            source_id=str(number),
            slug=f"thing-{number}",
            title=f"Thing {number}",
            created_at=now,
            published_at=now,
        )
        for number in range(PRODUCTS)
    )
    variants = Variant.objects.bulk_create(
        Variant(product=product, merchant=merchant, sku=product.source_id, price_minor=PRICE_MINOR)
        for product in products
    )
    for variant in variants:
        stockkeeping.receive(
            stockkeeping.at_location(variant, location),
            STOCK_EACH,
            key=f"bench:{variant.pk}",
            by=owner,
            at=now,
        )
    analyse("catalog_product", "catalog_variant", "catalog_stock")
    return [(variant.product.public_id, variant.public_id) for variant in variants]


def analyse(*tables: str) -> None:
    """Let Postgres look at tables, or at all, as it does by itself when much has changed.

    Never at empty ones: it would plan for empty ones from then on, as no real cell does.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(tables)}")


def buyers(count: int) -> list[Buyer]:
    """Sign people in, and let each open the sheet once: the form it shows is the one they send."""
    product, *_ = _bench_products()
    return [_buyer(number, product) for number in range(count)]


def placed() -> int:
    """Count the purchases that were placed."""
    return OrderGroup.objects.filter(state="placed").count()


def statements_of_a_press() -> tuple[int, int]:
    """Count the statements and the commits of one press by somebody signed in."""
    client = _signed_in("counted")
    form = _form(client, _bench_products()[0])
    _press(client, form)  # so that nothing is done for the first time
    with CaptureQueriesContext(connection) as captured:
        _press(client, form)
    said = [str(one["sql"]).split(None, 1)[0] for one in captured]
    return len(said) - said.count("BEGIN") - said.count("COMMIT"), _commits(said)


def statements_of_a_guest() -> int:
    """Count the statements of a whole checkout of somebody unknown: the sheet, then the press."""
    client = Client(headers={"host": "localhost"})
    with CaptureQueriesContext(connection) as captured:
        _press(client, _form(client, _bench_products()[1]))
    return len(captured)


def violations() -> list[str]:
    """Check every invariant, as ``vitrine check`` does."""
    return [
        f"{invariant.code}: {found}"
        for invariant in REGISTER
        for found in invariant.check().violations
    ]


def _buyer(number: int, product: Product) -> Buyer:
    client = _signed_in(f"buyer{number}")
    form = _form(client, product)
    cookies: SimpleCookie = client.cookies
    sent = "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())
    return Buyer(sent, form)


def _signed_in(handle: str) -> Client:
    client = Client(headers={"host": "localhost"})
    person = Person.objects.create_user(f"{handle}@example.org", handle=handle)
    client.force_login(person, "vitrine.accounts.backend.Backend")
    return client


def _form(client: Client, product: Product) -> dict[str, str]:
    """Open the sheet, and fill in what it asks."""
    html = client.get(f"{product.get_absolute_url()}?sheet", secure=False).content.decode()
    total = re.search(r'name="shown_total" value="(\d+)"', html)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', html)
    variant = re.search(r'name="variant"[^>]* value="(\w+)"', html)
    if total is None or token is None:
        raise RuntimeError(f"the sheet shows no form: {html[:500]}")
    return {
        "csrfmiddlewaretoken": token[1],
        "shown_total": total[1],
        "product": product.public_id,
        "variant": variant[1] if variant else "",
        "in": "sheet",
        "email": "buyer@example.org",
        "name": "Bea Buyer",
        "line1": "5 Elm Street",
        "city": "Albany",
        "region": "NY",
        "postcode": "12207",
        "card": "test-succeeds",
    }


def _press(client: Client, form: dict[str, str]) -> None:
    pressed = {**form, "key": secrets.token_urlsafe(18)}
    answer = client.post("/checkout", pressed, headers={"hx-request": "true"})
    if b"Thank you" not in answer.content:
        raise RuntimeError(f"nothing was bought: {answer.content[:500]!r}")


def _bench_products() -> list[Product]:
    return list(Product.objects.filter(merchant__name="Bench").order_by("pk")[:2])


def _commits(said: list[str]) -> int:
    """Count the transactions that wrote: those with an end, and writes that are their own."""
    ended, in_one = 0, False
    for word in said:
        if word in ("BEGIN", "COMMIT"):
            in_one = word == "BEGIN"
            ended += word == "COMMIT"
        elif not in_one and word in ("INSERT", "UPDATE", "DELETE", "WITH"):
            ended += 1
    return ended
