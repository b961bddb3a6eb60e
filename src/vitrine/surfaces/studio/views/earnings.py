"""What a creator earned, and why it is what it is."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from vitrine.ads import sharing
from vitrine.ledger import accounts
from vitrine.sovereignty import access
from vitrine.sovereignty.cell import this_cell
from vitrine.surfaces.studio import earnings
from vitrine.surfaces.studio.page import CreatorRequest


@require_GET
@access.policy(access.PERSON)
def listing(request: CreatorRequest) -> HttpResponse:
    """Show what a creator has, by what, each sale, and ads. Queries: 8, or 10."""
    sales, cursor = earnings.sales(request.user, cursor=request.GET.get("after"))
    context = {
        "money": earnings.money(accounts.creator(request.user.public_id)),
        "by_clip": earnings.by_clip(request.user),
        "by_product": earnings.by_product(request.user),
        "sales": sales,
        "shared": list(sharing.of(request.user, at=timezone.now())),
        "next_cursor": cursor,
        "currency": this_cell().currency,
        "days": settings.VITRINE_COMMISSION_DAYS,
        "window": settings.VITRINE_ATTRIBUTION_DAYS,
    }
    return render(request, "studio/earnings.html", context)


@require_GET
@access.policy(access.OWNER)
def earned(request: CreatorRequest, commission_id: str) -> HttpResponse:
    """Explain every cent of one commission. Queries: 4."""
    one = earnings.one_of(request.user, commission_id)
    if one is None:
        raise Http404
    context = {
        "one": one,
        "sale": earnings.sale(one),
        "sums": earnings.sums(one),
        "course": earnings.course(one),
        "days": settings.VITRINE_COMMISSION_DAYS,
        "window": settings.VITRINE_ATTRIBUTION_DAYS,
    }
    return render(request, "studio/earned.html", context)
