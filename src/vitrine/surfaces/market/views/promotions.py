"""A shop's promotions and codes: offered, counted, ended."""

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from vitrine.accounts.limits import Action
from vitrine.accounts.views import at_most
from vitrine.kernel.errors import Refusal
from vitrine.orders import offering
from vitrine.orders.models import Promotion
from vitrine.sovereignty import access
from vitrine.sovereignty.cell import this_cell
from vitrine.surfaces.market import scope
from vitrine.surfaces.market.promotion_form import PromotionForm
from vitrine.surfaces.market.scope import MemberRequest
from vitrine.surfaces.market.typed import typed

MOST_SHOWN = 100


@require_http_methods(["GET", "POST"])
@access.policy(access.MEMBER)
@at_most(Action.WRITE)
def listing(request: MemberRequest, slug: str) -> HttpResponse:
    """Show a shop's promotions; POST offers one more. Queries: 3."""
    counter = scope.counter(request, slug, scope.OWNER)
    now = timezone.now()
    form = PromotionForm(
        typed(request), today=now.astimezone(ZoneInfo(this_cell().time_zone)).date()
    )
    if request.method == "POST" and form.is_valid():
        try:
            offering.offer(form.terms(), merchant=counter.merchant, at=now)
        except Refusal as refusal:
            form.add_error("code", refusal.text)
        else:
            messages.success(request, gettext("It counts from now on."))
            return redirect("market:promotions", slug)
    mine = Promotion.objects.filter(merchant=counter.merchant).prefetch_related("vouchers")
    context = {
        "counter": counter,
        "here": "promotions",
        "form": form,
        "promotions": [(one, one.is_over(now)) for one in mine.order_by("-pk")[:MOST_SHOWN]],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "market/promotions.html", context, status=status)


@require_POST
@access.policy(access.MEMBER)
def end(request: MemberRequest, slug: str, promotion_id: str) -> HttpResponse:
    """Let a promotion count no more; purchases that had it keep it."""
    counter = scope.counter(request, slug, scope.OWNER)
    found = get_object_or_404(Promotion, merchant=counter.merchant, public_id=promotion_id)
    found.end(at=timezone.now())
    return redirect("market:promotions", slug)
