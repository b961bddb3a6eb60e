"""Who watches: a person, or a visitor known only by a signed first-party cookie.

The cookie holds a random token and nothing about the visitor. It exists so that no clip is shown
twice, and is renewed by nothing but a visit.
"""

import secrets
from functools import lru_cache

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from vitrine.accounts.models import Person

COOKIE = "vitrine_visitor"
KEPT_SECONDS = 30 * 24 * 3600
BEGIN = "v_"
"""How the keys of visitors begin, and those of people never."""
_TOKEN_BYTES = 16
_signer = signing.Signer(salt="vitrine.feed.visitor")


def known(request: HttpRequest) -> str | None:
    """Return the viewer's key: a person's public id or a visitor's token; None for a stranger."""
    if isinstance(request.user, Person):
        return str(request.user.public_id)
    signed = request.COOKIES.get(COOKIE)
    return _unsigned(signed) if signed else None


@lru_cache(maxsize=4096)
def _unsigned(signed: str) -> str | None:
    """Return what this cell signed; a browser shows the same cookie at each request."""
    try:
        return str(_signer.unsign(signed))
    except signing.BadSignature:
        return None


def welcomed(request: HttpRequest) -> tuple[str, bool]:
    """Return the viewer's key and whether it is new, so that remember() must be called."""
    key = known(request)
    if key is not None:
        return key, False
    return f"{BEGIN}{secrets.token_urlsafe(_TOKEN_BYTES)}", True


def remember(response: HttpResponse, key: str) -> None:
    """Set the visitor's cookie."""
    response.set_cookie(
        COOKIE,
        _signer.sign(key),
        max_age=KEPT_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
