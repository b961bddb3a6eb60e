"""What buyers send back: answer, receive, look at it, and give the money back."""

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
from vitrine.orders import moving, returning
from vitrine.orders.models import MoveState, Return
from vitrine.orders.returning import Found
from vitrine.sovereignty import access
from vitrine.surfaces.market import scope
from vitrine.surfaces.market.scope import Counter, MemberRequest
from vitrine.surfaces.market.views.orders import order_page_of


class NoWords(Refusal):
    """Somebody who is refused is told why, and who may send it back where to."""

    code = "no_words"
    message = "Write to the buyer how to send it back, or why you do not take it."
    status = HTTPStatus.UNPROCESSABLE_ENTITY


@require_POST
@access.policy(access.MEMBER)
@at_most(Action.MESSAGE)
def answer(request: MemberRequest, slug: str, return_id: str) -> HttpResponse:
    """Take a return, or refuse it: in words that the buyer reads."""
    counter, of = _found(request, slug, return_id)
    words = text.lines(request.POST.get("answer", ""))[:500].strip()
    verb = returning.refuse if "refuse" in request.POST else returning.approve
    try:
        if not words:
            raise NoWords
        verb(of, words, by=request.user, at=timezone.now())
    except Refusal as refusal:
        return _again(request, counter, of, refusal)
    messages.success(request, gettext("Answered. The buyer is told."))
    return redirect("market:order", slug, of.order.public_id)


@require_POST
@access.policy(access.MEMBER)
def reception(request: MemberRequest, slug: str, return_id: str) -> HttpResponse:
    """Say that a return has arrived."""
    counter, of = _found(request, slug, return_id)
    try:
        returning.receive(of, by=request.user, at=timezone.now())
    except Refusal as refusal:
        return _again(request, counter, of, refusal)
    messages.success(request, gettext("Noted. Now look at it."))
    return redirect("market:order", slug, of.order.public_id)


@require_POST
@access.policy(access.MEMBER)
@at_most(Action.MESSAGE)
def settlement(request: MemberRequest, slug: str, return_id: str) -> HttpResponse:
    """Say what was found: what can be sold again is, and what came back is paid back."""
    counter, of = _found(request, slug, return_id)
    note = text.line(request.POST.get("note", ""))[:200]
    try:
        found = {one.line_id: _looked_at(request, one.pk) for one in of.lines.all()}
        key = returning.settle(of, found, note=note, by=request.user, at=timezone.now())
    except Refusal as refusal:
        return _again(request, counter, of, refusal)
    refused = key and moving.make(key, at=timezone.now()).state == MoveState.REFUSED
    if refused:
        messages.error(request, gettext("The bank refused to give the money back. Try again."))
    else:
        messages.success(request, gettext("Settled. The buyer is told."))
    return redirect("market:order", slug, of.order.public_id)


def _looked_at(request: MemberRequest, line_id: int) -> Found:
    """Read how many came and how many are good. Raises: MoreThanBought for no numbers."""
    typed = [request.POST.get(f"{name}-{line_id}", "0") or "0" for name in ("came", "restocked")]
    if not all(one.isascii() and one.isdigit() and len(one) < 6 for one in typed):
        raise returning.MoreThanBought(gettext("Write how many came, and how many are good."))
    return Found(*map(int, typed))


def _found(request: MemberRequest, slug: str, return_id: str) -> tuple[Counter, Return]:
    counter = scope.counter(request, slug, scope.ORDERS)
    rows = Return.objects.sold_by(counter.merchant).select_related("order")
    return counter, get_object_or_404(rows, public_id=return_id)


def _again(request: MemberRequest, counter: Counter, of: Return, refusal: Refusal) -> HttpResponse:
    if wants_json(request):
        raise refusal
    return order_page_of(request, counter, of.order.public_id, refusal)
