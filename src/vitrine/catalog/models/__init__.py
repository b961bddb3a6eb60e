"""Merchants and what they sell."""

from vitrine.catalog.models.imports import ImportRemark, ImportReport
from vitrine.catalog.models.merchant import (
    DeliveryOption,
    Membership,
    Merchant,
    MerchantQuerySet,
    Role,
)
from vitrine.catalog.models.product import Picture, Product, ProductQuerySet, Variant
from vitrine.catalog.models.stock import (
    Location,
    LocationKind,
    MovementReason,
    Stock,
    StockMovement,
)
from vitrine.catalog.models.tag import Tag

__all__ = [
    "DeliveryOption",
    "ImportRemark",
    "ImportReport",
    "Location",
    "LocationKind",
    "Membership",
    "Merchant",
    "MerchantQuerySet",
    "MovementReason",
    "Picture",
    "Product",
    "ProductQuerySet",
    "Role",
    "Stock",
    "StockMovement",
    "Tag",
    "Variant",
]
