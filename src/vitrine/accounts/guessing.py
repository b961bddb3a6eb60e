"""django-axes against guessing: what it counts by, and what a locked-out person is told."""

from datetime import timedelta
from http import HTTPStatus
from math import ceil
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext

from vitrine.accounts import addresses
from vitrine.kernel.errors import problem, wants_json

COOL_OFF = timedelta(hours=settings.AXES_COOLOFF_TIME)


def guessed_account(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Name the account that a guess is about: a keyed digest, so that no address is stored.

    allauth passes the address as "email"; axes itself, after a log-in, under its own name.
    """
    given = credentials or {}
    return addresses.digest(
        given.get("email") or given.get("login") or request.POST.get("login") or ""
    )


def nobody(*args: Any) -> str:
    """Describe a client in the log: not at all."""
    return "a client"


def locked_out(
    request: HttpRequest,
    response: HttpResponse | None = None,
    credentials: dict[str, Any] | None = None,
) -> HttpResponse:
    """Answer 429 and say when to try again. Queries: 1."""
    minutes = _minutes_left(request, credentials)
    sentence = ngettext(
        "Too many wrong passwords for this account. Try again in {minutes} minute.",
        "Too many wrong passwords for this account. Try again in {minutes} minutes.",
        minutes,
    ).format(minutes=minutes)
    if wants_json(request):
        answer: HttpResponse = problem(
            HTTPStatus.TOO_MANY_REQUESTS, code="locked_out", detail=sentence
        )
    else:
        answer = render(
            request,
            "account/locked_out.html",
            {"minutes": minutes, "sentence": sentence},
            status=HTTPStatus.TOO_MANY_REQUESTS,
        )
    answer["Retry-After"] = str(minutes * 60)
    return answer


def _minutes_left(request: HttpRequest, credentials: dict[str, Any] | None) -> int:
    attempted_at: Any = request.axes_attempt_time  # type: ignore[attr-defined]
    last_at = AccessAttempt.objects.filter(
        username=guessed_account(request, credentials),
        ip_address=request.axes_ip_address,  # type: ignore[attr-defined]
    ).aggregate(last=Max("attempt_time"))["last"]
    left: timedelta = (last_at or attempted_at) + COOL_OFF - attempted_at
    return max(1, ceil(left.total_seconds() / 60))
