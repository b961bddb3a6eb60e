"""Pages of what people say: reviews, questions, wishes, alerts and messages, as they are used."""

import json
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.orders.test_reviews import photo
from tests.orders.work import forget_jobs, run_jobs
from tests.safety import judged
from vitrine.accounts.models import Notice, Person
from vitrine.catalog import answering, restocking
from vitrine.catalog.models import Product, Question, Role, Stock, StockAlert, Voice, Wish
from vitrine.orders.models import Message, Review, ReviewPicture
from vitrine.safety.models import Case, Effect, ListedWord
from vitrine.safety.policy import Measure

pytestmark = pytest.mark.django_db
FRAGMENT = {"HX-Request": "true"}


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def upload() -> SimpleUploadedFile:
    return SimpleUploadedFile("lamp.jpg", photo(), "image/jpeg")


def page(url: str, client: Client | None = None, **headers: str) -> str:
    answer = (client or Client()).get(url, headers=headers)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer.content.decode()


def owner_of(product: Product) -> Person:
    return Person.objects.get(pk=product.merchant.memberships.get(role=Role.OWNER).person_id)


def test_a_buyer_writes_a_review_with_a_picture_and_others_read_it() -> None:
    thing, buyer = make.variant(stock=3), make.person("bea")
    make.handed_over(thing, buyer=buyer)
    at = f"/p/{thing.product.public_id}"
    typed = {"stars": "4", "text": "Warm light, <b>sturdy</b>.", "pictures": upload()}

    answer = signed_in(buyer).post(f"{at}/review", typed)

    assert answer["Location"] == f"{at}/reviews"
    read = page(f"{at}/reviews")
    for said in ("@bea", "Verified purchase", "Warm light, &lt;b&gt;sturdy&lt;/b&gt;.", "4.0"):
        assert said in read
    key = ReviewPicture.objects.get().name
    assert Client().get(f"/reviewed/{key}/160.webp").status_code == 200
    assert Client().get(f"/reviewed/{key}/161.webp").status_code == 404


def test_what_was_typed_stays_and_who_did_not_buy_is_told_so() -> None:
    thing, buyer = make.variant(stock=3), make.person()
    at = f"/p/{thing.product.public_id}/review"

    refused = signed_in(buyer).get(at)
    tried = signed_in(buyer).post(at, {"stars": "5", "text": "Never had it"})
    make.handed_over(thing, buyer=buyer)
    empty = signed_in(buyer).post(at, {"text": "Forgot the stars"})

    assert (refused.status_code, tried.status_code, empty.status_code) == (409, 409, 422)
    assert "Only people who bought this here" in tried.content.decode()
    assert "Never had it" in tried.content.decode()
    assert "Forgot the stars" in empty.content.decode()
    assert not Review.objects.exists()


def test_the_product_page_tells_the_stars_to_people_and_machines_by_one_statement() -> None:
    review = make.review(make.variant(stock=3), stars=5)
    bare = make.variant(stock=3).product
    page(bare.get_absolute_url())

    with CaptureQueriesContext(
        connection,
    ) as asked:
        read = page(review.product.get_absolute_url())

    rated = [each["sql"] for each in asked if re.search("review|rating|question|wish", each["sql"])]
    assert len(rated) == 1
    (told,) = re.findall(r'<script type="application/ld\+json">(.+?)</script>', read)
    assert json.loads(told)["aggregateRating"]["ratingValue"] == 5.0
    assert "ld+json" not in page(bare.get_absolute_url())


def test_reviews_are_sorted_and_paged_and_the_histogram_narrows_them() -> None:
    thing = make.variant(stock=30)
    for number in range(12):
        make.review(thing, by=make.person(f"r{number}x"), stars=1 + number % 5)
    at = f"/p/{thing.product.public_id}/reviews"

    first = page(f"{at}?sort=stars")
    (cursor,) = re.findall(r"after=([\w-]+)", first)
    second = page(f"{at}?sort=stars&after={cursor}")
    shown = re.findall(r'id="review-(\w+)"', first + second)

    stars = list(Review.objects.filter(public_id__in=shown).values_list("public_id", "stars"))
    assert [dict(stars)[each] for each in shown] == sorted(dict(stars).values(), reverse=True)
    assert len(set(shown)) == 12
    assert page(f"{at}?stars=5").count('class="opinion"') == 2
    assert page(f"{at}?sort=stars&after=nonsense").count('class="opinion"') == 10


