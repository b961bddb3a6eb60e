"""The platform's promotions, for the operator's staff: offered, changed, ended, and what they cost.

The platform bears them: shops are made good for what they take off.
"""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from vitrine.accounts.signed_in import SignedInRequest
from vitrine.kernel.errors import Refusal
from vitrine.orders import offering, promotion_page
from vitrine.orders.models import Promotion
from vitrine.orders.promotion_form import PromotionForm
from vitrine.sovereignty import access


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.STAFF)
def listing(request: SignedInRequest) -> HttpResponse:
    """Show the platform's promotions with what they took off; POST offers one more. Queries: 5."""
    now = timezone.now()
    form = PromotionForm(_typed(request), at=now)
    if form.is_valid():
        try:
            offering.offer(form.terms(), merchant=None, at=now)
        except Refusal as refusal:
            form.add_error("code", refusal.text)
        else:
            messages.success(request, gettext("It counts from now on."))
            return redirect("desk:promotions")
    return _page(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.STAFF)
def promotion(request: SignedInRequest, promotion_id: str) -> HttpResponse:
    """Show one to change; POST lets it give something else from now on."""
    found = _found(promotion_id)
    form = PromotionForm(_typed(request), at=timezone.now(), of=found)
    if form.is_valid():
        try:
            offering.change(found, form.terms(), at=timezone.now())
        except Refusal as refusal:
            form.add_error(None, refusal.text)
        else:
            messages.success(request, gettext("It counts like this from now on."))
            return redirect("desk:promotions")
    return _page(request, form)


@require_POST
@access.policy(access.STAFF)
def end(request: SignedInRequest, promotion_id: str) -> HttpResponse:
    """Let a promotion count no more; purchases that had it keep it."""
    _found(promotion_id).end(at=timezone.now())
    return redirect("desk:promotions")


def _typed(request: SignedInRequest) -> object:
    return request.POST if request.method == "POST" else None


def _found(promotion_id: str) -> Promotion:
    mine = Promotion.objects.filter(merchant=None).prefetch_related("vouchers")
    return get_object_or_404(mine, public_id=promotion_id)


def _page(request: SignedInRequest, form: PromotionForm) -> HttpResponse:
    context = promotion_page.of_platform(form, at=timezone.now())
    status = 422 if form.is_bound else 200
    return render(request, "desk/promotions.html", context, status=status)
