"""Commissions of a creator: taken, left, and samples asked for."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from vitrine.accounts.limits import Action
from vitrine.accounts.views import at_most
from vitrine.catalog.models import Product
from vitrine.commission import sampling
from vitrine.commission.models import Deal, Link
from vitrine.kernel.asked import is_delete
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import access
from vitrine.surfaces.studio import dealing
from vitrine.surfaces.studio.page import CreatorRequest
from vitrine.surfaces.studio.sample_form import SampleForm


@require_GET
@access.policy(access.PERSON)
def listing(request: CreatorRequest) -> HttpResponse:
    """Show what a creator sells for, what else is offered, and their samples. Queries: 8."""
    now, words = timezone.now(), request.GET.get("q", "").strip()
    context = {
        "held": dealing.held(request.user, at=now),
        "offers": dealing.offered(request.user, words),
        "samples": dealing.samples(request.user),
        "words": words,
    }
    return render(request, "studio/commissions.html", context)


@require_http_methods(["POST", "DELETE"])
@access.policy(access.PERSON)
def link(request: CreatorRequest, deal_id: str) -> HttpResponse:
    """POST takes an offer, DELETE (or a form's ``method``) leaves it.

    Raises: NotOfferedAnyMore, OwnShop.
    """
    found, now = get_object_or_404(Deal, public_id=deal_id), timezone.now()
    if is_delete(request):
        for mine in Link.objects.standing().filter(deal=found, creator=request.user):
            mine.leave(at=now)
        messages.success(request, gettext("You left it. What you sold before is still paid."))
    else:
        found.take(by=request.user, at=now)
        said = gettext("It is yours: put it on your clips. What is sold from now on counts.")
        messages.success(request, said)
    back = request.POST.get("clip", "")
    return redirect("studio:clip", back) if back else redirect("studio:commissions")


@require_http_methods(["GET", "POST"])
@access.policy(access.OWNER)
@at_most(Action.MESSAGE)
def sample(request: CreatorRequest, deal_id: str) -> HttpResponse:
    """Ask for a sample of what a creator took. Queries: 5."""
    mine = Link.objects.standing().select_related("deal__merchant", "deal__product", "creator")
    taken = get_object_or_404(mine, deal__public_id=deal_id, creator=request.user)
    places = dealing.places(request.user)
    sent = request.POST if request.method == "POST" else None
    form = SampleForm(sent, choices=dealing.choices(taken.deal), places=places)
    if sent is not None and form.is_valid():
        try:
            _ask(taken, form)
        except Refusal as refusal:
            form.add_error(None, refusal.text)
        else:
            messages.success(request, gettext("The shop is asked. You are told what it says."))
            return redirect("studio:commissions")
    context = {"deal": taken.deal, "form": form, "places": places}
    return render(request, "studio/sample.html", context, status=422 if sent is not None else 200)


def _ask(taken: Link, form: SampleForm) -> None:
    said = form.cleaned_data
    product = Product.objects.get(public_id=said["product"], merchant=taken.deal.merchant_id)
    address = dealing.in_lines(form.places[said["place"]])
    sampling.ask(taken, product, address=address, note=said["note"], at=timezone.now())
