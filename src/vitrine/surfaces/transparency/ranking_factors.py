"""What the page about ranking shows: every weight of the feed, as the code has it now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from babel.numbers import format_decimal
from django.utils.translation import gettext, gettext_noop

from vitrine.ads import load
from vitrine.feed import weights
from vitrine.feed.learning import served
from vitrine.feed.models import Arm, Experiment, FairHearing
from vitrine.feed.signs import SIGNS
from vitrine.sovereignty.cell import locale


@dataclass(frozen=True)
class Factor:
    """One weight. name: in ``feed/weights.py``, or of ads. value: as it is now."""

    name: str
    value: str
    meaning: str


@dataclass(frozen=True)
class Group:
    """Weights of one kind."""

    title: str
    factors: Sequence[Factor]


def groups() -> list[Group]:
    """Return all factors with their present weights. Queries: 0."""
    return [
        Group(gettext(title), [Factor(name, _value(name), gettext(said)) for name, said in of])
        for title, of in _GROUPS.items()
    ]


def hearings(heard: Mapping[FairHearing, int]) -> list[tuple[str, int]]:
    """Return what became of how many new clips, in words. Queries: 0."""
    return [(gettext(said), heard[one]) for one, said in _HEARINGS.items()]


_HEARINGS = {
    FairHearing.FAIR: gettext_noop("had their share"),
    FairHearing.FEW_PLACES: gettext_noop("there were too few viewers for all that were new"),
    FairHearing.OUTDRAWN: gettext_noop("viewers stayed less with them than with other new clips"),
    FairHearing.NOT_OPEN: gettext_noop("not everybody may see them"),
}


@dataclass(frozen=True)
class Trial:
    """An arm of an experiment that runs. changes: weight, and its value there."""

    share: int
    changes: Sequence[tuple[str, str]]


def trials(*, at: datetime) -> list[Trial]:
    """Return what is tried on some viewers at present. Queries: 1."""
    arms = Arm.objects.filter(place__gt=0, experiment__in=Experiment.objects.running(at=at))
    return [
        Trial(arm.share, [(name, _written(value)) for name, value in arm.changes.items()])
        for arm in arms.order_by("experiment", "place")
    ]


def _value(name: str) -> str:
    """Return weights by a name such as ``LIKED``, ``TRUST.near`` or ``ADS.SEEN``."""
    first, _, then = name.partition(".")
    if first == "SIGNS":
        return _learnt(then)
    if first == "ADS":
        return _written(getattr(load, then))
    found = getattr(weights, first)
    if then:
        found = found[then] if isinstance(found, dict) else getattr(found, then)
    numbers: Sequence[float] = found if isinstance(found, tuple) else (found,)
    return _written(*numbers)


def _learnt(sign: str) -> str:
    """Return how much a sign says for each of ``weights.VALUE``, in its order; "–" of nothing."""
    learnt = served.learnt()
    if learnt is None or not len(learnt.tables.foretelling):
        return "–"
    return _written(*learnt.tables.foretelling[:, SIGNS.index(sign)].round(2).tolist())


def _written(*numbers: float) -> str:
    said = " · ".join(format_decimal(number, locale=locale()) for number in numbers)
    return said.replace("-", "\N{MINUS SIGN}")


_GROUPS = {
    gettext_noop("What you did with a clip"): (
        ("INDIFFERENT", gettext_noop(
            "You watched longer than this share of others: it is neither a yes nor a no. "
            "More is a yes, less a no."
        )),
        ("STAYED", gettext_noop("You watched as long as a view needs: at least this.")),
        ("SKIPPED", gettext_noop("You left within three seconds.")),
        ("HIDDEN", gettext_noop("You said “Not interested”, or reported it.")),
        ("LIKED", gettext_noop("You liked it.")),
        ("SAVED", gettext_noop("You saved it.")),
        ("SHARED", gettext_noop("You shared it.")),
        ("COMMENTED", gettext_noop("You commented on it.")),
        ("FOLLOWS", gettext_noop("You follow its creator.")),
        ("TAPPED", gettext_noop("You looked at its product.")),
        ("IN_CART", gettext_noop("You put its product into your bag.")),
        ("BOUGHT", gettext_noop("You bought its product.")),
        ("LEAST_WORTH", gettext_noop("The least that all of it together can say.")),
        ("MOST_WORTH", gettext_noop("The most that all of it together can say.")),
    ),
    gettext_noop("Whose watching speaks for others"): (
        ("KNOWN_BY_CREATORS", gettext_noop(
            "Creators whose clips somebody has stayed with before what they watch speaks in full."
        )),
        ("KNOWN_DAYS", gettext_noop(
            "Days since then from which it does: where everybody came lately, as many as is usual. "
            "For your own pages, your own watching counts from the first clip."
        )),
        ("KNOWN_FEWEST", gettext_noop("Fewer people than these do not say what is usual.")),
        ("CROWD", gettext_noop(
            "All others together are heard on a clip, and on all clips of one creator, at most as "
            "often as this share of those, and once more: so nobody with many accounts lifts a "
            "clip."
        )),
    ),
    gettext_noop("What showing you a clip is worth"): (
        ("VALUE.begun", gettext_noop("How likely you watch past its first seconds, times this.")),
        ("VALUE.gain", gettext_noop(
            "How much longer than others you are likely to watch, beside clips of its length."
        )),
        ("VALUE.finished", gettext_noop("How likely you watch it to its end.")),
        ("VALUE.liked", gettext_noop("How likely you like it.")),
        ("VALUE.commented", gettext_noop("How likely you comment on it.")),
        ("VALUE.kept", gettext_noop("How likely you save or share it, or follow its creator.")),
        ("VALUE.tapped", gettext_noop("How likely you look at its product.")),
        ("VALUE.bought", gettext_noop("How likely you put its product into your bag, or buy it.")),
        ("VALUE.refused", gettext_noop("How likely you say “Not interested”.")),
        ("VALUE.reported", gettext_noop("How likely you report it.")),
        ("LEARNT_FROM", gettext_noop(
            "Showings from which that is foretold. Until then declared weights decide."
        )),
        ("SIGNS_HALF_LIFE_DAYS", gettext_noop(
            "Days after which a showing counts half in what is learnt."
        )),
    ),
    gettext_noop("What it is foretold by, and what was learnt of each, in the order above"): (
        ("SIGNS.near", gettext_noop("People who watched what you watched also watched it.")),
        ("SIGNS.alike", gettext_noop("It is like what you like, by everybody’s watching.")),
        ("SIGNS.creator_alike", gettext_noop("Its creator’s clips are like what you like.")),
        ("SIGNS.creator_met", gettext_noop("What you did with other clips of its creator.")),
        ("SIGNS.taste", gettext_noop(
            "You watch clips like it more gladly than others do: those that the same people watch, "
            "of the same creators, hashtags, sounds, languages or kinds of product."
        )),
        ("SIGNS.taste_lately", gettext_noop("The same of your last clips above all.")),
        ("SIGNS.followed", gettext_noop("You follow its creator.")),
        ("SIGNS.received", gettext_noop("Others who were shown it stayed.")),
        ("SIGNS.shown", gettext_noop("It was shown often.")),
        ("SIGNS.heat", gettext_noop("Many watch it in these hours.")),
        ("SIGNS.fresh", gettext_noop("It is new.")),
        ("SIGNS.length", gettext_noop("It is longer than usual.")),
        ("SIGNS.length_squared", gettext_noop("It is much shorter or much longer than usual.")),
        ("SIGNS.viewer_stays", gettext_noop("You stay with many clips.")),
        ("SIGNS.viewer_watched", gettext_noop("You have watched many clips.")),
        ("USUAL_LENGTH_S", gettext_noop("The usual length, in seconds.")),
        ("PRIOR_MET", gettext_noop(
            "So many watches of a creator’s clips say half of what many would."
        )),
        ("GLADLY", gettext_noop(
            "How much it tells of your taste how long you watched what you stayed with, beside "
            "that you stayed."
        )),
        ("PRIOR_TASTE", gettext_noop(
            "How much may be chance in what your first watches of clips like it tell."
        )),
        ("LATELY_FADES", gettext_noop(
            "How much a watch counts of what the one after it does, in what you did lately."
        )),
    ),
    gettext_noop("What speaks for the next clip"): (
        ("TRUST.near", gettext_noop("People who watched what you watched also watched it.")),
        ("TRUST.factors", gettext_noop("It is like what you like, by everybody’s watching.")),
        ("TRUST.heat", gettext_noop("Many watch it in these hours.")),
        ("QUIET.near", gettext_noop(
            "So much must have been watched near yours that it counts half of what it can."
        )),
        ("QUIET.factors", gettext_noop("The same of what is like what you like.")),
        ("QUIET.heat", gettext_noop("The same of what many watch; nothing: it always counts.")),
        ("MET", gettext_noop("What you did with other clips of its creator, on average.")),
        ("TASTE", gettext_noop("You watch clips like it more gladly than others do.")),
        ("FRESH", gettext_noop("It is new.")),
        ("RECEIVED", gettext_noop("Others who were shown it stayed.")),
        ("FOLLOWED", gettext_noop("You follow its creator: added on top.")),
        ("FRESH_HALF_LIFE_HOURS", gettext_noop("Hours after which being new counts half.")),
        ("HEAT_HALF_LIFE_HOURS", gettext_noop(
            "Hours after which a watch counts half for what is "
            "popular."
        )),
        ("NEAR_LATEST", gettext_noop(
            "So many of your last clips are looked at for what others watched beside "
            "them."
        )),
        ("NEAR_FADES", gettext_noop("How much each of them counts of what the one after it does.")),
        ("NEAR_POPULAR", gettext_noop(
            "How strongly popularity is taken off, so that rare clips have a "
            "chance."
        )),
        ("PRIOR_SHOWN", gettext_noop("A clip begins as if it had been shown so often,")),
        ("PRIOR_STAYS", gettext_noop("and this share of those it was shown to had stayed.")),
        ("PRIOR_OF_CREATOR", gettext_noop(
            "So many showings of its creator’s other clips outweigh that "
            "beginning."
        )),
    ),
    gettext_noop("When you search"): (
        ("IN_SEARCH", gettext_noop(
            "Clips with your words that your watching speaks for count up to so many doublings "
            "more: one is as much as four times the likes."
        )),
    ),
    gettext_noop("How a page is put together"): (
        ("RULES.new", gettext_noop("The share of places kept for clips that few have seen.")),
        ("HARDLY_SHOWN", gettext_noop("Showings up to which a clip is one of these,")),
        ("HEARD_WITHIN_HOURS", gettext_noop("for so many hours after it came out.")),
        ("RULES.chance", gettext_noop("The share of places drawn by lot.")),
        ("RULES.most", gettext_noop("So many clips of one creator at most,")),
        ("RULES.within", gettext_noop("within so many places.")),
        ("RULES.apart", gettext_noop("So many clips by others come between two of one creator.")),
        ("RULES.worth", gettext_noop(
            "How much the value of a clip counts beside its being unlike the "
            "others."
        )),
        ("LIKENESS", gettext_noop("How alike two clips are at most, as the mixing sees it.")),
        ("RULES.over", gettext_noop("So many of the most valuable clips a page is mixed from.")),
        ("NAMED", gettext_noop("So many clips each source names.")),
        ("CREATORS_MET", gettext_noop("So many creators whose clips you stayed with name others.")),
        ("PROBED", gettext_noop("So many clips are compared with what you like.")),
        ("ASKED", gettext_noop("So many of those named are asked for beyond the newest.")),
        ("DRAWS", gettext_noop("How often the clips that few have seen draw for their places.")),
    ),
    gettext_noop("Where an ad stands among clips, if any does"): (
        ("ADS.BETWEEN", gettext_noop("So many clips at least come before an ad and between two.")),
        ("ADS.FLOATS", gettext_noop(
            "From there on it stands in one of so many places: where you lose least by it."
        )),
        ("ADS.MICROS_A_WORTH", gettext_noop(
            "What one unit of the worth above is in money, in millionths. No ad stands that brings "
            "less than the clip you would have got to is worth."
        )),
        ("ADS.USUAL_WORTH", gettext_noop("The worth of a clip where none is foretold.")),
        ("ADS.SEEN", gettext_noop("Of a hundred who see a clip or an ad, so many see the next.")),
        ("ADS.HIDDEN_WORTH", gettext_noop(
            "What an ad takes from whoever hides it. How likely that is, is counted of each ad;"
        )),
        ("ADS.LEAVES", gettext_noop(
            "for each who hides one so many leave, and lose all clips that were to come."
        )),
        ("ADS.USUAL_HIDDEN", gettext_noop("How likely an ad is hidden that nobody has seen yet.")),
    ),
}  # fmt: skip
