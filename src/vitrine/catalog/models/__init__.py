"""Merchants and what they sell."""

from vitrine.catalog.models.application import (
    Application,
    Business,
    Document,
    DocumentKind,
    Inspection,
    Verdict,
)
from vitrine.catalog.models.category import (
    Attribute,
    AttributeValue,
    Category,
    Kind,
    ValueRefused,
)
from vitrine.catalog.models.collection import Collection, CollectionItem
from vitrine.catalog.models.imports import ImportRemark, ImportReport
from vitrine.catalog.models.invitation import Change, Invitation, MemberChange
from vitrine.catalog.models.merchant import (
    DeliveryOption,
    Membership,
    Merchant,
    MerchantQuerySet,
    Role,
)
from vitrine.catalog.models.price import PriceFact
from vitrine.catalog.models.pricing import PriceAt, priced_at
from vitrine.catalog.models.product import Picture, Product, ProductQuerySet, Variant
from vitrine.catalog.models.question import Question, QuestionQuerySet, Voice
from vitrine.catalog.models.stock import (
    ADJUSTMENTS,
    BETWEEN_PLACES,
    JUDGED,
    Location,
    LocationKind,
    LowStock,
    MovementReason,
    Stock,
    StockMovement,
)
from vitrine.catalog.models.stocktake import Stocktake, StocktakeLine
from vitrine.catalog.models.tag import Tag
from vitrine.catalog.models.transfer import Transfer, TransferLine, TransferState
from vitrine.catalog.models.wish import StockAlert, Wish

__all__ = [
    "ADJUSTMENTS",
    "BETWEEN_PLACES",
    "JUDGED",
    "Application",
    "Attribute",
    "AttributeValue",
    "Business",
    "Category",
    "Change",
    "Collection",
    "CollectionItem",
    "DeliveryOption",
    "Document",
    "DocumentKind",
    "ImportRemark",
    "ImportReport",
    "Inspection",
    "Invitation",
    "Kind",
    "Location",
    "LocationKind",
    "LowStock",
    "MemberChange",
    "Membership",
    "Merchant",
    "MerchantQuerySet",
    "MovementReason",
    "Picture",
    "PriceAt",
    "PriceFact",
    "Product",
    "ProductQuerySet",
    "Question",
    "QuestionQuerySet",
    "Role",
    "Stock",
    "StockAlert",
    "StockMovement",
    "Stocktake",
    "StocktakeLine",
    "Tag",
    "Transfer",
    "TransferLine",
    "TransferState",
    "ValueRefused",
    "Variant",
    "Verdict",
    "Voice",
    "Wish",
    "priced_at",
]
