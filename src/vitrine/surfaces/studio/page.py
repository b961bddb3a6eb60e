"""The reads of the studio's pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import (
    Count,
    Exists,
    F,
    IntegerField,
    Model,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce, Now
from django.http import Http404, HttpRequest
from django.utils.translation import gettext
from django_htmx.middleware import HtmxDetails

from vitrine.accounts.models import Person
from vitrine.catalog import tagging
from vitrine.catalog.models import Merchant, Picture, Product, Tag, priced_at
from vitrine.feed.models import ClipDay
from vitrine.kernel import paging
from vitrine.surfaces.studio import dealing, local_time, outing, report, standing
from vitrine.videos import quota
from vitrine.videos.models import Caption, Clip, Comment, Like, Rendition

CLIPS_A_PAGE = 24
FOUND_PRODUCTS = 8


class CreatorRequest(HttpRequest):
    """A request of somebody signed in: what the policies PERSON and OWNER leave through."""

    user: Person
    htmx: HtmxDetails


@dataclass(frozen=True)
class Limits:
    """What a file may be, told before its first byte."""

    bytes: int
    seconds: int

    @property
    def megabytes(self) -> int:
        """Return the size limit as people say it."""
        return self.bytes // 2**20


def limits(left: quota.Quota | None = None) -> Limits:
    """Return this cell's limits, or what is left of them to a creator. Queries: 0."""
    largest = left.largest_bytes if left else settings.VITRINE_UPLOAD_MAX_BYTES
    return Limits(largest, settings.VITRINE_CLIP_MAX_SECONDS)


@dataclass(frozen=True)
class Row:
    """One clip in the studio's list, with what it counts."""

    clip: Clip
    standing: standing.Standing
    views: int
    likes: int
    comments: int
    tags: int
    has_captions: bool

    @property
    def lacking(self) -> str:
        """Say what people who cannot see or hear the clip still miss."""
        clip = self.clip
        is_mute = clip.has_sound and not (clip.speechless_at or self.has_captions)
        if not clip.description:
            return (
                gettext("No description and no captions") if is_mute else gettext("No description")
            )
        return gettext("No captions") if is_mute else ""

    @property
    def outing(self) -> outing.Outing | None:
        """Say what is planned for a draft."""
        return outing.of(self.clip)


@dataclass(frozen=True)
class Listing:
    """One page of a creator's clips. matching: how many there are on all pages."""

    rows: Sequence[Row]
    next_cursor: str | None
    matching: int


