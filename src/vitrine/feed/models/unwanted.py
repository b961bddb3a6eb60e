"""What a viewer does not want to be shown: a creator, a topic, a sound."""

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, Value

from vitrine.accounts import visitors
from vitrine.kernel import ids
from vitrine.kernel.rows import HasRow
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField
from vitrine.videos.mentions import LONGEST_HASHTAG
from vitrine.videos.models import Clip, RemixKind


class Topics(models.Func):
    """The topics of a text: its hashtags, without the mark and in small letters."""

    function = "feed_topics"
    output_field = ArrayField(models.CharField(max_length=LONGEST_HASHTAG))


@datamap.declare(
    purpose="Show a viewer no more of a creator, a topic or a sound",
    retention="until taken back; of visitors, as long as their cookie lasts: 30 days",
    subject="viewer = accounts.Person.public_id",
    PERSONAL="public_id viewer creator topic sound_of at",
    SYSTEM="id home_cell",
)
class Unwanted(models.Model):
    """What one viewer wants no more of in For you: one creator, one topic or one sound.

    viewer: as in ``Watch``. sound_of: the clip whose sound it is. A single clip is no such row: its
    ``Watch`` says since when it is hidden.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    viewer = models.CharField(max_length=40, db_collation="C")
    creator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+"
    )
    topic = models.CharField(max_length=LONGEST_HASHTAG, blank=True, default="")
    sound_of = models.ForeignKey(Clip, models.CASCADE, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(viewer=""), name="unwanted_has_viewer"),
            models.CheckConstraint(
                condition=Q(creator__isnull=False, topic="", sound_of=None)
                | Q(~Q(topic=""), creator=None, sound_of=None)
                | Q(sound_of__isnull=False, creator=None, topic=""),
                name="unwanted_is_one_thing",
            ),
            models.UniqueConstraint(fields=["viewer", "creator"], name="unwanted_creator_once"),
            models.UniqueConstraint(fields=["viewer", "sound_of"], name="unwanted_sound_once"),
            models.UniqueConstraint(
                fields=["viewer", "topic"], condition=~Q(topic=""), name="unwanted_topic_once"
            ),
        ]

    @classmethod
    def put(cls, *, viewer: str, at: datetime, **what: Any) -> None:
        """Show no more of one thing; again is no error. what: creator, topic or sound_of.

        Queries: 1.
        """
        Unwanted.objects.bulk_create(
            [Unwanted(viewer=viewer, at=at, **what)], ignore_conflicts=True
        )

    @classmethod
    def forget_visitors(cls, *, before: datetime) -> None:
        """Forget what visitors did not want whose cookies have ended. Queries: 1."""
        cls.objects.filter(viewer__startswith=visitors.BEGIN, at__lt=before).delete()

    @classmethod
    def none_by(cls, viewer: str) -> Q:
        """Return the condition that a clip has nothing that a viewer does not want.

        A clip that uses another's sound has that sound; a duet or a stitch shows the clip itself.
        """
        key = Value(viewer)
        lent = Q(remix__kind=RemixKind.SOUND) & Q(HasRow(cls, viewer=key, sound_of="remix__origin"))
        return (
            Q(~HasRow(cls, viewer=key, creator="creator"))
            & Q(~HasRow(cls, viewer=key, sound_of="pk"))
            & ~lent
            & Q(~_HasTopicOf(key, "description"))
        )


class _HasTopicOf(models.Func):
    """Tell whether a viewer does not want one of a text's topics.

    Most have named none: Postgres asks that once, and then reads no text. Of those who did, texts
    without the letters of a topic are passed over: topics are found a hundred times more slowly.
    """

    output_field = models.BooleanField()

    def as_sql(self, compiler: Any, connection: Any, *given: Any, **extra: Any) -> Any:
        """Write the condition; the viewer stands in it three times, the text twice."""
        viewer, text = self.get_source_expressions()
        asked, viewers = compiler.compile(viewer)
        read, texts = compiler.compile(text)
        rows = f"FROM feed_unwanted WHERE viewer = {asked} AND topic <> ''"
        sql = (
            f"(EXISTS (SELECT {rows})"
            f" AND lower(normalize({read}, NFKC)) LIKE ANY"
            f" (ARRAY(SELECT '%%#' || topic || '%%' {rows}))"
            f" AND feed_topics({read}) && ARRAY(SELECT topic::text {rows}))"
        )
        return sql, (*viewers, *texts, *viewers, *texts, *viewers)
