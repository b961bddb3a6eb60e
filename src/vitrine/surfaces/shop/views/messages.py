"""What a buyer and a shop write to each other about an order, as the buyer sees it."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from vitrine.accounts import limits
from vitrine.kernel.errors import Refusal, told_when, wants_json
from vitrine.orders.models import Message, Order, OrderGroup, Side
from vitrine.safety import talking
from vitrine.sovereignty import access
from vitrine.surfaces.shop import holding, offer
from vitrine.surfaces.shop.talk_forms import MessageForm


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.HOLDER)
def thread(request: HttpRequest, group_id: str, order_id: str) -> HttpResponse:
    """GET shows the thread of an order and notes it as read, POST writes to its shop."""
    group = holding.opened(request, group_id)
    if "key" in request.GET:
        holding.hold(request, group)
        return redirect("shop:messages", group_id, order_id)
    rows = group.orders.filter(placed_at__isnull=False).select_related("merchant", "group")
    order = get_object_or_404(rows, public_id=order_id)
    if request.method == "POST":
        return _write(request, group, order)
    Message.read(order, by=Side.BUYER, at=timezone.now())
    return _page(request, order, MessageForm(), HTTPStatus.OK)


def _write(request: HttpRequest, group: OrderGroup, order: Order) -> HttpResponse:
    form, now = MessageForm(request.POST), timezone.now()
    if not form.is_valid():
        return _page(request, order, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        limits.spend(group.public_id, limits.Action.MESSAGE, is_new=True, at=now)
        person = offer.person_of(request)
        talking.write(order, form.cleaned_data["text"], side=Side.BUYER, by=person, at=now)
    except Refusal as refusal:
        if wants_json(request):
            raise
        form.add_error("text", refusal.text)  # and what was typed stays
        return told_when(_page(request, order, form, refusal.status), refusal)
    return redirect("shop:messages", group.public_id, order.public_id)


def _page(request: HttpRequest, order: Order, form: MessageForm, status: int) -> HttpResponse:
    said = order.messages.read_by(Side.BUYER).select_related("author")
    context = {"order": order, "said": said, "form": form, "side": Side.BUYER}
    return render(request, "shop/messages.html", context, status=status)
