"""A shop's promotions and codes: offered, changed, ended."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from vitrine.accounts.limits import Action
from vitrine.accounts.views import at_most
from vitrine.kernel.errors import Refusal
from vitrine.orders import offering, promotion_page
from vitrine.orders.models import Promotion
from vitrine.orders.promotion_form import PromotionForm
from vitrine.sovereignty import access
from vitrine.surfaces.market import scope
from vitrine.surfaces.market.scope import Counter, MemberRequest
from vitrine.surfaces.market.typed import typed


@require_http_methods(["GET", "POST"])
@access.policy(access.MEMBER)
@at_most(Action.WRITE)
def listing(request: MemberRequest, slug: str) -> HttpResponse:
    """Show a shop's promotions; POST offers one more. Queries: 3."""
    counter = scope.counter(request, slug, scope.OWNER)
    now = timezone.now()
    form = PromotionForm(typed(request), at=now)
    if form.is_valid():
        try:
            offering.offer(form.terms(), merchant=counter.merchant, at=now)
        except Refusal as refusal:
            form.add_error("code", refusal.text)
        else:
            messages.success(request, gettext("It counts from now on."))
            return redirect("market:promotions", slug)
    return _page(request, counter, form)


@require_http_methods(["GET", "POST"])
@access.policy(access.MEMBER)
@at_most(Action.WRITE)
def promotion(request: MemberRequest, slug: str, promotion_id: str) -> HttpResponse:
    """Show one to change; POST lets it give something else from now on."""
    counter = scope.counter(request, slug, scope.OWNER)
    found = _found(counter, promotion_id)
    form = PromotionForm(typed(request), at=timezone.now(), of=found)
    if form.is_valid():
        try:
            offering.change(found, form.terms(), at=timezone.now())
        except Refusal as refusal:
            form.add_error(None, refusal.text)
        else:
            messages.success(request, gettext("It counts like this from now on."))
            return redirect("market:promotions", slug)
    return _page(request, counter, form)


@require_POST
@access.policy(access.MEMBER)
def end(request: MemberRequest, slug: str, promotion_id: str) -> HttpResponse:
    """Let a promotion count no more; purchases that had it keep it."""
    counter = scope.counter(request, slug, scope.OWNER)
    _found(counter, promotion_id).end(at=timezone.now())
    return redirect("market:promotions", slug)


def _found(counter: Counter, promotion_id: str) -> Promotion:
    mine = Promotion.objects.filter(merchant=counter.merchant).prefetch_related("vouchers")
    return get_object_or_404(mine, public_id=promotion_id)


def _page(request: MemberRequest, counter: Counter, form: PromotionForm) -> HttpResponse:
    context = {
        "counter": counter,
        "here": "promotions",
        **promotion_page.of_merchant(counter.merchant, form, at=timezone.now()),
    }
    status = 422 if form.is_bound else 200
    return render(request, "market/promotions.html", context, status=status)
