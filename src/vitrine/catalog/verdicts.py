"""What can be decided on an application, and why. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext, gettext_lazy, gettext_noop


class Outcome(StrEnum):
    """What a verdict does. key: at the desk."""

    APPROVE = "approve"
    RETURN = "return"
    REFUSE = "refuse"

    @property
    def key(self) -> str:
        """Return the key that chooses it."""
        return _KEYS[self]

    @property
    def heading(self) -> str:
        """Name it, at the desk."""
        return gettext(_TITLES[self])

    @property
    def done(self) -> str:
        """Say it to the applicant."""
        return gettext(_DONE[self])


_KEYS = {Outcome.APPROVE: "a", Outcome.RETURN: "r", Outcome.REFUSE: "f"}
_TITLES = {
    Outcome.APPROVE: gettext_noop("Approve"),
    Outcome.RETURN: gettext_noop("Return for changes"),
    Outcome.REFUSE: gettext_noop("Refuse"),
}
_DONE = {
    Outcome.APPROVE: gettext_noop("Your shop is approved. What you put on sale is on sale now."),
    Outcome.RETURN: gettext_noop("Something has to be changed. Then send it in again."),
    Outcome.REFUSE: gettext_noop("Your shop cannot sell here. Nothing of it is on sale."),
}
OUTCOMES = [(outcome.value, gettext_lazy(_TITLES[outcome])) for outcome in Outcome]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why. key: at the desk. allowed: the outcomes that it can have."""

    code: str
    key: str
    title_in_english: str
    told_in_english: str
    allowed: tuple[Outcome, ...]

    @property
    def title(self) -> str:
        """Name it, at the desk."""
        return gettext(self.title_in_english)

    @property
    def told(self) -> str:
        """Say it to the applicant."""
        return gettext(self.told_in_english)


_NO = (Outcome.RETURN, Outcome.REFUSE)
REASONS = {
    reason.code: reason
    for reason in (
        Reason(
            "fits",
            "0",
            gettext_noop("Everything fits"),
            gettext_noop("Names, numbers and papers fit together."),
            (Outcome.APPROVE,),
        ),
        Reason(
            "number",
            "1",
            gettext_noop("A number is not this business's"),
            gettext_noop("A number is not the one under which the office knows this business."),
            _NO,
        ),
        Reason(
            "name",
            "2",
            gettext_noop("The name differs from the papers"),
            gettext_noop("The legal name is not the one in the papers."),
            _NO,
        ),
        Reason(
            "paper",
            "3",
            gettext_noop("A paper is missing or cannot be read"),
            gettext_noop("A paper is missing, out of date, cut off or cannot be read."),
            _NO,
        ),
        Reason(
            "address",
            "4",
            gettext_noop("The address is not shown"),
            gettext_noop("No paper shows the address that was given."),
            _NO,
        ),
        Reason(
            "goods",
            "5",
            gettext_noop("It sells what may not be sold"),
            gettext_noop("What the shop sells may not be sold here."),
            _NO,
        ),
        Reason(
            "untrue",
            "6",
            gettext_noop("Something is forged or untrue"),
            gettext_noop("Something that was stated or sent is not true."),
            (Outcome.REFUSE,),
        ),
        Reason(
            "other",
            "7",
            gettext_noop("Something else: say what"),
            gettext_noop("The reviewer says what it is."),
            _NO,
        ),
    )
}
CODES = [(code, gettext_lazy(reason.title_in_english)) for code, reason in REASONS.items()]
NEEDED_WORDS = 20
"""Characters that the reviewer's words have at least, where the reason alone says nothing."""
