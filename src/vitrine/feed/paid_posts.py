"""Clips that somebody paid their creators for: noted as they are shown, and told to everybody.

In it is what anybody could see, from the first day on which it was shown while it was paid for,
until a year after the last. Source: docs/adr/0126-look-alikes.md.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet, Sum

from vitrine.ads import repository
from vitrine.ads.models import Authorisation
from vitrine.ads.repository import KEPT, Reached
from vitrine.commission import earning
from vitrine.feed.models import ClipDay, PaidFor, PaidPost, PostReach
from vitrine.kernel import prepared
from vitrine.orders import keeping
from vitrine.sovereignty.cell import home, local_day
from vitrine.videos.models import Clip

Posts: TypeAlias = "QuerySet[PaidPost]"
DAYS = timedelta(days=1)
"""Today, and so many days before, are looked at anew: what is older is counted."""


@transaction.atomic
def note(*, at: datetime) -> None:
    """Note what was shown lately and is paid for, and whom it reached; forget what is a year old.

    Noted twice, it is the same. Queries: 9.
    """
    today = local_day(at)
    since = today - DAYS
    days = ClipDay.objects.filter(day__range=(since, today), reach__gt=0).values("clip")
    shown = {
        row["clip"]: (row["first"], row["last"])
        for row in days.annotate(first=Min("day"), last=Max("day")).order_by()
    }
    posts = [
        PaidPost(clip_id=clip, paid_for=why, payer=payer, first_on=first_on, last_on=last_on)
        for clip, why, payer in _paid(days)
        for first_on, last_on in (shown[clip],)
    ]
    PaidPost.objects.bulk_create(
        posts,
        update_conflicts=True,
        unique_fields=["clip", "paid_for", "payer"],
        update_fields=["last_on"],
    )
    PostReach.objects.filter(day__gte=since).delete()
    prepared.run(_REACHED, [since, home(), since])
    PaidPost.objects.filter(last_on__lt=today - KEPT).delete()
    PostReach.objects.filter(day__lt=today - KEPT).delete()


def _paid(shown: Any) -> Iterator[tuple[int, PaidFor, str]]:
    """Yield which of some clips are paid for now, why, and by whom. Queries: 3."""
    out = Clip.objects.listed_for(AnonymousUser()).filter(pk__in=shown.values("clip")).order_by()
    for clip, payer in out.exclude(paid_by="").values_list("pk", "paid_by"):
        yield clip, PaidFor.DECLARED, payer
    lent = Authorisation.objects.standing().filter(clip__in=out)
    for clip, name in set(lent.values_list("clip", "advertiser__name")):
        yield clip, PaidFor.LENT, name or ""
    tags = earning.tags().filter(clip__in=out).values_list("clip", "product__merchant__name")
    for clip, payer in set(tags):
        yield clip, PaidFor.COMMISSION, payer


def shown(*, at: datetime) -> Posts:
    """Return what is told, the latest noted first; is_out: its clip can still be seen by all."""
    out = Clip.objects.listed_for(AnonymousUser()).filter(pk=OuterRef("clip")).order_by()
    found = PaidPost.objects.filter(last_on__gte=local_day(at) - KEPT).annotate(is_out=Exists(out))
    return found.select_related("clip__creator").order_by("-pk")


def named(words: str, *, at: datetime) -> Posts:
    """Return those whose payer, clip or creator has some words in its name."""
    found = shown(at=at)
    for word in words.split()[:8]:
        found = found.filter(
            Q(payer__icontains=word)
            | Q(clip__title__icontains=word, is_out=True)
            | Q(clip__creator__handle__iexact=word.lstrip("@"))
        )
    return found


def reached(post: PaidPost) -> Reached:
    """Return whom a clip reached while somebody paid for it. Queries: 1."""
    rows = PostReach.objects.filter(clip=post.clip_id, day__range=(post.first_on, post.last_on))
    counted = rows.values_list("band", "region").annotate(Sum("viewers"))
    return repository.told_of((band, region, "", viewers) for band, region, viewers in counted)


def document(post: Any) -> dict[str, object]:
    """Return one of ``shown`` for a program. Queries: 1."""
    clip = post.clip
    return {
        "id": post.public_id,
        "payer": post.payer,
        "paid_for": post.paid_for,
        "clip": {
            "id": clip.public_id if post.is_out else None,
            "title": clip.title if post.is_out else None,
            "creator": clip.creator.handle,
            "url": clip.get_absolute_url() if post.is_out else None,
        },
        "first_shown_on": post.first_on.isoformat(),
        "last_shown_on": post.last_on.isoformat(),
        "reach": repository.reach_document(reached(post)),
    }


_REACHED = f"""
WITH paid AS (
    SELECT clip_id, min(first_on) AS since FROM feed_paidpost WHERE last_on >= %s GROUP BY 1
), met AS (
    SELECT v.clip_id, v.viewer, min(v.day) AS day FROM feed_viewing v
    JOIN paid ON paid.clip_id = v.clip_id AND v.day >= paid.since
    WHERE v.is_counted GROUP BY 1, 2
)
INSERT INTO feed_postreach (home_cell, clip_id, day, band, region, viewers)
SELECT %s, met.clip_id, met.day, coalesce({repository.BAND.format(at="met.day")}, ''),
    coalesce({keeping.REGION.format(person="p.id")}, ''), count(*)
FROM met LEFT JOIN accounts_person p ON p.public_id = met.viewer
WHERE met.day >= %s GROUP BY 2, 3, 4, 5 ORDER BY 2, 3, 4, 5
"""  # noqa: S608  (no values)
