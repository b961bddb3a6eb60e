"""What a buyer's bank takes back of an order: answered, once."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from vitrine.accounts.limits import Action
from vitrine.accounts.views import at_most
from vitrine.kernel import text
from vitrine.kernel.errors import Refusal, wants_json
from vitrine.orders import disputes
from vitrine.orders.models import Dispute
from vitrine.orders.payment.provider import OutcomeUnknown
from vitrine.sovereignty import access
from vitrine.surfaces.market import scope
from vitrine.surfaces.market.scope import MemberRequest
from vitrine.surfaces.market.views.orders import order_page_of

MOST = 20_000


class NotHandedIn(Refusal):
    """What was typed is too long, or the provider did not answer."""

    code = "evidence_not_handed_in"
    message = "The bank has not answered. Hand it in again, in the same words."
    status = HTTPStatus.UNPROCESSABLE_ENTITY


@require_POST
@access.policy(access.MEMBER)
@at_most(Action.MESSAGE)
def answer(request: MemberRequest, slug: str, dispute_id: str) -> HttpResponse:
    """Hand what a shop has to say to the buyer's bank."""
    counter = scope.counter(request, slug, scope.GIVING_BACK)
    mine = Dispute.objects.filter(order__merchant=counter.merchant).select_related("order")
    dispute = get_object_or_404(mine, public_id=dispute_id)
    try:
        _hand_in(dispute, request)
    except Refusal as refusal:
        if wants_json(request):
            raise
        return order_page_of(request, counter, dispute.order.public_id, refusal)
    messages.success(request, gettext("Handed in. Now the buyer’s bank decides."))
    return redirect("market:order", slug, dispute.order.public_id)


def _hand_in(dispute: Dispute, request: MemberRequest) -> None:
    """Raises: NotHandedIn, AnsweredAlready, ProviderRefused."""
    words = text.lines(request.POST.get("evidence", "")).strip()
    if len(words) > MOST:
        raise NotHandedIn(gettext("Write {most} letters at most.").format(most=f"{MOST:,}"))
    try:
        disputes.answer(dispute, words, by=request.user, at=timezone.now())
    except OutcomeUnknown:
        raise NotHandedIn from None
