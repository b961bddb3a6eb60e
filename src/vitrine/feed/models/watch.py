"""What viewers were shown and how long they watched."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from django.db import connection, models
from django.db.models import Q

from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField, home
from vitrine.videos.models import Clip


class WatchQuerySet(models.QuerySet["Watch"]):
    """Which watches; and the two set-wise writes, which the ORM has no words for.

    Rows are written in clip order: two requests of one viewer wait for each other, never in a ring.
    """

    def serve(self, clips: Sequence[int], *, to: str, at: datetime) -> set[int]:
        """Note clips as served; return those that had not been before. Queries: 1.

        The guard is in the write: of two pages asked for at once, only one gets a clip.
        """
        if not clips:
            return set()
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO feed_watch (home_cell, viewer, clip_id, served_at, watched_ms, loops)"
                " SELECT %s, %s, clip, %s, 0, 0 FROM unnest(%s::bigint[]) AS clip"
                " ON CONFLICT (viewer, clip_id) DO NOTHING RETURNING clip_id",
                [home(), to, at, sorted(clips)],
            )
            return {row[0] for row in cursor.fetchall()}

    def add(self, stretches: Mapping[int, Sequence[int]], *, to: str, at: datetime) -> None:
        """Add watched_ms, loops and whether it was completed, by clip. Queries: 1."""
        if not stretches:
            return
        rows = [(clip, *stretches[clip]) for clip in sorted(stretches)]
        clips, watched, loops, complete = zip(*rows, strict=True)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO feed_watch AS known"
                " (home_cell, viewer, clip_id, served_at, watched_at, watched_ms, loops,"
                " completed_at)"
                " SELECT %s, %s, clip, %s, %s, watched, loops, CASE WHEN complete THEN %s END"
                " FROM unnest(%s::bigint[], %s::int[], %s::int[], %s::bool[])"
                " AS new (clip, watched, loops, complete)"
                " ON CONFLICT (viewer, clip_id) DO UPDATE SET"
                " watched_ms = least(known.watched_ms::bigint + excluded.watched_ms, 2147483647),"
                " watched_at = excluded.watched_at,"
                " loops = least(known.loops + excluded.loops, 32767),"
                " completed_at = coalesce(known.completed_at, excluded.completed_at)",
                [
                    home(),
                    to,
                    at,
                    at,
                    at,
                    list(clips),
                    list(watched),
                    list(loops),
                    [bool(flag) for flag in complete],
                ],
            )

    def pass_by(self, clips: Sequence[int], *, to: str, at: datetime) -> None:
        """Note clips as seen and nothing else, for a viewer who keeps no history. Queries: 1."""
        rows = [
            Watch(viewer=to, clip_id=clip, served_at=at, forgotten_at=at) for clip in sorted(clips)
        ]
        Watch.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["viewer", "clip"],
            update_fields=["forgotten_at"],
        )


@datamap.declare(
    purpose="Never show the same clip twice; learn what is worth watching",
    retention="30 days, or until reset by the person; what was hidden, for good",
    subject="viewer = accounts.Person.public_id",
    PERSONAL="viewer clip served_at watched_at watched_ms loops completed_at hidden_at "
    "forgotten_at",
    SYSTEM="id home_cell",
)
class Watch(models.Model):
    """What one viewer did with one clip. viewer: a person's public id, or a visitor's token.

    A row exists from the moment a clip is served; watching fills it in. forgotten_at: what was done
    with it is forgotten or was never kept, and the row only keeps the clip from coming again.
    """

    home_cell = HomeCellField()
    viewer = models.CharField(max_length=40, db_collation="C")
    clip = models.ForeignKey(Clip, models.CASCADE, related_name="+")
    served_at = models.DateTimeField()
    watched_at = models.DateTimeField(null=True)
    watched_ms = models.PositiveIntegerField(default=0)
    loops = models.PositiveSmallIntegerField(default=0)
    completed_at = models.DateTimeField(null=True)
    hidden_at = models.DateTimeField(null=True)
    forgotten_at = models.DateTimeField(null=True)

    objects = WatchQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["viewer", "clip"], name="watch_once"),
            models.CheckConstraint(condition=~Q(viewer=""), name="watch_has_viewer"),
        ]
        indexes: ClassVar = [models.Index(fields=["clip", "served_at"], name="watch_by_clip")]
