"""What a person was told, in words: grouped, and without what they may not see any more."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext, gettext_noop

from vitrine.accounts import telling
from vitrine.accounts.models import Notice, Person
from vitrine.accounts.telling import Kind
from vitrine.kernel import paging
from vitrine.videos.models import Clip, Comment

SHOWN = 60

GROUPED = {Kind.LIKE, Kind.FOLLOW, Kind.REPOST, Kind.COMMENT_LIKE}
DID = {
    Kind.COMMENT: gettext_noop("commented on"),
    Kind.REPLY: gettext_noop("answered you under"),
    Kind.MENTION: gettext_noop("mentioned you in"),
    Kind.LIKE: gettext_noop("liked"),
    Kind.FOLLOW: gettext_noop("followed you"),
    Kind.REPOST: gettext_noop("reposted"),
    Kind.COMMENT_LIKE: gettext_noop("liked what you said under"),
    Kind.CLIP_READY: gettext_noop("is ready."),
    Kind.CLIP_FAILED: gettext_noop("could not be prepared."),
}
"""Stands between who did it and the title of the clip, or after the title."""

PICTURES = {
    Kind.ORDER: "shopping-bag",
    Kind.SALE: "shopping-bag",
    Kind.SALE_NEWS: "shopping-bag",
    Kind.LOW_STOCK: "package-search",
    Kind.SHOP: "store",
    Kind.PAYOUT: "landmark",
    Kind.COMMISSION: "hand-coins",
    Kind.BANK_ACCOUNT: "landmark",
    Kind.DECISION: "scale",
    Kind.MESSAGE: "mail",
    Kind.REVIEW_DUE: "star",
    Kind.REVIEW: "star",
    Kind.QUESTION: "circle-question-mark",
    Kind.ANSWER: "message-circle",
    Kind.BACK_IN_STOCK: "package-check",
    Kind.ENDPOINT_DOWN: "webhook",
    Kind.AD: "megaphone",
}
"""Kind of what nobody's face stands for -> its picture; a film for all others."""


@dataclass(slots=True)
class Told:
    """Notices of one kind about one thing. title: the clip's; None: it is not to be seen.

    text: what a comment says. path: where it leads; "" when that is gone.
    """

    notice: Notice
    title: str | None = None
    text: str = ""
    is_gone: bool = False
    actors: list[Person] = field(default_factory=list)
    is_unread: bool = False

    @property
    def did(self) -> str:
        """Say what was done, in the language of the page."""
        return gettext(DID[self.kind]) if self.kind in DID else ""

    @property
    def kind(self) -> Kind | None:
        """Return the kind, None for one that this release does not know."""
        return Kind(self.notice.kind) if self.notice.kind in Kind.values else None

    @property
    def icon(self) -> str:
        """Name the picture of what nobody's face stands for."""
        return PICTURES.get(self.kind, "film") if self.kind else "film"

    @property
    def says(self) -> str:
        """Say it whole, for what is about no clip."""
        name = self.actors[0].display_name if self.actors else ""
        return telling.says(self.notice.kind, name, self.notice.item)

    @property
    def path(self) -> str:
        """Return where it leads."""
        return "" if self.is_gone else self.notice.path

    @property
    def others(self) -> int:
        """Return how many did it besides the latest."""
        return max(len(self.actors) - 1, 0)


@dataclass(frozen=True, slots=True)
class Shown:
    """One page of what was told, the newest first."""

    rows: Sequence[Told]
    next_cursor: str | None
    has_unread: bool


def told(person: Person, *, cursor: str | None) -> Shown:
    """Return one page of what a person was told. Queries: 3."""
    rows = Notice.objects.wanted_by(person).select_related("actor")
    found = paging.newest_first(rows, by="at", cursor=cursor, size=SHOWN)
    groups = in_words(found.rows, person)
    return Shown(groups, found.next_cursor, any(group.is_unread for group in groups))


def in_words(notices: Iterable[Notice], person: Person) -> list[Told]:
    """Group notices, and say what they are about as far as the person may see it. Queries: 2."""
    groups = _grouped(notices)
    _filled(groups, person)
    return groups


def _grouped(rows: Iterable[Notice]) -> list[Told]:
    """Put likes of one thing, follows and reposts of one page together, read apart from unread."""
    groups: dict[Any, Told] = {}
    for notice in rows:
        key: Any = notice.pk
        if notice.kind in GROUPED:
            liked = notice.item if notice.kind == Kind.COMMENT_LIKE else ""
            key = (notice.kind, notice.about, liked, notice.read_at is None)
        group = groups.setdefault(key, Told(notice, is_unread=notice.read_at is None))
        if notice.actor is not None:
            group.actors.append(notice.actor)
    return list(groups.values())


def _filled(groups: Sequence[Told], person: Person) -> None:
    """Add titles and words, as far as the person may see them now (P1)."""
    about = {group.notice.about for group in groups if group.notice.about}
    items = {group.notice.item for group in groups if group.notice.item}
    clips = dict(
        Clip.objects.visible_to(person)
        .filter(public_id__in=about)
        .values_list("public_id", "title")
    )
    said = dict(
        Comment.objects.shown_to(person)
        .filter(public_id__in=items, clip__public_id__in=clips)
        .values_list("public_id", "text")
    )
    for group in groups:
        notice = group.notice
        if notice.about:
            group.title = clips.get(notice.about)
        group.text = said.get(notice.item, "")
        is_unsaid = notice.item and notice.item not in said
        group.is_gone = bool(notice.about and (notice.about not in clips or is_unsaid))
