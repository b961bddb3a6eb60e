"""What viewers were shown and how long they watched."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, ClassVar

from django.db import connection, models
from django.db.models import Q

from vitrine.ads import showing
from vitrine.ads.models import Placement
from vitrine.ads.showing import Ads, Said
from vitrine.feed.models.slate import Logged
from vitrine.kernel import prepared
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField, home, local_day
from vitrine.videos.models import Clip

LEARN = "feed.learn"
"""The job that learns from what was watched (``tasks.py``), and the lock that keeps it alone."""

SERVE = """
INSERT INTO feed_watch (home_cell, viewer, clip_id, served_at, watched_ms, loops)
SELECT %(home)s, %(viewer)s, held.id, %(at)s, 0, 0 FROM (
    SELECT id FROM videos_clip WHERE id = ANY (%(clips)s::bigint[]) ORDER BY id FOR KEY SHARE
) AS held
ON CONFLICT (viewer, clip_id) DO NOTHING RETURNING clip_id
"""
HIDE = """
INSERT INTO feed_watch AS known (home_cell, viewer, clip_id, served_at, watched_at, hidden_at,
    watched_ms, loops)
SELECT %(home)s, %(viewer)s, held.id, %(at)s, %(at)s, %(at)s, 0, 0
FROM (SELECT id FROM videos_clip WHERE id = %(clip)s FOR KEY SHARE) AS held
ON CONFLICT (viewer, clip_id) DO UPDATE SET
    watched_at = excluded.watched_at, hidden_at = excluded.hidden_at
