"""The short way of beacons: the same answers as by the usual one, and the same checks."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.http import HttpResponse, QueryDict
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from tests import make
from tests.feed.test_watches import event, visitor
from vitrine.accounts import signed_in
from vitrine.accounts.sessions import StayingMiddleware
from vitrine.feed import beacons, rejections
from vitrine.feed.models import Rejection, Viewing, Watch

FORM = "application/x-www-form-urlencoded"


def send(client: Client, *events: object, kind: str = FORM, **fields: str) -> HttpResponse:
    """Send a beacon as a browser does."""
    form = {"events": json.dumps(events), "unseen": "[]", **fields}
    return client.post("/watches/", urlencode(form), content_type=kind)  # type: ignore[return-value]


def is_short(answer: HttpResponse) -> bool:
    """Tell whether a beacon was answered by the short way: it speaks no language."""
    return "Content-Language" not in answer.headers


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [FORM, f"{FORM};charset=UTF-8"])
def test_a_beacon_in_order_goes_the_short_way(kind: str) -> None:
    clip, client = make.clip(), visitor()

    answer = send(client, event(clip, client), kind=kind)

    assert (answer.status_code, is_short(answer)) == (204, True)
    assert Viewing.objects.get().clip == clip
    assert answer.headers["Content-Security-Policy"]


@pytest.mark.django_db
@pytest.mark.parametrize("is_secure", [False, True])
def test_the_short_way_has_the_headers_of_the_usual_one(is_secure: bool, settings: Any) -> None:
    settings.SECURE_HSTS_SECONDS = 600
    client = visitor()

    short: Any = client.post("/watches/", {"unseen": "[]"}, secure=is_secure)
    usual: Any = client.post("/watches/", {"events": "[1]"}, secure=is_secure)

    assert (is_short(short), is_short(usual)) == (True, False)
    assert ("Strict-Transport-Security" in short.headers) is is_secure
    of_pages = {"Content-Type", "Content-Length", "Content-Language", "Vary"}
    names = usual.headers.keys() - of_pages
    assert short.headers.keys() - of_pages == names >= {"X-Frame-Options", "Referrer-Policy"}
    assert all(short.headers[name] == usual.headers[name] for name in names)


@pytest.mark.django_db
def test_a_beacon_in_the_clear_is_sent_to_the_safe_address(settings: Any) -> None:
    clip, client, again = make.clip(), visitor(), Client()
    again.cookies = client.cookies
    settings.SECURE_SSL_REDIRECT = True

    answer = send(again, event(clip, client))

    assert (answer.status_code, answer.headers["Location"][:8]) == (301, "https://")
    assert not Viewing.objects.exists()


@pytest.mark.django_db
def test_who_is_signed_in_is_known_on_the_short_way() -> None:
    clip, person, client = make.clip(), make.person(), Client()
    client.force_login(person, backend="vitrine.accounts.backend.Backend")

    answer = send(client, event(clip, client, to=person.public_id))
    client.logout()
    late = send(client, event(clip, client, to=person.public_id))

    assert (answer.status_code, is_short(answer), late.status_code) == (204, True, 204)
    assert Watch.objects.get().viewer == person.public_id
    rejections.batch.flush(at=make.NOON)
    assert Rejection.objects.get().reason == "not yours"


@pytest.mark.django_db
def test_the_people_of_one_moment_are_known_by_two_statements(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    people, asked = [make.person() for _ in range(3)], []
    for person in people:
        client = Client()
        client.force_login(person, backend="vitrine.accounts.backend.Backend")
        request = RequestFactory().post("/watches/")
        request.COOKIES = {name: morsel.value for name, morsel in client.cookies.items()}
        StayingMiddleware(lambda _: HttpResponse()).process_request(request)
        AuthenticationMiddleware(lambda _: HttpResponse()).process_request(request)
        asked.append(request)

    with django_assert_num_queries(2):
        signed_in.know(asked)
        assert [request.user for request in asked] == people


@pytest.mark.django_db
def test_a_stranger_is_remembered_on_the_short_way() -> None:
    client = Client()

    assert is_short(send(client))

    assert "vitrine_visitor" in client.cookies


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields, status",
    [
        ({"events": "[1]"}, (422, "de")),
        ({"events": "\0"}, (400, None)),
        ({"unseen": '["\0"]'}, (400, None)),
        ({"events": "[" + "1" * 40_000}, (422, "de")),
    ],
)
def test_what_is_not_in_order_is_told_by_the_usual_way(
    fields: dict[str, str], status: tuple[int, str | None]
) -> None:
    client = visitor()
    client.cookies["language"] = "de"

    answer = send(client, **fields)

    assert (answer.status_code, answer.headers.get("Content-Language")) == status


@pytest.mark.django_db
def test_other_methods_are_not_beacons() -> None:
    assert Client().get("/watches/").status_code == 405
    assert Client().put("/watches/", "events=[]", content_type=FORM).status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"csrfmiddlewaretoken": ""},
        {"csrfmiddlewaretoken": "x" * 32},
        {"HTTP_ORIGIN": "https://elsewhere.example.org"},
    ],
)
def test_a_form_from_elsewhere_changes_nothing(change: dict[str, Any]) -> None:
    clip, client = make.clip(), Client(enforce_csrf_checks=True)
    client.get("/")
    mark = client.cookies["csrftoken"].value
    said = json.dumps([event(clip, client)])
    form = {"events": said, "csrfmiddlewaretoken": mark, **change}
    origin = {"HTTP_ORIGIN": form.pop("HTTP_ORIGIN")} if "HTTP_ORIGIN" in form else {}

    answer = client.post("/watches/", urlencode(form), content_type=FORM, **origin)

    assert answer.status_code == 403
    assert not Viewing.objects.exists()
    form["csrfmiddlewaretoken"] = mark
    assert client.post("/watches/", urlencode(form), content_type=FORM).status_code == 204


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=60), max_size=6))
def test_a_form_reads_as_django_reads_it(fields: dict[str, str]) -> None:
    body = urlencode(fields)
    request = RequestFactory().post("/watches/", body, content_type=FORM)

    beacons.read_form(request)

    assert dict(request.POST.lists()) == dict(QueryDict(body).lists())


def test_a_form_of_many_fields_is_left_to_django() -> None:
    body = "&".join(["a=1"] * 2_000)
    request = RequestFactory().post("/watches/", body, content_type=FORM)

    beacons.read_form(request)

    assert not hasattr(request, "_post")