def test_a_listed_word_holds_a_review_until_a_moderator_lets_it_out() -> None:
    ListedWord.put(["crud"], Effect.HOLD, by=judged.moderator(), at=make.NOON)
    thing, buyer = make.variant(stock=3), make.person()
    make.handed_over(thing, buyer=buyer)
    at = f"/p/{thing.product.public_id}"

    signed_in(buyer).post(f"{at}/review", {"stars": "1", "text": "What crud"})

    assert "What crud" not in page(f"{at}/reviews")
    assert "Not shown to others" in page(f"{at}/reviews", signed_in(buyer))
    assert not Notice.objects.filter(kind="review").exists()
    case = Case.objects.get(kind="review")
    judged.decided(case.review, Measure.NONE)
    assert "What crud" in page(f"{at}/reviews")
    assert Notice.objects.filter(kind="review").count() == 1


def test_a_reported_review_is_removed_and_its_stars_count_no_more() -> None:
    review = make.review(make.variant(stock=3), stars=1, text="Buy at lampshop instead")
    client, url = Client(), f"/report/review/{review.public_id}"

    client.post(url, {"reason": "spam", "note": ""})
    judged.decided(review, Measure.REMOVE)

    read = page(f"/p/{review.product.public_id}/reviews")
    assert "lampshop" not in read
    assert "No reviews yet" in read
    assert client.get(url).status_code == 404


def test_a_vote_is_a_button_that_says_how_many_found_it_helpful() -> None:
    review, reader = make.review(make.variant(stock=3)), signed_in(make.person())
    url = f"/reviews/{review.public_id}/helpful"

    given = reader.post(url, headers=FRAGMENT).content.decode()
    taken = reader.post(url, {"method": "delete"}, headers=FRAGMENT).content.decode()

    assert 'aria-pressed="true"' in given
    assert "Helpful: 1 person" in given
    assert 'aria-pressed="false"' in taken


def test_the_seller_answers_a_review_from_the_counter_and_a_clerk_of_the_till_cannot() -> None:
    review = make.review(make.variant(stock=3), text="Came late")
    shop, clerk = review.product.merchant, make.person()
    make.member(shop, clerk, Role.COUNTER)
    url = f"/market/{shop.slug}/talk/"
    owner = signed_in(owner_of(review.product))
    assert "Came late" in page(url, owner)

    assert (
        signed_in(clerk).post(f"{url}{review.public_id}/answer/", {"text": "No"}).status_code == 404
    )
    owner.post(f"{url}{review.public_id}/answer/", {"text": "Sorry, the snow."})

    assert "Sorry, the snow." in page(f"/p/{review.product.public_id}/reviews")
    assert "Came late" not in page(url, owner)
    assert "Came late" in page(f"{url}?all=1", owner)


def test_a_question_is_told_to_the_shop_and_answered_by_it_or_by_a_buyer() -> None:
    thing, asker, buyer = make.variant(stock=3), make.person(), make.person()
    make.handed_over(thing, buyer=buyer)
    at = f"/p/{thing.product.public_id}"
    signed_in(asker).post(f"{at}/question", {"text": "Is it brass?"})
    question = Question.objects.get()
    url = f"/questions/{question.public_id}/answer"

    stranger = signed_in(make.person()).post(url, {"text": "I guess so"})
    signed_in(buyer).post(url, {"text": "Mine is"})
    seller = signed_in(owner_of(thing.product))
    answered = seller.post(url, {"text": "Solid brass", "from": "talk"})

    assert answered["Location"] == f"/market/{thing.merchant.slug}/talk/"
    assert stranger.status_code == 409
    assert "I guess so" in stranger.content.decode()
    read = page(f"{at}/questions")
    assert read.index("Solid brass") < read.index("Mine is")
    assert "Bought it" in read
    told = Notice.objects.filter(person=asker).values_list("kind", flat=True)
    assert list(told) == ["answer", "answer"]
    assert Notice.objects.filter(person=owner_of(thing.product), kind="question").count() == 1


def test_how_fast_a_shop_answers_is_summed_up() -> None:
    product, asker = make.variant().product, make.person()
    seller, other = owner_of(product), make.person()
    said = [
        Question.ask(product, f"Question {n}", by=asker, at=make.NOON, is_withheld=False)
        for n in range(3)
    ]
    for question, hours in zip(said, (2, 30), strict=False):
        question.answer(
            "Yes", by=seller, voice=Voice.SELLER, at=make.NOON + timedelta(hours=hours),
            is_withheld=False,
        )  # fmt: skip
    said[2].answer("Yes", by=other, voice=Voice.BUYER, at=make.NOON, is_withheld=False)

    found = answering.answers(
        product.merchant, since=make.NOON, until=make.NOON + timedelta(days=1)
    )

    assert (found.asked, found.answered, found.late) == (3, 2, 2)
    assert found.median == timedelta(hours=16)


def test_only_its_author_takes_a_question_back() -> None:
    product, asker = make.variant(stock=1).product, make.person()
    said = Question.ask(product, "Brass?", by=asker, at=make.NOON, is_withheld=False)
    url = f"/questions/{said.public_id}"

    assert signed_in(make.person()).post(url).status_code == 404
    assert Question.objects.exists()
    signed_in(asker).post(url)
    assert not Question.objects.exists()


