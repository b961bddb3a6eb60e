"""Sending something back, as the buyer does it: also a guest, by the link of the purchase."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from vitrine.kernel.errors import Refusal, wants_json
from vitrine.orders import exchanging, returning
from vitrine.orders.models import Order, OrderGroup, ReturnReason
from vitrine.sovereignty import access
from vitrine.surfaces.shop import holding
from vitrine.surfaces.shop.return_form import ReturnForm


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.HOLDER)
def returns(request: HttpRequest, group_id: str, order_id: str) -> HttpResponse:
    """GET shows what can be sent back, POST asks the shop to take it."""
    group = holding.opened(request, group_id)
    order = _order(group, order_id)
    form = _form(order, request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return _page(request, order, form)
    if not form.is_valid():
        return _page(request, order, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        returning.ask(order, form.wish(), key=form.cleaned_data["key"], at=timezone.now())
    except Refusal as refusal:
        if wants_json(request):
            raise
        form.add_error(None, refusal.text)  # and what was typed stays
        return _page(request, order, form, status=refusal.status)
    messages.success(request, gettext("Asked. The shop answers here, and you get a mail."))
    return redirect(group)


@require_POST
@access.policy(access.HOLDER)
def withdrawal(request: HttpRequest, group_id: str, order_id: str) -> HttpResponse:
    """Send everything back, without a reason: where the shop's terms say so."""
    group = holding.opened(request, group_id)
    order, key = _order(group, order_id), request.POST.get("key", "")[:40]
    returning.withdraw(order, key=key or f"withdrawal:{order.public_id}", at=timezone.now())
    messages.success(request, gettext("Done. Send it back; once it has arrived you get the money."))
    return redirect(group)


def _order(group: OrderGroup, order_id: str) -> Order:
    rows = group.orders.filter(placed_at__isnull=False).select_related("merchant", "fulfilment")
    return get_object_or_404(rows, public_id=order_id)


def _form(order: Order, typed: object) -> ReturnForm:
    """Return the form for what can still be sent back. Queries: 8, and 1 for each line."""
    now = timezone.now()
    left = returning.left_units(order)
    lines = order.lines.select_related("variant__product").order_by("pk")
    rows = [
        (line, left[line.pk], exchanging.choices(line, at=now)) for line in lines if left[line.pk]
    ]
    return ReturnForm(typed, lines=rows, has_account=order.group.buyer_id is not None)


def _page(
    request: HttpRequest, order: Order, form: ReturnForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    now = timezone.now()
    ends = returning.until(order, fault=True)
    context = {
        "order": order,
        "form": form,
        "is_over": ends is None or now >= ends or not form.lines,
        "until": ends,
        "free_until": returning.until(order, fault=False),
        "reasons": ReturnReason,
    }
    return render(request, "shop/return.html", context, status=status)
