"""What a bank account looks like in each country, as pure rules: typed text in, digits out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop
from stdnum.exceptions import ValidationError
from stdnum.nz import bankaccount
from stdnum.us import rtn


class BadDetails(ValueError):
    """What was typed is no bank account there. field: "routing" or "number"."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(gettext(sentence))


@dataclass(frozen=True)
class Words:
    """How a country calls the parts of an account. routing: "" where the number has it all."""

    routing: str
    routing_help: str
    number: str
    number_help: str


WORDS: Mapping[str, Words] = {
    "US": Words(
        gettext_noop("Routing number"),
        gettext_noop("Nine digits, of a checking account."),
        gettext_noop("Account number"),
        gettext_noop("4 to 17 digits."),
    ),
    "CA": Words(
        gettext_noop("Institution and transit number"),
        gettext_noop("Three digits and five digits, such as 003-12345."),
        gettext_noop("Account number"),
        gettext_noop("5 to 12 digits."),
    ),
    "AU": Words(
        gettext_noop("BSB"),
        gettext_noop("Six digits, such as 062-000."),
        gettext_noop("Account number"),
        gettext_noop("5 to 9 digits."),
    ),
    "NZ": Words(
        "",
        "",
        gettext_noop("Account number"),
        gettext_noop("Bank, branch, account and suffix, such as 01-0902-0068389-00."),
    ),
}


def read(country: str, routing: str, number: str) -> tuple[str, str]:
    """Return the digits of (routing, number) as they are kept. Raises: BadDetails."""
    return {"US": _us, "CA": _ca, "AU": _au, "NZ": _nz}[country](routing, number)


def _us(routing: str, number: str) -> tuple[str, str]:
    found = _digits("routing", routing, 9, 9, gettext_noop("A routing number has nine digits."))
    if not rtn.is_valid(found):
        raise BadDetails(
            "routing", gettext_noop("This is no routing number: a digit is wrong somewhere.")
        )
    return found, _digits(
        "number", number, 4, 17, gettext_noop("An account number has 4 to 17 digits.")
    )


def _ca(routing: str, number: str) -> tuple[str, str]:
    said = gettext_noop("Type the institution’s three digits and the transit’s five.")
    return _digits("routing", routing, 8, 8, said), _digits(
        "number", number, 5, 12, gettext_noop("An account number has 5 to 12 digits.")
    )


def _au(routing: str, number: str) -> tuple[str, str]:
    bsb = _digits("routing", routing, 6, 6, gettext_noop("A BSB has six digits."))
    return bsb, _digits(
        "number", number, 5, 9, gettext_noop("An account number has 5 to 9 digits.")
    )


def _nz(_routing: str, number: str) -> tuple[str, str]:
    try:
        found = bankaccount.validate(number)
    except ValidationError:
        raise BadDetails(
            "number", gettext_noop("This is no New Zealand account: a digit is wrong somewhere.")
        ) from None
    return found[:6], found[6:]


def _digits(field: str, typed: str, least: int, most: int, sentence: str) -> str:
    digits = re.sub(r"[\s-]", "", typed)
    if not (digits.isascii() and digits.isdigit() and least <= len(digits) <= most):
        raise BadDetails(field, sentence)
    return digits
