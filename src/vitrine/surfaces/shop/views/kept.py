"""What is kept for a buyer's next purchase: shown, and removed."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from vitrine.accounts.limits import Action
from vitrine.accounts.signed_in import SignedInRequest
from vitrine.accounts.views import at_most
from vitrine.kernel.errors import Refusal
from vitrine.orders import keeping
from vitrine.orders.models import Address
from vitrine.sovereignty import access
from vitrine.surfaces.shop.address_form import AddressForm


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.PERSON)
def kept(request: SignedInRequest) -> HttpResponse:
    """GET shows the addresses and cards of a person, POST removes the one of a mark. Queries: 2."""
    if request.method == "POST":
        if keeping.forget(request.user, request.POST.get("mark", "")):
            messages.success(request, gettext("Removed. It will not be filled in again."))
        return redirect("shop:kept")
    found = keeping.kept(request.user)
    context = {
        "addresses": [(keeping.mark_of(one), one) for one in found if isinstance(one, Address)],
        "methods": [(keeping.mark_of(one), one) for one in found if not isinstance(one, Address)],
    }
    return render(request, "shop/kept.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.PERSON)
@at_most(Action.WRITE)
def address(request: SignedInRequest) -> HttpResponse:
    """GET shows an address to change, or a blank one; POST keeps it. Queries: 1, or 5."""
    mark = (request.POST or request.GET).get("mark", "")
    one = next((one for one in keeping.addresses(request.user) if one.mark == mark), None)
    typed = request.POST if request.method == "POST" else None
    form = AddressForm(typed, address=one)
    if typed is not None and form.is_valid():
        try:
            keeping.write(
                request.user,
                form.typed(),
                address=one,
                is_first=form.cleaned_data["is_first"],
                at=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error(None, refusal.text)
        else:
            messages.success(request, gettext("Kept for your next purchases."))
            return redirect("shop:kept")
    status = 200 if typed is None else 422
    return render(request, "shop/address.html", {"form": form, "address": one}, status=status)
