"""Reviews by people who bought the product, and what their stars come to."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q

from vitrine.accounts import telling
from vitrine.accounts.models import Mute, Person, Suspension, Viewer, unblocked
from vitrine.accounts.telling import Kind
from vitrine.catalog import pictures
from vitrine.catalog.models import Product
from vitrine.catalog.models.question import speakers
from vitrine.kernel import ids
from vitrine.kernel.errors import Refusal
from vitrine.orders.models.order import OrderState
from vitrine.orders.models.order_line import OrderLine
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField

ROOT = datamap.file_root(
    "reviewed",
    "LOCAL_PUBLIC",
    purpose="Show what a product looks like at home",
    retention="with the review",
    subject="orders.ReviewPicture",
)
MOST_PICTURES = 4


class NotBought(Refusal):
    """Nobody reviews what they did not buy and get."""

    code = "not_bought"
    message = "Only people who bought this here, and have it, can review it."


class OwnProduct(Refusal):
    """Who works for a shop does not review its products."""

    code = "own_product"
    message = "You work for this shop, so others review what it sells."


class ReviewQuerySet(models.QuerySet["Review"]):
    """Which reviews."""

    def out(self) -> Self:
        """Reviews that everybody reads."""
        return self.filter(withheld_at=None)

    def shown_to(self, viewer: Viewer) -> Self:
        """Those that a viewer reads: their own held one too; nobody kept at a distance."""
        if not isinstance(viewer, Person):
            return self.out()
        met = unblocked(viewer, "author"), Mute.none_by(viewer, "author")
        return self.filter(Q(withheld_at=None) | Q(author=viewer), *met)


@datamap.declare(
    purpose="Tell others what a product is like",
    retention="until deleted by its author, or with the product",
    subject="author",
    LOCAL_PUBLIC="public_id stars text at edited_at helpful answer answered_at",
    PERSONAL="line answered_by withheld_at",
    SYSTEM="id home_cell product author",
)
class Review(models.Model):
    """What a buyer thinks of a product. line: how they bought it; a trigger sees to that.

    helpful: how many found it so (trigger). withheld_at: nobody but its author reads it.
    answer: the seller's, one.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    product = models.ForeignKey(Product, models.CASCADE, related_name="+")
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    stars = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=2000, blank=True)
    at = models.DateTimeField()
    edited_at = models.DateTimeField()
    helpful = models.PositiveIntegerField(default=0)
    withheld_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=1000, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    objects = ReviewQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "author"], name="review_once"),
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="review_stars"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None) | ~Q(answer="") & ~Q(answered_at=None),
                name="review_answer_has_its_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["product", f"-{by}", "-public_id"],
                name=f"review_by_{by}",
                condition=Q(withheld_at=None),
            )
            for by in ("at", "helpful", "stars")
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    def get_absolute_url(self) -> str:
        """Return where it is read."""
        return f"/p/{self.product.public_id}/reviews#review-{self.public_id}"

    @property
    def is_edited(self) -> bool:
        """Tell whether it was changed after it was written."""
        return self.edited_at > self.at

    @property
    def is_refunded(self) -> bool:
        """Tell whether the order was refunded since. line: with its order."""
        return self.line.order.state == OrderState.REFUNDED

    @classmethod
    def bought_line(cls, product: Product, by: Person) -> OrderLine:
        """Return the line with which a person bought and got a product, their latest.

        Raises: NotBought. Queries: 1.
        """
        got = OrderLine.objects.filter(
            variant__product=product,
            order__group__buyer=by,
            order__state__in=[OrderState.SHIPPED, OrderState.COLLECTED],
        )
        found = got.order_by("-pk").first()
        if found is None:
            raise NotBought
        return found

    @classmethod
    def write(
        cls, product: Product, *, by: Person, stars: int, text: str, at: datetime, is_withheld: bool
    ) -> "Review":
        """Write or change one's review; the seller's people are told of a new one, once.

        Raises: PostingSuspended, OwnProduct, NotBought. Locks: the review.
        """
        Suspension.refuse(by, at=at)
        if by.pk in speakers(product.merchant):
            raise OwnProduct
        with transaction.atomic():
            mine = cls.objects.filter(product=product, author=by)
            if not mine.exists():
                made = Review(
                    product=product, author=by, line=cls.bought_line(product, by), stars=stars,
                    text=text, at=at, edited_at=at, withheld_at=at if is_withheld else None,
                )  # fmt: skip
                Review.objects.bulk_create([made], ignore_conflicts=True)
            said = mine.select_related("product__merchant").select_for_update(of=["self"]).get()
            if said.edited_at != at or said.stars != stars or said.text != text:
                mine.update(stars=stars, text=text, edited_at=at)
            if is_withheld:
                said.withhold(at=at)
            elif said.withheld_at is None and said.at == at:
                said._tell(at=at)
            said.refresh_from_db()
            return said

    def _tell(self, *, at: datetime) -> None:
        path = f"/market/{self.product.merchant.slug}/talk/"
        for whom in speakers(self.product.merchant):
            telling.tell(Kind.REVIEW, whom=whom, by=None, path=path, at=at, item=self.public_id)

    def reply(self, text: str, *, by: Person, at: datetime) -> None:
        """Answer for the seller, in place of what was answered before. Its author is told once."""
        with transaction.atomic():
            Review.objects.filter(pk=self.pk).update(answer=text, answered_at=at, answered_by=by)
            telling.tell(
                Kind.ANSWER, whom=self.author_id, by=None, path=self.get_absolute_url(), at=at,
                item=self.public_id,
            )  # fmt: skip

    def take_answer_back(self) -> None:
        """Take the seller's answer away; again is no error. Queries: 1."""
        Review.objects.filter(pk=self.pk).update(answer="", answered_at=None, answered_by=None)

    def withhold(self, *, at: datetime) -> None:
        """Show it to nobody but its author; its stars count no more. Queries: 1."""
        Review.objects.filter(pk=self.pk, withheld_at=None).update(withheld_at=at)

    def let_out(self, *, at: datetime) -> None:
        """Show it to everybody; the seller's people are told, if it was held from the start."""
        with transaction.atomic():
            hidden = Review.objects.filter(pk=self.pk, withheld_at__isnull=False)
            is_news = hidden.select_for_update(no_key=True).filter(withheld_at=F("at")).exists()
            if hidden.update(withheld_at=None) and is_news:
                self._tell(at=at)

    def remove(self) -> None:
        """Take the review away, with its pictures once that is certain."""
        with transaction.atomic():
            keys = list(self.pictures.values_list("key", flat=True))
            Review.objects.filter(pk=self.pk).delete()
            transaction.on_commit(lambda: pictures.remove(*keys))

    def drop_pictures(self, names: Sequence[str]) -> None:
        """Take some of its pictures away, by their names. Queries: 2."""
        with transaction.atomic():
            gone = self.pictures.filter(key__in=[f"{ROOT}/{name}" for name in names])
            keys = list(gone.values_list("key", flat=True))
            gone.delete()
            transaction.on_commit(lambda: pictures.remove(*keys))


