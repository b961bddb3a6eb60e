"""The reads for the pages of this surface."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import BigIntegerField, Case, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import get_language, gettext

from vitrine.accounts import stand_in
from vitrine.accounts.models import Follow, Mute, Person
from vitrine.ads.serving import Shown
from vitrine.feed import impressions, serving
from vitrine.feed.serving import Served
from vitrine.feed.sources import Source
from vitrine.kernel import paging
from vitrine.kernel.rows import HasRow
from vitrine.surfaces.watch import articles, counts, followed, promoted
from vitrine.surfaces.watch.places import Place, reason
from vitrine.videos import transcript
from vitrine.videos.models import (
    Caption,
    Clip,
    Collection,
    Like,
    Repost,
    Tally,
    Viewer,
    Visibility,
)

FIRST_SLATE = 4
"""Clips in the first page: little HTML before the first frame; more follow at once."""
SLATE = 10
NEXT_AT = 3
"""The next page is asked for when this many clips, counted from the end, come on screen."""
GRID = 24
RELATED = 6

NO_ADS: Mapping[int, Place] = {}
EAGER, LAZY = 'fetchpriority="high"', 'loading="lazy" fetchpriority="low"'


@dataclass(frozen=True, slots=True)
class Slate:
    """Some clips of a feed as HTML. is_last: nothing follows."""

    html: str
    shown: int
    is_last: bool


class Showing(NamedTuple):
    """To whom clips are shown, where and when: what their playback tokens say."""

    viewer: str
    source: Source
    at: datetime


def opening(key: str, viewer: Viewer, *, at: datetime) -> Slate:
    """Serve the first clips of For you to somebody who opens it. Queries: 2 to 5."""
    return _for_you(
        serving.opening_clips(key, viewer, size=FIRST_SLATE, at=at), key, first=1, at=at
    )


def for_you(key: str, viewer: Viewer, *, first: int, ad_at: int = 0, at: datetime) -> Slate:
    """Serve the next clips of For you. first: position of the first. ad_at: see ``ads.Asking``.

    Queries: those of ``serving.next_with_ads``, and 1 where an article is drawn, or 2, and 1 more
    where there is an ad.
    """
    language = get_language() or ""
    served, ads = serving.next_with_ads(
        key, viewer, language=language, first=first, ad_at=ad_at, size=SLATE, at=at
    )
    placed = {ad.after: place for ad, place in promoted.placed(ads, viewer)}
    ad_at = max([ad_at, *(first - 1 + after for after in placed)])
    return _for_you(served, key, first=first, ad_at=ad_at, at=at, ads=placed)


def _for_you(
    served: Sequence[Served],
    key: str,
    *,
    first: int,
    ad_at: int = 0,
    at: datetime,
    ads: Mapping[int, Place] = NO_ADS,
) -> Slate:
    """Draw clips. ads: after how many of them which stands. ad_at: where the last of them stands.

    The address of the next page says that, so that it keeps its distance.
    """
    places = [
        Place(s.clip, reason(s.reason), s.is_liked, s.is_saved, s.is_followed) for s in served
    ]
    more = f"/for-you/more?from={first + len(places)}" + (f"&amp;ad={ad_at}" if ad_at else "")
    html = _articles(places, Showing(key, Source.FOR_YOU, at), first=first, more=more, ads=ads)
    return Slate(html, len(places), is_last=not places)


def preview(ad: Shown, to: Showing) -> Slate:
    """Draw an ad that is not made yet, as For you would. Queries: 0, or 2 where it is drawn."""
    ((_, place),) = promoted.placed([ad], AnonymousUser())
    html = _articles([], to, first=2, more="", ads={0: place})  # it counts as the one before it
    return Slate(html, 1, is_last=False)


def following(viewer: Person, *, cursor: str | None, size: int, first: int, at: datetime) -> Slate:
    """Return the clips of those whom the viewer follows, newest first. Queries: 1, warm."""
    clips = followed.clips(viewer, cursor=cursor, most=size + 1)
    found = paging.newest_first(clips, by="shown_at", cursor=cursor, size=size)
    places = [followed.place(clip) for clip in found.rows]
    more = ""
    if found.next_cursor:
        more = f"/following/more?cursor={found.next_cursor}&amp;from={first + len(places)}"
    html = _articles(
        places, Showing(viewer.public_id, Source.FOLLOWING, at), first=first, more=more
    )
    return Slate(html, len(places), is_last=not found.next_cursor)


def profile_clips(person: Person, viewer: Viewer, *, cursor: str | None) -> paging.Page[Clip]:
    """Return a creator's clips as the viewer may see them, newest first. Queries: 1."""
    clips = Clip.objects.listed_for(viewer).filter(creator=person)
    return paging.newest_first(
        clips.annotate(likes_count=counts.rows_of(Like.objects)),
        by="published_at",
        cursor=cursor,
        size=GRID,
    )


