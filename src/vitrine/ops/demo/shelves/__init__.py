"""The demo's shops and what they sell."""

from vitrine.ops.demo.shelves import carried, clay, hearth, precise
from vitrine.ops.demo.shelves.item import Item, Shop

SHOPS: tuple[Shop, ...] = (clay.SHOP, hearth.SHOP, carried.SHOP, precise.SHOP)
ITEMS: dict[str, Item] = {item.slug: item for shop in SHOPS for item in shop.items}

__all__ = ["ITEMS", "SHOPS", "Item", "Shop"]