"""
NO_ADS = Said(set(), is_shown=False)
_SERVED = f"served AS ({SERVE})"
_LOGGED = """
logged AS (
    INSERT INTO feed_slate (home_cell, viewer, served_at, version, clips, turns, chances, worths,
        whys, causes, signs)
    SELECT %(home)s, %(viewer)s, %(at)s, %(version)s, array_agg(clip ORDER BY place),
        string_agg(substr(%(turns)s, place::int, 1), '' ORDER BY place),
        array_agg(chance ORDER BY place), array_agg(worth ORDER BY place),
        string_agg(substr(%(whys)s, place::int, 1), '' ORDER BY place),
        array_agg(cause ORDER BY place),
        string_agg(substr(%(signs)s, (place::int - 1) * %(width)s::int + 1, %(width)s::int),
            ''::bytea ORDER BY place)
    FROM unnest(%(logged)s::bigint[], %(chances)s::float8[], %(worths)s::float8[],
        %(causes)s::bigint[]) WITH ORDINALITY AS page (clip, chance, worth, cause, place)
    JOIN served ON served.clip_id = page.clip
    HAVING count(*) > 0
)
"""
_EXPOSED = """
exposed AS (
    INSERT INTO feed_exposure (home_cell, experiment_id, arm_id, viewer, day, first_at)
    SELECT %(home)s, experiment, arm, %(viewer)s, %(day)s, %(at)s
    FROM unnest(%(experiments)s::bigint[], %(arms)s::bigint[]) AS part (experiment, arm)
    WHERE EXISTS (SELECT FROM served)
    ON CONFLICT (experiment_id, viewer, day) DO NOTHING
)
"""
_WITH_ALL = "(SELECT count(*) FROM served) = cardinality(%(clips)s::bigint[])"
"""Ads stand between clips that they were chosen beside: where a clip is missing, none does."""


@cache
def _statement(is_logged: bool, is_exposed: bool, ads: Placement | None) -> str:
    """Return what serves a page: one statement, with what is to be kept of it and its ads."""
    parts, answer = [_SERVED], "SELECT clip_id, NULL::boolean FROM served"
    parts += [_LOGGED] * is_logged + [_EXPOSED] * is_exposed
    if ads is not None:
        parts.append(showing.parts(ads, _WITH_ALL))
        answer += f" UNION ALL {showing.ANSWER.format(more='')}"
    return f"WITH {', '.join(parts)} {answer}"


class WatchQuerySet(models.QuerySet["Watch"]):
    """Which watches; and the set-wise write of serving, which the ORM has no words for.

    What is watched is written by ``feed/noting.py``. Both write in clip order: two requests of one
    viewer wait for each other, never in a ring.
    """

    def serve(
        self, clips: Sequence[int], *, to: str, at: datetime, logged: Logged | None = None
    ) -> set[int]:
        """Note clips as served; return those that had not been before. Queries: 1.

        The guard is in the write: of two pages asked for at once, only one gets a clip.
        logged: how the page was chosen, to be kept of those that it gets.
        """
        return self.serve_with(None, clips, to=to, at=at, logged=logged)[0]

    def serve_with(
        self,
        ads: Ads | None,
        clips: Sequence[int],
        *,
        to: str,
        at: datetime,
        logged: Logged | None = None,
    ) -> tuple[set[int], Said]:
        """Note clips as ``serve`` does, and the ads between them as shown: these where all are new.

        One statement, so one commit. Queries: 1.
        """
        if not clips:
            return set(), NO_ADS
        parameters: dict[str, Any] = {
            "home": home(),
            "viewer": to,
            "at": at,
            "clips": prepared.array(sorted(clips)),
        }
        if logged is not None:
            parameters |= _of(logged, at)
        if ads is not None:
            parameters |= ads.parameters
        rows = prepared.rows(
            _statement(
                logged is not None,
                logged is not None and bool(logged.experiments),
                None if ads is None else ads.placement,
            ),
            parameters,
        )
        fresh = {clip for clip, is_ad in rows if is_ad is None}
        return fresh, showing.said([row for row in rows if row[1] is not None])

    def hide(self, clip: Clip, *, of: str, at: datetime) -> None:
        """Note that a viewer hid a clip, which is the last thing they did. Queries: 1."""
        with connection.cursor() as cursor:
            cursor.execute(HIDE, {"home": home(), "viewer": of, "clip": clip.pk, "at": at})


def _of(logged: Logged, at: datetime) -> dict[str, Any]:
    """Return the parameters of what is kept of a page beside those of ``SERVE``."""
    found = {
        "version": logged.version,
        "turns": logged.turns,
        "whys": logged.whys,
        "logged": prepared.array(logged.clips),
        "chances": prepared.array(logged.chances),
        "worths": prepared.array(logged.worths),
        "causes": prepared.array(logged.causes),
        "signs": b"".join(logged.signs),
        "width": len(logged.signs[0]),
    }
    if logged.experiments:
        found["experiments"] = prepared.array(logged.experiments)
        found["arms"] = prepared.array(logged.arms)
        found["day"] = local_day(at)
    return found


@datamap.declare(
    purpose="Never show the same clip twice; learn what is worth watching",
    retention="30 days, or until reset by the person; what was hidden, for good",
    subject="viewer = accounts.Person.public_id",
    PERSONAL="viewer clip served_at watched_at watched_ms loops stayed_at completed_at hidden_at "
    "forgotten_at",
    SYSTEM="id home_cell",
)
class Watch(models.Model):
    """What one viewer did with one clip. viewer: a person's public id, or a visitor's token.

    A row exists from the moment a clip is served; watching fills it in. stayed_at: since when it is
    watched long enough for a view; in the order of these is learnt. forgotten_at: what was done
    with it is forgotten or was never kept, and the row only keeps the clip from coming again.
    clip: what writes a watch holds its clip, and a clip that a watch names cannot be deleted
    (0017_watches_hold_clips.py): a key would be checked for each row.
    """

    home_cell = HomeCellField()
    viewer = models.CharField(max_length=40, db_collation="C")
    clip = models.ForeignKey(
        Clip, models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    served_at = models.DateTimeField()
    watched_at = models.DateTimeField(null=True)
    watched_ms = models.PositiveIntegerField(default=0)
    loops = models.PositiveSmallIntegerField(default=0)
    stayed_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    hidden_at = models.DateTimeField(null=True)
    forgotten_at = models.DateTimeField(null=True)

    objects = WatchQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["viewer", "clip"], name="watch_once"),
            models.CheckConstraint(condition=~Q(viewer=""), name="watch_has_viewer"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["clip", "served_at"], name="watch_by_clip"),
            models.Index(
                fields=["viewer", "-watched_at"],
                name="watch_latest",
                condition=Q(watched_at__isnull=False),
            ),
        ]
