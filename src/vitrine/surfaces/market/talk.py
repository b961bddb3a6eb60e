"""The reads of what waits for a shop's words: messages, questions, reviews."""

from datetime import datetime

from django.db.models import Count, Max, Q, QuerySet

from vitrine.catalog.models import Merchant, Question
from vitrine.kernel import paging
from vitrine.orders.models import Order, Review, Side

SHOWN = 20


def unanswered(merchant: Merchant) -> "QuerySet[Question]":
    """Return the questions about what a shop sells that nobody has answered."""
    on_sale = Q(product__published_at__isnull=False, product__withdrawn_at=None)
    return Question.objects.unanswered().filter(on_sale, product__merchant=merchant)


def questions(merchant: Merchant) -> "QuerySet[Question]":
    """Return the questions without an answer of the shop, the oldest first. Queries: 1."""
    return unanswered(merchant).select_related("author", "product").order_by("at", "pk")[:SHOWN]


def threads(merchant: Merchant, *, at: datetime) -> "QuerySet[Order]":
    """Return the orders with messages, unread ones first, then the latest. Queries: 1."""
    unread = Q(messages__side=Side.BUYER, messages__read_at=None, messages__withheld_at=None)
    rows = Order.objects.sold_by(merchant).filter(messages__isnull=False)
    counted = rows.annotate(unread=Count("messages", unread), last_at=Max("messages__at"))
    return counted.addressed(at=at).order_by("-unread", "-last_at")[:SHOWN]


def reviews(merchant: Merchant) -> "QuerySet[Review]":
    """Return the reviews of a shop's products that everybody reads."""
    return Review.objects.out().filter(product__merchant=merchant)


def page(merchant: Merchant, *, all_of_them: bool, cursor: str | None) -> "paging.Page[Review]":
    """Return one page of reviews, those without an answer unless all are asked for. Queries: 2."""
    rows = reviews(merchant) if all_of_them else reviews(merchant).filter(answer="")
    related = rows.select_related("author", "product", "line__order").prefetch_related("pictures")
    return paging.newest_first(related, by="at", cursor=cursor, size=SHOWN)
