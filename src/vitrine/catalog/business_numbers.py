"""The numbers by which a country's registers know a business, and their check digits. Pure.

A check digit tells a slip of the pen, and no more: that a number is this business's own is for
whoever reads its papers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType

from django.utils.translation import gettext, gettext_noop
from stdnum import ean
from stdnum.au import abn, acn
from stdnum.ca import bn
from stdnum.exceptions import InvalidChecksum, InvalidFormat, InvalidLength, ValidationError
from stdnum.nz import ird
from stdnum.us import ein
from stdnum.util import clean

COMPANY = "company"
SOLE = "sole"
_NZBN_FIRST = "94"


class Wrong(ValueError):
    """A number that cannot be right. Its text says what is wrong with it and how it looks."""


@dataclass(frozen=True, slots=True)
class Number:
    """One kind of number. is_public: the register shows it to everybody.

    needed_of: the kinds of business that always have it; () for nobody.
    """

    code: str
    title_in_english: str
    example: str
    is_public: bool
    needed_of: tuple[str, ...]
    digits: int
    validate: Callable[[str], str]
    formatted: Callable[[str], str]

    @property
    def title(self) -> str:
        """Name it, in the language of the page."""
        return gettext(self.title_in_english)

    def read(self, typed: str) -> str:
        """Return the bare number of what was typed. Raises: Wrong."""
        try:
            return self.validate(typed)
        except InvalidLength:
            said = gettext("It has {digits} digits, e.g. {example}.")
        except InvalidChecksum:
            said = gettext("Its check digit does not fit: look for a slip. E.g. {example}.")
        except InvalidFormat:
            said = gettext("It is written in digits, e.g. {example}.")
        except ValidationError:  # a prefix that no office has ever given out
            said = gettext("No such number was ever given out: look at its first digits.")
        raise Wrong(said.format(digits=self.digits, example=self.example)) from None


def _nzbn(typed: str) -> str:
    number = ean.validate(clean(typed, " -"))
    if len(number) != 13:
        raise InvalidLength
    if not number.startswith(_NZBN_FIRST):
        raise ValidationError
    return number


def _bn(typed: str) -> str:
    # The program account behind the nine digits ("RT0001") says nothing of who it is.
    return str(bn.validate(typed))[:9]


def _plain(number: str) -> str:
    return number


def _threes(number: str) -> str:
    return " ".join(number[at : at + 3] for at in range(0, len(number), 3))


def _formatted(module: ModuleType) -> Callable[[str], str]:
    return lambda number: str(module.format(number))


_ALL = ("sole", "company", "partnership", "nonprofit")
_NOT_SOLE = ("company", "partnership", "nonprofit")
NUMBERS: Mapping[str, tuple[Number, ...]] = {
    "US": (
        Number(
            "ein",
            gettext_noop("Employer Identification Number (EIN)"),
            "12-3456789",
            False,
            _NOT_SOLE,
            9,
            ein.validate,
            _formatted(ein),
        ),
    ),
    "CA": (
        Number(
            "bn",
            gettext_noop("Business Number (BN)"),
            "12302 6635",
            True,
            _NOT_SOLE,
            9,
            _bn,
            _threes,
        ),
    ),
    "NZ": (
        Number(
            "nzbn",
            gettext_noop("New Zealand Business Number (NZBN)"),
            "9429041098660",
            True,
            (COMPANY,),
            13,
            _nzbn,
            _plain,
        ),
        Number(
            "ird",
            gettext_noop("IRD number"),
            "49-091-850",
            False,
            _ALL,
            9,
            ird.validate,
            _formatted(ird),
        ),
    ),
    "AU": (
        Number(
            "abn",
            gettext_noop("Australian Business Number (ABN)"),
            "83 914 571 673",
            True,
            _ALL,
            11,
            abn.validate,
            _formatted(abn),
        ),
        Number(
            "acn",
            gettext_noop("Australian Company Number (ACN)"),
            "004 085 616",
            True,
            (COMPANY,),
            9,
            acn.validate,
            _formatted(acn),
        ),
    ),
}
"""Country -> the numbers that its businesses have."""


@dataclass(frozen=True, slots=True)
class Check:
    """What the digits of one number say. fault: what is wrong with it, or nothing."""

    number: Number
    typed: str
    fault: str

    @property
    def shown(self) -> str:
        """Write it as its office does, or as it was typed where it is wrong."""
        return self.typed if self.fault else self.number.formatted(self.number.read(self.typed))


def checks(typed: Mapping[str, str], *, country: str, business: str) -> list[Check]:
    """Judge all numbers of a business. typed: by code; a number that it need not have may lack."""
    found = []
    for number in NUMBERS[country]:
        text, fault = typed.get(number.code, ""), ""
        if text:
            try:
                number.read(text)
            except Wrong as wrong:
                fault = str(wrong)
        elif business in number.needed_of:
            said = gettext("A business of this kind has one. It looks like {example}.")
            fault = said.format(example=number.example)
        found.append(Check(number, text, fault))
    return _agreeing(found, business=business)


def _agreeing(found: list[Check], *, business: str) -> list[Check]:
    """See that a company's ABN is made of its ACN: the last nine digits are the same."""
    by_code = {each.number.code: each for each in found if each.typed and not each.fault}
    if business != COMPANY or not {"abn", "acn"} <= by_code.keys():
        return found
    whole, part = (by_code[code].number.read(by_code[code].typed) for code in ("abn", "acn"))
    if whole.endswith(part):
        return found
    said = gettext("A company's ABN ends in its ACN. These two are of different businesses.")
    return [Check(c.number, c.typed, said if c.number.code == "acn" else c.fault) for c in found]
