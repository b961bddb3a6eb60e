"""Demand partners, for the operator's staff: how they answer, what was refused, and a switch."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from vitrine.accounts.signed_in import SignedInRequest
from vitrine.ads.demand import partners
from vitrine.ads.models import Advertiser
from vitrine.sovereignty import access
from vitrine.surfaces.desk import demand_page


@require_safe
@access.policy(access.STAFF)
def listing(request: SignedInRequest) -> HttpResponse:
    """Show each partner's last days. Queries: 3, or none where the operator named nobody."""
    return render(request, "desk/demand.html", demand_page.page(at=timezone.now()))


@require_POST
@access.policy(access.STAFF)
def standing(request: SignedInRequest, advertiser_id: str) -> HttpResponse:
    """Ask a partner for bids (is_asked=1), or for none; again is no error."""
    payer = get_object_or_404(Advertiser, public_id=advertiser_id)
    if request.POST.get("is_asked") == "1":
        partners.resume(payer)
        messages.success(request, gettext("It is asked for bids again, in a few seconds."))
    else:
        partners.stop(payer, by=request.user, at=timezone.now())
        messages.success(request, gettext("It is asked no more, and its ads are not shown."))
    return redirect("desk:demand")
