"""Every error is a page for people and a problem document (RFC 9457) for programs."""

from typing import Any

import pytest
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from django.views.decorators.http import require_GET
from pytest_django import Settings

from vitrine.kernel.errors import PROBLEM_TYPE, Refusal
from vitrine.urls import handler400, handler403, handler404, handler500

pytestmark = pytest.mark.django_db

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

RAISED: dict[int, Exception] = {
    400: BadRequest("secret"),
    403: PermissionDenied("secret"),
    404: Http404("secret"),
    409: Refusal("The lamp is sold."),
    500: RuntimeError("secret"),
}


def raises(request: HttpRequest, status: int) -> HttpResponse:
    raise RAISED[status]


@require_GET
def only_get(request: HttpRequest) -> HttpResponse:
    return HttpResponse("got")


urlpatterns = [
    path("raises/405", only_get),
    path("raises/<int:status>", raises),
    path("", include("vitrine.urls")),
]


@pytest.fixture
def client(settings: Settings) -> Client:
    settings.ROOT_URLCONF = __name__
    return Client(raise_request_exception=False)


def ask(client: Client, status: int, accept: str) -> Any:
    send = client.post if status == 405 else client.get
    return send(f"/raises/{status}", headers={"Accept": accept})


STATUSES = {
    400: ("bad_request", "could not be understood"),
    403: ("forbidden", "You may not do that."),
    404: ("not_found", "There is nothing here."),
    405: ("method_not_allowed", "does not take that kind of request"),
    409: ("refused", "The lamp is sold."),
    500: ("error", "Something broke on our side"),
}


@pytest.mark.parametrize("status", STATUSES)
def test_a_person_gets_a_page_with_a_sentence_and_a_way_on(client: Client, status: int) -> None:
    page = ask(client, status, "text/html")

    html = page.content.decode()
    assert page.status_code == status
    assert page["Content-Type"].startswith("text/html")
    assert STATUSES[status][1] in html
    assert 'class="button primary" href="' in html
    assert "secret" not in html


@pytest.mark.parametrize("status", STATUSES)
def test_a_program_gets_a_problem_document(client: Client, status: int) -> None:
    answer = ask(client, status, "application/json")

    code, sentence = STATUSES[status]
    problem = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM_TYPE)
    assert problem["type"] == f"urn:vitrine:problem:{code}"
    assert (problem["status"], problem["code"]) == (status, code)
    assert sentence in problem["detail"]
    assert problem["title"]
    assert "secret" not in answer.content.decode()


def test_what_is_allowed_is_said_with_a_wrong_method(client: Client) -> None:
    for accept in ("text/html", "application/json"):
        assert ask(client, 405, accept)["Allow"] == "GET"
