"""What is kept for a buyer's next purchase: shown, and removed."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from vitrine.accounts.signed_in import SignedInRequest
from vitrine.orders import keeping
from vitrine.orders.models import Address
from vitrine.sovereignty import access


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
