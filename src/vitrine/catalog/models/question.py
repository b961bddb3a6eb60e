"""Questions on a product, and the answers to them: threads one level deep."""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy

from vitrine.accounts import telling
from vitrine.accounts.models import Mute, Person, Suspension, Viewer, unblocked
from vitrine.accounts.telling import Kind
from vitrine.catalog.models.merchant import Membership, Merchant, Role
from vitrine.catalog.models.product import Product
from vitrine.kernel import ids
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField

ANSWERING = (Role.OWNER, Role.CATALOGUE, Role.ORDERS)
"""The roles of a shop that speak for it."""


class QuestionGone(Refusal):
    """What was to be answered is not there any more."""

    code = "question_gone"
    message = "The question was taken back. Your answer was not sent."


class Voice(models.TextChoices):
    """Who speaks; a fact of the moment in which it was said."""

    ASKER = "asker", gettext_lazy("Asks")
    SELLER = "seller", gettext_lazy("The seller")
    BUYER = "buyer", gettext_lazy("Bought it")


class QuestionQuerySet(models.QuerySet["Question"]):
    """Which questions and answers."""

    def shown_to(self, viewer: Viewer) -> Self:
        """Those that a viewer reads: their own held ones too; nobody kept at a distance."""
        if not isinstance(viewer, Person):
            return self.filter(withheld_at=None)
        met = unblocked(viewer, "author"), Mute.none_by(viewer, "author")
        return self.filter(Q(withheld_at=None) | Q(author=viewer), *met)

    def asked(self) -> Self:
        """Questions, without answers."""
        return self.filter(thread=None)

    def unanswered(self) -> Self:
        """Questions that everybody reads and the seller has not answered."""
        answers = Question.objects.filter(thread=OuterRef("pk"), voice=Voice.SELLER)
        return self.asked().filter(~Exists(answers.filter(withheld_at=None)), withheld_at=None)


@datamap.declare(
    purpose="Ask and answer what somebody wants to know of a product",
    retention="until deleted by its author, or with the product",
    subject="author",
    LOCAL_PUBLIC="public_id text voice at",
    PERSONAL="withheld_at",
    SYSTEM="id home_cell product author thread",
)
class Question(models.Model):
    """A question on a product, or an answer in its thread. withheld_at: nobody else reads it."""

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    product = models.ForeignKey(Product, models.CASCADE, related_name="questions")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    thread = models.ForeignKey("self", models.CASCADE, null=True, related_name="answers")
    voice = models.CharField(max_length=6, choices=Voice.choices)
    text = models.CharField(max_length=500)
    at = models.DateTimeField()
    withheld_at = models.DateTimeField(null=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["product", "-at", "-public_id"], name="question_newest"),
            models.Index(fields=["thread", "at"], name="question_answers"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(thread=None, voice="asker")
                | Q(thread__isnull=False, voice__in=["seller", "buyer"]),
                name="question_voice_fits",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="question_says_something"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    def get_absolute_url(self) -> str:
        """Return where it is read."""
        asked = self.thread or self
        return f"/p/{self.product.public_id}/questions#question-{asked.public_id}"

    @classmethod
    def ask(
        cls, product: Product, text: str, *, by: Person, at: datetime, is_withheld: bool
    ) -> "Question":
        """Ask something of a product's seller. Raises: PostingSuspended. Queries: 3 and more."""
        Suspension.refuse(by, at=at)
        with transaction.atomic():
            said = cls.objects.create(
                product=product, author=by, text=text, voice=Voice.ASKER, at=at,
                withheld_at=at if is_withheld else None,
            )  # fmt: skip
            if not is_withheld:
                said._tell(at=at)
            return said

    def answer(
        self, text: str, *, by: Person, voice: Voice, at: datetime, is_withheld: bool
    ) -> "Question":
        """Answer a question. voice: who speaks. Raises: PostingSuspended, QuestionGone."""
        Suspension.refuse(by, at=at)
        with transaction.atomic():
            rows = Question.objects.asked().filter(pk=self.pk, withheld_at=None)
            if not rows.select_for_update(no_key=True):
                raise QuestionGone
            said = Question.objects.create(
                product=self.product, author=by, thread=self, text=text, voice=voice, at=at,
                withheld_at=at if is_withheld else None,
            )  # fmt: skip
            if not is_withheld:
                said._tell(at=at)
            return said

    def _tell(self, *, at: datetime) -> None:
        """Tell the seller's people of a question, whoever asked of an answer; never its author."""
        path = self.get_absolute_url()
        kind, told = Kind.ANSWER, [self.thread.author_id] if self.thread else []
        if self.thread is None:
            kind, told = Kind.QUESTION, speakers(self.product.merchant)
            path = f"/market/{self.product.merchant.slug}/talk/"
        for whom in told:
            if whom != self.author_id:
                telling.tell(kind, whom=whom, by=None, path=path, at=at, item=self.public_id)

    def withhold(self, *, at: datetime) -> None:
        """Show it to nobody but its author; again is no error. Queries: 1."""
        Question.objects.filter(pk=self.pk, withheld_at=None).update(withheld_at=at)

    def let_out(self, *, at: datetime) -> None:
        """Show it to everybody; whom it is for are told, if it was held from the start."""
        with transaction.atomic():
            hidden = Question.objects.filter(pk=self.pk, withheld_at__isnull=False)
            is_news = hidden.select_for_update(no_key=True).filter(withheld_at=F("at")).exists()
            if hidden.update(withheld_at=None) and is_news:
                self._tell(at=at)


def speakers(merchant: Merchant) -> list[int]:
    """Return the keys of the people who speak for a shop, each once. Queries: 1."""
    members = Membership.objects.filter(merchant=merchant, role__in=ANSWERING)
    return list(members.order_by("person").values_list("person", flat=True).distinct())


def speaks_for(person: Person, merchant: Merchant) -> bool:
    """Tell whether a person speaks for a shop. Queries: 1."""
    members = Membership.objects.filter(merchant=merchant, person=person, role__in=ANSWERING)
    return members.exists()
