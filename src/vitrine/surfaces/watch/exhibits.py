"""What is shown of a clip: its sources, its label, its products."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Now
from django.utils.translation import gettext

from vitrine.catalog.models import Picture, Product, Tag, priced_at
from vitrine.commission.models import Link
from vitrine.commission.rates import PROTECTED
from vitrine.kernel.money import format_minor
from vitrine.sovereignty.cell import locale
from vitrine.surfaces.watch import counts, naming
from vitrine.videos import ladder, mentions
from vitrine.videos.models import (
    Caption,
    Clip,
    Comment,
    Like,
    RemixKind,
    Rendition,
    Save,
)


@dataclass(frozen=True, slots=True)
class ShownProduct:
    """A product in a line. price: empty where none of it is for sale just now."""

    url: str
    title: str
    price: str
    thumb: str


@dataclass(frozen=True, slots=True)
class ShownTag(ShownProduct):
    """A product on a clip, from a moment to a moment."""

    from_ms: int
    until_ms: int


@dataclass(frozen=True, slots=True)
class ShownCaption:
    """A clip's captions in one language."""

    language: str
    url: str
    is_heard: bool

    @property
    def label(self) -> str:
        """Return what the browser calls them in its menu."""
        if not self.is_heard:
            return self.language
        return gettext("{language} (automatic)").format(language=self.language)


@dataclass(frozen=True, slots=True)
class Named:
    """A line of words that leads somewhere. url: empty where it does not."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A clip behind glass. sources: JSON for the player, smallest first.

    credit: whom it is a duet with or a stitch of. sound: the one that is heard alone elsewhere.
    named: the handles in its description that are somebody's. earns: its maker has a commission on
    one of its products.
    """

    pk: int
    public_id: str
    handle: str
    maker: str
    title: str
    description: str
    duration_ms: int
    width: int
    height: int
    has_sound: bool
    is_speechless: bool
    poster_url: str
    cover_url: str
    placeholder_uri: str
    default_source: str
    sources: str
    captions: list[ShownCaption]
    tags: list[ShownTag]
    named: frozenset[str]
    likes: int
    comments: int
    saves: int
    credit: Named | None = None
    sound: Named | None = None
    earns: bool = False

    @property
    def name(self) -> str:
        """What to call the clip where it has no title."""
        return self.title or gettext("A clip by {maker}").format(maker=self.maker)

    @property
    def spoken(self) -> str:
        """One line for those who do not see it, where its maker wrote none."""
        seconds = max(round(self.duration_ms / 1000), 1)
        said = gettext("{seconds} seconds, by {maker}")
        return said.format(seconds=seconds, maker=self.maker)

    @property
    def is_wide(self) -> bool:
        """Tell whether it is wider than high, and so must not be cropped to a phone's shape."""
        return self.width > self.height


def of_clips(clips: Sequence[int]) -> Iterator[Exhibit]:
    """Yield the exhibits of clips, by primary key, in no order. Queries: 4, or 5 with mentions."""
    shown = (
        Clip.objects.filter(pk__in=clips)
        .select_related(
            "creator", "own_sound", "remix__origin__creator", "remix__origin__own_sound"
        )
        .annotate(
            likes_count=counts.rows_of(Like.objects),
            comments_count=counts.rows_of(Comment.objects.out()),
            saves_count=counts.people_of(Save.objects),
            # All readers get the same words, so it is named only where everybody may see it (P1).
            earns=Exists(_earning()),
            origin_is_out=Exists(
                Clip.objects.listed_for(AnonymousUser()).filter(pk=OuterRef("remix__origin"))
            ),
        )
        .prefetch_related(
            Prefetch("renditions", Rendition.objects.order_by("width", "-bitrate_bps", "pk")),
            Prefetch("captions", Caption.objects.defer("webvtt").order_by("language")),
        )
    )
    tags = _tags(clips)
    named = naming.named_in([clip.description for clip in shown], AnonymousUser())
    for clip in shown:
        yield _exhibit(clip, tags[clip.pk], named)


def _earning() -> QuerySet[Tag]:
    """Return the tags of an outer clip by which its maker earns a commission."""
    gives = Q(deal__withdrawn_at=None) | Q(deal__withdrawn_at__gt=Now() - PROTECTED)
    covers = Q(deal__product=OuterRef("product")) | Q(deal__product=None)
    links = Link.objects.standing().filter(
        gives,
        covers,
        creator=OuterRef("clip__creator"),
        deal__merchant=OuterRef("product__merchant"),
    )
    return Tag.objects.filter(Exists(links), clip=OuterRef("pk"))


