"""Labels that are bought for parcels: what they cost, and buying one."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from vitrine.accounts.limits import Action
from vitrine.accounts.views import at_most
from vitrine.kernel.errors import Refusal, wants_json
from vitrine.orders import labelling
from vitrine.orders.labelling import RateGone
from vitrine.orders.models import Label, LabelState, Shipment
from vitrine.orders.postage import Size
from vitrine.sovereignty import access
from vitrine.surfaces.market.scope import Counter, MemberRequest
from vitrine.surfaces.market.views.parcels import found_for, parcel_page_of

MOST = {"weight_g": 70_000, "length_cm": 300, "width_cm": 300, "height_cm": 300}


class NoSize(Refusal):
    """A parcel without a weight or a size."""

    code = "no_size"
    message = "Write weight and size in whole numbers: up to 70,000 grams and 300 centimetres."
    status = HTTPStatus.UNPROCESSABLE_ENTITY


@require_POST
@access.policy(access.MEMBER)
@at_most(Action.MESSAGE)
def postage(request: MemberRequest, slug: str, parcel_id: str) -> HttpResponse:
    """Ask what a label costs."""
    counter, found = found_for(request, slug, parcel_id)
    try:
        labelling.ask(found, _size(request), by=request.user, at=timezone.now())
    except Refusal as refusal:
        return _again(request, counter, found, refusal)
    return redirect("market:parcel", slug, parcel_id)


@require_POST
@access.policy(access.MEMBER)
@at_most(Action.MESSAGE)
def label(request: MemberRequest, slug: str, parcel_id: str) -> HttpResponse:
    """Buy a label at the rate that was chosen."""
    counter, found = found_for(request, slug, parcel_id)
    try:
        asked = Label.objects.filter(shipment=found).select_related("shipment__location").first()
        if asked is None:
            raise RateGone
        rate, now = request.POST.get("rate", ""), timezone.now()
        bought = labelling.buy(asked, rate, by=request.user, at=now)
    except Refusal as refusal:
        return _again(request, counter, found, refusal)
    if bought.state == LabelState.BOUGHT:
        messages.success(request, gettext("Bought. Print the label and put it on the parcel."))
    elif bought.state == LabelState.BUYING:
        messages.warning(request, gettext("The label service is silent. We keep asking."))
    return redirect("market:parcel", slug, parcel_id)


def _size(request: MemberRequest) -> Size:
    """Read how heavy and how large a parcel is. Raises: NoSize."""
    found = {}
    for name, most in MOST.items():
        typed = request.POST.get(name, "").strip()
        if not (typed.isascii() and typed.isdigit() and len(typed) < 7 and 0 < int(typed) <= most):
            raise NoSize
        found[name] = int(typed)
    return Size(**found)


def _again(
    request: MemberRequest, counter: Counter, found: Shipment, refusal: Refusal
) -> HttpResponse:
    if wants_json(request):
        raise refusal
    return parcel_page_of(request, counter, found, refusal)
