"""What no view has to think of: NULs, methods that are not allowed, and proxies in between."""

import json
from collections.abc import Callable
from ipaddress import ip_network

import pytest
from django.contrib import messages
from django.contrib.messages.api import get_messages
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation
from pytest_django import Settings

from tests import make
from vitrine.kernel.errors import PROBLEM_TYPE
from vitrine.kernel.requests import (
    LanguageMiddleware,
    NewsMiddleware,
    ProxyMiddleware,
    news_of,
)

pytestmark = pytest.mark.django_db

PLACES = [
    ("get", "/?clip=%00", {}),
    ("get", "/@no%00body", {}),
    ("get", "/cart?cursor=a%00b", {}),
    ("get", "/v/%00", {}),
    ("post", "/account/login/", {"login": "a\0@example.org", "password": "x"}),
    ("post", "/account/signup/", {"email": "a@example.org", "handle": "a\0b", "password1": "x"}),
]


@pytest.mark.parametrize("method, address, form", PLACES)
def test_a_nul_is_refused_with_a_sentence(method: str, address: str, form: dict[str, str]) -> None:
    page = getattr(Client(), method)(address, form)

    assert page.status_code == 400
    assert "NUL" in page.content.decode()


@pytest.mark.parametrize("url", ["/", "/cart", "/account/", "/nothing-here"])
def test_a_nul_in_the_session_s_cookie_is_refused_as_safely_as_any_page(url: str) -> None:
    answer = Client().get(url, headers={"Cookie": 'sessionid="abcdefgh\\000ijkl"'})

    assert answer.status_code == 400
    assert "NUL" in answer.content.decode()
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_a_nul_in_json_is_refused_with_a_problem() -> None:
    answer = Client().post(
        "/watches",
        data=json.dumps({"clip": "a\0b"}),
        content_type="application/json",
        headers={"Accept": "application/json"},
    )

    assert answer.status_code == 400
    assert answer["Content-Type"] == PROBLEM_TYPE
    assert answer.json()["code"] == "bad_character"


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_a_method_that_is_not_allowed_is_answered_in_words(accept: str) -> None:
    clip = make.clip()

    answer = Client().post(f"/v/{clip.public_id}", headers={"Accept": accept})

    assert answer.status_code == 405
    assert "GET" in answer["Allow"]
    assert "does not take that kind of request" in answer.content.decode()
    assert (answer["Content-Type"] == PROBLEM_TYPE) is (accept == "application/json")


@pytest.mark.parametrize(
    "peer, said, address",
    [
        ("10.0.0.7", "198.51.100.9", "198.51.100.9"),
        ("10.0.0.7", "203.0.113.5, 198.51.100.9, 10.0.0.8", "198.51.100.9"),
        ("10.0.0.7", "", "10.0.0.7"),
        ("10.0.0.7", "nonsense", "10.0.0.7"),
        ("192.0.2.1", "198.51.100.9", "192.0.2.1"),
        ("", "198.51.100.9", ""),
    ],
)
def test_only_a_trusted_proxy_says_who_the_visitor_is(
    settings: Settings, peer: str, said: str, address: str
) -> None:
    settings.VITRINE_TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    seen: list[str] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    headers = {"X-Forwarded-For": said} if said else {}
    ProxyMiddleware(view)(RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer))

    assert seen == [address]


def test_a_message_that_a_page_leaves_is_there_on_the_next_one() -> None:
    def leave(request: HttpRequest) -> HttpResponse:
        messages.success(request, "Saved.")
        return HttpResponse()

    def show(request: HttpRequest) -> HttpResponse:
        return HttpResponse(", ".join(str(one) for one in get_messages(request)))

    left = passed(leave)
    shown = passed(show, cookie=left.cookies["messages"].value)

    assert shown.content == b"Saved."
    assert shown.cookies["messages"].value == ""


def test_an_answer_that_asks_for_no_messages_leaves_them_for_the_next_page() -> None:
    answer = passed(lambda _: HttpResponse(), cookie="whatever")

    assert not answer.cookies


def test_a_page_speaks_the_language_of_the_cookie_before_that_of_the_browser() -> None:
    def say(request: HttpRequest) -> HttpResponse:
        return HttpResponse(translation.get_language())

    request = RequestFactory().get("/", headers={"accept-language": "es"})
    with translation.override(None):
        of_browser = LanguageMiddleware(say)(request)
        request.COOKIES["language"] = "de"
        of_cookie = LanguageMiddleware(say)(request)

    assert (of_browser.content, of_cookie.content) == (b"es", b"de")
    assert (of_cookie["Content-Language"], of_cookie["Vary"]) == ("de", "Accept-Language")


def passed(page: Callable[[HttpRequest], HttpResponse], *, cookie: str = "") -> HttpResponse:
    request = RequestFactory().get("/")
    vars(request)["session"] = {}
    if cookie:
        request.COOKIES["messages"] = cookie
    answer = NewsMiddleware(page)(request)
    assert isinstance(answer, HttpResponse)
    return answer


def test_a_message_is_on_the_page_that_leaves_it() -> None:
    def leave_and_show(request: HttpRequest) -> HttpResponse:
        messages.success(request, "Saved.")
        return HttpResponse(", ".join(str(one) for one in news_of(request)))

    assert passed(leave_and_show).content == b"Saved."


@pytest.mark.parametrize("cookie", ["sessionid", "messages"])
def test_messages_are_only_looked_for_where_a_cookie_may_have_brought_some(cookie: str) -> None:
    seen: list[bool] = []

    def look(request: HttpRequest) -> HttpResponse:
        seen.append(news_of(request) == ())
        return HttpResponse()

    bare, known = RequestFactory().get("/"), RequestFactory().get("/")
    known.COOKIES[cookie] = "x"
    for request in (bare, known):
        vars(request)["session"] = {}
        NewsMiddleware(look)(request)

    assert seen == [True, False]
