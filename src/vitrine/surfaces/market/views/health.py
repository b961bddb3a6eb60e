"""How well a shop serves its buyers: each score with its sum."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from vitrine.orders import health
from vitrine.sovereignty import access
from vitrine.surfaces.market import scope
from vitrine.surfaces.market.health_page import told
from vitrine.surfaces.market.scope import MemberRequest


@require_GET
@access.policy(access.MEMBER)
def scores(request: MemberRequest, slug: str) -> HttpResponse:
    """Show each score with what it counts, its threshold and the very orders. Queries: 4."""
    counter = scope.counter(request, slug, scope.ORDERS)
    found = health.of(counter.merchant, at=timezone.now())
    context = {"counter": counter, "here": "health", "health": found, "scores": told(found)}
    return render(request, "market/health.html", context)
