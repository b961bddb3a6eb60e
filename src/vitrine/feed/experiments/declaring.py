"""Declare an experiment: what is tried, on how many, from when until when."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from vitrine.accounts.models import Person
from vitrine.feed.models import Arm, Experiment
from vitrine.feed.weighing import BOUNDS, Layer
from vitrine.kernel.errors import Refusal

AS_IT_IS = gettext_noop("As it is")
"""The name of every experiment's first arm."""
ONE_A_LAYER = "feed_experiment_one_a_layer"


class Tried(NamedTuple):
    """An arm that changes something. share: percent of viewers."""

    name: str
    share: int
    changes: Mapping[str, float]


class LayerTaken(Refusal):
    """Another experiment tries weights of the same kind at that time."""

    code = "experiment_layer_taken"
    message = gettext_noop(
        "Another experiment changes weights of this kind in these days. Stop it, or begin later."
    )


def layer_of(tried: Sequence[Tried]) -> Layer:
    """Return the layer of what is changed. Raises: ValueError where it is none, or two."""
    (layer,) = {BOUNDS[name].layer for arm in tried for name in arm.changes}
    return layer


def declare(
    name: str,
    tried: Sequence[Tried],
    *,
    begins_at: datetime,
    ends_at: datetime,
    by: Person,
    at: datetime,
) -> Experiment:
    """Declare an experiment; whoever is in none of the arms tried has the feed as it is.

    Raises: LayerTaken.
    """
    for arm in tried:
        for weight, value in arm.changes.items():
            if not BOUNDS[weight].least <= value <= BOUNDS[weight].most:
                raise ValueError(f"{weight} is out of its bounds: {value}")
    rest = Tried(AS_IT_IS, 100 - sum(arm.share for arm in tried), {})
    try:
        with transaction.atomic():
            made = Experiment.objects.create(
                name=name,
                layer=layer_of(tried),
                salt=secrets.token_hex(16),
                by=by,
                declared_at=at,
                begins_at=begins_at,
                ends_at=ends_at,
            )
            Arm.objects.bulk_create(
                Arm(experiment=made, place=place, **arm._asdict())
                for place, arm in enumerate([rest, *tried])
            )
    except IntegrityError as fault:
        if ONE_A_LAYER in str(fault):
            raise LayerTaken from None
        raise
    return made
