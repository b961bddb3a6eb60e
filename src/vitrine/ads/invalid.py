"""What counted for nothing, by reason, in words that a shopkeeper understands.

Refused at once (``Disbelief``, by the day of the report), or billed and taken back (``Reversal``,
by the day of the showing, as ``figures`` has it).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Count, DateField, Q, Sum
from django.db.models.expressions import RawSQL
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from vitrine.ads import tokens
from vitrine.ads.models import Ad, Billed, Disbelief, Ground, Reversal
from vitrine.ads.tokens import Reason
from vitrine.sovereignty.cell import this_cell

KEPT_DAYS = 30
"""For so long it is known what was refused at once."""


class Words(NamedTuple):
    """A reason as people read it, and what it means."""

    title: Promise
    why: Promise


WORDS: dict[str, Words] = {
    Reason.OWN: Words(  # and ``Ground.OWN``
        gettext_lazy("The advertiser’s own people"),
        gettext_lazy(
            "Who acts for the advertiser, or made the clip, saw or followed it, or somebody did in "
            "the same browser."
        ),
    ),
    Reason.TOO_OFTEN: Words(  # and ``Ground.TOO_OFTEN``
        gettext_lazy("The same viewer again"),
        gettext_lazy("One viewer who comes again and again is billed once an hour, twice a day."),
    ),
    Reason.REPLAYED: Words(
        gettext_lazy("Sent twice"),
        gettext_lazy("The same view or click was reported before. It counts once."),
    ),
    Reason.EXPIRED: Words(
        gettext_lazy("Too late"),
        gettext_lazy("It was reported more than half an hour after the ad was shown."),
    ),
    Reason.TOO_EARLY: Words(
        gettext_lazy("Too early"),
        gettext_lazy("It was reported before anybody could have seen the ad."),
    ),
    Reason.NOT_YOURS: Words(
        gettext_lazy("By somebody else"),
        gettext_lazy("It was reported by another viewer than the one who was shown the ad."),
    ),
    Reason.LEASE_OVER: Words(
        gettext_lazy("Beyond the budget"),
        gettext_lazy("It came after the budget was used up, so it was free."),
    ),
    Reason.FORGED: Words(
        gettext_lazy("Made up"),
        gettext_lazy("It was never shown by us at all. Nobody can tell which ad it is of."),
    ),
    Ground.FLOOD: Words(
        gettext_lazy("Far more than usual"),
        gettext_lazy(
            "So many came at once that most of them were not honest. As many as were to be "
            "expected were billed."
        ),
    ),
    Ground.DEVICE: Words(
        gettext_lazy("Many accounts on one device"),
        gettext_lazy("One browser was used by many accounts that all met your ads."),
    ),
    Ground.NETWORK: Words(
        gettext_lazy("A crowd on one connection"),
        gettext_lazy("Far more came from one internet connection than its people explain."),
    ),
    Ground.RHYTHM: Words(
        gettext_lazy("As even as a machine"),
        gettext_lazy("They came at times so even that a program made them, not people."),
    ),
    Ground.HASTE: Words(
        gettext_lazy("Bought too fast"),
        gettext_lazy("The order came faster after the click than anybody can buy."),
    ),
    Ground.HAND: Words(
        gettext_lazy("Taken back by the operator"),
        gettext_lazy("The operator of this site judged that it was not honest."),
    ),
}


@dataclass
class Invalid:
    """Views and clicks that counted for nothing. said: what staff wrote, in a recall.

    back_micros: billed at first, and given back.
    """

    reason: str
    said: str = ""
    views: int = 0
    clicks: int = 0
    back_micros: int = 0

    @property
    def title(self) -> Promise:
        """Return the reason in words."""
        return WORDS[self.reason].title

    @property
    def why(self) -> str | Promise:
        """Return what it means: what staff wrote of it, where they did."""
        return self.said or WORDS[self.reason].why


def by_reason(ads: Q, *, since: date, until: date) -> list[Invalid]:
    """Return what counted for nothing of some ads in some days; most of it first. Queries: 2.

    ads: which, by the fields of ``Ad``; ``Q()``: of all, and what names none.
    """
    found: dict[tuple[str, str], Invalid] = {}
    for (reason, said), views, clicks, micros in _rows(ads, since, until, ()):
        one = found.setdefault((reason, said), Invalid(reason, said))
        one.views, one.clicks = one.views + views, one.clicks + clicks
        one.back_micros += micros
    return sorted(found.values(), key=_most)


def by_ad(ads: Q, *, since: date, until: date) -> list[tuple[Ad, Invalid]]:
    """Return the same by ad and reason; most money first. Queries: 3."""
    found: dict[tuple[int, str, str], Invalid] = {}
    for (ad, reason, said), views, clicks, micros in _rows(ads, since, until, ("ad",)):
        if ad is None:
            continue
        one = found.setdefault((ad, reason, said), Invalid(reason, said))
        one.views, one.clicks = one.views + views, one.clicks + clicks
        one.back_micros += micros
    names = ("clip", "group__campaign__advertiser")
    known = Ad.objects.select_related(*names).in_bulk({ad for ad, _, _ in found})
    rows = [(known[ad], one) for (ad, _, _), one in found.items()]
    return sorted(rows, key=lambda row: (*_most(row[1]), row[0].pk))


def _most(one: Invalid) -> tuple[int, int, str, str]:
    return -one.back_micros, -one.views - one.clicks, one.reason, one.said


def _rows(
    ads: Q, since: date, until: date, by: tuple[str, ...]
) -> Iterable[tuple[tuple[Any, ...], int, int, int]]:
    """Yield key, views, clicks and micros given back. by: what comes before the reason in a key."""
    refused = Disbelief.objects.filter(_of(ads, "ad"), day__range=(since, until))
    columns = (*by, "reason", "what")
    for *key, reason, what, number in refused.values_list(*columns).annotate(Sum("reports")):
        is_view = what == Billed.VIEW
        yield (*key, reason, ""), number * is_view, number * (not is_view), 0
    on = RawSQL(  # noqa: S611  (our own constant)
        tokens.shown_on('"ads_charge"."showing"', "%s"),
        [this_cell().time_zone],
        output_field=DateField(),
    )
    back = Reversal.objects.filter(_of(ads, "charge__ad"), charge__isnull=False)
    back = back.annotate(on=on).filter(on__range=(since, until))
    columns = (*(f"charge__{name}" for name in by), "reason", "recall__words", "charge__billed")
    sums = (Count("pk"), Sum("charge__price_micros"))
    for *key, reason, said, what, number, micros in back.values_list(*columns).annotate(*sums):
        is_view = what == Billed.VIEW
        yield (*key, reason, said or ""), number * is_view, number * (not is_view), micros


def _of(ads: Q, path: str) -> Q:
    return Q(**{f"{path}__in": Ad.objects.filter(ads)}) if ads else Q()
