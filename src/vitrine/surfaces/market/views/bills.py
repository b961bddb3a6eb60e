"""The invoices and credit notes of a shop, as it reads and prints them."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from vitrine.orders import bill_view
from vitrine.orders.models import Bill, Order
from vitrine.sovereignty import access
from vitrine.surfaces.market import scope
from vitrine.surfaces.market.scope import MemberRequest


@require_safe
@access.policy(access.MEMBER)
def bill(request: MemberRequest, slug: str, bill_id: str) -> HttpResponse:
    """Show a bill of the shop, to print; ``pdf``: as a file. Queries: 9."""
    counter = scope.counter(request, slug, scope.BILLS)
    mine = Bill.objects.whole().issued_by(counter.merchant)
    found = get_object_or_404(mine, public_id=bill_id)
    order = Order.objects.addressed(at=timezone.now()).get(pk=found.order_id)
    back = reverse("market:money", args=[slug])
    if counter.handles_orders:
        back = reverse("market:order", args=[slug, order.public_id])
    return bill_view.show(request, found, to=order.addressee, back=back)
