"""A feed of many products, and what is done with it inside a cell.

Imported only once Django is set up on the cell.
"""

import csv
import random
import time
from datetime import UTC, datetime

from django.db import connection

from bench import catalogue_fill
from vitrine.catalog import exporting
from vitrine.catalog.models import Merchant, Product

AT_ONCE = 1 << 20


def write(path: str, products: int) -> tuple[str, str]:
    """Write a feed of as many products, and open two shops for it. Returns their names."""
    random.seed(7)
    now = datetime.now(UTC)
    shops = [catalogue_fill.shop(products + number, now) for number in range(2)]
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            "Handle,Title,Body (HTML),Vendor,Type,Published,Option1 Name,Option1 Value,Variant SKU,"
            "Variant Grams,Variant Inventory Qty,Variant Price".split(",")
        )
        for number in range(products):
            title = catalogue_fill.words()
            kind = random.choice(("Home > Lighting", "Chairs", "Apparel"))
            brand = f"Maker {number % catalogue_fill.BRANDS}"
            size = random.choice(catalogue_fill.SIZES)
            about = f"<p>{title}, made by hand of what lasts. It comes in a box.</p>"
            price = f"{random.randrange(100, 50_000) / 100:.2f}"
            writer.writerow(
                [f"thing-{number}", f"{title} {number}", about, brand, kind,
                 "TRUE", "Size", size, f"F-{number}", 400, 5, price]
            )  # fmt: skip
    return shops[0].name, shops[1].name


def products_of(shop: str) -> int:
    """Return how many products a shop has."""
    return Product.objects.filter(merchant__name=shop).count()


def copied_s(path: str) -> float:
    """Return how long Postgres takes to copy a feed into a table without an index."""
    with open(path, newline="") as file:
        columns = [f'"{name}" text' for name in next(csv.reader(file))]
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bench_copied ({', '.join(columns)})")
        began = time.perf_counter()
        with (
            open(path, "rb") as file,
            cursor.copy("COPY bench_copied FROM STDIN (FORMAT csv, HEADER)") as copy,
        ):
            while part := file.read(AT_ONCE):
                copy.write(part)
        took = time.perf_counter() - began
        cursor.execute("DROP TABLE bench_copied")
    return took


def write_out(shop: str, path: str) -> None:
    """Write everything that a shop sells to a file, in the format of its ending."""
    merchant = Merchant.objects.get(name=shop)
    layout = exporting.Format(path.rpartition(".")[2])
    with open(path, "wb") as file:
        file.writelines(exporting.write(merchant, layout, origin="http://localhost:8000"))
