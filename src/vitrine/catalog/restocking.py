"""Tell those who wait for a choice that it is back: each once.

Looked for each minute rather than where stock rises. It rises in a dozen ways (what came in, a
count, an import, a cancellation, a hold that ended), and none of them, least of all a checkout,
should wait for people to be told.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, Sum

from vitrine.accounts import telling
from vitrine.accounts.telling import Kind
from vitrine.catalog.models import Product, StockAlert, Variant
from vitrine.kernel import sweeping

AT_A_TIME = 500


def tell_of_returns(*, at: datetime) -> None:
    """Tell everybody who waits for something that can be had again.

    Queries: 1 where nobody waits; else 2, and 4 for each who is told.
    """
    if not StockAlert.objects.exists():
        return
    waited = StockAlert.objects.values("variant")
    back = (
        Variant.objects.filter(pk__in=waited, withdrawn_at=None)
        .filter(product__in=Product.objects.on_sale())
        .annotate(
            available=Sum(
                F("stock__on_hand") - F("stock__reserved"),
                filter=Q(stock__location__closed_at=None),
            )
        )
        .filter(available__gt=0)
        .values("pk")
    )
    alerts = StockAlert.objects.filter(variant__in=back).select_related("variant__product")
    sweeping.each(alerts.order_by("at", "pk")[:AT_A_TIME], lambda one: _tell(one, at=at))


@transaction.atomic
def _tell(alert: StockAlert, *, at: datetime) -> None:
    """Tell one person; whoever removes the row tells, so that two at once tell once."""
    removed, _ = StockAlert.objects.filter(pk=alert.pk).delete()
    if not removed:
        return
    product = alert.variant.product
    telling.tell(
        Kind.BACK_IN_STOCK, whom=alert.person_id, by=None, at=at,
        path=f"{product.get_absolute_url()}?variant={alert.variant.public_id}",
        item=f"{alert.pk}:{product.public_id}",
    )  # fmt: skip
