"""Processes that serve ads and bill them, as tests play them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from vitrine.ads import billing, leasing, tokens
from vitrine.ads.models import Ad, Billed
from vitrine.ads.promising import Promises
from vitrine.ads.tokens import Reason
from vitrine.kernel.money import MICROS_PER_MINOR

VIEWER = "v_somebody"
LATER = timedelta(seconds=3)


@dataclass
class Worker:
    """A process with a lease. given: what its tokens are and cost, and when they were made."""

    ad: Ad
    promises: Promises | None = None
    given: list[str] = field(default_factory=list)

    def take(self, *, at: datetime, least_micros: int = 20_000) -> bool:
        """Give back the rest of a lease and take another."""
        if self.promises is not None:
            leasing.end(self.promises, at=at)
        self.promises = leasing.take(self.ad.group.campaign, least_micros=least_micros, at=at)
        return self.promises is not None

    def serve(self, price_micros: int, *, at: datetime, chance: float = 1.0) -> str | None:
        """Make a token if the lease allows for it."""
        held = self.promises
        if held is None or at >= held.until_at or not held.can(price_micros, chance):
            return None
        held.promise(price_micros, chance)
        text, _ = tokens.made(
            lease=held.lease,
            ad=self.ad.pk,
            price_micros=price_micros,
            billed=self.ad.group.campaign.pays_for,
            to=VIEWER,
            at=at,
        )
        self.given.append(text)
        return text


def bill(
    *texts: str, at: datetime, what: Billed = Billed.VIEW, viewer: str = VIEWER
) -> list[Reason | None]:
    """Report tokens; return why each was refused, None where it was billed or counted.

    Each of ``VIEWER`` counts as another viewer's: how much is billed of one is not the question.
    """
    heard = billing.opened(texts, what, viewer=viewer, at=at)
    reports = heard.reports
    if viewer == VIEWER:
        reports = [one._replace(viewer=f"v_{n}") for n, one in enumerate(reports)]
    said = billing.bill_all([reports])[0] if reports else []
    return [*(one.reason for one in heard.refused), *said]


def minor(micros: int) -> int:
    """Return whole minor units."""
    return micros // MICROS_PER_MINOR
