"""The words that are translated: collected from templates, Python and scripts into catalogues.

Templates are read by Django's own parser, so that a message here is letter by letter the one that
is looked up when a page is made. Source: docs/adr/0050-languages.md.
"""

import ast
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as CatalogMessage
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.template import engines
from django.template.base import Node, Template
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

from vitrine.surfaces import context

SOURCE = Path(__file__).resolve().parents[1]
LOCALE = SOURCE / "locale"
ONE = frozenset({"gettext", "gettext_lazy", "gettext_noop"})
CONSTANT = re.compile(r"""_\((["'])(.*?)\1\)""")
MANY = frozenset({"ngettext", "ngettext_lazy"})


@dataclass(frozen=True, order=True)
class Message:
    """What is translated. plural: "" where the sentence does not depend on a number."""

    text: str
    plural: str = ""


def collect() -> dict[Message, set[str]]:
    """Return every message of the product, with the files that say it."""
    found: dict[Message, set[str]] = {}
    for path in sorted(SOURCE.rglob("*")):
        if path.suffix in READERS and not {"ops", "migrations"} & set(path.parts):
            for message in READERS[path.suffix](path.read_text()):
                found.setdefault(message, set()).add(path.relative_to(SOURCE).as_posix())
    # gettext finds a text alone under the one that has its plural, too.
    counted = {message.text: message for message in found if message.plural}
    for message in [each for each in found if not each.plural and each.text in counted]:
        found[counted[message.text]] |= found.pop(message)
    return found


def in_template(source: str) -> Iterator[Message]:
    """Yield what a template says: in ``translate``, ``blocktranslate`` and ``_("…")``."""
    engine = engines["django"].engine  # type: ignore[attr-defined]
    for _, text in CONSTANT.findall(source):
        yield Message(text)
    template = Template(source, engine=engine)
    for node in template.nodelist.get_nodes_by_type(Node):
        if isinstance(node, TranslateNode):
            yield Message(str(node.filter_expression.var.literal))
        elif isinstance(node, BlockTranslateNode):
            yield _of_block(node)


def _of_block(node: BlockTranslateNode) -> Message:
    one, many = (node.render_token_list(tokens)[0] for tokens in (node.singular, node.plural or []))
    return Message(one, many)


def in_python(source: str) -> Iterator[Message]:
    """Yield what a module says through gettext, and the sentence of each refusal."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            texts = [str(a.value) for a in node.args if isinstance(a, ast.Constant)]
            number = (node.func.id in ONE) + 2 * (node.func.id in MANY)
            if texts and number:
                yield Message(*texts[:number])
        elif isinstance(node, ast.ClassDef):
            yield from _refused(node)


def _refused(node: ast.ClassDef) -> Iterator[Message]:
    """A Refusal translates its ``message`` when it is raised, so that the class stays plain."""
    said = {
        target.id: part.value
        for part in node.body
        if isinstance(part, ast.Assign | ast.AnnAssign)
        for target in (part.targets if isinstance(part, ast.Assign) else [part.target])
        if isinstance(target, ast.Name)
    }
    message = said.get("message")
    if "code" in said and isinstance(message, ast.Constant):
        yield Message(str(message.value))


def in_script(source: str) -> Iterator[Message]:
    """Yield what a script says."""
    yield from map(Message, context.in_script(source))


READERS = {".html": in_template, ".txt": in_template, ".py": in_python, ".js": in_script}


def catalogue_path(language: str) -> Path:
    """Return where the translations into a language (``fr-ca``) are kept."""
    base, _, place = language.partition("-")
    name = f"{base}_{place.upper()}" if place else base
    return LOCALE / name / "LC_MESSAGES" / "django.po"


def languages() -> list[str]:
    """Return the languages that are translated into: all but the one we write in."""
    return [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def read(language: str) -> Catalog:
    """Return a language's catalogue; an empty one where there is none yet."""
    path = catalogue_path(language)
    if not path.exists():
        return Catalog(locale=path.parent.parent.name, project="Vitrine", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def update(language: str, messages: dict[Message, set[str]]) -> bytes:
    """Return a catalogue's text with these messages and none else; translations are kept."""
    old, new = read(language), Catalog(locale=catalogue_path(language).parent.parent.name)
    new.header_comment, new.mime_headers = old.header_comment, old.mime_headers
    new.fuzzy = False
    for message, places in messages.items():
        key = (message.text, message.plural) if message.plural else message.text
        kept = old.get(message.text)
        same = kept is not None and bool(kept.pluralizable) == bool(message.plural)
        new.add(
            key,
            kept.string if kept is not None and same else None,
            locations=[(place, 0) for place in sorted(places)],
            auto_comments=[],
            user_comments=kept.user_comments if kept is not None else [],
        )
    text = io.BytesIO()
    write_po(text, new, width=100, include_lineno=False, sort_output=True)
    return text.getvalue()


def compiled(language: str) -> bytes:
    """Return a catalogue as gettext reads it."""
    binary = io.BytesIO()
    write_mo(binary, read(language))
    return binary.getvalue()


def write_all() -> dict[str, int]:
    """Bring every catalogue up to date and compile it. Returns what each still lacks."""
    messages, lacking = collect(), {}
    for language in languages():
        path = catalogue_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(update(language, messages))
        path.with_suffix(".mo").write_bytes(compiled(language))
        lacking[language] = len(untranslated(language))
    return lacking


def untranslated(language: str) -> list[str]:
    """Return the messages that a catalogue lacks, or has in some of their forms only."""
    return [_id(message) for message in read(language) if message.id and not _whole(message)]


def _id(message: CatalogMessage) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _whole(message: CatalogMessage) -> bool:
    forms = message.string if isinstance(message.string, list | tuple) else [message.string or ""]
    return bool(forms) and all(forms) and not message.fuzzy
