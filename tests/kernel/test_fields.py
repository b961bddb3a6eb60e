"""What people type is cleaned wherever it is kept, in every form there is."""

import importlib
from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from vitrine.catalog import descriptions
from vitrine.catalog.feeds import cells
from vitrine.kernel.fields import LineField, LinesField
from vitrine.surfaces.studio.forms import CaptionForm

HOSTILE = f"Lamp\u202egnp.exe\u200b z{5 * chr(0x301)}\u2066\u3164\U000e0041 \ufeffe\u0301"
CLEAN = "Lampgnp.exe \u017a\u0301\u0301\u0301 \u00e9"

NOT_WORDS = {
    "auth": "a browser's key for pushes",
    "clips": "ids",
    "code": "of a letter of ours",
    "endpoint": "the address of a push service, which is on a list",
    "filename": "shown without what cannot be printed (receiving.begin)",
    "handle": "letters a to z, digits, dots and lines alone",
    "into": "an id",
    "key": "a token of ours",
    "minimum": "an amount",
    "number": "digits, once the form is read",
    "out_at": "a time",
    "public_key": "a browser's key for pushes",
    "q": "searched for, and kept nowhere",
    "region": "one of a list, once the form is made",
    "routing": "one of a list, once the form is made; of a bank, digits",
    "sure": "compared with the place that was asked about, and kept nowhere",
    "time_zone": "one of a list, once the form is made",
    "topic": "one of the clip's, once the view has looked",
    "url": "the address of a merchant's own program, which has a form (outside.objection)",
    "username": "of the library's form, and not asked for",
    "variant_id": "an id",
    "version": "a digest of ours",
    "words": "each word is cleaned (comment_rules.words)",
}
"""Fields of plain text, and why nothing that people read comes of them."""


def forms_of(kind: Any) -> Iterator[Any]:
    """Yield our own forms, however far they descend from Django's."""
    for form in kind.__subclasses__():
        if form.__module__.startswith("vitrine."):
            yield form
        yield from forms_of(form)


def test_every_field_of_words_cleans_them() -> None:
    importlib.import_module("vitrine.urls")  # and with it every view, and its forms
    found = {
        name: f"{form.__qualname__}.{name}"
        for form in forms_of(forms.BaseForm)
        for name, field in form.base_fields.items()
        if type(field) is forms.CharField
    }

    assert found.keys() == NOT_WORDS.keys()


@pytest.mark.parametrize("field", [LineField(), LinesField()])
def test_nothing_hides_in_what_a_field_gives(field: forms.CharField) -> None:
    assert field.clean(HOSTILE) == CLEAN


def test_nothing_hides_in_a_feed_or_a_description() -> None:
    written = "Lamp&#8238;gnp.exe &#x200b;<scr\u200bipt>alert(1)</script><b>bright</b>"

    assert cells.plain(HOSTILE) == CLEAN
    assert descriptions.from_text(HOSTILE) == f"<p>{CLEAN}</p>"
    assert descriptions.clean(written) == "Lampgnp.exe <b>bright</b>"


def test_nothing_hides_in_a_file_of_captions() -> None:
    one, two = "00:01.000 --> 00:02.000", "00:03.000 --> 00:04.000"
    text = f"WEBVTT\r\n\r\n{one}\r\n{HOSTILE}\r\n\r\n\r\n{two}\r\nOn\r\n"
    file = SimpleUploadedFile("a.vtt", text.encode())

    form = CaptionForm({"language": "en"}, MultiValueDict({"file": [file]}))

    assert form.is_valid(), form.errors
    assert form.cleaned_data["file"] == f"WEBVTT\n\n{one}\n{CLEAN}\n\n{two}\nOn\n"
