"""What every request passes before a view sees it: whose address it has, and what it may carry."""

from collections.abc import Callable, Iterable
from functools import cache
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any, ClassVar

from csp.constants import HEADER
from csp.middleware import CheckableLazyObject, CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.contrib.messages import get_messages
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.messages.storage import default_storage
from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware import csrf
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject, empty

from vitrine.kernel import chance
from vitrine.kernel.errors import Refusal, refusal_response

Next = Callable[[HttpRequest], HttpResponse]

# Django asks the system for each of the 64 letters of a visitor's first page, and each time the
# other threads of the process go first.
vars(csrf)["get_random_string"] = chance.letters


class BadCharacter(Refusal):
    """Text with a NUL, which no database takes and nobody types."""

    code = "bad_character"
    message = "There is a character in this request that cannot be stored (NUL). Take it out."
    status: ClassVar[int] = HTTPStatus.BAD_REQUEST


class NulMiddleware:
    """Refuse a NUL in the address, a cookie or a form: Postgres would, as an error of ours.

    It stands before whatever reads the session, whose key is a cookie.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if has_nul(request):
            return refusal_response(request, BadCharacter())
        return self.get_response(request)


class ContentPolicyMiddleware(CSPMiddleware):
    """Send the policy of what a page may load, written once where nothing is special about it."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Set the header."""
        is_special = getattr(request, "_csp_nonce", None) is not None
        if is_special or any(name.startswith("_csp") for name in vars(response)) or settings.DEBUG:
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, _usual_policy())
        vars(request)["csp_nonce"] = CheckableLazyObject(self._csp_nonce_post_response)
        return response


@cache
def _usual_policy() -> str:
    return build_policy()


class LanguageMiddleware:
    """Speak a visitor's language: that of their cookie, or of their browser.

    Django's also looks for it in each address, before and after the page; none of ours has it.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = translation.get_language_from_request(request)
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()
        response = self.get_response(request)
        patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", translation.get_language())
        return response


class NewsMiddleware(MessageMiddleware):
    """Have messages from one page to the next, where a page looks for them or leaves one."""

    def process_request(self, request: HttpRequest) -> None:
        """Find them when they are asked for: most answers draw no page."""
        vars(request)["_messages"] = SimpleLazyObject(lambda: default_storage(request))

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Keep what is left of them."""
        return super().process_response(request, response) if _is_found(request) else response


def news_of(request: HttpRequest) -> Iterable[Message]:
    """Return the messages for a page; for most there is no cookie that could have brought any."""
    kept = {CookieStorage.cookie_name, settings.SESSION_COOKIE_NAME}
    if _is_found(request) or not kept.isdisjoint(request.COOKIES):
        return get_messages(request)
    return ()


def _is_found(request: HttpRequest) -> bool:
    found: Any = vars(request).get("_messages")
    return found is not None and found._wrapped is not empty


class ProxyMiddleware:
    """Behind proxies that we trust, take the visitor's address from what they say.

    The last address in X-Forwarded-For that is not a trusted proxy's: what stands before it, a
    visitor could have written. Limits on guessing count by it.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        told = request.META.get("HTTP_X_FORWARDED_FOR")
        if told is None:
            return self.get_response(request)
        said = told.split(",")
        address = request.META.get("REMOTE_ADDR", "")
        while said and _is_trusted(address):
            address = said.pop().strip()
        if _is_address(address):
            request.META["REMOTE_ADDR"] = address
        return self.get_response(request)


def has_nul(request: HttpRequest) -> bool:
    """Tell whether there is a NUL in the address, a cookie or a form."""
    if any("\0" in text for text in (request.path, *request.COOKIES.values())):
        return True
    if "%00" in request.META.get("QUERY_STRING", ""):
        return True
    if request.content_type == "application/json":
        return b"\\u0000" in request.body
    forms = ("application/x-www-form-urlencoded", "multipart/form-data")
    if request.method != "POST" or request.content_type not in forms:
        return False
    return any("\0" in text for _, texts in request.POST.lists() for text in texts)


def _is_trusted(address: str) -> bool:
    return _is_address(address) and any(
        ip_address(address) in network for network in settings.VITRINE_TRUSTED_PROXIES
    )


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
