"""Comments: threads one level deep, who may say something, and what waits for the creator."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy

from vitrine.accounts import telling
from vitrine.accounts.models import Block, Mute, Person, Suspension, Viewer, unblocked
from vitrine.accounts.telling import Kind
from vitrine.kernel import ids
from vitrine.kernel.errors import Refusal
from vitrine.kernel.rows import HasRow
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField
from vitrine.videos import comment_rules
from vitrine.videos.models import mentioning
from vitrine.videos.models.audience import Audience
from vitrine.videos.models.clip import Clip


class CommentsClosed(Refusal):
    """The creator takes no comments on this clip."""

    code = "comments_closed"
    message = "Comments are closed on this clip."


class ForFollowersOnly(Refusal):
    """The creator takes comments of followers only."""

    code = "comments_for_followers"
    message = "Only people who follow this creator can comment. Follow first, then send again."


class ThreadGone(Refusal):
    """What was to be answered is not there any more."""

    code = "thread_gone"
    message = "The comment you answer was deleted. Yours was not sent."


class Holding(models.TextChoices):
    """Which comments wait until the creator approves them."""

    LISTED = "listed", gettext_lazy("Those with a word of the list below")
    ALL = "all", gettext_lazy("All of them")


@datamap.declare(
    purpose="Let a creator decide who comments on their clips",
    retention="until changed",
    subject="creator",
    PERSONAL="audience holding words",
    SYSTEM="id home_cell creator",
)
class CommentRules(models.Model):
    """A creator's rules for comments on all their clips.

    No row: everyone may, or followers alone if the creator is under 18; nothing waits.
    """

    home_cell = HomeCellField()
    creator = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="comment_rules"
    )
    audience = models.CharField(max_length=10, choices=Audience.choices, default=Audience.EVERYONE)
    holding = models.CharField(max_length=10, choices=Holding.choices, default=Holding.LISTED)
    words = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(audience__in=Audience.values), name="comment_audience_known"
            ),
            models.CheckConstraint(
                condition=Q(holding__in=Holding.values), name="comment_holding_known"
            ),
        ]

    @classmethod
    def of(cls, creator_id: int) -> "CommentRules":
        """Return a creator's rules, or the usual ones. Queries: 1."""
        is_minor = Exists(Person.objects.minors().filter(pk=OuterRef("pk")))
        creators = Person.objects.filter(pk=creator_id).annotate(is_young=is_minor)
        creator = creators.select_related("comment_rules").first()
        found: CommentRules | None = getattr(creator, "comment_rules", None)
        young = creator is not None and creator.is_young
        audience = Audience.FOLLOWERS if young else Audience.EVERYONE
        return found or CommentRules(creator_id=creator_id, audience=audience)

    @classmethod
    def put(cls, *, by: Person, audience: str, holding: str, words: Sequence[str]) -> None:
        """Change a creator's rules; they judge what is said from now on. Queries: 1."""
        rules = CommentRules(creator=by, audience=audience, holding=holding, words="\n".join(words))
        CommentRules.objects.bulk_create(
            [rules],
            update_conflicts=True,
            unique_fields=["creator"],
            update_fields=["audience", "holding", "words"],
        )

    def holds(self, text: str) -> bool:
        """Tell whether a comment has to wait."""
        if self.holding == Holding.ALL:
            return True
        return comment_rules.hits(text, comment_rules.words(self.words))


class CommentQuerySet(models.QuerySet["Comment"]):
    """Which comments."""

    def out(self) -> Self:
        """Comments that everybody reads: approved, and not by somebody the creator blocked."""
        return self.filter(_is_out())

    def shown_to(self, viewer: Viewer) -> Self:
        """Comments as a viewer reads them: their own waiting ones too; no blocked, no muted."""
        if not isinstance(viewer, Person):
            return self.out()
        met = unblocked(viewer, "author"), Mute.none_by(viewer, "author")
        return self.filter(_is_out() | Q(author=viewer), *met)

    def waiting_for(self, creator: Person) -> Self:
        """Comments on a creator's clips that wait for approval."""
        return self.filter(
            clip__creator=creator, clip__deleted_at=None, held_at__isnull=False, withheld_at=None
        )

    def removable_by(self, person: Person) -> Self:
        """Comments that a person wrote, or that are on their clip."""
        return self.filter(Q(author=person) | Q(clip__creator=person))


