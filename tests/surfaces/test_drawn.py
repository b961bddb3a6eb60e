"""Parts of pages that are drawn once."""

from decimal import Decimal
from pathlib import Path

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils import translation
from django.utils.safestring import SafeString

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


class _Numbered:
    """A thing whose attributes are also asked for by number."""

    name = "attribute"

    def __getitem__(self, key: object) -> str:
        return f"item {key}"


class _Thing:
    """A thing with one of each kind of attribute. Drawn only."""

    def __init__(self) -> None:
        self.name, self.none, self.numbered = "<a>", None, _Numbered()
        self.many, self.named = ["first", "second"], {"name": "of a dict", "items": "own"}

    def called(self) -> str:
        return "was called"

    @property
    def made(self) -> int:
        return 7

    def changes(self) -> str:
        raise AssertionError

    changes.alters_data = True  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "path",
    [
        *("thing.name", "thing.made", "thing.called", "thing.changes", "thing.none"),
        *("thing.none.name", "thing.missing", "thing.missing.name", "missing", "missing.name"),
        *("thing.many.1", "thing.many.9", "thing.named.name", "thing.named.items"),
        *("thing.named.keys", "thing.numbered.name", "thing.name.upper", "kind.name"),
        *("thing.name|upper", "'text'", "3", "thing.many", "bare"),
    ],
)
def test_what_is_filled_in_is_read_as_templates_read(path: str) -> None:
    page = {"thing": _Thing(), "kind": _Numbered, "bare": "<b>"}

    drawn = f"{{% load drawn %}}{{% drawn with it={path} %}}{{{{ it }}}}{{% enddrawn %}}"

    expected = Template(f"{{{{ {path} }}}}").render(Context(page))
    assert Template(drawn).render(Context(page)) == expected


def test_the_mark_of_a_form_is_of_each_page() -> None:
    page = Template("{% load drawn %}{% drawn few=few %}{% csrf_token %}100%{% enddrawn %}")

    said = [page.render(Context({"few": 1, "csrf_token": mark})) for mark in ("ab12", "cd34")]

    field = '<input type="hidden" name="csrfmiddlewaretoken" value="{}">100%'
    assert said == [field.format("ab12"), field.format("cd34")]


def test_what_is_live_in_a_part_is_drawn_for_each_page_and_knows_it() -> None:
    page = Template(
        "{% load drawn %}{% drawn few=few with price=price %}{% if few %}100% at {{ price }}"
        "{% live %}{% if secret == 'Ann' %}{% csrf_token %}{% endif %}<b>{{ secret }}</b>{{ few }}"
        "{% endlive %}{% endif %}.{% enddrawn %}"
    )

    said = [
        page.render(Context({"few": few, "price": 5, "secret": secret, "csrf_token": "x"}))
        for few, secret in ((True, "Ann"), (True, "%(price)s<"), (False, "Bob"))
    ]

    mark = '<input type="hidden" name="csrfmiddlewaretoken" value="x">'
    assert said == [f"100% at 5{mark}<b>Ann</b>True.", "100% at 5<b>%(price)s&lt;</b>True.", "."]


def test_a_part_in_a_part_is_filled_in_by_the_page() -> None:
    page = Template(
        "{% load drawn %}{% drawn with id=id %}{% drawn with name=id %}{{ name }}{% csrf_token %}"
        "{% enddrawn %}{% enddrawn %}"
    )

    said = [page.render(Context({"id": id, "csrf_token": id})) for id in ("a", "<b>")]

    mark = '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
    assert said == ["a" + mark.format("a"), "&lt;b&gt;" + mark.format("&lt;b&gt;")]


@pytest.mark.parametrize(
    "body", ["{% block a %}{% endblock %}", "{% live %}{% block a %}{% endblock %}{% endlive %}"]
)
def test_a_part_has_no_blocks(body: str) -> None:
    with pytest.raises(TemplateSyntaxError, match="block"):
        Template("{% load drawn %}{% drawn %}" + body + "{% enddrawn %}")


@pytest.mark.parametrize(
    "value", ["<b>", SafeString("<b>"), 12_345, 1.5, None, True, Decimal("2.50")]
)
def test_a_gap_shows_what_the_page_would(value: object) -> None:
    page = Template("{% load drawn %}{% drawn with it=it %}{{ it }}{% enddrawn %}|{{ it }}")

    filled, _, shown = page.render(Context({"it": value})).partition("|")

    assert filled == shown


def test_a_page_is_of_one_language() -> None:
    templates = Path(surfaces.__file__).parents[1].rglob("*.html")

    assert not [path.name for path in templates if "{% language" in path.read_text()]
