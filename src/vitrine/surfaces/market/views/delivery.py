"""How a shop delivers: one page for each way."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from vitrine.accounts.limits import Action
from vitrine.accounts.views import at_most
from vitrine.catalog import opening
from vitrine.catalog.models import DeliveryOption
from vitrine.orders import regions
from vitrine.sovereignty import access
from vitrine.sovereignty.cell import this_cell
from vitrine.surfaces.market import scope
from vitrine.surfaces.market.delivery_form import DeliveryEditor
from vitrine.surfaces.market.scope import Counter, MemberRequest
from vitrine.surfaces.market.typed import typed


@require_http_methods(["GET", "POST"])
@access.policy(access.MEMBER)
@at_most(Action.WRITE)
def new(request: MemberRequest, slug: str) -> HttpResponse:
    """Offer one more way of delivery."""
    return _edit(request, scope.counter(request, slug, scope.OWNER), None)


@require_http_methods(["GET", "POST"])
@access.policy(access.MEMBER)
@at_most(Action.WRITE)
def option(request: MemberRequest, slug: str, option_id: str) -> HttpResponse:
    """Change a way of delivery; orders that chose it keep what they paid."""
    counter = scope.counter(request, slug, scope.OWNER)
    found = get_object_or_404(
        DeliveryOption, merchant=counter.merchant, public_id=option_id, withdrawn_at=None
    )
    return _edit(request, counter, found)


@require_POST
@access.policy(access.MEMBER)
def end(request: MemberRequest, slug: str, option_id: str) -> HttpResponse:
    """Stop offering a way of delivery; orders that chose it keep it."""
    counter = scope.counter(request, slug, scope.OWNER)
    found = get_object_or_404(DeliveryOption, merchant=counter.merchant, public_id=option_id)
    found.withdraw(at=timezone.now())
    return redirect("market:settings", slug)


def _edit(request: MemberRequest, counter: Counter, option: DeliveryOption | None) -> HttpResponse:
    editor = DeliveryEditor(typed(request), merchant=counter.merchant, option=option)
    if request.method == "POST" and editor.is_valid():
        opening.offer_delivery(counter.merchant, option=option, **editor.offered())
        messages.success(request, gettext("Buyers can choose it now."))
        return redirect("market:settings", counter.merchant.slug)
    country = this_cell().country
    context = {
        "counter": counter,
        "here": "settings",
        "editor": editor,
        "regions": regions.NAMES[country],
        "postcode": regions.example_postcode(country)[:3],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "market/delivery.html", context, status=status)