def _is_out() -> Q:
    shut_out = HasRow(Block, by="clip__creator", on="author")
    return Q(~shut_out, held_at=None, withheld_at=None)


@datamap.declare(
    purpose="Talk about a clip",
    retention="until deleted by its author or the clip's creator",
    subject="author",
    PUBLIC="public_id text at pinned_at",
    PERSONAL="held_at withheld_at echo",
    SYSTEM="id home_cell clip author thread",
)
class Comment(models.Model):
    """What somebody said under a clip. thread: the comment that it answers.

    held_at: it waits for the clip's creator. withheld_at: the cell itself does not show it.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    clip = models.ForeignKey(Clip, models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    thread = models.ForeignKey("self", models.CASCADE, null=True, related_name="answers")
    text = models.CharField(max_length=500)
    at = models.DateTimeField()
    held_at = models.DateTimeField(null=True)
    withheld_at = models.DateTimeField(null=True)
    echo = models.BigIntegerField(null=True)
    pinned_at = models.DateTimeField(null=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["clip", "-at"]),
            models.Index(fields=["thread", "at"], name="comment_in_thread"),
            models.Index(
                fields=["echo", "at"], name="comment_echo", condition=Q(echo__isnull=False)
            ),
            models.Index(
                fields=["clip"], name="comment_waiting", condition=Q(held_at__isnull=False)
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["clip"], condition=Q(pinned_at__isnull=False), name="comment_pinned_once"
            ),
            models.CheckConstraint(
                condition=Q(pinned_at=None) | Q(thread=None, held_at=None),
                name="comment_pinned_is_out",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="comment_says_something"),
        ]

    def get_absolute_url(self) -> str:
        """Return the page of its thread."""
        return f"{self.clip.get_absolute_url()}/comments/{self.public_id}/thread"

    @classmethod
    def say(
        cls,
        clip: Clip,
        text: str,
        *,
        by: Person,
        at: datetime,
        thread: "Comment | None" = None,
        echo: int | None = None,
        is_withheld: bool = False,
    ) -> "Comment":
        """Comment on a clip that the author may see, or answer a thread.

        text: normal (``kernel.text.lines``). echo: equal for texts that say the same.
        is_withheld: nobody else reads it yet.
        Raises: PostingSuspended, CommentsClosed, ForFollowersOnly, ThreadGone. Queries: 3, or 5
        for an answer; more with mentions.
        """
        Suspension.refuse(by, at=at)
        rules = CommentRules.of(clip.creator_id)
        is_own = by.pk == clip.creator_id
        if not clip.comments_open or (rules.audience == Audience.NOBODY and not is_own):
            raise CommentsClosed
        if rules.audience == Audience.FOLLOWERS and not is_own and not by.follows(clip.creator):
            raise ForFollowersOnly
        held_at = at if not is_own and rules.holds(text) else None
        with transaction.atomic():
            if thread is not None:
                thread._stay(under=clip)
            said = cls.objects.create(
                clip=clip,
                author=by,
                text=text,
                at=at,
                thread=thread,
                held_at=held_at,
                withheld_at=at if is_withheld else None,
                echo=echo,
            )
            if held_at is None and not is_withheld:
                said._tell(at=at)
            return said

    def _tell(self, *, at: datetime) -> None:
        """Tell whose comment is answered, who is named and whose clip it is: each person once.

        Queries: 1 to 3, and 1 for each person named.
        """
        told: dict[int, Kind] = {self.clip.creator_id: Kind.COMMENT}
        told |= dict.fromkeys(
            mentioning.named_in(self.clip, self.text, by=self.author_id), Kind.MENTION
        )
        if self.thread is not None:
            told[self.thread.author_id] = Kind.REPLY
        for whom, kind in told.items():
            telling.tell(
                kind,
                whom=whom,
                by=self.author_id,
                about=self.clip.public_id,
                item=self.public_id,
                path=self.get_absolute_url(),
                at=at,
            )

    def _stay(self, *, under: Clip) -> None:
        """Keep a thread from being deleted until the answer is in it. Raises: ThreadGone."""
        threads = Comment.objects.filter(pk=self.pk, clip=under, thread=None, held_at=None)
        threads = threads.filter(withheld_at=None)
        if not threads.select_for_update(no_key=True):
            raise ThreadGone

    def approve(self, *, at: datetime) -> None:
        """Let everybody read it, and tell whom it is for; again is no error. Queries: 1 to 5."""
        with transaction.atomic():
            waiting = Comment.objects.filter(pk=self.pk, held_at__isnull=False)
            if waiting.update(held_at=None):
                self._tell(at=at)

    def withhold(self, *, at: datetime) -> None:
        """Show it to nobody but its author, and not above others; again is no error. Queries: 1."""
        Comment.objects.filter(pk=self.pk, withheld_at=None).update(withheld_at=at, pinned_at=None)

    def let_out(self, *, at: datetime) -> None:
        """Show it, as far as its clip's creator does; again is no error. Queries: 1 to 6.

        Those it is for are told now if it was held from the start; what was hidden later they know.
        """
        with transaction.atomic():
            unread = Q(withheld_at=F("at"), held_at=None)
            hidden = Comment.objects.filter(pk=self.pk, withheld_at__isnull=False)
            is_news = hidden.select_for_update(no_key=True).filter(unread).exists()
            if hidden.update(withheld_at=None) and is_news:
                self._tell(at=at)

    def pin(self, *, at: datetime) -> None:
        """Put it above the others, instead of what was pinned. Queries: 3.

        The clip's row is locked first, so that of two pins at once the later one stays.
        """
        with transaction.atomic():
            Clip.objects.select_for_update(no_key=True).get(pk=self.clip_id)
            pinned = Comment.objects.filter(clip=self.clip_id, pinned_at__isnull=False)
            pinned.exclude(pk=self.pk).update(pinned_at=None)
            fit = Comment.objects.filter(pk=self.pk, thread=None, held_at=None, withheld_at=None)
            fit.update(pinned_at=at)

    def unpin(self) -> None:
        """Let it stand among the others; again is no error. Queries: 1."""
        Comment.objects.filter(pk=self.pk).update(pinned_at=None)


@datamap.declare(
    purpose="Count which comments are liked",
    retention="until taken back",
    subject="person",
    PERSONAL="person comment at",
    SYSTEM="id home_cell",
)
class CommentLike(models.Model):
    """A person likes a comment."""

    home_cell = HomeCellField()
    comment = models.ForeignKey(Comment, models.CASCADE, related_name="likes")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["comment", "person"], name="comment_like_once"),
        ]

    @classmethod
    def give(cls, comment: Comment, *, by: Person, at: datetime) -> None:
        """Like a comment; again is no error. Its author is told once. Queries: 2."""
        with transaction.atomic():
            CommentLike.objects.bulk_create(
                [CommentLike(comment=comment, person=by, at=at)], ignore_conflicts=True
            )
            telling.tell(
                Kind.COMMENT_LIKE,
                whom=comment.author_id,
                by=by.pk,
                about=comment.clip.public_id,
                item=comment.public_id,
                path=comment.get_absolute_url(),
                at=at,
            )

    @classmethod
    def take_back(cls, comment: Comment, *, by: Person) -> None:
        """Like it no more; again is no error. Queries: 1."""
        CommentLike.objects.filter(comment=comment, person=by).delete()
