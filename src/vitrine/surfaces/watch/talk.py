"""The reads for what is said under a clip."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Count, QuerySet, Value, Window
from django.db.models.functions import RowNumber

from vitrine.accounts.models import Person
from vitrine.kernel import paging
from vitrine.kernel.rows import HasRow
from vitrine.surfaces.watch import counts, naming
from vitrine.videos.models import Audience, Clip, Comment, CommentLike, CommentRules, Viewer

THREADS = 20
ANSWERS_SHOWN = 3
"""Under each thread, the latest; the others are on the thread's own page."""
ANSWERS = 50


@dataclass(frozen=True, slots=True)
class Thread:
    """A comment and the latest answers to it, oldest first. answered: how many there are."""

    said: Comment
    answers: Sequence[Comment]
    answered: int


@dataclass(frozen=True, slots=True)
class Talk:
    """One page of what is said. named: the handles in it that are somebody's."""

    threads: Sequence[Thread]
    next_cursor: str | None
    named: frozenset[str]
    is_closed: bool
    for_followers: bool


def of(clip: Clip, viewer: Viewer, *, cursor: str | None = None) -> Talk:
    """Return a page of threads, the pinned one first, then the newest. Queries: 4 or 5."""
    rows = _as_shown(clip, viewer).filter(thread=None)
    page = paging.newest_first(rows.filter(pinned_at=None), by="at", cursor=cursor, size=THREADS)
    pinned = [] if cursor else list(rows.filter(pinned_at__isnull=False))
    threads = _with_answers([*pinned, *page.rows], clip, viewer)
    rules = CommentRules.of(clip.creator_id)
    shut = rules.audience == Audience.NOBODY and viewer.pk != clip.creator_id
    spoken = [c.text for thread in threads for c in (thread.said, *thread.answers)]
    return Talk(
        threads=threads,
        next_cursor=page.next_cursor,
        named=naming.named_in(spoken, viewer),
        is_closed=shut or not clip.comments_open,
        for_followers=rules.audience == Audience.FOLLOWERS,
    )


@dataclass(frozen=True, slots=True)
class WholeThread:
    """A thread with a page of its answers, oldest first. earlier: the cursor of those before."""

    said: Comment
    answers: Sequence[Comment]
    earlier: str | None
    named: frozenset[str]


def thread(said: Comment, viewer: Viewer, *, cursor: str | None) -> WholeThread:
    """Return a thread by itself. said: the comment that began it. Queries: 2 or 3."""
    rows = _as_shown(said.clip, viewer)
    first = rows.get(pk=said.pk)
    page = paging.newest_first(rows.filter(thread=first), by="at", cursor=cursor, size=ANSWERS)
    answers = list(reversed(page.rows))
    spoken = [comment.text for comment in (first, *answers)]
    return WholeThread(first, answers, page.next_cursor, naming.named_in(spoken, viewer))


def with_likes(said: Comment, viewer: Viewer) -> Comment:
    """Return a comment with its likes as they are now. Queries: 1."""
    return _as_shown(said.clip, viewer).get(pk=said.pk)


def _as_shown(clip: Clip, viewer: Viewer) -> "QuerySet[Comment]":
    """Return a clip's comments as a viewer reads them, with their likes."""
    is_liked: Any = Value(False, BooleanField())
    if isinstance(viewer, Person):
        is_liked = HasRow(CommentLike, comment="pk", person=viewer)
    rows = Comment.objects.shown_to(viewer).filter(clip=clip).select_related("author")
    likes = counts.rows_of(CommentLike.objects, "comment")
    return rows.annotate(likes_count=likes, is_liked=is_liked)


def _with_answers(rows: Sequence[Comment], clip: Clip, viewer: Viewer) -> Sequence[Thread]:
    latest = (
        _as_shown(clip, viewer)
        .filter(thread__in=[row.pk for row in rows])
        .annotate(
            place=Window(RowNumber(), partition_by="thread", order_by=["-at", "-public_id"]),
            answered=Window(Count("pk"), partition_by="thread"),
        )
        .filter(place__lte=ANSWERS_SHOWN)
        .order_by("at", "public_id")
    )
    answers: dict[int | None, list[Any]] = defaultdict(list)
    for answer in latest if rows else ():
        answers[answer.thread_id].append(answer)
    return [
        Thread(row, answers[row.pk], answers[row.pk][0].answered if answers[row.pk] else 0)
        for row in rows
    ]
