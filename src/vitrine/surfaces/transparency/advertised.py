"""What the public repository tells of ads and paid posts, and why some of it is not told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.utils.functional import Promise

from vitrine.ads.fates import JUDGED_SO, Fate
from vitrine.ads.repository import Told as ToldAd
from vitrine.ads.reviewing import GROUNDS
from vitrine.feed.paid_posts import Told as ToldPost
from vitrine.safety.models import Decision

T = TypeVar("T", ToldAd, ToldPost)


@dataclass(frozen=True)
class Why:
    """Why something is not told. code: for programs; words: for people."""

    code: str
    words: str | Promise


@dataclass(frozen=True)
class Entry(Generic[T]):
    """One ad or paid post. why: None where all is told, or nobody decided about it."""

    told: T
    why: Why | None

    @property
    def document(self) -> dict[str, object]:
        """Return it for a program."""
        why = {"code": self.why.code, "words": str(self.why.words)} if self.why else None
        return {**self.told.document, "why": why}


def ads(told: Sequence[ToldAd]) -> list[Entry[ToldAd]]:
    """Return ads with why some are not told. Queries: 1, or none."""
    judged = [one.ad for one in told if one.fate in JUDGED_SO]
    of_ads, of_clips = _decided((ad.pk for ad in judged), (ad.clip_id for ad in judged))
    return [
        Entry(one, _refused(one) or of_ads.get(one.ad.pk) or of_clips.get(one.ad.clip_id))
        for one in told
    ]


def posts(told: Sequence[ToldPost]) -> list[Entry[ToldPost]]:
    """Return paid posts with why some are not told. Queries: 1, or none."""
    judged = [one.post.clip_id for one in told if one.fate in JUDGED_SO]
    _, of_clips = _decided((), judged)
    return [Entry(one, of_clips.get(one.post.clip_id)) for one in told]


def _refused(told: ToldAd) -> Why | None:
    ground = GROUNDS.get(told.refused_for) if told.fate == Fate.REFUSED else None
    return Why(ground.code, ground.words) if ground else None


def _decided(
    ads: Iterable[int], clips: Iterable[int]
) -> tuple[dict[int | None, Why], dict[int | None, Why]]:
    """Return why ads and clips were hidden, by their keys: as the latest decision on each says."""
    of_ads: dict[int | None, Why] = {}
    of_clips: dict[int | None, Why] = {}
    asked, theirs = list(ads), list(clips)
    if not theirs:
        return of_ads, of_clips
    found = Decision.objects.that_hide_any(ads=asked, clips=theirs).select_related("case")
    for one in found.order_by("pk"):
        of_ads[one.case.ad_id] = of_clips[one.case.clip_id] = Why(one.reason, one.rule.title)
    return of_ads, of_clips
