"""What an applicant types. A form validates and never saves; the view keeps all that was typed."""

from typing import Any

import phonenumbers
from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext, gettext_lazy

from vitrine.catalog import business_numbers, papers
from vitrine.catalog.models import Application, Business, DocumentKind
from vitrine.kernel.fields import LineField, LongSelect
from vitrine.orders import regions
from vitrine.sovereignty.cell import this_cell

_PLAIN = (
    ("legal_name", gettext_lazy("Legal name"), "organization"),
    ("street", gettext_lazy("Street and number"), "address-line1"),
    ("city", gettext_lazy("City"), "address-level2"),
    ("postcode", gettext_lazy("Postcode"), "postal-code"),
    ("contact_name", gettext_lazy("Who answers for the shop"), "name"),
)
KEPT = (
    "business",
    "legal_name",
    "street",
    "city",
    "region",
    "postcode",
    "contact_name",
    "contact_email",
    "contact_phone",
)
"""The columns of an application that the form writes."""


class ApplicationForm(forms.Form):
    """Who sells, under which numbers, where, and whom to ask."""

    def __init__(self, typed: Any = None, *, application: Application) -> None:
        self.country = this_cell().country
        initial = {name: getattr(application, name) for name in KEPT}
        super().__init__(typed, initial=initial | application.numbers)
        self.fields["business"] = forms.ChoiceField(
            label=gettext("Kind of business"),
            choices=Business.choices,
            widget=forms.RadioSelect,
            error_messages={"required": gettext("Choose what kind of business sells.")},
        )
        self.fields["legal_name"] = self._line("legal_name")
        self.fields["legal_name"].help_text = gettext("As in the register, or on your papers.")
        for number in business_numbers.NUMBERS[self.country]:
            self.fields[number.code] = LineField(
                label=number.title,
                required=False,
                max_length=40,
                help_text=gettext("E.g. {example}").format(example=number.example),
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )
        for name in ("street", "city"):
            self.fields[name] = self._line(name)
        named = regions.NAMES[self.country]
        if named:
            self.fields["region"] = forms.ChoiceField(
                label=regions.word(self.country),
                choices=[("", gettext("Choose…")), *named.items()],
                widget=LongSelect(attrs={"autocomplete": "address-level1"}),
            )
        for name in ("postcode", "contact_name"):
            self.fields[name] = self._line(name)
        self.fields["contact_email"] = forms.EmailField(
            label=gettext("E-mail"),
            max_length=254,
            widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        )
        self.fields["contact_phone"] = LineField(
            label=gettext("Telephone"),
            max_length=40,
            widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        )

    def _line(self, wanted: str) -> LineField:
        label, token = next((label, token) for name, label, token in _PLAIN if name == wanted)
        longest = _longest(wanted)
        widget = forms.TextInput(attrs={"autocomplete": token})
        return LineField(label=label, max_length=longest, widget=widget)

    @property
    def number_fields(self) -> list[forms.BoundField]:
        """Return the fields of this country's numbers, for the page."""
        return [self[number.code] for number in business_numbers.NUMBERS[self.country]]

    def typed(self) -> dict[str, str]:
        """Return what was typed, right or wrong, cut to what can be kept."""
        kept = {}
        for name in KEPT:
            kept[name] = _line(self.data.get(name, ""))[: _longest(name)]
        if kept["business"] not in Business.values:
            kept["business"] = ""
        return kept

    def typed_numbers(self) -> dict[str, str]:
        """Return the numbers as they were typed."""
        codes = [number.code for number in business_numbers.NUMBERS[self.country]]
        typed = {code: _line(self.data.get(code, ""))[:40] for code in codes}
        return {code: text for code, text in typed.items() if text}

    def clean_postcode(self) -> str:
        """Keep what looks like a postcode of this country."""
        typed = str(self.cleaned_data["postcode"]).upper()
        if not regions.is_postcode(typed, self.country):
            said = gettext("Write it like {example}.")
            raise forms.ValidationError(said.format(example=regions.example_postcode(self.country)))
        return typed

    def clean_contact_phone(self) -> str:
        """Keep a number that could ring."""
        typed = str(self.cleaned_data["contact_phone"])
        try:
            number = phonenumbers.parse(typed, self.country)
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_valid_number(number):
            raise forms.ValidationError(gettext("This is no telephone number that could ring."))
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))

    def clean(self) -> dict[str, Any]:
        """Judge the numbers by their check digits, and by what such a business must have."""
        said: dict[str, Any] = super().clean() or {}
        checked = business_numbers.checks(
            self.typed_numbers(), country=self.country, business=said.get("business", "")
        )
        for check in checked:
            if check.fault:
                self.add_error(check.number.code, check.fault)
        return said


class DocumentForm(forms.Form):
    """One paper."""

    kind = forms.ChoiceField(label=gettext_lazy("What it shows"), choices=DocumentKind.choices)
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("PDF, JPEG or PNG, up to 10 MB."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        error_messages={
            "required": gettext_lazy("Choose a file first."),
            "empty": gettext_lazy("This file is empty."),
        },
    )

    def content(self) -> bytes:
        """Read the file, at most one byte more than allowed: such a paper is refused."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        return bytes(file.read(papers.MAX_BYTES + 1))


def _longest(name: str) -> int:
    return int(getattr(Application._meta.get_field(name), "max_length", 0))


def _line(typed: str) -> str:
    return str(LineField(required=False).to_python(typed))
