"""Who is like the people of a shop: asked for by groups, read for a page, said to advertisers.

They are made where it is known what people watch (``feed/lookalikes.py``).
Source: docs/adr/0126-look-alikes.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple, Self

import numpy as np
from django.db.models import Q
from django.utils.translation import gettext

from vitrine.ads.aiming import Like, Line, like_of
from vitrine.ads.models import AdGroup, Lookalike
from vitrine.ads.models.dealing import in_order
from vitrine.ads.models.lookalike import FEWEST_ALIKE
from vitrine.recommend.arrays import Floats

Asked = tuple[int, tuple[str, ...]]
"""A shop, and what those have to do with it whom others are like."""


class Taste(NamedTuple):
    """What somebody watches. vector: of length 1, among the factors of some tables: the space."""

    space: str
    vector: Floats


class Found(NamedTuple):
    """Whom some ads are for by likeness. least: how far along its direction they are."""

    like: Like
    space: str
    direction: Floats
    least: float


@dataclass(frozen=True)
class Lookalikes:
    """Whom ads that stand are for by likeness."""

    found: Sequence[Found] = ()

    @classmethod
    def of(cls, lines: Iterable[Line]) -> Self:
        """Read those that lines ask for. Queries: 1, or 0 where none does.

        What was not made yet, and what is of too few, is not among them: nobody is like that.
        """
        likes = {like_of(line) for line in lines if line.alike}
        if not likes:
            return cls()
        rows = Lookalike.objects.filter(merchant__in={shop for shop, _, _ in likes})
        known = {(row.merchant_id, tuple(row.of)): row for row in rows}
        return cls(
            [
                Found(like, row.space, np.frombuffer(row.direction, np.float32), least)
                for like in likes
                if (row := known.get((like[0] or 0, like[1]))) is not None
                and (least := row.least(like[2])) is not None
            ]
        )

    def near(self, taste: Taste | None) -> set[Like]:
        """Return those whom somebody is like. Queries: 0."""
        if taste is None or not self.found:
            return set()
        far = (self._directions @ taste.vector).tolist()
        return {
            one.like
            for one, along in zip(self.found, far, strict=True)
            if one.space == taste.space and along >= one.least
        }

    @cached_property
    def _directions(self) -> Floats:
        return np.stack([one.direction for one in self.found])


def asked_for(*, at: datetime) -> set[Asked]:
    """Return what groups ask for whose campaigns are not over. Queries: 1."""
    goes_on = Q(campaign__ends_at=None) | Q(campaign__ends_at__gt=at)
    groups = AdGroup.objects.filter(
        goes_on,
        alike_percent__gt=0,
        campaign__ended_at=None,
        campaign__advertiser__merchant__isnull=False,
    )
    rows = groups.values_list("campaign__advertiser__merchant", "alike").distinct()
    return {(shop, tuple(in_order(alike))) for shop, alike in rows}


def waits(groups: Sequence[AdGroup], merchant: int | None) -> dict[int, str]:
    """Say of groups of one shop which cannot be shown yet, and why. Queries: 0 or 1."""
    asking = [group for group in groups if group.alike]
    if not asking:
        return {}
    rows = Lookalike.objects.filter(merchant=merchant)
    known = {tuple(row.of): row for row in rows}
    said = {group.pk: _why(group, known.get(tuple(in_order(group.alike)))) for group in asking}
    return {group: why for group, why in said.items() if why}


def _why(group: AdGroup, row: Lookalike | None) -> str:
    if row is None:
        return gettext("Not shown yet: whom its people are like is worked out within minutes.")
    if not row.people:
        return gettext(
            "Not shown yet: {fewest} people needed who did that in your shop and let For you be "
            "chosen for them."
        ).format(fewest=FEWEST_ALIKE)
    if row.least(group.alike_percent) is None:
        return gettext(
            "Not shown yet: {percent} % of the viewers here are too few people. Choose a larger "
            "share."
        ).format(percent=group.alike_percent)
    return ""
