"""A creator's link, as an advertiser sees it who may take it up."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from vitrine.accounts.signed_in import SignedInRequest
from vitrine.ads import authorising
from vitrine.ads.models import AdMember, Advertiser, Authorisation
from vitrine.ads.models.advertiser import RUNNING
from vitrine.sovereignty import access


@require_http_methods(["GET", "POST"])
@access.policy(access.PERSON)
def taken(request: SignedInRequest, key: str) -> HttpResponse:
    """Show what a creator gives; POST takes it up for one of the person's advertisers.

    Raises: AuthorisationOver, AuthorisedAlready. Queries: 3, and 4 more to take it up.
    """
    now = timezone.now()
    given = Authorisation.objects.held_by(key).select_related("clip__creator")
    found = get_object_or_404(given)
    roles = AdMember.objects.filter(person=request.user, role__in=RUNNING)
    mine = Advertiser.objects.filter(members__in=roles).order_by("name")
    if request.method == "POST":
        advertiser = get_object_or_404(mine, public_id=request.POST.get("advertiser"))
        authorising.take_up(found, advertiser, by=request.user, at=now)
        messages.success(request, gettext("You can advertise with this clip now."))
        return redirect("promote:new", advertiser.public_id)
    context = {
        "given": found,
        "is_open": Authorisation.objects.open(at=now).filter(pk=found.pk).exists(),
        "accounts": mine,
    }
    return render(request, "promote/authorisation.html", context)
