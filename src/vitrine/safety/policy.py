"""The rules of the place: reasons, their harm and policy text, measures, strikes. Pure.

Whoever reports, decides, is decided about or reads the public counts meets the same words.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

APPEAL_FOR = timedelta(days=180)
"""How long after a decision its author may ask for a second look."""
BANNED_FROM = 2
"""Harm from which a removed film is kept from coming back."""
STRIKE_LASTS = timedelta(days=90)
NEEDED_WORDS = 20
"""Characters that a note or an appeal has at least, where one has to be given."""


class Kind(StrEnum):
    """What can be reported."""

    CLIP = "clip"
    COMMENT = "comment"
    PERSON = "person"
    PRODUCT = "product"


class Measure(StrEnum):
    """What a decision does."""

    NONE = "none"
    WARN = "warn"
    MATURE = "mature"
    REMOVE = "remove"
    SUSPEND = "suspend"

    @property
    def act(self) -> "Act":
        """Return what it is and means."""
        return ACTS[self]


@dataclass(frozen=True, slots=True)
class Act:
    """A measure in words. key: at the desk. strikes: that it counts. done: to its author."""

    key: str
    title: str
    strikes: int
    done: str


ACTS = {
    Measure.NONE: Act("n", "Leave it", 0, "It breaks no rule and stays as it was."),
    Measure.WARN: Act("w", "Warn", 0, "It stays, and this is a warning."),
    Measure.MATURE: Act("m", "Mark as for adults", 0, "It is shown to adults only."),
    Measure.REMOVE: Act("r", "Remove", 1, "It is not shown to others any more."),
    Measure.SUSPEND: Act(
        "s", "Remove and suspend", 3, "It is not shown to others any more, and you cannot post."
    ),
}

_ANY = (Measure.NONE, Measure.WARN, Measure.REMOVE, Measure.SUSPEND)
_ADULT = (Measure.NONE, Measure.WARN, Measure.MATURE, Measure.REMOVE, Measure.SUSPEND)
_MILD = (Measure.NONE, Measure.WARN, Measure.REMOVE)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something may not be here. harm: 1 to 5, the higher the sooner it is looked at.

    key: at the desk. section: of the policy. text: the rule, as it is read by everybody.
    """

    code: str
    key: str
    section: str
    harm: int
    title: str
    text: str
    measures: tuple[Measure, ...]


REASONS = {
    reason.code: reason
    for reason in (
        Reason(
            "minor",
            "1",
            "1.1",
            5,
            "A child is at risk",
            "Nothing here may sexualise, exploit, endanger or mock a person under 18, or get in "
            "touch with one for such ends. Drawings and made pictures count as well.",
            _ANY,
        ),
        Reason(
            "violence",
            "2",
            "1.2",
            4,
            "Violence or threats",
            "No threats, no call to hurt somebody, no praise of those who did, and no gore for "
            "its own sake. News that shows violence says so and marks the clip as for adults.",
            _ADULT,
        ),
        Reason(
            "self_harm",
            "3",
            "1.3",
            4,
            "Suicide or self-harm",
            "Nothing here may show how to harm oneself or praise it, disordered eating included. "
            "Speaking of one's own way out of it is welcome.",
            _ADULT,
        ),
        Reason(
            "hate",
            "4",
            "2.1",
            3,
            "Hate",
            "Nobody is attacked or belittled for their origin, skin, religion, sex, gender, whom "
            "they love, disability or age.",
            _ANY,
        ),
        Reason(
            "harassment",
            "5",
            "2.2",
            3,
            "Bullying, or private facts of somebody",
            "No pile-ons, no stalking, no intimate pictures without consent, and no addresses, "
            "numbers or papers of others.",
            _ANY,
        ),
        Reason(
            "illegal",
            "6",
            "3.1",
            3,
            "Illegal or dangerous goods",
            "No drugs, weapons, stolen or forged goods, and nothing else that may not be sold "
            "in this country.",
            _ANY,
        ),
        Reason(
            "deceit",
            "7",
            "3.2",
            2,
            "Scam, or somebody else's name",
            "No false promises to get at money or passwords, no invented prices or reviews, and "
            "nobody passes for another person or brand.",
            _ANY,
        ),
        Reason(
            "adult",
            "8",
            "4.1",
            2,
            "Nudity or sex",
            "No pornography. Nudity in art, care and learning is fine in a clip that is marked "
            "as for adults.",
            _ADULT,
        ),
        Reason(
            "copied",
            "9",
            "4.2",
            1,
            "Somebody else's work",
            "A clip is its creator's own, or shown with leave. Quoting, parody and duets are fine.",
            _ANY,
        ),
        Reason(
            "spam",
            "0",
            "4.3",
            1,
            "Spam",
            "Not the same thing again and again, not views, likes or follows by machines, and no "
            "links that have nothing to do with it.",
            _ANY,
        ),
        Reason(
            "other",
            "o",
            "5.1",
            1,
            "Something else",
            "Whatever else the law of this country forbids. Say what it is in the note.",
            _MILD,
        ),
    )
}
CODES = [(code, reason.title) for code, reason in REASONS.items()]

SUSPENDED_FOR: tuple[tuple[int, timedelta | None], ...] = (
    (6, None),
    (5, timedelta(days=30)),
    (3, timedelta(days=7)),
    (2, timedelta(days=1)),
)
"""Strikes in force -> how long nothing can be posted. None: for good."""


def suspension(strikes: int) -> tuple[bool, timedelta | None]:
    """Tell whether that many strikes suspend, and for how long; None is for good."""
    for least, lasts in SUSPENDED_FOR:
        if strikes >= least:
            return True, lasts
    return False, None


def measures(reason: str, kind: str) -> list[Measure]:
    """Return what may be decided for a reason about a kind of thing."""
    return [m for m in REASONS[reason].measures if m is not Measure.MATURE or kind == Kind.CLIP]
