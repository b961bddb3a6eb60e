"""The hours of a place, how it gives out pick-ups, and whether it sends."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from vitrine.accounts.limits import Action
from vitrine.accounts.views import at_most
from vitrine.catalog import store_hours
from vitrine.catalog.models import Location
from vitrine.sovereignty import access
from vitrine.surfaces.market import scope
from vitrine.surfaces.market.hours_form import HoursForm
from vitrine.surfaces.market.scope import MemberRequest
from vitrine.surfaces.market.typed import typed


@require_http_methods(["GET", "POST"])
@access.policy(access.MEMBER)
@at_most(Action.WRITE)
def hours(request: MemberRequest, slug: str, location_id: str) -> HttpResponse:
    """Show a place's hours with the holidays ahead; POST saves them. Queries: 2 on GET."""
    counter = scope.counter(request, slug, scope.OWNER)
    place = get_object_or_404(Location, merchant=counter.merchant, public_id=location_id)
    form = HoursForm(typed(request), instance=place)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, gettext("“{name}” is saved.").format(name=place.name))
        return redirect("market:settings", slug)
    today = timezone.now().astimezone(store_hours.zone_of(place)).date()
    holidays = store_hours.holidays_near(place, today.year)
    context = {
        "counter": counter,
        "here": "settings",
        "form": form,
        "location": place,
        "holidays": [(on, name) for on, name in holidays.items() if on >= today][:8],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "market/hours.html", context, status=status)
