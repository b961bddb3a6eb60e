"""What a campaign may come to, in a sentence."""

from datetime import datetime

import numpy as np
from babel.numbers import format_decimal
from django.utils.translation import gettext

from vitrine.ads import forecasting, landscape
from vitrine.ads.campaigning import Audience
from vitrine.ads.forecasting import Range
from vitrine.ads.models import Billed, Placement
from vitrine.feed.models import Habit
from vitrine.sovereignty.cell import locale
from vitrine.surfaces.promote.forms import written

SEED = 6
"""The same form says the same."""


def told(
    audience: Audience, billed: Billed, *, merchant: int | None, daily_minor: int, at: datetime
) -> str:
    """Say what a day of a campaign may come to, or why that cannot be said. Queries: 0, 4 or 5."""
    if Placement.FEED not in audience.placements:
        return gettext("What product search brings cannot be told: it hangs on what people search.")
    market = landscape.market(audience, merchant, plain=Habit.plain_among, at=at)
    wish = landscape.wish(audience, billed, daily_minor, at=at)
    found = forecasting.forecast(market, wish, np.random.default_rng(SEED))
    if found is None:
        return gettext("Not enough was shown to such people yet to tell what to expect.")
    if found.most < 1:
        return gettext("At this bid nothing is likely: others pay more for the same people.")
    return _sentence(
        found,
        billed,
        written(daily_minor),
        hangs_on_watching=bool(audience.interests or audience.alike or audience.beside),
    )


def orders() -> str:
    """Say that it cannot be told what will be bought."""
    return gettext(
        "How much it will sell cannot be told: how many buy after a click on its ads is known once "
        "some did."
    )


def _sentence(found: Range, billed: Billed, amount: str, *, hangs_on_watching: bool) -> str:
    least, most = (_rounded(number) for number in found)
    if hangs_on_watching:
        said = {
            Billed.VIEW: gettext(
                "At most about {most} views for {amount} a day: what these people watch is not "
                "counted."
            ),
            Billed.CLICK: gettext(
                "At most about {most} clicks for {amount} a day: what these people watch is not "
                "counted."
            ),
        }
    else:
        said = {
            Billed.VIEW: gettext("About {least}–{most} views for {amount} a day."),
            Billed.CLICK: gettext("About {least}–{most} clicks for {amount} a day."),
        }
    return said[billed].format(least=least, most=most, amount=amount)


def _rounded(number: int) -> str:
    """Return it with two digits that count."""
    step: int = 10 ** max(len(str(number)) - 2, 0)
    return str(format_decimal(round(number / step) * step, locale=locale()))
