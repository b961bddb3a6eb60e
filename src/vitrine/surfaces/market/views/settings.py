"""The owner's settings: what buyers read, places, people. Delivery has its own pages."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from vitrine.accounts.limits import Action
from vitrine.accounts.views import at_most
from vitrine.catalog.models import DeliveryOption, Location
from vitrine.kernel.asked import is_delete
from vitrine.sovereignty import access
from vitrine.surfaces.market import scope
from vitrine.surfaces.market.forms import LocationForm, ShopForm
from vitrine.surfaces.market.scope import Counter, MemberRequest
from vitrine.surfaces.market.typed import typed


@require_http_methods(["GET", "POST"])
@access.policy(access.MEMBER)
@at_most(Action.WRITE)
def shop(request: MemberRequest, slug: str) -> HttpResponse:
    """Show all settings; POST saves what buyers read. Queries: 5."""
    counter = scope.counter(request, slug, scope.OWNER)
    form = ShopForm(typed(request), instance=counter.merchant)
    if request.method == "POST" and form.is_valid():
        # Its own fields alone: a moderator may be suspending the shop at this moment.
        form.instance.save(update_fields=list(form.fields))
        messages.success(request, gettext("Saved."))
        return redirect("market:settings", slug)
    status = 422 if request.method == "POST" else 200
    return _settings_page(request, counter, {"form": form}, status=status)


def _settings_page(
    request: MemberRequest, counter: Counter, forms: dict[str, object], *, status: int = 200
) -> HttpResponse:
    merchant = counter.merchant
    context = {
        "counter": counter,
        "here": "settings",
        "form": ShopForm(instance=merchant),
        "locations": Location.objects.filter(merchant=merchant).order_by("closed_at", "pk"),
        "delivery": DeliveryOption.objects.filter(merchant=merchant, withdrawn_at=None).order_by(
            "price_minor", "pk"
        ),
        **forms,
    }
    return render(request, "market/settings.html", context, status=status)


@require_http_methods(["GET", "POST"])
@access.policy(access.MEMBER)
@at_most(Action.WRITE)
def new_location(request: MemberRequest, slug: str) -> HttpResponse:
    """Add a warehouse or a store."""
    counter = scope.counter(request, slug, scope.OWNER)
    return _location_page(request, counter, Location(merchant=counter.merchant))


@require_http_methods(["GET", "POST"])
@access.policy(access.MEMBER)
@at_most(Action.WRITE)
def location(request: MemberRequest, slug: str, location_id: str) -> HttpResponse:
    """Edit a warehouse or a store."""
    counter = scope.counter(request, slug, scope.OWNER)
    found = get_object_or_404(Location, merchant=counter.merchant, public_id=location_id)
    return _location_page(request, counter, found)


def _location_page(request: MemberRequest, counter: Counter, place: Location) -> HttpResponse:
    is_new = place.pk is None
    form = LocationForm(
        typed(request), instance=None if is_new else place, merchant=counter.merchant
    )
    if request.method == "POST" and form.is_valid():
        form.instance.merchant = counter.merchant
        form.save()
        said = gettext("“{name}” is saved.").format(name=form.instance.name)
        messages.success(request, said)
        return redirect("market:settings", counter.merchant.slug)
    context = {
        "counter": counter,
        "here": "settings",
        "form": form,
        "location": None if is_new else place,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "market/location.html", context, status=status)


@require_POST
@access.policy(access.MEMBER)
def closure(request: MemberRequest, slug: str, location_id: str) -> HttpResponse:
    """POST closes a place; with ``method=delete`` it opens again."""
    counter = scope.counter(request, slug, scope.OWNER)
    found = get_object_or_404(Location, merchant=counter.merchant, public_id=location_id)
    if is_delete(request):
        found.reopen()
    else:
        found.close(at=timezone.now())
    return redirect("market:settings", slug)
