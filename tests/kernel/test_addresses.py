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


def test_those_that_vary_lead_where_they_led() -> None:
    plain = URLResolver(RegexPattern(r"^/"), "vitrine.urls")
    quick = URLResolver(RegexPattern(r"^/"), "vitrine.urls")
    addresses.remember(quick)
    heads = sorted(set(addresses._heads(plain)))
    rests = ("", new(), f"{new()}-thing", f"{new()}/reviews", "login/", "orders", f"v1/{new()}")
    paths = [f"/{head}/{rest}" for head in (*heads, "@ann", "nowhere") for rest in rests]

    def leads(resolver: URLResolver, path: str) -> object:
        try:
            found = resolver.resolve(path)
        except Resolver404:
            return None
        return found.func, found.args, found.kwargs, found.view_name, found.route, found.namespaces

    assert [leads(quick, path) for path in paths] == [leads(plain, path) for path in paths]
    assert {"p", "v", "studio", "api"} <= set(heads)
    assert sum(leads(plain, path) is not None for path in paths) > 20
