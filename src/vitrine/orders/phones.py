"""Telephone numbers: checked by each country's own rules, kept in the form +15185550100.

The library takes a tenth of a second to import: it is loaded when the first number is typed.
"""

import importlib
from functools import cache
from types import ModuleType

from django.utils.translation import gettext, gettext_noop

NOT_A_NUMBER = gettext_noop("This is not a telephone number. Write it like {example}.")
EXAMPLES = {
    "US": "(518) 555-0100",
    "CA": "(613) 555-0100",
    "NZ": "04 123 4567",
    "AU": "02 5550 1234",
}


class BadPhone(ValueError):
    """The text is no telephone number; the message says so to whoever typed it."""


def normalise(text: str, country: str) -> str:
    """Return a number as E.164; without a country's code it is one of the cell's country.

    Raises: BadPhone.
    """
    library = _library()
    refusal = BadPhone(gettext(NOT_A_NUMBER).format(example=EXAMPLES[country]))
    try:
        number = library.parse(text, country)
    except library.NumberParseException:
        raise refusal from None
    if not library.is_possible_number(number) or number.extension:
        raise refusal
    return str(library.format_number(number, library.PhoneNumberFormat.E164))


@cache
def _library() -> ModuleType:
    return importlib.import_module("phonenumbers")
