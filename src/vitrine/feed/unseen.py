"""The clips that a viewer may see and has never been served.

The query is compiled once for each kind of viewer, and the rule of who may see what stays written
once, in ``Clip.objects.unasked_for``: see ``accounts/stand_in.py``.
"""

from typing import Any, NamedTuple

from django.db import connection
from django.db.models import BigIntegerField, QuerySet, Value
from django.db.models.functions import Cast, Extract

from vitrine.accounts import stand_in
from vitrine.accounts.models import Follow, Person
from vitrine.feed.models import Watch
from vitrine.kernel.rows import HasRow
from vitrine.videos.models import Clip, Like, Save, Viewer

MOST = 120
"""The freshest; a slate is ranked out of them."""


class Unseen(NamedTuple):
    """A clip, and what the viewer has to do with it. published_s: in seconds since 1970.

    A whole number, since reading 120 timestamps takes longer than everything else here.
    """

    clip: int
    creator: int
    published_s: int
    is_liked: bool
    is_saved: bool
    is_followed: bool


def rows(key: str, viewer: Viewer) -> list[Unseen]:
    """Return the freshest unseen clips. Own clips are no news. Queries: 1."""
    with connection.cursor() as cursor:
        cursor.execute(*stand_in.compiled(query, viewer, key=key))
        return [Unseen._make(row) for row in cursor.fetchall()]


def query(viewer: Viewer, key: str) -> "QuerySet[Clip, Any]":
    """Return the query in words; rows() runs it without compiling it again."""
    served = HasRow(Watch, viewer=Value(key), clip="pk")
    clips = Clip.objects.unasked_for(viewer).filter(~served)
    liked: Any = Value(False)
    saved: Any = Value(False)
    followed: Any = Value(False)
    if isinstance(viewer, Person):
        clips = clips.exclude(creator=viewer)
        liked = HasRow(Like, clip="pk", person=viewer)
        saved = HasRow(Save, clip="pk", person=viewer)
        followed = HasRow(Follow, followed="creator", follower=viewer)
    published_s = Cast(Extract("published_at", "epoch"), BigIntegerField())
    named = clips.order_by("-published_at").values_list(
        "pk", "creator_id", published_s, liked, saved, followed
    )
    return named[:MOST]