def test_a_heart_keeps_a_product_on_the_list_until_it_is_taken_off() -> None:
    thing, person = make.variant(stock=1, sale_minor=1_234), make.person()
    client, url = signed_in(person), f"/p/{thing.product.public_id}/wish"

    for _ in range(2):
        client.post(url)
    assert Wish.objects.filter(person=person).count() == 1
    listed = page("/wishes", client)
    assert (thing.product.title in listed, "$12.34" in listed) == (True, True)
    assert 'aria-pressed="true"' in page(f"{thing.product.get_absolute_url()}?sheet", client)

    client.post(url, {"method": "delete"})
    assert "Nothing here yet" in page("/wishes", client)


def test_who_waits_for_a_sold_out_choice_is_told_once_when_it_is_back() -> None:
    thing, person = make.variant(), make.person()
    stock = make.stocked(thing, 1)
    Stock.objects.filter(pk=stock.pk).update(reserved=1)
    client = signed_in(person)
    assert "Tell me when it is back" in page(thing.product.get_absolute_url())
    for _ in range(2):
        client.post(f"/alerts/{thing.public_id}")
    assert "Wait no more" in page("/wishes", client)

    restocking.tell_of_returns(at=make.NOON)
    assert not Notice.objects.filter(person=person).exists()
    Stock.objects.filter(pk=stock.pk).update(reserved=0)
    for _ in range(2):
        restocking.tell_of_returns(at=make.NOON)

    (told,) = Notice.objects.filter(person=person)
    assert (told.kind, told.path.endswith(thing.public_id)) == ("back_in_stock", True)
    assert not StockAlert.objects.exists()


def test_buyer_and_shop_write_to_each_other_and_each_is_told_and_mailed(
    mailoutbox: list[EmailMessage],
) -> None:
    buyer, thing = make.person(), make.variant(stock=2)
    order = make.purchase(thing, buyer=buyer).group.orders.get()
    run_jobs()
    forget_jobs()
    mailoutbox.clear()
    seller = owner_of(thing.product)
    theirs = f"/market/{thing.merchant.slug}/orders/{order.public_id}/messages/"
    own = f"/o/{order.group.public_id}/{order.public_id}/messages"

    signed_in(buyer).post(own, {"text": "Please ring twice"})
    run_jobs()
    forget_jobs()
    counts = page(f"/market/{thing.merchant.slug}/", signed_in(seller))
    assert "<b>1</b><span>unread messages</span>" in counts
    assert "Please ring twice" in page(theirs, signed_in(seller))
    assert "<b>0</b><span>unread messages</span>" in page(
        f"/market/{thing.merchant.slug}/", signed_in(seller)
    )
    signed_in(seller).post(theirs, {"text": "We shall"})
    run_jobs()

    assert "We shall" in page(own, signed_in(buyer))
    assert [(mail.to, "ring" in mail.body) for mail in mailoutbox] == [
        ([seller.email], False),
        ([order.group.email], False),
    ]
    assert Notice.objects.filter(person=buyer, kind="message").count() == 1
    assert Notice.objects.filter(person=seller, kind="message").count() == 1


def test_a_guest_with_the_link_writes_too_and_nobody_else_reads_it() -> None:
    order = make.purchase(make.variant(stock=2)).group.orders.get()
    url, guest = f"/o/{order.group.public_id}/{order.public_id}/messages", Client()

    assert guest.get(url).status_code == 404
    opened = guest.get(url, {"key": order.group.link_token})
    assert opened["Location"] == url
    sent = guest.post(url, {"text": "When does it leave?"})

    assert sent.status_code == 302
    assert (Message.objects.get().author, Message.objects.get().side) == (None, "buyer")
    assert signed_in(make.person()).get(url).status_code == 404
    empty = guest.post(url, {"text": " "})
    assert (empty.status_code, Message.objects.count()) == (422, 1)


def test_a_reported_message_is_withheld_from_the_other_side_alone() -> None:
    buyer, thing = make.person(), make.variant(stock=2)
    order = make.purchase(thing, buyer=buyer).group.orders.get()
    own = f"/o/{order.group.public_id}/{order.public_id}/messages"
    signed_in(buyer).post(own, {"text": "You fools"})
    said = Message.objects.get()
    seller = signed_in(owner_of(thing.product))

    assert signed_in(buyer).get(f"/report/message/{said.public_id}").status_code == 404
    seller.post(f"/report/message/{said.public_id}", {"reason": "harassment"})
    judged.decided(said, Measure.REMOVE, reason="harassment")

    theirs = f"/market/{thing.merchant.slug}/orders/{order.public_id}/messages/"
    assert "You fools" not in page(theirs, seller)
    assert "You fools" in page(own, signed_in(buyer))
