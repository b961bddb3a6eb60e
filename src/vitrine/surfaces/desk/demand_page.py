"""The reads for the desk's page of demand partners."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from vitrine.ads.demand import counting
from vitrine.ads.demand.answers import Refused
from vitrine.ads.demand.counting import Counted, Days
from vitrine.ads.models import Advertiser, DemandStop
from vitrine.sovereignty.cell import local_day
from vitrine.sovereignty.demand_partners import DemandPartner

DAYS = 7
HEADS = {
    Counted.REQUESTS: gettext_lazy("Requests"),
    Counted.ANSWERS: gettext_lazy("Answers"),
    Counted.NO_BIDS: gettext_lazy("Without a bid"),
    Counted.BIDS: gettext_lazy("Bids taken"),
    Counted.SHOWN: gettext_lazy("Shown"),
    Counted.UNUSED: gettext_lazy("Not used in time"),
    Counted.LEFT_ALONE: gettext_lazy("Left alone"),
    Counted.TOLD: gettext_lazy("Notices heard"),
    Counted.UNTOLD: gettext_lazy("Notices not heard"),
}
REASONS = {
    Refused.LATE: gettext_lazy("The answer was not there in time."),
    Refused.UNREACHABLE: gettext_lazy("Nobody answered."),
    Refused.STATUS: gettext_lazy("It answered with another status than 200 or 204."),
    Refused.TOO_BIG: gettext_lazy("The answer was too large."),
    Refused.MALFORMED: gettext_lazy("The answer was not what OpenRTB says."),
    Refused.ANOTHER: gettext_lazy("The answer was to another request."),
    Refused.CURRENCY: gettext_lazy("The answer was in another currency."),
    Refused.TOGETHER: gettext_lazy("Bids were sold together only."),
    Refused.UNREAD: gettext_lazy("A bid could not be read."),
    Refused.PLACE: gettext_lazy("A bid was for a place nobody offered."),
    Refused.TWICE: gettext_lazy("A bid came twice, or two for one place."),
    Refused.PRICE: gettext_lazy("A price was nothing, below nothing, or absurdly high."),
    Refused.FLOOR: gettext_lazy("A price was below the floor."),
    Refused.DEAL: gettext_lazy("A bid named a deal that nobody made."),
    Refused.CATEGORY: gettext_lazy("An ad was of a category that is not shown."),
    Refused.TOO_SHORT: gettext_lazy("A bid was not good for long enough."),
    Refused.ELSEWHERE: gettext_lazy("A notice was to go to another host."),
    Refused.NO_AD: gettext_lazy("A bid named no ad of this place."),
    Refused.NOT_THEIRS: gettext_lazy("A bid named somebody else’s ad."),
    Refused.NOT_REVIEWED: gettext_lazy("An ad was not approved."),
    Refused.NOT_STANDING: gettext_lazy("An ad was paused, over, or its product sold out."),
    Refused.BY_CLICK: gettext_lazy("An ad was of a campaign that pays for clicks."),
    Refused.PICKING: gettext_lazy("An ad was meant for some people only."),
}


@dataclass(frozen=True)
class Day:
    """How a partner answered on a day: a number for each of HEADS, and how long it took."""

    day: date
    numbers: list[int]
    half_ms: int | None
    most_ms: int | None


@dataclass(frozen=True)
class Told:
    """A partner with its last days, the latest first. advertiser: None: no such account."""

    named: DemandPartner
    advertiser: Advertiser | None
    stopped_at: datetime | None
    days: list[Day]
    reasons: list[tuple[Promise, int]]

    @property
    def is_asked(self) -> bool:
        """Tell whether it is asked for bids."""
        payer = self.advertiser
        return payer is not None and payer.suspended_at is None and self.stopped_at is None


def page(*, at: datetime) -> dict[str, Any]:
    """Return the context of the page. Queries: 3, or none where the operator named nobody."""
    if not settings.VITRINE_RTB:
        return {"partners": [], "heads": HEADS.values(), "days": DAYS}
    names = [one.account for one in settings.VITRINE_RTB]
    known = {one.public_id: one for one in Advertiser.objects.filter(public_id__in=names)}
    keys = [one.pk for one in known.values()]
    rows = DemandStop.objects.filter(advertiser__in=keys).values_list("advertiser", "at")
    stopped = dict(rows)
    counted = counting.days(keys, since=local_day(at - timedelta(days=DAYS - 1)))
    told = []
    for named in settings.VITRINE_RTB:
        payer = known.get(named.account)
        days = counted.get(payer.pk, {}) if payer else {}
        stopped_at = stopped.get(payer.pk) if payer else None
        told.append(Told(named, payer, stopped_at, _days(days), _reasons(days)))
    return {"partners": told, "heads": HEADS.values(), "days": DAYS}


def _days(days: Days) -> list[Day]:
    return [
        Day(
            day,
            [numbers.get(head, 0) for head in HEADS],
            counting.quantile_ms(numbers, 0.5),
            counting.quantile_ms(numbers, 0.99),
        )
        for day, numbers in sorted(days.items(), reverse=True)
    ]


def _reasons(days: Days) -> list[tuple[Promise, int]]:
    sums: Counter[str] = Counter()
    for numbers in days.values():
        sums.update(numbers)
    return [(words, sums[why]) for why, words in REASONS.items() if sums[why]]
