"""The clips that a viewer may see and has never been served.

Django needs longer to compile this query than Postgres to answer it. So it is compiled once, for a
stand-in, and each run puts the viewer in the stand-in's place: the rule of who may see what stays
written once, in ``Clip.objects.unasked_for``.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import BigIntegerField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Extract

from vitrine.accounts.models import Follow, Person
from vitrine.feed.models import Watch
from vitrine.videos.models import Clip, Like, Save, Viewer

MOST = 120
"""The freshest; a slate is ranked out of them."""

_STAND_IN_KEY = "the viewer's key"
_STAND_IN_PK = -1


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
    is_person = isinstance(viewer, Person)
    sql, parameters = _compiled(is_person=is_person)
    actual = {_STAND_IN_KEY: key, _STAND_IN_PK: viewer.pk}
    with connection.cursor() as cursor:
        cursor.execute(sql, [actual.get(one, one) for one in parameters])
        return [Unseen._make(row) for row in cursor.fetchall()]


@cache
def _compiled(*, is_person: bool) -> tuple[str, Sequence[Any]]:
    stand_in: Viewer = Person(pk=_STAND_IN_PK) if is_person else AnonymousUser()
    compiled: tuple[str, Sequence[Any]] = query(_STAND_IN_KEY, stand_in).query.sql_with_params()
    return compiled


def query(key: str, viewer: Viewer) -> "QuerySet[Clip, Any]":
    """Return the query in words; rows() runs it without compiling it again."""
    served = Watch.objects.filter(viewer=key, clip=OuterRef("pk"))
    clips = Clip.objects.unasked_for(viewer).filter(~Exists(served))
    liked: Any = Value(False)
    saved: Any = Value(False)
    followed: Any = Value(False)
    if isinstance(viewer, Person):
        clips = clips.exclude(creator=viewer)
        liked = Exists(Like.objects.filter(clip=OuterRef("pk"), person=viewer))
        saved = Exists(Save.objects.filter(clip=OuterRef("pk"), person=viewer))
        followed = Exists(Follow.objects.filter(followed=OuterRef("creator"), follower=viewer))
    published_s = Cast(Extract("published_at", "epoch"), BigIntegerField())
    named = clips.order_by("-published_at").values_list(
        "pk", "creator_id", published_s, liked, saved, followed
    )
    return named[:MOST]
