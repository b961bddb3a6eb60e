"""What runs on time, for the operator's staff."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from procrastinate.contrib.django import app

from vitrine.accounts.signed_in import SignedInRequest
from vitrine.sovereignty import access
from vitrine.timers import standing


@require_safe
@access.policy(access.STAFF)
def timers(request: SignedInRequest) -> HttpResponse:
    """List every timer with its last run and its next turn, the late ones first. Queries: 2."""
    now = timezone.now()
    context = {"timers": standing.all_of(app, at=now), "workers": standing.workers_alive(at=now)}
    return render(request, "desk/timers.html", context)