def of_products(products: Sequence[int]) -> list[ShownProduct]:
    """Return those of some products that are on sale, as they are given. Queries: 0 to 2."""
    if not products:
        return []
    picture = Picture.objects.filter(product=OuterRef("pk")).order_by("position", "pk")
    found: dict[int, Any] = (
        Product.objects.on_sale()
        .select_related("merchant")
        .annotate(
            price_minor=priced_at(Now(), variants="variants"),
            picture_id=Subquery(picture.values("pk")[:1]),
        )
        .in_bulk(products)
    )
    pictures = Picture.objects.in_bulk([one.picture_id for one in found.values() if one.picture_id])
    return [
        ShownProduct(*_in_a_line(found[one], found[one], pictures))
        for one in products
        if one in found
    ]


def _tags(clips: Sequence[int]) -> dict[int, list[ShownTag]]:
    picture = Picture.objects.filter(product=OuterRef("product")).order_by("position", "pk")
    tags: QuerySet[Tag] = (
        Tag.objects.filter(
            clip__in=clips,
            product__published_at__isnull=False,
            product__withdrawn_at=None,
        )
        .select_related("product__merchant")
        .annotate(
            price_minor=priced_at(Now(), variants="product__variants"),
            picture_id=Subquery(picture.values("pk")[:1]),
        )
        .order_by("from_ms", "pk")
    )
    found = list(tags)
    pictures = Picture.objects.in_bulk([t.picture_id for t in found if t.picture_id])  # type: ignore[attr-defined]
    shown: dict[int, list[ShownTag]] = defaultdict(list)
    for tag in found:
        shown[tag.clip_id].append(_shown_tag(tag, pictures))
    return shown


def _shown_tag(tag: Any, pictures: dict[int, Picture]) -> ShownTag:
    line = _in_a_line(tag.product, tag, pictures)
    return ShownTag(*line, from_ms=tag.from_ms, until_ms=tag.until_ms)


def _in_a_line(
    product: Product, row: Any, pictures: dict[int, Picture]
) -> tuple[str, str, str, str]:
    """Return what a line says of a product. row: with its price_minor and its picture_id."""
    price = ""
    if row.price_minor is not None:
        price = format_minor(row.price_minor, product.merchant.currency, locale=locale())
    picture = pictures.get(row.picture_id)
    return product.get_absolute_url(), product.title, price, picture.thumb if picture else ""


def _codec(rendition: Rendition) -> dict[str, str]:
    """Name the codec where not everybody can play it."""
    return {} if rendition.encoder == ladder.H264 else {"c": rendition.codecs}


def _exhibit(clip: Any, tags: list[ShownTag], named: frozenset[str]) -> Exhibit:
    renditions = list(clip.renditions.all())
    sources = [{"u": r.url, "w": r.width, "b": r.bitrate_bps} | _codec(r) for r in renditions]
    return Exhibit(
        pk=clip.pk,
        public_id=clip.public_id,
        handle=clip.creator.handle,
        maker=clip.creator.display_name,
        title=clip.title,
        description=clip.description,
        duration_ms=clip.duration_ms,
        width=clip.width or 540,
        height=clip.height or 960,
        has_sound=clip.has_sound,
        is_speechless=clip.speechless_at is not None,
        poster_url=clip.poster_url,
        cover_url=clip.cover_url,
        placeholder_uri=clip.placeholder_uri,
        default_source=clip.film_url,
        sources=msgspec.json.encode(sources).decode(),
        captions=[
            ShownCaption(caption.language, caption.url, caption.heard_at is not None)
            for caption in clip.captions.all()
        ],
        tags=tags,
        named=named.intersection(mentions.handles(clip.description)),
        likes=clip.likes_count,
        comments=clip.comments_count,
        saves=clip.saves_count,
        credit=_credit(clip),
        sound=_sound(clip),
        earns=clip.earns,
    )


def _credit(clip: Any) -> Named | None:
    """Name whom a clip is made with: only where everybody may see that one, for all read this."""
    remix = getattr(clip, "remix", None)
    if remix is None or remix.kind == RemixKind.SOUND:
        return None
    if not clip.origin_is_out:
        said = gettext("{kind} of a clip that is no longer shown")
        return Named(said.format(kind=remix.get_kind_display()), "")
    return Named(remix.credit, remix.origin.get_absolute_url())


def _sound(clip: Any) -> Named | None:
    remix = getattr(clip, "remix", None)
    if remix is not None and not (remix.kind == RemixKind.SOUND and clip.origin_is_out):
        return None
    sound = getattr(remix.origin if remix else clip, "own_sound", None)
    return Named(sound.name, sound.get_absolute_url()) if sound and sound.key else None
