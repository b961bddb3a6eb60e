"""People, and machines, before an ad: what they are shown and report, through the real billing."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests import make
from tests.ads import making
from vitrine.ads import billing, leasing, tokens
from vitrine.ads.models import Ad, Billed, Objective, Showing
from vitrine.ads.origins import NOWHERE, From
from vitrine.ads.tokens import Reason

PRICE_MICROS = 1_000


@dataclass
class Meeting:
    """A viewer who is shown an ad at a moment, and follows it so much later."""

    viewer: str
    at: datetime
    after: timedelta = timedelta(seconds=30)
    origin: From = NOWHERE


@dataclass
class Crowd:
    """Those who are shown one ad, which pays for clicks.

    leases: what its showings are billed to, by when they were taken.
    """

    ad: Ad
    billed: Billed = Billed.CLICK
    leases: dict[datetime, int] = field(default_factory=dict)

    def lease(self, at: datetime) -> int:
        """Return a lease that an instant falls into."""
        for taken_at, lease in self.leases.items():
            if taken_at <= at < taken_at + leasing.LASTS:
                return lease
        taken_at = at.replace(minute=at.minute // 10 * 10, second=0, microsecond=0)
        held = leasing.take(self.ad.group.campaign, least_micros=20_000_00, at=taken_at)
        assert held is not None
        self.leases[taken_at] = held.lease
        return held.lease

    def show(
        self, meetings: Sequence[Meeting], *, chance: float = 0.01, price_micros: int = PRICE_MICROS
    ) -> list[str]:
        """Show the ad to viewers; return the tokens."""
        made = [
            tokens.made(
                lease=self.lease(one.at),
                ad=self.ad.pk,
                price_micros=price_micros,
                billed=self.billed,
                to=one.viewer,
                at=one.at,
            )
            for one in meetings
        ]
        Showing.objects.bulk_create(
            Showing(
                showing=name,
                viewer=one.viewer,
                ad=self.ad,
                lease_id=self.lease(one.at),
                price_micros=price_micros,
                chance=chance,
                at=one.at,
            )
            for one, (_, name) in zip(meetings, made, strict=True)
        )
        return [text for text, _ in made]

    def follow(self, meetings: Sequence[Meeting], texts: Sequence[str]) -> list[Reason | None]:
        """Report that viewers followed it; return why each was refused, None where it counts."""
        return self.report(meetings, texts, what=Billed.CLICK)

    def report(
        self, meetings: Sequence[Meeting], texts: Sequence[str], *, what: Billed
    ) -> list[Reason | None]:
        """Report it, all in one statement, as those who report at one moment."""
        heard = [
            billing.opened(
                [text], what, viewer=one.viewer, origin=one.origin, at=one.at + one.after
            )
            for one, text in zip(meetings, texts, strict=True)
        ]
        assert not [one.refused for one in heard if one.refused]
        return [said for (said,) in billing.bill_all([one.reports for one in heard])]

    def click(self, meetings: Sequence[Meeting], *, chance: float = 0.01) -> list[Reason | None]:
        """Show it to viewers who all follow it."""
        return self.follow(meetings, self.show(meetings, chance=chance))


def crowd(
    *, billed: Billed = Billed.CLICK, ad: Ad | None = None, starts_at: datetime = make.NOON
) -> Crowd:
    """Make an ad with money, which nobody was shown."""
    if ad is None:
        objective = Objective.CLICKS if billed == Billed.CLICK else Objective.VIEWS
        payer = making.advertiser(put_minor=10_000_00)
        campaign = making.campaign(
            payer, objective=objective, budget_minor=9_000_00, starts_at=starts_at
        )
        ad = making.ad(making.group(campaign))
    return Crowd(ad, billed)


def meetings(
    number: int,
    *,
    every: timedelta,
    at: datetime = make.NOON,
    name: str = "v_",
    origin: From = NOWHERE,
) -> list[Meeting]:
    """Return as many viewers, who come so often on average and each wait as people do."""
    dice = random.Random(f"{name}{number}")
    times = sorted(dice.uniform(0, number) for _ in range(number))
    return [
        Meeting(
            f"{name}{n}",
            at + time * every,
            timedelta(seconds=min(3 + dice.lognormvariate(3.2, 0.9), 1_200)),
            origin,
        )
        for n, time in enumerate(times)
    ]
