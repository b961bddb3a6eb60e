"""Reviews: by buyers alone, one each; their stars add up whatever happens to them."""

import io
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from PIL import Image

from tests import make
from vitrine.accounts.models import Notice, Person
from vitrine.catalog.models import Product, Role, Variant
from vitrine.kernel import storage
from vitrine.kernel.pictures import PictureRefused
from vitrine.orders import handing_over, moving, reviewing
from vitrine.orders.invariants import reviews_add_up
from vitrine.orders.models import HelpfulVote, Order, Rating, Review, ReviewPicture
from vitrine.orders.models.review import NotBought, OwnProduct
from vitrine.orders.reviewing import Draft, TooManyOfThem

pytestmark = pytest.mark.django_db


def photo() -> bytes:
    """Return a JPEG with a place and a maker written into it."""
    image = Image.new("RGB", (320, 240), "peru")
    exif = image.getexif()
    exif[0x010F] = "Lamp phone"
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def stars(of: Product) -> list[int]:
    kept = Rating.objects.get(product=of)
    return [kept.one, kept.two, kept.three, kept.four, kept.five]


def lamp() -> Variant:
    return make.variant(stock=9)


def test_only_who_bought_and_has_it_reviews_and_nobody_of_the_shop() -> None:
    thing, buyer, seller = lamp(), make.person(), make.person()
    make.purchase(thing, buyer=buyer)  # not handed over yet
    make.handed_over(lamp(), buyer=buyer)  # another thing
    make.member(thing.merchant, seller, Role.ORDERS)
    make.handed_over(thing, buyer=seller)

    with pytest.raises(NotBought):
        reviewing.review(thing.product, Draft(5, "Lovely"), by=buyer, at=make.NOON)
    with pytest.raises(OwnProduct):
        reviewing.review(thing.product, Draft(5, "Lovely"), by=seller, at=make.NOON)

    assert not Review.objects.exists()
    assert not Rating.objects.exists()


def test_the_database_itself_refuses_a_review_of_what_was_not_bought() -> None:
    bought, other = make.review(lamp()), lamp()

    with pytest.raises(IntegrityError, match="nobody who bought"), transaction.atomic():
        Review.objects.create(
            product=other.product, line=bought.line, author=bought.author, stars=5,
            at=make.NOON, edited_at=make.NOON,
        )  # fmt: skip
    with pytest.raises(IntegrityError, match="nobody who bought"), transaction.atomic():
        Review.objects.filter(pk=bought.pk).update(author=make.person())


def test_a_second_review_changes_the_first_and_the_stars_follow_every_change() -> None:
    thing, buyer = lamp(), make.person()
    first = make.review(thing, by=buyer, stars=2)
    other = make.review(thing, stars=5)
    assert stars(thing.product) == [0, 1, 0, 0, 1]

    again = reviewing.review(
        thing.product, Draft(4, "Better"), by=buyer, at=make.NOON + timedelta(days=1)
    )
    assert (again.pk, again.is_edited, again.text) == (first.pk, True, "Better")
    assert stars(thing.product) == [0, 0, 0, 1, 1]

    other.withhold(at=make.NOON)
    assert stars(thing.product) == [0, 0, 0, 1, 0]
    other.let_out(at=make.NOON)
    again.remove()
    assert stars(thing.product) == [0, 0, 0, 0, 1]
    assert Rating.objects.get(product=thing.product).average == 5.0
    assert reviews_add_up().violations == []


def test_the_check_finds_stars_and_votes_that_do_not_add_up() -> None:
    review = make.review(lamp())
    Rating.objects.update(five=3)
    Review.objects.update(helpful=2)

    assert reviews_add_up().violations == [
        f"the stars of product {review.product.public_id} are not those of its reviews",
        f"review {review.public_id} counts other votes than it has",
    ]


def test_pictures_are_encoded_anew_and_there_are_four_at_most() -> None:
    thing, buyer = lamp(), make.person()
    make.handed_over(thing, buyer=buyer)
    said = reviewing.review(thing.product, Draft(5, "", [photo()] * 4), by=buyer, at=make.NOON)
    kept = list(said.pictures.all())
    source = storage.get(f"{kept[0].key}/480.webp")
    assert b"Lamp phone" not in source
    assert Image.open(io.BytesIO(source)).format == "WEBP"

    with pytest.raises(TooManyOfThem):
        reviewing.review(thing.product, Draft(1, "More", [photo()]), by=buyer, at=make.NOON)
    with pytest.raises(PictureRefused):
        reviewing.review(thing.product, Draft(1, "Bad", [b"no"]), by=buyer, at=make.NOON)
    said.refresh_from_db()
    assert (said.stars, said.pictures.count()) == (5, 4)

    reviewing.review(thing.product, Draft(5, "", [photo()], [kept[1].name]), by=buyer, at=make.NOON)
    assert sorted(said.pictures.values_list("position", flat=True)) == [0, 1, 2, 3]
    assert not ReviewPicture.objects.filter(key=kept[1].key).exists()


def test_a_refund_marks_the_review_and_keeps_it() -> None:
    review = make.review(lamp())
    order = Order.objects.get(pk=review.line.order_id)

    moving.make(
        handing_over.refund(order, by=make.person(), at=make.NOON, reason="Broken"), at=make.NOON
    )

    kept = Review.objects.select_related("line__order").get()
    assert kept.is_refunded
    assert stars(kept.product) == [0, 0, 0, 1, 0]
    assert reviews_add_up().violations == []


def test_a_helpful_vote_counts_once_and_never_for_oneself() -> None:
    review, reader = make.review(lamp()), make.person()

    for by in (reader, reader, review.author):
        HelpfulVote.give(review, by=by, at=make.NOON)
    review.refresh_from_db()
    assert review.helpful == 1

    HelpfulVote.take_back(review, by=reader)
    review.refresh_from_db()
    assert review.helpful == 0


def test_the_seller_is_told_of_a_review_once_and_its_author_of_the_answer() -> None:
    thing = lamp()
    owner = Person.objects.get(pk=thing.merchant.memberships.get().person_id)
    review = make.review(thing)
    reviewing.review(thing.product, Draft(1, "Hm"), by=review.author, at=make.NOON)

    review.reply("Thank you", by=owner, at=make.NOON)
    review.reply("Thank you!", by=owner, at=make.NOON)

    told = Notice.objects.order_by("pk").values_list("person", "kind")
    kinds = [(who, kind) for who, kind in told if kind in ("review", "answer")]
    assert kinds == [(owner.pk, "review"), (review.author_id, "answer")]


def test_a_buyer_is_invited_once_a_week_after_hand_over_and_not_to_what_is_reviewed() -> None:
    buyer, thing, done = make.person(), lamp(), lamp()
    make.handed_over(thing, buyer=buyer)
    make.review(done, by=buyer)

    reviewing.invite(at=make.NOON + timedelta(days=6))
    assert not Notice.objects.filter(kind="review_due").exists()
    for hours in (0, 1):
        reviewing.invite(at=make.NOON + timedelta(days=7, hours=hours))

    (told,) = Notice.objects.filter(kind="review_due")
    assert (told.person, told.path) == (buyer, f"/p/{thing.product.public_id}/review")
