"""The rules of the place: reasons, their harm and policy text, measures, strikes. Pure.

Whoever reports, decides, is decided about or reads the public counts meets the same words.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.utils.translation import gettext, gettext_lazy, gettext_noop

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
    MERCHANT = "merchant"
    REVIEW = "review"
    QUESTION = "question"
    MESSAGE = "message"
    ADVERTISER = "advertiser"
    AD = "ad"


class Measure(StrEnum):
    """What a decision does."""

    NONE = "none"
    WARN = "warn"
    MATURE = "mature"
    REMOVE = "remove"
    SUSPEND = "suspend"
    SHUT = "shut"
    LIFT = "lift"
    HIDE = "hide"
    BAR = "bar"
    ALLOW = "allow"

    @property
    def act(self) -> "Act":
        """Return what it is and means."""
        return ACTS[self]


@dataclass(frozen=True, slots=True)
class Act:
    """A measure in words. key: at the desk. strikes: that it counts. done: to its author."""

    key: str
    title_in_english: str
    strikes: int
    done_in_english: str

    @property
    def title(self) -> str:
        """Name it, in the language of the page."""
        return gettext(self.title_in_english)

    @property
    def done(self) -> str:
        """Say to its author what it does, in the language of the page."""
        return gettext(self.done_in_english)


ACTS = {
    Measure.NONE: Act(
        "n", gettext_noop("Leave it"), 0, gettext_noop("It breaks no rule and stays as it was.")
    ),
    Measure.WARN: Act(
        "w", gettext_noop("Warn"), 0, gettext_noop("It stays, and this is a warning.")
    ),
    Measure.MATURE: Act(
        "m", gettext_noop("Mark as for adults"), 0, gettext_noop("It is shown to adults only.")
    ),
    Measure.REMOVE: Act(
        "r", gettext_noop("Remove"), 1, gettext_noop("It is not shown to others any more.")
    ),
    Measure.SUSPEND: Act(
        "s",
        gettext_noop("Remove and suspend"),
        3,
        gettext_noop("It is not shown to others any more, and you cannot post."),
    ),
    Measure.SHUT: Act(
        "s",
        gettext_noop("Suspend the shop"),
        0,
        gettext_noop(
            "Nothing of it is on sale. Orders that are open go on, and its money is held meanwhile."
        ),
    ),
    Measure.LIFT: Act(
        "l",
        gettext_noop("Lift the suspension"),
        0,
        gettext_noop("The shop sells again: what was on sale before is on sale."),
    ),
    Measure.HIDE: Act(
        "h",
        gettext_noop("Hide the ad"),
        0,
        gettext_noop("It is not shown as an ad any more. Its clip stays where it is."),
    ),
    Measure.BAR: Act(
        "s",
        gettext_noop("Suspend the advertiser"),
        0,
        gettext_noop(
            "None of its ads is shown, and nothing is billed. What is in its wallet can be had "
            "back."
        ),
    ),
    Measure.ALLOW: Act(
        "l",
        gettext_noop("Let it advertise again"),
        0,
        gettext_noop("It may advertise again: campaigns that were running go on."),
    ),
}

STANDING = {
    Kind.MERCHANT: (Measure.SHUT, Measure.LIFT),
    Kind.ADVERTISER: (Measure.BAR, Measure.ALLOW),
}
"""How an account is suspended, and how that is lifted: by an appeal, or at the desk."""
WITHOUT_STRIKES = frozenset({Kind.MERCHANT, Kind.ADVERTISER, Kind.AD})
"""Of accounts that several act for."""
HIDE_ADS = (Measure.HIDE, Measure.BAR)
HIDE_CLIPS = (Measure.REMOVE, Measure.SUSPEND, Measure.MATURE)
"""What hides a clip from some, or from all but its creator."""
_OF_KIND = {
    Kind.MERCHANT: (Measure.NONE, Measure.WARN, Measure.SHUT),
    Kind.ADVERTISER: (Measure.NONE, Measure.WARN, Measure.BAR),
    Kind.AD: (Measure.NONE, Measure.WARN, Measure.HIDE, Measure.BAR),
}
"""What a case about such a thing ends with, whatever the reason."""
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
    title_in_english: str
    text_in_english: str
    measures: tuple[Measure, ...]

    @property
    def title(self) -> str:
        """Name it, in the language of the page."""
        return gettext(self.title_in_english)

    @property
    def text(self) -> str:
        """Say the rule, in the language of the page."""
        return gettext(self.text_in_english)


REASONS = {
    reason.code: reason
    for reason in (
        Reason(
            "minor",
            "1",
            "1.1",
            5,
            gettext_noop("A child is at risk"),
            gettext_noop(
                "Nothing here may sexualise, exploit, endanger or mock a person under 18, or get "
                "in touch with one for such ends. Drawings and made pictures count as well."
            ),
            _ANY,
        ),
        Reason(
            "violence",
            "2",
            "1.2",
            4,
            gettext_noop("Violence or threats"),
            gettext_noop(
                "No threats, no call to hurt somebody, no praise of those who did, and no gore "
                "for its own sake. News that shows violence says so and marks the clip as for "
                "adults."
            ),
            _ADULT,
        ),
        Reason(
            "self_harm",
            "3",
            "1.3",
            4,
            gettext_noop("Suicide or self-harm"),
            gettext_noop(
                "Nothing here may show how to harm oneself or praise it, disordered eating "
                "included. Speaking of one's own way out of it is welcome."
            ),
            _ADULT,
        ),
        Reason(
            "hate",
            "4",
            "2.1",
            3,
            gettext_noop("Hate"),
            gettext_noop(
                "Nobody is attacked or belittled for their origin, skin, religion, sex, gender, "
                "whom they love, disability or age."
            ),
            _ANY,
        ),
        Reason(
            "harassment",
            "5",
            "2.2",
            3,
            gettext_noop("Bullying, or private facts of somebody"),
            gettext_noop(
                "No pile-ons, no stalking, no intimate pictures without consent, and no "
                "addresses, numbers or papers of others."
            ),
            _ANY,
        ),
        Reason(
            "illegal",
            "6",
            "3.1",
            3,
            gettext_noop("Illegal or dangerous goods"),
            gettext_noop(
                "No drugs, weapons, stolen or forged goods, and nothing else that may not be sold"
                " in this country."
            ),
            _ANY,
        ),
        Reason(
            "deceit",
            "7",
            "3.2",
            2,
            gettext_noop("Scam, or somebody else's name"),
            gettext_noop(
                "No false promises to get at money or passwords, no invented prices or reviews, "
                "and nobody passes for another person or brand."
            ),
            _ANY,
        ),
        Reason(
            "adult",
            "8",
            "4.1",
            2,
            gettext_noop("Nudity or sex"),
            gettext_noop(
                "No pornography. Nudity in art, care and learning is fine in a clip that is "
                "marked as for adults."
            ),
            _ADULT,
        ),
        Reason(
            "copied",
            "9",
            "4.2",
            1,
            gettext_noop("Somebody else's work"),
            gettext_noop(
                "A clip is its creator's own, or shown with leave. Quoting, parody and duets are "
                "fine."
            ),
            _ANY,
        ),
        Reason(
            "spam",
            "0",
            "4.3",
            1,
            gettext_noop("Spam"),
            gettext_noop(
                "Not the same thing again and again, not views, likes or follows by machines, and"
                " no links that have nothing to do with it."
            ),
            _ANY,
        ),
        Reason(
            "other",
            "o",
            "5.1",
            1,
            gettext_noop("Something else"),
            gettext_noop(
                "Whatever else the law of this country forbids. Say what it is in the note."
            ),
            _MILD,
        ),
    )
}
CODES = [(code, gettext_lazy(reason.title_in_english)) for code, reason in REASONS.items()]

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
    if kind in _OF_KIND:
        return offered(kind)
    return [m for m in REASONS[reason].measures if m is not Measure.MATURE or kind == Kind.CLIP]


def offered(kind: str) -> list[Measure]:
    """Return what may be decided about a kind of thing, whatever the reason."""
    known = _OF_KIND.get(Kind(kind), _ADULT)
    return [m for m in known if m is not Measure.MATURE or kind == Kind.CLIP]
