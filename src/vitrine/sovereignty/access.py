"""Access policies: who may call a URL. Declared at the view, enforced and checked.

An endpoint without one fails the build (``checks.py``); a test walks role × endpoint ×
ownership and compares what happens with what is declared.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import quote

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.urls import URLPattern, URLResolver, get_resolver

from vitrine.kernel import errors
from vitrine.kernel.asked import wants_fragment
from vitrine.kernel.errors import problem, wants_json

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class Policy(StrEnum):
    """Who may call. OWNER, MEMBER, HOLDER: the view's scope narrows it, strangers get 404."""

    ANYONE = "anyone"
    PERSON = "a signed-in person"
    OWNER = "the owner of the thing"
    MEMBER = "a member of the merchant"
    HOLDER = "whoever holds the link or token"
    STAFF = "the operator's staff"
    MODERATOR = "a moderator"
    TOKEN = "a program with a token"  # noqa: S105 (whom it lets in, not a secret)


ANYONE, PERSON, OWNER, MEMBER, HOLDER, STAFF, MODERATOR, TOKEN = Policy

_SIGNED_IN = {PERSON, OWNER, MEMBER, STAFF, MODERATOR}


def policy(declared: Policy) -> Callable[[View], View]:
    """Declare and enforce who may call a view; a person who must sign in keeps the way back."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if declared in _SIGNED_IN and not request.user.is_authenticated:
                return _sign_in_first(request)
            if declared is STAFF and not request.user.is_staff:
                raise Http404
            if declared is MODERATOR and not getattr(request.user, "is_moderator", False):
                raise Http404
            return view(request, *args, **kwargs)

        guarded.access_policy = declared  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    if wants_json(request):
        return problem(
            HTTPStatus.UNAUTHORIZED, code="sign_in_first", detail="Sign in first, then try again."
        )
    is_part = wants_fragment(request)
    is_page = request.method == "GET" and not is_part
    back = request.get_full_path() if is_page else _referring_page(request)
    url = f"{settings.LOGIN_URL}?next={quote(back)}"
    if is_part:
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a failed CSRF check.

    A script whose person is signed out learns that: it is what they can mend, and the page stays.
    """
    declared = getattr(request.resolver_match.func, "access_policy", None)  # type: ignore[union-attr]
    in_page = wants_fragment(request) or wants_json(request)
    if in_page and declared in _SIGNED_IN and not request.user.is_authenticated:
        return _sign_in_first(request)
    return errors.csrf_failure(request, reason)


def _referring_page(request: HttpRequest) -> str:
    origin = f"{request.scheme}://{request.get_host()}"
    referrer = request.headers.get("Referer", "")
    return referrer.removeprefix(origin) if referrer.startswith(origin + "/") else "/"


BORROWED_POLICIES: dict[str, Policy] = {
    "allauth.": ANYONE,
    "django.views.i18n.": ANYONE,
}
"""Policies of libraries' views, by module prefix. The library guards its own pages."""


@dataclass(frozen=True)
class Endpoint:
    """One URL of the project. policy: None where none is declared."""

    pattern: str
    name: str
    view: str
    policy: Policy | None


def endpoints() -> Iterator[Endpoint]:
    """Yield every URL of the project with its policy."""
    yield from _walk(get_resolver().url_patterns, "/", "")


def _walk(patterns: list[Any], prefix: str, namespace: str) -> Iterator[Endpoint]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, path, inner)
        elif isinstance(pattern, URLPattern):
            yield Endpoint(
                path, f"{namespace}{pattern.name or ''}", _name(pattern), _policy(pattern)
            )


def _name(pattern: URLPattern) -> str:
    callback: Any = getattr(pattern.callback, "view_class", pattern.callback)
    return f"{callback.__module__}.{getattr(callback, '__qualname__', type(callback).__name__)}"


def _policy(pattern: URLPattern) -> Policy | None:
    declared: Policy | None = getattr(pattern.callback, "access_policy", None)
    if declared is not None:
        return declared
    name = _name(pattern)
    return next((p for prefix, p in BORROWED_POLICIES.items() if name.startswith(prefix)), None)
