"""Feeds for tests, written as text and read as the importer reads them."""

import csv
import io
from typing import Any

from vitrine.catalog.feeds import reading
from vitrine.catalog.feeds.rows import FeedItem

SHOPIFY = (
    "Handle,Title,Body (HTML),Vendor,Type,Published,Option1 Name,Option1 Value,Variant SKU,"
    "Variant Inventory Qty,Variant Price,Image Src,Image Position,Image Alt Text"
).split(",")


def read(content: str | bytes, *, currency: str = "USD") -> list[FeedItem]:
    """Read a whole feed. Raises: FeedRefused."""
    stream = io.BytesIO(content.encode() if isinstance(content, str) else content)
    layout = reading.layout_of(stream)
    return list(reading.read(stream, layout, currency=currency))


def shopify(*rows: dict[str, Any]) -> str:
    """Write a Shopify CSV. Keys: columns; what is not said is empty."""
    out = io.StringIO()
    writer = csv.DictWriter(out, SHOPIFY, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def lamp(handle: str = "lamp", **cells: Any) -> dict[str, Any]:
    """Return the first row of a product that is right. cells: what differs."""
    row = {
        "Handle": handle,
        "Title": f"A {handle}",
        "Published": "TRUE",
        "Option1 Name": "Title",
        "Option1 Value": "Default Title",
        "Variant SKU": f"{handle}-1",
        "Variant Inventory Qty": "5",
        "Variant Price": "12.34",
    }
    return row | {name.replace("_", " "): value for name, value in cells.items()}


def more(handle: str = "lamp", **cells: Any) -> dict[str, Any]:
    """Return a further row of a product."""
    return {"Handle": handle} | {name.replace("_", " "): value for name, value in cells.items()}


def rss(*items: str, before: str = "") -> str:
    """Write a Google Merchant RSS feed around items."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}'
        '<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>'
        f"<title>Shop</title>\n{chr(10).join(items)}\n</channel></rss>"
    )


def offer(identity: str = "A1", **elements: str) -> str:
    """Write one item that is right. elements: what differs, or comes in addition."""
    cells = {"id": identity, "title": f"Thing {identity}", "price": "12.34 USD"} | elements
    inner = "".join(f"<g:{name}>{text}</g:{name}>" for name, text in cells.items())
    return f"<item>{inner}</item>"


def whats(items: list[FeedItem]) -> list[str]:
    """Return what was found, in order."""
    return [finding.what for item in items for finding in item.findings]