def profile_reposts(person: Person, viewer: Viewer, *, cursor: str | None) -> paging.Page[Clip]:
    """Return what somebody reposted, as the viewer may see it, the latest first. Queries: 1."""
    passed_on = Repost.objects.filter(person=person, clip=OuterRef("pk"))
    clips = Clip.objects.unasked_for(viewer).filter(reposts__person=person)
    return paging.newest_first(
        clips.select_related("creator").annotate(reposted_at=Subquery(passed_on.values("at")[:1])),
        by="reposted_at",
        cursor=cursor,
        size=GRID,
    )


def profile_collections(person: Person, viewer: Viewer) -> Sequence[Collection]:
    """Return a person's public collections, the newest first, with a picture. Queries: 1.

    cover: the poster of the first clip in it that the viewer may see.
    """
    clips = Clip.objects.listed_for(viewer).filter(saves__collection=OuterRef("pk"))
    cover = clips.order_by("-saves__place").values("poster_key")[:1]
    shown = Collection.objects.visible_to(viewer).filter(owner=person, is_public=True)
    return list(shown.annotate(cover=Subquery(cover)).order_by("-made_at", "-pk"))


@dataclass(frozen=True, slots=True)
class Creator:
    """A person as others meet them; the numbers count what the viewer may see."""

    person: Person
    clips: int
    followers: int
    likes: int
    is_followed: bool
    is_muted: bool


def creator(handle: str, viewer: Viewer) -> Creator | None:
    """Return who has a handle, in any case; None where the viewer meets nobody. Queries: 1."""
    rows: Any = Person.objects.raw(*stand_in.compiled(_creators, viewer, handle=handle.lower()))
    for person in rows:
        return Creator(
            person,
            clips=person.n_clips,
            followers=person.n_followers,
            likes=person.n_likes,
            is_followed=person.is_followed,
            is_muted=person.is_muted,
        )
    return None


def _creators(viewer: Viewer, handle: str) -> "QuerySet[Person]":
    own = viewer.pk if isinstance(viewer, Person) else None
    people = Person.objects.visible_to(viewer).filter(handle=handle)
    return people.annotate(
        n_clips=_tallied("clips", viewer),
        n_likes=_tallied("likes", viewer),
        n_followers=counts.rows_of(Follow.objects, "followed"),
        is_followed=HasRow(Follow, followed="pk", follower=own),
        is_muted=HasRow(Mute, on="pk", by=own),
    )


def _tallied(number: str, viewer: Viewer) -> Cast:
    """Return a number of the clips that ``listed_for`` lists: with whom there is a block, none."""
    shown = Q(visibility=Visibility.PUBLIC)
    if isinstance(viewer, Person):
        followed = HasRow(Follow, follower=viewer, followed="creator")
        shown |= Q(Q(creator=viewer) | Q(followed), visibility=Visibility.FOLLOWERS)
    rows = Tally.objects.filter(shown, creator=OuterRef("pk")).order_by().values("creator")
    total = Subquery(rows.values(n=Sum(number)), output_field=BigIntegerField())
    return Cast(Coalesce(total, 0), BigIntegerField())  # a sum of bigint is numeric to Postgres


def is_open(clip: Clip, viewer: Viewer) -> bool:
    """Tell whether anybody with the link may see a clip that this viewer sees. Queries: 0 or 1."""
    strangers = Clip.objects.visible_to(AnonymousUser())
    return not isinstance(viewer, Person) or strangers.filter(pk=clip.pk).exists()


def has_anything(viewer: Viewer) -> bool:
    """Tell whether any clip is out that the viewer may see. Queries: 1."""
    return Clip.objects.unasked_for(viewer).exists()


