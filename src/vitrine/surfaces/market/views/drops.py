"""What a shop sells as a drop: announced, watched, ended."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from vitrine.orders import dropping
from vitrine.orders.models import Drop
from vitrine.sovereignty import access
from vitrine.surfaces.market import scope
from vitrine.surfaces.market.drop_form import DropForm
from vitrine.surfaces.market.scope import MemberRequest
from vitrine.surfaces.market.typed import typed

LISTED = 20


@require_http_methods(["GET", "POST"])
@access.policy(access.MEMBER)
def listing(request: MemberRequest, slug: str) -> HttpResponse:
    """List the shop's drops with how far each is; POST announces one. Queries: 4."""
    counter, now = scope.counter(request, slug, scope.CATALOGUE), timezone.now()
    form = DropForm(typed(request), merchant=counter.merchant, at=now)
    if request.method == "POST" and form.is_valid():
        try:
            dropping.announce(**form.terms(), at=now)
        except dropping.AlreadyDropped as refusal:
            form.add_error("product", refusal.text)
        else:
            messages.success(request, gettext("Announced. Until it is over, it is sold in turn."))
            return redirect("market:drops", slug)
    sold = Count("places", Q(places__used_at__isnull=False))
    rows = Drop.objects.filter(product__merchant=counter.merchant).select_related("product")
    drops = rows.annotate(came=Count("places"), sold=sold).order_by("-starts_at", "-pk")[:LISTED]
    context = {"counter": counter, "here": "drops", "form": form, "drops": drops, "now": now}
    return render(request, "market/drops.html", context, status=422 if form.errors else 200)


@require_POST
@access.policy(access.MEMBER)
def ending(request: MemberRequest, slug: str, drop_id: str) -> HttpResponse:
    """End a drop: what is left is sold as everything else is."""
    counter = scope.counter(request, slug, scope.CATALOGUE)
    rows = Drop.objects.filter(product__merchant=counter.merchant)
    dropping.end(get_object_or_404(rows, public_id=drop_id), at=timezone.now())
    messages.success(request, gettext("Ended."))
    return redirect("market:drops", slug)
