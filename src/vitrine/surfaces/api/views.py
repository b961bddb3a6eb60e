"""What every call of the API passes: a token in force, a pace, and for writes a key.

ninja reads, checks and writes JSON behind this door, and says what there is in OpenAPI.
"""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from vitrine.accounts import limits
from vitrine.accounts.limits import Action, Left, TooFast
from vitrine.kernel.errors import problem, refusal_response
from vitrine.programs.models import KeptAnswer, Token
from vitrine.programs.models.token import Answer, KeyUsed
from vitrine.sovereignty import access

READS = {"GET", "HEAD", "OPTIONS"}
KEY = re.compile(r"[\x21-\x7e]{8,80}\Z")
View = Callable[..., HttpResponse]


class ProgramRequest(HttpRequest):
    """A request with a token in force. at: when it came.

    told_once: fields of its answer that a repeat does not get, since nobody may keep them.
    """

    token: Token
    at: datetime
    told_once: tuple[str, ...] = ()


def door(view: View) -> View:
    """Let a view be called by whoever shows a token in force."""

    @csrf_exempt
    @wraps(view)
    def guarded(request: ProgramRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        now = timezone.now()
        token = Token.shown(request.headers.get("Authorization", ""), at=now)
        if token is None:
            return _who_are_you()
        try:
            left = limits.count(token.public_id, Action.PROGRAM, at=now)
        except TooFast as refusal:
            return _paced(refusal_response(request, refusal), refusal.left)
        request.token, request.at = token, now
        if request.method in READS:
            answer = view(request, *args, **kwargs)
        else:
            answer = _once(request, view, args, kwargs)
        return _paced(_told_methods(answer), left)

    guarded.access_policy = access.TOKEN  # type: ignore[attr-defined]
    return guarded


def _who_are_you() -> HttpResponse:
    answer = problem(
        HTTPStatus.UNAUTHORIZED,
        code="token_needed",
        detail="Show a token that is in force: Authorization: Bearer vtr_…",
    )
    answer["WWW-Authenticate"] = 'Bearer realm="vitrine"'
    return answer


def _once(request: ProgramRequest, view: View, args: Any, kwargs: Any) -> HttpResponse:
    """Do a write once for its key. What was refused did nothing, and may be tried again."""
    key = request.headers.get("Idempotency-Key", "")
    if not KEY.match(key):
        return problem(
            HTTPStatus.BAD_REQUEST,
            code="idempotency_key_needed",
            detail="Send an Idempotency-Key of 8 to 80 characters, a fresh one for each attempt.",
        )
    said = f"{request.method} {request.get_full_path()}\n".encode() + request.body
    digest = hashlib.sha256(said).digest()
    with transaction.atomic():
        try:
            before = KeptAnswer.begin(request.token, key, digest, at=request.at)
        except KeyUsed as refusal:
            return refusal_response(request, refusal)
        if before is not None:
            return _replayed(before)
        answer = view(request, *args, **kwargs)
        if answer.status_code >= 400:
            transaction.set_rollback(True)
        else:
            kept = Answer(answer.status_code, _to_keep(answer, getattr(request, "told_once", ())))
            KeptAnswer.keep(request.token, key, kept)
    return answer


def _to_keep(answer: HttpResponse, told_once: tuple[str, ...]) -> str:
    """Return what a repeat is answered: all of it, but what is told once."""
    if not told_once:
        return answer.content.decode()
    return json.dumps({**json.loads(answer.content), **dict.fromkeys(told_once)})


def _replayed(before: Answer) -> HttpResponse:
    kind = "application/json; charset=utf-8"
    answer = HttpResponse(before.body, status=before.status, content_type=kind)
    answer["Idempotent-Replayed"] = "true"
    return answer


def _told_methods(answer: HttpResponse) -> HttpResponse:
    """Turn ninja's plain "method not allowed" into a problem document."""
    if answer.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
        return answer
    told = problem(
        HTTPStatus.METHOD_NOT_ALLOWED,
        code="method_not_allowed",
        detail="This address does not take that kind of request.",
    )
    told["Allow"] = answer.get("Allow", "")
    return told


def _paced(answer: HttpResponse, left: Left | None) -> HttpResponse:
    """Say in the head how many calls are left. Source: draft-ietf-httpapi-ratelimit-headers."""
    if left is None:
        return answer
    answer["RateLimit-Policy"] = f'"token";q={left.most};w={left.window_s}'
    answer["RateLimit"] = f'"token";r={left.remaining};t={left.resets_s}'
    return answer
