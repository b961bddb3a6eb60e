"""Which arms a viewer's page is chosen by."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from vitrine.feed import weighing
from vitrine.feed.experiments import arms
from vitrine.feed.models import Arm
from vitrine.feed.weighing import Weights


@dataclass(frozen=True)
class Part:
    """The arm of one experiment that a page is chosen by. Primary keys."""

    experiment: int
    arm: int


@dataclass(frozen=True)
class _Declared:
    """An experiment as this process knows it. What was declared never changes."""

    salt: str
    shares: Mapping[str, int]
    arms: Mapping[str, tuple[int, Mapping[str, float]]]


_known: dict[int, _Declared] = {}


def chosen(viewer: str, experiments: Sequence[int]) -> tuple[Weights, list[Part]]:
    """Return the weights for a viewer while some experiments run, and their parts in them.

    Queries: 0, or 1 where an experiment is met for the first time.
    """
    if not experiments:
        return weighing.OURS, []
    changes: dict[str, float] = {}
    parts = []
    for pk, one in zip(experiments, _declared(experiments), strict=True):
        arm, more = one.arms[arms.arm_of(viewer, salt=one.salt, shares=one.shares)]
        changes |= more
        parts.append(Part(pk, arm))
    return weighing.changed(changes.items()), parts


def forget() -> None:
    """Read experiments anew when they are met."""
    _known.clear()


def _declared(experiments: Iterable[int]) -> list[_Declared]:
    unknown = set(experiments) - _known.keys()
    if unknown:
        _known.update(_read(unknown))
    return [_known[pk] for pk in experiments]


def _read(experiments: Iterable[int]) -> dict[int, _Declared]:
    """Read experiments. Of weights that may not be changed any more, nothing is changed."""
    found: dict[int, list[Arm]] = defaultdict(list)
    for arm in Arm.objects.filter(experiment__in=experiments).select_related("experiment"):
        found[arm.experiment_id].append(arm)
    return {
        pk: _Declared(
            each[0].experiment.salt,
            {arm.name: arm.share for arm in each},
            {arm.name: (arm.pk, _changes(arm)) for arm in each},
        )
        for pk, each in found.items()
    }


def _changes(arm: Arm) -> dict[str, float]:
    return {name: value for name, value in arm.changes.items() if name in weighing.BOUNDS}
