"""Clips that somebody paid their creators for: noted as they are shown, and told to everybody.

In it is what anybody could see, from the first day on which it was shown while it was paid for,
until a year after the last. Source: docs/adr/0126-look-alikes.md.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import Max, Min, Q, QuerySet

from vitrine.ads import reach
from vitrine.ads.fates import Fate, fate
from vitrine.ads.models import Authorisation
from vitrine.ads.reach import Reached
from vitrine.ads.recording import KEPT
from vitrine.ads.repository import Sought
from vitrine.commission import earning
from vitrine.feed.models import ClipDay, PaidFor, PaidPost, PostReach
from vitrine.kernel import prepared
from vitrine.orders import keeping
from vitrine.sovereignty.cell import home, local_day
from vitrine.videos.models import Clip

Posts: TypeAlias = "QuerySet[PaidPost]"


@transaction.atomic
def note(*, at: datetime) -> None:
    """Note what was shown lately and is paid for, and whom it reached; forget what is a year old.

    Noted twice, it is the same. Queries: 9.
    """
    today = local_day(at)
    since = reach.anew_from(at=at)
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
    """Return what is told, the latest noted first, and what became of each clip: fate."""
    found = PaidPost.objects.filter(last_on__gte=local_day(at) - KEPT).annotate(fate=fate())
    return found.select_related("clip__creator").order_by("-pk")


def found(sought: Sought, *, at: datetime) -> Posts:
    """Return those that are looked for. What is not told of one, it is not found by."""
    rows = shown(at=at).filter(sought.days())
    for word in sought.each_word:
        rows = rows.filter(
            Q(payer__icontains=word)
            | Q(clip__title__icontains=word, fate=Fate.OUT)
            | Q(clip__creator__handle__iexact=word.lstrip("@"))
        )
    return rows.filter(payer__icontains=sought.payer) if sought.payer else rows


@dataclass(frozen=True)
class Told:
    """All that is told of a paid post. Of its clip nothing is kept: it is told while it is out."""

    post: PaidPost
    fate: Fate
    reached: Reached

    @property
    def is_told(self) -> bool:
        """Tell whether its content is told."""
        return self.fate == Fate.OUT

    @property
    def url(self) -> str:
        """Return its address in the repository."""
        return f"/transparency/posts/{self.post.public_id}"

    @property
    def document(self) -> dict[str, object]:
        """Return it for a program: where its content is not told, that is null."""
        post, clip = self.post, self.post.clip
        return {
            "id": post.public_id,
            "url": self.url,
            "payer": post.payer,
            "paid_for": post.paid_for,
            "state": self.fate.value,
            "clip": {
                "id": clip.public_id if self.is_told else None,
                "title": clip.title if self.is_told else None,
                "creator": clip.creator.handle,
                "url": clip.get_absolute_url() if self.is_told else None,
            },
            "first_shown_on": post.first_on.isoformat(),
            "last_shown_on": post.last_on.isoformat(),
            "reach": self.reached.document,
        }


def tell(posts: Iterable[Any], *, at: datetime) -> list[Told]:
    """Return what is told of some posts of ``shown``. Queries: 1."""
    rows = list(posts)
    reached = _reached([post.pk for post in rows], at=at)
    return [Told(post, Fate(post.fate), reached[post.pk]) for post in rows]


def _reached(posts: Sequence[int], *, at: datetime) -> dict[int, Reached]:
    """Return whom clips reached while they were paid for, by the key of the post. Queries: 1."""
    rows = prepared.rows(_TOLD, [reach.anew_from(at=at), prepared.array(posts)])
    return reach.of_each(posts, rows)


_TOLD = """
SELECT p.id, r.band, r.region, '', sum(r.viewers)::bigint
FROM feed_paidpost p JOIN feed_postreach r ON r.clip_id = p.clip_id
    AND r.day BETWEEN p.first_on AND p.last_on AND r.day < %s
WHERE p.id = ANY (%s::bigint[]) GROUP BY 1, 2, 3
"""
_REACHED = f"""
WITH paid AS (
    SELECT clip_id, min(first_on) AS since FROM feed_paidpost WHERE last_on >= %s GROUP BY 1
), met AS (
    SELECT v.clip_id, v.viewer, min(v.day) AS day FROM feed_viewing v
    JOIN paid ON paid.clip_id = v.clip_id AND v.day >= paid.since
    WHERE v.is_counted GROUP BY 1, 2
)
INSERT INTO feed_postreach (home_cell, clip_id, day, band, region, viewers)
SELECT %s, met.clip_id, met.day, coalesce({reach.BAND.format(at="met.day")}, ''),
    coalesce({keeping.REGION.format(person="p.id")}, ''), count(*)
FROM met LEFT JOIN accounts_person p ON p.public_id = met.viewer
WHERE met.day >= %s GROUP BY 2, 3, 4, 5 ORDER BY 2, 3, 4, 5
"""  # noqa: S608  (no values)