@dataclass(frozen=True)
class Editor:
    """One clip, as its creator works on it. preview: the rendition to play, once there is one."""

    clip: Clip
    standing: standing.Standing
    preview: Rendition | None
    report: report.Report | None

    @property
    def outing(self) -> outing.Outing | None:
        """Say what is planned for a draft."""
        return outing.of(self.clip)

    @property
    def place(self) -> str:
        """Return the city whose clocks are meant."""
        return local_time.place()

    @property
    def known(self) -> int:
        """Say how much is known: 0 nothing, 1 the length, 2 the clip plays."""
        if self.preview is not None:
            return 2
        return 1 if self.clip.duration_ms else 0

    @property
    def empty_draft(self) -> Clip | None:
        """Return the clip if another file may fill it: none has been accepted for it."""
        return None if self.clip.original_key else self.clip

    @property
    def retries_remix(self) -> bool:
        """Tell whether the film is here and only what it is made with may be to blame."""
        return hasattr(self.clip, "remix") and hasattr(self.clip, "encoding")

    @property
    def limits(self) -> "Limits":
        """Return the limits, for a second try at a file that was refused."""
        return limits()

    @property
    def most_tags(self) -> int:
        """Return how many products a clip can show."""
        return tagging.MAX_TAGS

    @property
    def ruler(self) -> list[int]:
        """Return the moments that are written above the lanes."""
        return [self.slider_end_ms * quarter // 4 for quarter in range(5)]

    @property
    def slider_end_ms(self) -> int:
        """Return the length, rounded up to the tenths of a second that a slider moves by."""
        return -(-self.clip.duration_ms // 100) * 100


def own_clip(request: CreatorRequest, public_id: str) -> Clip:
    """Fetch a clip of the person who asks; to a stranger it does not exist. Queries: 1."""
    # Three joins, and the rest when it is asked for: planning nine takes 30 ms, one row 1 ms.
    clips = Clip.objects.owned_by(request.user).select_related("creator", "encoding", "takedown")
    clip = clips.filter(public_id=public_id).first()
    if clip is None:
        raise Http404
    return clip


def editor(clip: Clip) -> Editor:
    """Return what the editor shows of a clip's state. Queries: 1."""
    renditions = list(clip.renditions.order_by("width", "-bitrate_bps", "pk"))
    preview = next((one for one in renditions if one.name == "540"), None)
    preview = preview or next(iter(renditions), None)
    stands = standing.of(clip, is_playable=preview is not None)
    return Editor(clip, stands, preview, report.of(clip, renditions))


def own_clips(clips: QuerySet[Clip], *, cursor: str | None) -> Listing:
    """Return a creator's clips, newest first, with what they count. Queries: 1, or 2."""
    return _listing(clips, cursor=cursor)


def own_row(request: CreatorRequest, public_id: str) -> Row:
    """Return one row of the list, as it stands now. Queries: 1."""
    listing = _listing(Clip.objects.owned_by(request.user).filter(public_id=public_id), cursor=None)
    if not listing.rows:
        raise Http404
    return listing.rows[0]


def tags(clip: Clip, *, at: datetime) -> list[Tag]:
    """Return a clip's tags in their order, with product, picture, price and what they earn.

    Queries: 2, and 4 where there are any.
    """
    found: list[Any] = list(_tags(clip))
    earns = dealing.on_products(clip.creator, [tag.product for tag in found], at=at)
    for tag in found:
        tag.earns = earns[tag.product_id]
    return found


def _tags(clip: Clip) -> QuerySet[Tag]:
    return (
        Tag.objects.filter(clip=clip)
        .select_related("product__merchant")
        .prefetch_related(_pictures("product__pictures"))
        .annotate(
            price_minor=priced_at(Now(), variants="product__variants"),
            span_ms=F("until_ms") - F("from_ms"),
        )
        .order_by("from_ms", "pk")
    )


def products_found(clip: Clip, words: str, *, creator: Person) -> QuerySet[Product]:
    """Return products on sale whose names hold every word, the creator's own shops first.

    Those already on the clip are left out. Queries: 2.
    """
    found = Product.objects.on_sale().exclude(
        Exists(Tag.objects.filter(clip=clip, product=OuterRef("pk")))
    )
    for word in words.split()[:6]:
        found = found.filter(
            Q(title__icontains=word) | Q(brand__icontains=word) | Q(merchant__name__icontains=word)
        )
    own = Merchant.objects.with_member(creator).filter(pk=OuterRef("merchant"))
    return (
        found.annotate(is_own=Exists(own), price_minor=priced_at(Now()))
        .filter(price_minor__isnull=False)
        .select_related("merchant")
        .prefetch_related(_pictures("pictures"))
        .order_by("-is_own", "title", "pk")[:FOUND_PRODUCTS]
    )


def _listing(clips: QuerySet[Clip], *, cursor: str | None) -> Listing:
    related = ("creator", "upload", "encoding", "remix", "takedown")
    counted = clips.select_related(*related).annotate(
        is_playable=Exists(Rendition.objects.filter(clip=OuterRef("pk"))),
        has_captions=Exists(Caption.objects.filter(clip=OuterRef("pk"))),
        views=_views(),
        likes_count=_count(Like),
        comments_count=_count(Comment),
        tags_count=_count(Tag),
    )
    page = paging.newest_first(counted, by="created_at", cursor=cursor, size=CLIPS_A_PAGE)
    rows = [_row(clip) for clip in page.rows]
    matching = clips.count() if cursor or page.next_cursor else len(rows)
    return Listing(rows, page.next_cursor, matching)


def _row(clip: Any) -> Row:
    return Row(
        clip,
        standing.of(clip, is_playable=clip.is_playable),
        clip.views,
        clip.likes_count,
        clip.comments_count,
        clip.tags_count,
        clip.has_captions,
    )


def _views() -> Coalesce:
    """Return the expression for a clip's qualified views, as last rolled up."""
    days = ClipDay.objects.filter(clip=OuterRef("pk")).order_by().values("clip")
    total = days.annotate(total=Sum("qualified")).values("total")
    return Coalesce(Subquery(total, output_field=IntegerField()), 0)


def _count(model: type[Model], **which: object) -> Coalesce:
    rows = model._default_manager.filter(clip=OuterRef("pk"), **which).order_by().values("clip")
    total = rows.annotate(total=Count("*")).values("total")
    return Coalesce(Subquery(total, output_field=IntegerField()), 0)


def _pictures(path: str) -> "Prefetch[str, QuerySet[Picture], str]":
    return Prefetch(path, Picture.objects.order_by("position", "pk"))
