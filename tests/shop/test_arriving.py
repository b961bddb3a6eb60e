"""Who presses at one moment is read together, and each finds what is theirs."""

from collections.abc import Sequence

import pytest
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from tests import make
from vitrine.accounts.models import Person
from vitrine.accounts.sessions import SessionStore
from vitrine.surfaces.shop import arriving, story, thanks
from vitrine.surfaces.shop.arriving import _Coming

pytestmark = pytest.mark.django_db


def request_of(key: str | None) -> HttpRequest:
    request = RequestFactory().post("/checkout")
    request.session = SessionStore(key)
    AuthenticationMiddleware(lambda _: HttpResponse()).process_request(request)
    return request


def signed_in(person: Person) -> str:
    client = Client()
    client.force_login(person, "vitrine.accounts.backend.Backend")
    return str(client.session.session_key)


def read(*coming: tuple[HttpRequest, str]) -> Sequence[arriving.Arrival]:
    return arriving._read_all([_Coming(request, of, make.NOON) for request, of in coming])


def test_a_crowd_is_read_in_four_statements_and_each_is_who_they_are() -> None:
    bea, ann = make.person(), make.person()
    gone = make.person()
    gone_key = signed_in(gone)
    Person.objects.filter(pk=gone.pk).update(is_active=False)
    changed = make.person()
    changed_key = signed_in(changed)
    changed.set_password("another of ten letters")
    changed.save()
    lamp, mug = make.variant(), make.variant()
    keys = [signed_in(bea), signed_in(ann), gone_key, None, "never-was", changed_key]
    requests = [request_of(key) for key in keys]

    with CaptureQueriesContext(connection) as captured:
        found = read(*((one, lamp.public_id) for one in requests[:5]))
    assert len(captured) == 4
    (last,) = read((requests[5], mug.public_id))

    assert [one.user.pk for one in requests] == [bea.pk, ann.pk, None, None, None, None]
    assert requests[0].session["_auth_user_id"] == str(bea.pk)
    assert {one.variant for one in found} == {lamp}
    assert last.variant == mug
    assert list(last.offered) == [mug.merchant_id]
    assert read((requests[0], "us_NOTHING"))[0].variant is None


def test_a_session_that_was_changed_is_read_as_it_is_then() -> None:
    bea = make.person()
    key = signed_in(bea)
    first = SessionStore(key)
    first["seen"] = ["lamp"]
    first.save()

    one = SessionStore(key)
    one["seen"].append("mug")

    assert SessionStore(key)["seen"] == ["lamp"]


def test_thanks_are_drawn_once_and_filled_in_for_each_buyer() -> None:
    lamp = make.variant(stock=2)
    ann, bea = (make.purchase(lamp).group for _ in range(2))
    ann.email, bea.email = "ann@example.org", "<b>bea</b>@example.org"
    asked = thanks._for_anyone.cache_info().misses

    hers, theirs = (thanks.drawn(one, is_sheet=True) for one in (ann, bea))

    assert thanks._for_anyone.cache_info().misses == asked + 1
    for html, group in ((hers, ann), (theirs, bea)):
        said = {"group": group, "handovers": story.handovers(group), "is_sheet": True}
        assert html == render_to_string(thanks.TEMPLATE, said)
    with translation.override("de"):
        assert thanks.drawn(ann, is_sheet=True) != hers