def related(clip: Clip, viewer: Viewer, going_with: Sequence[int] = ()) -> Sequence[Clip]:
    """Return a few more clips: what goes with it, then the same creator's and the newest.

    Queries: 1.
    """
    others = Clip.objects.unasked_for(viewer).exclude(pk=clip.pk)
    same = len(going_with)
    rank = Case(
        *(When(pk=other, then=place) for place, other in enumerate(going_with)),
        When(creator=clip.creator_id, then=same),
        default=same + 1,
    )
    return list(others.select_related("creator").order_by(rank, "-published_at")[:RELATED])


class Transcript(NamedTuple):
    """What is said in a clip. is_heard: a machine wrote it down, and nobody has checked it."""

    text: str
    is_heard: bool


def transcript_of(clip: Clip) -> Transcript | None:
    """Return what is said in a clip, from its captions; None without any. Queries: 1."""
    own_language_first = Case(When(language=clip.language, then=0), default=1)
    found = Caption.objects.filter(clip=clip).order_by(own_language_first, "language").first()
    text = transcript.of(found.webvtt) if found else ""
    return Transcript(text, found.heard_at is not None) if found and text else None


def _articles(
    places: Sequence[Place],
    to: Showing,
    *,
    first: int,
    more: str,
    ads: Mapping[int, Place] = NO_ADS,
) -> str:
    lined = [
        each for number, place in enumerate(places) for each in (ads.get(number), place) if each
    ]
    if last := ads.get(len(places)):
        lined.append(last)
    known = articles.ready([place.clip for place in lined], at=to.at)
    lined = [place for place in lined if place.clip in known]  # it may have gone a moment ago
    tokens = _tokens(lined, known, to)
    asks = max(len(lined) - NEXT_AT, 0)
    following = f"{PRESSED}>{gettext('Following')}"
    not_following = f"{UNPRESSED}>{gettext('Follow')}"
    html, position = [], first - 1
    for number, (place, token) in enumerate(zip(lined, tokens, strict=True)):
        clip, ad = known[place.clip], place.ad
        position += ad is None
        ready = position == 1 and ad is None
        html.append(
            clip.filled(
                {
                    "position": str(position),
                    "why": promoted.label(ad) if ad else _reason(clip.exhibit.public_id, place),
                    "call": promoted.button(ad, clip.exhibit.public_id) if ad else "",
                    "liked": PRESSED if place.is_liked else UNPRESSED,
                    "saved": PRESSED if place.is_saved else UNPRESSED,
                    "followed": following if place.is_followed else not_following,
                    "poster": EAGER if ready else LAZY,
                    "preload": "preload=auto" if ready else "preload=none",
                    "more": (promoted.mark(ad) if ad else "")
                    + (_asking(more) if more and number == asks else ""),
                    "token": token,
                }
            )
        )
    return "".join(html)


def _tokens(
    places: Sequence[Place], known: Mapping[int, articles.Article], to: Showing
) -> Iterator[str]:
    """Yield the playback token of each place: those of ads say so."""
    names = [known[place.clip].exhibit.public_id for place in places]
    clips = [name for name, place in zip(names, places, strict=True) if not _is_paid(place)]
    of_ads = [name for name, place in zip(names, places, strict=True) if _is_paid(place)]
    theirs = impressions.tokens(of_ads, to=to.viewer, source=Source.AD, at=to.at)
    others = impressions.tokens(clips, to=to.viewer, source=to.source, at=to.at)
    for place in places:
        yield next(theirs if _is_paid(place) else others)


def _is_paid(place: Place) -> bool:
    """Tell whether it stands there for money: not a preview, whose film is watched as any other."""
    return place.ad is not None and bool(place.ad.ad)


def _reason(clip: str, place: Place) -> str:
    said = f'<a class="label reason" href="/v/{clip}#why" data-sheet="/v/{clip}/options">'
    return f"{said}{place.reason}</a>"


PRESSED = 'aria-pressed="true" name="method" value="delete"'
UNPRESSED = 'aria-pressed="false"'


def _asking(url: str) -> str:
    return f'hx-get="{url}" hx-trigger="wanted" hx-target="#feed" hx-swap="beforeend"'
