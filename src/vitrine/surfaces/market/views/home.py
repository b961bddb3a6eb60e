"""A member's shops, opening one, and what waits in it."""

from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from vitrine.accounts.limits import Action
from vitrine.accounts.views import at_most
from vitrine.catalog import opening
from vitrine.catalog.models import Merchant
from vitrine.sovereignty import access
from vitrine.surfaces.market import page, scope, todo
from vitrine.surfaces.market.forms import LocationForm, OpenShopForm
from vitrine.surfaces.market.scope import MemberRequest
from vitrine.surfaces.market.typed import typed


@require_GET
@access.policy(access.PERSON)
def shops(request: MemberRequest) -> HttpResponse:
    """List the shops that the person works in; one alone is opened at once. Queries: 1."""
    found = list(Merchant.objects.with_member(request.user).order_by("name"))
    if len(found) == 1:
        return redirect("market:home", found[0].slug)
    return render(request, "market/shops.html", {"shops": found})


@require_http_methods(["GET", "POST"])
@access.policy(access.PERSON)
@at_most(Action.WRITE)
def opened(request: MemberRequest) -> HttpResponse:
    """Open a shop with its first place."""
    form = OpenShopForm(typed(request))
    place = LocationForm(typed(request))
    if request.method == "POST" and form.is_valid() & place.is_valid():
        merchant = _open(form, place, request)
        if merchant.approved_at is None:
            messages.success(request, gettext("Your shop is there. Now say who sells in it."))
            return redirect("market:application", merchant.slug)
        messages.success(request, gettext("Your shop is open. Now add what you sell."))
        return redirect("market:home", merchant.slug)
    status = 422 if request.method == "POST" else 200
    return render(request, "market/open.html", {"form": form, "place": place}, status=status)


def _open(form: OpenShopForm, place: LocationForm, request: MemberRequest) -> Merchant:
    typed = place.cleaned_data
    where = opening.Place(**{name: typed.get(name, "") for name in opening.Place.__annotations__})
    said = form.cleaned_data
    wanted = {
        "place": where,
        "about": said["about"],
        "by": request.user,
        "approved": not settings.VITRINE_MERCHANT_REVIEW,
        "at": timezone.now(),
    }
    try:
        with transaction.atomic():
            return opening.open_shop(said["shop_name"], **wanted)
    except IntegrityError:
        # Somebody took the same address for a shop of the same name at the same moment.
        return opening.open_shop(said["shop_name"], **wanted)


@require_GET
@access.policy(access.MEMBER)
def home(request: MemberRequest, slug: str) -> HttpResponse:
    """Show what waits to be done, then the rest. Queries: 3."""
    counter = scope.counter(request, slug, scope.ANY_ROLE)
    context = {
        "counter": counter,
        "here": "home",
        "today": todo.today(counter, at=timezone.now()),
        "imports": page.imports(counter.merchant)[:3] if counter.keeps_catalogue else [],
    }
    return render(request, "market/home.html", context)
