"""The sound of a clip, as others may hear it alone and use it."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext

from vitrine.accounts.models import Viewer
from vitrine.kernel import ids
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField
from vitrine.videos.models.audience import RemixKind
from vitrine.videos.models.clip import Clip, ClipQuerySet


class SoundQuerySet(models.QuerySet["Sound"]):
    """Which sounds."""

    def heard_by(self, viewer: Viewer) -> Self:
        """Sounds whose clip a viewer may see: nobody hears what they may not watch (P1)."""
        return self.exclude(key="").filter(origin__in=Clip.objects.visible_to(viewer))


@datamap.declare(
    purpose="Play a clip's sound alone, and lend it to other clips",
    retention="with the clip; its id stays for the clips that use it",
    subject="origin__creator",
    PUBLIC="public_id title key size sha256 duration_ms",
    OPS="made_at",
    SYSTEM="id home_cell origin",
)
class Sound(models.Model):
    """What is heard in a clip that is all its creator's own, near -14 LUFS.

    title: what its creator calls it; empty: the original sound of its clip. key: empty once the
    clip is gone. Who may use it says the clip (``sound_uses``, ``commercial_use``).
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    origin = models.OneToOneField(Clip, models.CASCADE, related_name="own_sound")
    title = models.CharField(max_length=100, blank=True)
    key = models.CharField(max_length=200, blank=True)
    size = models.BigIntegerField(default=0)
    sha256 = models.BinaryField(max_length=32, null=True)
    duration_ms = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()

    objects = SoundQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="sound_key_once"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the sound page's URL."""
        return f"/sounds/{self.public_id}"

    @property
    def name(self) -> str:
        """Return what it is called. Queries: 0 with the clip and its creator loaded."""
        if self.title:
            return self.title
        return gettext("Original sound – @{handle}").format(handle=self.origin.creator.handle)

    @property
    def url(self) -> str:
        """Return where it plays from. Empty: its clip is gone."""
        return f"/m/{self.key}" if self.key else ""

    def clips(self) -> ClipQuerySet:
        """Return the clips in which it is heard alone or over their own: its own clip first of all.

        Duets and stitches are not among them: they show the clip itself.
        """
        used = Q(remix__kind=RemixKind.SOUND, remix__origin=self.origin_id)
        return Clip.objects.filter(used | Q(pk=self.origin_id))
