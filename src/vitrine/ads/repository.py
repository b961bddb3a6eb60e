"""The public repository of ads: what was shown, who paid, when, for whom, and whom it reached.

An ad is in it from its first showing until a year after its last, as it was shown then, whatever
becomes of its clip. Pages and programs are told the same: ``Told``.
Source: docs/adr/0131-what-was-advertised.md.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import TruncDate

from vitrine.ads import reach
from vitrine.ads.fates import TELLING, Fate, fate
from vitrine.ads.models import Ad, AdDay, AdGroup, AdRecord, PastTargeting, Placement
from vitrine.ads.models.targeting import Targeting
from vitrine.ads.reach import Reached
from vitrine.ads.recording import KEPT
from vitrine.sovereignty.cell import local_day, this_cell

Ads: TypeAlias = "QuerySet[Ad]"
MOST_WORDS = 8


@dataclass(frozen=True)
class Sought:
    """What is looked for; what is empty lets everything in.

    words: each in what it is called, or was, a creator's name whole. payer: in who paid. since,
    until: days, both inclusive, on or between which it was shown. region: a code that it was for.
    """

    words: str = ""
    payer: str = ""
    since: date | None = None
    until: date | None = None
    placement: Placement | None = None
    region: str = ""

    def days(self, of: str = "") -> Q:
        """Return the condition on first and last day. of: the path to them."""
        found = Q()
        if self.since:
            found &= Q(**{f"{of}last_on__gte": self.since})
        if self.until:
            found &= Q(**{f"{of}first_on__lte": self.until})
        return found

    @property
    def each_word(self) -> list[str]:
        """Return the words that are looked for."""
        return self.words.split()[:MOST_WORDS]


def shown(*, at: datetime) -> Ads:
    """Return the ads that are in it, the latest made first, and what became of each: fate."""
    found = Ad.objects.with_standing().filter(record__last_on__gte=local_day(at) - KEPT)
    withheld = When(withheld_at__isnull=False, then=Value(Fate.REMOVED))
    refused = When(is_approved=False, then=Value(Fate.REFUSED))
    return (
        found.annotate(fate=fate(withheld, refused))
        .select_related("record", "group", "clip")
        .order_by("-pk")
    )


def with_content(*, at: datetime) -> Ads:
    """Return the ads of ``shown`` whose content is told."""
    return shown(at=at).filter(Q(fate__in=TELLING))


def found(sought: Sought, *, at: datetime) -> Ads:
    """Return those that are looked for. What is not told of one, it is not found by."""
    rows = shown(at=at).filter(sought.days("record__"))
    for word in sought.each_word:
        rows = rows.filter(_called(word))
    if sought.payer:
        rows = rows.filter(record__payer__icontains=sought.payer)
    if sought.placement:
        stood = AdDay.objects.filter(ad=OuterRef("pk"), placement=sought.placement, shown__gt=0)
        rows = rows.filter(Exists(stood))
    return rows.filter(_was_for(sought.region)) if sought.region else rows


def _called(word: str) -> Q:
    creator = word.lstrip("@")
    content = Q(record__title__icontains=word) | Q(record__product__icontains=word)
    content |= Q(record__former__icontains=word)
    told = Q(record__payer__icontains=word) | Q(record__creator__iexact=creator)
    return told | (content & Q(fate__in=TELLING))


def _was_for(region: str) -> Q:
    """Return the condition that an ad was for a region on a day on which it was shown."""
    before = PastTargeting.objects.annotate(until_on=_day("until_at"), from_on=_day("aimed_at"))
    past = before.filter(
        group=OuterRef("group"),
        regions__contains=[region],
        until_on__gte=OuterRef("record__first_on"),
        from_on__lte=OuterRef("record__last_on"),
    )
    since = Q(record__last_on__gte=_day("group__aimed_at"))
    return Q(Exists(past)) | (Q(group__regions__contains=[region]) & since)


def _day(field: str) -> TruncDate:
    return TruncDate(field, tzinfo=ZoneInfo(this_cell().time_zone))


@dataclass(frozen=True)
class Aimed:
    """Whom an ad was for on some days. until_on: the last of them; a day of change is in both."""

    whom: Targeting
    from_on: date
    until_on: date


@dataclass(frozen=True)
class Told:
    """All that is told of an ad. aimed: the latest first."""

    ad: Ad
    fate: Fate
    refused_for: str
    placements: Sequence[Placement]
    aimed: Sequence[Aimed]
    reached: Reached

    @property
    def record(self) -> AdRecord:
        """Return what was kept of it."""
        return self.ad.record

    @property
    def is_told(self) -> bool:
        """Tell whether its content is told."""
        return self.fate in TELLING

    @property
    def is_out(self) -> bool:
        """Tell whether anybody can see its clip."""
        return self.fate == Fate.OUT

    @property
    def url(self) -> str:
        """Return its address in the repository."""
        return f"/transparency/ads/{self.ad.public_id}"

    @property
    def film_url(self) -> str:
        """Return where its film is. Empty: it is not told, or not kept."""
        return f"{self.url}/film.mp4" if self.is_told and self.record.film_key else ""

    @property
    def picture_url(self) -> str:
        """Return where its first frame is. Empty: it is not told, or not kept."""
        return f"{self.url}/picture.webp" if self.is_told and self.record.poster_key else ""

    @property
    def document(self) -> dict[str, object]:
        """Return it for a program: where its content is not told, that is null."""
        ad, kept, is_told = self.ad, self.record, self.is_told
        return {
            "id": ad.public_id,
            "url": self.url,
            "payer": kept.payer,
            "state": self.fate.value,
            "withheld_at": ad.withheld_at.isoformat() if ad.withheld_at else None,
            "clip": {
                "id": ad.clip.public_id if is_told else None,
                "title": kept.title if is_told else None,
                "description": kept.about if is_told else None,
                "creator": kept.creator,
                "url": ad.clip.get_absolute_url() if self.is_out else None,
                "film": self.film_url or None,
                "picture": self.picture_url or None,
            },
            "former_names": kept.former if is_told else None,
            "button": ad.call if is_told else None,
            "product": kept.product or None if is_told else None,
            "leads_to": kept.leads_to if is_told else None,
            "first_shown_on": str(kept.first_on),
            "last_shown_on": str(kept.last_on),
            "placements": [one.told for one in self.placements],
            "targeting": _said(self.aimed[0].whom) if self.aimed else None,
            "targeting_by_day": [
                {"from": str(one.from_on), "until": str(one.until_on), **_said(one.whom)}
                for one in self.aimed
            ],
            "reach": self.reached.document,
        }


def tell(ads: Iterable[Any], *, at: datetime) -> list[Told]:
    """Return what is told of some ads of ``shown``. Queries: 3."""
    rows = list(ads)
    past: dict[int, list[PastTargeting]] = defaultdict(list)
    groups = PastTargeting.objects.filter(group__in={ad.group_id for ad in rows})
    for whom in groups.order_by("-until_at", "-pk"):
        past[whom.group_id].append(whom)
    keys = [ad.pk for ad in rows]
    days = AdDay.objects.filter(ad__in=keys, shown__gt=0).values("ad").order_by()
    stood = dict(days.values_list("ad", ArrayAgg("placement", distinct=True)))
    reached = reach.of_ads(keys, at=at)
    return [
        Told(
            ad=ad,
            fate=Fate(ad.fate),
            refused_for=ad.why_refused or "",
            placements=[one for one in Placement if one.value in stood.get(ad.pk, ())],
            aimed=_aimed(ad, past[ad.group_id]),
            reached=reached[ad.pk],
        )
        for ad in rows
    ]


def _aimed(ad: Ad, past: Sequence[PastTargeting]) -> list[Aimed]:
    """Return whom an ad was for while it was shown. past: of its group, the latest first."""
    first, last = ad.record.first_on, ad.record.last_on
    if first is None or last is None:
        raise ValueError(f"{ad} was never shown")
    all_of_it: list[AdGroup | PastTargeting] = [ad.group, *past]
    found, until_on = [], last
    for whom in all_of_it:
        since = local_day(whom.aimed_at)
        from_on = first if whom is all_of_it[-1] else max(since, first)
        if from_on <= until_on:
            found.append(Aimed(whom, from_on, until_on))
        until_on = min(since, until_on)
    return found


def _said(whom: Targeting) -> dict[str, object]:
    return {name: getattr(whom, name) for name in _SAID}


_SAID = (
    *("languages", "ages", "interests", "regions", "dealings", "left_out"),
    *("alike", "alike_percent", "beside"),
)
