"""Parts of pages that are drawn once."""

from pathlib import Path

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils import translation

from vitrine import surfaces


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


def test_what_is_filled_in_is_of_each_page_and_escaped_in_each() -> None:
    page = Template(
        "{% load drawn %}{% drawn few=few with price=price %}"
        '{% if few %}100% left at {% else %}At {% endif %}<b title="{{ price }}">'
        "{% blocktranslate %}Buy now · {{ price }} – pay{% endblocktranslate %}</b>"
        "{% enddrawn %}"
    )

    said = [
        page.render(Context({"few": few, "price": price}))
        for few, price in ((True, "$1"), (True, "<2>"), (False, "%(few)s"), (True, 3))
    ]

    assert said == [
        '100% left at <b title="$1">Buy now · $1 – pay</b>',
        '100% left at <b title="&lt;2&gt;">Buy now · &lt;2&gt; – pay</b>',
        'At <b title="%(few)s">Buy now · %(few)s – pay</b>',
        '100% left at <b title="3">Buy now · 3 – pay</b>',
    ]


@pytest.mark.parametrize(
    "part",
    [
        "{% if price %}It costs.{% endif %}",
        '{% if price == "$1" %}Cheap.{% endif %}',
        "{{ price|upper }}",
        "{{ price|default:0 }}",
    ],
)
def test_nothing_hangs_on_what_is_filled_in(part: str) -> None:
    page = Template("{% load drawn %}{% drawn with price=price %}" + part + "{% enddrawn %}")

    with pytest.raises(TypeError, match="filled in"):
        page.render(Context({"price": "$1"}))


def test_a_page_is_of_one_language() -> None:
    templates = Path(surfaces.__file__).parents[1].rglob("*.html")

    assert not [path.name for path in templates if "{% language" in path.read_text()]
