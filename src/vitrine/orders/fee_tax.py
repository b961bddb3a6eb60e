"""The tax that a merchant pays on the platform's fee, where the merchant is."""

from datetime import date, datetime

from vitrine.catalog.models import Location
from vitrine.orders import tax
from vitrine.orders.models import FeeTax, Order
from vitrine.orders.tax import Place, TaxAmount, UnknownPlace
from vitrine.sovereignty.cell import local_day, this_cell


def store(order: Order, *, at: datetime) -> None:
    """Freeze the tax on an order's fee, as the order is handed over. Again is no error."""
    FeeTax.objects.bulk_create(
        [
            FeeTax(order=order, authority=one.authority, name=one.name, amount_minor=amount)
            for one in _due(order, on=local_day(at))
            if (amount := one.amount_minor)
        ],
        ignore_conflicts=True,
    )


def by_authority(order: Order) -> dict[str, int]:
    """Return what is owed on an order's fee: as it was frozen, or as it would be today.

    Nothing for what was handed over before this was charged. Queries: 1, and 1 while it is open.
    """
    frozen = {one.authority: one.amount_minor for one in order.fee_taxes.all()}
    if frozen or not order.is_open or order.placed_at is None:
        return frozen
    due = _due(order, on=local_day(order.placed_at))
    return {one.authority: one.amount_minor for one in due if one.amount_minor}


def _due(order: Order, *, on: date) -> tuple[TaxAmount, ...]:
    """Work it out for the merchant's first place that the tables know. Raises: UnknownPlace."""
    if not order.fee_minor:
        return ()
    country = this_cell().country
    regions = Location.objects.filter(merchant=order.merchant_id).order_by("pk")
    for region in dict.fromkeys([*regions.values_list("region", flat=True), ""]):
        try:
            return tax.fee_taxes(order.fee_minor, Place(country, region), on=on)
        except UnknownPlace:
            continue
    raise UnknownPlace(country=country)
