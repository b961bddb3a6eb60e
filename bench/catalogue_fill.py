"""A shop with many products of many kinds, the addresses to look at, and the same asked in SQL.

Imported only once Django is set up on the cell.
"""

import random
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import msgspec
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from vitrine.accounts.models import Person
from vitrine.catalog import opening
from vitrine.catalog.models import Category, Merchant, Product
from vitrine.kernel import ids
from vitrine.search import browsing, keeping
from vitrine.search.browsing import Wish
from vitrine.search.dictionary import read

SHOPS = 20
BRANDS = 300
COLOURS = "Black White Grey Brown Beige Red Pink Orange Yellow Green Blue Purple".split()
SIZES = "XS S M L XL".split()
QUALITIES = (
    "brass oak linen quiet round tall folded woven glazed amber slate copper pale wide small heavy"
    " light soft bright plain striped carved cast spun pressed turned hollow narrow deep early"
).split()
THINGS = (
    "lamp chair table bowl shirt jacket kettle basket rug mirror clock candle shelf scarf mug vase"
    " lantern stool tray blanket kite drum spade ladle brush bench cushion pitcher crate hook"
).split()
AT_A_TIME = 5_000

_PRODUCTS = """
INSERT INTO catalog_product (public_id, home_cell, merchant_id, source_id, slug, title, description,
  brand, category, option_names, listed_in_id, created_at, published_at)
SELECT public_id, %(home)s, merchant_id, public_id, 'thing', title, '<p>' || title || '</p>',
  brand,
  '', ARRAY['Color', 'Size'], category_id, at, at
FROM json_to_recordset(%(rows)s::json) AS given (public_id text, merchant_id bigint, title text,
  brand text, category_id bigint, at timestamptz)"""
_VARIANTS = """
WITH added AS (
  INSERT INTO catalog_variant (public_id, home_cell, product_id, merchant_id, sku, option_values,
    price_minor, barcode, weight_g, position)
  SELECT given.public_id, %(home)s, product.id, product.merchant_id, given.public_id,
    ARRAY[given.colour, given.size], given.price_minor, '', 300, 0
  FROM json_to_recordset(%(rows)s::json) AS given (public_id text, colour text, size text,
    price_minor bigint)
  JOIN catalog_product product ON product.public_id = given.public_id
  RETURNING id, merchant_id
)
INSERT INTO catalog_stock (home_cell, variant_id, location_id, on_hand, reserved)
SELECT %(home)s, added.id, location.id, 5, 0
FROM added JOIN catalog_location location ON location.merchant_id = added.merchant_id"""


def fill(products: int) -> None:
    """Open shops, and give them so many products over the last two years."""
    random.seed(4)
    now = datetime.now(UTC)
    shops = [shop(number, now) for number in range(SHOPS)]
    categories = list(Category.objects.values_list("pk", flat=True))
    for first in range(0, products, AT_A_TIME):
        rows = [
            {
                "public_id": ids.new(),
                "merchant_id": random.choice(shops).pk,
                "title": f"{words()} {first + number}",
                "brand": f"Maker {int(random.paretovariate(0.7)) % BRANDS}",
                "category_id": random.choice(categories),
                "at": now - timedelta(minutes=random.randrange(60 * 24 * 730)),
                "colour": random.choice(COLOURS),
                "size": random.choice(SIZES),
                "price_minor": random.randrange(100, 50_000),
            }
            for number in range(min(AT_A_TIME, products - first))
        ]
        given = {"home": shops[0].home_cell, "rows": msgspec.json.encode(rows).decode()}
        with connection.cursor() as cursor:
            cursor.execute("SET vitrine.variants_follow = 'on'")
            cursor.execute(_PRODUCTS, given)
            cursor.execute(_VARIANTS, given)
    keeping.count_received(since=now)
    keeping.add_words(since=now - timedelta(days=800))
    with connection.cursor() as cursor:
        cursor.execute("RESET vitrine.variants_follow")
        cursor.execute("VACUUM ANALYZE")


def urls() -> dict[str, list[str]]:
    """Return addresses of lists, of products' pages, and of searches with facets."""
    random.seed(5)
    keys = list(Category.objects.values_list("key", flat=True))
    pages = Product.objects.filter(pk__in=_some_keys(2_000))
    lists = ["/shop", *(f"/shop?{urlencode({'in': key})}" for key in keys)]
    return {
        "list": lists,
        "page": [each.get_absolute_url() for each in pages],
        "search": [f"/shop?{urlencode(_search(keys))}" for _ in range(3_000)],
    }


def most_statements(pages: list[str]) -> int:
    """Return the most statements that one of these pages takes."""
    client, most = Client(headers={"host": "localhost"}), 0
    for page in pages:
        with CaptureQueriesContext(connection) as captured:
            client.get(page)
        most = max(most, len(captured))
    return most


def bare_ms() -> float:
    """Return how long a search with facets takes without pages around it, on the average."""
    random.seed(6)
    keys = list(Category.objects.values_list("key", flat=True))
    asked = [_search(keys) for _ in range(300)]
    now = datetime.now(UTC)
    wishes = [
        Wish(reading=read(one["q"]), category=one.get("in", ""), brand=one.get("brand", ""))
        for one in asked
    ]
    began = time.perf_counter()
    for wish in wishes:
        browsing.browse(wish, at=now)
    return (time.perf_counter() - began) * 1000 / len(wishes)


def shop(number: int, now: datetime) -> Merchant:
    """Open a shop with a warehouse and one way of delivery."""
    owner = Person.objects.create_user(f"seller{number}@example.org", handle=f"seller{number}")
    place = opening.Place("Warehouse", "1 Main Street", "Albany", "NY", "12207")
    merchant = opening.open_shop(f"Bench {number}", place=place, by=owner, at=now, approved=True)
    opening.offer_delivery(merchant, name="Post", price_minor=495)
    return merchant


def words() -> str:
    """Return the title of some thing."""
    return " ".join((*random.sample(QUALITIES, 2), random.choice(THINGS)))


def _search(keys: list[str]) -> dict[str, str]:
    """Make one search: words in any case, and up to three things more."""
    asked = {"q": random.choice((random.choice(THINGS), words().rpartition(" ")[0]))}
    if random.random() < 0.5:
        asked["in"] = random.choice(keys)
    if random.random() < 0.3:
        asked["brand"] = f"Maker {random.randrange(5)}"
    if random.random() < 0.4:
        asked["is.color"] = random.choice(COLOURS)
    if random.random() < 0.2:
        asked |= {"from": "20", "until": "200"}
    if random.random() < 0.2:
        asked["sort"] = random.choice(("cheap", "dear", "new"))
    return asked


def _some_keys(most: int) -> list[int]:
    keys = list(Product.objects.on_sale().values_list("pk", flat=True))
    return random.sample(keys, min(most, len(keys)))
