"""Addresses in which nothing varies are looked up once; all lead where they led."""

import pytest
from django.urls import Resolver404, URLResolver
from django.urls.resolvers import RegexPattern

from vitrine.kernel import addresses
from vitrine.kernel.ids import new


def test_an_address_leads_where_it_led() -> None:
    plain = URLResolver(RegexPattern(r"^/"), "vitrine.urls")
    quick = URLResolver(RegexPattern(r"^/"), "vitrine.urls")
    addresses.remember(quick)
    varying = (f"/drops/{new()}", f"/drops/{new()}")

    for path in ("/checkout", "/shop", "/checkout", *varying):
        was, found = plain.resolve(path), quick.resolve(path)
        assert (found.func, found.kwargs, found.view_name) == (was.func, was.kwargs, was.view_name)

    assert quick.resolve("/checkout") is quick.resolve("/checkout")
    assert quick.resolve(varying[0]).kwargs != quick.resolve(varying[1]).kwargs
    with pytest.raises(Resolver404):
        quick.resolve("/nowhere")
