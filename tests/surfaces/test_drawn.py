"""Parts of pages that are drawn once."""

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils import translation


def test_a_part_is_drawn_once_for_its_values_and_knows_nothing_else() -> None:
    page = Template(
        "{% load drawn %}{% drawn name=name %}{{ name }}{{ secret }}{% enddrawn %}{{ secret }}"
    )
    drawn = [
        page.render(Context({"name": name, "secret": secret}))
        for name, secret in (("<lamp>", "Ann"), ("<lamp>", "Bob"), ("chair", "Bob"))
    ]

    assert drawn == ["&lt;lamp&gt;Ann", "&lt;lamp&gt;Bob", "chairBob"]


def test_a_part_is_drawn_in_each_language() -> None:
    page = Template('{% load drawn %}{% drawn %}{% translate "Search" %}{% enddrawn %}')

    with translation.override("en"):
        english = page.render(Context())
    with translation.override("de"):
        german = page.render(Context())

    assert english == "Search"
    assert german != english


def test_what_a_part_hangs_on_has_a_name() -> None:
    with pytest.raises(TemplateSyntaxError):
        Template("{% load drawn %}{% drawn secret %}{% enddrawn %}")
