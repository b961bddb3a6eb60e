"""Note who would have been shown an ad and was held out of its campaign.

A viewer who is held out is found at the auction that the ad has won: nothing of it is shown or
billed, and the place goes to the next. So they are like those who were shown it, at the same moment
and by the same gates. Nobody is held out whose purchases may not be measured.
Source: docs/adr/0116-whose-sale.md.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.conf import settings

from vitrine.ads import holding, holdout, showing
from vitrine.ads.models import Placement
from vitrine.ads.standing import Line
from vitrine.kernel import prepared
from vitrine.sovereignty.cell import home


class Missed(NamedTuple):
    """An ad that won a place and was not shown. chance: to be billed."""

    line: Line
    price_micros: int
    chance: float


@dataclass
class Viewer:
    """Who stands before a page. missed: what they would have been shown on it."""

    key: str
    is_measured: bool
    missed: list[Missed] = field(default_factory=list)

    def is_held(self, line: Line) -> bool:
        """Tell whether the viewer is held out of an ad's campaign."""
        return self.is_measured and holdout.is_held(
            self.key, line.campaign, line.holdout_percent, secret=settings.SECRET_KEY
        )


def note(viewer: Viewer, placement: Placement, *, at: datetime) -> None:
    """Note what a viewer would have been shown, where it could have been. Queries: 0 or 2.

    Whoever is held out of a campaign is shown it in no placement. The first time alone is kept:
    after it those who are shown it meet it less often, by their caps and by what they hide.
    """
    could = [
        one.line
        for one in viewer.missed
        if holding.could(one.line.campaign, one.price_micros, one.chance, at=at)
    ]
    still = showing.standing_among([line.ad for line in could], placement) if could else set()
    campaigns = sorted({line.campaign for line in could if line.ad in still})
    if campaigns:
        prepared.run(_NOTE, [home(), viewer.key, at, campaigns])


_NOTE = """
INSERT INTO ads_ghost (home_cell, viewer, is_held, first_at, campaign_id)
SELECT %s, %s, true, %s, campaign FROM unnest(%s::bigint[]) AS one (campaign)
ON CONFLICT (viewer, campaign_id) DO NOTHING
"""
