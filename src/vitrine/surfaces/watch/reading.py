"""What is read of clips that are shown: by statements that are compiled once, and planned once.

Ten clips of a feed are seldom the ten that somebody else was shown a moment ago, and compiling
the four queries anew took longer than all the rest of a page.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Now

from vitrine.accounts.models import Person
from vitrine.catalog.models import Merchant, Picture, Product, Tag, priced_at
from vitrine.commission.models import Link
from vitrine.commission.rates import PROTECTED
from vitrine.kernel import prepared
from vitrine.surfaces.watch import counts
from vitrine.videos.models import Caption, Clip, Comment, Like, Remix, Rendition, Save, Sound

_CLIP = (
    *("public_id", "title", "description", "duration_ms", "width", "height", "has_sound"),
    *("speechless_at", "poster_key", "cover_key", "placeholder"),
)
_CREATOR = ("handle", "display_name")
_SOUND = ("public_id", "title", "key")
_COUNTED = ("likes_count", "comments_count", "saves_count", "earns", "origin_is_out")
_RENDITION = ("pk", "name", "key", "width", "bitrate_bps", "encoder", "codecs")
_PRODUCT = ("public_id", "slug", "title")


@dataclass(frozen=True, slots=True)
class OnClip:
    """A product on a clip, with its merchant. price_minor: None, where it is not for sale now."""

    product: Product
    from_ms: int
    until_ms: int
    price_minor: int | None
    picture: Picture | None


@dataclass(frozen=True, slots=True)
class ReadClip:
    """A clip with its creator, and what is shown of it; of each row what is shown alone.

    remix: with its origin, whose creator it has. sound, origins_sound: the clip's own, and that of
    the origin. renditions: the smallest first. is_origin_out: everybody may see the origin.
    """

    clip: Clip
    sound: Sound | None
    remix: Remix | None
    origins_sound: Sound | None
    renditions: Sequence[Rendition]
    captions: Sequence[Caption]
    tags: Sequence[OnClip]
    likes: int
    comments: int
    saves: int
    earns: bool
    is_origin_out: bool


def clips(keys: Sequence[int]) -> Iterator[ReadClip]:
    """Yield what is shown of clips, by primary key, in no order. Queries: 4, or 5 with pictures."""
    renditions, captions = _by_clip(_renditions, keys), _by_clip(_captions, keys)
    tags = _tags_on(keys)
    for pk, *row in prepared.of_keys(_clips, keys):
        read = iter(row)
        creator = _some(Person, _CREATOR, read)
        clip = _some(Clip, _CLIP, read, id=pk, creator=creator)
        sound = _sound(read, clip)
        remix, origins_sound = _remix(read)
        likes, comments, saves, earns, is_origin_out = read
        yield ReadClip(
            clip,
            sound,
            remix,
            origins_sound,
            [
                prepared.partly(Rendition, **dict(zip(_RENDITION[1:], one[1:], strict=True)))
                for one in sorted(renditions[pk], key=lambda one: (one[3], -one[4], one[0]))
            ],
            [
                prepared.partly(Caption, clip=clip, language=language, heard_at=heard_at)
                for language, heard_at in sorted(captions[pk])
            ],
            tags[pk],
            likes,
            comments,
            saves,
            earns,
            is_origin_out,
        )


def _some(model: Any, names: Sequence[str], read: Iterator[Any], **more: Any) -> Any:
    """Build a row from the next values read."""
    return prepared.partly(model, **{name: next(read) for name in names}, **more)


def _sound(read: Iterator[Any], of: Clip) -> Sound | None:
    sound: Sound = _some(Sound, _SOUND, read, origin=of)
    return sound if sound.public_id else None


def _remix(read: Iterator[Any]) -> tuple[Remix | None, Sound | None]:
    kind = next(read)
    creator = _some(Person, ("handle",), read)
    origin = _some(Clip, ("public_id",), read, creator=creator)
    sound = _sound(read, origin)
    return (prepared.partly(Remix, kind=kind, origin=origin), sound) if kind else (None, None)


def _by_clip(
    query: Callable[[], Any], keys: Sequence[int]
) -> defaultdict[int, list[tuple[Any, ...]]]:
    found: defaultdict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for clip, *row in prepared.of_keys(query, keys):
        found[clip].append(tuple(row))
    return found


def _tags_on(keys: Sequence[int]) -> defaultdict[int, list[OnClip]]:
    """Return what is on clips, by the moment it comes."""
    found = sorted(prepared.of_keys(_tags, keys), key=lambda row: row[1:3])
    pictures = {row[-1] for row in found if row[-1] is not None}
    keyed = dict(prepared.of_keys(_pictures, sorted(pictures))) if pictures else {}
    tags: defaultdict[int, list[OnClip]] = defaultdict(list)
    for clip, from_ms, _, until_ms, *row, currency, price_minor, picture in found:
        product = prepared.partly(
            Product,
            **dict(zip(_PRODUCT, row, strict=True)),
            merchant=prepared.partly(Merchant, currency=currency),
        )
        thumb = prepared.partly(Picture, key=keyed[picture]) if picture in keyed else None
        tags[clip].append(OnClip(product, from_ms, until_ms, price_minor, thumb))
    return tags


# What is asked ----------------------------------------------------------------------------------


def _clips() -> "QuerySet[Clip, Any]":
    found = Clip.objects.annotate(
        likes_count=counts.rows_of(Like.objects),
        comments_count=counts.rows_of(Comment.objects.out()),
        saves_count=counts.people_of(Save.objects),
        # All readers get the same words, so it is named only where everybody may see it (P1).
        earns=Exists(_earning()),
        origin_is_out=Exists(
            Clip.objects.listed_for(AnonymousUser()).filter(pk=OuterRef("remix__origin"))
        ),
    )
    return found.order_by().values_list(
        "pk",
        *(f"creator__{name}" for name in _CREATOR),
        *_CLIP,
        *(f"own_sound__{name}" for name in _SOUND),
        *("remix__kind", "remix__origin__creator__handle", "remix__origin__public_id"),
        *(f"remix__origin__own_sound__{name}" for name in _SOUND),
        *_COUNTED,
    )


def _renditions() -> "QuerySet[Rendition, Any]":
    return Rendition.objects.order_by().values_list("clip_id", *_RENDITION)


def _captions() -> "QuerySet[Caption, Any]":
    return Caption.objects.order_by().values_list("clip_id", "language", "heard_at")


def _tags() -> "QuerySet[Tag, Any]":
    picture = Picture.objects.filter(product=OuterRef("product")).order_by("position", "pk")
    shown = Tag.objects.filter(product__published_at__isnull=False, product__withdrawn_at=None)
    priced = shown.annotate(
        price_minor=priced_at(Now(), variants="product__variants"),
        picture_id=Subquery(picture.values("pk")[:1]),
    )
    return priced.order_by().values_list(
        *("clip_id", "from_ms", "pk", "until_ms"),
        *(f"product__{name}" for name in _PRODUCT),
        *("product__merchant__currency", "price_minor", "picture_id"),
    )


def _pictures() -> "QuerySet[Picture, Any]":
    return Picture.objects.order_by().values_list("pk", "key")


def _earning() -> "QuerySet[Tag]":
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
