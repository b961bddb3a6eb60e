"""What is shown of a clip: its sources, its label, its products."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
from django.contrib.auth.models import AnonymousUser
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Now
from django.utils.translation import gettext

from vitrine.catalog.models import Picture, Product, priced_at
from vitrine.kernel.money import format_minor
from vitrine.sovereignty.cell import locale
from vitrine.surfaces.watch import naming, reading
from vitrine.surfaces.watch.reading import OnClip, ReadClip
from vitrine.videos import ladder, mentions
from vitrine.videos.models import RemixKind, Rendition, film_of


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


class Shape(NamedTuple):
    """What the words around a clip hang on: the same for most clips there are.

    glows: it has a placeholder. is_credited: it is made with another. is_heard: its sound can be
    heard elsewhere.
    """

    is_wide: bool
    glows: bool
    is_captioned: bool
    is_tagged: bool
    is_described: bool
    is_credited: bool
    is_heard: bool
    is_speechless: bool
    earns: bool
    is_paid: bool

    @property
    def is_made_with(self) -> bool:
        """Tell whether there is a line of what it is made with."""
        return self.is_credited or self.is_heard or self.is_speechless or self.earns


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A clip behind glass. sources: JSON for the player, smallest first.

    credit: whom it is a duet with or a stitch of. sound: the one that is heard alone elsewhere.
    named: the handles in its description that are somebody's. earns: its maker has a commission on
    one of its products. paid_by: who paid for it, as its maker says.
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
    paid_by: str = ""

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

    @property
    def shape(self) -> Shape:
        """Return what the words around it hang on."""
        return Shape(
            self.is_wide,
            bool(self.placeholder_uri),
            bool(self.captions),
            bool(self.tags),
            bool(self.description),
            self.credit is not None,
            self.sound is not None,
            self.is_speechless,
            self.earns,
            bool(self.paid_by),
        )


def of_clips(clips: Sequence[int]) -> Iterator[Exhibit]:
    """Yield the exhibits of clips, by primary key, in no order. Queries: 1, or 2 with mentions."""
    shown = list(reading.clips(clips))
    named = naming.named_in([one.clip.description for one in shown], AnonymousUser())
    for one in shown:
        yield _exhibit(one, named)


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
        ShownProduct(
            *_in_a_line(found[one], found[one].price_minor, pictures.get(found[one].picture_id))
        )
        for one in products
        if one in found
    ]


def _shown_tag(tag: OnClip) -> ShownTag:
    line = _in_a_line(tag.product, tag.price_minor, tag.picture)
    return ShownTag(*line, from_ms=tag.from_ms, until_ms=tag.until_ms)


def _in_a_line(
    product: Product, price_minor: int | None, picture: Picture | None
) -> tuple[str, str, str, str]:
    """Return what a line says of a product. product: with its merchant."""
    price = ""
    if price_minor is not None:
        price = format_minor(price_minor, product.merchant.currency, locale=locale())
    return product.get_absolute_url(), product.title, price, picture.thumb if picture else ""


def _codec(rendition: Rendition) -> dict[str, str]:
    """Name the codec where not everybody can play it."""
    return {} if rendition.encoder == ladder.H264 else {"c": rendition.codecs}


def _exhibit(read: ReadClip, named: frozenset[str]) -> Exhibit:
    clip = read.clip
    sources = [{"u": r.url, "w": r.width, "b": r.bitrate_bps} | _codec(r) for r in read.renditions]
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
        default_source=film_of(read.renditions),
        sources=msgspec.json.encode(sources).decode(),
        captions=[
            ShownCaption(caption.language, caption.url, caption.heard_at is not None)
            for caption in read.captions
        ],
        tags=[_shown_tag(tag) for tag in read.tags],
        named=named.intersection(mentions.handles(clip.description)),
        likes=read.likes,
        comments=read.comments,
        saves=read.saves,
        credit=_credit(read),
        sound=_sound(read),
        earns=read.earns,
        paid_by=clip.paid_by,
    )


def _credit(read: ReadClip) -> Named | None:
    """Name whom a clip is made with: only where everybody may see that one, for all read this."""
    remix = read.remix
    if remix is None or remix.kind == RemixKind.SOUND:
        return None
    if not read.is_origin_out:
        said = gettext("{kind} of a clip that is no longer shown")
        return Named(said.format(kind=remix.get_kind_display()), "")
    return Named(remix.credit, remix.origin.get_absolute_url())


def _sound(read: ReadClip) -> Named | None:
    sound = read.sound
    if read.remix is not None:
        is_heard = read.remix.kind == RemixKind.SOUND and read.is_origin_out
        sound = read.origins_sound if is_heard else None
    return Named(sound.name, sound.get_absolute_url()) if sound and sound.key else None
