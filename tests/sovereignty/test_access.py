"""What a policy does to somebody who may not call, and how URLs are named."""

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import path, re_path

from tests import make
from tests.sovereignty import open_doors
from vitrine.accounts.models import Person
from vitrine.sovereignty import access, cell, checks, datamap


@access.policy(access.STAFF)
def desk(request: HttpRequest) -> HttpResponse:
    return HttpResponse("the desk")


def asked(person: Person, method: str = "GET", **headers: str) -> HttpRequest:
    request = RequestFactory().generic(method, "/desk/?page=2", headers=headers)
    request.user = person
    return request


@pytest.mark.django_db
def test_staff_are_let_in_and_others_learn_nothing() -> None:
    assert desk(asked(make.person(is_staff=True))).status_code == 200
    with pytest.raises(Http404):
        desk(asked(make.person()))


@pytest.mark.parametrize(
    "method, headers, back",
    [
        ("GET", {}, "/desk/%3Fpage%3D2"),
        ("POST", {"Referer": "http://testserver/v/1?x=2"}, "/v/1%3Fx%3D2"),
        ("POST", {"Referer": "https://example.net/trap"}, "/"),
        ("POST", {}, "/"),
    ],
)
def test_who_must_sign_in_comes_back_to_where_they_were(
    method: str, headers: dict[str, str], back: str
) -> None:
    request = RequestFactory().generic(method, "/desk/?page=2", headers=headers)
    request.user = AnonymousUser()

    response = desk(request)

    assert response.status_code == 302
    assert response.headers["Location"] == f"/account/login/?next={back}"


def test_a_fragment_sends_the_page_that_it_is_a_part_of_to_sign_in() -> None:
    headers = {"HX-Request": "true", "Referer": "http://testserver/desk/"}
    request = RequestFactory().get("/desk/rows/", headers=headers)
    request.user = AnonymousUser()

    response = desk(request)

    assert response.status_code == 204
    assert response.headers["HX-Redirect"] == "/account/login/?next=/desk/"


def test_an_endpoint_without_a_policy_stops_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    def bare(request: HttpRequest) -> HttpResponse:
        return HttpResponse("anybody")

    patterns = [path("bare/", bare), re_path(r"^old/(?P<name>\w+)$", desk, name="old")]
    monkeypatch.setattr(open_doors, "urlpatterns", patterns)
    monkeypatch.setattr("django.conf.settings.ROOT_URLCONF", "tests.sovereignty.open_doors")

    messages = [(message.id, message.msg) for message in checks.endpoints_have_policies(None)]

    assert len(messages) == 1
    assert messages[0][0] == "vitrine.E003"
    assert messages[0][1].startswith("/bare/ (")
    assert [each.policy for each in access.endpoints()] == [None, access.STAFF]


def test_files_that_nobody_owns_any_more_stop_the_build() -> None:
    datamap.file_root(
        "lamps", "PERSONAL", purpose="Light", retention="a night", subject="lamps.Lamp"
    )
    try:
        messages = [message.msg for message in checks.subjects_lead_to_people(None)]
    finally:
        del datamap.FILE_ROOTS["lamps"]

    assert messages == [
        "The data map names lamps.Lamp as owner of the files under lamps/, which does not exist"
    ]


@pytest.mark.django_db
def test_the_home_cell_wall_can_be_taken_down_and_put_up_again() -> None:
    wall = cell.HomeCell("follow")
    state = apps  # the operation asks a project state for its apps; the registry answers alike

    class State:
        apps = state

    def stands() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_constraint WHERE conname = 'accounts_follow_home_cell'"
            )
            return bool(cursor.fetchone()[0])

    with connection.schema_editor() as editor:
        wall.database_backwards("accounts", editor, State, State)  # type: ignore[arg-type]
    down = stands()
    with connection.schema_editor() as editor:
        wall.database_forwards("accounts", editor, State, State)  # type: ignore[arg-type]

    assert (down, stands()) == (False, True)
    assert wall.describe() == "Wall follow in its home cell"
