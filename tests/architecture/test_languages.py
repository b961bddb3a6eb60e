"""Every word that people read is marked, collected, translated and compiled."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Message as Entry

from vitrine.ops import messages

SOURCE = Path(__file__).resolve().parents[2] / "src" / "vitrine"
LANGUAGES = ("fr-ca", "es", "de", "mi")
HOLES = re.compile(r"%\(\w+\)s|\{\w+\}")
MARKED = re.compile(
    r"{%\s*(blocktranslate|comment)\b.*?{%\s*end\1\s*%}|{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL
)
SAME_EVERYWHERE = {"Vitrine", "kbit", "data", "json"}
"""Names and units that no language changes."""

READ_ALOUD = {"alt", "aria-label", "aria-description", "placeholder", "title"}


def entries(language: str) -> list[Entry]:
    return [entry for entry in messages.read(language) if entry.id]


def forms(entry: Entry) -> Iterator[tuple[str, str]]:
    """Yield each form of a translation beside the form of the message that it stands for."""
    if isinstance(entry.id, str):
        yield entry.id, str(entry.string)
    else:
        one, many = entry.id
        for number, form in enumerate(entry.string or ()):
            yield (many if number else one), form


def test_each_catalogue_has_each_message_of_the_product_and_no_other() -> None:
    collected = {(m.text, m.plural) for m in messages.collect()}

    for language in LANGUAGES:
        kept = {(e.id, "") if isinstance(e.id, str) else tuple(e.id) for e in entries(language)}
        assert kept == collected, f"run ./vitrine messages, for {language}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated(language: str) -> None:
    assert messages.untranslated(language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_gettext_reads_is_made_from_the_catalogue(language: str) -> None:
    compiled = messages.catalogue_path(language).with_suffix(".mo").read_bytes()

    assert compiled == messages.compiled(language), "run ./vitrine messages"


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_what_is_filled_in_and_the_tags(language: str) -> None:
    for entry in entries(language):
        for message, translation in forms(entry):
            counted = Counter(HOLES.findall(translation))
            assert counted <= Counter(HOLES.findall(message)), translation
            is_singular = not isinstance(entry.id, str) and message == entry.id[0]
            assert is_singular or counted == Counter(HOLES.findall(message)), translation
            tags = re.findall(r"</?\w+", translation)
            assert sorted(tags) == sorted(re.findall(r"</?\w+", message)), translation
            assert '"' not in translation or '"' in message, translation


class Reader(HTMLParser):
    """Gather what people would read in a page whose marked words are taken out."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.silent += tag in {"style", "script"}
        self.words += [value or "" for name, value in attributes if name in READ_ALOUD]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in {"style", "script"}

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.words.append(data)


def unmarked(template: str) -> set[str]:
    """Return the words of a template that no catalogue will ever see."""
    template = re.sub(r"{% block (mood|width) %}\w*{% endblock.*?%}", "", template)
    reader = Reader()
    reader.feed(MARKED.sub(" ", template))
    return set(re.findall(r"[A-Za-z]{2,}", " ".join(reader.words))) - SAME_EVERYWHERE


def test_all_that_templates_say_is_marked() -> None:
    said = {path.name: unmarked(path.read_text()) for path in SOURCE.rglob("*.html")}

    assert {name: words for name, words in said.items() if words} == {}


def test_the_reader_finds_words_in_text_and_attributes_but_not_marked_ones() -> None:
    page = '<p title="Why">Hello {% translate "friend" %}</p><script>let x</script>'

    assert unmarked(page) == {"Why", "Hello"}


SHOWN = {"label", "help_text", "empty_label"}


def bare_words(source: str) -> Iterator[str]:
    """Yield labels, messages and errors that a module shows without gettext."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        owner = getattr(getattr(node.func, "value", None), "id", "")
        shown = [keyword.value for keyword in node.keywords if keyword.arg in SHOWN]
        shown += node.args[:1] if name == "ValidationError" else []
        shown += node.args[1:2] if owner == "messages" or name == "add_error" else []
        for value in shown:
            if isinstance(value, ast.Constant | ast.JoinedStr):
                said = [part.value for part in ast.walk(value) if isinstance(part, ast.Constant)]
                yield " ".join(map(str, said))


@pytest.mark.parametrize("package", ["accounts", "catalog", "orders", "surfaces", "videos"])
def test_all_that_forms_and_views_say_is_marked(package: str) -> None:
    said = {
        f"{path.name}: {words}"
        for path in (SOURCE / package).rglob("*.py")
        if "migrations" not in path.parts
        for words in bare_words(path.read_text())
        if re.search(r"[A-Za-z]{2,}", words)
    }

    assert not said
