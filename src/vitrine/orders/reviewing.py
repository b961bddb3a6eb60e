"""Write a review with its pictures, and invite those who have what they bought."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Value
from django.utils.translation import gettext

from vitrine.accounts import telling
from vitrine.accounts.models import Person
from vitrine.accounts.telling import Kind
from vitrine.catalog import pictures
from vitrine.catalog.models import Product
from vitrine.kernel import sweeping
from vitrine.kernel.errors import Refusal
from vitrine.kernel.rows import HasRow
from vitrine.orders.models import Order, OrderEvent, Review, ReviewPicture
from vitrine.orders.models.fulfilment import HANDED_OVER
from vitrine.orders.models.review import MOST_PICTURES, ROOT

INVITED_AFTER = timedelta(days=7)
"""After hand-over: a parcel has arrived, and the thing was used."""
NOT_AFTER = timedelta(days=10)
"""A cell that stood still for days invites nobody to what is long ago."""


class TooManyOfThem(Refusal):
    """A review has four pictures."""

    code = "too_many_pictures"
    status = 422


@dataclass(frozen=True)
class Draft:
    """A review as it was typed. pictures: files; dropped: names of pictures to take away."""

    stars: int
    text: str
    pictures: Sequence[bytes] = ()
    dropped: Sequence[str] = field(default=())


def review(
    product: Product, draft: Draft, *, by: Person, at: datetime, is_withheld: bool = False
) -> Review:
    """Write or change one's review with its pictures, or nothing of it.

    Raises: PostingSuspended, OwnProduct, NotBought, PictureRefused, TooManyOfThem.
    """
    rendered = [pictures.render(source) for source in draft.pictures[: MOST_PICTURES + 1]]
    keys: list[str] = []
    try:
        with transaction.atomic():
            said = Review.write(
                product, by=by, stars=draft.stars, text=draft.text, at=at, is_withheld=is_withheld
            )
            said.drop_pictures(draft.dropped)
            taken = set(said.pictures.values_list("position", flat=True))
            free = [place for place in range(MOST_PICTURES) if place not in taken]
            if len(rendered) > len(free):
                most = gettext("A review has at most {most} pictures. Take some away first.")
                raise TooManyOfThem(most.format(most=MOST_PICTURES))
            for place, each in zip(free, rendered, strict=False):
                keys.append(pictures.store(each, root=ROOT))
                ReviewPicture.objects.create(
                    review=said, key=keys[-1], width=each.width, height=each.height, position=place
                )
            return said
    except BaseException:
        for key in keys:
            pictures.remove(key)
        raise


def invite(*, at: datetime) -> None:
    """Invite each buyer of what was handed over a week ago, once. Queries: 1, and 1 for each."""
    handed = OrderEvent.objects.filter(
        kind__in=HANDED_OVER,
        at__lte=at - INVITED_AFTER,
        at__gt=at - NOT_AFTER,
        order__group__buyer__isnull=False,
        order__state__in=HANDED_OVER,
    )
    new = handed.filter(
        ~HasRow(
            "accounts.Notice",
            person="order__group__buyer",
            kind=Value(Kind.REVIEW_DUE.value),
            item="order__public_id",
        )
    )
    events = new.select_related("order__group").order_by("at", "pk")
    sweeping.each(events.iterator(), lambda event: _invite(event.order, at=at))


def _invite(order: Order, *, at: datetime) -> None:
    """Invite to one order's things, unless all of them are reviewed."""
    buyer = order.group.buyer_id
    reviewed = Review.objects.filter(author=buyer).values("product")
    lines = list(order.lines.select_related("variant__product").order_by("pk"))
    waiting = order.lines.exclude(variant__product__in=reviewed)
    if buyer is None or not waiting.exists():
        return
    path = order.group.get_absolute_url()
    if len(lines) == 1:
        path = f"/p/{lines[0].variant.product.public_id}/review"
    telling.tell(Kind.REVIEW_DUE, whom=buyer, by=None, path=path, at=at, item=order.public_id)
