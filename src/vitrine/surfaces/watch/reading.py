"""What is read of clips that are shown: by a statement that is compiled once, and planned once.

Ten clips of a feed are seldom the ten that somebody else was shown a moment ago, and compiling
the query anew took longer than all the rest of a page.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONArray, Now

from vitrine.accounts.models import Person
from vitrine.catalog.models import Merchant, Picture, Product, Tag, priced_at
from vitrine.commission import earning
from vitrine.kernel import prepared
from vitrine.surfaces.watch import counts
from vitrine.videos.models import Caption, Clip, Comment, Like, Remix, Rendition, Save, Sound

_CLIP = (
    *("public_id", "title", "description", "duration_ms", "width", "height", "has_sound"),
    *("speechless_at", "poster_key", "cover_key", "placeholder", "paid_by"),
)
_CREATOR = ("handle", "display_name")
_SOUND = ("public_id", "title", "key")
_COUNTED = ("likes_count", "comments_count", "saves_count", "earns", "origin_is_out")
_RENDITION = ("pk", "name", "key", "width", "bitrate_bps", "encoder", "codecs")
_PRODUCT = ("public_id", "slug", "title")
_TAG = (
    *("from_ms", "pk", "until_ms", "product__merchant__currency"),
    *(f"product__{name}" for name in _PRODUCT),
    *("price_minor", "picture_key"),
)


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
    """Yield what is shown of clips, by primary key, in no order. Queries: 1."""
    for pk, *row in prepared.of_keys(_clips, keys):
        read = iter(row)
        creator = _some(Person, _CREATOR, read)
        clip = _some(Clip, _CLIP, read, id=pk, creator=creator)
        sound = _sound(read, clip)
        remix, origins_sound = _remix(read)
        likes, comments, saves, earns, is_origin_out = itertools.islice(read, len(_COUNTED))
        renditions, captions, tags = map(_listed, read)
        yield ReadClip(
            clip,
            sound,
            remix,
            origins_sound,
            [
                prepared.partly(Rendition, **dict(zip(_RENDITION[1:], one[1:], strict=True)))
                for one in sorted(renditions, key=lambda one: (one[3], -one[4], one[0]))
            ],
            [
                prepared.partly(Caption, clip=clip, language=language, heard_at=_moment(heard_at))
                for language, heard_at in sorted(captions, key=lambda one: one[0])
            ],
            [_on_clip(iter(one)) for one in sorted(tags, key=lambda one: one[:2])],
            likes,
            comments,
            saves,
            earns,
            is_origin_out,
        )


def _listed(rows: Sequence[str]) -> list[list[Any]]:
    """Return the rows of a list that came with its clip."""
    return [msgspec.json.decode(one) for one in rows]


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def _on_clip(read: Iterator[Any]) -> OnClip:
    from_ms, _, until_ms = itertools.islice(read, 3)
    product = _some(Product, _PRODUCT, read, merchant=_some(Merchant, ("currency",), read))
    price_minor, picture = read
    shown = prepared.partly(Picture, key=picture) if picture else None
    return OnClip(product, from_ms, until_ms, price_minor, shown)


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


# What is asked ----------------------------------------------------------------------------------


def _clips() -> "QuerySet[Clip, Any]":
    found = Clip.objects.annotate(
        likes_count=counts.rows_of(Like.objects),
        comments_count=counts.rows_of(Comment.objects.out()),
        saves_count=counts.people_of(Save.objects),
        # All readers get the same words, so it is named only where everybody may see it (P1).
        earns=Exists(earning.tags().filter(clip=OuterRef("pk"))),
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
        _list_of(Rendition.objects, *_RENDITION),
        _list_of(Caption.objects, "language", "heard_at"),
        _list_of(_tags(), *_TAG),
    )


def _list_of(rows: Any, *fields: str) -> ArraySubquery:
    """Return the rows that name an outer clip, each as JSON: a statement for each costs more."""
    listed = rows.filter(clip=OuterRef("pk")).order_by()
    return ArraySubquery(listed.values_list(JSONArray(*fields)))


def _tags() -> "QuerySet[Tag, Any]":
    picture = Picture.objects.filter(product=OuterRef("product")).order_by("position", "pk")
    shown = Tag.objects.filter(product__published_at__isnull=False, product__withdrawn_at=None)
    return shown.annotate(
        price_minor=priced_at(Now(), variants="product__variants"),
        picture_key=Subquery(picture.values("key")[:1]),
    )
