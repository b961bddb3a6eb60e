"""Answer beacons without what a page needs: most requests are theirs, and they show nothing.

The view and its policy are the usual ones, as are the checks of scheme, of host, of what cannot be
stored and of where a form comes from, and the headers that each answer has; left out are languages,
messages, fragments, the search for the address, and the session of who has none. Whatever is not in
order goes the usual way, which says so. Source: docs/adr/0094-noted-together.md.
"""

import binascii
from collections.abc import Callable, Sequence
from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.security import SecurityMiddleware
from django.utils.datastructures import MultiValueDict

from vitrine.accounts import signed_in
from vitrine.accounts.sessions import StayingMiddleware
from vitrine.feed import noting, views
from vitrine.kernel.batching import Batcher
from vitrine.kernel.requests import ContentPolicyMiddleware, has_nul

PATH = "/watches/"
MOST_FIELDS = 8

Next = Callable[[HttpRequest], HttpResponse]


class _Tacit(CsrfViewMiddleware):
    """Django's check, which leaves it to the usual way to tell of a form from elsewhere."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        return HttpResponse(status=HTTPStatus.FORBIDDEN)


class BeaconMiddleware:
    """Stands before all that other answers need, and gives its own the same headers."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        self._security = SecurityMiddleware(get_response)
        self._framing = XFrameOptionsMiddleware(get_response)
        self._policy = ContentPolicyMiddleware(get_response)
        self._session = StayingMiddleware(get_response)
        self._csrf = _Tacit(get_response)
        self._signed_in = AuthenticationMiddleware(get_response)
        self._headers: dict[bool, dict[str, str]] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info != PATH or request.method != "POST":
            return self.get_response(request)
        with noting.coming():
            answer = self._answer(request)
        return answer or self.get_response(request)

    def _answer(self, request: HttpRequest) -> HttpResponse | None:
        read_form(request)
        if self._security.process_request(request) is not None or has_nul(request):
            return None
        request.get_host()  # refuses the names of others
        is_known = settings.SESSION_COOKIE_NAME in request.COOKIES
        if is_known:
            self._session.process_request(request)
        if self._csrf.process_view(request, views.watches, (), {}) is not None:
            return None
        if is_known:
            self._signed_in.process_request(request)
            _KNOWING.ask(request)
        else:
            request.user = AnonymousUser()
        answer = views.watches(request)
        if answer.status_code != HTTPStatus.NO_CONTENT:
            return None
        for name, value in self._usual_headers(request).items():
            answer.headers.setdefault(name, value)
        return self._session.process_response(request, answer) if is_known else answer

    def _usual_headers(self, request: HttpRequest) -> dict[str, str]:
        """Return what other answers get from those who stand behind this, made once a scheme."""
        is_secure = request.is_secure()
        if is_secure not in self._headers:
            empty = HttpResponse(status=HTTPStatus.NO_CONTENT)
            for one in (self._policy, self._framing, self._security):
                one.process_response(request, empty)
            self._headers[is_secure] = dict(empty.headers)
        return self._headers[is_secure]


def _know_all(requests: Sequence[HttpRequest]) -> Sequence[None]:
    signed_in.know(requests)
    return [None] * len(requests)


_KNOWING: Batcher[HttpRequest, None] = Batcher(_know_all, gathers=True)
"""Who sends the beacons of one moment is read with two statements, for all of them."""


def read_form(request: HttpRequest) -> None:
    """Read a form of a few fields a tenth as dear as Django, where a browser wrote it."""
    if request.content_type != "application/x-www-form-urlencoded":
        return
    charset = (request.content_params or {}).get("charset", "utf-8")
    pairs = [pair for pair in request.body.split(b"&") if pair]
    if len(pairs) > MOST_FIELDS or charset.lower() != "utf-8":
        return
    form: dict[str, list[str]] = {}
    for pair in pairs:
        name, _, value = pair.partition(b"=")
        form.setdefault(_decoded(name), []).append(_decoded(value))
    vars(request).update(_post=MultiValueDict(form), _files=MultiValueDict())


def _decoded(text: bytes) -> str:
    """Undo the percent signs, in C: but for its sign, mail writes odd bytes the same way.

    Python has no other decoder that is not a loop of its own, and a beacon is mostly quotes.
    """
    quoted = text.replace(b"=", b"=3D").replace(b"%", b"=").replace(b"+", b" ")
    return binascii.a2b_qp(quoted).decode("utf-8", "replace")