@datamap.declare(
    purpose="Show what a product looks like at home",
    retention="with the review",
    subject="review__author",
    LOCAL_PUBLIC="key width height position",
    SYSTEM="id home_cell review",
)
class ReviewPicture(models.Model):
    """A buyer's picture: WebP in several widths, as those of products."""

    home_cell = HomeCellField()
    review = models.ForeignKey(Review, models.CASCADE, related_name="pictures")
    key = models.CharField(max_length=200, unique=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review", "position"], name="review_picture_place"),
            models.CheckConstraint(
                condition=Q(position__lt=MOST_PICTURES), name="review_picture_of_four"
            ),
        ]

    @property
    def name(self) -> str:
        """The picture's own id, the last part of its key."""
        return self.key.rpartition("/")[2]

    @property
    def thumb(self) -> str:
        """URL for lists, 160 wide."""
        return f"/{pictures.file_key(self.key, pictures.WIDTHS[0])}"

    @property
    def large(self) -> str:
        """URL to look at it, 960 wide."""
        return f"/{pictures.file_key(self.key, pictures.WIDTHS[2])}"


@datamap.declare(
    purpose="Count who finds a review helpful",
    retention="until taken back",
    subject="person",
    PERSONAL="person review at",
    SYSTEM="id home_cell",
)
class HelpfulVote(models.Model):
    """A person finds a review helpful."""

    home_cell = HomeCellField()
    review = models.ForeignKey(Review, models.CASCADE, related_name="votes")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["review", "person"], name="helpful_once"),
        ]

    @classmethod
    def give(cls, review: Review, *, by: Person, at: datetime) -> None:
        """Find a review helpful; again, or of oneself, changes nothing. Queries: 1."""
        if review.author_id != by.pk:
            HelpfulVote.objects.bulk_create(
                [HelpfulVote(review=review, person=by, at=at)], ignore_conflicts=True
            )

    @classmethod
    def take_back(cls, review: Review, *, by: Person) -> None:
        """Find it so no more; again is no error. Queries: 1."""
        cls.objects.filter(review=review, person=by).delete()


@datamap.declare(
    purpose="Show what a product's reviews come to",
    retention="with the product",
    LOCAL_PUBLIC="one two three four five",
    SYSTEM="id home_cell product",
)
class Rating(models.Model):
    """How many reviews that everybody reads gave a product so many stars; a trigger keeps it."""

    home_cell = HomeCellField()
    product = models.OneToOneField(Product, models.CASCADE, related_name="+")
    one = models.PositiveIntegerField(default=0)
    two = models.PositiveIntegerField(default=0)
    three = models.PositiveIntegerField(default=0)
    four = models.PositiveIntegerField(default=0)
    five = models.PositiveIntegerField(default=0)

    @property
    def counts(self) -> list[tuple[int, int]]:
        """Return (stars, how many), the most stars first."""
        return list(zip((5, 4, 3, 2, 1), self._from_five, strict=True))

    @property
    def _from_five(self) -> tuple[int, ...]:
        return (self.five, self.four, self.three, self.two, self.one)

    @property
    def reviews(self) -> int:
        """Return how many reviews there are."""
        return sum(self._from_five)

    @property
    def average(self) -> float:
        """Return the stars on average, to a tenth; 0 without reviews."""
        summed = sum(stars * count for stars, count in self.counts)
        return round(summed / self.reviews, 1) if self.reviews else 0.0

    @property
    def whole(self) -> int:
        """Return the stars on average, to draw them."""
        return round(self.average)
