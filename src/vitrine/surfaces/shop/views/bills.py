"""The invoice of an order and its credit notes, as the buyer reads them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from vitrine.orders import bill_view
from vitrine.orders.models import Bill
from vitrine.sovereignty import access
from vitrine.surfaces.shop import holding


@require_safe
@access.policy(access.HOLDER)
def bill(request: HttpRequest, group_id: str, bill_id: str) -> HttpResponse:
    """Show a bill of a purchase, to print; ``pdf``: as a file. Queries: 8."""
    group = holding.opened(request, group_id)
    found = get_object_or_404(Bill.objects.whole().filter(order__group=group), public_id=bill_id)
    return bill_view.show(request, found, to=group, back=group.get_absolute_url())
