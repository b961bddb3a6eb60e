"""What a token may be good for. Pure."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy


class Scope(StrEnum):
    """One thing that a program may do for its merchant."""

    CATALOG_READ = "catalog:read"
    CATALOG_WRITE = "catalog:write"
    STOCK_WRITE = "stock:write"
    ORDERS_READ = "orders:read"
    ORDERS_WRITE = "orders:write"
    FINANCE_READ = "finance:read"
    CARDS_READ = "cards:read"
    CARDS_WRITE = "cards:write"
    ADS_READ = "ads:read"


OF_ACCOUNTS = frozenset({Scope.ADS_READ})
"""What a token may be good for that is an advertiser's, and no shop's."""
LABELS: dict[Scope, Promise] = {
    Scope.CATALOG_READ: gettext_lazy("Read products, stock and places"),
    Scope.CATALOG_WRITE: gettext_lazy("Write products and put them on sale"),
    Scope.STOCK_WRITE: gettext_lazy("Change stock"),
    Scope.ORDERS_READ: gettext_lazy("Read orders, parcels and returns, with names and addresses"),
    Scope.ORDERS_WRITE: gettext_lazy("Ship, cancel and refund orders, and settle returns"),
    Scope.FINANCE_READ: gettext_lazy("Read bills, fees and what is yours of each order"),
    Scope.CARDS_READ: gettext_lazy("Read gift cards, also by the code that somebody shows"),
    Scope.CARDS_WRITE: gettext_lazy("Issue gift cards out of what is available, and stop them"),
    Scope.ADS_READ: gettext_lazy("Read what ads were shown, brought and cost"),
}
