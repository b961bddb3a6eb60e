"""What is left of a page once it is drawn."""

import weakref

import pytest
from django.shortcuts import render
from django.test import RequestFactory


class Thing:
    """Something that a page is about."""


@pytest.mark.django_db
def test_what_a_page_was_about_is_gone_with_it() -> None:
    thing = Thing()
    left = weakref.ref(thing)

    page = render(RequestFactory().get("/"), "404.html", {"thing": thing})
    del thing

    assert page.status_code == 200
    assert left() is None
