"""What the pages about experiments show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from babel.numbers import format_decimal
from django.db.models import Prefetch
from django.utils.translation import gettext

from vitrine.feed import weighing
from vitrine.feed.experiments.declaring import AS_IT_IS
from vitrine.feed.experiments.intervals import FEWEST
from vitrine.feed.experiments.results import Change, Course, results
from vitrine.feed.models import Arm, Experiment
from vitrine.feed.weighing import Layer
from vitrine.sovereignty.cell import locale
from vitrine.surfaces.desk.experiment_forms import ExperimentForm

MOST_SHOWN = 100
SCALES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 10_000)
"""Percent to either side of nought that an interval can be drawn on."""


@dataclass(frozen=True)
class Weight:
    """A weight that can be tried."""

    name: str
    now: str
    least: str
    most: str


@dataclass(frozen=True)
class ArmRow:
    """An arm with its viewers, and what it changes: weight, from, to."""

    name: str
    share: int
    viewers: int
    changes: Sequence[tuple[str, str, str]]


@dataclass(frozen=True)
class Told:
    """What an arm changes of a metric, in words and drawn. low, at, high: of 100."""

    name: str
    mean: str
    change: Change
    percent: str = ""
    between: tuple[str, str] = ("", "")
    low: str = ""
    at: str = ""
    high: str = ""


@dataclass(frozen=True)
class Day:
    """What was told on a day."""

    change: Change
    name: str
    percent: str
    between: tuple[str, str]


@dataclass(frozen=True)
class Block:
    """A metric: as the feed is, and by arm. scale: percent at either end."""

    code: str
    label: str
    mean: str
    scale: str
    arms: Sequence[Told]
    days: Sequence[Day]


def listing(form: ExperimentForm, *, at: datetime) -> dict[str, Any]:
    """Return what the list and its form show. Queries: 2."""
    arms = Prefetch("arms", Arm.objects.filter(place__gt=0))
    found = Experiment.objects.order_by("-pk").prefetch_related(arms)[:MOST_SHOWN]
    return {
        "experiments": [(one, state(one, at=at)) for one in found],
        "form": form,
        "layers": [(label, list(_weights(layer))) for layer, label in _layers().items()],
    }


def one(experiment: Experiment, *, at: datetime) -> dict[str, Any]:
    """Return what an experiment's page shows. Queries: 3."""
    found = results(experiment)
    rows = [
        ArmRow(_name(arm), arm.share, viewers, list(_changes(arm)))
        for arm, viewers in zip(found.arms, found.counts, strict=True)
    ]
    return {
        "experiment": experiment,
        "state": state(experiment, at=at),
        "layer": _layers()[Layer(experiment.layer)],
        "arms": rows,
        "at": found.at,
        "is_suspect": found.is_suspect,
        "blocks": [_block(course) for course in found.courses],
        "fewest": FEWEST,
        "part": _number(5 / max(len(rows) - 1, 1)),
    }


def state(experiment: Experiment, *, at: datetime) -> str:
    """Return how far it is, for the badge."""
    if experiment.is_running(at):
        return "runs"
    if experiment.begins_at == experiment.ends_at:
        return "called off"
    return "planned" if experiment.begins_at > at else "over"


def _layers() -> dict[Layer, str]:
    return {
        Layer.SPEAKING: gettext("What speaks for the next clip"),
        Layer.MIXING: gettext("How a page is put together"),
    }


def _weights(layer: Layer) -> Any:
    for name, (of, least, most) in weighing.BOUNDS.items():
        if of is layer:
            yield Weight(name, f"{weighing.declared(name):g}", f"{least:g}", f"{most:g}")


def _name(arm: Arm) -> str:
    return gettext(AS_IT_IS) if arm.place == 0 else arm.name


def _changes(arm: Arm) -> Any:
    for weight, value in arm.changes.items():
        now = f"{weighing.declared(weight):g}" if weight in weighing.BOUNDS else "–"
        yield weight, now, f"{value:g}"


def _block(course: Course) -> Block:
    lasts = [days[-1] for days in course.changes if days]
    ends = [abs(end) for last in lasts if last.percent for end in last.percent[1:]]
    scale = next((each for each in SCALES if each >= max(ends, default=0)), SCALES[-1])
    days = sorted(
        (change for arm in course.changes for change in arm),
        key=lambda change: (change.day, -change.arm.place),
        reverse=True,
    )
    return Block(
        course.metric.value,
        course.metric.label,
        _number(course.mean),
        _number(scale),
        [_told(last, scale) for last in lasts],
        [Day(each, _name(each.arm), *_words(each)) for each in days],
    )


def _told(change: Change, scale: int) -> Told:
    name, mean = _name(change.arm), _number(change.mean)
    if change.percent is None:
        return Told(name, mean, change)
    at, low, high = (50 + 50 * min(max(value / scale, -1.0), 1.0) for value in change.percent)
    return Told(name, mean, change, *_words(change), f"{low:.2f}", f"{at:.2f}", f"{high:.2f}")


def _words(change: Change) -> tuple[str, tuple[str, str]]:
    if change.percent is None:
        return "", ("", "")
    value, low, high = (_signed(each) for each in change.percent)
    return value, (low, high)


def _signed(percent: float) -> str:
    return str(format_decimal(percent, format="+#,##0.0;−#,##0.0", locale=locale()))


def _number(value: float) -> str:
    pattern = "#,##0" if abs(value) >= 1_000 else "#,##0.##" if abs(value) >= 1 else "#,##0.####"
    return str(format_decimal(value, format=pattern, locale=locale()))
