"""A clip that is made with another's: its sound, a duet, a stitch."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from babel.numbers import format_decimal
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, gettext_noop

from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField, locale
from vitrine.videos.models.audience import RemixKind
from vitrine.videos.models.clip import Clip

SHORTEST_STITCH_MS = 500
LONGEST_STITCH_MS = 5_000


class NotOpenToRemixing(Refusal):
    """The clip's creator does not let this person make that of it."""

    code = "not_open_to_remixing"


class StitchOutsideTheClip(Refusal):
    """The beginning or the length of what is stitched does not lie within the other's clip."""

    code = "stitch_outside_clip"
    status = 422


@dataclass(frozen=True)
class Wish:
    """What somebody wants to make of another's clip.

    from_ms, until_ms: of the clip, for a stitch. own_level: how much of the own sound stays
    under the other's, in percent.
    """

    kind: RemixKind
    origin: Clip
    from_ms: int = 0
    until_ms: int = 0
    own_level: int = 0


@datamap.declare(
    purpose="Make a clip with another's, name whom it is of, and keep to what is allowed",
    retention="with the clip",
    subject="clip__creator",
    PUBLIC="kind origin from_ms until_ms own_level",
    PERSONAL="composed_key created_at",
    SYSTEM="id home_cell clip",
)
class Remix(models.Model):
    """What a clip takes of another, its *origin*. composed_key: what our encoder made of both.

    Once that is made, the clip needs its origin no more (docs/adr/0048-sounds-and-remixes.md).
    """

    home_cell = HomeCellField()
    clip = models.OneToOneField(Clip, models.CASCADE, related_name="remix")
    origin = models.ForeignKey(Clip, models.CASCADE, related_name="remixes")
    kind = models.CharField(max_length=10, choices=RemixKind.choices)
    from_ms = models.PositiveIntegerField(default=0)
    until_ms = models.PositiveIntegerField(default=0)
    own_level = models.PositiveSmallIntegerField(default=0)
    composed_key = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=RemixKind.values), name="remix_kind_known"),
            models.CheckConstraint(condition=~Q(clip=F("origin")), name="remix_of_another"),
            models.CheckConstraint(condition=Q(own_level__lte=100), name="remix_own_level"),
            models.CheckConstraint(
                condition=~Q(kind=RemixKind.STITCH)
                | Q(
                    until_ms__gte=F("from_ms") + SHORTEST_STITCH_MS,
                    until_ms__lte=F("from_ms") + LONGEST_STITCH_MS,
                ),
                name="remix_stitch_is_short",
            ),
        ]

    @classmethod
    def begin(cls, clip: Clip, wish: Wish, *, at: datetime) -> "Remix":
        """Note what a new draft is to be made with.

        Raises: NotOpenToRemixing, StitchOutsideTheClip. Locks: the origin, so that a permission
        withdrawn meanwhile counts.
        """
        open_ones = Clip.objects.open_to(clip.creator, wish.kind).filter(pk=wish.origin.pk)
        if wish.kind == RemixKind.SOUND:
            open_ones = open_ones.filter(own_sound__key__gt="")
        origin = open_ones.select_for_update(of=("self",), no_key=True).first()
        if origin is None:
            raise NotOpenToRemixing(gettext(NOT_OPEN[wish.kind]))
        if wish.kind == RemixKind.STITCH:
            _check_span(wish, origin)
        return cls.objects.create(
            clip=clip,
            origin=origin,
            kind=wish.kind,
            from_ms=wish.from_ms,
            until_ms=wish.until_ms,
            own_level=wish.own_level,
            created_at=at,
        )

    @property
    def may_sell(self) -> bool:
        """Tell whether the clip may carry products. Queries: 0 with clip and origin loaded."""
        return self.origin.commercial_use or self.origin.creator_id == self.clip.creator_id

    @property
    def credit(self) -> str:
        """Say what the clip is. Queries: 0 with the origin and its creator loaded."""
        return gettext(CREDITS[RemixKind(self.kind)]).format(handle=self.origin.creator.handle)


CREDITS = {
    RemixKind.SOUND: gettext_noop("Sound of @{handle}"),
    RemixKind.DUET: gettext_noop("Duet with @{handle}"),
    RemixKind.STITCH: gettext_noop("Stitch of @{handle}"),
}
NOT_OPEN = {
    RemixKind.SOUND: gettext_noop(
        "You can't use this sound: its creator has not opened it to you."
    ),
    RemixKind.DUET: gettext_noop(
        "You can't make a duet with this clip: its creator has not opened it to you."
    ),
    RemixKind.STITCH: gettext_noop(
        "You can't stitch this clip: its creator has not opened it to you."
    ),
}


def _check_span(wish: Wish, origin: Clip) -> None:
    span_ms = wish.until_ms - wish.from_ms
    if SHORTEST_STITCH_MS <= span_ms <= LONGEST_STITCH_MS and wish.until_ms <= origin.duration_ms:
        return
    sentence = gettext(
        "Choose between half a second and 5 seconds that lie within the clip's {length} seconds."
    )
    length = format_decimal(origin.duration_ms / 1000, "0.0", locale=locale())
    raise StitchOutsideTheClip(sentence.format(length=length))
